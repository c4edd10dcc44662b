//! The settings of an outside provider of tests.

use super::{ConfigError, is_bare, value};
use assessment::http_provider::Address;
use assessment::http_provider::callback::SigningSecret;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The outside provider of tests: all three settings, or none.
pub(super) fn tests(
    url: Option<String>,
    token: Option<SecretString>,
    secret: Option<SecretString>,
) -> Result<Option<Address>, ConfigError> {
    const NAMES: [&str; 3] = ["TESTS_URL", "TESTS_TOKEN", "TESTS_SIGNING_SECRET"];
    let given = [url.is_some(), token.is_some(), secret.is_some()];
    let named =
        |is_set: bool| NAMES.iter().zip(given).find(|(_, given)| *given == is_set).map(|(name, _)| *name);
    let (Some(url), Some(token), Some(secret)) = (url, token, secret) else {
        return match (named(true), named(false)) {
            (Some(set), Some(missing)) => Err(ConfigError::Half { set, missing }),
            _ => Ok(None),
        };
    };
    let wrong = || {
        let shown = if is_bare(&url) { &url } else { "\u{2026}" };
        value("TESTS_URL", shown, "it must be an https address, such as https://tests.example.com/v1")
    };
    let parsed = Url::parse(&url).map_err(|_| wrong())?;
    let is_here = match parsed.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong()),
    };
    // Over plain http the token and candidates' names would travel in the open.
    if !(parsed.scheme() == "https" || parsed.scheme() == "http" && is_here) || parsed.query().is_some() {
        return Err(wrong());
    }
    let signing_secret = SigningSecret::parse(&secret)
        .map_err(|failure| value("TESTS_SIGNING_SECRET", "\u{2026}", &failure.to_string()))?;
    if token.expose_secret().is_empty() || !token.expose_secret().chars().all(|c| c.is_ascii_graphic()) {
        return Err(value(
            "TESTS_TOKEN",
            "\u{2026}",
            "it must consist of letters, digits and symbols, without spaces",
        ));
    }
    Ok(Some(Address { url: parsed, token, signing_secret }))
}
