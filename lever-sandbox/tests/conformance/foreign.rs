//! Who may call the control API and send the pages' forms: programs and pages of this machine.

use lever_sandbox::Options;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::support::{Browser, Lever, assert_error, options, reply};

fn control(lever: &Lever, method: Method, path: &str) -> RequestBuilder {
    lever.http.request(method, lever.url(&format!("/sandbox/{path}")))
}

fn reset(lever: &Lever) -> RequestBuilder {
    control(lever, Method::POST, "events").json(&json!({"candidateHired": false}))
}

async fn untouched(lever: &Lever) -> bool {
    lever.seen("events").await["candidateHired"] == true
}

#[tokio::test]
async fn a_foreign_host_gets_nothing() {
    let lever = Lever::start().await;
    let port = lever.running.url.rsplit_once(':').unwrap().1.to_owned();
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "192.0.2.1".into()] {
        for request in [
            control(&lever, Method::GET, ""),
            control(&lever, Method::GET, "openapi.json"),
            control(&lever, Method::POST, "reset"),
            reset(&lever),
        ] {
            let answer = reply(request.header("host", &host)).await;
            assert_error(&answer, 403);
            assert!(!answer.1.to_string().contains(&lever.running.api_key));
        }
    }
    assert!(untouched(&lever).await);
    for host in [format!("localhost:{port}"), "lever.localhost".into(), "[::1]".into()] {
        assert_eq!(reply(control(&lever, Method::GET, "").header("host", &host)).await.0, 200, "{host}");
    }
    let allowed_hosts = vec!["lever.internal".to_owned()];
    let lever = Lever::with(Options { allowed_hosts, ..options() }).await;
    let named = control(&lever, Method::GET, "").header("host", "lever.internal:8090");
    assert_eq!(reply(named).await.0, 200);
}

/// A page whose name leads here reads what it is answered, and may know the key.
#[tokio::test]
async fn the_api_and_the_pages_answer_to_no_foreign_host() {
    let lever = Lever::start().await;
    let port = lever.running.url.rsplit_once(':').unwrap().1.to_owned();
    let ask = |method: Method, path: &str, host: &str| {
        let request = lever.http.request(method, lever.url(path)).header("host", host);
        request.basic_auth(&lever.running.api_key, Some(""))
    };
    let hook = json!({"event": "candidateHired", "url": "http://127.0.0.1:1/x"});
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "192.0.2.1".into()] {
        for (method, path) in [
            (Method::GET, "/v1/opportunities"),
            (Method::GET, "/eu//v1/users/"),
            (Method::GET, "/authorize?client_id=x"),
            (Method::POST, "/oauth/token"),
            (Method::GET, "/login"),
            (Method::GET, "/inbox"),
            (Method::GET, "/nowhere"),
        ] {
            assert_error(&reply(ask(method, path, &host)).await, 403);
        }
        assert_error(&reply(ask(Method::POST, "/v1/webhooks", &host).json(&hook)).await, 403);
    }
    assert_eq!(lever.all("/v1/webhooks").await.len(), 0);
    // Scripts and programs send no word of a site, and other ports of this machine are the portal's.
    let own = ask(Method::GET, "/v1/users", &format!("localhost:{port}"));
    assert_eq!(reply(own.header("origin", "http://localhost:8080")).await.0, 200);
}

#[tokio::test]
async fn a_key_of_ones_own_takes_the_place_of_the_seeds() {
    let api_key = Some("a-key-that-was-drawn-for-this-start".to_owned());
    let lever = Lever::with(Options { api_key: api_key.clone(), ..options() }).await;
    let seeds = Lever::start().await.running.api_key.clone();
    assert_eq!(Some(&lever.running.api_key), api_key.as_ref());
    for again in [false, true] {
        if again {
            assert_eq!(reply(control(&lever, Method::POST, "reset")).await.0, 200);
        }
        for (key, status) in [(&lever.running.api_key, 200), (&seeds, 401)] {
            let request = lever.http.get(lever.url("/v1/users")).basic_auth(key, Some(""));
            assert_eq!(reply(request).await.0, status, "again: {again}");
        }
    }
}

#[tokio::test]
async fn pages_of_other_sites_get_nothing() {
    let lever = Lever::start().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        assert_error(&reply(reset(&lever).header(name, value)).await, 403);
        assert_error(&reply(control(&lever, Method::GET, "").header(name, value)).await, 403);
        let wipe = control(&lever, Method::DELETE, "faults").header(name, value);
        assert_error(&reply(wipe).await, 403);
    }
    assert!(untouched(&lever).await);
    let own = lever.running.url.clone();
    assert_eq!(
        reply(reset(&lever).header("origin", own).header("sec-fetch-site", "same-origin")).await.0,
        200
    );
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let lever = Lever::start().await;
    let body = r#"{"candidateHired": false}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = control(&lever, Method::POST, "events").header("content-type", kind).body(body);
        assert_error(&reply(request).await, 415);
    }
    assert_error(&reply(control(&lever, Method::POST, "events").body(body)).await, 415);
    assert!(untouched(&lever).await);
    // No body is no body.
    assert_eq!(reply(control(&lever, Method::POST, "expire")).await.0, 200);
    let request = control(&lever, Method::POST, "events");
    let typed = request.header("content-type", "Application/JSON; charset=utf-8").body(body);
    assert_eq!(reply(typed).await.0, 200);
}

#[tokio::test]
async fn forms_come_from_our_own_pages() {
    let lever = Lever::start().await;
    let headers =
        [("host", "evil.example"), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let page = browser.get("/postings").await;
    assert_eq!(page.headers()["referrer-policy"], "same-origin");
    let id = lever.candidate(json!({})).await;
    let path = format!("/opportunities/{id}");
    let html = browser.get(&path).await.text().await.unwrap();
    let notes = format!("{path}/notes");
    for header in headers {
        let refused = browser.submit_with(&html, &notes, &[("text", "new")], header).await;
        assert_eq!(refused.status(), 403, "{header:?}");
        let form = [("email", "dana@acme.example"), ("password", lever.running.admin_password.as_str())];
        let login = lever.http.post(lever.url("/login")).header(header.0, header.1).form(&form);
        let answer = login.send().await.unwrap();
        assert_eq!(answer.status(), 403, "{header:?}");
        assert!(answer.headers().get("set-cookie").is_none());
    }
    let written = async || lever.all(&format!("/v1/opportunities/{id}/notes")).await.len();
    assert_eq!(written().await, 0);
    let own = lever.running.url.clone();
    browser.submit_with(&html, &notes, &[("text", "new")], ("origin", &own)).await;
    assert_eq!(written().await, 1);
}
