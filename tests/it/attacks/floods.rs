//! What costs a stranger little must cost the portal little: bodies, sessions, passwords.

use crate::process::place::Place;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor, bare_token};
use crate::support::wait;
use alva_portal::db::schema::sessions;
use alva_portal::db::{Backend, DbResult};
use alva_portal::people::Role;
use diesel::prelude::*;
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn send_half_a_form(portal: &Portal, headers: &str) -> String {
    let address = portal.running.url.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\nemail"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(wait::PATIENCE, stream.read(&mut answer)).await;
    let read = read.expect("an answer without the rest of the body").unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

on_both_databases!(Portal::start => half_a_form_without_a_session_is_refused_at_once);
async fn half_a_form_without_a_session_is_refused_at_once(portal: Portal) {
    let answer = send_half_a_form(&portal, "").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

on_both_databases!(Portal::start => a_foreign_name_for_this_machine_is_not_answered);
async fn a_foreign_name_for_this_machine_is_not_answered(portal: Portal) {
    let client = reqwest::Client::new();
    for (host, expected) in [("evil.example", 421), ("localhost", 200), ("127.0.0.1:80", 200)] {
        for path in ["/login", "/password/forgot"] {
            let request = client.get(portal.running.url.join(path).unwrap()).header("host", host);
            assert_eq!(request.send().await.unwrap().status().as_u16(), expected, "{host} {path}");
        }
    }
}

on_both_databases!(Portal::start => half_a_form_of_another_site_is_refused_at_once);
async fn half_a_form_of_another_site_is_refused_at_once(portal: Portal) {
    let visitor = portal.visitor();
    visitor.token().await;
    let cookie = visitor.cookie().expect("a session");
    for said in [
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: nonsense",
    ] {
        let answer = send_half_a_form(&portal, &format!("Cookie: {cookie}\r\n{said}\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 403"), "{said}: {answer}");
    }
}

on_both_databases!(Portal::start => a_form_of_another_origin_is_refused);
/// The second line behind the token: also a form that has it is refused when the browser names another page.
async fn a_form_of_another_origin_is_refused(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (token, cookie) = (ada.token().await, ada.cookie().unwrap());
    let port = portal.running.url.port().unwrap();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let rename = async |name: &str, origin: Option<&str>| {
        let form = [("csrf", token.as_str()), ("your_name", name)];
        let request = client.post(portal.running.url.join("/account/name").unwrap()).form(&form);
        let request = request.header("cookie", &cookie);
        let request = origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
        request.send().await.unwrap().status()
    };
    for foreign in [
        "null".to_owned(),
        "https://evil.example".to_owned(),
        format!("http://evil.example:{port}"),
        format!("http://127.0.0.1.evil.example:{port}"),
        // Another program on this machine.
        "http://127.0.0.1:1".to_owned(),
        "http://localhost".to_owned(),
    ] {
        assert_eq!(rename("Mallory", Some(&foreign)).await, StatusCode::FORBIDDEN, "{foreign}");
        assert!(!ada.get("/account").await.html.contains("Mallory"), "{foreign}");
    }
    let here = portal.running.url.origin().ascii_serialization();
    for (name, own) in [
        ("Ada One", Some(here.as_str())),
        ("Ada Two", Some(&format!("http://localhost:{port}"))),
        ("Ada Three", None),
    ] {
        assert_eq!(rename(name, own).await, StatusCode::SEE_OTHER, "{own:?}");
        assert!(ada.get("/account").await.html.contains(name), "{own:?}");
    }
}

/// Beyond this machine there is one origin: that of BASE_URL.
#[tokio::test]
async fn an_https_portal_takes_forms_of_its_own_origin_alone() {
    let place = crate::process::place::Place::new(alva_portal::db::Backend::Sqlite);
    place.write_key("ab".repeat(32));
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = place.command(&["--json", "--base-url", "https://alva.example.com"]);
    command.env("BIND", address.to_string());
    let _process = crate::process::place::Process::of(command).await;
    let visitor = crate::support::visitor::Visitor::of(format!("http://{address}").parse().unwrap());
    let (token, cookie) = (visitor.token().await, visitor.cookie().unwrap());
    for (origin, status) in [
        ("https://alva.example.com", StatusCode::OK),
        ("https://alva.example.com:8443", StatusCode::FORBIDDEN),
        ("http://alva.example.com", StatusCode::FORBIDDEN),
        ("https://www.alva.example.com", StatusCode::FORBIDDEN),
        (format!("http://{address}").as_str(), StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
    ] {
        let form = [("csrf", token.as_str()), ("email", "ada@acme.example")];
        let request = reqwest::Client::new().post(format!("http://{address}/password/forgot")).form(&form);
        let request = request.header("cookie", &cookie).header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), status, "{origin}");
    }
}

on_both_databases!(Portal::start => the_token_of_a_page_is_another_each_time);
/// Compressed pages with one text in all of them give it away by their lengths: the token stands behind a mask.
async fn the_token_of_a_page_is_another_each_time(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let (ada, visitor) = (portal.signed_in("ada@acme.example").await, portal.visitor());
    for (who, path, form) in [
        (&ada, "/account/name", ("your_name", "Ada")),
        (&visitor, "/password/forgot", ("email", "x@x.example")),
    ] {
        let mut tokens = Vec::new();
        for _ in 0..4 {
            tokens.push(who.token().await);
        }
        let bare = bare_token(&tokens[0]);
        assert!(tokens.iter().all(|token| bare_token(token) == bare), "one session, one token");
        for (number, token) in tokens.iter().enumerate() {
            assert!(!tokens[..number].contains(token), "another mask each time");
            let page = who.post_as_is(path, &[("csrf", token), form]).await;
            assert_ne!(page.status, StatusCode::FORBIDDEN, "each page's form is taken");
        }
        let twice = [bare.as_bytes(), bare.as_bytes()].concat();
        let twice = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, twice);
        for wrong in [bare.as_str(), twice.as_str(), &tokens[0][1..], ""] {
            let page = who.post_as_is(path, &[("csrf", wrong), form]).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{wrong}");
        }
        let html = who.get("/password/forgot").await.html;
        assert!(!html.contains(&bare), "it stands nowhere as it is");
    }
}

