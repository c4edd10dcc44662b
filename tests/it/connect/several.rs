//! Two Lever accounts of one company at work, each in a Lever of its own: what belongs to one never
//! reaches the other.

use super::*;
use crate::support::lever::events;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use std::mem::swap;

/// The account that is not looked at.
type Other = (lever_sandbox::Running, IntegrationId);

fn turn(there: &mut Connected, other: &mut Other) {
    swap(&mut there.lever, &mut other.0);
    swap(&mut there.integration, &mut other.1);
}

/// Connects a second account: what its own Lever's consent would have given, since a test's portal is
/// told of one custom Lever only.
async fn second(there: &Connected) -> Other {
    let client = lever_sandbox::Client {
        id: "test-client".into(),
        secret: "test-secret".into(),
        name: "Alva Labs".into(),
        redirect_uris: Vec::new(),
    };
    let options = lever_sandbox::Options {
        opportunities: 0,
        clients: vec![client],
        ..lever_sandbox::Options::default()
    };
    let lever = lever_sandbox::start(options).await.unwrap();
    let id = twin(there).await;
    let (asked, sealer) = (id, there.portal.sealer());
    let scopes = there.portal.running.db.read(move |conn| store::get(conn, &asked)).await.unwrap().scopes;
    let body = json!({"client_id": "test-client", "scope": scopes});
    let request = reqwest::Client::new().post(format!("{}/sandbox/tokens", lever.url)).json(&body);
    let tokens: Value = request.send().await.unwrap().json().await.unwrap();
    let sealed = |column: &str| {
        let token = tokens["data"][column].as_str().unwrap().to_owned();
        Some(sealer.seal(&token.into(), &store::place(column, &id)))
    };
    let hosts = serde_json::to_string(&Hosts::from_settings(&lever.url, &lever.url, None).unwrap()).unwrap();
    let (row, access, refresh) = (id, sealed("access_token"), sealed("refresh_token"));
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&row))
                .set((
                    integrations::hosts.eq(hosts),
                    integrations::access_token_sealed.eq(access),
                    integrations::refresh_token_sealed.eq(refresh),
                    integrations::account_name.eq("Acme Europe"),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    (lever, id)
}

/// Somebody who is moved to the trigger stage of the account that is looked at.
async fn moved(there: &Connected, name: &str, email: &str) {
    let fields =
        json!({"name": name, "email": email, "origin": "applied", "stage": "New applicant", "silent": true});
    let person = there.candidate(fields).await;
    there.move_to(&person, "Assessment").await;
    let worked = there.worked(&person, 1).await;
    assert!(worked.iter().any(|event| event.outcome.as_str() == "invited"), "{worked:?}");
    until("the tag in the account's own Lever", PATIENCE, async || {
        let path = format!("opportunities/{}", person["id"].as_str().unwrap());
        let now = there.api(Method::GET, &path, Value::Null).await;
        now["data"]["tags"].to_string().contains("Alva: Invited").then_some(())
    })
    .await;
}

on_both_databases!(Connected::active => are_kept_apart);
async fn are_kept_apart(mut there: Connected) {
    let mut other = second(&there).await;
    turn(&mut there, &mut other);
    let mut there = there.set_up().await;
    moved(&there, "Eve Europe", "eve@europe.example").await;
    turn(&mut there, &mut other);
    moved(&there, "Ada America", "ada@america.example").await;
    // One mail each, and each account's log is its own.
    for address in ["eve@europe.example", "ada@america.example"] {
        assert_eq!(there.mails_to(address).await.len(), 1, "{address}");
    }
    let (own, others) = (there.integration, other.1);
    let candidates = there.admin.get("/candidates").await;
    for (account, name) in [(&own, "Ada America"), (&others, "Eve Europe")] {
        assert!(candidates.text("table").contains(name));
        let log = there.admin.get(&format!("/events?integration={account}")).await;
        let all = events(&there.portal, account).await;
        assert!(all.iter().all(|event| log.html.contains(event.id.as_str())), "{name}");
        let strangers = if account == &own { &others } else { &own };
        let strange = events(&there.portal, strangers).await;
        assert!(!strange.iter().any(|event| log.html.contains(event.id.as_str())), "{name}");
    }
    // Revoked in one Lever, the other goes on.
    turn(&mut there, &mut other);
    there.control(Method::POST, "revoke", json!({})).await;
    there.admin.post(&format!("/settings/integrations/{}/sync", there.integration), &[]).await;
    let state = async |id: IntegrationId| {
        there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap().state
    };
    until("the revoked account to be disconnected", PATIENCE, async || {
        (state(others).await == State::Disconnected).then_some(())
    })
    .await;
    assert_eq!(state(own).await, State::Active);
    turn(&mut there, &mut other);
    moved(&there, "Max America", "max@america.example").await;
}
