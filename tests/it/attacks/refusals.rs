//! Attacks of strangers leave a trace, also those that are nobody's: a row where a company is concerned, and otherwise a
//! count and a line of the server's log.

use super::written_down::{detail, rows};
use crate::process::place::Place;
use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::statements;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::audit::{Row, counted};
use alva_portal::db::Backend;
use alva_portal::ids::CompanyId;
use alva_portal::people::Role;
use reqwest::StatusCode;

async fn one(portal: &Portal, company: &CompanyId, action: &str) -> Row {
    until(action, PATIENCE, async || rows(portal, company, action).await.pop()).await
}

on_both_databases!(Portal::start => too_many_attempts_of_each_kind_are_written_down);
async fn too_many_attempts_of_each_kind_are_written_down(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let eve = portal.visitor();
    let ask = [("email", "ada@acme.example")];
    for _ in 0..10 {
        assert_eq!(eve.post_from("192.0.2.7", "/password/forgot", &ask).await.status, StatusCode::OK);
    }
    let refused = eve.post_from("192.0.2.7", "/password/forgot", &ask).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let row = one(&portal, &acme.id, "person.reset_throttled").await;
    assert_eq!((row.actor.as_str(), row.subject.as_str()), ("not logged in", "ada@acme.example"));
    assert_eq!(detail(&row)["network"], "192.0.2.0/24");

    let ada = portal.signed_in("ada@acme.example").await;
    let (secret, ..) = crate::people::factor::set_up(&ada).await;
    let thief = portal.visitor();
    thief.log_in("ada@acme.example", PASSWORD).await.leads_to("/login/code");
    let wrong = crate::people::factor::wrong_code(&secret);
    let guess = async || thief.post_from("198.51.100.1", "/login/code", &[("code", &wrong)]).await.status;
    for _ in 0..10 {
        assert_eq!(guess().await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(guess().await, StatusCode::TOO_MANY_REQUESTS);
    let row = one(&portal, &acme.id, "person.code_throttled").await;
    assert_eq!(
        (row.subject.as_str(), &detail(&row)["network"]),
        ("ada@acme.example", &"198.51.100.0/24".into())
    );

    // A colleague who does something without end.
    let max = portal.signed_in("max@acme.example").await;
    let page = max.get("/account/second-factor").await;
    max.press(&page, "Set up", &[]).await;
    let mut tries = 0;
    while max.post("/account/second-factor/set-up", &[("code", "000000")]).await.status
        != StatusCode::TOO_MANY_REQUESTS
    {
        tries += 1;
        assert!(tries < 30, "codes are guessed without end");
    }
    let row = one(&portal, &acme.id, "access.throttled").await;
    assert_eq!(
        (row.actor.as_str(), row.subject.as_str()),
        ("max@acme.example", "/account/second-factor/set-up")
    );
}

async fn watched(backend: Backend) -> Portal {
    statements::listen();
    let portal = Portal::start(backend).await;
    statements::watch(portal.database_url());
    portal
}

on_both_databases!(watched => a_stream_of_refused_log_ins_is_a_few_writes);
/// Each of thousands a second would wait before Lever's deliveries for the one writer of the database.
async fn a_stream_of_refused_log_ins_is_a_few_writes(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let eve = portal.visitor();
    let token = eve.token().await;
    let guess = [("email", "ada@acme.example"), ("password", "guess"), ("csrf", token.as_str())];
    let from = |n: usize| format!("192.0.{}.1", n % 4);
    let mut throttled = 0;
    for n in 0..60 {
        throttled += i64::from(
            eve.post_as_is_from(&from(n), "/login", &guess).await.status == StatusCode::TOO_MANY_REQUESTS,
        );
    }
    let sent = (0..500).map(async |n| eve.post_as_is_from(&from(n), "/login", &guess).await.status);
    let answers = futures_util::future::join_all(sent).await;
    let more = answers.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(more > 400, "{more}");
    throttled += more as i64;
    // None is left out.
    let id = acme.id;
    let counted = until("all of them", PATIENCE, async || {
        let actions = [alva_portal::audit::Action::PersonLogInThrottled];
        let times = move |conn: &mut alva_portal::db::Conn| {
            counted::in_this_hour(conn, &id, &actions, "ada@acme.example")
        };
        let times = portal.running.db.read(times).await.unwrap();
        (times == throttled).then_some(times)
    });
    counted.await;
    let changes = |sql: &str| sql.starts_with("UPDATE") || sql.starts_with("INSERT");
    let asked = statements::counted(portal.database_url());
    let writes: usize = asked
        .iter()
        .filter(|(sql, _)| changes(sql) && sql.contains("noted_accesses"))
        .map(|(_, times)| times)
        .sum();
    assert!((1..100).contains(&writes), "{writes} writes for {more} refusals");
}

/// In a process of its own: counters are the process's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_nobodys_is_counted_and_in_the_log_of_the_server() {
    let place = Place::new(Backend::Sqlite);
    let account = place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let eve = Visitor::of(process.url.clone());
    let client = reqwest::Client::new();
    let at = |path: &str| process.url.join(path).unwrap();
    let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(client.post(at("/webhooks/lever/nobodys")).body("{}")).await, 404);
    assert_eq!(eve.post_as_is_from("192.0.2.7", "/login", &[("email", "a@b.example")]).await.status, 403);
    assert_eq!(status(client.get(at("/login")).header("host", "evil.example")).await, 421);
    let token = format!("alva_{}", "ab".repeat(32));
    assert_eq!(status(client.get(at("/api/v1/events")).bearer_auth(token)).await, 401);
    let nobody = [("email", "nobody@b.example"), ("password", "guess")];
    for n in 0..11 {
        let expected = if n < 10 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(eve.post_from("192.0.2.7", "/login", &nobody).await.status, expected);
    }
    // A cookie that is not the portal's is no session, and no line of the log.
    for path in ["/login", "/nowhere"] {
        let cookie = format!(
            "alva_session_{0}=junk; __Host-alva_session=junk; alva_session=junk",
            process.url.port().unwrap()
        );
        assert!(status(client.get(at(path)).header("cookie", cookie)).await < 500);
    }
    assert!(!process.shown_log().contains("cryptographic"), "{}", process.shown_log());
    let kinds = [("webhook", 1), ("form", 1), ("host", 1), ("token", 1), ("log_in", 10), ("throttled", 1)];
    until("each kind", PATIENCE, async || {
        let text = reqwest::get(at("/metrics")).await.unwrap().text().await.unwrap();
        let line = |(kind, count): &(&str, i32)| format!("alva_refused_total{{kind=\"{kind}\"}} {count}");
        kinds.iter().all(|kind| text.lines().any(|there| there == line(kind))).then_some(())
    })
    .await;
    let said: Vec<String> = process
        .shown_log()
        .lines()
        .filter(|line| line.contains("strangers were refused"))
        .map(str::to_owned)
        .collect();
    assert_eq!(said.len(), 1, "one line a minute: {said:?}");
    assert!(said[0].contains("1 deliveries to addresses that no account has"), "{said:?}");
    assert!(!process.shown_log().contains("nobody@b.example"), "what a stranger typed is not the log's");
    let rows = account.db.read(alva_portal::audit::heads).await.unwrap();
    assert_eq!(rows[0].1, 2, "nor the audit log's: {rows:?}");
}
