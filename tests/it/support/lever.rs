//! A portal beside a Lever sandbox: connecting, configuring, and what happens in Lever.

use super::portal::{PASSWORD, Portal};
use super::visitor::Visitor;
use alva_portal::db::Backend;
use alva_portal::events::Event;
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::{SigningToken, State, store, tokens};
use alva_portal::people::{Company, Role};
use diesel::prelude::*;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;

/// An account that is there without a Lever: for what does not call it.
pub async fn unconnected(
    portal: &Portal,
    company: &Company,
    state: State,
    secrets: &[&str],
) -> IntegrationId {
    use alva_portal::integrations::Environment;
    use alva_portal::lever::Hosts;
    use alva_portal::time::Timestamp;
    let id = IntegrationId::new();
    let row = store::Integration {
        id: id.clone(),
        company_id: company.id.clone(),
        account_name: "Acme in Lever".into(),
        environment: Environment::Production,
        hosts: serde_json::to_string(&Hosts::production()).unwrap(),
        state,
        state_reason: String::new(),
        webhook_key: format!("key-{id}"),
        granted_by: None,
        granted_at: Some(Timestamp::now()),
        scopes: String::new(),
        access_token_sealed: None,
        refresh_token_sealed: None,
        access_expires_at: None,
        grant_version: 0,
        refresh_claimed_until: Timestamp(0),
        trigger_stage_id: None,
        progression_stage_id: None,
        blocked_origins: String::new(),
        settings_version: 0,
        // Leased to nobody for long: the worker leaves it alone.
        lease_owner: Some("a test".into()),
        lease_until: Timestamp(i64::MAX),
        signature_failing_since: None,
        created_at: Timestamp::now(),
        updated_at: Timestamp::now(),
    };
    let sealer = portal.sealer();
    let fresh: Vec<SigningToken> =
        secrets.iter().map(|secret| SigningToken::new(&id, &SecretString::from(*secret), &sealer)).collect();
    portal
        .write(move |conn| {
            store::insert(conn, &row)?;
            for token in &fresh {
                tokens::add(conn, token)?;
            }
            Ok(())
        })
        .await;
    id
}

/// The events of an account, oldest first.
pub async fn events(portal: &Portal, integration: &IntegrationId) -> Vec<Event> {
    use alva_portal::db::schema::events::dsl;
    let id = integration.clone();
    portal
        .write(move |conn| {
            Ok(dsl::events
                .filter(dsl::integration_id.eq(&id))
                .order(dsl::id.asc())
                .select(Event::as_select())
                .load(conn)
                .map_err(alva_portal::db::DbError::from)?)
        })
        .await
}

/// A portal connected to a Lever sandbox of its own, with a company and its admin.
pub struct Connected {
    pub portal: Portal,
    pub lever: lever_sandbox::Running,
    pub company: Company,
    pub admin: Visitor,
    pub integration: IntegrationId,
}

impl Connected {
    /// Grants access as an admin does; nothing is configured yet.
    pub async fn start(backend: Backend) -> Self {
        let (portal, lever) = Portal::with_lever(backend, lever_sandbox::Options::default()).await;
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        let admin = portal.signed_in("ada@acme.example").await;
        let integration = grant(&portal, &lever, &admin).await;
        Self { portal, lever, company, admin, integration }
    }

    /// Calls the sandbox's control API.
    pub async fn control(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox/{path}", self.lever.url);
        let answer = reqwest::Client::new().request(method, url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    }
}

/// Through Lever's log-in and consent, and back; answers the account that came of it.
pub async fn grant(portal: &Portal, lever: &lever_sandbox::Running, admin: &Visitor) -> IntegrationId {
    consent(portal, lever, admin, ("environment", "custom")).await
}

/// The same for an account that is connected again.
pub async fn grant_again(
    portal: &Portal,
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    account: &IntegrationId,
) -> IntegrationId {
    consent(portal, lever, admin, ("integration", account.as_str())).await
}

async fn consent(
    portal: &Portal,
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    what: (&str, &str),
) -> IntegrationId {
    let to_lever = admin.post("/settings/integrations/lever/grant", &[what]).await;
    assert_eq!(to_lever.status, StatusCode::SEE_OTHER, "{}", to_lever.html);
    let dana = Visitor::of(lever.url.parse().unwrap());
    let mut page = dana.get(&to_lever.location.unwrap()).await;
    if let Some(login) = &page.location {
        page = dana.get(login).await;
    }
    let credentials = [("email", lever.admin_email.as_str()), ("password", lever.admin_password.as_str())];
    let consent = dana.press(&page, "Log in", &credentials).await;
    let consent = dana.get(&consent.location.expect("on to the consent page")).await;
    let back =
        dana.press(&consent, "Accept", &[("decision", "accept")]).await.location.expect("back to the portal");
    let done = admin.get(&back).await;
    let path = done.location.unwrap_or_else(|| panic!("to the account's page: {}", done.html));
    let id =
        path.trim_start_matches("/settings/integrations/").split(['?', '#', '/']).next().unwrap().to_owned();
    let _ = (portal, PASSWORD);
    IntegrationId::parse(&id).unwrap_or_else(|| panic!("an account's page: {path}"))
}
