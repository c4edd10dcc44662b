//! §6 and §8: what is sent to a webhook.

use super::*;

#[tokio::test]
async fn s6_a_delivery_is_signed_over_token_and_time() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let made = hook(&lever, "candidateStageChange", &receiver.url).await;
    let key = made["configuration"]["signatureToken"].as_str().unwrap();
    let id = lever.candidate(json!({"stage": "lead-new"})).await;
    let goal = lever.stage("Assessment").await;
    lever.order(&format!("opportunities/{id}/move"), json!({"stage": goal})).await;
    lever.deliveries(1).await;
    let body = receiver.bodies()[0].clone();
    check(&body, "id:s event:s triggeredAt:n token:s signature:s data:o");
    assert_eq!(body["event"], "candidateStageChange");
    assert_eq!(body["token"].as_str().unwrap().len(), 48);
    assert_eq!(receiver.agents()[0], "lever-webhooks");
    // The person's old id is neither the contact's nor the opportunity's (§8).
    let ids = ["candidateId", "contactId", "opportunityId"].map(|name| body["data"][name].to_string());
    assert!(ids[0] != ids[1] && ids[0] != ids[2] && ids[1] != ids[2], "{ids:?}");
    assert_eq!(body["signature"], expected_signature(key, &body));
    assert_eq!(body["data"]["opportunityId"], id.as_str());
    assert_eq!(body["data"]["fromStageId"], "lead-new");
    assert_eq!(body["data"]["toStageId"], goal.as_str());
    let contact = lever.data(&format!("/v1/opportunities/{id}")).await["contact"].clone();
    assert_eq!(body["data"]["contactId"], contact);
    // Moving to where one is tells nothing; a new move has a new token.
    for stage in [goal.as_str(), "offer"] {
        let path = format!("/v1/opportunities/{id}/stage");
        lever.put(&path, json!({"stage": stage})).await;
    }
    lever.deliveries(2).await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert_ne!(bodies[0]["token"], bodies[1]["token"]);
}

#[tokio::test]
async fn s6_what_each_event_says() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let events = [
        "applicationCreated",
        "candidateStageChange",
        "candidateHired",
        "candidateArchiveChange",
        "candidateDeleted",
        "interviewCreated",
        "interviewUpdated",
        "interviewDeleted",
        "contactCreated",
        "contactUpdated",
    ];
    for event in events {
        hook(&lever, event, &receiver.url).await;
    }
    let made = lever.order("apply", json!({"name": "Ada"})).await;
    let id = made["opportunityId"].as_str().unwrap();
    let admin = lever.admin().await;
    let path = format!("/v1/opportunities/{id}");
    lever.put(&format!("{path}/stage"), json!({"stage": "offer"})).await;
    let interview = json!({
        "subject": "Talk", "interviewers": [], "date": 1_900_000_000_000_i64, "duration": 30,
    });
    let interviews = format!("{path}/interviews?perform_as={admin}");
    let (_, talk) = lever.post(&interviews, interview.clone()).await;
    let talk = talk["data"]["id"].as_str().unwrap();
    let one = format!("{path}/interviews/{talk}?perform_as={admin}");
    lever.put(&one, interview).await;
    lever.delete(&one).await;
    let contact = format!("/v1/contacts/{}", made["contactId"].as_str().unwrap());
    lever.put(&contact, json!({"name": "Ada L."})).await;
    lever.order(&format!("opportunities/{id}/hire"), json!({})).await;
    lever.order(&format!("opportunities/{id}/unarchive"), json!({})).await;
    let gone = format!("opportunities/{id}");
    lever.control(Method::DELETE, &gone, json!({})).await;

    lever.deliveries(11).await;
    let bodies = receiver.bodies();
    let data = |event: &str| {
        let found = bodies.iter().find(|body| body["event"] == event);
        found.unwrap_or_else(|| panic!("no {event}"))["data"].clone()
    };
    let with = |more: &str| format!("opportunityId:s contactId:s candidateId:s {more}");
    check(&data("applicationCreated"), &with("applicationId:s"));
    check(&data("candidateStageChange"), &with("fromStageId:s? toStageId:s"));
    check(&data("candidateHired"), &with(""));
    let archived = data("candidateArchiveChange");
    check(&archived, &with("fromArchived:o? toArchived:o?"));
    assert!(archived["fromArchived"].is_null());
    check(&archived["toArchived"], "archivedAt:n reason:s");
    check(&data("candidateDeleted"), "opportunityId:s contactId:s deletedBy:s?");
    for (event, when) in [
        ("interviewCreated", "createdAt"),
        ("interviewUpdated", "updatedAt"),
        ("interviewDeleted", "deletedAt"),
    ] {
        check(&data(event), &format!("interviewId:s panelId:s opportunityId:s {when}:n"));
    }
    for (event, when) in [("contactCreated", "createdAt"), ("contactUpdated", "updatedAt")] {
        check(&data(event), &format!("contactId:s {when}:n accountId:s"));
    }
}

