//! Starting and stopping.

use super::place::{Place, Process, ended};
use crate::support::on_both_databases;
use crate::support::visitor::Visitor;
use crate::support::wait::PATIENCE;
use alva_portal::db::Backend;
use reqwest::StatusCode;
use serde_json::{Value, json};

on_both_databases!(threads: Place::new => json_says_where_it_answers);
/// One line of JSON when it answers, nothing else on standard output; stops when told to.
async fn json_says_where_it_answers(place: Place) {
    for signal in ["TERM", "INT"] {
        let process = place.start().await;
        let said = process.said.as_object().unwrap();
        assert_eq!(said.keys().collect::<Vec<_>>(), ["portal", "setup_code"]);
        let code = said["setup_code"].as_str().unwrap();
        let visitor = Visitor::of(process.url.clone());
        assert_eq!(visitor.get(&format!("/setup?code={code}")).await.status, StatusCode::OK);
        process.signal(signal).await;
        let (status, more) = process.end().await;
        assert_eq!((status.code(), more.as_str()), (Some(0), ""), "{signal}");
    }
}

#[tokio::test]
async fn without_json_standard_output_stays_empty() {
    let place = Place::new(Backend::Sqlite);
    // Standard output is closed at its end; the log says where the portal answers.
    let mut child = place.command(&[]).spawn().unwrap();
    let mut lines =
        tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(child.stderr.take().unwrap()));
    let mut link = None;
    let code = loop {
        let line = lines.next_line().await.unwrap().expect("the way in is told");
        // Apart from the log: no time, no level.
        link = line.strip_prefix("    open         ").map(str::to_owned).or(link);
        if let Some(code) = line.strip_prefix("    set-up code  ") {
            break code.to_owned();
        }
    };
    let link = link.expect("the link before the code").replace("localhost", "127.0.0.1");
    assert!(link.ends_with(&format!("/setup?code={code}")), "{link}");
    let page = Visitor::of(link.parse().unwrap()).get(&format!("/setup?code={code}")).await;
    assert_eq!((page.status, page.text("h1").is_empty()), (StatusCode::OK, false));
    child.start_kill().unwrap();
    assert!(child.wait_with_output().await.unwrap().stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_says_where_to_go_and_keeps_its_data() {
    let place = Place::new(Backend::Sqlite);
    let folder = place.file("demo");
    let arguments =
        ["demo", "--port", "0", "--lever-port", "0", "--data-dir", folder.to_str().unwrap(), "--json"];
    let mut keys = Vec::new();
    for run in 1..=2 {
        let process = Process::of(place.command(&arguments)).await;
        let said = &process.said;
        let roles: Vec<&str> =
            said["accounts"].as_array().unwrap().iter().map(|a| a["role"].as_str().unwrap()).collect();
        assert_eq!(roles, ["admin", "member", "auditor"]);
        for account in said["accounts"].as_array().unwrap() {
            let visitor = Visitor::of(process.url.clone());
            let text = |name: &str| account[name].as_str().unwrap();
            let answer = visitor.log_in(text("email"), text("password")).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "run {run}: {}", answer.html);
        }
        let lever = said["lever"].as_str().unwrap();
        let key = said["lever_api_key"].as_str().unwrap();
        let stages = reqwest::Client::new().get(format!("{lever}/v1/stages")).basic_auth(key, Some(""));
        assert_eq!(stages.send().await.unwrap().status(), 200);
        // A page that somebody visits meanwhile knows no key, and its name leads nowhere.
        assert!(key.len() >= 40 && !keys.contains(&key.to_owned()), "run {run}: {key} of {keys:?}");
        keys.push(key.to_owned());
        let foreign = reqwest::Client::new().get(format!("{lever}/v1/stages")).basic_auth(key, Some(""));
        assert_eq!(foreign.header("host", "evil.example").send().await.unwrap().status(), 403);
        for name in ["email", "password"] {
            assert!(!said["lever_account"][name].as_str().unwrap().is_empty());
        }
        process.signal("TERM").await;
        let (status, more) = process.end().await;
        assert_eq!((status.code(), more.as_str()), (Some(0), ""));
    }
}

