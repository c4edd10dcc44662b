//! Every setting: its name, its default, what it means, and whether it makes sense.
//!
//! A flag wins over an environment variable, which wins over the TOML file named by `--config`
//! (or `alva-portal.toml` in the working directory, when there is one).

mod authorities;
mod error;
mod exposed;
mod operators;
mod production;
mod provider;
mod proxies;

pub use error::ConfigError;
pub use proxies::TrustedProxies;

use crate::secrets::credential;
use assessment::Calibration;
use assessment::http_provider::Address;
use lever_client::Hosts;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

/// The file that is read when `--config` names none.
const DEFAULT_FILE: &str = "alva-portal.toml";

/// The settings as they were given; those not given are `None`.
#[derive(Debug, Clone, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where the data is: sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME [default: sqlite://alva-portal.sqlite]
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "BIND", global = true)]
    pub bind: Option<String>,
    /// The portal's address as people and Lever reach it [default: http://localhost:PORT]
    #[arg(long, env = "BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// File or systemd credential with the key for stored secrets; created at the first start [default: alva-portal.key]
    #[arg(long, env = "SECRET_KEY_FILE", global = true)]
    pub secret_key_file: Option<PathBuf>,
    /// Client id of the app registered with Lever
    #[arg(long, env = "LEVER_CLIENT_ID", global = true)]
    pub lever_client_id: Option<String>,
    /// Client secret of the app registered with Lever
    #[arg(long, env = "LEVER_CLIENT_SECRET", hide_env_values = true, global = true)]
    pub lever_client_secret: Option<SecretString>,
    /// Lever's authorization server [default: Lever's production, https://auth.lever.co]
    #[arg(long, env = "LEVER_AUTH_URL", global = true)]
    pub lever_auth_url: Option<String>,
    /// Lever's API [default: Lever's production, https://api.lever.co/v1]
    #[arg(long, env = "LEVER_API_URL", global = true)]
    pub lever_api_url: Option<String>,
    /// The audience to ask tokens for [default: LEVER_API_URL with a slash at the end]
    #[arg(long, env = "LEVER_AUDIENCE", global = true)]
    pub lever_audience: Option<String>,
    /// Mail server: smtps://[USER:PASSWORD@]HOST[:PORT], or smtp://…?tls=required (STARTTLS), opportunistic (STARTTLS where it is offered) or none [default: smtp://127.0.0.1:2525]
    #[arg(long, env = "SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<SecretString>,
    /// PEM file with certificates of your own authorities, trusted in addition to the system's
    #[arg(long, env = "EXTRA_CA_FILE", global = true)]
    pub extra_ca_file: Option<PathBuf>,
    /// Sender of the portal's mail [default: Alva <no-reply@localhost>]
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// JSON file with parameters and norms of the tests, see docs/assessment-manual.md [default: the documented ones]
    #[arg(long, env = "CALIBRATION_FILE", global = true)]
    pub calibration_file: Option<PathBuf>,
    /// An external test provider, see docs/test-providers.md [default: the portal's own tests]
    #[arg(long, env = "TESTS_URL", global = true)]
    pub tests_url: Option<String>,
    /// The token with which the portal identifies itself to the test provider
    #[arg(long, env = "TESTS_TOKEN", hide_env_values = true, global = true)]
    pub tests_token: Option<SecretString>,
    /// The secret with which the test provider signs its callbacks: whsec_…
    #[arg(long, env = "TESTS_SIGNING_SECRET", hide_env_values = true, global = true)]
    pub tests_signing_secret: Option<SecretString>,
    /// Proxies trusted to say where a request came from: networks, hops:2 for two in a row, or none [default: this machine's]
    #[arg(long, env = "TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// Seconds to keep an idle connection open; longer than the load balancer does [default: 75]
    #[arg(long, env = "KEEP_ALIVE", global = true)]
    pub keep_alive: Option<String>,
    /// The token required for /metrics, as Authorization: Bearer [default: none, and only a portal with an address of this machine answers]
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, global = true)]
    pub metrics_token: Option<SecretString>,
    /// Where to report security issues, for /.well-known/security.txt [default: none, and there is no such page]
    #[arg(long, env = "SECURITY_CONTACT", global = true)]
    pub security_contact: Option<String>,
    /// Format of the log: text or json [default: text]
    #[arg(long, env = "LOG_FORMAT", global = true)]
    pub log_format: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line, for machines.
    Json,
}

