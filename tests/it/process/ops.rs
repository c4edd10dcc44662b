//! What supervisors and Prometheus ask.

use super::place::{Place, delivery};
use crate::support::on_both_databases;
use crate::support::wait;
use alva_portal::db::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use std::time::Duration;

async fn get(process: &super::place::Process, path: &str) -> (u16, String) {
    let answer = reqwest::get(process.url.join(path).unwrap()).await.unwrap();
    assert!(answer.headers().get("set-cookie").is_none(), "there is no session");
    (answer.status().as_u16(), answer.text().await.unwrap())
}

on_both_databases!(threads: Place::new => it_lives_is_ready_and_counts);
async fn it_lives_is_ready_and_counts(place: Place) {
    let lever = crate::process::survival::slow_lever(Duration::ZERO).await;
    let account = place.account(&lever.uri()).await;
    let process = place.start().await;
    assert_eq!(get(&process, "healthz").await, (200, "alive\n".into()));
    assert_eq!(get(&process, "readyz").await, (200, "ready\n".into()));
    let http = reqwest::Client::new();
    let good = delivery("candidateDeleted", "secret-token").to_string();
    for (body, status) in [(good.as_str(), 200), (good.as_str(), 200), ("{", 400)] {
        let answer = http.post(account.url(&process)).body(body.to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    account.worked().await;
    let lines = wait::until("the event to be counted", wait::PATIENCE, async || {
        let (status, text) = get(&process, "metrics").await;
        assert_eq!(status, 200);
        text.contains("alva_events_worked_total").then_some(text)
    })
    .await;
    for line in [
        "alva_deliveries_total{status=\"200\"} 2",
        "alva_deliveries_total{status=\"400\"} 1",
        "alva_events_worked_total{outcome=\"deleted\"} 1",
        "alva_events_queued 0",
        "alva_database_up 1",
        "alva_http_request_seconds_count{route=\"/webhooks/lever/{key}\",status=\"200\"} 2",
        "# TYPE alva_http_request_seconds histogram",
        "# TYPE alva_deliveries counter",
        "# EOF",
    ] {
        assert!(lines.lines().any(|there| there == line), "{line} in:\n{lines}");
    }
    for private in ["secret-token", "Acme", &account.id.to_string()] {
        assert!(!lines.contains(private), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_written_makes_it_not_ready() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let mut other = SqliteConnection::establish(place.file("portal.sqlite").to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    let (status, why) = get(&process, "readyz").await;
    assert_eq!(status, 503);
    assert!(why.contains("did not answer"), "{why}");
    assert_eq!(get(&process, "healthz").await.0, 200, "it lives nevertheless");
    other.batch_execute("ROLLBACK").unwrap();
    wait::until("it to be ready again", wait::PATIENCE, async || {
        (get(&process, "readyz").await.0 == 200).then_some(())
    })
    .await;
}
