//! What an invitation costs and how long it takes, with nothing else going on: calls to Lever, from the
//! delivery to the mail, and from the last answer to the note.
//!
//!     cargo test --release --test model figures::figures -- --ignored --nocapture
//!
//! `ALVA_TIMES` says how many times each is measured, if not 200.

use super::candidate::{self, Until};
use super::ground::Ground;
use super::model::Taken;
use super::plan::{Plan, Stage};
use super::world::World;
use alva_portal::db::Backend;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Waits for a value, looking often: what is measured are the times in Lever's own logs.
async fn soon<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..4_000 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("in vain: {what}");
}

async fn calm(ground: &Ground) -> World {
    let plan =
        Plan { doubles: false, account_token: false, archives: false, progression: true, steps: Vec::new() };
    World::make(ground, &plan).await
}

/// Somebody new, of whom no webhook tells.
async fn somebody(world: &World, n: usize) -> (String, String) {
    let email = format!("number{n}@people.example");
    let posting = world.postings.iter().find(|p| p["confidentiality"] != "confidential").unwrap();
    let body = json!({
        "name": format!("Number {n}"), "email": email, "origin": "applied", "silent": true,
        "stage": world.stages[Stage::New.name()], "posting": posting["id"],
    });
    let made = world.control(Method::POST, "opportunities", body).await;
    (made["id"].as_str().unwrap().to_owned(), email)
}

async fn into_the_trigger_stage(world: &World, opportunity: &str) {
    let stage = json!({ "stage": world.stages[Stage::Trigger.name()] });
    world.control(Method::POST, &format!("opportunities/{opportunity}/move"), stage).await;
}

async fn list(world: &World, path: &str) -> Vec<Value> {
    world.control(Method::GET, path, Value::Null).await.as_array().unwrap().clone()
}

/// The calls of the API that the portal made, as `METHOD path`.
async fn calls(world: &World) -> Vec<String> {
    let all = list(world, "requests").await;
    let words = all.iter().map(|call| format!("{} {}", call["method"], call["path"]).replace('"', ""));
    words.filter(|call| call.contains(" /v1/")).collect()
}

async fn few_calls(backend: Backend) {
    let world = calm(&Ground::prepare(backend).await).await;
    let (opportunity, email) = somebody(&world, 0).await;
    world.control(Method::DELETE, "requests", Value::Null).await;
    into_the_trigger_stage(&world, &opportunity).await;
    soon("the invitation", async || world.link(&email).await).await;
    world.rest().await.unwrap();
    let calls = calls(&world).await;
    println!("{backend:?}: {} calls to Lever for an invitation: {calls:#?}", calls.len());
    assert!(calls.len() <= 4, "{calls:#?}");
    world.portal.stop().await;
    world.lever.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_takes_few_calls_on_sqlite() {
    few_calls(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invitation_takes_few_calls_on_postgres() {
    few_calls(Backend::Postgres).await;
}

/// Median and 99th percentile.
fn shown(what: &str, mut times: Vec<i64>) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() as f64 * part).ceil() as usize).clamp(1, times.len()) - 1];
    println!("  {what}: median {} ms, 99th percentile {} ms, of {}", at(0.5), at(0.99), times.len());
}

async fn times(backend: Backend) {
    let count = super::number("ALVA_TIMES").map_or(200, |n| usize::try_from(n).unwrap().max(1));
    let world = calm(&Ground::prepare(backend).await).await;
    let (mut to_mail, mut to_note) = (Vec::new(), Vec::new());
    for n in 0..count {
        let (opportunity, email) = somebody(&world, n).await;
        into_the_trigger_stage(&world, &opportunity).await;
        let link = soon("the invitation", async || world.link(&email).await).await;
        world.rest().await.unwrap();
        let deliveries = list(&world, "deliveries").await;
        let delivered = deliveries.last().unwrap()["attempts"][0]["time"].as_i64().unwrap();
        let mails = list(&world, "mail").await;
        to_mail.push(mails.last().unwrap()["receivedAt"].as_i64().unwrap() - delivered);
        let (taken, at) = candidate::go_timed(&link, Until::Completed).await;
        assert_eq!(taken, Taken::Completed);
        world.rest().await.unwrap();
        let path = format!("/v1/opportunities/{opportunity}/notes");
        let calls = list(&world, "requests").await;
        let note = calls.iter().rfind(|call| call["method"] == "POST" && call["path"] == path.as_str());
        let note = note.unwrap_or_else(|| panic!("a note on {opportunity}"));
        to_note.push(note["time"].as_i64().unwrap() + note["duration_ms"].as_i64().unwrap() - at);
        world.control(Method::DELETE, "requests", Value::Null).await;
        // The portal keeps to ten calls a second; so that no measurement waits for the one before it.
        tokio::time::sleep(Duration::from_millis(1_400)).await;
    }
    println!("{backend:?}");
    shown("from the delivery to the mail", to_mail);
    shown("from the last answer to the note", to_note);
    world.portal.stop().await;
    world.lever.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes, and says something only on a machine that does nothing else"]
async fn figures() {
    tokio::join!(times(Backend::Sqlite), times(Backend::Postgres));
}
