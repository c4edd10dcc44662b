//! What Lever's events cause, through the whole way: Lever, the door, the worker, mail, and back.

use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::events::{Event, State};
use reqwest::Method;
use serde_json::{Value, json};

fn ada(change: Value) -> Value {
    let mut ada = json!({ "name": "Ada Byron", "email": "ada.byron@example.com", "origin": "applied",
        "stage": "New applicant", "silent": true });
    for (key, value) in change.as_object().unwrap() {
        ada[key] = value.clone();
    }
    ada
}

fn last(events: &[Event]) -> (State, &str) {
    let last = events.last().unwrap();
    (last.state, last.outcome.as_str())
}

async fn tags(there: &Connected, person: &Value) -> Vec<String> {
    let path = format!("opportunities/{}", person["id"].as_str().unwrap());
    let found = there.api(Method::GET, &path, Value::Null).await;
    serde_json::from_value(found["data"]["tags"].clone()).unwrap()
}

on_both_databases!(Connected::active => a_move_to_the_trigger_stage_invites_once_in_few_calls);
async fn a_move_to_the_trigger_stage_invites_once_in_few_calls(there: Connected) {
    let person = there.candidate(ada(json!({}))).await;
    there.control(Method::DELETE, "requests", Value::Null).await;
    there.move_to(&person, "Assessment").await;
    let events = there.worked(&person, 1).await;
    assert_eq!(last(&events), (State::Done, "invited"), "{}", events[0].reason);
    let mails = there.mails_to("ada.byron@example.com").await;
    assert_eq!(mails.len(), 1);
    let link = mails[0]["links"][0].as_str().unwrap();
    assert!(link.starts_with(there.portal.running.url.join("/assessment/").unwrap().as_str()), "{link}");
    assert!(tags(&there, &person).await.contains(&"Alva: Invited".to_owned()));
    let requests = there.control(Method::GET, "requests", Value::Null).await;
    let of_portal = requests["data"].as_array().unwrap().iter();
    let calls =
        of_portal.filter(|call| call["path"].as_str().unwrap().contains(person["id"].as_str().unwrap()));
    assert!(calls.count() <= 5, "at most four of the portal's and one of this test's: {requests}");
    // Away and back again: the same posting, so no second invitation.
    there.move_to(&person, "Recruiter screen").await;
    there.move_to(&person, "Assessment").await;
    let events = there.worked(&person, 3).await;
    assert_eq!(last(&events), (State::Done, "already_invited"));
    assert_eq!(there.mails_to("ada.byron@example.com").await.len(), 1);
}

on_both_databases!(Connected::active => a_persons_webhook_beside_the_portals_causes_nothing_twice);
async fn a_persons_webhook_beside_the_portals_causes_nothing_twice(there: Connected) {
    let page = there.admin.get(&format!("/settings/integrations/{}/webhooks", there.integration)).await;
    let url = page.attribute("#webhook_url", "value").unwrap();
    let made = json!({ "event": "candidateStageChange", "url": url });
    let hook = there.control(Method::POST, "webhooks", made).await;
    let token =
        hook["data"]["configuration"]["signatureToken"].as_str().or(hook["data"]["signatureToken"].as_str());
    let fields = [("webhook_signature_token", token.expect("a token"))];
    let saved = there.admin.press(&page, "Save", &fields).await;
    assert!(saved.location.is_some(), "{}", saved.html);
    let person = there.candidate(ada(json!({}))).await;
    there.move_to(&person, "Assessment").await;
    let events = there.worked(&person, 2).await;
    let mut outcomes: Vec<&str> = events.iter().map(|event| event.outcome.as_str()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["already_invited", "invited"]);
    assert_eq!(there.mails_to("ada.byron@example.com").await.len(), 1);
}

on_both_databases!(Connected::active => who_is_not_invited_is_told_with_the_reason);
async fn who_is_not_invited_is_told_with_the_reason(there: Connected) {
    let page = there.admin.get(&format!("/settings/integrations/{}/settings", there.integration)).await;
    let asked = there.admin.press(&page, "Save", &[("blocked_origins", "agency")]).await;
    let blocked = there.admin.agree(asked).await;
    assert!(blocked.location.is_some(), "{}", blocked.html);
    for (change, outcome, words) in [
        (json!({ "origin": "agency" }), "origin_blocked", "agency"),
        (json!({ "email": null, "emails": [] }), "no_email", "no email address"),
        (json!({ "confidential": true }), "confidential", "confidential"),
    ] {
        let person = there.candidate(ada(change.clone())).await;
        there.move_to(&person, "Assessment").await;
        let events = there.worked(&person, 1).await;
        assert_eq!(last(&events), (State::Done, outcome), "{change}");
        assert!(events[0].reason.to_string().contains(words), "{change}: {}", events[0].reason);
    }
    assert!(there.mails_to("ada.byron@example.com").await.is_empty());
}

