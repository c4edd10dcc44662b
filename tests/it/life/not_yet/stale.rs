//! Other answers of Lever that are true no more: nobody is lost by them.

use super::*;

/// Fields of an opportunity that stand against an invitation, as Lever shows them for a moment longer.
const STALE: [(&str, &str); 4] = [
    ("archived", r#"{"reason": "63dd55b2-a99f-4e7b-985f-22c7bf80ab42", "archivedAt": 1700000000000}"#),
    ("emails", "[]"),
    ("isAnonymized", "true"),
    ("stage", "null"),
];

on_both_databases!(behind_proxy => what_stood_against_an_invitation_a_moment_ago_is_asked_again);
/// Somebody is brought back, gets an address, or enters the pipeline, and is moved: Lever's first answer is the old one.
async fn what_stood_against_an_invitation_a_moment_ago_is_asked_again((working, proxy): (Working, Proxy)) {
    for (field, old) in STALE {
        let old: Value = serde_json::from_str(old).unwrap();
        let person = working.person(&format!("Moved{field}"), "New applicant").await;
        proxy.change("GET", "/v1/opportunities/", edit(move |answer| answer["data"][field] = old.clone()), 1);
        working.move_to(&person, TRIGGER).await;
        let email = format!("moved{}@people.example", field.to_lowercase());
        working.mailed(&email, "invites you").await;
        assert_eq!(working.mails(&email, "invites you").await, 1, "{field}");
    }
}

on_both_databases!(behind_proxy => a_candidate_whom_lever_hides_for_a_moment_is_invited);
/// 403 for a moment is no confidential candidate: the applicant is invited as soon as Lever shows them.
async fn a_candidate_whom_lever_hides_for_a_moment_is_invited((working, proxy): (Working, Proxy)) {
    let forbidden = || Change::Answer(403, json!({"code": "Forbidden", "message": "No access."}));
    proxy.change("GET", "/v1/opportunities/", forbidden(), 1);
    let email = working.applies("Hidden").await;
    working.mailed(&email, "invites you").await;
    // For longer: the event ends, and the next reconciliation finds them.
    proxy.change("GET", "/v1/opportunities/", forbidden(), 3);
    let email = working.applies("Veiled").await;
    let event = working.event("applicationCreated", |event| event.outcome.as_str() == "confidential").await;
    let said = working.reason(&email).await;
    assert!(!said.contains("had not when the candidate applied"), "{said}");
    working.sync().await;
    working.mailed(&email, "invites you").await;
    assert_eq!(working.mails(&email, "invites you").await, 1, "{}", event.id);
}

on_both_databases!(behind_proxy => a_reconciliation_that_met_the_old_answer_is_not_the_last);
/// Lever's list shows the candidate in the trigger stage, and Lever by itself still the old stage: the reconciliation's
/// own event asks again.
async fn a_reconciliation_that_met_the_old_answer_is_not_the_last((working, proxy): (Working, Proxy)) {
    let person = working.person("Listed", "New applicant").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    let empty = edit(|answer| answer["data"]["emails"] = json!([]));
    proxy.change("GET", &*format!("/v1/opportunities/{person}").leak(), empty, 1);
    working.sync().await;
    working.mailed("listed@people.example", "invites you").await;
    assert_eq!(working.mails("listed@people.example", "invites you").await, 1);
}
