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

/// Somebody who asks it a thousand times asks the database once a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_is_looked_up_once_a_second() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let url = process.url.join("readyz").unwrap();
    let client = reqwest::Client::new();
    let mut other = SqliteConnection::establish(place.file("portal.sqlite").to_str().unwrap()).unwrap();
    other.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
    // What was found a moment ago is answered again, though nothing can be written any more. The portal writes itself at
    // times, so that it may take a few tries to have both within the second.
    wait::until("the same answer without another look", wait::PATIENCE, async || {
        let is_ready = async || client.get(url.clone()).send().await.unwrap().status() == 200;
        let mut is_same = is_ready().await;
        let began = std::time::Instant::now();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        // For longer than the database itself remembers that it was tried: a quarter of a second.
        while is_same && began.elapsed() < Duration::from_millis(500) {
            is_same = is_ready().await;
        }
        if is_same {
            return Some(());
        }
        other.batch_execute("ROLLBACK").unwrap();
        None
    })
    .await;
    wait::until("another look", wait::PATIENCE, async || {
        (client.get(url.clone()).send().await.unwrap().status() == 503).then_some(())
    })
    .await;
    other.batch_execute("ROLLBACK").unwrap();
}

on_both_databases!(threads: Place::new => what_is_over_is_removed_by_the_worker);
/// Sessions that ended, and deliveries that nobody vouched for in two weeks.
async fn what_is_over_is_removed_by_the_worker(place: Place) {
    use alva_portal::db::schema::{sessions, unverified_deliveries};
    use alva_portal::db::{Conn, DbError};
    use alva_portal::integrations::signing::ring;
    use alva_portal::time::Timestamp;
    use diesel::prelude::*;
    let migrated = place.run(&["migrate"]).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let account = place.account("http://127.0.0.1:9").await;
    let (id, now) = (account.id, Timestamp::now());
    let make = move |conn: &mut Conn| {
        let session = |key: &'static str, ends: Timestamp| {
            (
                sessions::key_hash.eq(key),
                sessions::state_sealed.eq(vec![0_u8; 8]),
                sessions::expires_at.eq(ends),
                sessions::name.eq(key),
                sessions::begun_at.eq(now),
                sessions::seen_at.eq(now),
                sessions::proved_at.eq(now),
                sessions::network.eq(""),
                sessions::browser.eq(""),
            )
        };
        let day = Duration::from_secs(86_400);
        for (key, ends) in [("over", now.minus(day)), ("good", now.plus(day))] {
            diesel::insert_into(sessions::table).values(session(key, ends)).execute(conn)?;
        }
        // Ids sort by time, and old ones are found by them.
        let delivery = |days: u32| {
            let at = now.minus(day * days);
            ring::Unverified {
                integration_id: id,
                network: "198.51.100.0/24".to_owned(),
                id: alva_portal::ids::EventId::parse(&at.first_id()).unwrap(),
                received_at: at,
                answered_status: 401,
                delivery: b"[]".to_vec(),
            }
        };
        ring::keep(conn, &id, &[delivery(15), delivery(1)])
    };
    account.db.write(make).await.unwrap();
    let process = place.start().await;
    let left = |conn: &mut Conn| {
        let keys: Vec<String> = sessions::table.select(sessions::key_hash).load(conn)?;
        let kept: i64 = unverified_deliveries::table.count().get_result(conn)?;
        Ok::<_, DbError>((keys, kept))
    };
    wait::until("what is over to be gone", wait::PATIENCE, async || {
        (account.db.read(left).await.unwrap() == (vec!["good".to_owned()], 1)).then_some(())
    })
    .await;
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_take_a_token_or_this_machine() {
    const TOKEN: &str = "0123456789abcdef";
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let http = reqwest::Client::new();
    let ask = async |process: &super::place::Process, header: &str, value: &str| {
        let request = http.get(process.url.join("metrics").unwrap()).header(header, value);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(&process, "accept", "*/*").await, 200, "this machine");
    assert_eq!(ask(&process, "x-forwarded-for", "203.0.113.9").await, 401, "somebody behind the proxy");
    // With a port, and where the proxy does not say who.
    for somebody in ["203.0.113.9:5555", "[2001:db8::1]:44", "unknown", "203.0.113.9, _hidden", ""] {
        assert_eq!(ask(&process, "x-forwarded-for", somebody).await, 401, "{somebody}");
    }
    process.signal("TERM").await;
    assert!(process.end().await.0.success());

    let mut command = place.command(&["--json"]);
    command.env("METRICS_TOKEN", TOKEN).env("SECURITY_CONTACT", "mailto:security@acme.example");
    let process = super::place::Process::of(command).await;
    assert_eq!(ask(&process, "accept", "*/*").await, 401, "with a token, nobody without it");
    assert_eq!(ask(&process, "authorization", "Bearer 0123456789abcdeX").await, 401);
    assert_eq!(ask(&process, "authorization", &format!("Bearer {TOKEN}")).await, 200);
    let (status, text) = get(&process, ".well-known/security.txt").await;
    assert_eq!(status, 200);
    assert!(text.starts_with("Contact: mailto:security@acme.example\nExpires: 20"), "{text}");

    let mut command = place.command(&["--json"]);
    command.env("METRICS_TOKEN", "short");
    let said = super::place::ended(command).await;
    assert!(said.stderr.contains("METRICS_TOKEN") && !said.stderr.contains("short"), "{said:?}");
}

/// Behind a proxy that only hands connections on, everybody comes from this machine.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_without_a_token_are_for_a_portal_at_home() {
    let place = Place::new(Backend::Sqlite);
    place.write_key("ab".repeat(32));
    let asked = async |settings: &[(&str, &str)], token: Option<&str>| {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = place.command(&["--json"]);
        command.env("BIND", address.to_string()).envs(settings.iter().copied());
        let process = super::place::Process::of(command).await;
        let request = reqwest::Client::new().get(format!("http://{address}/metrics"));
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        let status = request.send().await.unwrap().status().as_u16();
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
        status
    };
    let outside = ("BASE_URL", "https://alva.example.com");
    let token = "0123456789abcdef";
    assert_eq!(asked(&[outside], None).await, 401);
    assert_eq!(asked(&[outside, ("METRICS_TOKEN", token)], Some(token)).await, 200);
    assert_eq!(asked(&[("TRUSTED_PROXIES", "none")], None).await, 401);
    let mut command = place.command(&["check"]);
    command.envs([outside]);
    let said = super::place::ended(command).await.stdout;
    assert!(said.contains("metrics: answered to nobody; set METRICS_TOKEN to use them"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_where_the_audit_log_ends() {
    let place = Place::new(Backend::Sqlite);
    place.account("http://127.0.0.1:9").await;
    let process = place.start().await;
    let line = wait::until("the end of the audit log", wait::PATIENCE, async || {
        let log = process.shown_log();
        log.lines().find(|line| line.contains("the audit log ends here")).map(str::to_owned)
    })
    .await;
    let count = |conn: &mut alva_portal::db::Conn| alva_portal::audit::heads(conn);
    let (company, rows, hash) = place.db().await.read(count).await.unwrap().remove(0);
    for part in [company.to_string(), rows.to_string(), hash.clone()] {
        assert!(line.contains(&part), "{part} in {line}");
    }
    let (_, metrics) = get(&process, "metrics").await;
    let head = i64::from_str_radix(&hash[..13], 16).unwrap();
    for (name, value) in [("rows", rows), ("head", head)] {
        let wanted = format!("alva_audit_{name}{{company=\"{company}\"}} {value}");
        assert!(metrics.contains(&wanted), "{wanted} in {metrics}");
    }
}
