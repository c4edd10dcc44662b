//! The address that deliveries come to, what auditors see of them, and a flood that is measured.

use super::*;

on_both_databases!(Portal::start => a_replaced_address_answers_for_a_while);
async fn a_replaced_address_answers_for_a_while(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let path = format!("/settings/integrations/{}", door.integration);
    ada.post(&format!("{path}/webhook-url"), &[("answers_for", "24")]).await.leads_to(&path);
    let after = door.present_url().await;
    assert_ne!(door.url, after);
    assert_eq!(
        door.send_from("203.0.113.9", &signed("the-token", "t1")).await,
        StatusCode::OK,
        "the old one"
    );
    let event = events(&portal, &door.integration).await.pop().unwrap();
    assert!(event.headers.contains("the one replaced"), "the log says so: {}", event.headers);
    let page = portal.signed_in("max@acme.example").await.get(&format!("{path}/webhooks")).await;
    assert!(page.text("main").contains("It was used 1 time"), "{}", page.text("main"));
    assert!(page.text("main").contains("from 203.0.113.0/24"), "{}", page.text("main"));
    let new = Door { url: after, ..Door::of_same(&door) };
    assert_eq!(new.send_from("203.0.113.9", &signed("the-token", "t2")).await, StatusCode::OK, "the new one");
    // At once, without a term: also the one before it.
    ada.post(&format!("{path}/webhook-url"), &[("answers_for", "0")]).await.leads_to(&path);
    for old in [&door, &new] {
        assert_eq!(old.send_from("203.0.113.9", &signed("the-token", "t3")).await, StatusCode::NOT_FOUND);
    }
}

impl<'p> Door<'p> {
    fn of_same(other: &Door<'p>) -> Self {
        Self {
            portal: other.portal,
            integration: other.integration,
            url: other.url.clone(),
            client: reqwest::Client::new(),
        }
    }
}

on_both_databases!(Portal::start => auditors_see_no_proof_that_another_delivery_could_be_made_of);
async fn auditors_see_no_proof_that_another_delivery_could_be_made_of(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    let body = signed("the-token", "a-token-of-lever");
    assert_eq!(door.send_from("203.0.113.9", &body).await, StatusCode::OK);
    let event = events(&portal, &door.integration).await.pop().unwrap();
    let signature = body["signature"].as_str().unwrap();
    let pages = [
        format!("/events/{}", event.id),
        format!("/events/{}/body", event.id),
        "/events.ndjson".to_owned(),
        "/events.csv".to_owned(),
        format!("/settings/integrations/{}", door.integration),
    ];
    let (ada, max) = (portal.signed_in("ada@acme.example").await, portal.signed_in("max@acme.example").await);
    for path in &pages {
        let page = max.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for secret in ["\"a-token-of-lever", signature, &format!("key-{}", door.integration)] {
            assert!(!page.html.contains(secret), "{secret} in {path}: {}", page.html);
        }
    }
    assert!(max.get(&pages[0]).await.html.contains("o-a-token-of-lever"), "the rest is shown");
    assert!(ada.get(&pages[1]).await.html.contains(signature), "admins see it as it came");
}

/// What an earlier version recognised a delivery by: Lever's token itself.
const BARE: &str = "5f0c0ad9c4a14b6f9d3e2b7c";

on_both_databases!(Portal::start => auditors_see_no_token_that_an_earlier_version_kept);
async fn auditors_see_no_token_that_an_earlier_version_kept(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    assert_eq!(door.send_from("203.0.113.9", &signed("the-token", "t1")).await, StatusCode::OK);
    let event = events(&portal, &door.integration).await.pop().unwrap();
    portal
        .write(move |conn| {
            let row = diesel::update(event_rows::table.find(event.id)).set(event_rows::dedupe_key.eq(BARE));
            row.execute(conn).map_err(|e| DbError::from(e).into())
        })
        .await;
    let (ada, max) = (portal.signed_in("ada@acme.example").await, portal.signed_in("max@acme.example").await);
    for path in ["/events.csv", "/events.ndjson"] {
        let (shown, masked) = (ada.get(path).await, max.get(path).await);
        assert!(shown.html.contains(BARE), "admins see it as it came: {}", shown.html);
        assert_eq!(masked.status, StatusCode::OK, "{path}");
        assert!(masked.html.contains("shown to admins") && !masked.html.contains(BARE), "{}", masked.html);
    }
    for (who, sees) in [(&ada, true), (&max, false)] {
        let token = who.token().await;
        let bytes = who.download("/audit/evidence.zip", &[("csrf", &token)]).await;
        let folder = crate::lists::checkpoints::kept::unpacked(&bytes).await;
        let lines = std::fs::read_to_string(folder.path().join("events.ndjson")).unwrap();
        assert!(lines.contains(&event.id.to_string()), "{lines}");
        assert_eq!(lines.contains(BARE), sees, "{lines}");
    }
    let company = event.company_id;
    let program = crate::api::made(&portal, &company, &["events:read"]).await;
    let answer = crate::api::Program::of(&portal, Some(&program)).get("/api/v1/events").await;
    assert!(!answer.text.contains(BARE) && answer.text.contains(&event.id.to_string()), "{}", answer.text);
}
