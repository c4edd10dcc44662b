#![allow(clippy::unwrap_used)]

use std::collections::HashMap;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use crate::Scope;
use crate::oauth::*;

mod hardly_read;

const REDIRECT: &str = "https://portal.test/oauth/lever/callback";

fn oauth_at(address: &str) -> OAuth {
    let hosts = Hosts::from_settings(address, "https://api.lever.co", None).unwrap();
    OAuth::new(hosts, "the id", "the secret".into(), REDIRECT).unwrap()
}

async fn server(answer: ResponseTemplate) -> (MockServer, OAuth) {
    let server = MockServer::start().await;
    Mock::given(method("POST")).and(path("/oauth/token")).respond_with(answer).mount(&server).await;
    let oauth = oauth_at(&server.uri());
    (server, oauth)
}

fn form(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}

fn tokens() -> Value {
    json!({"access_token": "an access token", "refresh_token": "a refresh token",
        "expires_in": 3600, "token_type": "Bearer", "scope": "offline_access notes:write:admin"})
}

async fn exchange(status: u16, body: &str) -> Result<Grant, OAuthError> {
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    let (_server, oauth) = server(answer).await;
    oauth.exchange("a code", &"a verifier".into()).await
}

#[test]
fn asks_for_access_as_lever_wants_it() {
    let oauth = OAuth::new(Hosts::production(), "the id", "the secret".into(), REDIRECT).unwrap();
    let begun = oauth.authorize(&ScopeSet::asked());
    assert_eq!(begun.url.host_str(), Some("auth.lever.co"));
    assert_eq!(begun.url.path(), "/authorize");
    let query: HashMap<_, _> = begun.url.query_pairs().into_owned().collect();
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "the id");
    assert_eq!(query["redirect_uri"], REDIRECT);
    assert_eq!(query["audience"], "https://api.lever.co/v1/");
    assert!(!query.contains_key("prompt"));
    assert_eq!(query["state"], begun.state);
    assert_eq!(query["code_challenge_method"], "S256");
    // RFC 7636 §4.2, in unpadded base64url.
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let challenge =
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(begun.pkce_verifier.expose_secret().as_bytes()));
    assert_eq!(query["code_challenge"], challenge);
    let scopes: Vec<_> = query["scope"].split(' ').collect();
    assert_eq!(scopes.len(), Scope::ASKED.len());
    assert!(scopes.contains(&"offline_access"));
    assert!(!begun.url.as_str().contains("secret"));

    let again = oauth.authorize(&ScopeSet::asked());
    assert_ne!(again.state, begun.state);
    assert!(begun.state.len() >= 43, "256 bits in base64");
}

#[tokio::test]
async fn redeems_a_code_with_credentials_in_the_body() {
    let (server, oauth) = server(ResponseTemplate::new(200).set_body_json(tokens())).await;
    let grant = oauth.exchange("a code", &"a verifier".into()).await.unwrap();
    assert_eq!(grant.access_token.expose_secret(), "an access token");
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "a refresh token");
    assert_eq!(grant.expires_in, Duration::from_secs(3600));
    assert!(grant.scopes.unwrap().allows(Scope::Notes));

    let requests = server.received_requests().await.unwrap();
    assert!(!requests[0].headers.contains_key("authorization"));
    let sent = form(&requests[0]);
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("client_id", "the id"),
        ("client_secret", "the secret"),
        ("code", "a code"),
        ("code_verifier", "a verifier"),
        ("redirect_uri", REDIRECT),
    ] {
        assert_eq!(sent[name], value);
    }
}

#[tokio::test]
async fn refreshes_and_takes_the_rotated_token() {
    let (server, oauth) = server(ResponseTemplate::new(200).set_body_json(tokens())).await;
    let grant = oauth.refresh(&"the old token".into()).await.unwrap();
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "a refresh token");
    let sent = form(&server.received_requests().await.unwrap()[0]);
    assert_eq!(sent["grant_type"], "refresh_token");
    assert_eq!(sent["refresh_token"], "the old token");
    assert_eq!(sent["client_secret"], "the secret");
}

