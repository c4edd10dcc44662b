//! Alerts by webhook: posted, signed so that anybody can verify it, tried again, and turned off.

use crate::support::lever::Connected;
use crate::support::lever::consent::grant_again;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{DbError, schema};
use alva_portal::job_queue::{self, JobKind};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const PAGE: &str = "/settings/company/alerts";

/// As a receiver does it who knows only the specification of Standard Webhooks.
fn is_signed_with(secret: &str, request: &Request) -> bool {
    let header = |name: &str| request.headers.get(name).unwrap().to_str().unwrap().to_owned();
    let mut signed = format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).into_bytes();
    signed.extend_from_slice(&request.body);
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    header("webhook-signature").split(' ').any(|part| {
        let signature = STANDARD.decode(part.strip_prefix("v1,").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(&signed);
        mac.verify_slice(&signature).is_ok()
    })
}

async fn receiver(status: u16) -> MockServer {
    let server = MockServer::start().await;
    answer(&server, status).await;
    server
}

async fn answer(server: &MockServer, status: u16) {
    server.reset().await;
    let taken = ResponseTemplate::new(status).set_body_string("noted");
    Mock::given(method("POST")).respond_with(taken).mount(server).await;
}

async fn posts(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap()
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

async fn make_posts_due(portal: &Portal) {
    use schema::jobs::dsl;
    portal
        .write(|conn| {
            let open = dsl::jobs.filter(dsl::kind.eq("send_alert_webhook"));
            let due = diesel::update(open).set(dsl::next_attempt_at.eq(Timestamp(0)));
            due.execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

on_both_databases!(Portal::start => a_test_is_signed_and_the_secret_can_be_changed);
/// The secret is shown once and signs; a new one signs beside the old one for a day.
async fn a_test_is_signed_and_the_secret_can_be_changed(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    portal.person(&company, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let server = receiver(200).await;
    let form = ada.get(PAGE).await;
    let shown = ada.press(&form, "Save address", &[("alert_url", &server.uri())]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    let first = shown.attribute("#signing_secret", "value").expect("the secret");
    assert!(first.starts_with("whsec_"));
    let page = ada.get(PAGE).await;
    assert!(!page.html.contains("whsec_"), "shown once");
    assert!(!portal.stored_anywhere(&first).await, "sealed at rest");
    ada.press(&page, "Send a test", &[]).await.leads_to(PAGE);
    let page = ada.get(PAGE).await;
    assert!(
        page.text(".flash").contains("The test was accepted: answered 200 in"),
        "{}",
        page.text(".flash")
    );
    assert!(page.text("tbody").contains("answered 200"), "{}", page.html);
    let sent = posts(&server).await;
    assert_eq!(sent.len(), 1);
    assert!(is_signed_with(&first, &sent[0]));
    assert_eq!(body(&sent[0])["type"], "test");
    let at: i64 = sent[0].headers.get("webhook-timestamp").unwrap().to_str().unwrap().parse().unwrap();
    assert!((Timestamp::now().0 / 1000 - at).abs() < 300, "seconds: {at}");
    let shown = ada.press(&page, "Make a new secret", &[]).await;
    let second = shown.attribute("#signing_secret", "value").expect("the new secret");
    assert_ne!(first, second);
    ada.press(&page, "Send a test", &[]).await.leads_to(PAGE);
    let sent = posts(&server).await;
    assert!(is_signed_with(&first, &sent[1]) && is_signed_with(&second, &sent[1]));
    let saved = ada.press(&page, "Save address", &[("alert_url", &format!("{}/x", server.uri()))]).await;
    saved.leads_to(PAGE);
    let page = ada.get(PAGE).await;
    ada.press(&page, "Remove", &[]).await.leads_to(PAGE);
    assert_eq!(ada.get(PAGE).await.attribute("#alert_url", "value").as_deref(), Some(""));
    assert_eq!(
        portal
            .audit(&company.id)
            .await
            .into_iter()
            .filter(|action| action.starts_with("alerts."))
            .collect::<Vec<_>>(),
        [
            "alerts.configured",
            "alerts.tested",
            "alerts.secret_rotated",
            "alerts.tested",
            "alerts.configured",
            "alerts.configured"
        ]
    );
}

on_both_databases!(Portal::start => addresses_and_people_are_checked);
/// Addresses that are none, and people who may not.
async fn addresses_and_people_are_checked(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    for (email, role) in [("ada@acme.example", Role::Admin), ("otto@acme.example", Role::Auditor)] {
        portal.person(&company, email, role).await;
    }
    let ada = portal.signed_in("ada@acme.example").await;
    let form = ada.get(PAGE).await;
    for (wrong, words) in [
        ("", "Enter the address"),
        ("nonsense", "Enter a valid address"),
        ("http://example.com/", "https://"),
        ("https://me:secret@example.com/", "user name and password"),
    ] {
        let again = ada.press(&form, "Save address", &[("alert_url", wrong)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(again.text(".error").contains(words), "{wrong}: {}", again.text(".error"));
        assert_eq!(again.attribute("#alert_url", "value").as_deref(), Some(wrong));
    }
    let otto = portal.signed_in("otto@acme.example").await;
    assert!(!otto.get(PAGE).await.html.contains("Save address"));
    for path in ["", "/secret", "/test", "/remove"] {
        let path = format!("{PAGE}{path}");
        assert_eq!(otto.post(&path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/secret", "/test"] {
        let path = format!("{PAGE}{path}");
        assert_eq!(ada.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "no address yet: {path}");
        ada.get(&path).await.leads_to(PAGE);
    }
}

on_both_databases!(Portal::start => redirects_are_not_followed);
/// A redirect is an answer like any other, and is not followed.
async fn redirects_are_not_followed(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    portal.person(&company, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (server, elsewhere) = (MockServer::start().await, receiver(200).await);
    let away = ResponseTemplate::new(307).insert_header("location", elsewhere.uri().as_str());
    Mock::given(method("POST")).respond_with(away).mount(&server).await;
    ada.post(PAGE, &[("alert_url", &server.uri())]).await;
    ada.post(&format!("{PAGE}/test"), &[]).await.leads_to(PAGE);
    assert!(ada.get(PAGE).await.text(".flash").contains("not accepted: answered 307"));
    assert_eq!(posts(&elsewhere).await.len(), 0);
}

async fn check_now(there: &Connected) {
    let id = there.integration;
    there
        .portal
        .write(move |conn| {
            assert!(job_queue::hasten(conn, JobKind::CheckAccess, id.as_str(), Timestamp(0))?);
            Ok(())
        })
        .await;
}

async fn posted(server: &MockServer, kind: &str) -> Request {
    until(kind, PATIENCE, async || {
        posts(server).await.into_iter().find(|request| body(request)["type"] == kind)
    })
    .await
}

on_both_databases!(Connected::active => alerts_are_posted_and_tried_again);
/// The beginning and the end of an alert are posted, the beginning once more after a failure with the
/// same id; none of it names a candidate.
async fn alerts_are_posted_and_tried_again(there: Connected) {
    let server = receiver(503).await;
    let shown = there.admin.post(PAGE, &[("alert_url", &server.uri())]).await;
    let secret = shown.attribute("#signing_secret", "value").expect("the secret");
    there.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    check_now(&there).await;
    let refused = posted(&server, "integration.alert_began").await;
    assert!(is_signed_with(&secret, &refused));
    until("that it will be retried", PATIENCE, async || {
        let page = there.admin.get(PAGE).await;
        page.text("tbody").contains("answered 503, will be retried").then_some(())
    })
    .await;
    answer(&server, 204).await;
    make_posts_due(&there.portal).await;
    let taken = posted(&server, "integration.alert_began").await;
    let id = |request: &Request| request.headers.get("webhook-id").unwrap().clone();
    assert_eq!(id(&taken), id(&refused), "the receiver can tell that it is the same");
    assert!(is_signed_with(&secret, &taken));
    let alert = &body(&taken)["data"]["alert"];
    assert_eq!(alert["kind"], "access_revoked");
    assert_eq!(alert["ended_at"], Value::Null);
    assert_eq!(body(&taken)["data"]["integration"]["id"], there.integration.as_str());
    grant_again(&there.lever, &there.admin, &there.integration).await;
    let over = posted(&server, "integration.alert_ended").await;
    assert_eq!(body(&over)["data"]["alert"]["id"], alert["id"]);
    assert!(body(&over)["data"]["alert"]["ended_at"].is_string());
    assert_eq!(posts(&server).await.len(), 2, "each once");
}

on_both_databases!(Connected::active => a_receiver_that_is_gone_is_left_alone);
/// A receiver that is gone is left alone, until the address is saved again.
async fn a_receiver_that_is_gone_is_left_alone(there: Connected) {
    let server = receiver(410).await;
    there.admin.post(PAGE, &[("alert_url", &server.uri())]).await;
    there.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    check_now(&there).await;
    posted(&server, "integration.alert_began").await;
    until("that it is turned off", PATIENCE, async || {
        let page = there.admin.get(PAGE).await;
        page.text(".banner").contains("410 Gone").then_some(())
    })
    .await;
    grant_again(&there.lever, &there.admin, &there.integration).await;
    assert_eq!(posts(&server).await.len(), 1);
    there.admin.post(PAGE, &[("alert_url", &server.uri())]).await.leads_to(PAGE);
    assert_eq!(there.admin.get(PAGE).await.text(".banner"), "");
}