#[tokio::test]
async fn s6_the_events_toggle_gates_and_origins_limit() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({
        "event": "candidateStageChange", "url": receiver.url,
        "configuration": {"conditions": {"origins": ["sourced"]}},
    });
    assert_eq!(lever.post("/v1/webhooks", body).await.0, 201);
    let applied = lever.candidate(json!({"origin": "applied"})).await;
    let sourced = lever.candidate(json!({"origin": "sourced"})).await;
    lever.order("events", json!({"candidateStageChange": false})).await;
    let offer = json!({"stage": "offer"});
    lever.order(&format!("opportunities/{sourced}/move"), offer.clone()).await;
    lever.order("events", json!({"candidateStageChange": true})).await;
    lever.order(&format!("opportunities/{applied}/move"), offer).await;
    let back = json!({"stage": "lead-new"});
    lever.order(&format!("opportunities/{sourced}/move"), back).await;
    lever.deliveries(1).await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["data"]["opportunityId"], sourced.as_str());
    assert_eq!(bodies[0]["data"]["toStageId"], "lead-new");
}

#[tokio::test]
async fn s6_one_token_for_the_account_in_the_old_mode() {
    let lever = Lever::with(Options { token_mode: TokenMode::Account, ..options() }).await;
    let url = "https://example.com/hook";
    let one = hook(&lever, "candidateHired", url).await;
    let other = hook(&lever, "candidateDeleted", url).await;
    let token = |hook: &Value| hook["configuration"]["signatureToken"].clone();
    assert_eq!(token(&one), token(&other));
    let fresh = lever.order("regenerate", json!({})).await["signatureToken"].clone();
    assert_ne!(fresh, token(&one));
    let third = hook(&lever, "candidateStageChange", url).await;
    assert_eq!(token(&third), fresh);
}

#[tokio::test]
async fn s6_each_webhook_has_its_own_token_today() {
    let lever = Lever::start().await;
    let url = "https://example.com/hook";
    let one = hook(&lever, "candidateHired", url).await;
    let other = hook(&lever, "candidateDeleted", url).await;
    let token = |hook: &Value| hook["configuration"]["signatureToken"].clone();
    assert_ne!(token(&one), token(&other));
}

#[tokio::test]
async fn s8_verify_connection_is_five_fields_and_no_id() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({"event": "candidateHired", "url": receiver.url});
    let hook = lever.order("webhooks", body).await;
    let id = hook["id"].as_str().unwrap();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    let text = receiver.texts()[0].clone();
    let body = receiver.bodies()[0].clone();
    check(&body, "triggeredAt:n event:s data:o signature:s token:s");
    assert_eq!(body["data"], json!({}));
    assert_eq!(body["event"], "candidateHired");
    // Compact, in Lever's order; 202 bytes, as its documentation prints the length.
    assert_eq!(text.len(), 202);
    let at = &body["triggeredAt"];
    assert!(
        text.starts_with(&format!(
            r#"{{"triggeredAt":{at},"event":"candidateHired","data":{{}},"signature":""#
        ))
    );
    assert_eq!(receiver.agents()[0], "lever-webhooks");
    let key = hook["signatureToken"].as_str().unwrap();
    assert_eq!(body["signature"], expected_signature(key, &body));
    assert!(lever.seen("webhooks").await[0]["verifiedAt"].is_i64());
}

#[tokio::test]
async fn s8_without_a_signing_token_nothing_is_signed() {
    let lever = Lever::start().await;
    let receiver = Receiver::start();
    let body = json!({"event": "candidateHired", "url": receiver.url, "signed": false});
    let hook = lever.order("webhooks", body).await;
    assert!(hook["signatureToken"].is_null());
    let id = hook["id"].as_str().unwrap();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    check(&receiver.bodies()[0], "triggeredAt:n event:s data:o token:s");
    let candidate = lever.candidate(json!({})).await;
    lever.order(&format!("opportunities/{candidate}/hire"), json!({})).await;
    lever.deliveries(1).await;
    assert!(receiver.bodies()[1].get("signature").is_none());
    // A token that is generated later signs from then on.
    let token = lever.order(&format!("webhooks/{id}/regenerate"), json!({})).await["signatureToken"].clone();
    lever.order(&format!("webhooks/{id}/verify"), json!({})).await;
    let body = receiver.bodies()[2].clone();
    assert_eq!(body["signature"], expected_signature(token.as_str().unwrap(), &body));
}

#[tokio::test]
async fn s6_anything_but_2xx_is_tried_again_by_the_sandboxs_clock() {
    let lever = Lever::start().await;
    // Nobody listens there.
    hook(&lever, "candidateHired", "http://127.0.0.1:9/hook").await;
    let id = lever.candidate(json!({})).await;
    lever.order(&format!("opportunities/{id}/hire"), json!({})).await;
    lever.deliveries(1).await;
    for (tries, wait) in [(2, 1), (3, 5), (4, 25), (5, 125), (6, 625)] {
        lever.advance(wait * 1_000 + 100).await;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let all = lever.seen("deliveries").await;
            let attempts = all[0]["attempts"].as_array().unwrap().len();
            if attempts == tries {
                break;
            }
            assert!(attempts < tries && std::time::Instant::now() < deadline, "{all}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}