on_both_databases!(Connected::active => what_lever_says_now_counts_and_not_what_the_event_said);
async fn what_lever_says_now_counts_and_not_what_the_event_said(there: Connected) {
    let person = there.candidate(ada(json!({}))).await;
    let fault = json!({ "target": "api", "kind": "status", "status": 503, "match": "GET /v1/opportunities/*", "next": 3 });
    there.control(Method::POST, "faults", fault).await;
    there.move_to(&person, "Assessment").await;
    // Lever is unwell when the event is first worked; by the time it is well, the candidate is archived.
    until("a first attempt", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.iter().any(|event| event.attempts > 0).then_some(())
    })
    .await;
    let id = person["id"].as_str().unwrap();
    there.control(Method::POST, &format!("opportunities/{id}/archive"), json!({})).await;
    let events = there.worked(&person, 1).await;
    assert_eq!(last(&events[..1]), (State::Done, "archived"));
    assert!(there.mails_to("ada.byron@example.com").await.is_empty());
}

on_both_databases!(Connected::active => lever_failing_before_and_after_the_effect_delays_and_doubles_nothing);
async fn lever_failing_before_and_after_the_effect_delays_and_doubles_nothing(there: Connected) {
    let person = there.candidate(ada(json!({}))).await;
    for fault in [
        json!({ "target": "api", "kind": "close_after", "match": "POST /v1/opportunities/*", "next": 1 }),
        json!({ "target": "api", "kind": "status", "status": 429, "retry_after": 1, "match": "GET /v1/opportunities/*", "next": 1 }),
        json!({ "target": "deliveries", "kind": "duplicate", "next": 1 }),
    ] {
        there.control(Method::POST, "faults", fault).await;
    }
    there.move_to(&person, "Assessment").await;
    let events = there.worked(&person, 1).await;
    assert_eq!(last(&events), (State::Done, "invited"));
    assert_eq!(there.mails_to("ada.byron@example.com").await.len(), 1);
    let there_now = tags(&there, &person).await;
    assert_eq!(there_now.iter().filter(|tag| *tag == "Alva: Invited").count(), 1, "{there_now:?}");
}

on_both_databases!(Connected::active => a_replay_keeps_what_the_event_had_caused);
async fn a_replay_keeps_what_the_event_had_caused(there: Connected) {
    let person = there.candidate(ada(json!({}))).await;
    there.move_to(&person, "Assessment").await;
    let first = there.worked(&person, 1).await.remove(0);
    assert_eq!((first.outcome.as_str(), first.state), ("invited", State::Done));
    there.move_to(&person, "Recruiter screen").await;
    there.worked(&person, 2).await;
    let replay = async || {
        let done = there.admin.post(&format!("/events/{}/replay", first.id), &[]).await;
        assert!(done.location.is_some(), "{}", done.html);
        there.worked(&person, 2).await.remove(0)
    };
    let again = replay().await;
    assert_eq!((again.outcome.as_str(), again.state), ("invited", State::Done));
    assert_eq!(again.reason, first.reason);
    let list = there.admin.get("/events?outcome=").await;
    assert!(list.text("main").contains("invited"), "{}", list.html);
    let timeline = async || there.admin.get(&format!("/events/{}", first.id)).await.text("ol.timeline");
    let told = timeline().await;
    assert!(told.contains("nothing to do: the candidate is in “Recruiter screen”"), "{told}");
    // A replay that fails for good says so in the timeline, and takes nothing back either.
    let id = person["id"].as_str().unwrap();
    let fault = json!({ "target": "api", "kind": "status", "status": 400, "match": format!("GET /v1/opportunities/{id}") });
    there.control(Method::POST, "faults", fault).await;
    let again = replay().await;
    assert_eq!((again.outcome.as_str(), again.state), ("invited", State::Done), "{}", again.reason);
    let told = timeline().await;
    assert!(told.contains("given up"), "{told}");
    assert_eq!(there.mails_to("ada.byron@example.com").await.len(), 1);
}

on_both_databases!(Connected::active => an_application_to_a_posting_with_the_screening_tag_invites);
async fn an_application_to_a_posting_with_the_screening_tag_invites(there: Connected) {
    let postings = there.api(Method::GET, "postings", Value::Null).await;
    let is_tagged =
        |posting: &&Value| posting["tags"].as_array().unwrap().iter().any(|tag| tag == "Alva: Screening");
    let all = postings["data"].as_array().unwrap();
    let (tagged, plain): (Vec<&Value>, Vec<&Value>) = all
        .iter()
        .filter(|p| p["confidentiality"] == "non-confidential" && p["state"] == "published")
        .partition(is_tagged);
    for (posting, outcome, mails) in [(plain[0], "nothing_to_do", 0), (tagged[0], "invited", 1)] {
        let applicant =
            json!({ "posting": posting["id"], "name": "Grace Hopper", "email": "grace@example.com" });
        let applied = there.control(Method::POST, "apply", applicant).await;
        let id =
            applied["data"]["opportunityId"].as_str().or(applied["data"]["id"].as_str()).unwrap().to_owned();
        let events = there.worked(&json!({ "id": id }), 1).await;
        assert_eq!(last(&events), (State::Done, outcome), "{}", events[0].reason);
        assert_eq!(there.mails_to("grace@example.com").await.len(), mails);
    }
}

