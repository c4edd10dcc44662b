//! What every handler can reach.

use crate::alert_webhooks::Sender;
use crate::config::TrustedProxies;
use crate::db::Db;
use crate::integrations::Connections;
use crate::mail::Mailer;
use crate::people::Throttle;
use crate::secrets::{PasswordChecks, Sealer};
use crate::test_sessions::TestEngine;
use crate::webhooks::Intake;
use assessment::http_provider::HttpProvider;
use std::sync::Arc;
use tokio::sync::Notify;
use url::Url;

/// What every handler can reach.
pub struct AppState {
    pub db: Db,
    /// Seals and opens stored secrets.
    pub sealer: Sealer,
    /// Sends mail.
    pub mailer: Mailer,
    /// The way to connected accounts.
    pub connections: Connections,
    /// Posts alerts to machines.
    pub alerts: Sender,
    /// Where deliveries come in.
    pub intake: Intake,
    /// The tests that candidates take.
    pub engine: Arc<TestEngine>,
    /// The outside provider of tests, when there is one.
    pub outside_tests: Option<Arc<HttpProvider>>,
    /// Wakes the worker.
    pub work: Arc<Notify>,
    /// Checks passwords, so many at once.
    pub passwords: PasswordChecks,
    /// Slows down who tries passwords.
    pub throttle: Throttle,
    /// Which proxies are believed about where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// How people and Lever reach the portal.
    pub base_url: Url,
}

impl AppState {
    /// The full address of one of the portal's pages, for mails and messages.
    pub fn link(&self, path: &str) -> Url {
        self.base_url.join(path).expect("our paths are valid")
    }
}
