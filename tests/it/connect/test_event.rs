//! **Send a test event**: through the portal's own door, signed with a saved token, shown arriving.

use super::*;
use crate::support::lever::events;
use crate::support::on_both_databases;
use alva_portal::db::schema::signing_tokens;
use alva_portal::events::State as EventState;
use alva_portal::webhooks::test_event::{Failure, send};
use secrecy::SecretString;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

on_both_databases!(Connected::active => a_test_event_takes_levers_way_and_says_nothing_of_levers_webhooks);
async fn a_test_event_takes_levers_way_and_says_nothing_of_levers_webhooks(there: Connected) {
    let webhooks = format!("/settings/integrations/{}/webhooks", there.integration);
    let page = there.admin.get(&webhooks).await;
    let before = page.text("#state .badge");
    there.admin.press(&page, "Send a test event", &[]).await.leads_to(&webhooks);
    let shown = there.admin.get(&webhooks).await;
    let flash = shown.text(".flash.good");
    assert!(
        flash.starts_with("The test event arrived, was verified by the token ending …"),
        "{}",
        shown.html
    );
    assert!(flash.contains(" ms. It invites nobody."), "{flash}");
    let [event] = <[_; 1]>::try_from(events(&there.portal, &there.integration).await).expect("one event");
    assert_eq!((event.state, event.answered_status), (EventState::Check, 200));
    assert!(event.signing_token_id.is_some(), "verified by a saved token");
    // Shown, live, with the way to it.
    let live =
        there.admin.get(&format!("/settings/integrations/{}/live?part=webhooks", there.integration)).await;
    assert!(live.text("#checklist").contains("test event received"), "{}", live.html);
    let way = format!("/events/{}", event.id);
    assert!(live.attribute(&format!("#checklist a[href='{way}']"), "href").is_some(), "{}", live.html);
    assert!(there.admin.get(&way).await.text("main").contains("Test event from the portal"));
    // What is known of Lever's webhooks, and of the tokens, stays as it was.
    assert_eq!(live.text("#checklist .badge"), "waiting\nwaiting\nwaiting\nwaiting\ntest event received");
    assert_eq!(live.text("#state .badge"), before);
    let id = there.integration;
    let matched = there.portal.running.db.read(move |conn| {
        let of_it = signing_tokens::table.filter(signing_tokens::integration_id.eq(&id));
        let matched = of_it.filter(signing_tokens::last_matched_at.is_not_null());
        Ok::<i64, DbError>(matched.count().get_result(conn)?)
    });
    assert_eq!(matched.await.unwrap(), 0);
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.last().map(String::as_str), Some("integration.test_event_sent"));
}

on_both_databases!(Connected::start => a_test_event_needs_a_token_and_an_admin);
async fn a_test_event_needs_a_token_and_an_admin(there: Connected) {
    let path = format!("/settings/integrations/{}", there.integration);
    let button = "Send a test event";
    assert!(!there.admin.get(&path).await.text("button").contains(button), "nothing to sign with");
    there.admin.post(&format!("{path}/webhooks/test"), &[]).await.leads_to(&path);
    let said = there.admin.get(&path).await.text(".flash");
    assert!(said.starts_with("Save a signing token first"), "{said}");
    there.portal.person(&there.company, "max@acme.example", Role::Member).await;
    let max = there.portal.signed_in("max@acme.example").await;
    assert_eq!(max.post(&format!("{path}/webhooks/test"), &[]).await.status, StatusCode::FORBIDDEN);
    let foreign = there.admin.post_as_is(&format!("{path}/webhooks/test"), &[]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "without the session's token");
    assert!(events(&there.portal, &there.integration).await.is_empty());
}

#[actix_web::test]
async fn which_part_failed_is_told_apart() {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let key = SecretString::from("a-signing-token-0123");
    for status in [302, 401, 404, 503] {
        let door = MockServer::start().await;
        let answer = ResponseTemplate::new(status).insert_header("location", "https://elsewhere.example/");
        Mock::given(any()).respond_with(answer).mount(&door).await;
        let sent = send(&http, &door.uri(), "candidateHired", &key).await;
        assert_eq!(sent.err(), Some(Failure::Answered(status)));
        // As Lever's Verify Connection: these fields and no other, and a signature of token and time.
        let [sent] = <[_; 1]>::try_from(door.received_requests().await.unwrap()).expect("one request");
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        let names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, ["data", "event", "signature", "token", "triggeredAt"]);
        assert_eq!(body["data"], json!({}));
        let (token, at) = (body["token"].as_str().unwrap(), body["triggeredAt"].to_string());
        let signature = body["signature"].as_str().unwrap();
        assert!(lever_client::signature::verify(b"a-signing-token-0123", token, &at, signature));
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sent = send(&http, &format!("http://{free}/"), "candidateHired", &key).await;
    assert!(matches!(&sent, Err(Failure::Unreachable(why)) if why.contains("refused")), "{sent:?}");
}
