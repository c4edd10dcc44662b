//! §2: OAuth 2.0, authorization code.

use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::support::{Browser, CLIENT, Lever, REDIRECT, Reply, SECRET, read};

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
    Url::parse(place)
        .unwrap()
        .query_pairs()
        .into_owned()
        .collect()
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
    let answer = browser
        .submit(&html, "/authorize/decision", &[("decision", "accept")])
        .await;
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

#[tokio::test]
async fn s2_consent_gives_tokens_that_work() {
    let lever = Lever::start().await;
    let code = code(&lever, &[]).await;
    let (status, tokens) = redeem(&lever, &code, &[]).await;
    assert_eq!(status, 200);
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], SCOPES);
    assert!(tokens["refresh_token"].is_string());
    let access = text(&tokens, "access_token");
    assert_eq!(lever.status_for(access, "/v1/stages").await, 200);
    assert_eq!(lever.status_for(access, "/v1/users").await, 403);
    lever.running.stop().await;
}

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
    let answer = lever
        .http
        .get(lever.url(&ask(&lever, &[])))
        .send()
        .await
        .unwrap();
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
    let answer = browser
        .submit(&html, "/authorize/decision", &[("decision", "deny")])
        .await;
    let fields = sent_back(&answer);
    assert_eq!(field(&fields, "error"), Some("access_denied"));
    assert!(field(&fields, "error_description").is_some());
    assert_eq!(field(&fields, "state"), Some("a b&c=ü"));
    assert_eq!(field(&fields, "code"), None);
    // Each question is answered once.
    let again = browser
        .submit(&html, "/authorize/decision", &[("decision", "accept")])
        .await;
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
    let page = browser
        .get(&ask(&lever, &[("client_id", "somebody-else")]))
        .await;
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
    assert_eq!(
        error(&[("response_type", "token")]).await,
        "unsupported_response_type"
    );
    let plain = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "plain"),
    ];
    assert_eq!(error(&plain).await, "invalid_request");
}

