//! A provider that says whatever a test wants, be it forged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What the client is called there.
pub const CLIENT: &str = "alva";

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

/// A key that signs tokens (ES256, RFC 7518 §3.4).
pub struct SigningKey {
    pair: EcdsaKeyPair,
    id: String,
}

impl SigningKey {
    pub fn new(id: &str) -> Self {
        let (random, how) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
        Self { pair: EcdsaKeyPair::from_pkcs8(how, pkcs8.as_ref(), &random).unwrap(), id: id.to_owned() }
    }

    /// The public half: 0x04, x, y.
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub fn jwk(&self) -> Value {
        let part = |from: usize| URL_SAFE_NO_PAD.encode(&self.public()[from..from + 32]);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": part(1), "y": part(33) })
    }

    /// A signed token with these claims.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_typed("JWT", claims)
    }

    pub fn sign_typed(&self, kind: &str, claims: &Value) -> String {
        let text = unsigned(&json!({ "alg": "ES256", "typ": kind, "kid": self.id }), claims);
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Header and claims of a token, as they are signed.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// What it answers next.
struct Says(Arc<Mutex<Value>>);

impl Respond for Says {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let said = self.0.lock().unwrap().clone();
        let status = said["status"].as_u64().unwrap_or(200) as u16;
        ResponseTemplate::new(status).set_body_json(&said["body"])
    }
}

/// A provider that answers the log-in as the test says.
pub struct FakeProvider {
    server: MockServer,
    pub key: SigningKey,
    keys: Arc<Mutex<Value>>,
    tokens: Arc<Mutex<Value>>,
    person: Arc<Mutex<Value>>,
}

impl FakeProvider {
    pub async fn start() -> Self {
        let (server, key) = (MockServer::start().await, SigningKey::new("first"));
        let issuer = server.uri();
        let description = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "jwks_uri": format!("{issuer}/keys"),
            "end_session_endpoint": format!("{issuer}/end"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            // More than the portal believes, as careless ones say.
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        });
        let says = |body: Value| Arc::new(Mutex::new(json!({ "body": body })));
        let (keys, tokens, person) =
            (says(json!({ "keys": [key.jwk()] })), says(json!({})), says(json!({ "sub": "" })));
        let answers = [
            ("GET", "/.well-known/openid-configuration", says(description)),
            ("GET", "/keys", Arc::clone(&keys)),
            ("POST", "/token", Arc::clone(&tokens)),
            ("GET", "/userinfo", Arc::clone(&person)),
        ];
        for (how, place, said) in answers {
            Mock::given(method(how)).and(path(place)).respond_with(Says(said)).mount(&server).await;
        }
        Self { server, key, keys, tokens, person }
    }

    pub fn issuer(&self) -> String {
        self.server.uri()
    }

    /// The claims of a token that is right.
    pub fn claims(&self, nonce: &str, subject: &str, email: &str) -> Value {
        json!({
            "iss": self.issuer(), "aud": CLIENT, "sub": subject, "nonce": nonce, "iat": now(), "exp": now() + 300,
            "email": email, "email_verified": true,
        })
    }

    /// The next code is exchanged for this ID token.
    pub fn give(&self, id_token: &str) {
        let body =
            json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": id_token });
        *self.tokens.lock().unwrap() = json!({ "body": body });
    }

    /// The next code is answered so.
    pub fn answer(&self, status: u16, body: Value) {
        *self.tokens.lock().unwrap() = json!({ "status": status, "body": body });
    }

    /// What it says of the person beside the token.
    pub fn say_of_person(&self, claims: Value) {
        *self.person.lock().unwrap() = json!({ "body": claims });
    }

    /// It signs with this key from now on.
    pub fn turn_to(&mut self, key: SigningKey) {
        *self.keys.lock().unwrap() = json!({ "body": { "keys": [key.jwk()] } });
        self.key = key;
    }

    /// How often it was asked there.
    pub async fn asked(&self, place: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        all.into_iter().filter(|request| request.url.path() == place).collect()
    }
}
