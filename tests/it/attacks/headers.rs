//! What each answer tells the browser not to do.

use crate::process::place::{Place, Process};
use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::Visitor;
use alva_portal::db::Backend;
use alva_portal::people::Role;
use reqwest::StatusCode;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};

fn said<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).unwrap_or_else(|| panic!("{name}: {headers:?}")).to_str().unwrap()
}

on_both_databases!(Portal::start => every_answer_has_its_headers);
async fn every_answer_has_its_headers(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for path in [
        "/login",
        "/settings/team",
        "/nowhere",
        "/assessment/nobody",
        "/static/app.js",
        "/healthz",
        "/readyz",
    ] {
        let request =
            client.get(portal.running.url.join(path).unwrap()).header(COOKIE, ada.cookie().unwrap());
        let answer = request.send().await.unwrap();
        let headers = answer.headers();
        let policy = said(headers, "content-security-policy");
        for part in ["default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|said| said == part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(said(headers, name), value, "{path}");
        }
        let permissions = said(headers, "permissions-policy");
        for what in ["camera=()", "microphone=()", "geolocation=()"] {
            assert!(permissions.contains(what), "{path}: {permissions}");
        }
    }
}

on_both_databases!(Portal::start => a_log_out_takes_what_the_browser_holds);
async fn a_log_out_takes_what_the_browser_holds(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (token, cookie) = (ada.token().await, ada.cookie().unwrap());
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.post(portal.running.url.join("/logout").unwrap()).header(COOKIE, cookie);
    let answer = request.form(&[("csrf", token)]).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(said(answer.headers(), "clear-site-data"), "\"cache\", \"storage\"");
}

/// Browsers take a cookie of this name from this host alone, over TLS alone (RFC 6265bis, section 4.1.3.2).
#[tokio::test]
async fn cookies_of_an_https_portal_are_its_hosts_alone() {
    let place = Place::new(Backend::Sqlite);
    place.write_key("ab".repeat(32));
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut command = place.command(&["--json", "--base-url", "https://alva.example.com"]);
    command.env("BIND", address.to_string());
    let process = Process::of(command).await;
    let url = format!("http://{address}");
    let visitor = Visitor::of(url.parse().unwrap());
    process.set_up(&visitor, PASSWORD).await;
    let (token, cookie) = (visitor.token().await, visitor.cookie().unwrap());
    assert!(cookie.starts_with("__Host-alva_session="), "{cookie}");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = [("csrf", token.as_str()), ("email", "ada@acme.example"), ("password", PASSWORD)];
    let request = client.post(format!("{url}/login")).header(COOKIE, cookie).form(&form);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(said(answer.headers(), "strict-transport-security").starts_with("max-age=63072000"));
    let set: Vec<&str> =
        answer.headers().get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    assert!(set.iter().any(|cookie| cookie.starts_with("__Host-alva_device=")), "{set:?}");
    for cookie in &set {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.split("; ").any(|said| said == part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    process.signal("TERM").await;
    assert!(process.end().await.0.success());
}