/// A week that was made through the doors: the log is whole, each day has its events, and the clock is right again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_can_begin_with_a_week_of_history() {
    let place = Place::new(Backend::Sqlite);
    let folder = place.file("demo");
    let arguments = [
        "demo",
        "--port",
        "0",
        "--lever-port",
        "0",
        "--data-dir",
        folder.to_str().unwrap(),
        "--json",
        "--with-history",
    ];
    let mut before = None;
    for run in 1..=2 {
        let process = Process::within(PATIENCE * 6, place.command(&arguments)).await;
        let account = &process.said["accounts"][0];
        let visitor = Visitor::of(process.url.clone());
        visitor.log_in(account["email"].as_str().unwrap(), account["password"].as_str().unwrap()).await;
        let integrations = visitor.get("/settings/integrations").await;
        assert!(integrations.text(".badge").contains("Active"), "run {run}: {}", integrations.text("main"));
        let (_, _, _, csv) = visitor.file("/events.csv").await;
        let csv = String::from_utf8(csv).unwrap();
        let today: jiff::civil::Date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        for days in 1..=7 {
            let day = today.checked_sub(jiff::Span::new().days(days)).unwrap().to_string();
            assert!(csv.contains(&day), "run {run}: an event on {day}");
        }
        for outcome in ["invited", "origin_blocked", "no_email"] {
            assert!(csv.contains(outcome), "run {run}: {outcome} in {csv}");
        }
        let candidates = visitor.get("/candidates").await.text("tbody");
        for name in ["Amara Okafor", "Tuva Strand", "completed", "withdrawn"] {
            assert!(candidates.contains(name), "run {run}: {name} in {candidates}");
        }
        let lever = process.said["lever"].as_str().unwrap();
        let clock = reqwest::get(format!("{lever}/sandbox/clock")).await.unwrap().json::<Value>();
        let offset = clock.await.unwrap()["data"]["offset_ms"].as_i64().unwrap();
        assert!(offset.abs() < 1_000, "run {run}: {offset}");
        // The second run finds the first one's, and lives nothing again.
        let amara = csv.matches("Amara Okafor").count();
        assert!(amara > 0 && before.is_none_or(|before| before == amara), "run {run}: {amara}, {before:?}");
        before = Some(amara);
        process.signal("TERM").await;
        let (status, more) = process.end().await;
        assert_eq!((status.code(), more.as_str()), (Some(0), ""));
    }
    let database = format!("sqlite://{}", folder.join("portal.sqlite").display());
    let key = folder.join("portal.key");
    let mut command = place.command(&["audit", "verify"]);
    command.env("DATABASE_URL", database).env("SECRET_KEY_FILE", key);
    let verified = ended(command).await;
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_can_start_at_once_on_one_empty_postgresql() {
    let place = Place::new(Backend::Postgres);
    // Each on a machine of its own would have a copy of the key.
    place.sealer();
    let (one, other) = tokio::join!(place.start(), place.start());
    for process in [&one, &other] {
        let code = process.said["setup_code"].as_str().unwrap();
        for at in [&one, &other] {
            let page = Visitor::of(at.url.clone()).get(&format!("/setup?code={code}")).await;
            assert_eq!(page.status, StatusCode::OK);
        }
    }
    for process in [one, other] {
        process.signal("TERM").await;
        assert!(process.end().await.0.success());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sqlite_file_has_one_server_but_as_many_commands_as_one_likes() {
    let place = Place::new(Backend::Sqlite);
    let first = place.start().await;
    let second = ended(place.command(&["--json"])).await;
    assert!(!second.status.success() && second.stdout.is_empty(), "{second:?}");
    assert_eq!(second.stderr.trim().lines().count(), 1, "{second:?}");
    for part in ["portal.sqlite", "another alva-portal", "PostgreSQL", "from the environment"] {
        assert!(second.stderr.contains(part), "{part:?} in {}", second.stderr);
    }
    assert!(place.run(&["user", "list"]).await.status.success());
    first.signal("KILL").await;
    assert!(!first.end().await.0.success());
    let third = place.start().await;
    assert_eq!(third.said["portal"].as_str().map(|url| url.starts_with("http://")), Some(true));
    third.signal("TERM").await;
    assert!(third.end().await.0.success());
}

#[tokio::test]
async fn log_lines_can_be_json() {
    let place = Place::new(Backend::Sqlite);
    let mut command = place.command(&["--json", "--log-format", "json"]);
    command.env("RUST_LOG", "info");
    let process = Process::of(command).await;
    process.signal("TERM").await;
    let log = process.log.clone();
    assert!(process.end().await.0.success());
    let log = log.lock().unwrap();
    assert!(log.lines().count() > 0);
    for line in log.lines() {
        assert!(serde_json::from_str::<Value>(line).unwrap()["fields"] != json!(null), "{line}");
    }
}

/// A balancer reuses connections that have been idle: the portal must not close them first.
#[tokio::test]
async fn an_idle_connection_is_kept_as_long_as_the_setting_says() {
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let place = Place::new(Backend::Sqlite);
    let mut command = place.command(&["--json"]);
    command.env("KEEP_ALIVE", "8");
    let process = Process::of(command).await;
    let at = ("127.0.0.1", process.url.port().unwrap());
    let mut connection = tokio::net::TcpStream::connect(at).await.unwrap();
    connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut answer = [0; 4096];
    assert!(connection.read(&mut answer).await.unwrap() > 0);
    let idle = Instant::now();
    let closed = async { while !matches!(connection.read(&mut answer).await, Ok(0) | Err(_)) {} };
    tokio::time::timeout(Duration::from_secs(40), closed).await.expect("it is closed some time");
    assert!(idle.elapsed() > Duration::from_secs(7), "after {:?}", idle.elapsed());
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}
