//! §2: `/oauth/token` and `/oauth/revoke`.

use reqwest::Method;
use serde_json::json;

use super::{CHALLENGE, SCOPES, VERIFIER, assert_refused, code, post, redeem, refresh, text};
use crate::support::{CLIENT, Lever, REDIRECT, SECRET, options, read};

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
async fn s2_a_code_works_once_and_not_for_ever() {
    let lever = Lever::start().await;
    let used = code(&lever, &[]).await;
    assert_eq!(redeem(&lever, &used, &[]).await.0, 200);
    let again = redeem(&lever, &used, &[]).await;
    assert_refused(&again, 403, "invalid_grant");
    assert_eq!(again.1["error_description"], "Invalid authorization code");
    assert_refused(&redeem(&lever, "never-given", &[]).await, 403, "invalid_grant");
    let late = code(&lever, &[]).await;
    lever.advance(11 * 60 * 1_000).await;
    assert_refused(&redeem(&lever, &late, &[]).await, 403, "invalid_grant");
}

#[tokio::test]
async fn s2_pkce_is_checked() {
    let lever = Lever::start().await;
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
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
    let fields = [("grant_type", "authorization_code"), ("code", &given), ("redirect_uri", REDIRECT)];
    let request = lever.http.post(lever.url("/oauth/token")).basic_auth(CLIENT, Some(SECRET)).form(&fields);
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
    assert_eq!(reused.1["error_description"], "Unknown or invalid refresh token.");
    let rest = refresh(&lever, text(&second, "refresh_token")).await;
    assert_refused(&rest, 403, "invalid_grant");
}

/// What a JWT says, its signature aside.
fn claims(token: &str) -> serde_json::Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "{token}");
    let read = |part: &str| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    let header: serde_json::Value = read(parts[0]);
    assert_eq!(header["alg"], "HS512");
    // 512 bits.
    assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 64);
    read(parts[1])
}

#[tokio::test]
async fn s8_access_tokens_are_jwts_that_name_user_account_and_client() {
    let lever = Lever::start().await;
    let given = code(&lever, &[]).await;
    let first = redeem(&lever, &given, &[]).await.1;
    let (_, second) = refresh(&lever, text(&first, "refresh_token")).await;
    let account = lever.seen("").await["account"]["id"].clone();
    let now = lever.seen("clock").await["now"].as_i64().unwrap() / 1_000;
    for tokens in [&first, &second] {
        let claims = claims(text(tokens, "access_token"));
        assert_eq!(claims["https://oauth.lever.co/userId"], lever.admin().await.as_str());
        assert_eq!(claims["https://oauth.lever.co/accountId"], account);
        assert_eq!(claims["https://oauth.lever.co/clientId"], CLIENT);
        assert_eq!(claims["scope"], SCOPES);
        assert_eq!(claims["aud"], lever.running.audience.as_str());
        let expires = claims["exp"].as_i64().unwrap();
        assert!((now + 3_590..=now + 3_600).contains(&expires), "{expires} at {now}");
    }
    assert_ne!(first["access_token"], second["access_token"]);
    // Somebody else's grant names them.
    let robin = lever.all("/v1/users?email=robin@acme.example").await[0]["id"].clone();
    let body = json!({"client_id": CLIENT, "scope": "stages:read:admin", "user": "robin@acme.example"});
    let theirs = lever.order("tokens", body).await;
    assert_eq!(claims(text(&theirs, "access_token"))["https://oauth.lever.co/userId"], robin);
    // A token is looked up, not believed.
    let forged = format!("{}x", text(&first, "access_token"));
    assert_eq!(lever.status_for(&forged, "/v1/stages").await, 401);
}

#[tokio::test]
async fn s8_a_refresh_token_can_have_a_leeway() {
    let switches = lever_sandbox::Switches { refresh_leeway: 60, ..Default::default() };
    let lever = Lever::with(lever_sandbox::Options { switches, ..options() }).await;
    let given = code(&lever, &[]).await;
    let first = redeem(&lever, &given, &[]).await.1;
    let old = text(&first, "refresh_token");
    let (_, second) = refresh(&lever, old).await;
    lever.advance(59_000).await;
    // As a connector does that never keeps the new one.
    assert_eq!(refresh(&lever, old).await.0, 200);
    lever.advance(2_000).await;
    assert_refused(&refresh(&lever, old).await, 403, "invalid_grant");
    assert_refused(&refresh(&lever, text(&second, "refresh_token")).await, 403, "invalid_grant");
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
    let fields = [("client_id", CLIENT), ("client_secret", SECRET), ("token", token)];
    assert_eq!(post(&lever, "/oauth/revoke", &fields).await.0, 200);
    assert_refused(&refresh(&lever, token).await, 403, "invalid_grant");
    let wrong = [("client_id", CLIENT), ("client_secret", "wrong"), ("token", token)];
    let reply = post(&lever, "/oauth/revoke", &wrong).await;
    assert_refused(&reply, 401, "access_denied");
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
