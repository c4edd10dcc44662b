//! What ended after seconds is looked at again after minutes, and holds up nothing meanwhile; a request that Lever refuses
//! as such is tried again.

use super::*;
use alva_portal::job_queue::{self, JobKind};

/// What stands against an invitation in an opportunity, and what the event ends with.
const AGAINST: [(&str, &str, &str); 5] = [
    ("emails", "[]", "no_email"),
    (
        "archived",
        r#"{"reason": "63dd55b2-a99f-4e7b-985f-22c7bf80ab42", "archivedAt": 1700000000000}"#,
        "archived",
    ),
    ("isAnonymized", "true", "anonymized"),
    ("confidentiality", r#""confidential""#, "confidential"),
    ("stage", "null", "nothing_to_do"),
];

impl Connected {
    /// The event of an opportunity, once it ended.
    async fn ended_of(&self, kind: &str, person: &str) -> Event {
        self.event(kind, |event| {
            event.opportunity_id.as_deref() == Some(person) && event.finished_at.is_some()
        })
        .await
    }

    /// The next look at an event is due now; `false`: none is planned.
    async fn look_is_due(&self, event: &Event) -> bool {
        let id = event.id.to_string();
        self.portal
            .write(move |conn| Ok(job_queue::hasten(conn, JobKind::LookAgain, &id, Timestamp(0))?))
            .await
    }

    /// Waits until a look has been made: the next one is planned for later, or there is none.
    async fn looked(&self, event: &Event) {
        let id = event.id.to_string();
        until("the look", PATIENCE, async || {
            let id = id.clone();
            let find = move |conn: &mut alva_portal::db::Conn| job_queue::find(conn, JobKind::LookAgain, &id);
            let job = self.portal.running.db.read(find).await.unwrap();
            job.is_none_or(|job| job.next_attempt_at.0 > 0).then_some(())
        })
        .await;
    }
}

on_both_databases!(behind_proxy => what_stood_against_somebody_for_longer_is_looked_at_after_minutes);
/// Somebody is moved, and for longer than seconds Lever shows what stands against an invitation. The event ends with that;
/// a minute later Lever still shows it, ten minutes later not any more: the candidate is invited, without a reconciliation.
async fn what_stood_against_somebody_for_longer_is_looked_at_after_minutes(
    (working, proxy): (Connected, Proxy),
) {
    let mut people = Vec::new();
    for (field, old, outcome) in AGAINST {
        let old: Value = serde_json::from_str(old).unwrap();
        let person = working.person(&format!("Longer{field}"), "New applicant").await;
        let path = format!("/v1/opportunities/{person}").leak();
        proxy.change("GET", path, edit(move |answer| answer["data"][field] = old.clone()), 4);
        people.push((field, outcome, person));
    }
    for (_, _, person) in &people {
        working.move_to(person, TRIGGER).await;
    }
    for (field, outcome, person) in &people {
        let event = working.ended_of("candidateStageChange", person).await;
        assert_eq!(event.outcome.as_str(), *outcome, "{field}: {}", event.reason);
        let timeline = working.timeline(&event).await;
        assert!(timeline.contains("Lever may not show the latest"), "{field}: {timeline}");
        assert!(working.look_is_due(&event).await, "{field}: a look after a minute");
        working.looked(&event).await;
        assert_eq!(working.ended_of("candidateStageChange", person).await.outcome.as_str(), *outcome);
        assert!(working.look_is_due(&event).await, "{field}: a look after ten minutes");
        let email = format!("longer{}@people.example", field.to_lowercase());
        working.mailed(&email, "invites you").await;
        let event = working.ended_of("candidateStageChange", person).await;
        assert_eq!(event.outcome.as_str(), "invited", "{field}: {}", event.reason);
        let timeline = working.timeline(&event).await;
        assert!(timeline.contains("Lever shows the candidate differently now"), "{field}: {timeline}");
        assert_eq!(working.mails(&email, "invites you").await, 1, "{field}");
    }
}

on_both_databases!(behind_proxy => what_really_stands_against_somebody_is_looked_at_twice_and_stays);
/// 403, and for good: two looks, no invitation, and nothing is left to do. Later news is not held up.
async fn what_really_stands_against_somebody_is_looked_at_twice_and_stays(
    (working, proxy): (Connected, Proxy),
) {
    let person = working.person("Veiled", "New applicant").await;
    let path = format!("/v1/opportunities/{person}").leak();
    let forbidden = Change::Answer(403, json!({"code": "Forbidden", "message": "No access."}));
    proxy.change("GET", path, forbidden, 5);
    working.move_to(&person, TRIGGER).await;
    let event = working.ended_of("candidateStageChange", &person).await;
    assert_eq!(event.outcome.as_str(), "confidential");
    assert!(working.look_is_due(&event).await);
    working.looked(&event).await;
    // As after ten minutes.
    working.came_earlier(&event).await;
    assert!(working.look_is_due(&event).await);
    working.looked(&event).await;
    assert!(!working.look_is_due(&event).await, "there is no third look");
    assert_eq!(working.ended_of("candidateStageChange", &person).await.outcome.as_str(), "confidential");
    // What is delivered later is processed at once.
    working.move_to(&person, "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("veiled@people.example", "invites you").await;
}

on_both_databases!(behind_proxy => an_archiving_that_lever_shows_late_ends_the_invitation);
/// The webhook says archived, and Lever shows the candidate in the pipeline for longer than seconds.
async fn an_archiving_that_lever_shows_late_ends_the_invitation((working, proxy): (Connected, Proxy)) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let person = working.person("Archie", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("archie@people.example", "invites you").await;
    let path = format!("/v1/opportunities/{person}").leak();
    proxy.change("GET", path, edit(|answer| answer["data"]["archived"] = Value::Null), 3);
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    let event = working.ended_of("candidateArchiveChange", &person).await;
    assert_eq!(event.outcome.as_str(), "nothing_to_do", "{}", event.reason);
    assert!(working.look_is_due(&event).await);
    until("the end of the invitation", PATIENCE, async || {
        let event = working.ended_of("candidateArchiveChange", &person).await;
        event.reason.to_string().contains("1 open invitation ended").then_some(())
    })
    .await;
}

on_both_databases!(behind_proxy => an_archiving_that_is_over_and_still_shown_ends_nothing);
/// The webhook says brought back, and Lever shows the candidate as archived for a moment longer.
async fn an_archiving_that_is_over_and_still_shown_ends_nothing((working, proxy): (Connected, Proxy)) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let person = working.person("Archie", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("archie@people.example", "invites you").await;
    working.worked(&person, 1).await;
    working.fault(json!({"target": "deliveries", "kind": "withhold", "next": 1})).await;
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    let archived =
        json!({"reason": "63dd55b2-a99f-4e7b-985f-22c7bf80ab42", "archivedAt": 1_700_000_000_000_i64});
    let path = format!("/v1/opportunities/{person}").leak();
    proxy.change("GET", path, edit(move |answer| answer["data"]["archived"] = archived.clone()), 1);
    working.control(Method::POST, &format!("opportunities/{person}/unarchive"), json!({})).await;
    let event = working.ended_of("candidateArchiveChange", &person).await;
    assert_eq!(event.outcome.as_str(), "nothing_to_do", "{}", event.reason);
    assert_eq!(working.invited(&person).await.state.to_string(), "sent");
}

on_both_databases!(behind_proxy => a_request_that_lever_refuses_is_tried_again_before_it_is_final);
/// 400, 405, 422 and 451 to what is always asked like this: of a moment, it costs nobody an invitation; for good, the event
/// ends with Lever's words.
async fn a_request_that_lever_refuses_is_tried_again_before_it_is_final(
    (working, proxy): (Connected, Proxy),
) {
    let refusal =
        |status: u16| Change::Answer(status, json!({"code": "Odd", "message": "Try the other door."}));
    for status in [400, 405, 422, 451] {
        let person = working.person(&format!("Odd{status}"), "New applicant").await;
        proxy.change("GET", format!("/v1/opportunities/{person}").leak(), refusal(status), 2);
        working.move_to(&person, TRIGGER).await;
        let is_of = |event: &Event| {
            event.opportunity_id.as_deref() == Some(&person)
                && event.reason.to_string().contains("other door")
        };
        let event = working.event("candidateStageChange", is_of).await;
        assert_eq!(event.state, State::Queued, "{status}: {}", event.reason);
        assert!(event.reason.to_string().contains(&status.to_string()), "{}", event.reason);
        working.mailed(&format!("odd{status}@people.example"), "invites you").await;
    }
    let person = working.person("Refused", "New applicant").await;
    proxy.change("GET", format!("/v1/opportunities/{person}").leak(), refusal(422), 3);
    working.move_to(&person, TRIGGER).await;
    let event = until("the last attempt", PATIENCE * 4, async || {
        let all = working.events().await;
        let event = all.into_iter().find(|event| event.opportunity_id.as_deref() == Some(&person));
        let event = event.filter(|event| event.attempts > 0 || event.finished_at.is_some())?;
        if event.state == State::Queued {
            working.try_now(&event).await;
        }
        event.finished_at.is_some().then_some(event)
    })
    .await;
    assert_eq!(event.state, State::Failed);
    assert!(event.reason.to_string().contains("422"), "{}", event.reason);
    assert_eq!(working.mails("refused@people.example", "invites you").await, 0);
}
