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
async fn what_stood_against_an_invitation_a_moment_ago_is_asked_again((working, proxy): (Connected, Proxy)) {
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
async fn a_candidate_whom_lever_hides_for_a_moment_is_invited((working, proxy): (Connected, Proxy)) {
    let forbidden = || Change::Answer(403, json!({"code": "Forbidden", "message": "No access."}));
    proxy.change("GET", "/v1/opportunities/", forbidden(), 1);
    let email = working.applies("Hidden").await;
    working.mailed(&email, "invites you").await;
    // For longer: the event ends, and the next reconciliation finds them.
    proxy.change("GET", "/v1/opportunities/", forbidden(), 3);
    let email = working.applies("Veiled").await;
    let event = working.event("applicationCreated", |event| event.outcome.as_str() == "confidential").await;
    let said = working.reason(&email).await;
    assert!(!said.contains("did not have it when the candidate applied"), "{said}");
    working.sync().await;
    working.mailed(&email, "invites you").await;
    assert_eq!(working.mails(&email, "invites you").await, 1, "{}", event.id);
}

on_both_databases!(behind_proxy => a_reconciliation_that_met_the_old_answer_is_not_the_last);
/// Lever's list shows the candidate in the trigger stage, and Lever by itself still the old stage: the reconciliation's
/// own event asks again.
async fn a_reconciliation_that_met_the_old_answer_is_not_the_last((working, proxy): (Connected, Proxy)) {
    let person = working.person("Listed", "New applicant").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    let empty = edit(|answer| answer["data"]["emails"] = json!([]));
    proxy.change("GET", &*format!("/v1/opportunities/{person}").leak(), empty, 1);
    working.sync().await;
    working.mailed("listed@people.example", "invites you").await;
    assert_eq!(working.mails("listed@people.example", "invites you").await, 1);
}

on_both_databases!(behind_proxy => an_applicant_against_whom_something_stood_a_moment_too_long_is_found);
/// Somebody applies, and for longer than the event is looked at Lever shows what stands against an invitation. Once it
/// shows the candidate as they are, the next reconciliation invites them, and "Why" says what it was till then.
async fn an_applicant_against_whom_something_stood_a_moment_too_long_is_found(
    (working, proxy): (Connected, Proxy),
) {
    let confidential = ("confidentiality", r#""confidential""#);
    let against = STALE.into_iter().filter(|(field, _)| *field != "stage").chain([confidential]);
    let mut people = Vec::new();
    for (field, old) in against {
        let old: Value = serde_json::from_str(old).unwrap();
        let email = format!("applied{}@people.example", field.to_lowercase());
        let person = working.applied_unheard(POSTING, &email).await;
        let path = format!("/v1/opportunities/{person}").leak();
        proxy.change("GET", path, edit(move |answer| answer["data"][field] = old.clone()), 3);
        people.push((field, email, person));
    }
    for (.., person) in &people {
        working.deliver_application(person).await;
    }
    for (field, email, person) in &people {
        let of_person =
            |event: &Event| event.opportunity_id.as_deref() == Some(person) && event.finished_at.is_some();
        let event = working.event("applicationCreated", of_person).await;
        assert_eq!(working.invited_to(person).await, [""; 0], "{field}: {}", event.outcome);
        let said = working.reason(email).await;
        assert!(
            said.contains("could not be invited") && !said.contains("did not have it when"),
            "{field}: {said}"
        );
    }
    working.sync().await;
    for (field, email, person) in &people {
        working.mailed(email, "invites you").await;
        assert_eq!(working.invited_to(person).await, [POSTING], "{field}");
    }
}

on_both_databases!(behind_proxy => what_waits_for_long_holds_up_nothing_that_comes_later);
/// A reconciliation found somebody whom Lever does not show by itself, and its event waits for hours. What is delivered
/// meanwhile is processed, a deletion too, and the next reconciliation looks at once.
async fn what_waits_for_long_holds_up_nothing_that_comes_later((working, proxy): (Connected, Proxy)) {
    let waits = async |name: &str| {
        let person = working.person(name, "New applicant").await;
        working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
        working.move_to(&person, TRIGGER).await;
        working.control(Method::DELETE, "faults", Value::Null).await;
        // Until all of them wait: a second look would find them.
        let path = format!("/v1/opportunities/{person}").leak();
        proxy.change("GET", path, not_found(), 100);
        person
    };
    let (moved, deleted, shown) = (waits("Moved").await, waits("Deleted").await, waits("Shown").await);
    let list = working.admin.get(&format!("{}/reconciliations", working.page())).await;
    assert!(working.admin.press(&list, "Sync now", &[]).await.location.is_some());
    for person in [&moved, &deleted, &shown] {
        let found = working
            .event("reconciliation", |event| {
                event.opportunity_id.as_deref() == Some(person)
                    && matches!(event.reason, Reason::NotYet { .. })
            })
            .await;
        working.waits_for_hours(&found).await;
    }
    proxy.ways().changes.clear();
    // Out of the stage and in again: both are delivered, and the second invites.
    working.move_to(&moved, "New applicant").await;
    working.move_to(&moved, TRIGGER).await;
    working.mailed("moved@people.example", "invites you").await;
    working.control(Method::DELETE, &format!("opportunities/{deleted}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        let all = working.events().await;
        all.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    working.sync().await;
    working.mailed("shown@people.example", "invites you").await;
    for email in ["moved@people.example", "shown@people.example"] {
        assert_eq!(working.mails(email, "invites you").await, 1, "{email}");
    }
}

on_both_databases!(behind_proxy => a_rule_of_a_posting_counts_though_its_application_shows_late);
/// Nobody is tested for the posting. An applicant is moved into the trigger stage, the webhook of the application is
/// lost, and Lever shows the application a moment after the move.
async fn a_rule_of_a_posting_counts_though_its_application_shows_late((working, proxy): (Connected, Proxy)) {
    let postings = working.api(Method::GET, "postings?state=published", Value::Null).await;
    let named = |posting: &&Value| posting["text"] == POSTING;
    let posting = postings["data"].as_array().unwrap().iter().find(named).unwrap()["id"].clone();
    let form = working.admin.get(&format!("{}/rules/new", working.page())).await;
    let about = format!("posting:{}", posting.as_str().unwrap());
    let fields = [("postings", about.as_str()), ("tests", "none")];
    let saved = working.admin.press_and_agree(&form, "Save rule", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let person = working.applied_unheard(POSTING, "late@people.example").await;
    let path = format!("/v1/opportunities/{person}").leak();
    proxy.change("GET", path, edit(|answer| answer["data"]["applications"] = json!([])), 2);
    working.move_to(&person, TRIGGER).await;
    let of_person =
        |event: &Event| event.opportunity_id.as_deref() == Some(&person) && event.finished_at.is_some();
    let event = working.event("candidateStageChange", of_person).await;
    assert_eq!(event.outcome.as_str(), "posting_without_tests", "{}", event.reason);
    assert_eq!(working.mails("late@people.example", "invites you").await, 0);
}

on_both_databases!(behind_proxy => a_rule_of_a_posting_counts_for_every_origin);
/// The same for those who did not apply themselves: Lever gives everybody with an application the words of its posting as
/// tags, so one is expected. Somebody without an application and without such words is invited after seconds.
async fn a_rule_of_a_posting_counts_for_every_origin((working, proxy): (Connected, Proxy)) {
    let postings = working.api(Method::GET, "postings?state=published", Value::Null).await;
    let named = |posting: &&Value| posting["text"] == POSTING;
    let posting = postings["data"].as_array().unwrap().iter().find(named).unwrap()["id"].clone();
    let form = working.admin.get(&format!("{}/rules/new", working.page())).await;
    let about = format!("posting:{}", posting.as_str().unwrap());
    let rule = [("postings", about.as_str()), ("tests", "none")];
    let saved = working.admin.press_and_agree(&form, "Save rule", &rule).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let mut people = Vec::new();
    for origin in ["sourced", "referred", "agency", "university", "internal"] {
        let fields = json!({"posting": POSTING, "origin": origin});
        let person = working.applicant(&format!("By{origin}"), fields).await;
        let id = person["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/opportunities/{id}").leak();
        proxy.change("GET", path, edit(|answer| answer["data"]["applications"] = json!([])), 2);
        working.move_to(&id, TRIGGER).await;
        people.push((origin, id));
    }
    let nobody = working.applicant("Without", json!({"origin": "sourced"})).await;
    working.move_to(&nobody, TRIGGER).await;
    working.mailed("without@people.example", "invites you").await;
    for (origin, person) in &people {
        let of_person =
            |event: &Event| event.opportunity_id.as_deref() == Some(person) && event.finished_at.is_some();
        let event = working.event("candidateStageChange", of_person).await;
        assert_eq!(event.outcome.as_str(), "posting_without_tests", "{origin}: {}", event.reason);
        assert_eq!(working.mails(&format!("by{origin}@people.example"), "invites you").await, 0, "{origin}");
    }
}

/// A posting's tags as Lever shows them for a moment, before it shows what is there.
const OLD_TAGS: [&str; 4] = ["[]", "null", r#"["Engineering"]"#, r#"["alva: screening"]"#];

on_both_databases!(behind_proxy => tags_of_a_posting_that_come_late_lose_no_applicant);
/// Lever's first answer about the posting has not the tag that invites: the applicant's own tags, which Lever copies from
/// it, say that it is there. So does what was read of it before.
async fn tags_of_a_posting_that_come_late_lose_no_applicant((working, proxy): (Connected, Proxy)) {
    for (number, old) in OLD_TAGS.into_iter().enumerate() {
        let old: Value = serde_json::from_str(old).unwrap();
        for times in [1, 2] {
            let shown = old.clone();
            proxy.change(
                "GET",
                "/v1/postings/",
                edit(move |answer| answer["data"]["tags"] = shown.clone()),
                times,
            );
            let email = working.applies(&format!("Late{number}x{times}")).await;
            working.mailed(&email, "invites you").await;
            assert_eq!(working.mails(&email, "invites you").await, 1, "{old} {times}");
        }
    }
    // Nothing false is said on the way, and what is looked at again says so.
    let event = working.event("applicationCreated", |event| event.state == State::Done).await;
    let told = working.timeline(&event).await;
    assert!(told.contains("Lever does not show the posting") && !told.contains("no screening tag"), "{told}");
}

on_both_databases!(behind_proxy => a_tag_that_was_taken_off_a_posting_is_not_waited_for);
/// Somebody took the tag off after it was read: Lever says when the posting was changed, and that is believed.
async fn a_tag_that_was_taken_off_a_posting_is_not_waited_for((working, _proxy): (Connected, Proxy)) {
    let email = working.applies("Before").await;
    working.mailed(&email, "invites you").await;
    working.posting(POSTING, json!({"tags": []})).await;
    working.applies("After").await;
    let event = working.event("applicationCreated", |event| event.outcome.as_str() == "nothing_to_do").await;
    let told = working.timeline(&event).await;
    assert!(!told.contains("asked again"), "{told}");
}
