//! Refreshing, revoking, connecting again, disconnecting.

use super::*;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::job_queue::{self, JobKind};

/// The way to the account, as another process of the portal has it.
fn another_process(there: &Connected) -> Connections {
    let hosts = Hosts::from_settings(&there.lever.url, &there.lever.url, None).unwrap();
    let app = LeverApp { client_id: "test-client".into(), client_secret: "test-secret".to_owned().into() };
    let base = &there.portal.running.url;
    Connections::new(
        there.portal.running.db.clone(),
        there.portal.sealer(),
        Some(app),
        Some(hosts),
        base,
        &[],
    )
    .unwrap()
}

async fn account(there: &Connected) -> Integration {
    let id = there.integration;
    there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
}

/// The access token runs out in so many seconds.
async fn let_expire(there: &Connected, seconds: i64) {
    let id = there.integration;
    let at = Timestamp(Timestamp::now().0 + seconds * 1000);
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&id))
                .set(integrations::access_expires_at.eq(Some(at)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

on_both_databases!(Connected::start => one_refresh_serves_everyone_who_waits_in_all_processes);
async fn one_refresh_serves_everyone_who_waits_in_all_processes(there: Connected) {
    let before = account(&there).await;
    let_expire(&there, 59).await;
    let calls = token_calls(&there.lever).await;
    let processes = [another_process(&there), another_process(&there)];
    let asking = (0..16).map(|n| processes[n % 2].token(&there.integration));
    let answers = futures_util::future::join_all(asking).await;
    let mut secrets: Vec<String> =
        answers.into_iter().map(|token| token.unwrap().access.expose_secret().to_owned()).collect();
    secrets.dedup();
    assert_eq!(secrets.len(), 1, "everyone has the same new token");
    assert_eq!(token_calls(&there.lever).await, calls + 1);
    let after = account(&there).await;
    assert_eq!(after.grant_version, before.grant_version + 1);
    assert_ne!(after.refresh_token_sealed, before.refresh_token_sealed);
    // Lever gives a refresh token once: the next refresh shows that the new one was kept.
    let_expire(&there, -1).await;
    processes[0].token(&there.integration).await.unwrap();
    assert_eq!(account(&there).await.state, State::SettingUp);
}

on_both_databases!(Connected::start => a_token_that_lever_refuses_is_refreshed_once_by_whoever_is_first);
async fn a_token_that_lever_refuses_is_refreshed_once_by_whoever_is_first(there: Connected) {
    let process = another_process(&there);
    let refused = process.token(&there.integration).await.unwrap();
    let calls = token_calls(&there.lever).await;
    let (one, two) = tokio::join!(
        process.renewed(&there.integration, refused.version),
        process.renewed(&there.integration, refused.version),
    );
    assert_eq!(one.unwrap().version, two.unwrap().version);
    assert_eq!(token_calls(&there.lever).await, calls + 1);
}

on_both_databases!(Connected::start => lever_being_down_ends_no_connection);
async fn lever_being_down_ends_no_connection(there: Connected) {
    let process = another_process(&there);
    there.control(Method::POST, "faults", json!({"target": "oauth", "kind": "status", "status": 500})).await;
    let_expire(&there, 30).await;
    process.token(&there.integration).await.expect("the old one is good for 30 s still");
    let_expire(&there, -1).await;
    let failure = process.token(&there.integration).await.err();
    assert!(matches!(failure, Some(AccessError::TryAgain { .. })), "{failure:?}");
    assert_eq!(account(&there).await.state, State::SettingUp);
    there.control(Method::DELETE, "faults", Value::Null).await;
    process.token(&there.integration).await.expect("works again at once");
}

/// Webhooks made by the portal, a trigger stage, a blocked origin: active.
async fn configure(there: &Connected) -> String {
    let path = format!("/settings/integrations/{}", there.integration);
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    let stage = there.admin.get(&path).await;
    let stage = stage.attribute("#trigger_stage option:nth-child(7)", "value").unwrap();
    let fields = [("version", "0"), ("trigger_stage", &stage), ("blocked_origins", "internal")];
    there.admin.post(&path, &fields).await.leads_to(&path);
    assert_eq!(account(there).await.state, State::Active);
    path
}

on_both_databases!(Connected::start => a_revocation_in_lever_is_noticed_and_mended_by_reconnecting);
async fn a_revocation_in_lever_is_noticed_and_mended_by_reconnecting(there: Connected) {
    let path = configure(&there).await;
    let before = account(&there).await;
    there.control(Method::POST, "revoke", json!({})).await;
    let process = another_process(&there);
    let failure = process.call(&there.integration, |api| async move { api.users().await }).await.err();
    assert!(failure.is_some_and(|failure| failure.to_string().contains("revoked")));
    let page = there.admin.get(&path).await;
    assert!(
        page.text(".banner.failed").contains("Disconnected: Access was revoked in Lever"),
        "{}",
        page.html
    );
    assert!(!page.text("button").contains("Preview"), "the form is gone");
    let log = there.portal.audit(&there.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "integration.disconnected").count(), 1);
    let webhook = there.portal.running.url.join(&before.webhook_path()).unwrap();
    let answer = reqwest::Client::new().post(webhook).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::GONE);

    let to_lever = there.admin.press(&page, "Reconnect", &[]).await;
    let state = parameter(&to_lever.location.unwrap().parse().unwrap(), "state").unwrap();
    let denied = format!("/oauth/lever/callback?state={state}&error=access_denied");
    let denied = there.admin.get(&denied).await;
    assert_eq!(denied.text("h1"), "Access was not granted");
    let to_lever = there.admin.press(&denied, "Grant Access", &[]).await;
    let scene = &there.beside;
    let back = scene.decide(&to_lever.location.unwrap().parse().unwrap(), "accept").await;
    scene.admin.get(&back).await.leads_to(&path);
    let [after] = <[Integration; 1]>::try_from(scene.accounts().await).expect("still one account");
    assert_eq!(after.id, before.id);
    assert_eq!(after.state, State::Active);
    assert!(after.state_reason.is_none());
    assert_eq!(after.webhook_key, before.webhook_key);
    assert_eq!(after.settings.trigger_stage_id, before.settings.trigger_stage_id);
    assert_eq!(after.settings.blocked_origins, "internal");
    assert!(scene.portal.audit(&scene.company.id).await.contains(&"integration.reconnected".to_owned()));
}

