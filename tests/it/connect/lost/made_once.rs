//! Webhooks are made once, whatever Lever answers.

use super::*;

on_both_databases!(Connected::behind_proxy => a_webhook_whose_answer_is_lost_is_never_doubled);
/// A webhook whose create answer is lost, cut or nested twice is taken over or made anew, never doubled.
async fn a_webhook_whose_answer_is_lost_is_never_doubled((there, proxy): (Connected, Proxy)) {
    let path = format!("/settings/integrations/{}", there.integration);
    let set_up = format!("{path}/webhooks");
    proxy.change("POST", "/v1/webhooks", edit(|body| *body = json!({"data": body.clone()})), 1);
    proxy.change("POST", "/v1/webhooks", Change::LoseAnswer, 1);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    assert!(there.admin.get(&path).await.text(".flash").contains("The webhooks are set up in Lever"));
    let hooks = webhooks(&there).await;
    assert_eq!(kinds(&hooks), ALL);

    // Lost again and again: said so; nothing is left, and the next time sets all up.
    there.admin.post(&format!("{path}/disconnect"), &[]).await.leads_to(&path);
    assert_eq!(webhooks(&there).await.len(), 0);
    assert_eq!(
        crate::support::lever::consent::grant_again(&there.lever, &there.admin, &there.integration).await,
        there.integration
    );
    proxy.change("POST", "/v1/webhooks", Change::LoseAnswer, 2);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    let words = there.admin.get(&path).await.text(".flash");
    assert!(words.contains("Lever's answer can't be read"), "{words}");
    assert_eq!(webhooks(&there).await.len(), 0);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    assert_eq!(kinds(&webhooks(&there).await), ALL);
}

on_both_databases!(Connected::behind_proxy => no_odd_answer_doubles_a_webhook);
/// A person's token is saved, and then Lever's list is behind, or its answers are lost, or are those of another webhook.
async fn no_odd_answer_doubles_a_webhook((there, proxy): (Connected, Proxy)) {
    // It asks far more often than a portal does.
    there.control(Method::POST, "limits", json!({"enabled": false})).await;
    let path = format!("/settings/integrations/{}", there.integration);
    let set_up = format!("{path}/webhooks");
    let page = there.admin.get(&path).await;
    let token = "ab".repeat(24);
    let stage = there.stage("Assessment").await;
    let fields = [("webhook_signature_token", token.as_str()), ("trigger_stage", stage.as_str())];
    let saved = there.admin.press(&page, "Save", &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let empty = || edit(|body| body["data"] = json!([]));
    let said = async || there.admin.get(&path).await.text(".flash");

    // The list that is asked after the lost answer does not show yet what Lever made.
    proxy.change("GET", "/v1/webhooks", empty(), 2);
    proxy.change("POST", "/v1/webhooks", Change::LoseAnswer, 1);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    let words = said().await;
    assert!(words.contains("The webhooks are set up in Lever"), "{words}");
    assert_eq!(kinds(&webhooks(&there).await), ALL);

    // Nothing can be asked after the lost answer: the next time it is found, and does not stay beside a new one.
    for webhook in webhooks(&there).await {
        let id = webhook["id"].as_str().unwrap();
        there.control(Method::DELETE, &format!("webhooks/{id}"), Value::Null).await;
    }
    proxy.change("POST", "/v1/webhooks", Change::LoseAnswer, 1);
    // The list before it comes.
    proxy.change("GET", "/v1/webhooks", edit(|_| ()), 1);
    let unwell = json!({"code": "ServiceUnavailable", "message": "Try again."});
    proxy.change("GET", "/v1/webhooks", Change::Answer(503, unwell), 20);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    assert!(!said().await.contains("The webhooks are set up in Lever"));
    proxy.ways().changes.clear();
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    assert!(said().await.contains("set up in Lever"));
    assert_eq!(kinds(&webhooks(&there).await), ALL);

    // The second answer is the first one again.
    for webhook in webhooks(&there).await {
        let id = webhook["id"].as_str().unwrap();
        there.control(Method::DELETE, &format!("webhooks/{id}"), Value::Null).await;
    }
    let first = std::sync::Mutex::new(None::<Value>);
    let again = edit(move |body| match &mut *first.lock().unwrap() {
        Some(first) => *body = first.clone(),
        none => *none = Some(body.clone()),
    });
    proxy.change("POST", "/v1/webhooks", again, 2);
    there.admin.post(&set_up, &[]).await.leads_to(&path);
    let words = said().await;
    assert!(words.contains("The webhooks are set up in Lever"), "{words}");
    assert_eq!(kinds(&webhooks(&there).await), ALL);
}

on_both_databases!(Connected::behind_proxy => webhooks_that_nobody_knows_are_removed);
/// What was left in Lever in former times is removed with Set up webhooks, and with Disconnect.
async fn webhooks_that_nobody_knows_are_removed((there, proxy): (Connected, Proxy)) {
    let path = format!("/settings/integrations/{}", there.integration);
    let url = there.portal.running.url.join(&account(&there).await.webhook_path()).unwrap();
    let body = json!({"event": "candidateHired", "url": url.as_str()});
    let elsewhere = json!({"event": "candidateHired", "url": "https://other.example/hook"});
    there.api(Method::POST, "webhooks", body.clone()).await;
    there.api(Method::POST, "webhooks", elsewhere).await;
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    assert_eq!(webhooks(&there).await.len(), 6, "the five, and the one of another");
    there.api(Method::POST, "webhooks", body).await;
    there.admin.post(&format!("{path}/disconnect"), &[]).await.leads_to(&path);
    let left = webhooks(&there).await;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["url"], "https://other.example/hook");
    drop(proxy);
}
