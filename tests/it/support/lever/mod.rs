//! A portal beside a Lever sandbox: connecting, configuring, and what happens in Lever.

pub mod consent;
pub mod people;
mod work;

use super::fixture::{Beside, Fixture};
use super::portal::Portal;
use super::proxy::Proxy;
use super::wait::{PATIENCE, until};
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::events::Event;
use alva_portal::ids::{CompanyId, IntegrationId};
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{Environment, SigningToken, State, store};
use alva_portal::people::Company;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use lever_client::Hosts;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::Value;
use std::ops::{Deref, DerefMut};

/// The stage that invites, in the sandbox's account.
pub const TRIGGER: &str = "Assessment";

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

/// A portal connected to a Lever sandbox of its own ([`Fixture`]).
pub struct Connected {
    pub beside: Beside,
    pub integration: IntegrationId,
}

impl Deref for Connected {
    type Target = Beside;

    fn deref(&self) -> &Beside {
        &self.beside
    }
}

impl DerefMut for Connected {
    fn deref_mut(&mut self) -> &mut Beside {
        &mut self.beside
    }
}

/// The usual fixtures, by the names that tests begin with.
impl Connected {
    pub async fn start(backend: Backend) -> Self {
        Fixture::on(backend).granted().await
    }

    /// Set up, with the stage that invites ([`TRIGGER`]).
    pub async fn active(backend: Backend) -> Self {
        Fixture::on(backend).active().await
    }

    /// The same; its mail goes to a server that can refuse.
    pub async fn with_own_mail(backend: Backend) -> Self {
        Fixture::on(backend).with_own_mail().active().await
    }

    /// Granted; between the portal and Lever is a proxy that changes answers.
    pub async fn behind_proxy(backend: Backend) -> (Self, Proxy) {
        Fixture::on(backend).behind_proxy().beside_lever().await.granted().await.with_proxy()
    }

    /// The same, set up.
    pub async fn active_behind_proxy(backend: Backend) -> (Self, Proxy) {
        Fixture::on(backend).behind_proxy().active().await.with_proxy()
    }

    /// What stands between it and Lever, apart.
    pub fn with_proxy(mut self) -> (Self, Proxy) {
        let proxy = self.beside.proxy.take().expect("a fixture behind a proxy");
        (self, proxy)
    }

    /// Lets the portal set up the webhooks, and chooses the stage [`TRIGGER`].
    pub async fn set_up(self) -> Self {
        let path = self.page();
        assert_eq!(self.admin.post(&format!("{path}/webhooks"), &[]).await.status, StatusCode::SEE_OTHER);
        let page = self.admin.get(&path).await;
        let stage = self.stage(TRIGGER).await;
        let saved = self.admin.press(&page, "Save", &[("trigger_stage", &stage)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        assert_eq!(self.account().await.state, State::Active);
        self
    }
}

impl Connected {
    /// The path of the integration's page.
    pub fn page(&self) -> String {
        format!("/settings/integrations/{}", self.integration)
    }

    /// The path of the part of it on which is set who is invited.
    pub fn settings(&self) -> String {
        format!("{}/settings", self.page())
    }

    /// What a page says of what was just done.
    pub async fn flash(&self, path: &str) -> String {
        self.admin.get(path).await.text(".flash")
    }

    /// The integration's row.
    pub async fn account(&self) -> store::Integration {
        let id = self.integration;
        self.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
    }

    /// Its events, oldest first.
    pub async fn events(&self) -> Vec<Event> {
        events(&self.portal, &self.integration).await
    }

    /// What the company's audit log says was done, oldest first.
    pub async fn audit(&self) -> Vec<String> {
        self.portal.audit(&self.company.id).await
    }

    /// Changes rows.
    pub async fn change(&self, change: impl FnOnce(&mut Conn) -> Result<(), DbError> + Send + 'static) {
        self.portal.write(move |conn| Ok(change(conn)?)).await;
    }
}

/// The sandbox, as a customer and as a test use it.
impl Beside {
    /// Calls Lever's API as a customer's own script does.
    pub async fn api(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let url = format!("{}/v1/{path}", self.lever.url);
        let mut request =
            reqwest::Client::new().request(method, url).basic_auth(&self.lever.api_key, Some(""));
        if !body.is_null() {
            request = request.json(&body);
        }
        // Who looks often meets the rate limit, as a customer's script would.
        let answer = until(path, PATIENCE, async || {
            let answer = request.try_clone().unwrap().send().await.unwrap();
            (answer.status() != StatusCode::TOO_MANY_REQUESTS).then_some(answer)
        })
        .await;
        read(path, answer).await
    }

    /// Calls the sandbox's control API.
    pub async fn control(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        control(&self.lever, method, path, body).await
    }

    /// Lever has a fault from now on.
    pub async fn fault(&self, fault: Value) {
        self.control(reqwest::Method::POST, "faults", fault).await;
    }

    /// The id of a stage in Lever.
    pub async fn stage(&self, name: &str) -> String {
        let stages = self.api(reqwest::Method::GET, "stages", Value::Null).await;
        let there = stages["data"].as_array().unwrap().iter().find(|stage| stage["text"] == name).cloned();
        there.unwrap_or_else(|| panic!("a stage called {name}"))["id"].as_str().unwrap().to_owned()
    }
}

/// Calls a sandbox's control API.
pub async fn control(
    lever: &lever_sandbox::Running,
    method: reqwest::Method,
    path: &str,
    body: Value,
) -> Value {
    let url = format!("{}/sandbox/{path}", lever.url);
    read(path, reqwest::Client::new().request(method, url).json(&body).send().await.unwrap()).await
}

async fn read(path: &str, answer: reqwest::Response) -> Value {
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert!(status.is_success(), "{path}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
