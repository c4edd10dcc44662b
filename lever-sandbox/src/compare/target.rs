//! Where to read and with which key, checked before anything is sent.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use super::CompareError;

/// An API key. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The user of Basic auth; the password is empty.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(hidden)")
    }
}

impl FromStr for Key {
    type Err = CompareError;

    /// Takes a key without the space around it.
    ///
    /// # Errors
    /// [`CompareError::KeyForm`] when it is empty or can't be the user of Basic auth.
    fn from_str(text: &str) -> Result<Self, CompareError> {
        let text = text.trim();
        let fits = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
        if text.is_empty() || text.len() > 512 || !fits {
            return Err(CompareError::KeyForm);
        }
        Ok(Self(text.to_owned()))
    }
}

/// An account to read: the API's base URL and a key.
#[derive(Clone, Debug)]
pub struct Target {
    /// `https://api.lever.co/v1`, without a slash at the end.
    base: String,
    key: Key,
}

impl Target {
    /// Takes the URL of an API with or without its `/v1`.
    ///
    /// # Errors
    /// [`CompareError::Address`] when it is no plain URL of a server,
    /// [`CompareError::NotHttps`] when a key would travel in the clear.
    pub fn new(url: &str, key: Key) -> Result<Self, CompareError> {
        let url = Url::parse(url.trim()).map_err(|_| CompareError::Address("it is no URL"))?;
        let host = url.host().ok_or(CompareError::Address("it names no host"))?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(CompareError::NotHttps { host: host.to_string() }),
            _ => return Err(CompareError::Address("it is neither https nor http")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(CompareError::Address("a key belongs in --key, not in the URL"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(CompareError::Address("it has a query or a fragment"));
        }
        let plain = url.as_str().trim_end_matches('/');
        let base = if plain.ends_with("/v1") { plain.to_owned() } else { format!("{plain}/v1") };
        Ok(Self { base, key })
    }

    /// The base URL, as it may be shown.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn is_https(&self) -> bool {
        self.base.starts_with("https:")
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<String, CompareError> {
        Target::new(url, "key".parse()?).map(|target| target.base)
    }

    #[test]
    fn a_url_may_come_with_or_without_v1() {
        for url in ["https://api.lever.co", "https://api.lever.co/", "https://api.lever.co/v1/"] {
            assert_eq!(target(url).expect(url), "https://api.lever.co/v1");
        }
        assert_eq!(target("http://[::1]:80/x").expect("loopback"), "http://[::1]/x/v1");
        for url in ["http://127.0.0.1:8090", "http://localhost:8090", "http://127.8.9.1"] {
            target(url).expect(url);
        }
    }

    #[test]
    fn a_key_never_travels_in_the_clear_or_in_a_url() {
        for url in ["http://api.lever.co/v1", "http://localhost.example.com", "http://10.0.0.1"] {
            assert!(matches!(target(url), Err(CompareError::NotHttps { .. })), "{url}");
        }
        let wrong =
            ["https://u@api.lever.co", "https://:p@api.lever.co", "https://a.co/?k=1", "ftp://a.co", "a"];
        for url in wrong {
            assert!(matches!(target(url), Err(CompareError::Address(_))), "{url}");
        }
    }

    #[test]
    fn a_key_does_not_print() {
        let key: Key = " secret\n".parse().expect("a key");
        assert_eq!(key.reveal(), "secret");
        assert!(!format!("{key:?}").contains("secret"));
        for wrong in ["", " ", "a:b", "a b", "é"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong:?}");
        }
    }
}