/// The app registered with Lever.
#[derive(Debug, Clone)]
pub struct LeverApp {
    pub client_id: String,
    pub client_secret: SecretString,
}

/// The settings, complete and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite://…` or `postgres://…`.
    pub database_url: SecretString,
    pub bind: SocketAddr,
    /// How people and Lever reach the portal; `None` until the port is known.
    pub base_url: Option<Url>,
    pub secret_key_file: PathBuf,
    /// Whether this is the demo, which alone may run on what the demo made.
    pub is_demo: bool,
    /// Lever credentials; without them no account can be connected.
    pub lever_app: Option<LeverApp>,
    /// The Lever that `LEVER_…_URL` name; `None` when they are not set: Lever's own hosts.
    pub lever_hosts: Option<Hosts>,
    pub smtp_url: SecretString,
    /// Certificates of authorities that are trusted in addition to the system's, in PEM; may be empty.
    pub extra_authorities: Vec<u8>,
    pub mail_from: lettre::message::Mailbox,
    /// Parameters and norms of the tests.
    pub calibration: Calibration,
    /// An outside provider of tests; `None`: the portal gives them itself.
    pub tests: Option<Address>,
    /// Proxies that are believed about where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// The token that reads the metrics; without it, only callers on this machine may, if the portal's address is this machine's.
    pub metrics_token: Option<SecretString>,
    /// Where faults in its security are told: `mailto:…` or `https://…`.
    pub security_contact: Option<Url>,
    pub log_format: LogFormat,
}

impl Settings {
    /// Reads the configuration file: the named one, or the one in the working directory when there is one.
    ///
    /// # Errors
    /// When the file cannot be read, has a setting that nobody knows, or shows a secret to everybody on the machine.
    pub fn from_file(named: Option<&Path>) -> Result<Option<(PathBuf, Self)>, ConfigError> {
        let path = match named {
            Some(path) => path,
            None if Path::new(DEFAULT_FILE).is_file() => Path::new(DEFAULT_FILE),
            None => return Ok(None),
        };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        let file: Self = toml::from_str(&text).map_err(|wrong| {
            // The line itself is not shown: it may hold a secret.
            let line = wrong.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            let reason = format!("line {line}: {}", wrong.message().replace('\n', " "));
            ConfigError::Syntax { path: path.to_owned(), reason }
        })?;
        exposed::refuse(path, &file)?;
        Ok(Some((path.to_owned(), file)))
    }

