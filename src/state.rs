//! What every handler can reach.

use crate::alert_webhooks::Sender;
use crate::api_tokens;
use crate::audit::repeats::Repeats;
use crate::blocking::Few;
use crate::config::TrustedProxies;
use crate::db::Db;
use crate::ids::CompanyId;
use crate::integrations::Connections;
use crate::mail::Mailer;
use crate::people::{RefusedAttempts, Throttle};
use crate::secrets::{PasswordChecks, Sealer};
use crate::sso::SsoClient;
use crate::test_sessions::TestEngine;
use crate::webhooks::Intake;
use assessment::http_provider::HttpProvider;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify};
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
    /// Asks companies' own providers who somebody is.
    pub sso: SsoClient,
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
    /// Attempts that are refused faster than they are written down.
    pub refused_attempts: RefusedAttempts,
    /// Looks at results that are counted together.
    pub repeats: Repeats,
    /// Files that companies are being sent.
    pub exports: Few<CompanyId>,
    /// Counts the calls of each token of the API.
    pub api_limits: api_tokens::Limits,
    /// What whoever reads the metrics must know.
    pub metrics_token: Option<SecretString>,
    /// Where faults in its security are told.
    pub security_contact: Option<Url>,
    /// Whether the portal can work, as last looked.
    pub readiness: Readiness,
    /// How many integrations there are of each verdict, as last looked.
    pub standings: Standings,
    /// Which proxies are believed about where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// How people and Lever reach the portal.
    pub base_url: Url,
}

/// Whether the portal can work: asked of the database once a second at most, however often it is asked for.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Result<(), String>)>>);

impl Readiness {
    /// What was found within `fresh`, or what `look` finds now. Who asks meanwhile waits for the same answer.
    pub async fn within(
        &self,
        fresh: Duration,
        look: impl AsyncFnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        let mut last = self.0.lock().await;
        match &*last {
            Some((at, found)) if at.elapsed() < fresh => found.clone(),
            _ => {
                let found = look().await;
                *last = Some((Instant::now(), found.clone()));
                found
            }
        }
    }
}

/// How many integrations there are of each verdict, and how many candidates wait for each decision.
type Counts = [BTreeMap<String, i64>; 2];

/// How the integrations are doing in numbers, and when that was looked at.
#[derive(Default)]
pub struct Standings(Mutex<Option<(Instant, Counts)>>);

impl Standings {
    /// What was found within `fresh`, or what `look` finds now; nothing when it finds nothing.
    pub async fn within(
        &self,
        fresh: Duration,
        look: impl AsyncFnOnce() -> Option<Counts>,
    ) -> Option<Counts> {
        let mut last = self.0.lock().await;
        if last.as_ref().is_none_or(|(at, _)| at.elapsed() >= fresh) {
            *last = look().await.map(|found| (Instant::now(), found));
        }
        last.as_ref().map(|(_, found)| found.clone())
    }
}

impl AppState {
    /// The full address of one of the portal's pages, for mails and messages.
    pub fn link(&self, path: &str) -> Url {
        self.base_url.join(path).expect("our paths are valid")
    }
}
