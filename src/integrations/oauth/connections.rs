//! The way to connected accounts: which app asks, at which addresses, with which tokens.

pub use super::call_error::CallError;
use super::refusal::{self, Refusal};
use super::{acting, lever_account};
use crate::config::LeverApp;
use crate::db::Db;
use crate::ids::IntegrationId;
use crate::integrations::oauth::access_tokens;
use crate::integrations::oauth::access_tokens::{AccessError, Token};
use crate::integrations::oauth::app::{OAuthApp, OAuthSetupError};
use crate::integrations::schedule::watch;
use crate::integrations::{Environment, alerts, stages, store};
use crate::metrics::metrics;
use crate::secrets::Sealer;
use crate::time::Timestamp;
use lever_client::http::HttpError;
use lever_client::{Api, Client, Hosts, OAuth, RateLimit, Trace};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use url::Url;

/// How long a call to Lever's API may take.
const CALL: Duration = Duration::from_secs(20);

/// How long Lever's sign-in service may take.
const SIGN_IN: Duration = Duration::from_secs(20);

/// What it takes to reach connected accounts. Cheap to clone.
#[derive(Clone)]
pub struct Connections(Arc<Parts>);

struct Parts {
    app: Arc<OAuthApp>,
    http: reqwest::Client,
    /// One client an account, because the rate limit is the account's.
    clients: Mutex<HashMap<IntegrationId, (Url, Client)>>,
    /// Which token of an account came last because Lever refused the one before, and when.
    renewals: Mutex<HashMap<IntegrationId, (i64, Instant)>>,
}

/// A token that was renewed so lately is not renewed again because it is refused: one record that Lever refuses would have
/// a token renewed for each attempt.
const LATELY: Duration = Duration::from_secs(60);

