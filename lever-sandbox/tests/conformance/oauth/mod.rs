//! §2: OAuth 2.0, authorization code.

mod consent;
mod tokens;

use serde_json::Value;
use url::Url;

use crate::support::{Browser, CLIENT, Lever, REDIRECT, Reply, SECRET, read};

const SCOPES: &str = "offline_access opportunities:write:admin stages:read:admin";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An authorization request with changes; an empty value takes a parameter away.
fn ask(lever: &Lever, changes: &[(&str, &str)]) -> String {
    let mut parameters = vec![
        ("client_id", CLIENT.to_owned()),
        ("redirect_uri", REDIRECT.to_owned()),
        ("response_type", "code".to_owned()),
        ("state", "a b&c=ü".to_owned()),
        ("audience", lever.running.audience.clone()),
        ("scope", SCOPES.to_owned()),
    ];
    for (name, value) in changes {
        parameters.retain(|(there, _)| there != name);
        if !value.is_empty() {
            parameters.push((name, (*value).to_owned()));
        }
    }
    let url = Url::parse_with_params("http://sandbox/authorize", parameters).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

/// The parameters an answer sends the browser back to the app with.
fn sent_back(response: &reqwest::Response) -> Vec<(String, String)> {
    assert_eq!(response.status(), 302);
    let place = response.headers()["location"].to_str().unwrap();
    assert!(place.starts_with(REDIRECT), "{place}");
    Url::parse(place).unwrap().query_pairs().into_owned().collect()
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(there, _)| there == name);
    found.map(|(_, value)| value.as_str())
}

/// Consents and answers the code.
async fn code(lever: &Lever, changes: &[(&str, &str)]) -> String {
    let browser = Browser::log_in(lever, "dana@acme.example").await;
    let mut all = vec![("prompt", "consent")];
    all.extend(changes);
    let page = browser.get(&ask(lever, &all)).await;
    assert_eq!(page.status(), 200);
    let html = page.text().await.unwrap();
    let answer = browser.submit(&html, "/authorize/decision", &[("decision", "accept")]).await;
    let fields = sent_back(&answer);
    assert_eq!(field(&fields, "state"), Some("a b&c=ü"));
    assert_eq!(field(&fields, "from"), Some("lever"));
    field(&fields, "code").unwrap().to_owned()
}

async fn post(lever: &Lever, path: &str, fields: &[(&str, &str)]) -> Reply {
    let request = lever.http.post(lever.url(path)).form(fields);
    read(request.send().await.unwrap()).await
}

async fn redeem(lever: &Lever, code: &str, changes: &[(&str, &str)]) -> Reply {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("code", code),
        ("redirect_uri", REDIRECT),
    ];
    for (name, value) in changes {
        fields.retain(|(there, _)| there != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    post(lever, "/oauth/token", &fields).await
}

async fn refresh(lever: &Lever, token: &str) -> Reply {
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("refresh_token", token),
    ];
    post(lever, "/oauth/token", &fields).await
}

fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

fn assert_refused(reply: &Reply, status: u16, error: &str) {
    assert_eq!(reply.0, status, "{}", reply.1);
    assert_eq!(reply.1["error"], error);
    assert!(reply.1["error_description"].is_string());
}
