//! Lever's webhook is faster than what its API shows: "not there" is looked at again before it is final.

mod later;
mod stale;

use super::*;
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use alva_portal::reasons::Reason;
use std::sync::Arc;
use std::time::Duration;

const POSTING: &str = "Backend Engineer";
/// Longer than the last look, which is ten minutes after a delivery came.
const SETTLED: Duration = Duration::from_secs(11 * 60);

async fn behind_proxy(backend: Backend) -> (Connected, Proxy) {
    let (working, proxy) = Connected::active_behind_proxy(backend).await;
    working.posting(POSTING, json!({"tags": ["Alva: Screening"]})).await;
    (working, proxy)
}

fn not_found() -> Change {
    Change::Answer(404, json!({"code": "ResourceNotFound", "message": "No such object."}))
}

fn edit(how: impl Fn(&mut Value) + Send + Sync + 'static) -> Change {
    Change::Edit(Arc::new(how))
}

impl Connected {
    async fn applies(&self, name: &str) -> String {
        let email = format!("{}@people.example", name.to_lowercase());
        let fields = json!({"posting": POSTING, "name": name, "email": email});
        self.control(Method::POST, "apply", fields).await;
        email
    }

    /// The newest event of this kind, once something holds for it.
    async fn event(&self, kind: &str, holds: impl Fn(&Event) -> bool) -> Event {
        until(&format!("an event {kind}"), PATIENCE, async || {
            let all = self.events().await;
            all.into_iter().filter(|event| event.kind.as_str() == kind).find(|event| holds(event))
        })
        .await
    }

    /// Somebody who applied while no webhook was there to report it.
    async fn applied_unheard(&self, posting: &str, email: &str) -> String {
        let fields = json!({"posting": posting, "name": "Slow Shown", "email": email, "origin": "applied",
            "stage": "New applicant", "silent": true});
        let made = self.control(Method::POST, "opportunities", fields).await;
        let made = if made["data"].is_array() { &made["data"][0] } else { &made["data"] };
        made["id"].as_str().unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned()
    }

    /// Lever reports an application that nobody heard of yet.
    async fn deliver_application(&self, opportunity: &str) {
        let body = json!({"event": "applicationCreated", "triggeredAt": Timestamp::now().0,
            "token": format!("of-{opportunity}"), "data": {"opportunityId": opportunity}});
        assert_eq!(self.post(&self.signed("applicationCreated", body).await).await, 200);
    }

