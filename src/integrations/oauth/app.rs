//! The portal as the sign-in service knows it: as which app it asks, at which addresses, and where the
//! tokens that it is given are kept.

use crate::config::LeverApp;
use crate::db::Db;
use crate::secrets::Sealer;
use lever_client::oauth::SetupError;
use lever_client::{Hosts, OAuth};
use url::Url;

pub(super) struct OAuthApp {
    pub(super) db: Db,
    pub(super) sealer: Sealer,
    pub(super) lever_app: Option<LeverApp>,
    /// The Lever that the configuration names.
    pub(super) hosts: Option<Hosts>,
    pub(super) redirect_uri: Url,
    pub(super) sign_in: reqwest::Client,
}

/// Why the portal cannot talk with Lever's sign-in service at all.
#[derive(Debug, thiserror::Error)]
pub enum OAuthSetupError {
    /// There is no app to ask as.
    #[error("LEVER_CLIENT_ID and LEVER_CLIENT_SECRET are not set")]
    NoApp,
    /// An address or TLS.
    #[error(transparent)]
    Client(#[from] SetupError),
}

impl OAuthApp {
    /// The portal as a client of the sign-in service at these addresses.
    ///
    /// # Errors
    /// When no app is configured.
    pub(super) fn oauth(&self, hosts: Hosts) -> Result<OAuth, OAuthSetupError> {
        let app = self.lever_app.as_ref().ok_or(OAuthSetupError::NoApp)?;
        let secret = app.client_secret.clone();
        let (http, back) = (self.sign_in.clone(), self.redirect_uri.as_str());
        Ok(OAuth::over(http, hosts, &app.client_id, secret, back)?)
    }
}