    /// The names of the settings that are given.
    pub fn given(&self) -> Vec<&'static str> {
        let given = [
            ("DATABASE_URL", self.database_url.is_some()),
            ("BIND", self.bind.is_some()),
            ("BASE_URL", self.base_url.is_some()),
            ("SECRET_KEY_FILE", self.secret_key_file.is_some()),
            ("LEVER_CLIENT_ID", self.lever_client_id.is_some()),
            ("LEVER_CLIENT_SECRET", self.lever_client_secret.is_some()),
            ("LEVER_AUTH_URL", self.lever_auth_url.is_some()),
            ("LEVER_API_URL", self.lever_api_url.is_some()),
            ("LEVER_AUDIENCE", self.lever_audience.is_some()),
            ("SMTP_URL", self.smtp_url.is_some()),
            ("EXTRA_CA_FILE", self.extra_ca_file.is_some()),
            ("MAIL_FROM", self.mail_from.is_some()),
            ("CALIBRATION_FILE", self.calibration_file.is_some()),
            ("TESTS_URL", self.tests_url.is_some()),
            ("TESTS_TOKEN", self.tests_token.is_some()),
            ("TESTS_SIGNING_SECRET", self.tests_signing_secret.is_some()),
            ("TRUSTED_PROXIES", self.trusted_proxies.is_some()),
            ("KEEP_ALIVE", self.keep_alive.is_some()),
            ("METRICS_TOKEN", self.metrics_token.is_some()),
            ("SECURITY_CONTACT", self.security_contact.is_some()),
            ("LOG_FORMAT", self.log_format.is_some()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
    }

    /// What these leave open is taken from the file.
    #[must_use]
    pub fn or(self, file: Self) -> Self {
        Self {
            database_url: self.database_url.or(file.database_url),
            bind: self.bind.or(file.bind),
            base_url: self.base_url.or(file.base_url),
            secret_key_file: self.secret_key_file.or(file.secret_key_file),
            lever_client_id: self.lever_client_id.or(file.lever_client_id),
            lever_client_secret: self.lever_client_secret.or(file.lever_client_secret),
            lever_auth_url: self.lever_auth_url.or(file.lever_auth_url),
            lever_api_url: self.lever_api_url.or(file.lever_api_url),
            lever_audience: self.lever_audience.or(file.lever_audience),
            smtp_url: self.smtp_url.or(file.smtp_url),
            extra_ca_file: self.extra_ca_file.or(file.extra_ca_file),
            mail_from: self.mail_from.or(file.mail_from),
            calibration_file: self.calibration_file.or(file.calibration_file),
            tests_url: self.tests_url.or(file.tests_url),
            tests_token: self.tests_token.or(file.tests_token),
            tests_signing_secret: self.tests_signing_secret.or(file.tests_signing_secret),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            keep_alive: self.keep_alive.or(file.keep_alive),
            metrics_token: self.metrics_token.or(file.metrics_token),
            security_contact: self.security_contact.or(file.security_contact),
            log_format: self.log_format.or(file.log_format),
        }
    }

    /// The parameters and norms of the tests, alone: what computes needs no other setting.
    ///
    /// # Errors
    /// When the file cannot be read or used.
    pub fn calibration(&self) -> Result<Calibration, ConfigError> {
        Ok(self.calibration_file.clone().map(read_calibration).transpose()?.unwrap_or_default())
    }

    /// Fills in the defaults and checks every value.
    ///
    /// # Errors
    /// Names the first setting that makes no sense, and what would be right.
    pub fn check(self) -> Result<Config, ConfigError> {
        let calibration = self.calibration()?;
        let bind = self.bind.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let bind = bind.parse().map_err(|_| {
            value("BIND", &bind, "it must be an address and a port, such as 127.0.0.1:8080 or [::]:8080")
        })?;
        let base_url = self.base_url.map(|text| parse_base_url(&text)).transpose()?;
        let lever_app = match (self.lever_client_id, self.lever_client_secret) {
            (Some(client_id), Some(client_secret)) => Some(LeverApp { client_id, client_secret }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ConfigError::Half { set: "LEVER_CLIENT_ID", missing: "LEVER_CLIENT_SECRET" });
            }
            (None, Some(_)) => {
                return Err(ConfigError::Half { set: "LEVER_CLIENT_SECRET", missing: "LEVER_CLIENT_ID" });
            }
        };
        let lever_hosts = match (&self.lever_auth_url, &self.lever_api_url) {
            (None, None) => None,
            (auth, api) => {
                let production = Hosts::production();
                let auth = auth.clone().unwrap_or_else(|| production.auth_url.to_string());
                let api = api.clone().unwrap_or_else(|| production.api_url.to_string());
                Some(Hosts::from_settings(&auth, &api, self.lever_audience.as_deref())?)
            }
        };
        let from = self.mail_from.unwrap_or_else(|| "Alva <no-reply@localhost>".to_owned());
        let mail_from = from.parse().map_err(|_| {
            value("MAIL_FROM", &from, "it must be an address, such as Alva <no-reply@example.com>")
        })?;
        let smtp_url = self.smtp_url.unwrap_or_else(|| SecretString::from("smtp://127.0.0.1:2525"));
        if !["smtp", "smtps"].contains(
            &Url::parse(smtp_url.expose_secret()).map_or(String::new(), |u| u.scheme().into()).as_str(),
        ) {
            return Err(value(
                "SMTP_URL",
                "…",
                "it must look like smtp://host:25 or smtps://user:password@host",
            ));
        }
        let log_format = match self.log_format.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => return Err(value("LOG_FORMAT", other, "it must be text or json")),
        };
        let proxies = self.trusted_proxies.unwrap_or_default();
        let trusted_proxies = proxies.parse().map_err(|wrong: proxies::NotANetwork| {
            value("TRUSTED_PROXIES", &proxies, &format!("{wrong}; give them separated by commas"))
        })?;
        let keep_alive = self.keep_alive.unwrap_or_else(|| "75".to_owned());
        let seconds = keep_alive.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
        let keep_alive = Duration::from_secs(seconds.ok_or_else(|| {
            value("KEEP_ALIVE", &keep_alive, "it must be a number of seconds from 1 to 3600")
        })?);
        let extra_ca = self.extra_ca_file.as_deref();
        let extra_authorities = extra_ca.map(authorities::read).transpose()?.unwrap_or_default();
        let database_url = self.database_url.unwrap_or_else(|| "sqlite://alva-portal.sqlite".to_owned());
        let is_key = |file: &PathBuf| {
            let name = file.as_os_str().as_encoded_bytes();
            name.len() >= 32 && name.iter().all(u8::is_ascii_hexdigit)
        };
        if self.secret_key_file.as_ref().is_some_and(is_key) {
            let expected = "it must name the file with the key, and this is a key itself: write it into a file that \
                            only the portal can read, make a new key if others saw this one, and name the file";
            return Err(value("SECRET_KEY_FILE", "\u{2026}", expected));
        }
        let tests = provider::tests(self.tests_url, self.tests_token, self.tests_signing_secret)?;
        Ok(Config {
            is_demo: false,
            database_url: authorities::for_postgres(database_url, self.extra_ca_file.as_ref()).into(),
            bind,
            base_url,
            secret_key_file: credential::or_file(
                self.secret_key_file.unwrap_or_else(|| PathBuf::from("alva-portal.key")),
            ),
            lever_app,
            lever_hosts,
            smtp_url,
            extra_authorities,
            mail_from,
            calibration,
            tests,
            trusted_proxies,
            keep_alive,
            metrics_token: operators::metrics_token(self.metrics_token)?,
            security_contact: operators::security_contact(self.security_contact)?,
            log_format,
        })
    }
}

