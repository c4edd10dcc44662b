//! Files that never end, and results that are written by the dozen: others go on.

use crate::assessment::{invite, through_both};
use crate::lists::{Tenant, slow};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::events::Event;
use diesel::connection::SimpleConnection as _;
use futures_util::StreamExt as _;
use reqwest::StatusCode;
use std::time::Instant;

/// The first part of an export, and the connection on which the rest comes.
async fn begun(portal: &Portal, cookie: &str) -> (StatusCode, reqwest::Response) {
    let request = reqwest::Client::new().get(portal.running.url.join("/events.ndjson").unwrap());
    // Packed, all of it would fit.
    let request = request.header("cookie", cookie).header("accept-encoding", "identity");
    let answer = request.send().await.unwrap();
    (answer.status(), answer)
}

/// More events than a connection takes that nobody reads: 4,000 of 2 KB.
async fn furnish(acme: &Tenant<'_>) {
    for _ in 0..8 {
        let mut events = Vec::new();
        for _ in 0..500 {
            events.push(Event { lever_id: Some("x".repeat(2_000)), ..acme.event(60) });
        }
        acme.keep(events).await;
    }
}

on_both_databases!(Portal::start => a_company_is_sent_two_files_at_a_time);
async fn a_company_is_sent_two_files_at_a_time(portal: Portal) {
    let (acme, other) = (Tenant::of(&portal, "Acme").await, Tenant::of(&portal, "Other").await);
    furnish(&acme).await;
    let (ada, dana) = (acme.auditor().await, acme.admin().await);
    let cookie = ada.cookie().unwrap();
    let (first, second) = (begun(&portal, &cookie).await, begun(&portal, &cookie).await);
    assert_eq!((first.0, second.0), (StatusCode::OK, StatusCode::OK));
    for path in ["/events.csv", "/audit.csv", "/audit/verify"] {
        let third = dana.get(path).await;
        assert_eq!(third.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(third.text("main").contains("Two exports are already running"), "{path}");
    }
    assert_eq!(dana.post("/audit/evidence.zip", &[]).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(dana.get("/events").await.status, StatusCode::OK, "pages are no exports");
    assert_eq!(other.admin().await.get("/events.csv").await.status, StatusCode::OK, "nor another company");
    // One is read to its end, and somebody else has its place.
    let rows = first.1.text().await.unwrap().lines().count();
    assert_eq!(rows, 4_000);
    until("a place", PATIENCE, async || {
        (dana.get("/audit.csv").await.status == StatusCode::OK).then_some(())
    })
    .await;
    // The other one is broken off.
    drop(second);
    until("both places", PATIENCE, async || {
        let both = [begun(&portal, &cookie).await, begun(&portal, &cookie).await];
        both.iter().all(|(status, _)| *status == StatusCode::OK).then_some(())
    })
    .await;
}

on_both_databases!(Portal::start => a_part_of_a_file_that_takes_too_long_ends_the_file);
/// What cannot be read to its end in 15 seconds is broken off, without the end of a file: a part is no whole.
async fn a_part_of_a_file_that_takes_too_long_ends_the_file(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    furnish(&acme).await;
    let cookie = acme.auditor().await.cookie().unwrap();
    let (status, answer) = begun(&portal, &cookie).await;
    assert_eq!(status, StatusCode::OK);
    // The part after the next cannot be read to an end.
    let endless = match portal.running.db.backend() {
        Backend::Sqlite => slow::ON_FILE,
        Backend::Postgres => slow::ON_SERVER,
    };
    let endless = endless.replace("audit_log", "events").replace("kept_log", "kept_events");
    let make = move |conn: &mut Conn| Ok::<_, DbError>(conn.batch_execute(&endless)?);
    portal.running.db.write(make).await.unwrap();
    let began = Instant::now();
    let mut parts = answer.bytes_stream();
    let mut broken = false;
    while let Some(part) = parts.next().await {
        broken |= part.is_err();
    }
    assert!(broken, "a part was sent as if it were the whole");
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
}

on_both_databases!(Portal::start => results_by_the_dozen_keep_nobody_else_waiting);
/// A candidate's link is enough to ask for a PDF: they take their turns, and log-ins, deliveries and pages have their own.
async fn results_by_the_dozen_keep_nobody_else_waiting(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = invite(&portal, &acme.company, &acme.account, "o1").await;
    through_both(&portal.visitor(), &ada).await;
    let (admin, began) = (acme.admin().await, Instant::now());
    let path = format!("{}/result.pdf", ada.path);
    let pdfs = (0..40).map(async |_| {
        let (status, kind, ..) = portal.visitor().file(&path).await;
        assert!(status == StatusCode::SERVICE_UNAVAILABLE || kind == "application/pdf", "{status} {kind}");
        began.elapsed()
    });
    let others = async {
        let door = portal.running.url.join(&format!("/webhooks/lever/key-{}", acme.account)).unwrap();
        let sent = reqwest::Client::new().post(door).body("{}").send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::BAD_REQUEST, "a delivery is looked at");
        assert_eq!(admin.get("/events").await.status, StatusCode::OK);
        acme.auditor().await;
        began.elapsed()
    };
    let (written, others) = futures_util::join!(futures_util::future::join_all(pdfs), others);
    let last = written.iter().max().unwrap();
    assert!(others < *last, "a delivery, a page and a log-in after {others:?}, all PDFs after {last:?}");
}
