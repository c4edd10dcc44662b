//! The one way to a portal to test: alone, beside a Lever sandbox, or connected to it.

use super::lever::Connected;
use super::lever::consent::grant;
use super::mailbox::{Refusals, take_mail};
use super::portal::Portal;
use super::proxy::Proxy;
use super::visitor::Visitor;
use alva_portal::config::Settings;
use alva_portal::db::Backend;
use alva_portal::people::{Company, Role};
use lever_sandbox::{Client, Options, Running};
use std::net::TcpListener;
use std::sync::Arc;

/// A short logic test from a small bank: nobody here waits for a thousand tasks to be made.
const FEW: &str = r#"{"name": "a short test (no norm sample)",
    "logic": {"bank_size": 40, "stop": {"min_items": 3, "max_items": 3, "precision": 0.3}}}"#;

/// What a portal to test has around it. What is not asked for is as plain as can be: mail goes where it can be read, and
/// nobody is in Lever, so that saving settings invites nobody.
pub struct Fixture {
    backend: Backend,
    calibration: String,
    lever: Options,
    settings: Settings,
    is_proxied: bool,
    has_own_mail: bool,
    is_limited: bool,
}

/// A portal beside a Lever sandbox, with a company and its admin; nothing is connected yet.
pub struct Beside {
    pub portal: Portal,
    pub lever: Running,
    pub company: Company,
    pub admin: Visitor,
    pub proxy: Option<Proxy>,
}

impl Fixture {
    pub fn on(backend: Backend) -> Self {
        Self {
            backend,
            calibration: FEW.to_owned(),
            lever: Options { opportunities: 0, ..Options::default() },
            settings: Settings::default(),
            is_proxied: false,
            has_own_mail: false,
            is_limited: true,
        }
    }

    /// Tests after this calibration.
    pub fn calibrated(self, calibration: &str) -> Self {
        Self { calibration: calibration.to_owned(), ..self }
    }

    /// Another Lever.
    pub fn lever(self, lever: Options) -> Self {
        Self { lever, ..self }
    }

    /// People are in Lever, as the sandbox makes them.
    pub fn with_people(self) -> Self {
        self.lever(Options::default())
    }

    /// A proxy between the portal and Lever ([`Beside`]).
    pub fn behind_proxy(self) -> Self {
        Self { is_proxied: true, ..self }
    }

    /// Mail goes to a server that can refuse ([`Portal::refusals`]), not to the sandbox's.
    pub fn with_own_mail(self) -> Self {
        Self { has_own_mail: true, ..self }
    }

    /// Tests that somebody else gives: their address, token and signing secret.
    pub fn with_tests_at(self, [url, token, secret]: [&str; 3]) -> Self {
        let settings = Settings {
            tests_url: Some(url.to_owned()),
            tests_token: Some(token.to_owned().into()),
            tests_signing_secret: Some(secret.to_owned().into()),
            ..self.settings
        };
        Self { settings, ..self }
    }

    /// Lever limits nobody's calls: for tests that ask it far more often than the portal does.
    pub fn unlimited(self) -> Self {
        Self { is_limited: false, ..self }
    }

    /// Starts the portal without a Lever.
    pub async fn alone(self) -> Portal {
        let (letters, refusals) = (Arc::default(), Refusals::default());
        let smtp_url = Some(take_mail(Arc::clone(&letters), refusals.clone()).await.into());
        let settings = Settings { smtp_url, ..self.settings };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Portal::run(self.backend, (letters, refusals), listener, &self.calibration, settings).await
    }

    /// Starts it beside a Lever sandbox of its own.
    pub async fn beside_lever(self) -> Beside {
        let (letters, refusals) = (Arc::default(), Refusals::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let client = Client {
            id: "test-client".into(),
            secret: "test-secret".into(),
            name: "Alva Labs".into(),
            redirect_uris: vec![format!("{base}/oauth/lever/callback")],
        };
        let lever = lever_sandbox::start(Options { clients: vec![client], ..self.lever }).await.unwrap();
        let proxy = if self.is_proxied { Some(Proxy::start().await) } else { None };
        if let Some(proxy) = &proxy {
            proxy.forward_to(&lever.url);
        }
        let seen = proxy.as_ref().map_or(&lever.url, |proxy| &proxy.url);
        let smtp_url = match self.has_own_mail {
            true => take_mail(Arc::clone(&letters), refusals.clone()).await,
            false => format!("smtp://{}", lever.smtp_addr),
        };
        let settings = Settings {
            base_url: Some(base),
            lever_client_id: Some("test-client".into()),
            lever_client_secret: Some("test-secret".into()),
            lever_audience: proxy.as_ref().map(|_| format!("{}/v1/", lever.url)),
            lever_auth_url: Some(seen.clone()),
            lever_api_url: Some(seen.clone()),
            smtp_url: Some(smtp_url.into()),
            ..self.settings
        };
        let mail = (letters, refusals);
        let portal = Portal::run(self.backend, mail, listener, &self.calibration, settings).await;
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        let admin = portal.signed_in("ada@acme.example").await;
        let there = Beside { portal, lever, company, admin, proxy };
        if !self.is_limited {
            there.control(reqwest::Method::POST, "limits", serde_json::json!({"enabled": false})).await;
        }
        there
    }

    /// Starts it beside Lever, and grants access as an admin does; nothing is configured yet.
    pub async fn granted(self) -> Connected {
        self.beside_lever().await.granted().await
    }

    /// The same, with the webhooks that the portal sets up, inviting from the stage "Assessment".
    pub async fn active(self) -> Connected {
        self.granted().await.set_up().await
    }
}

impl Beside {
    /// Grants access, as an admin does.
    pub async fn granted(self) -> Connected {
        let integration = grant(&self.lever, &self.admin).await;
        Connected { beside: self, integration }
    }
}
