//! Single sign-on: a company's own provider, forged tokens, who is let in as whom, and a provider that is not ours.

mod fake;
mod forged;
mod independent;
mod settings;
mod who;

use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use alva_portal::db::Backend;
use alva_portal::people::{Company, Role};
use fake::{CLIENT, FakeProvider};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::HashMap;

pub const PAGE: &str = "/settings/company/sso";

/// The client's secret at each provider.
pub const SECRET: &str = "a-secret-of-32-letters-at-least!";

/// A portal whose company logs in at a provider.
pub struct There {
    pub portal: Portal,
    pub acme: Company,
    pub admin: Visitor,
    pub provider: FakeProvider,
}

/// Somebody on their way to the provider.
pub struct Going {
    pub visitor: Visitor,
    pub state: String,
    pub nonce: String,
    /// What the portal asks of the provider.
    pub asks: HashMap<String, String>,
}

/// The fields of the form for a provider at this address.
pub fn filled(issuer: &str) -> Vec<(&'static str, String)> {
    vec![
        ("provider", "other".to_owned()),
        ("issuer", issuer.to_owned()),
        ("client_id", CLIENT.to_owned()),
        ("client_secret", SECRET.to_owned()),
        ("domains", "acme.example".to_owned()),
        ("groups_claim", "groups".to_owned()),
        ("group_roles", String::new()),
        ("role_without_group", "member".to_owned()),
    ]
}

/// Saves the form with these fields in place of the usual ones.
pub async fn save(admin: &Visitor, issuer: &str, other: &[(&'static str, &str)]) -> Page {
    let mut fields = filled(issuer);
    for (name, value) in other {
        fields.retain(|(known, _)| known != name);
        fields.push((name, (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = admin.get(PAGE).await;
    admin.press(&page, "Save provider", &fields).await
}

impl There {
    pub async fn start(backend: Backend) -> Self {
        let (portal, provider) = (Portal::start(backend).await, FakeProvider::start().await);
        let acme = portal.company("Acme Inc").await;
        portal.person(&acme, "ada@acme.example", Role::Admin).await;
        let admin = portal.signed_in("ada@acme.example").await;
        save(&admin, &provider.issuer(), &[]).await.leads_to(PAGE);
        let there = Self { portal, acme, admin, provider };
        there.turn("optional").await;
        there
    }

    /// Turns it on or off.
    pub async fn turn(&self, state: &str) {
        let page = self.admin.get(PAGE).await;
        self.admin.press(&page, "Save use", &[("state", state)]).await.leads_to(PAGE);
    }

    /// Where people of the company begin.
    pub fn door(&self) -> String {
        format!("/login/sso/{}", self.acme.id)
    }

    pub async fn begin(&self) -> Going {
        let visitor = self.portal.visitor();
        let page = visitor.get(&self.door()).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.html);
        going(visitor, page.location.as_deref().unwrap())
    }

    /// Logs in with a token that is right but for what `change` does to its claims.
    pub async fn comes(
        &self,
        subject: &str,
        email: &str,
        change: impl FnOnce(&mut Value),
    ) -> (Visitor, Page) {
        let going = self.begin().await;
        let mut claims = self.provider.claims(&going.nonce, subject, email);
        change(&mut claims);
        // What it says beside the token is no more than whose it is.
        self.provider.say_of_person(json!({ "sub": subject }));
        self.provider.give(&self.provider.key.sign(&claims));
        let page = going.back().await;
        (going.visitor, page)
    }

    /// Logs in, and is let in.
    pub async fn enters(&self, subject: &str, email: &str) -> Visitor {
        let (visitor, page) = self.comes(subject, email, |_| {}).await;
        page.leads_to("/settings/integrations");
        assert!(visitor.is_signed_in().await);
        visitor
    }

    /// Is not let in, and reads why.
    pub async fn is_refused(&self, subject: &str, email: &str, title: &str, change: impl FnOnce(&mut Value)) {
        let (visitor, page) = self.comes(subject, email, change).await;
        assert_eq!((page.text("h1").as_str(), page.status), (title, StatusCode::FORBIDDEN), "{}", page.html);
        assert!(!visitor.is_signed_in().await);
    }
}

pub fn going(visitor: Visitor, address: &str) -> Going {
    let address = url::Url::parse(address).unwrap();
    let asks: HashMap<String, String> = address.query_pairs().into_owned().collect();
    Going { visitor, state: asks["state"].clone(), nonce: asks["nonce"].clone(), asks }
}

impl Going {
    /// The provider sends the browser back.
    pub async fn back(&self) -> Page {
        self.visitor.get(&format!("/login/sso/callback?code=c&state={}", self.state)).await
    }
}
