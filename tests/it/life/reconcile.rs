//! Lever's own list against what was received.

use super::*;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};

on_both_databases!(Connected::active => a_withheld_webhook_becomes_an_invitation);
/// A webhook that never arrives becomes an invitation all the same, once, and the report names who it was.
async fn a_withheld_webhook_becomes_an_invitation(working: Connected) {
    let person = working.person("Withheld", "applicant-new").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    let report = working.sync().await;
    working.mailed("withheld@people.example", "invites you").await;
    assert_eq!(working.invitations(&person).await.len(), 1);
    assert!(report.text("table").contains("Withheld"), "{}", report.html);
    assert!(report.text("table").contains("invited"), "{}", report.html);
    let link = report.attribute("td[data-label=Event] a", "href").unwrap();
    let event = working.admin.get(&link).await;
    for step in ["found by reconciliation", "fetched from Lever", "decided", "invitation emailed"] {
        assert!(event.text(".timeline").contains(step), "{step}: {}", event.text(".timeline"));
    }
    let again = working.sync().await;
    assert!(again.text(".badge").contains("nothing missed"), "{}", again.html);
    assert_eq!(working.mails("withheld@people.example", "invites you").await, 1);
}

on_both_databases!(Connected::active => a_crowd_that_nobody_was_shown_is_not_invited_by_choosing_its_stage);
/// Who sat in the trigger stage before it was chosen is left alone when Lever did not tell how many they are.
async fn a_crowd_that_nobody_was_shown_is_not_invited_by_choosing_its_stage(working: Connected) {
    let before = working.person("Sitting", "Phone interview").await;
    let said = working.save_unseen("Phone interview").await;
    assert!(said.contains("only candidates who arrive from now on are invited"), "{said}");
    let report = working.sync().await;
    assert!(report.text(".badge").contains("nothing missed"), "{}", report.html);
    assert!(working.events().await.is_empty());
    // Who enters it from now on is invited.
    let after = working.person("Entering", "applicant-new").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&after, "Phone interview").await;
    working.sync().await;
    working.mailed("entering@people.example", "invites you").await;
    assert_eq!((working.invitations(&before).await.len(), working.invitations(&after).await.len()), (0, 1));
}

on_both_databases!(Connected::active => what_is_past_the_retention_period_stays_there);
/// Who may have been invited and erased after the retention period is not invited again.
async fn what_is_past_the_retention_period_stays_there(working: Connected) {
    use schema::watches::dsl;
    let id = working.integration;
    working
        .portal
        .write(move |conn| {
            let row = diesel::update(dsl::watches.find(&id)).set(dsl::entered_since.eq(Timestamp(0)));
            assert_eq!(row.execute(conn).map_err(DbError::from)?, 1);
            Ok(())
        })
        .await;
    let old = json!({"name": "Old", "email": "old@people.example", "origin": "applied", "stage": TRIGGER,
            "created_at": 1_577_880_000_000_i64, "silent": true});
    working.control(Method::POST, "opportunities", old).await;
    working.person("Recent", TRIGGER).await;
    let report = working.sync().await;
    assert!(report.text("table").contains("Recent"), "{}", report.html);
    assert!(!report.text("table").contains("Old"), "{}", report.html);
}

on_both_databases!(Connected::active => it_runs_by_schedule);
/// It runs by itself, and again after an hour.
async fn it_runs_by_schedule(working: Connected) {
    let person = working.person("Scheduled", "applicant-new").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    working.make_due(Due::Reconciliation).await;
    working.mailed("scheduled@people.example", "invites you").await;
    until("the end of the run in the audit log", PATIENCE, async || {
        working.audit().await.contains(&"integration.reconciled".to_owned()).then_some(())
    })
    .await;
}