    /// Put back for hours, as after many looks.
    async fn waits_for_hours(&self, event: &Event) {
        use schema::events::dsl;
        let (id, then) = (event.id, Timestamp::now().plus(Duration::from_secs(6 * 3_600)));
        self.portal
            .write(move |conn| {
                diesel::update(dsl::events.find(&id))
                    .set(dsl::next_attempt_at.eq(then))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    /// The titles of the postings that an opportunity is invited for.
    async fn invited_to(&self, opportunity: &str) -> Vec<String> {
        use schema::invitations::dsl;
        let (id, opportunity) = (self.integration, opportunity.to_owned());
        let of_person = dsl::invitations
            .filter(dsl::integration_id.eq(id).and(dsl::opportunity_id.eq(opportunity)))
            .select(dsl::posting_title);
        self.portal.write(move |conn| Ok(of_person.load(conn).map_err(DbError::from)?)).await
    }

    async fn timeline(&self, event: &Event) -> String {
        self.admin.get(&format!("/events/{}", event.id)).await.text("ol.timeline")
    }

    /// As if the waiting event had come earlier, and its next look were due.
    async fn ages(&self, event: &Event) {
        use schema::events::dsl;
        let (id, then) = (event.id, Timestamp::now().minus(SETTLED));
        self.portal
            .write(move |conn| {
                diesel::update(dsl::events.find(&id))
                    .set((dsl::received_at.eq(then), dsl::next_attempt_at.eq(Timestamp(0))))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    /// The event came as long ago as its last look is.
    async fn came_earlier(&self, event: &Event) {
        use schema::events::dsl;
        let (id, then) = (event.id, Timestamp::now().minus(SETTLED));
        self.portal
            .write(move |conn| {
                let row = diesel::update(dsl::events.find(&id));
                row.set(dsl::received_at.eq(then)).execute(conn).map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    /// The waiting event is tried again now.
    async fn try_now(&self, event: &Event) {
        use schema::events::dsl;
        let id = event.id;
        self.portal
            .write(move |conn| {
                let row = diesel::update(dsl::events.find(&id));
                row.set(dsl::next_attempt_at.eq(Timestamp(0))).execute(conn).map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    async fn reason(&self, text: &str) -> String {
        let query: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        self.admin.get(&format!("/candidates/why?q={query}")).await.text(".banner")
    }
}

/// Waits for a second look, and sees that it is no failed attempt.
async fn waits(working: &Connected, kind: &str) -> Event {
    let is_not_yet = |event: &Event| matches!(event.reason, Reason::NotYet { .. });
    let event = working.event(kind, is_not_yet).await;
    assert_eq!((event.state, event.attempts), (State::Queued, 0));
    event
}

on_both_databases!(behind_proxy => an_opportunity_that_comes_late_is_invited);
/// The opportunity is not there at the first look, nor at the second.
async fn an_opportunity_that_comes_late_is_invited((working, proxy): (Connected, Proxy)) {
    proxy.change("GET", "/v1/opportunities/", not_found(), 2);
    let email = working.applies("Late").await;
    let event = waits(&working, "applicationCreated").await;
    working.mailed(&email, "invites you").await;
    let timeline = working.timeline(&event).await;
    assert!(timeline.contains("Lever does not show this candidate yet"), "{timeline}");
    assert_eq!(working.mails(&email, "invites you").await, 1);
}

on_both_databases!(behind_proxy => an_application_that_a_move_does_not_show_yet_is_waited_for);
/// A candidate with an application is moved, and Lever's first answer shows none, in any of the forms of nothing: there
/// is one invitation, for the posting, and one mail.
async fn an_application_that_a_move_does_not_show_yet_is_waited_for((working, proxy): (Connected, Proxy)) {
    working.posting(POSTING, json!({"tags": []})).await;
    let forms = [json!([]), Value::Null, json!([null]), json!([""]), json!([{"id": "a-1"}])];
    for (n, nothing) in forms.into_iter().enumerate() {
        let email = format!("shown{n}@people.example");
        let person = working.applied_unheard(POSTING, &email).await;
        let hide = edit(move |answer| answer["data"]["applications"] = nothing.clone());
        proxy.change("GET", "/v1/opportunities/", hide, 1);
        working.move_to(&person, TRIGGER).await;
        working.mailed(&email, "invites you").await;
        let invited = working.invited_to(&person).await;
        assert_eq!(invited, [POSTING], "form {n}");
    }
}

on_both_databases!(behind_proxy => one_application_is_one_invitation_however_late_it_shows);
/// Lever shows no application for so long that the move is decided without it. When the posting shows at last, the
/// invitation gets it, and nobody is mailed twice.
async fn one_application_is_one_invitation_however_late_it_shows((working, proxy): (Connected, Proxy)) {
    let email = "slow@people.example";
    let person = working.applied_unheard(POSTING, email).await;
    let hide = edit(|answer| answer["data"]["applications"] = json!([]));
    proxy.change("GET", "/v1/opportunities/", hide, 2);
    working.move_to(&person, TRIGGER).await;
    working.mailed(email, "invites you").await;
    assert_eq!(working.invited_to(&person).await, [""]);
    working.move_to(&person, "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.event("candidateStageChange", |event| event.outcome.as_str() == "already_invited").await;
    assert_eq!(working.invited_to(&person).await, [POSTING], "the posting is known now");
    assert_eq!(working.mails(email, "invites you").await, 1);
}

on_both_databases!(behind_proxy => a_write_that_finds_nobody_is_tried_again);
/// Right after the invitation Lever answers that it knows nobody to give the progress tag to: the tag comes all the same.
async fn a_write_that_finds_nobody_is_tried_again((working, proxy): (Connected, Proxy)) {
    proxy.change("POST", "/addTags", not_found(), 2);
    let person = working.person("Tagged", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("tagged@people.example", "invites you").await;
    let event = working.event("candidateStageChange", |event| event.state == State::Done).await;
    let now = working.api(Method::GET, &format!("opportunities/{person}"), Value::Null).await;
    assert!(now["data"]["tags"].to_string().contains("Alva: Invited"), "{now}");
    let timeline = working.timeline(&event).await;
    assert!(!timeline.contains("Not done"), "{timeline}");
    let refused = proxy
        .ways()
        .seen
        .iter()
        .filter(|(method, path)| method == "POST" && path.contains("/addTags"))
        .count();
    assert_eq!(refused, 3, "two in vain, and the one that counted");
}

on_both_databases!(behind_proxy => what_was_erased_before_it_was_processed_says_so);
/// Somebody is erased while an event about them waits: it ends as erased, tells nothing else, and is not replayed.
async fn what_was_erased_before_it_was_processed_says_so((working, proxy): (Connected, Proxy)) {
    use alva_portal::invitations::erasure;
    proxy.change("GET", "/v1/opportunities/", not_found(), 1);
    let person = working.person("Brief", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    waits(&working, "candidateStageChange").await;
    let (id, opportunity) = (working.integration, person.clone());
    let erase = move |conn: &mut alva_portal::db::Conn| {
        erasure::erase(conn, &id, &opportunity, &Reason::ErasedDeleted, None)?;
        Ok(())
    };
    working.portal.write(erase).await;
    let event = working.event("candidateStageChange", |event| event.finished_at.is_some()).await;
    assert_eq!((event.state, event.outcome.as_str()), (State::Done, "erased"), "{}", event.reason);
    let page = working.admin.get(&format!("/events/{}", event.id)).await;
    let text = page.text("main");
    assert!(page.text("ol.timeline").contains("the contents of this event were erased"), "{text}");
    for wrong in ["names no opportunity", "0 bytes", "It was empty", "Replay"] {
        assert!(!text.contains(wrong), "{wrong}: {text}");
    }
    let replayed = working.admin.post(&format!("/events/{}/replay", event.id), &[]).await;
    assert_eq!(replayed.status, StatusCode::CONFLICT, "{}", replayed.html);
}

on_both_databases!(behind_proxy => an_application_that_comes_late_is_invited);
/// The opportunity is there, and its application is not.
async fn an_application_that_comes_late_is_invited((working, proxy): (Connected, Proxy)) {
    let empty = edit(|answer| answer["data"]["applications"] = json!([]));
    proxy.change("GET", "/v1/opportunities/", empty, 1);
    let email = working.applies("Later").await;
    waits(&working, "applicationCreated").await;
    working.mailed(&email, "invites you").await;
}

on_both_databases!(behind_proxy => a_posting_that_comes_late_invites);
/// The posting is not there, as if it were confidential.
async fn a_posting_that_comes_late_invites((working, proxy): (Connected, Proxy)) {
    proxy.change("GET", "/v1/postings/", not_found(), 1);
    let email = working.applies("Latest").await;
    waits(&working, "applicationCreated").await;
    working.mailed(&email, "invites you").await;
}

on_both_databases!(behind_proxy => a_move_that_shows_late_invites);
/// The opportunity is shown as it was before the move.
async fn a_move_that_shows_late_invites((working, proxy): (Connected, Proxy)) {
    let before = working.stage("Phone interview").await;
    let person = working.person("Mover", "Phone interview").await;
    let stale = edit(move |answer| {
        answer["data"]["stage"] = json!(before);
        answer["data"]["stageChanges"] = json!([]);
    });
    proxy.change("GET", "/v1/opportunities/", stale, 1);
    working.move_to(&person, TRIGGER).await;
    waits(&working, "candidateStageChange").await;
    working.mailed("mover@people.example", "invites you").await;
}

on_both_databases!(behind_proxy => who_went_on_is_decided_at_once);
/// Somebody who went on meanwhile is no doubt: Lever's history knows the move.
async fn who_went_on_is_decided_at_once((working, proxy): (Connected, Proxy)) {
    let person = working.person("Passing", "New applicant").await;
    let end = working.stage("Phone interview").await;
    working.move_to(&person, "Phone interview").await;
    let event = working.event("candidateStageChange", |event| event.state == State::Done).await;
    assert_eq!(event.outcome.as_str(), "nothing_to_do");
    // A delivery about an earlier move, when the candidate is where the later one led.
    working.fault(json!({"target": "deliveries", "kind": "delay", "ms": 1500, "next": 1})).await;
    working.move_to(&person, "Reference check").await;
    working.move_to(&person, "Phone interview").await;
    until("both moves to be decided", PATIENCE, async || {
        let done = working.events().await.into_iter().filter(|event| event.state == State::Done).count();
        (done >= 3).then_some(())
    })
    .await;
    for event in working.events().await {
        assert!(!working.timeline(&event).await.contains("yet"), "{:?} {end}", event.reason);
    }
    drop(proxy);
}

on_both_databases!(behind_proxy => what_stays_away_is_final_and_found_by_reconciliation);
/// After ten minutes it is final. It is counted as open, "why" does not blame a tag, and the next reconciliation
/// invites.
async fn what_stays_away_is_final_and_found_by_reconciliation((working, proxy): (Connected, Proxy)) {
    proxy.change("GET", "/v1/opportunities/", not_found(), 2);
    let email = working.applies("Lost").await;
    let event = waits(&working, "applicationCreated").await;
    working.ages(&event).await;
    let ended = working.event("applicationCreated", |event| event.state == State::Done).await;
    assert_eq!(ended.outcome.as_str(), "not_found");
    assert_eq!(working.mails(&email, "invites you").await, 0);
    let why = working.reason(&email).await;
    assert!(why.contains("Lever did not show it when the event was processed"), "{why}");
    assert!(!why.contains("did not have it when the candidate applied"), "{why}");
    working.sync().await;
    working.mailed(&email, "invites you").await;
    assert!(working.reason(&email).await.contains("was invited"));
}