#[tokio::test]
async fn s2_an_app_has_20_scopes_at_most() {
    let lever = Lever::start().await;
    let browser = Browser::log_in(&lever, "dana@acme.example").await;
    let all = [
        "offline_access", "opportunities:read:admin", "opportunities:write:admin",
        "postings:read:admin", "postings:write:admin", "stages:read:admin",
        "sources:read:admin", "tags:read:admin", "archive_reasons:read:admin",
        "applications:read:admin", "contact:read:admin", "contact:write:admin",
        "notes:read:admin", "notes:write:admin", "files:read:admin", "files:write:admin",
        "uploads:write:admin", "users:read:admin", "users:write:admin",
        "webhooks:read:admin", "webhooks:write:admin",
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
async fn s2_a_code_works_once_and_not_for_ever() {
    let lever = Lever::start().await;
    let used = code(&lever, &[]).await;
    assert_eq!(redeem(&lever, &used, &[]).await.0, 200);
    let again = redeem(&lever, &used, &[]).await;
    assert_refused(&again, 403, "invalid_grant");
    assert_eq!(again.1["error_description"], "Invalid authorization code");
    assert_refused(
        &redeem(&lever, "never-given", &[]).await,
        403,
        "invalid_grant",
    );
    let late = code(&lever, &[]).await;
    lever.advance(11 * 60 * 1_000).await;
    assert_refused(&redeem(&lever, &late, &[]).await, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_pkce_is_checked() {
    let lever = Lever::start().await;
    let pkce = [
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let good = code(&lever, &pkce).await;
    let verifier = [("code_verifier", VERIFIER)];
    assert_eq!(redeem(&lever, &good, &verifier).await.0, 200);
    let missing = code(&lever, &pkce).await;
    assert_refused(&redeem(&lever, &missing, &[]).await, 403, "invalid_grant");
    let other = code(&lever, &pkce).await;
    let wrong = VERIFIER.replace('d', "e");
    let reply = redeem(&lever, &other, &[("code_verifier", &wrong)]).await;
    assert_refused(&reply, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_the_token_endpoint_tells_errors_as_auth0_does() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let refused = async |changes: &[(&str, &str)], status, error| {
        let reply = redeem(&lever, &given, changes).await;
        assert_refused(&reply, status, error);
    };
    refused(&[("grant_type", "")], 400, "invalid_request").await;
    refused(&[("client_id", "")], 400, "invalid_request").await;
    refused(&[("client_id", "who")], 401, "invalid_client").await;
    refused(&[("client_secret", "wrong")], 401, "access_denied").await;
    refused(&[("client_secret", "")], 401, "access_denied").await;
    refused(&[("code", "")], 400, "invalid_request").await;
    refused(&[("redirect_uri", "")], 400, "invalid_request").await;
    // None of these used the code up; a wrong redirect URI does.
    let wrong = [("redirect_uri", "http://127.0.0.1:9/callback")];
    refused(&wrong, 403, "invalid_grant").await;
    refused(&[], 403, "invalid_grant").await;
}

#[tokio::test]
async fn s2_credentials_count_in_the_body_only() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &given),
        ("redirect_uri", REDIRECT),
    ];
    let request = lever
        .http
        .post(lever.url("/oauth/token"))
        .basic_auth(CLIENT, Some(SECRET))
        .form(&fields);
    let reply = read(request.send().await.unwrap()).await;
    assert!(reply.0 == 400 || reply.0 == 401, "{}", reply.0);
    assert!(reply.1["error"].is_string());
}

#[tokio::test]
async fn s2_audience_at_the_token_endpoint_is_not_refused() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let audience = lever.running.audience.clone();
    let reply = redeem(&lever, &given, &[("audience", &audience)]).await;
    assert_eq!(reply.0, 200);
}

#[tokio::test]
async fn s2_refresh_tokens_only_with_offline_access() {
    let lever = Lever::start().await;
    let given = code(&lever, &[("scope", "stages:read:admin")]).await;
    let (status, tokens) = redeem(&lever, &given, &[]).await;
    assert_eq!(status, 200);
    assert!(tokens.get("refresh_token").is_none());
}

#[tokio::test]
async fn s2_refreshing_rotates_and_reuse_revokes_the_family() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let first = redeem(&lever, &given, &[]).await.1;
    let (status, second) = refresh(&lever, text(&first, "refresh_token")).await;
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_ne!(second["access_token"], first["access_token"]);
    assert_eq!(second["expires_in"], 3600);

    let reused = refresh(&lever, text(&first, "refresh_token")).await;
    assert_refused(&reused, 403, "invalid_grant");
    assert_eq!(
        reused.1["error_description"],
        "Unknown or invalid refresh token."
    );
    let rest = refresh(&lever, text(&second, "refresh_token")).await;
    assert_refused(&rest, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_access_tokens_last_an_hour_by_the_sandboxs_clock() {
    let lever = Lever::start().await;
    let token = lever.token("stages:read:admin").await;
    lever.advance(59 * 60 * 1_000).await;
    assert_eq!(lever.status_for(&token, "/v1/stages").await, 200);
    lever.advance(2 * 60 * 1_000).await;
    assert_eq!(lever.status_for(&token, "/v1/stages").await, 401);
}

#[tokio::test]
async fn s2_refresh_tokens_last_90_days_unused_and_a_year_at_most() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let mut tokens = redeem(&lever, &given, &[]).await.1;
    for _ in 0..4 {
        lever.advance(89 * DAY).await;
        let (status, next) = refresh(&lever, text(&tokens, "refresh_token")).await;
        assert_eq!(status, 200);
        tokens = next;
    }
    lever.advance(10 * DAY).await;
    let year_over = refresh(&lever, text(&tokens, "refresh_token")).await;
    assert_refused(&year_over, 403, "invalid_grant");

    let given = code(&lever, &[]).await;
    let tokens = redeem(&lever, &given, &[]).await.1;
    lever.advance(91 * DAY).await;
    let unused = refresh(&lever, text(&tokens, "refresh_token")).await;
    assert_refused(&unused, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_a_revoked_app_is_shut_out_without_a_word() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let tokens = redeem(&lever, &given, &[]).await.1;
    lever.order("revoke", json!({"client_id": CLIENT})).await;
    let access = text(&tokens, "access_token");
    assert_eq!(lever.status_for(access, "/v1/stages").await, 401);
    let reply = refresh(&lever, text(&tokens, "refresh_token")).await;
    assert_refused(&reply, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_an_app_can_revoke_its_own_token() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let tokens = redeem(&lever, &given, &[]).await.1;
    let token = text(&tokens, "refresh_token");
    let fields = [
        ("client_id", CLIENT),
        ("client_secret", SECRET),
        ("token", token),
    ];
    assert_eq!(post(&lever, "/oauth/revoke", &fields).await.0, 200);
    assert_refused(&refresh(&lever, token).await, 403, "invalid_grant");
    let wrong = [
        ("client_id", CLIENT),
        ("client_secret", "wrong"),
        ("token", token),
    ];
    let reply = post(&lever, "/oauth/revoke", &wrong).await;
    assert_refused(&reply, 401, "access_denied");
}

#[tokio::test]
async fn s2_unknown_scopes_are_dropped() {
    let lever = Lever::start().await;
    let scope = "stages:read:admin nonsense:read:admin";
    let given = code(&lever, &[("scope", scope)]).await;
    let tokens = redeem(&lever, &given, &[]).await.1;
    assert_eq!(tokens["scope"], "stages:read:admin");
}

#[tokio::test]
async fn s2_calls_of_the_token_endpoint_are_logged_without_secrets() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    redeem(&lever, &given, &[]).await;
    let log = lever.seen("requests").await;
    let call = log.as_array().unwrap().last().unwrap().clone();
    assert_eq!(call["path"], "/oauth/token");
    assert_eq!(call["method"], Method::POST.as_str());
    assert_eq!(call["status"], 200);
    assert!(!log.to_string().contains(SECRET));
    assert!(!log.to_string().contains(&given));
}