impl Connections {
    /// The way to accounts of the configured app. `hosts`: the Lever that the configuration names.
    ///
    /// `extra_authorities`, in PEM, are trusted beside the system's.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        db: Db,
        sealer: Sealer,
        app: Option<LeverApp>,
        hosts: Option<Hosts>,
        base_url: &Url,
        extra_authorities: &[u8],
    ) -> Result<Self, HttpError> {
        let mut redirect_uri = base_url.clone();
        redirect_uri.set_path("/oauth/lever/callback");
        let named = |timeout| lever_client::http::Settings {
            user_agent: concat!("alva-portal/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_roots: extra_authorities.to_owned(),
            ..lever_client::http::Settings::new(timeout)
        };
        let (http, sign_in) = (named(CALL).client()?, named(SIGN_IN).client()?);
        let app = Arc::new(OAuthApp { db, sealer, lever_app: app, hosts, redirect_uri, sign_in });
        Ok(Self(Arc::new(Parts { app, http, clients: Mutex::default(), renewals: Mutex::default() })))
    }

    pub fn db(&self) -> &Db {
        &self.0.app.db
    }

    /// The client that calls Lever: it trusts what the operator trusts, and follows no redirect.
    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(crate) fn sealer(&self) -> &Sealer {
        &self.0.app.sealer
    }

    /// Whether there is an app to ask as.
    pub fn has_app(&self) -> bool {
        self.0.app.lever_app.is_some()
    }

    /// Where Lever sends people back to: to be registered with the app, byte for byte.
    pub fn redirect_uri(&self) -> &Url {
        &self.0.app.redirect_uri
    }

    /// The portal's address with this path.
    pub fn address_of(&self, path: &str) -> Url {
        let mut url = self.0.app.redirect_uri.clone();
        url.set_path(path);
        url
    }

    /// The environments that an admin can choose from; one when the configuration names a Lever.
    pub fn environments(&self) -> &'static [Environment] {
        match self.0.app.hosts {
            Some(_) => &[Environment::Custom],
            None => &[Environment::Production, Environment::Sandbox, Environment::Eu],
        }
    }

    /// The addresses of an environment that can be chosen.
    pub fn hosts_of(&self, environment: Environment) -> Option<Hosts> {
        match (environment, &self.0.app.hosts) {
            (Environment::Custom, hosts) => hosts.clone(),
            (_, Some(_)) => None,
            (Environment::Production, None) => Some(Hosts::production()),
            (Environment::Sandbox, None) => Some(Hosts::sandbox()),
            (Environment::Eu, None) => Some(Hosts::eu()),
        }
    }

    /// The portal as a client of the sign-in service at these addresses.
    ///
    /// # Errors
    /// When no app is configured.
    pub fn oauth(&self, hosts: Hosts) -> Result<OAuth, OAuthSetupError> {
        self.0.app.oauth(hosts)
    }

    /// The account's client with its rate limit.
    pub fn client(&self, id: &IntegrationId, api_url: &Url) -> Client {
        // The map is whole at any time.
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        match clients.get(id) {
            Some((url, client)) if url == api_url => client.clone(),
            _ => {
                let client = Client::new(self.0.http.clone(), api_url.clone(), RateLimit::default())
                    .observed_by(|call, took| metrics().called_lever(&call.method, call.status, took));
                clients.insert(*id, (api_url.clone(), client.clone()));
                client
            }
        }
    }

    /// A valid access token of an integration, refreshed when it must be.
    ///
    /// # Errors
    /// When there is no way in.
    pub async fn token(&self, id: &IntegrationId) -> Result<Token, AccessError> {
        access_tokens::token(&self.0.app, id).await
    }

    /// A newer access token than the one that Lever refused.
    ///
    /// # Errors
    /// When there is no way in.
    pub async fn renewed(&self, id: &IntegrationId, refused_version: i64) -> Result<Token, AccessError> {
        access_tokens::renewed(&self.0.app, id, refused_version).await
    }

    /// The account's API with a valid access token, and the token's version for
    /// `access_tokens::renewed` should Lever refuse it.
    ///
    /// # Errors
    /// When there is no way in.
    pub async fn api(&self, id: &IntegrationId) -> Result<(Api, i64), AccessError> {
        let token = self.token(id).await?;
        Ok((self.with_token(id, &token), token.version))
    }

    fn with_token(&self, id: &IntegrationId, token: &Token) -> Api {
        let api = self.client(id, &token.api_url).with_token(&token.access);
        match &token.acts_as {
            Some(user) => api.acting_as(user.clone()),
            None => api,
        }
    }

    /// Does `work` with the account's API. When Lever refuses the access token, it is refreshed once
    /// and `work` is done again; what a second refusal means, [`refusal::judged`] says.
    ///
    /// # Errors
    /// What `work` answers, or that there is no way in.
    pub async fn call<T, F>(&self, id: &IntegrationId, work: impl Fn(Api) -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, lever_client::Error>>,
    {
        let (mut api, mut version) = self.api(id).await?;
        let mut answer = work(api.clone()).await;
        if matches!(answer, Err(lever_client::Error::AccessGone { .. })) && !self.is_new(id, version) {
            let token = self.renewed(id, version).await?;
            self.0
                .renewals
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(*id, (token.version, Instant::now()));
            (api, version) = (self.with_token(id, &token), token.version);
            answer = work(api.clone()).await;
        }
        match answer {
            Err(lever_client::Error::AccessGone { status, message }) => {
                Err(self.refused(id, &api, version, (status, message)).await?)
            }
            Err(objection) if objection.is_about_acting_as() => self.in_anothers_name(id, api, &work).await,
            Err(refusal) if refusal.may_be_about_rights() => {
                self.in_a_higher_name(id, api, &work, refusal).await
            }
            answer => Ok(answer?),
        }
    }

    /// Whether this token came a moment ago, because the one before was refused.
    fn is_new(&self, id: &IntegrationId, version: i64) -> bool {
        // The map is whole at any time.
        let renewals = self.0.renewals.lock().unwrap_or_else(PoisonError::into_inner);
        renewals.get(id).is_some_and(|(renewed, at)| *renewed == version && at.elapsed() < LATELY)
    }

    /// What it means that Lever refused a new token with this status and message.
    async fn refused(
        &self,
        id: &IntegrationId,
        api: &Api,
        version: i64,
        (status, message): (u16, String),
    ) -> Result<CallError, AccessError> {
        Ok(match refusal::judged(&self.0.app, id, api, version).await? {
            Refusal::OfTheCall => lever_client::Error::OurFault { status: Some(status), message }.into(),
            Refusal::OfAccess(gone) => gone.into(),
            Refusal::Unclear(passing) => passing.into(),
        })
    }

    /// Does `work` in the name of another user, since Lever objects to the one that `api` acts as.
    async fn in_anothers_name<T, F>(
        &self,
        id: &IntegrationId,
        api: Api,
        work: &impl Fn(Api) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, lever_client::Error>>,
    {
        let Some(user) = acting::another(self.db(), id, &api, api.acts_as()).await? else {
            return Err(CallError::Nobody);
        };
        match work(api.acting_as(user)).await {
            Err(objection) if objection.is_about_acting_as() => {
                let id = *id;
                self.db().write(move |conn| lever_account::note_trouble(conn, &id, acting::NOBODY)).await?;
                Err(CallError::Nobody)
            }
            answer => Ok(answer?),
        }
    }

    /// Does `work` in the name of a user who may do more, since Lever does not allow it in the name of the one that `api`
    /// acts as. Refused there too, or with nobody who may do more, it is about the opportunity.
    async fn in_a_higher_name<T, F>(
        &self,
        id: &IntegrationId,
        api: Api,
        work: &impl Fn(Api) -> F,
        refusal: lever_client::Error,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, lever_client::Error>>,
    {
        let Some(user) = acting::with_more_rights(&api).await else { return Err(refusal.into()) };
        match work(api.acting_as(user.id.clone())).await {
            Ok(done) => {
                acting::keep(self.db(), id, &user, lever_account::ChosenBy::Instead).await?;
                Ok(done)
            }
            Err(again) if again.is_about_acting_as() || again.may_be_about_rights() => Err(refusal.into()),
            Err(other) => Err(other.into()),
        }
    }

    /// Like [`Connections::call`], for somebody who waits: gives up after `limit`.
    ///
    /// # Errors
    /// As there, or [`CallError::TooSlow`].
    pub async fn call_within<T, F>(
        &self,
        limit: Duration,
        id: &IntegrationId,
        work: impl Fn(Api) -> F,
    ) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, lever_client::Error>>,
    {
        tokio::time::timeout(limit, self.call(id, work)).await.unwrap_or(Err(CallError::TooSlow))
    }

    /// Asks Lever for the account's stages and keeps them; answers how many ms Lever took.
    ///
    /// # Errors
    /// When Lever could not be asked; the stages known before stay.
    pub async fn refresh_stages(
        &self,
        id: &IntegrationId,
        limit: Duration,
    ) -> Result<Option<i64>, CallError> {
        let trace = Trace::default();
        let asked = self.call_within(limit, id, |api| {
            let api = api.with_trace(trace.clone());
            async move { api.stages().await }
        });
        let listed = asked.await?;
        let call = trace.drain().pop();
        let took = call.as_ref().and_then(|call| i64::try_from(call.duration_ms).ok());
        let ahead = call.and_then(|call| Some(Timestamp::now().0 / 1000 - call.lever_time?.as_second()));
        let listed: Vec<_> = listed.into_iter().map(|stage| (String::from(stage.id), stage.text)).collect();
        let id = *id;
        self.0
            .app
            .db
            .write(move |conn| {
                let company = store::get(conn, &id)?.company_id;
                let integration = store::to_change(conn, &company, &id)?;
                if let Some(ahead) = ahead {
                    watch::clock(conn, &id, ahead)?;
                }
                if listed.is_empty() {
                    // No account is without stages: this is no reason to forget those that are known.
                    return Ok(());
                }
                stages::replace(conn, &integration, &listed)?;
                alerts::note_stages(conn, &integration)
            })
            .await?;
        Ok(took)
    }
}
