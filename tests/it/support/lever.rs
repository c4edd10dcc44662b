//! A portal beside a Lever sandbox: connecting, configuring, and what happens in Lever.

use super::portal::Portal;
use super::proxy::Proxy;
use super::visitor::Visitor;
use alva_portal::db::Backend;
use alva_portal::events::Event;
use alva_portal::ids::{CompanyId, IntegrationId};
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{Environment, SigningToken, State, store};
use alva_portal::people::{Company, Role};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use lever_client::Hosts;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;

/// An account's row, with an address for deliveries and without tokens.
pub fn account(id: IntegrationId, company: CompanyId, state: State) -> store::Integration {
    let hosts = serde_json::to_string(&Hosts::production()).unwrap();
    let new = store::Integration::new(&company, "Acme in Lever", Environment::Production, &hosts);
    let granted_at = Some(Timestamp::now());
    store::Integration { webhook_key: format!("key-{id}"), id, state, granted_at, ..new }
}

/// An account that is there without a Lever: for what does not call it.
pub async fn unconnected(
    portal: &Portal,
    company: &Company,
    state: State,
    secrets: &[&str],
) -> IntegrationId {
    let id = IntegrationId::new();
    // Leased to nobody for long: the worker leaves it alone.
    let lease = (Some("a test".into()), Timestamp(i64::MAX));
    let row =
        store::Integration { lease_owner: lease.0, lease_until: lease.1, ..account(id, company.id, state) };
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
    let id = *integration;
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

/// A Lever account without candidates.
fn nobody() -> lever_sandbox::Options {
    lever_sandbox::Options { opportunities: 0, ..Default::default() }
}

impl Connected {
    /// Grants access as an admin does; nothing is configured yet. Nobody is in Lever, so that saving
    /// settings invites nobody by the way.
    pub async fn start(backend: Backend) -> Self {
        Self::granted(Portal::with_lever(backend, nobody()).await).await
    }

    /// The same, with a proxy between the portal and Lever.
    pub async fn behind_proxy(
        backend: Backend,
        prepare: impl AsyncFnOnce(&Proxy, &lever_sandbox::Running),
    ) -> (Self, Proxy) {
        let (portal, lever, proxy) = Portal::with_lever_behind_proxy(backend, nobody()).await;
        prepare(&proxy, &lever).await;
        (Self::granted((portal, lever)).await, proxy)
    }

    async fn granted((portal, lever): (Portal, lever_sandbox::Running)) -> Self {
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        let admin = portal.signed_in("ada@acme.example").await;
        let integration = grant(&lever, &admin).await;
        Self { portal, lever, company, admin, integration }
    }

    /// Connected, with the webhooks that the portal sets up, inviting from the stage "Assessment".
    pub async fn active(backend: Backend) -> Self {
        Self::start(backend).await.set_up().await
    }

    /// The same; its mail goes to a server that can refuse ([`Portal::refusals`]).
    pub async fn with_own_mail(backend: Backend) -> Self {
        Self::granted(Portal::with_lever_and_mail(backend, nobody()).await).await.set_up().await
    }

    /// The same, with tests that somebody else gives.
    pub async fn active_with_tests_at(backend: Backend, tests: [&str; 3]) -> Self {
        Self::granted(Portal::with_tests_at(backend, tests).await).await.set_up().await
    }

    /// Lets the portal set up the webhooks, and chooses the stage "Assessment".
    pub async fn set_up(self) -> Self {
        let there = self;
        let path = format!("/settings/integrations/{}", there.integration);
        assert_eq!(there.admin.post(&format!("{path}/webhooks"), &[]).await.status, StatusCode::SEE_OTHER);
        let page = there.admin.get(&path).await;
        let stage = there.stage("Assessment").await;
        let saved = there.admin.press(&page, "Save", &[("trigger_stage", &stage)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        there
    }

    /// Calls Lever's API as a customer's own script does.
    pub async fn api(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/v1/{path}", self.lever.url);
        let mut request =
            reqwest::Client::new().request(method, url).basic_auth(&self.lever.api_key, Some(""));
        if !body.is_null() {
            request = request.json(&body);
        }
        // Who looks often meets the rate limit, as a customer's script would.
        let answer = super::wait::until(path, super::wait::PATIENCE, async || {
            let answer = request.try_clone().unwrap().send().await.unwrap();
            (answer.status() != StatusCode::TOO_MANY_REQUESTS).then_some(answer)
        })
        .await;
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    }

    /// The id of a stage in Lever.
    pub async fn stage(&self, name: &str) -> String {
        let stages = self.api(reqwest::Method::GET, "stages", Value::Null).await;
        let there = stages["data"].as_array().unwrap().iter().find(|stage| stage["text"] == name).cloned();
        there.unwrap_or_else(|| panic!("a stage called {name}"))["id"].as_str().unwrap().to_owned()
    }

    /// Somebody new in Lever, in the stage for new applicants; answers the opportunity.
    pub async fn candidate(&self, fields: Value) -> Value {
        let made = self.control(reqwest::Method::POST, "opportunities", fields).await;
        made["data"].clone()
    }

    /// Moves somebody in Lever.
    pub async fn move_to(&self, opportunity: &Value, stage: &str) {
        let id = opportunity["id"].as_str().unwrap();
        let stage = self.stage(stage).await;
        let body = serde_json::json!({ "stage": stage });
        self.control(reqwest::Method::POST, &format!("opportunities/{id}/move"), body).await;
    }

    /// Waits until all events of an opportunity are in a final state, so many at least; answers them.
    pub async fn worked(&self, opportunity: &Value, at_least: usize) -> Vec<Event> {
        let id = opportunity["id"].as_str().unwrap().to_owned();
        super::wait::until(&format!("{at_least} worked events"), super::wait::PATIENCE, async || {
            let all = events(&self.portal, &self.integration).await;
            let of_it: Vec<Event> =
                all.into_iter().filter(|event| event.opportunity_id.as_deref() == Some(&id)).collect();
            let is_final = of_it.iter().all(|event| event.finished_at.is_some());
            (of_it.len() >= at_least && is_final).then_some(of_it)
        })
        .await
    }

    /// Mails in the sandbox's inbox to this address.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let mails = self.control(reqwest::Method::GET, "mail", Value::Null).await;
        let of_them = mails["data"].as_array().unwrap().iter();
        of_them.filter(|mail| mail["to"].as_str().unwrap().contains(address)).cloned().collect()
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
pub async fn grant(lever: &lever_sandbox::Running, admin: &Visitor) -> IntegrationId {
    consent(lever, admin, ("environment", "custom")).await
}

/// The same for an account that is connected again.
pub async fn grant_again(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    account: &IntegrationId,
) -> IntegrationId {
    consent(lever, admin, ("integration", account.as_str())).await
}

/// The same, where Lever's consent does not give these permissions: its app has fewer than the portal asks
/// for.
pub async fn grant_less(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    account: &IntegrationId,
    without: &[&str],
) -> IntegrationId {
    consent_without(lever, admin, ("integration", account.as_str()), without).await
}

async fn consent(lever: &lever_sandbox::Running, admin: &Visitor, what: (&str, &str)) -> IntegrationId {
    consent_without(lever, admin, what, &[]).await
}

async fn consent_without(
    lever: &lever_sandbox::Running,
    admin: &Visitor,
    what: (&str, &str),
    without: &[&str],
) -> IntegrationId {
    let to_lever = admin.post("/settings/integrations/lever/grant", &[what]).await;
    assert_eq!(to_lever.status, StatusCode::SEE_OTHER, "{}", to_lever.html);
    let dana = Visitor::of(lever.url.parse().unwrap());
    let mut asked: url::Url = to_lever.location.unwrap().parse().unwrap();
    // The browser goes to Lever itself, also where a proxy stands before it.
    asked.set_port(lever.url.parse::<url::Url>().unwrap().port()).unwrap();
    let pairs: Vec<(String, String)> = asked.query_pairs().into_owned().collect();
    asked.query_pairs_mut().clear().extend_pairs(pairs.into_iter().map(|(name, value)| {
        let left = value.split(' ').filter(|scope| !without.contains(scope)).collect::<Vec<_>>().join(" ");
        if name == "scope" { (name, left) } else { (name, value) }
    }));
    let mut page = dana.get(asked.as_str()).await;
    if let Some(login) = &page.location {
        page = dana.get(login).await;
    }
    let credentials = [("email", lever.admin_email.as_str()), ("password", lever.admin_password.as_str())];
    let consent = dana.press(&page, "Log in", &credentials).await;
    let consent = dana.get(&consent.location.expect("on to the consent page")).await;
    // Who granted the same before is not asked again.
    let back = match consent.location.clone() {
        Some(back) => back,
        None => {
            let accepted = dana.press(&consent, "Accept", &[("decision", "accept")]).await;
            accepted.location.expect("back to the portal")
        }
    };
    let done = admin.get(&back).await;
    let path = done.location.unwrap_or_else(|| panic!("to the account's page: {}", done.html));
    let id =
        path.trim_start_matches("/settings/integrations/").split(['?', '#', '/']).next().unwrap().to_owned();
    IntegrationId::parse(&id).unwrap_or_else(|| panic!("an account's page: {path}"))
}
