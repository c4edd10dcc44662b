//! Tokens that are not the provider's, or not for this log-in: nobody comes in with one.
//! (OpenID Connect Core 1.0, §3.1.3.7; RFC 8725.)

use super::fake::{FakeProvider, SigningKey, now, unsigned};
use super::{Going, SECRET, There};
use crate::support::on_both_databases;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use ring::hmac;
use serde_json::{Value, json};

const NOT_BELIEVED: &str = "The provider's answer is not valid";

/// A token with a MAC in place of a signature.
fn with_mac(secret: &[u8], claims: &Value) -> String {
    let text = unsigned(&json!({ "alg": "HS256", "typ": "JWT", "kid": "first" }), claims);
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// The public key as a file has it (RFC 5480).
fn pem(key: &SigningKey) -> String {
    let mut der = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
    der.extend_from_slice(key.public());
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", STANDARD.encode(der))
}

/// Every forgery of a token that would be right.
fn forgeries(provider: &FakeProvider, going: &Going) -> Vec<(&'static str, String)> {
    let right = provider.claims(&going.nonce, "mallory", "mallory@acme.example");
    let key = &provider.key;
    let with = |name: &str, value: Value| {
        let mut claims = right.clone();
        claims[name] = value;
        key.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = right.clone();
        claims.as_object_mut().unwrap().remove(name);
        key.sign(&claims)
    };
    let signed = key.sign(&right);
    let parts: Vec<&str> = signed.split('.').collect();
    let [header, _, signature] = parts[..] else { panic!("three parts") };
    let mut admin = right.clone();
    admin["sub"] = json!("somebody-else");
    let swapped = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(admin.to_string()));
    vec![
        ("another nonce", with("nonce", json!("of-another-log-in"))),
        ("no nonce", without("nonce")),
        ("another issuer", with("iss", json!("https://accounts.google.com"))),
        ("the issuer with a slash", with("iss", json!(format!("{}/", provider.issuer())))),
        ("another audience", with("aud", json!("another-application"))),
        ("one audience more", with("aud", json!(["alva", "another-application"]))),
        ("asked for by another application", with("azp", json!("another-application"))),
        ("expired", with("exp", json!(now() - 1))),
        ("no end", without("exp")),
        ("made an hour ago", with("iat", json!(now() - 3_600))),
        ("made in an hour", with("iat", json!(now() + 3_600))),
        ("no subject", without("sub")),
        ("no signature", format!("{}.", unsigned(&json!({ "alg": "none", "typ": "JWT" }), &right))),
        ("a MAC by the public key", with_mac(key.public(), &right)),
        ("a MAC by the public key's file", with_mac(pem(key).as_bytes(), &right)),
        ("a MAC by the public key as JSON", with_mac(key.jwk().to_string().as_bytes(), &right)),
        ("a MAC by the client's secret", with_mac(SECRET.as_bytes(), &right)),
        ("another key under the name of the right one", SigningKey::new("first").sign(&right)),
        ("a key that the provider does not have", SigningKey::new("second").sign(&right)),
        ("other claims under the signature", swapped),
        ("no token", "none.of.these".to_owned()),
    ]
}

on_both_databases!(There::start => a_forged_token_opens_nothing);
async fn a_forged_token_opens_nothing(there: There) {
    let names: Vec<&str> =
        forgeries(&there.provider, &there.begin().await).into_iter().map(|(name, _)| name).collect();
    for (number, name) in names.into_iter().enumerate() {
        let going = there.begin().await;
        there.provider.give(&forgeries(&there.provider, &going).swap_remove(number).1);
        let page = going.back().await;
        assert_eq!(
            (page.text("h1").as_str(), page.status),
            (NOT_BELIEVED, StatusCode::FORBIDDEN),
            "{name}: {}",
            page.html
        );
        assert!(!going.visitor.is_signed_in().await, "{name}");
    }
    // Without any.
    let going = there.begin().await;
    there.provider.answer(200, json!({ "access_token": "a", "token_type": "Bearer" }));
    assert_eq!(going.back().await.text("h1"), NOT_BELIEVED);
    assert!(!going.visitor.is_signed_in().await);
    assert_eq!(there.portal.team(&there.acme.id).await.len(), 1, "nobody was added");
    assert!(there.portal.audit(&there.acme.id).await.contains(&"person.sso_refused".to_owned()));
    // The same one, not forged.
    there.enters("mallory", "mallory@acme.example").await;
}