on_both_databases!(Connected::active => a_missed_deletion_erases);
/// A deletion that no webhook told of erases the person.
async fn a_missed_deletion_erases(working: Connected) {
    let person = working.person("Zebulon", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("zebulon@people.example", "invites you").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.control(Method::DELETE, &format!("opportunities/{person}"), Value::Null).await;
    let report = working.sync().await;
    // The run has ended when all is found; the worker erases right after.
    until("the erasure in the report", PATIENCE, async || {
        let report = working.admin.get(report.url.path()).await;
        report.text("table").contains("deleted").then_some(())
    })
    .await;
    let list = working.admin.get("/candidates").await;
    assert!(!list.html.contains("Zebulon"));
    let all = working.events().await;
    assert!(all.iter().all(|event| event.opportunity_id.as_deref() != Some(person.as_str())));
}

on_both_databases!(Connected::active => a_missed_hire_ends_the_invitation);
/// A hire that no webhook told of ends the invitation.
async fn a_missed_hire_ends_the_invitation(working: Connected) {
    let person = working.person("Hiree", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("hiree@people.example", "invites you").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.control(Method::POST, &format!("opportunities/{person}/hire"), json!({})).await;
    let report = working.sync().await;
    assert!(report.text("table").contains("hired"), "{}", report.html);
}

on_both_databases!(Connected::active => a_missed_application_is_found);
/// An application to a posting with the screening tag counts too; a tag that came later does not reach back.
async fn a_missed_application_is_found(working: Connected) {
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    apply_to_screening(&working).await;
    working.sync().await;
    working.mailed("applying@people.example", "invites you").await;
    working.sync().await;
    assert_eq!(working.mails("applying@people.example", "invites you").await, 1);
}

on_both_databases!(Connected::active => an_application_told_of_without_a_valid_signature_is_found);
/// A delivery that nobody vouches for tells of nothing: as when the token was regenerated twice before
/// the new one was pasted, so that no token ever matches it.
async fn an_application_told_of_without_a_valid_signature_is_found(working: Connected) {
    working.fault(json!({"target": "deliveries", "kind": "old_token"})).await;
    apply_to_screening(&working).await;
    until("the quarantine", PATIENCE, async || {
        working.events().await.iter().any(|event| event.state == State::Quarantined).then_some(())
    })
    .await;
    working.sync().await;
    working.mailed("applying@people.example", "invites you").await;
}

/// Somebody applies to a posting with the screening tag.
async fn apply_to_screening(working: &Connected) {
    let postings = working.api(Method::GET, "postings?state=published", Value::Null).await;
    let postings = postings["data"].as_array().unwrap();
    let screening = postings.iter().find(|p| {
        p["tags"].to_string().contains("\"Alva: Screening\"") && p["confidentiality"] != "confidential"
    });
    let screening = screening.expect("a posting with the tag in the sandbox")["id"].clone();
    let applicant = json!({"posting": screening, "name": "Applying", "email": "applying@people.example"});
    working.control(Method::POST, "apply", applicant).await;
}

on_both_databases!(Connected::active => it_goes_on_after_lever_was_unwell);
/// Lever's troubles put a run back; it goes on where it was.
async fn it_goes_on_after_lever_was_unwell(working: Connected) {
    let person = working.person("Unwell", "applicant-new").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    // Reads are tried three times at once: this run is put back, and tried again two seconds later.
    let down =
        json!({"target": "api", "kind": "status", "status": 503, "match": "/v1/opportunities", "next": 4});
    working.fault(down).await;
    working.sync().await;
    working.mailed("unwell@people.example", "invites you").await;
    assert_eq!(working.invitations(&person).await.len(), 1);
}

on_both_databases!(Connected::active => runs_are_of_their_company);
/// Another company can neither start nor see a run.
async fn runs_are_of_their_company(working: Connected) {
    use alva_portal::people::Role;
    let portal = &working.portal;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = portal.signed_in("eve@other.example").await;
    let report = working.sync().await;
    for path in [report.url.path().to_owned(), format!("{}/reconciliations", working.page())] {
        assert_eq!(eve.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(eve.post(&format!("{}/sync", working.page()), &[]).await.status, StatusCode::NOT_FOUND);
    portal.person(&working.company, "max@acme.example", Role::Member).await;
    let max = portal.signed_in("max@acme.example").await;
    assert_eq!(max.post(&format!("{}/sync", working.page()), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(max.get(report.url.path()).await.status, StatusCode::OK);
}

on_both_databases!(Connected::active => what_a_webhook_had_reported_is_not_said_to_be_unreported);
/// Somebody without an address is moved, and gets one an hour later: the reconciliation invites, and nobody says that no
/// webhook reported the move.
async fn what_a_webhook_had_reported_is_not_said_to_be_unreported(working: Connected) {
    let body = json!({"name": "Ada", "email": "ada@people.example", "origin": "applied",
        "stage": "applicant-new", "silent": true});
    let made = working.control(Method::POST, "opportunities", body).await;
    let made = if made["data"].is_array() { made["data"][0].clone() } else { made["data"].clone() };
    let (id, contact) =
        (made["id"].as_str().unwrap(), format!("contacts/{}", made["contact"].as_str().unwrap()));
    working.api(Method::PUT, &contact, json!({"name": "Ada", "emails": []})).await;
    working.move_to(id, TRIGGER).await;
    let event = until("the end of the move", PATIENCE, async || {
        working.events().await.into_iter().find(|event| event.finished_at.is_some())
    })
    .await;
    assert_eq!(event.outcome.as_str(), "no_email", "{}", event.reason);
    working.api(Method::PUT, &contact, json!({"name": "Ada", "emails": ["ada@people.example"]})).await;
    let run = working.sync().await;
    working.mailed("ada@people.example", "invites you").await;
    assert!(run.text("dl").contains("1 of these had been reported by a webhook"), "{}", run.html);
    let page = working.admin.get(&working.page()).await.text("main");
    assert!(page.contains("found 1 change that a webhook had reported but that was not processed"), "{page}");
    assert!(!page.contains("no webhook reported"), "{page}");
    let link = run.attribute("td[data-label=Event] a", "href").unwrap();
    let event = working.admin.get(&link).await.text("main");
    assert!(
        event.contains("A webhook (Candidate Stage Change) reported it, but nothing was done"),
        "{event}"
    );
    assert!(!event.contains("no webhook reported"), "{event}");
    // One that was withheld is said to be unreported, as before.
    let person = working.person("Withheld", "applicant-new").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.move_to(&person, TRIGGER).await;
    let run = working.sync().await;
    assert!(!run.text("dl").contains("a webhook had reported"), "{}", run.html);
    let page = working.admin.get(&working.page()).await.text("main");
    assert!(page.contains("found 1 change that no webhook reported"), "{page}");
}
