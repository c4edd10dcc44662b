//! What was answered outlives the process, however it ends; and what was left undone is taken up.

use super::place::{Account, Place, Process, delivery};
use crate::support::on_both_databases;
use crate::support::wait;
use alva_portal::db::Backend;
use alva_portal::events::State;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

const CLIENTS: usize = 64;

/// Posts unique deliveries from many connections until the process is gone. Answers the tokens of
/// those that were answered 200. `ripe` is called when enough were.
async fn post_until_gone(
    process: &Process,
    account: &Account,
    enough: usize,
    ripe: impl AsyncFnOnce(),
) -> HashSet<String> {
    let kept = Arc::<Mutex<HashSet<String>>>::default();
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (kept, answered, url) = (kept.clone(), answered.clone(), account.url(process));
            tokio::spawn(async move {
                let http = reqwest::Client::builder().timeout(wait::PATIENCE).build().unwrap();
                for n in 0.. {
                    let token = format!("t-{client}-{n}");
                    // The first of each client is worked, with a question to Lever; the others are kept.
                    let kind = if n == 0 { "candidateStageChange" } else { "interviewCreated" };
                    let body = delivery(kind, &token).to_string();
                    let Ok(answer) = http.post(&url).body(body).send().await else { return };
                    if answer.status() == 200 {
                        kept.lock().unwrap().insert(token);
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    wait::until("enough deliveries", wait::PATIENCE, async || {
        (answered.load(Ordering::Relaxed) >= enough).then_some(())
    })
    .await;
    ripe().await;
    for client in clients {
        client.await.unwrap();
    }
    Arc::into_inner(kept).unwrap().into_inner().unwrap()
}

async fn answered_deliveries_outlive(place: Place, signal: &str) {
    let lever = slow_lever(Duration::ZERO).await;
    let account = place.account(&lever.uri()).await;
    let process = place.start().await;
    let answered = post_until_gone(&process, &account, 300, async || process.signal(signal).await).await;
    let (status, _) = process.end().await;
    assert_eq!(status.code(), (signal != "KILL").then_some(0));
    if signal != "KILL" {
        assert_eq!(account.row().await.lease_owner, None, "the lease was given back");
    }
    let kept: HashSet<String> =
        account.events().await.into_iter().filter_map(|event| event.opportunity_id).collect();
    let lost: Vec<&String> = answered.iter().filter(|token| !kept.contains(&format!("o-{token}"))).collect();
    assert!(lost.is_empty(), "{} of {} answered deliveries are lost: {lost:?}", lost.len(), answered.len());

    // What was not worked yet is worked by the next process, once.
    let next = place.start().await;
    if place.backend == Backend::Postgres {
        account.let_lease_run_out().await;
    }
    let worked = account.worked().await;
    assert!(worked.len() >= answered.len());
    let (kept, asked): (Vec<_>, Vec<_>) =
        worked.iter().partition(|event| event.kind.as_str() == "interviewCreated");
    assert!(kept.iter().all(|event| event.state == State::Ignored));
    assert!(asked.iter().all(|event| (event.state, event.outcome.as_str()) == (State::Done, "not_found")));
    next.signal("TERM").await;
    assert!(next.end().await.0.success());
}

on_both_databases!(threads: Place::new => kill_9_loses_no_answered_delivery);
async fn kill_9_loses_no_answered_delivery(place: Place) {
    answered_deliveries_outlive(place, "KILL").await;
}

on_both_databases!(threads: Place::new => being_told_to_stop_loses_no_answered_delivery);
async fn being_told_to_stop_loses_no_answered_delivery(place: Place) {
    answered_deliveries_outlive(place, "TERM").await;
}

/// A Lever that keeps its first caller waiting, and knows no opportunity.
pub async fn slow_lever(first: Duration) -> MockServer {
    let lever = MockServer::start().await;
    let slow = ResponseTemplate::new(404).set_delay(first);
    Mock::given(any()).respond_with(slow).up_to_n_times(1).mount(&lever).await;
    lever
}

async fn calls(lever: &MockServer) -> usize {
    lever.received_requests().await.unwrap().len()
}

async fn send_one(process: &Process, account: &Account) {
    let body = delivery("candidateStageChange", "t1").to_string();
    let answer = reqwest::Client::new().post(account.url(process)).body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_instance_takes_over_from_one_that_was_killed() {
    let place = Place::new(Backend::Postgres);
    let lever = slow_lever(Duration::from_secs(600)).await;
    let account = place.account(&lever.uri()).await;
    let first = place.start().await;
    send_one(&first, &account).await;
    wait::until("a call to Lever", wait::PATIENCE, async || (calls(&lever).await == 1).then_some(())).await;
    let owner = account.row().await.lease_owner;
    assert!(owner.is_some());
    let second = place.start().await;
    first.signal("KILL").await;
    assert!(!first.end().await.0.success());
    assert_eq!(account.row().await.lease_owner, owner, "the dead one's lease is respected");
    assert_eq!(calls(&lever).await, 1);

    account.let_lease_run_out().await;
    let worked = account.worked().await;
    assert_eq!(worked.len(), 1);
    assert_eq!((worked[0].state, worked[0].outcome.as_str()), (State::Done, "not_found"));
    assert_eq!(calls(&lever).await, 2);
    second.signal("TERM").await;
    assert!(second.end().await.0.success());
}

on_both_databases!(threads: Place::new => work_that_was_begun_is_finished_before_stopping);
async fn work_that_was_begun_is_finished_before_stopping(place: Place) {
    let lever = slow_lever(Duration::from_secs(1)).await;
    let account = place.account(&lever.uri()).await;
    let process = place.start().await;
    send_one(&process, &account).await;
    wait::until("a call to Lever", wait::PATIENCE, async || (calls(&lever).await == 1).then_some(())).await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
    let events = account.events().await;
    assert_eq!((events[0].state, events[0].outcome.as_str()), (State::Done, "not_found"));
    assert_eq!(account.row().await.lease_owner, None, "the lease was given back");
}