on_both_databases!(Portal::start => a_form_of_plain_text_is_refused);
async fn a_form_of_plain_text_is_refused(portal: Portal) {
    let visitor = portal.visitor();
    let token = visitor.token().await;
    let request = reqwest::Client::new().post(portal.running.url.join("/password/forgot").unwrap());
    let body = format!("csrf={token}&email=ada@acme.example");
    let request = request.header("cookie", visitor.cookie().unwrap()).header("content-type", "text/plain");
    assert_eq!(request.body(body).send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

async fn sessions_kept(portal: &Portal) -> i64 {
    let count =
        |conn: &mut alva_portal::db::Conn| -> DbResult<i64> { Ok(sessions::table.count().get_result(conn)?) };
    portal.running.db.read(count).await.unwrap()
}

on_both_databases!(Portal::start => strangers_leave_no_rows);
async fn strangers_leave_no_rows(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    for path in ["/login", "/password/forgot", "/setup", "/assessment/nobody", "/nowhere"] {
        portal.visitor().get(path).await;
    }
    portal.visitor().log_in("ada@acme.example", "wrong").await;
    assert_eq!(sessions_kept(&portal).await, 0);
    portal.signed_in("ada@acme.example").await;
    assert_eq!(sessions_kept(&portal).await, 1);
}

on_both_databases!(Portal::start => a_page_view_sets_no_cookie_anew);
async fn a_page_view_sets_no_cookie_anew(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    ada.get("/settings/team").await;
    let request = reqwest::Client::new().get(portal.running.url.join("/settings/team").unwrap());
    let answer = request.header("cookie", ada.cookie().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers().get("set-cookie"), None, "nothing changed, so nothing is written");
}

on_both_databases!(Portal::start => many_log_ins_at_once_are_turned_away_and_not_piled_up);
async fn many_log_ins_at_once_are_turned_away_and_not_piled_up(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let visitor = portal.visitor();
    let token = visitor.token().await;
    let attempts = (0..400).map(async |n: u32| {
        let email = format!("{n}@acme.example");
        let fields = [("email", email.as_str()), ("password", "guess"), ("csrf", token.as_str())];
        let network = format!("192.0.{}.{}", n / 250, n % 250);
        visitor.post_as_is_from(&network, "/login", &fields).await
    });
    let answers = futures_util::future::join_all(attempts).await;
    let busy: Vec<_> = answers.iter().filter(|page| page.status == StatusCode::SERVICE_UNAVAILABLE).collect();
    assert!(!busy.is_empty(), "a queue without end");
    assert!(busy.iter().all(|page| page.retry_after.is_some()), "each says when to come back");
    let checked = answers.iter().filter(|page| page.status == StatusCode::UNPROCESSABLE_ENTITY).count();
    let other = |page: &&Page| {
        ![StatusCode::SERVICE_UNAVAILABLE, StatusCode::UNPROCESSABLE_ENTITY].contains(&page.status)
    };
    let others: Vec<StatusCode> = answers.iter().filter(other).map(|page| page.status).collect();
    assert_eq!(checked + busy.len(), answers.len(), "{others:?}");
    // Who was turned away is counted as somebody who came too often is.
    let counted = async || {
        let shown = portal.visitor().get("/metrics").await.html;
        let line = shown.lines().find(|line| line.starts_with("alva_refused_total{kind=\"throttled\"}"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).unwrap_or_default()
    };
    assert!(counted().await >= busy.len(), "{} of {}", counted().await, busy.len());
    // What each of them costs (19 MiB and a core) is spent as often as there are cores, whatever the queue holds.
    let cores = std::thread::available_parallelism().unwrap().get();
    let most = portal.running.passwords.most_at_once();
    assert!((1..=cores).contains(&most), "{most} at once, on {cores} cores");
}

on_both_databases!(Portal::start => many_new_passwords_at_once_are_turned_away_and_not_piled_up);
/// Whoever holds a link to a new password may try a few; more cost the portal nothing.
async fn many_new_passwords_at_once_are_turned_away_and_not_piled_up(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Auditor).await;
    let visitor = portal.visitor();
    visitor.post("/password/forgot", &[("email", "ada@acme.example")]).await;
    let link = portal.mailed_link("ada@acme.example").await;
    let token = visitor.get(&link).await.attribute("input[name=csrf]", "value").unwrap();
    let tries = (0..60).map(async |n: u32| {
        let fields = [("password", "short"), ("csrf", token.as_str())];
        visitor.post_as_is_from(&format!("192.0.2.{n}"), &link, &fields).await
    });
    let answers = futures_util::future::join_all(tries).await;
    let looked_at = answers.iter().filter(|page| page.status == StatusCode::UNPROCESSABLE_ENTITY).count();
    let turned_away: Vec<_> = answers.iter().filter(|page| page.retry_after.is_some()).collect();
    assert_eq!(looked_at + turned_away.len(), answers.len());
    assert!((1..=10).contains(&looked_at), "{looked_at} were looked at");
}

/// Memory of a process that is in use, in MiB.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

/// Measured in a process of its own, from its start: what an allocator keeps shows nowhere else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_that_are_checked_one_after_another_take_the_same_memory() {
    let place = Place::new(Backend::Sqlite);
    let process = place.start().await;
    let visitor = Visitor::of(process.url.clone());
    process.set_up(&visitor, "walrus-lantern-orbit-77").await;
    let guesser = Visitor::of(process.url.clone());
    let token = guesser.token().await;
    let before = resident(process.pid());
    for number in 0..60 {
        let email = format!("{number}@acme.example");
        let fields = [("email", email.as_str()), ("password", "guess"), ("csrf", token.as_str())];
        let from = format!("203.0.{number}.1");
        let page = guesser.post_as_is_from(&from, "/login", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let after = resident(process.pid());
    // One password is 19 MiB; as many as there are cores stay.
    let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get() as u64);
    assert!(after <= before + 19 * cores + 60, "{before} → {after} MiB");
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}

on_both_databases!(Portal::start => a_form_with_its_token_is_no_longer_and_no_slower_than_forms_are);
async fn a_form_with_its_token_is_no_longer_and_no_slower_than_forms_are(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (token, cookie) = (ada.token().await, ada.cookie().unwrap());
    let long = "x".repeat(64 * 1024);
    let page = ada.post("/account/name", &[("your_name", &long)]).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", page.html);
    assert!(page.text("main").contains("That's too much text"), "{}", page.html);
    // All of it but the last byte, and nothing more.
    let body = format!("csrf={token}&your_name=Mallory");
    let head = format!(
        "POST /account/name HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n{}",
        body.len(),
        &body[..body.len() - 1]
    );
    let mut stream = TcpStream::connect(portal.running.url.socket_addrs(|| None).unwrap()[0]).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let (began, mut answer) = (std::time::Instant::now(), vec![0; 64]);
    let read = tokio::time::timeout(wait::PATIENCE * 2, stream.read(&mut answer)).await;
    let read = read.expect("an answer without the rest of the body").unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(began.elapsed().as_secs() >= 15, "a slow sender has time: {:?}", began.elapsed());
    assert!(!ada.get("/account").await.html.contains("Mallor"));
}
