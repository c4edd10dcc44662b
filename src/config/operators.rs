//! Settings for those who keep the portal running: who reads its metrics, and where faults are told.

use super::error::ConfigError;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// Characters of a token that nobody guesses.
const SHORTEST_TOKEN: usize = 16;

/// A token that could be guessed protects nothing.
pub(super) fn metrics_token(token: Option<SecretString>) -> Result<Option<SecretString>, ConfigError> {
    match &token {
        Some(token) if token.expose_secret().trim().len() < SHORTEST_TOKEN => Err(ConfigError::Value {
            name: "METRICS_TOKEN",
            value: "\u{2026}".to_owned(),
            expected: "it must have 16 characters or more".to_owned(),
        }),
        _ => Ok(token),
    }
}

/// An address that a line of security.txt can hold (RFC 9116 §2.5.3).
pub(super) fn security_contact(text: Option<String>) -> Result<Option<Url>, ConfigError> {
    let Some(text) = text else { return Ok(None) };
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "mailto" | "https"));
    url.map(Some).ok_or_else(|| ConfigError::Value {
        name: "SECURITY_CONTACT",
        value: text,
        expected: "it must be mailto:security@example.com or an https address".to_owned(),
    })
}

/// Whether an address can only be reached on this machine.
pub(super) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
