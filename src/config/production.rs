//! What a portal that others reach must have: an encrypted way to it, and nothing that was made for trying out.

use super::error::ConfigError;
use super::{Config, LeverApp, operators};
use crate::secrets::Sealer;
use secrecy::ExposeSecret as _;

impl Config {
    /// An address that others reach is one that people rely on: it is https, and nothing behind it is a
    /// trial's default.
    ///
    /// # Errors
    /// Says what is a trial's, and what to set.
    pub fn check_production(&self) -> Result<(), ConfigError> {
        self.check_address()?;
        self.check_demo()?;
        self.check_secrets()
    }

    /// That nobody on the way can read and change what is sent.
    fn check_address(&self) -> Result<(), ConfigError> {
        match self.base_url.clone() {
            None if self.bind.ip().to_canonical().is_loopback() => Ok(()),
            None => Err(super::value(
                "BIND",
                &self.bind.to_string(),
                "listening beyond this machine needs a BASE_URL with https, such as \
                 https://alva.example.com; without one, bind to 127.0.0.1",
            )),
            Some(url) if url.scheme() == "https" => Ok(()),
            // A proxy on this machine reaches a loopback address; so does nobody else.
            Some(url) if operators::is_this_machine(&url) && self.bind.ip().to_canonical().is_loopback() => {
                Ok(())
            }
            Some(url) if operators::is_this_machine(&url) => Err(super::value(
                "BIND",
                &self.bind.to_string(),
                "others can reach this address, but BASE_URL is this machine's; set BASE_URL to the https \
                 address that they use, or bind to 127.0.0.1",
            )),
            Some(base_url) => {
                let reason =
                    "with http, anyone in between can read and change the traffic. Put a TLS proxy in front \
                     of the portal and use its https address"
                        .to_owned();
                Err(ConfigError::NotForProduction { base_url, reason })
            }
        }
    }

    /// That nothing but the demo runs on what the demo made, wherever it is reached.
    ///
    /// # Errors
    /// Says what is the demo's, and what to set.
    pub fn check_demo(&self) -> Result<(), ConfigError> {
        if self.is_demo || !Sealer::is_of_demo(&self.secret_key_file) {
            return Ok(());
        }
        let key = self.secret_key_file.display();
        Err(super::value(
            "SECRET_KEY_FILE",
            &key.to_string(),
            "this key was made by `alva-portal demo`, for throw-away data; name another file, which is \
             created at the first start, or create a new key with `alva-portal keys rotate`",
        ))
    }

    /// That a portal with an https address runs on a key and credentials that somebody chose for it.
    ///
    /// # Errors
    /// Says what is a trial's, and what to set.
    pub fn check_secrets(&self) -> Result<(), ConfigError> {
        let Some(base_url) = self.base_url.clone().filter(|url| url.scheme() == "https") else {
            return Ok(());
        };
        let key = self.secret_key_file.display();
        if !self.secret_key_file.is_file() {
            let reason = format!(
                "SECRET_KEY_FILE must name a key that you created and keep safe, but there is no file {key}; \
                 create one with: (umask 077; openssl rand -hex 32 > {key})"
            );
            return Err(ConfigError::NotForProduction { base_url, reason });
        }
        if Sealer::was_generated(&self.secret_key_file) {
            let reason = format!(
                "the key in {key} (SECRET_KEY_FILE) was created at the first start, for trying out the \
                 portal; stop the portal, create a new key with `alva-portal keys rotate`, and keep a copy \
                 of {key} in a safe place"
            );
            return Err(ConfigError::NotForProduction { base_url, reason });
        }
        let is_trial = |app: &LeverApp| app.client_secret.expose_secret().starts_with("demo-");
        if self.lever_app.as_ref().is_some_and(is_trial) {
            let reason = "LEVER_CLIENT_SECRET is the demo's; set your app's own".to_owned();
            return Err(ConfigError::NotForProduction { base_url, reason });
        }
        Ok(())
    }
}