on_both_databases!(Connected::active => a_hire_ends_the_open_invitation);
async fn a_hire_ends_the_open_invitation(there: Connected) {
    let person = there.candidate(ada(json!({}))).await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    let link = there.mails_to("ada.byron@example.com").await[0]["links"][0].as_str().unwrap().to_owned();
    let id = person["id"].as_str().unwrap();
    there.control(Method::POST, &format!("opportunities/{id}/hire"), json!({})).await;
    let events = there.worked(&person, 2).await;
    assert!(events.iter().any(|event| event.outcome.as_str() == "hired"), "{:?}", last(&events));
    let page = there.portal.visitor().get(&link).await;
    assert!(page.status.is_client_error(), "the link is closed: {}", page.status);
}

on_both_databases!(Connected::active => one_person_is_invited_once_for_a_posting);
async fn one_person_is_invited_once_for_a_posting(there: Connected) {
    let first = there.candidate(ada(json!({}))).await;
    let (contact, posting) = (&first["contact"], &first["applications"][0]["posting"]);
    let again = there.candidate(ada(json!({ "contact": contact, "posting": posting }))).await;
    assert_ne!(first["id"], again["id"]);
    there.move_to(&first, "Assessment").await;
    there.worked(&first, 1).await;
    there.move_to(&again, "Assessment").await;
    let events = there.worked(&again, 1).await;
    assert_eq!(last(&events), (State::Done, "same_person"), "{}", events[0].reason);
    assert_eq!(there.mails_to("ada.byron@example.com").await.len(), 1);
    assert!(!tags(&there, &again).await.contains(&"Alva: Invited".to_owned()));
}

on_both_databases!(Connected::active => a_deleted_candidate_is_in_no_table_and_no_file_any_more);
async fn a_deleted_candidate_is_in_no_table_and_no_file_any_more(there: Connected) {
    let marks = ["Zyxwvut Qponmlk", "unique-address@example.org", "+4670000987654", "unique-headline-77"];
    let person = there
        .candidate(ada(
            json!({ "name": marks[0], "email": marks[1], "phone": marks[2], "headline": marks[3] }),
        ))
        .await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    assert!(there.portal.stored_anywhere(marks[0]).await, "the search finds what is there");
    let id = person["id"].as_str().unwrap();
    there.control(Method::DELETE, &format!("opportunities/{id}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        let all = crate::support::lever::events(&there.portal, &there.integration).await;
        all.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    for mark in marks.iter().copied().chain([id]) {
        until(&format!("{mark} to be gone"), PATIENCE, async || {
            (!there.portal.stored_anywhere(mark).await).then_some(())
        })
        .await;
    }
}

on_both_databases!(Connected::active => what_is_past_the_retention_period_is_erased);
async fn what_is_past_the_retention_period_is_erased(there: Connected) {
    use alva_portal::db::DbError;
    use alva_portal::invitations::erasure;
    use alva_portal::time::Timestamp;
    let person = there.candidate(ada(json!({}))).await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    let months = |n: u64| Timestamp::now().plus(std::time::Duration::from_secs(n * 31 * 86_400));
    let sweep = async |then| there.portal.running.db.write(move |conn| erasure::sweep(conn, then)).await;
    let kept: Result<usize, DbError> = sweep(months(23)).await;
    assert_eq!(kept.unwrap(), 0);
    let erased: Result<usize, DbError> = sweep(months(25)).await;
    assert_eq!(erased.unwrap(), 1);
    assert!(there.admin.get("/candidates").await.text("main").contains("No candidate"));
    let company = there.company.id;
    let page = move |conn: &mut alva_portal::db::Conn| alva_portal::audit::page(conn, &company, None, 100);
    let rows = there.portal.running.db.read(page).await.unwrap();
    let row = rows.into_iter().find(|row| row.action == "candidates.erased").expect("a row");
    assert_eq!((row.actor.as_str(), row.subject.as_str()), ("portal", "retention"));
    let detail: serde_json::Value = serde_json::from_str(&row.detail).unwrap();
    assert_eq!((&detail["candidates"], &detail["retention_months"]), (&1.into(), &24.into()), "{detail}");
}