async fn webhooks_in_lever(lever: &lever_sandbox::Running) -> Vec<Value> {
    let listed = control(lever, Method::GET, "webhooks", Value::Null).await;
    listed["data"].as_array().unwrap().clone()
}

on_both_databases!(Connected::start => webhooks_are_set_up_once_and_removed_on_disconnect);
async fn webhooks_are_set_up_once_and_removed_on_disconnect(there: Connected) {
    let path = configure(&there).await;
    let row = account(&there).await;
    let url = there.portal.running.url.join(&row.webhook_path()).unwrap();
    let by_hand = json!({"event": "candidateHired", "url": url.as_str()});
    there.control(Method::POST, "webhooks", by_hand).await;
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    let hooks = webhooks_in_lever(&there.lever).await;
    let made: Vec<_> = hooks.iter().filter(|hook| hook["madeBy"] == "api").collect();
    let mut kinds: Vec<_> = made.iter().map(|hook| hook["event"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    let expected = [
        "applicationCreated",
        "candidateArchiveChange",
        "candidateDeleted",
        "candidateHired",
        "candidateStageChange",
    ];
    assert_eq!(kinds, expected);
    for hook in &made {
        assert_eq!(hook["url"], url.as_str());
        if hook["event"] != "candidateDeleted" {
            assert_eq!(hook["origins"].as_array().unwrap().len(), 6, "all origins: {hook}");
        }
    }
    let page = there.admin.get(&format!("{path}/disconnect")).await;
    assert!(page.text("main").contains("Nobody is invited from this Lever account any longer"));
    let button = page.text("main button");
    there.admin.press(&page, &button, &[]).await.leads_to(&path);
    let left = webhooks_in_lever(&there.lever).await;
    assert_eq!(left.len(), 1, "only the one made by a person: {left:?}");
    assert_eq!(left[0]["madeBy"], "person");
    let ended = account(&there).await;
    assert_eq!(ended.state, State::Disconnected);
    assert!(ended.access_token_sealed.is_none() && ended.refresh_token_sealed.is_none());
    let id: IntegrationId = there.integration;
    assert!(there.portal.running.db.read(move |conn| tokens::valid(conn, &id)).await.unwrap().is_empty());
    let log = control(&there.lever, Method::GET, "requests", Value::Null).await;
    let log = log["data"].as_array().unwrap();
    assert!(
        log.iter().any(|call| call["path"] == "/oauth/revoke" && call["status"] == 200),
        "Lever was told"
    );
    assert!(there.admin.get(&path).await.text(".flash").contains("no longer has access to Lever"));
}

on_both_databases!(Connected::start => disconnecting_works_when_lever_is_down);
async fn disconnecting_works_when_lever_is_down(there: Connected) {
    let path = configure(&there).await;
    for target in ["api", "oauth"] {
        there.control(Method::POST, "faults", json!({"target": target, "kind": "close_before"})).await;
    }
    there.admin.post(&format!("{path}/disconnect"), &[]).await.leads_to(&path);
    assert_eq!(account(&there).await.state, State::Disconnected);
    let page = there.admin.get(&path).await;
    assert!(page.text(".flash").contains("Lever could not be notified"), "{}", page.text("main"));
}

on_both_databases!(Connected::start => what_lever_did_not_hear_at_the_end_is_told_later);
/// Lever is unwell while an account is disconnected: the portal's webhooks go and its access is given up once Lever answers.
async fn what_lever_did_not_hear_at_the_end_is_told_later(there: Connected) {
    let path = configure(&there).await;
    there.admin.post(&format!("{path}/webhooks"), &[]).await;
    let ours = async || {
        let all = webhooks_in_lever(&there.lever).await;
        all.iter().filter(|webhook| webhook["madeBy"] == "api").count()
    };
    assert_eq!(ours().await, 5);
    let unwell = json!({"target": "api", "kind": "status", "status": 503, "match": "DELETE /v1/webhooks/*"});
    there.control(Method::POST, "faults", unwell).await;
    there.admin.post(&format!("{path}/disconnect"), &[]).await.leads_to(&path);
    let said = there.admin.get(&path).await.text(".flash");
    assert!(said.contains("Lever could not be notified yet"), "{said}");
    let ended = account(&there).await;
    assert_eq!((ended.state, ours().await), (State::Disconnected, 5));
    assert!(ended.access_token_sealed.is_none() && ended.refresh_token_sealed.is_none());
    let work = there.admin.get("/settings/background-work").await.text("main");
    assert!(work.contains("Remove the portal from a disconnected Lever account"), "{work}");

    there.control(Method::DELETE, "faults", Value::Null).await;
    let id = there.integration;
    let due = move |conn: &mut Conn| job_queue::hasten(conn, JobKind::EndAccess, id.as_str(), Timestamp(0));
    assert!(there.portal.running.db.write(due).await.unwrap(), "it waits");
    until("Lever to be rid of the portal", PATIENCE, async || {
        let log = control(&there.lever, Method::GET, "requests", Value::Null).await;
        let log = log["data"].as_array().unwrap();
        let is_told = log.iter().any(|call| call["path"] == "/oauth/revoke" && call["status"] == 200);
        (is_told && ours().await == 0).then_some(())
    })
    .await;
    until("the row that says so", PATIENCE, async || {
        let log = there.admin.get("/audit").await.text("main");
        log.contains("Removed the portal from Lever").then_some(())
    })
    .await;
}

on_both_databases!(Connected::start => two_clicks_at_once_make_no_webhook_twice);
async fn two_clicks_at_once_make_no_webhook_twice(there: Connected) {
    let path = configure(&there).await;
    let setup = format!("{path}/webhooks");
    let hooks = webhooks_in_lever(&there.lever).await;
    for hook in hooks.iter().filter(|hook| hook["madeBy"] == "api") {
        let id = hook["id"].as_str().unwrap();
        there.control(Method::DELETE, &format!("webhooks/{id}"), Value::Null).await;
    }
    // Each call takes a while, so the clicks meet.
    let slow = json!({"target": "api", "kind": "latency", "ms": 100, "match": "/v1/webhooks"});
    there.control(Method::POST, "faults", slow).await;
    let clicks = futures_util::future::join_all((0..4).map(|_| there.admin.post(&setup, &[]))).await;
    for click in &clicks {
        click.leads_to(&path);
    }
    let hooks = webhooks_in_lever(&there.lever).await;
    let made = hooks.iter().filter(|hook| hook["madeBy"] == "api").count();
    assert_eq!(made, 5, "{hooks:?}");
    // The right to make them was given back.
    let again = there.admin.post(&setup, &[]).await;
    again.leads_to(&path);
    assert!(there.admin.get(&path).await.text(".flash").contains("already there"));
}

on_both_databases!(Connected::start => the_same_lever_account_twice_is_seen);
async fn the_same_lever_account_twice_is_seen(there: Connected) {
    let second = twin(&there).await;
    for id in [&second, &there.integration] {
        let page = there.admin.get(&format!("/settings/integrations/{id}")).await;
        let advice = page.text("section[aria-labelledby=diagnostics] li");
        assert!(advice.contains("This is the same Lever account as"), "{advice}");
    }
    let other = there.portal.company("Other Ltd").await;
    there.portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = there.portal.signed_in("eve@other.example").await;
    let third = grant(&there.lever, &eve).await;
    let page = eve.get(&format!("/settings/integrations/{third}")).await;
    assert!(!page.html.contains("same Lever account"), "another company's accounts are nobody's business");
}

on_both_databases!(Connected::start => webhooks_are_removed_also_while_lever_is_busy);
/// Access ends only afterwards: once it has, nobody could remove them.
async fn webhooks_are_removed_also_while_lever_is_busy(there: Connected) {
    let path = configure(&there).await;
    for status in [429, 503] {
        let busy =
            json!({"target": "api", "kind": "status", "status": status, "match": "/v1/webhooks*", "next": 2});
        there.fault(busy).await;
    }
    let page = there.admin.get(&format!("{path}/disconnect")).await;
    let button = page.text("main button");
    there.admin.press(&page, &button, &[]).await.leads_to(&path);
    let left = webhooks_in_lever(&there.lever).await;
    assert!(left.iter().all(|hook| hook["madeBy"] != "api"), "{left:?}");
    let log = control(&there.lever, Method::GET, "requests", Value::Null).await;
    let calls: Vec<(String, i64)> = log["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            let text = format!("{} {}", call["method"].as_str().unwrap(), call["path"].as_str().unwrap());
            (text, call["status"].as_i64().unwrap_or_default())
        })
        .collect();
    let refused = calls.iter().filter(|(text, status)| text.contains("/webhooks") && *status >= 429).count();
    assert_eq!(refused, 4, "{calls:?}");
    let last = |wanted: &str| calls.iter().rposition(|(text, _)| text.starts_with(wanted)).unwrap();
    assert!(last("DELETE /v1/webhooks") < last("POST /oauth/revoke"), "access ended before: {calls:?}");
}
