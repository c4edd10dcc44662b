//! §2: `/authorize`: who asks, and what a user says.

use url::Url;

use super::{ask, code, field, redeem, sent_back, text};
use crate::support::{Browser, Lever};

#[tokio::test]
async fn s2_the_consent_page_names_app_and_scopes() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let html = browser.get(&ask(&lever, &[])).await.text().await.unwrap();
    assert!(html.contains("Test App"));
    assert!(html.contains("opportunities:write:admin"));
    assert!(html.contains("Accept") && html.contains("Deny"));
}

#[tokio::test]
async fn s2_who_is_not_logged_in_logs_in_first_and_comes_back() {
    let lever = Lever::start().await;
    let answer = lever.http.get(lever.url(&ask(&lever, &[]))).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let place = answer.headers()["location"].to_str().unwrap();
    let login = Url::parse(&lever.url(place)).unwrap();
    assert_eq!(login.path(), "/login");
    let next = login.query_pairs().find(|(name, _)| name == "next").unwrap();
    assert!(next.1.starts_with("/authorize?"));
}

#[tokio::test]
async fn s2_deny_sends_access_denied_and_the_state_back() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let html = browser.get(&ask(&lever, &[])).await.text().await.unwrap();
    let answer = browser.submit(&html, "/authorize/decision", &[("decision", "deny")]).await;
    let fields = sent_back(&answer);
    assert_eq!(field(&fields, "error"), Some("access_denied"));
    // In Lever's words (§8).
    assert_eq!(field(&fields, "error_description"), Some("user_did_not_authorize_the_request"));
    assert_eq!(field(&fields, "state"), Some("a b&c=ü"));
    assert_eq!(field(&fields, "code"), None);
    // Each question is answered once.
    let again = browser.submit(&html, "/authorize/decision", &[("decision", "accept")]).await;
    assert_eq!(again.status(), 403);
}

#[tokio::test]
async fn s2_the_redirect_uri_is_compared_byte_by_byte() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    for wrong in [
        "http://127.0.0.1:9/callback?from=leve",
        "http://127.0.0.1:9/callback/?from=lever",
        "http://127.0.0.1:9/Callback?from=lever",
        "https://127.0.0.1:9/callback?from=lever",
        "",
    ] {
        let page = browser.get(&ask(&lever, &[("redirect_uri", wrong)])).await;
        assert_eq!(page.status(), 403, "{wrong}");
        assert!(page.headers().get("location").is_none());
        assert!(page.text().await.unwrap().contains("undefined"));
    }
    let page = browser.get(&ask(&lever, &[("client_id", "somebody-else")])).await;
    assert_eq!(page.status(), 403);
    assert!(page.headers().get("location").is_none());
}

#[tokio::test]
async fn s2_without_audience_only_offline_access_is_left() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let page = browser.get(&ask(&lever, &[("audience", "")])).await;
    let html = page.text().await.unwrap();
    assert!(html.contains("offline_access"));
    assert!(!html.contains("opportunities:write:admin"));
    let code = code(&lever, &[("audience", "")]).await;
    let tokens = redeem(&lever, &code, &[]).await.1;
    assert_eq!(tokens["scope"], "offline_access");
    let access = text(&tokens, "access_token");
    assert_eq!(lever.status_for(access, "/v1/stages").await, 403);
}

#[tokio::test]
async fn s1_the_audience_needs_its_slash() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let short = lever.running.audience.trim_end_matches('/');
    let answer = browser.get(&ask(&lever, &[("audience", short)])).await;
    let fields = sent_back(&answer);
    assert_eq!(field(&fields, "error"), Some("access_denied"));
}

#[tokio::test]
async fn s2_response_type_must_be_code_and_pkce_s256() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let error = async |changes: &[(&str, &str)]| {
        let answer = browser.get(&ask(&lever, changes)).await;
        field(&sent_back(&answer), "error").unwrap().to_owned()
    };
    assert_eq!(error(&[("response_type", "")]).await, "invalid_request");
    assert_eq!(error(&[("response_type", "token")]).await, "unsupported_response_type");
    let plain = [("code_challenge", super::CHALLENGE), ("code_challenge_method", "plain")];
    assert_eq!(error(&plain).await, "invalid_request");
}

#[tokio::test]
async fn s2_an_app_has_20_scopes_at_most() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let all = [
        "offline_access",
        "opportunities:read:admin",
        "opportunities:write:admin",
        "postings:read:admin",
        "postings:write:admin",
        "stages:read:admin",
        "sources:read:admin",
        "tags:read:admin",
        "archive_reasons:read:admin",
        "applications:read:admin",
        "contact:read:admin",
        "contact:write:admin",
        "notes:read:admin",
        "notes:write:admin",
        "files:read:admin",
        "files:write:admin",
        "uploads:write:admin",
        "users:read:admin",
        "users:write:admin",
        "webhooks:read:admin",
        "webhooks:write:admin",
    ];
    let many = all.join(" ");
    let answer = browser.get(&ask(&lever, &[("scope", &many)])).await;
    assert_eq!(field(&sent_back(&answer), "error"), Some("invalid_scope"));
    let twenty = all[..20].join(" ");
    let page = browser.get(&ask(&lever, &[("scope", &twenty)])).await;
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn s2_only_a_super_admin_grants() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "robin@acme.example").await;
    let answer = browser.get(&ask(&lever, &[])).await;
    assert_eq!(field(&sent_back(&answer), "error"), Some("access_denied"));
}

#[tokio::test]
async fn s2_prompt_consent_asks_again() {
    let lever = Lever::start().await;
    let first = code(&lever, &[]).await;
    redeem(&lever, &first, &[]).await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let known = browser.get(&ask(&lever, &[])).await;
    assert!(field(&sent_back(&known), "code").is_some());
    let asked = browser.get(&ask(&lever, &[("prompt", "consent")])).await;
    assert_eq!(asked.status(), 200);
}

#[tokio::test]
async fn s2_unknown_scopes_are_dropped() {
    let lever = Lever::start().await;
    let scope = "stages:read:admin nonsense:read:admin";
    let given = code(&lever, &[("scope", scope)]).await;
    let tokens = redeem(&lever, &given, &[]).await.1;
    assert_eq!(tokens["scope"], "stages:read:admin");
}
