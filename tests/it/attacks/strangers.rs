//! Whatever a stranger asks for is read and not written, and a page that somebody looks at writes nothing either.

use super::every_route::table::{Least, ROUTES};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::statements;
use alva_portal::db::Backend;
use alva_portal::people::Role;
use reqwest::StatusCode;
use reqwest::header::COOKIE;

/// What the portal's own work writes to meanwhile: its jobs, and what it sweeps at the start.
const WORK: [&str; 6] = [
    "jobs",
    "audit_checkpoints",
    "DELETE FROM agreed_texts",
    "DELETE FROM completeness_gaps",
    "DELETE FROM withdrawal_marks",
    "DELETE FROM sessions",
];

async fn watched(backend: Backend) -> Portal {
    statements::listen();
    Portal::start(backend).await
}

/// The statements that changed something since [`statements::watch`].
fn changes(portal: &Portal) -> Vec<String> {
    let is_change = |sql: &String| {
        let word = sql.split_whitespace().next().unwrap_or_default();
        ["INSERT", "UPDATE", "DELETE", "REPLACE"].contains(&word)
    };
    let is_work = |sql: &String| {
        let plain = sql.replace(['`', '"'], "");
        WORK.iter().any(|work| plain.contains(work))
    };
    let heard = statements::counted(portal.database_url()).into_keys();
    heard.filter(is_change).filter(|sql| !is_work(sql)).collect()
}

on_both_databases!(watched => what_a_stranger_asks_for_is_written_nowhere);
async fn what_a_stranger_asks_for_is_written_nowhere(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let fill = |route: &str| {
        route
            .split('/')
            .map(|part| if part.contains('{') { "nobodys" } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let mut addresses: Vec<String> =
        ROUTES.iter().filter(|(method, ..)| *method == "GET").map(|(_, route, _)| fill(route)).collect();
    let more = [
        "/healthz",
        "/.well-known/security.txt",
        "/static/nothing.css",
        "/nowhere",
        "/webhooks/lever/nobodys",
        "/api/v1/events",
        "/oauth/lever/callback?state=x&code=y",
        "/login?next=%2F%2Fevil.example",
    ];
    addresses.extend(more.map(str::to_owned));
    let public = ROUTES.iter().filter(|(method, _, least)| *method == "GET" && *least == Least::Public);
    assert!(public.count() > 8, "strangers have pages");
    statements::watch(portal.database_url());
    for address in &addresses {
        for cookie in
            ["", "alva_session=nobodys; alva_device=nobodys", "alva_session=%00%ff; alva_visitor=AAAA"]
        {
            let request =
                client.get(portal.running.url.join(address).unwrap()).header("x-forwarded-for", "192.0.2.7");
            let request = if cookie.is_empty() { request } else { request.header(COOKIE, cookie) };
            let answer = request.send().await.unwrap();
            assert!(!answer.status().is_server_error(), "{address}: {}", answer.status());
            assert_ne!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
        }
    }
    assert_eq!(changes(&portal), Vec::<String>::new());
}

on_both_databases!(watched => a_page_that_somebody_looks_at_writes_nothing);
async fn a_page_that_somebody_looks_at_writes_nothing(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let pages =
        ["/settings/team", "/settings/company", "/account", "/events", "/help", "/settings/integrations"];
    // Messages are taken, and the token of forms is made, at the first look.
    for path in pages {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
    }
    statements::watch(portal.database_url());
    for path in pages {
        ada.get(path).await;
    }
    assert_eq!(changes(&portal), Vec::<String>::new());
}
