//! Connecting an account, and its life afterwards.

mod acting;
mod answers;
mod browser;
mod grants;
mod life;
mod lost;
mod parts;
mod same_account;
mod several;
mod test_event;

use crate::support::fixture::{Beside, Fixture};
use crate::support::lever::consent::grant;
use crate::support::lever::{Connected, control};
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use alva_portal::config::LeverApp;
use alva_portal::db::schema::{integrations, oauth_flows};
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::oauth::access_tokens::AccessError;
use alva_portal::integrations::oauth::lever_account::{self, LeverAccount};
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{Connections, Integration, State, stages, store};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Hosts, ScopeSet};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

pub const GRANT: &str = "/settings/integrations/lever/grant";

/// Beside a Lever with people in it, of a company that has a second admin.
pub async fn scene(backend: Backend) -> Beside {
    let there = Fixture::on(backend).with_people().beside_lever().await;
    there.portal.person(&there.company, "bea@acme.example", Role::Admin).await;
    there
}

impl Beside {
    /// **Grant Access**: where the browser is sent.
    pub async fn ask(&self) -> Url {
        let answer = self.admin.post(GRANT, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        answer.location.unwrap().parse().unwrap()
    }

    /// Logs in at Lever and decides; answers where Lever sends the browser back to.
    pub async fn decide(&self, url: &Url, decision: &str) -> String {
        let dana = Visitor::of(self.lever.url.parse().unwrap());
        let mut page = dana.get(url.as_str()).await;
        if let Some(login) = &page.location {
            page = dana.get(login).await;
        }
        let (email, password) = (self.lever.admin_email.as_str(), self.lever.admin_password.as_str());
        let done = dana.press(&page, "Log in", &[("email", email), ("password", password)]).await;
        let consent = dana.get(&done.location.expect("on to the consent page")).await;
        // Who granted the same before is not asked again.
        if let Some(back) = consent.location {
            return back;
        }
        let back = dana.press(&consent, "Accept", &[("decision", decision)]).await;
        back.location.unwrap_or_else(|| panic!("back to the portal: {}", back.html))
    }

    pub async fn accounts(&self) -> Vec<Integration> {
        let company = self.company.id;
        self.portal.running.db.read(move |conn| store::list(conn, &company)).await.unwrap()
    }

    /// Changes the flows that were begun.
    pub async fn flows(&self, change: impl FnOnce(&mut Conn) -> QueryResult<usize> + Send + 'static) {
        self.portal.write(move |conn| Ok(change(conn).map_err(DbError::from)?)).await;
    }
}

/// So many successful calls of Lever's token endpoint.
pub async fn token_calls(lever: &lever_sandbox::Running) -> usize {
    let log = control(lever, Method::GET, "requests", Value::Null).await;
    let log = log["data"].as_array().cloned().unwrap_or_default();
    log.iter().filter(|call| call["path"] == "/oauth/token").count()
}

/// A way to a page that says what happened and how to go on.
#[track_caller]
pub fn explains(page: &Page, status: StatusCode, title: &str) {
    assert_eq!((page.status, page.text("h1").as_str()), (status, title), "{}", page.html);
    assert!(page.text("main a").contains("Grant Access"), "a way to begin again: {}", page.html);
}

/// A second connection of the same company to the same Lever account, as there may be from before the portal
/// knew accounts by their id: it is made while the first one is taken for another account's.
pub async fn twin(there: &Connected) -> IntegrationId {
    let first = there.integration;
    let elsewhere = move |conn: &mut Conn| {
        let known = lever_account::of_integration(conn, &first)?;
        let elsewhere = LeverAccount { account_id: Some("another-account".to_owned()), ..known };
        Ok(lever_account::put(conn, &elsewhere)?)
    };
    there.portal.write(elsewhere).await;
    let second = grant(&there.lever, &there.admin).await;
    assert_ne!(second, first);
    second
}

/// A parameter of an address.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