fn read_calibration(path: PathBuf) -> Result<Calibration, ConfigError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => Calibration::from_json(&text).map_err(|source| ConfigError::Calibration { path, source }),
        Err(source) => Err(ConfigError::File { path, source }),
    }
}

fn value(name: &'static str, value: &str, expected: &str) -> ConfigError {
    ConfigError::Value { name, value: value.to_owned(), expected: expected.to_owned() }
}

/// Whether an address has nothing but a scheme, a host, a port and a path, so that no password can stand in it.
pub(super) fn is_bare(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.strip_prefix('[').and_then(|v6| v6.split_once(']')).map_or(host, |(_, port)| port);
    let port = host.split_once(':').map_or("", |(_, port)| port);
    port.chars().all(|c| c.is_ascii_digit()) && !path.contains(':') && !text.contains(['@', '?', '#', '\\'])
}

fn parse_base_url(text: &str) -> Result<Url, ConfigError> {
    let wrong = || {
        value(
            "BASE_URL",
            // Who writes a name or a password into it shall not read it in a log.
            if is_bare(text) { text } else { "…" },
            "it must be an http or https address without a path, such as https://alva.example.com",
        )
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let has_user = !url.username().is_empty() || url.password().is_some();
    let is_plain = !has_user
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host().is_some();
    if is_plain && matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(wrong()) }
}