#[tokio::test]
async fn fills_in_what_an_answer_may_leave_out() {
    let body = r#"{"access_token": "a", "token_type": "bearer"}"#;
    let grant = exchange(200, body).await.unwrap();
    assert!(grant.refresh_token.is_none());
    assert!(grant.scopes.is_none());
    assert_eq!(grant.expires_in, Duration::from_secs(3600));
}

#[tokio::test]
async fn every_refusal_has_its_consequence() {
    let grant = r#"{"error":"invalid_grant","error_description":"Invalid authorization code"}"#;
    for status in [400, 401, 403] {
        let error = exchange(status, grant).await.unwrap_err();
        assert!(error.grant_is_gone(), "{status}: {error:?}");
        assert!(error.to_string().contains("Invalid authorization code"));
    }
    for (status, body) in [
        (401, r#"{"error":"invalid_client"}"#),
        (401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#),
        (401, r#"{"error":{"odd":1}}"#),
        (401, "Unauthorized"),
        (400, r#"{"error":"invalid_client"}"#),
        (403, r#"{"error":"unauthorized_client"}"#),
    ] {
        let error = exchange(status, body).await.unwrap_err();
        assert!(matches!(error, OAuthError::BadClient { .. }), "{error:?}");
        assert!(error.to_string().contains("LEVER_CLIENT_SECRET"));
    }
    let error = exchange(400, r#"{"error":"invalid_request"}"#).await.unwrap_err();
    assert!(matches!(&error, OAuthError::Refused { code, .. } if code == "invalid_request"));
    assert!(!error.grant_is_gone());
    let error = exchange(403, r#"{"error":"access_denied","error_description":"user_is_blocked"}"#)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("user_is_blocked"), "{error}");
    for status in [301, 302, 304, 307, 408, 429, 500, 502, 503] {
        let error = exchange(status, "<html>").await.unwrap_err();
        assert!(error.is_transient(), "{status}: {error:?}");
        assert!(error.to_string().contains(&status.to_string()));
    }
    for (status, body) in [(400, "oops"), (404, ""), (400, r#"{"error":7}"#), (403, "[]")] {
        let error = exchange(status, body).await.unwrap_err();
        assert!(matches!(error, OAuthError::Malformed { .. }), "{status}: {error:?}");
    }
}

#[tokio::test]
async fn an_unreadable_success_never_shows_its_tokens() {
    for body in [
        "",
        "<html>",
        "[]",
        r#"{"access_token":["s3cret"],"token_type":"Bearer"}"#,
        r#"{"access_token":"","token_type":"s3cret"}"#,
    ] {
        let error = exchange(200, body).await.unwrap_err();
        assert!(matches!(error, OAuthError::Malformed { .. }), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    }
    let (_server, oauth) = server(ResponseTemplate::new(200).set_body_json(tokens())).await;
    let grant = oauth.refresh(&"s3cret".into()).await.unwrap();
    let shown = format!("{grant:?}{oauth:?}");
    for secret in ["an access token", "a refresh token", "the secret"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn retry_after_is_told() {
    let (_server, oauth) = server(ResponseTemplate::new(429).insert_header("retry-after", "9")).await;
    let OAuthError::TryAgain { retry_after, .. } = oauth.refresh(&"a token".into()).await.unwrap_err() else {
        panic!("a 429 is passing");
    };
    assert_eq!(retry_after, Some(Duration::from_secs(9)));
}

#[tokio::test]
async fn redirects_within_levers_domains_are_followed_with_the_form() {
    for status in [301, 307, 308] {
        let (there, _) = server(ResponseTemplate::new(200).set_body_json(tokens())).await;
        let to = format!("{}/oauth/token", there.uri());
        let (_here, oauth) =
            server(ResponseTemplate::new(status).insert_header("location", to.as_str())).await;
        let grant = oauth.refresh(&"the old token".into()).await.unwrap();
        assert_eq!(grant.refresh_token.unwrap().expose_secret(), "a refresh token");
        let arrived = &there.received_requests().await.unwrap()[0];
        assert_eq!(arrived.method.as_str(), "POST");
        assert_eq!(form(arrived)["client_secret"], "the secret");
    }
    for (status, to) in [(307, "https://lever.example/oauth/token"), (302, "/oauth/token"), (307, "")] {
        let (server, oauth) = server(ResponseTemplate::new(status).insert_header("location", to)).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        assert!(matches!(error, OAuthError::TryAgain { .. }), "{error:?}");
        assert_eq!(server.received_requests().await.unwrap().len(), 1);
    }
    let (server, oauth) = server(ResponseTemplate::new(307).insert_header("location", "/oauth/token")).await;
    assert!(oauth.exchange("a code", &"v".into()).await.unwrap_err().is_transient());
    assert_eq!(server.received_requests().await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_is_odd_in_one_field_costs_no_other() {
    let usual = Duration::from_secs(3600);
    for (life, expected) in [
        (json!(3600), usual),
        (json!("3600"), usual),
        (json!(" 3600 "), usual),
        (json!(3600.0), usual),
        (json!("3600.0"), usual),
        (json!(60.5), Duration::from_millis(60_500)),
        (json!(0), Duration::ZERO),
        (json!(null), usual),
        (json!("soon"), usual),
        (json!("NaN"), usual),
        (json!(-5), usual),
        (json!([3600]), usual),
        (json!({}), usual),
        (json!(1e300), Duration::from_secs(30 * 24 * 3600)),
        (json!("inf"), Duration::from_secs(30 * 24 * 3600)),
    ] {
        let mut body = tokens();
        body["expires_in"] = life.clone();
        let grant = exchange(200, &body.to_string()).await.unwrap();
        assert_eq!(grant.expires_in, expected, "{life}");
        assert_eq!(grant.refresh_token.unwrap().expose_secret(), "a refresh token");
    }
    for (name, odd) in [
        ("token_type", json!(null)),
        ("token_type", json!("bEARER")),
        ("token_type", json!(7)),
        ("scope", json!(null)),
        ("scope", json!(7)),
        ("scope", json!({"a": 1})),
        ("scope", json!("openid profile offline_access")),
        ("scope", json!(["openid"])),
        ("scope", json!("")),
        ("id_token", json!({})),
    ] {
        let mut body = tokens();
        body[name] = odd.clone();
        let grant = exchange(200, &body.to_string()).await.unwrap();
        assert_eq!(grant.refresh_token.unwrap().expose_secret(), "a refresh token", "{name} {odd}");
        assert_eq!(grant.scopes.is_none(), name == "scope", "{name} {odd}");
    }
    for scope in [
        json!("notes:write:admin"),
        json!(["offline_access", "notes:write:admin"]),
        json!("a:read,notes:write:admin"),
    ] {
        let mut body = tokens();
        body["scope"] = scope.clone();
        assert!(
            exchange(200, &body.to_string()).await.unwrap().scopes.unwrap().allows(Scope::Notes),
            "{scope}"
        );
    }
    // Damage in a text that nobody reads.
    let damaged = r#"{"access_token":"a","refresh_token":"r","name":"\ud83d","n":1e999}"#;
    assert_eq!(exchange(200, damaged).await.unwrap().refresh_token.unwrap().expose_secret(), "r");
}

#[tokio::test]
async fn a_token_that_names_its_scopes_says_what_the_answer_does_not() {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let payload = json!({"scope": "notes:write:admin", "https://oauth.lever.co/accountId": "acc-1"});
    let jwt = format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(payload.to_string()));
    let grant = exchange(200, &json!({"access_token": jwt, "scope": "openid"}).to_string()).await.unwrap();
    assert!(grant.scopes.as_ref().unwrap().allows(Scope::Notes));
    assert_eq!(grant.claims().unwrap().account_id, Some("acc-1".into()));
}

#[tokio::test]
async fn a_rotated_token_is_never_lost() {
    for access in [json!(null), json!(7), json!(""), json!(["a"]), json!("a\u{0}b"), json!("a\nb")] {
        let body = json!({"access_token": access, "refresh_token": "the rotated one"});
        let (_server, oauth) = server(ResponseTemplate::new(200).set_body_json(&body)).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        let OAuthError::OnlyRotated { refresh_token, .. } = &error else {
            panic!("{access}: {error:?}");
        };
        assert_eq!(refresh_token.token().expose_secret(), "the rotated one");
        assert!(error.is_transient() && !error.grant_is_gone());
        assert!(!format!("{error} {error:?}").contains("the rotated one"));
    }
}

#[tokio::test]
async fn a_lost_answer_to_a_refresh_is_not_a_revocation() {
    for answer in [
        ResponseTemplate::new(200).set_body_string("<html>"),
        ResponseTemplate::new(200).set_body_string(""),
        ResponseTemplate::new(200).set_body_string(r#"{"access_token":"cut in the mid"#),
        ResponseTemplate::new(200).set_body_json(json!({"token_type": "Bearer"})),
        ResponseTemplate::new(500),
        ResponseTemplate::new(502).set_body_string("<html>"),
        ResponseTemplate::new(504),
    ] {
        let (_server, oauth) = server(answer).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        assert!(matches!(error, OAuthError::AnswerLost { .. }), "{error:?}");
        assert!(error.is_transient() && !error.grant_is_gone());
        assert!(error.to_string().contains("Lever may have rotated the token"), "{error}");
    }
    // Said clearly not to be done.
    for status in [429, 503] {
        let (_server, oauth) = server(ResponseTemplate::new(status)).await;
        let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
        assert!(matches!(error, OAuthError::TryAgain { .. }), "{error:?}");
    }
    // Cut off after it was sent.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let oauth = oauth_at(&format!("http://{}", listener.local_addr().unwrap()));
    let lever = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut [0; 4096]).await;
    });
    let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
    lever.await.unwrap();
    assert!(matches!(error, OAuthError::AnswerLost { .. }), "{error:?}");
}

#[tokio::test]
async fn a_secret_that_lever_repeats_is_not_shown() {
    let body = r#"{"error":"invalid_grant","error_description":"the old token (the secret) is unknown"}"#;
    let (_server, oauth) = server(ResponseTemplate::new(403).set_body_string(body)).await;
    let error = oauth.refresh(&"the old token".into()).await.unwrap_err();
    assert!(error.grant_is_gone());
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("the old token") && !shown.contains("the secret"), "{shown}");
    assert!(shown.contains("is unknown"));
}

#[tokio::test]
async fn nobody_there_is_passing() {
    // Bound and let go again: nothing listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let oauth = oauth_at(&format!("http://127.0.0.1:{port}"));
    let error = oauth.refresh(&"a token".into()).await.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert!(oauth.revoke(&"a token".into()).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn revokes_beside_the_token_endpoint() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/oauth/revoke"))
        .respond_with(ResponseTemplate::new(200))
        .expect(1)
        .mount(&server)
        .await;
    oauth_at(&server.uri()).revoke(&"a token".into()).await.unwrap();
    let sent = form(&server.received_requests().await.unwrap()[0]);
    assert_eq!(sent["token"], "a token");
    assert_eq!(sent["client_id"], "the id");
    assert_eq!(sent["client_secret"], "the secret");

    let missing = MockServer::start().await;
    let error = oauth_at(&missing.uri()).revoke(&"a token".into()).await.unwrap_err();
    assert!(matches!(error, OAuthError::Malformed { .. }));
}

#[test]
fn a_redirect_address_must_be_one() {
    let oauth = OAuth::new(Hosts::production(), "id", "secret".into(), "not an address");
    assert!(matches!(oauth, Err(SetupError::Address(_))));
}
