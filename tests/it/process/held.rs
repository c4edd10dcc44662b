//! A mass move that is held outlives the process: who is still meant is invited once when the time is over.

use super::place::{Place, Process, TOKEN};
use crate::support::mailbox::take_mail;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Conn, DbError, schema};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use lever_client::signature::sign;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// A Lever whose opportunities are all in the stage `tests`, but for those that have left it.
async fn lever(left: Arc<Mutex<Vec<String>>>) -> MockServer {
    let lever = MockServer::start().await;
    let show = move |request: &Request| {
        let id = request.url.path().rsplit('/').next().unwrap_or_default().to_owned();
        let stage = if left.lock().unwrap().contains(&id) { "elsewhere" } else { "tests" };
        ResponseTemplate::new(200).set_body_json(json!({"data": {
            "id": id, "name": id, "emails": [format!("{id}@people.example")], "stage": stage,
            "origin": "applied", "confidentiality": "non-confidential", "isAnonymized": false,
            "archived": null, "tags": [], "applications": [], "contact": format!("c-{id}"),
        }}))
    };
    let of_one = || path_regex(r"/opportunities/[^/]+$");
    Mock::given(method("GET")).and(of_one()).respond_with(show).mount(&lever).await;
    let done = ResponseTemplate::new(200).set_body_json(json!({"data": {}}));
    Mock::given(method("POST")).respond_with(done).mount(&lever).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(503)).with_priority(9).mount(&lever).await;
    lever
}

fn moved(id: &str) -> Value {
    let (at, token) = (alva_portal::time::Timestamp::now().0 - 86_400_000, format!("t-{id}"));
    json!({
        "event": "candidateStageChange", "triggeredAt": at, "token": token,
        "signature": sign(TOKEN.as_bytes(), &token, &at.to_string()),
        "data": {"opportunityId": id, "contactId": format!("c-{id}"), "toStageId": "tests"},
    })
}

on_both_databases!(threads: Place::new => kill_9_loses_no_held_move_and_sends_it_once);
async fn kill_9_loses_no_held_move_and_sends_it_once(place: Place) {
    use schema::{companies, integrations, jobs};
    let left = Arc::<Mutex<Vec<String>>>::default();
    let lever = lever(left.clone()).await;
    let letters = Arc::<Mutex<Vec<String>>>::default();
    let smtp = take_mail(letters.clone(), Arc::default()).await;
    let start = async || {
        let mut command = place.command(&["--json"]);
        command.env("SMTP_URL", &smtp);
        Process::of(command).await
    };
    let account = place.account(&lever.uri()).await;
    let change = async |work: fn(&mut Conn) -> QueryResult<usize>| {
        account.db.write(move |conn| Ok::<_, DbError>(work(conn)?)).await.unwrap();
    };
    change(|conn| diesel::update(companies::table).set(companies::hold_above.eq(2)).execute(conn)).await;
    let people = ["ada", "bea", "cleo", "dora"];
    let first = start().await;
    // Not before: on SQLite a process that starts forgets leases, because no other can be at work.
    change(|conn| {
        let lease =
            (integrations::lease_owner.eq(Some("a test")), integrations::lease_until.eq(Timestamp(i64::MAX)));
        let stage = integrations::trigger_stage_id.eq(Some("tests"));
        diesel::update(integrations::table).set((lease, stage)).execute(conn)
    })
    .await;
    for id in people {
        let sent = reqwest::Client::new().post(account.url(&first)).json(&moved(id)).send().await.unwrap();
        assert_eq!(sent.status(), 200);
    }
    account.let_lease_run_out().await;
    until("all to be held", PATIENCE, async || {
        account.events().await.iter().all(|event| event.outcome.as_str() == "held").then_some(())
    })
    .await;
    first.signal("KILL").await;
    assert!(!first.end().await.0.success());
    assert!(letters.lock().unwrap().iter().all(|letter| !letter.contains("@people.example")));

    // The time of the hold is over while nothing runs, and one has left the stage.
    left.lock().unwrap().push("dora".to_owned());
    change(|conn| {
        let release = jobs::table.filter(jobs::kind.eq("release_bulk_move"));
        diesel::update(release).set(jobs::next_attempt_at.eq(Timestamp(0))).execute(conn)
    })
    .await;
    let second = start().await;
    account.let_lease_run_out().await;
    let ended = until("the end of every event", PATIENCE, async || {
        let events = account.events().await;
        let is_ended = |event: &alva_portal::events::Event| {
            event.finished_at.is_some() && event.outcome.as_str() != "held"
        };
        events.iter().all(is_ended).then_some(events)
    })
    .await;
    let outcomes: Vec<&str> = ended.iter().map(|event| event.outcome.as_str()).collect();
    assert_eq!(outcomes, ["invited", "invited", "invited", "nothing_to_do"]);
    second.signal("KILL").await;
    second.end().await;
    let third = start().await;
    account.let_lease_run_out().await;
    third.signal("TERM").await;
    assert!(third.end().await.0.success());
    let letters = letters.lock().unwrap().clone();
    let to =
        |id: &str| letters.iter().filter(|letter| letter.contains(&format!("{id}@people.example"))).count();
    assert_eq!(people.map(to), [1, 1, 1, 0], "each once, and who left not at all");
}