on_both_databases!(There::start => an_answer_fits_the_browser_that_began_and_once);
async fn an_answer_fits_the_browser_that_began_and_once(there: There) {
    let going = there.begin().await;
    there.provider.give(&there.provider.key.sign(&there.provider.claims(
        &going.nonce,
        "eve",
        "eve@acme.example",
    )));
    // Somebody is sent the end of another's log-in (OAuth 2.0 Security BCP, §4.7).
    let other = there.portal.visitor();
    let begun = there.begin().await;
    for visitor in [&other, &begun.visitor] {
        let page = visitor.get(&format!("/login/sso/callback?code=c&state={}", going.state)).await;
        assert_eq!(page.text("h1"), "This log-in has expired or was already used");
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(!visitor.is_signed_in().await);
    }
    for address in ["/login/sso/callback", "/login/sso/callback?code=c", "/login/sso/callback?code=c&state="]
    {
        assert_eq!(going.visitor.get(address).await.status, StatusCode::BAD_REQUEST, "{address}");
    }
    // Another provider's answer (RFC 9207).
    let mixed = there.begin().await;
    let page = format!("/login/sso/callback?code=c&state={}&iss=https://evil.example", mixed.state);
    let page = mixed.visitor.get(&page).await;
    assert_eq!(page.text("h1"), "This answer is not from your provider");
    assert!(there.provider.asked("/token").await.is_empty(), "no code was handed to anybody");
    going.back().await.leads_to("/settings/integrations");
    let again = going.back().await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST, "answered once");
    // The code went with the proof of who had begun (RFC 7636), and with the secret.
    let asked = there.provider.asked("/token").await;
    let body: std::collections::HashMap<_, _> =
        url::form_urlencoded::parse(&asked[0].body).into_owned().collect();
    let challenge = ring::digest::digest(&ring::digest::SHA256, body["code_verifier"].as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(challenge), going.asks["code_challenge"]);
    assert_eq!(
        (going.asks["code_challenge_method"].as_str(), going.asks["response_type"].as_str()),
        ("S256", "code")
    );
    assert!(asked[0].headers["authorization"].to_str().unwrap().starts_with("Basic "));
}

on_both_databases!(There::start => what_the_provider_refuses_is_said);
async fn what_the_provider_refuses_is_said(there: There) {
    // Somebody who was deactivated there.
    let going = there.begin().await;
    let said = format!(
        "/login/sso/callback?state={}&error=access_denied&error_description=%3Cb%3Enot+assigned%3C%2Fb%3E",
        going.state
    );
    let page = going.visitor.get(&said).await;
    assert_eq!(
        (page.text("h1").as_str(), page.status),
        ("The provider did not let you in", StatusCode::FORBIDDEN)
    );
    assert!(page.text("main").contains("access_denied: <b>not assigned</b>"), "{}", page.html);
    assert!(!going.visitor.is_signed_in().await);
    // A secret that has expired.
    let going = there.begin().await;
    there.provider.answer(401, json!({ "error": "invalid_client" }));
    let page = going.back().await;
    assert_eq!(
        (page.text("h1").as_str(), page.status),
        ("The provider refused the portal", StatusCode::BAD_GATEWAY)
    );
    assert!(page.text("main").contains("client secret"));
    // What is no answer at all.
    let going = there.begin().await;
    there.provider.answer(500, json!("<html>"));
    assert_ne!(going.back().await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!going.visitor.is_signed_in().await);
}

on_both_databases!(There::start => a_provider_may_turn_to_another_key);
async fn a_provider_may_turn_to_another_key(mut there: There) {
    there.enters("grace", "grace@acme.example").await;
    let before = there.provider.asked("/keys").await.len();
    there.enters("grace", "grace@acme.example").await;
    assert_eq!(there.provider.asked("/keys").await.len(), before, "what is known is not asked again");
    let old = std::mem::replace(&mut there.provider.key, SigningKey::new("unused"));
    there.provider.turn_to(SigningKey::new("second"));
    // The portal asks again for keys only some seconds after it asked before.
    crate::support::wait::until("the new key to be known", std::time::Duration::from_secs(40), async || {
        let (visitor, _) = there.comes("grace", "grace@acme.example", |_| {}).await;
        visitor.is_signed_in().await.then_some(())
    })
    .await;
    let going = there.begin().await;
    there.provider.give(&old.sign(&there.provider.claims(&going.nonce, "grace", "grace@acme.example")));
    assert_eq!(going.back().await.text("h1"), NOT_BELIEVED, "the old one is gone");
}
