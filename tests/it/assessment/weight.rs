//! How heavy a task is on the line, and how soon the next one is there. The weights are promised in
//! `docs/assessment-manual.md`; the times are printed for it (`--no-capture`), and depend on the machine.

use super::*;
use crate::support::lever::unconnected;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use std::time::{Duration, Instant};

/// The bytes that travel for an address, with and without compression.
async fn weight(client: &reqwest::Client, url: url::Url, cookie: &str) -> (usize, usize) {
    let bytes = async |encoding: &str| {
        let request = client.get(url.clone()).header("cookie", cookie).header("accept-encoding", encoding);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{url}");
        answer.bytes().await.unwrap().len()
    };
    (bytes("identity").await, bytes("gzip").await)
}

fn spread(mut all: Vec<usize>) -> (usize, usize) {
    all.sort_unstable();
    (all[all.len() / 2], all[all.len() - 1])
}

#[actix_web::test]
async fn a_task_is_light_and_the_next_one_soon_there() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    // What travels is counted, so nothing is unpacked on the way.
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let at = |path: &str| portal.running.url.join(path).unwrap();
    let (mut plain, mut packed, mut times) = (Vec::new(), Vec::new(), Vec::<Duration>::new());
    let mut shared = 0;
    for number in 0..8 {
        let ada = invite(&portal, &acme, &account, &format!("o{number}")).await;
        let visitor = portal.visitor();
        let ready = up_to_the_clock(&visitor, &ada).await;
        let mut page = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
        if number == 0 {
            for (selector, name) in [("link[rel=stylesheet]", "href"), ("script", "src")] {
                shared += weight(&client, at(&page.attribute(selector, name).unwrap()), "").await.1;
            }
        }
        for task in 1..=3 {
            assert_eq!(page.text("h1"), format!("Task {task} of 3"));
            let (whole, zipped) = weight(&client, at(&ada.path), &visitor.cookie().unwrap()).await;
            plain.push(whole);
            packed.push(zipped);
            let began = Instant::now();
            page = go_on(&visitor, &ada, &page, "Answer", &[("choice", "0")]).await;
            times.push(began.elapsed());
        }
    }
    times.sort_unstable();
    let ((plain, plain_most), (packed, packed_most)) = (spread(plain), spread(packed));
    eprintln!(
        "a task's page: {plain} bytes, at most {plain_most}; compressed {packed}, at most {packed_most}"
    );
    eprintln!("style and script, once: {shared} bytes compressed");
    eprintln!(
        "answer kept and next task there: {:?} (median of {}), {:?} at most",
        times[times.len() / 2],
        times.len(),
        times[times.len() - 1]
    );
    // A page of at most 6 kB comes in a second over 50 kbit/s.
    assert!(packed_most < 6_000 && plain_most < 50_000, "{packed_most} and {plain_most}");
    assert!(shared < 20_000, "{shared}");
}
