//! Where Lever is: the addresses of its sign-in service and of its API.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::redirect::is_loopback;
use crate::text;

/// The addresses of one Lever environment (Lever's wire notes §1).
///
/// Made by a preset or by [`Hosts::from_settings`]; all of them are HTTPS, or HTTP on loopback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Texts", into = "Texts")]
pub struct Hosts {
    /// Where the admin's browser is sent to grant access, `…/authorize`.
    pub auth_url: Url,
    /// Where codes and refresh tokens are exchanged, `…/oauth/token`.
    pub token_url: Url,
    /// The API's base, `…/v1` without a slash at the end.
    pub api_url: Url,
    /// The `audience` that a token is asked for. Lever compares it as text, its last slash included.
    pub audience: String,
}

/// An address that can't be used for Lever. Its text names the setting, what was read and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostsError {
    /// The text is not an absolute address.
    #[error("{setting} is {text:?}, which is not an address like {example}")]
    NotAnAddress {
        /// The setting's name.
        setting: &'static str,
        /// What was read.
        text: String,
        /// An address that would be right.
        example: &'static str,
    },
    /// Plain HTTP to another machine, or a scheme other than HTTP.
    #[error("{setting} is {text:?}; it must begin with https:// (plain http is allowed on localhost only)")]
    NotHttps {
        /// The setting's name.
        setting: &'static str,
        /// What was read.
        text: String,
    },
    /// A user name, password, query or fragment in the address.
    #[error("{setting} must be an address alone, without user name, password, '?' or '#'")]
    NotBare {
        /// The setting's name.
        setting: &'static str,
    },
    /// An empty audience.
    #[error("{setting} is empty; leave it out, or set it to an address like {example}")]
    Empty {
        /// The setting's name.
        setting: &'static str,
        /// A value that would be right.
        example: &'static str,
    },
}

const AUTH: (&str, &str) = ("LEVER_AUTH_URL", "https://auth.lever.co");
const API: (&str, &str) = ("LEVER_API_URL", "https://api.lever.co/v1");
const AUDIENCE: (&str, &str) = ("LEVER_AUDIENCE", "https://api.lever.co/v1/");

impl Hosts {
    /// Lever itself.
    pub fn production() -> Self {
        Self::preset("https://auth.lever.co", "https://api.lever.co/v1")
    }

    /// Lever's own sandbox, where partners try their integrations.
    pub fn sandbox() -> Self {
        Self::preset("https://sandbox-lever.auth0.com", "https://api.sandbox.lever.co/v1")
    }

    /// Lever's data centre in the EU. Sign-in and audience are production's; the API has an address
    /// of its own, which most clients name so. Lever sends calls on to the right data centre by
    /// itself, and this crate follows (Lever's wire notes §1).
    pub fn eu() -> Self {
        Self {
            audience: Self::production().audience,
            ..Self::preset("https://auth.lever.co", "https://api.eu.lever.co/v1")
        }
    }

    fn preset(auth: &str, api: &str) -> Self {
        Self::from_settings(auth, api, None).expect("the presets are valid addresses")
    }

    /// Reads the settings `LEVER_AUTH_URL`, `LEVER_API_URL` and `LEVER_AUDIENCE`.
    ///
    /// `auth` may be the base or end in `/authorize`; `api` may end in `/v1` or not; the
    /// audience is, where not given, the API's address with a slash.
    pub fn from_settings(auth: &str, api: &str, audience: Option<&str>) -> Result<Self, HostsError> {
        let auth = address(AUTH, auth)?;
        let base = trimmed_path(&auth, "authorize");
        let api = address(API, api)?;
        let api_url = with_path(&api, &format!("{}/v1", trimmed_path(&api, "v1")));
        let audience = match audience.map(str::trim) {
            None => format!("{api_url}/"),
            Some("") => {
                return Err(HostsError::Empty { setting: AUDIENCE.0, example: AUDIENCE.1 });
            }
            Some(given) => given.to_owned(),
        };
        Ok(Self {
            auth_url: with_path(&auth, &format!("{base}/authorize")),
            token_url: with_path(&auth, &format!("{base}/oauth/token")),
            api_url,
            audience,
        })
    }

    /// Whether an authorization response is this sign-in service's own, by the `iss` that came with it (RFC 9207
    /// §2.4): its address without a path. With or without a slash at the end, as Auth0 writes it with one.
    pub fn is_issuer(&self, iss: &str) -> bool {
        let own = with_path(&self.auth_url, &trimmed_path(&self.auth_url, "authorize"));
        iss.trim_end_matches('/') == own.as_str().trim_end_matches('/')
    }

    /// Whether an address is one of this Lever's own pages: below `lever.co` for Lever itself, on the host of its API
    /// or sign-in service for another. Lever's objects name their pages, and whoever writes them names others.
    pub fn has_page(&self, page: &str) -> bool {
        const LEVER: &str = "lever.co";
        let is_below =
            |host: &str| host == LEVER || host.strip_suffix(LEVER).is_some_and(|sub| sub.ends_with('.'));
        let Ok(page) = Url::parse(page) else { return false };
        let Some(host) = page.host_str() else { return false };
        let own = [&self.api_url, &self.auth_url].map(|url| url.host_str().unwrap_or_default());
        match own.into_iter().any(is_below) {
            true => page.scheme() == "https" && is_below(host),
            false => page.scheme() == self.auth_url.scheme() && own.contains(&host),
        }
    }

    /// Where a refresh token is revoked, beside the token endpoint (RFC 7009).
    pub fn revoke_url(&self) -> Url {
        with_path(&self.token_url, &format!("{}/revoke", trimmed_path(&self.token_url, "token")))
    }
}

impl fmt::Display for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.api_url)
    }
}

/// The path without slashes at its end and without `last`, if that is its last segment.
fn trimmed_path(url: &Url, last: &str) -> String {
    let path = url.path().trim_end_matches('/');
    let base = path.strip_suffix(last).filter(|base| base.ends_with('/')).unwrap_or(path);
    base.trim_end_matches('/').to_owned()
}

fn with_path(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    url.set_path(path);
    url
}

fn address((setting, example): (&'static str, &'static str), text: &str) -> Result<Url, HostsError> {
    let shown = shown(text);
    let url = Url::parse(text.trim()).ok().filter(Url::has_host).ok_or_else(|| HostsError::NotAnAddress {
        setting,
        text: shown.clone(),
        example,
    })?;
    // First of all, so that a password never gets into the text of another error.
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(HostsError::NotBare { setting });
    }
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if allowed { Ok(url) } else { Err(HostsError::NotHttps { setting, text: shown }) }
}

/// The text as an error may repeat it: what cannot be read as an address may be a password in the wrong place.
fn shown(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    let host = host.strip_prefix('[').and_then(|v6| v6.split_once(']')).map_or(host, |(_, port)| port);
    let port = host.split_once(':').map_or("", |(_, port)| port);
    let may_hold_password =
        text.contains(['@', '=', '?', '#', '\\']) || port.contains(|c: char| !c.is_ascii_digit());
    if may_hold_password { "(not shown)".to_owned() } else { text::clean(text, text::WORD) }
}

/// The stored form: what is read back is checked again.
#[derive(Serialize, Deserialize)]
struct Texts {
    auth_url: String,
    token_url: String,
    api_url: String,
    audience: String,
}

impl From<Hosts> for Texts {
    fn from(hosts: Hosts) -> Self {
        Self {
            auth_url: hosts.auth_url.into(),
            token_url: hosts.token_url.into(),
            api_url: hosts.api_url.into(),
            audience: hosts.audience,
        }
    }
}

impl TryFrom<Texts> for Hosts {
    type Error = HostsError;

    fn try_from(texts: Texts) -> Result<Self, HostsError> {
        Ok(Self {
            auth_url: address(AUTH, &texts.auth_url)?,
            token_url: address(AUTH, &texts.token_url)?,
            api_url: address(API, &texts.api_url)?,
            audience: texts.audience,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::hosts::*;

    #[test]
    fn pages_are_of_lever_itself() {
        let own = Hosts::production();
        for good in ["https://hire.lever.co/candidates/1", "https://hire.eu.lever.co/x", "https://lever.co"] {
            assert!(own.has_page(good), "{good}");
        }
        for bad in [
            "http://hire.lever.co/x",
            "https://evil.example/hire.lever.co",
            "https://evillever.co",
            "https://lever.co.evil.example",
            "https://hire.lever.co@evil.example/",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!own.has_page(bad), "{bad}");
        }
        let here = Hosts::from_settings("http://127.0.0.1:4100", "http://127.0.0.1:4100/v1", None).unwrap();
        assert!(here.has_page("http://127.0.0.1:4100/candidates/1"));
        assert!(!here.has_page("https://hire.lever.co/candidates/1"));
        assert!(!here.has_page("http://evil.example/"));
    }

    #[test]
    fn presets_are_levers_published_addresses() {
        let hosts = Hosts::production();
        assert_eq!(hosts.auth_url.as_str(), "https://auth.lever.co/authorize");
        assert_eq!(hosts.token_url.as_str(), "https://auth.lever.co/oauth/token");
        assert_eq!(hosts.api_url.as_str(), "https://api.lever.co/v1");
        assert_eq!(hosts.audience, "https://api.lever.co/v1/");
        assert_eq!(hosts.revoke_url().as_str(), "https://auth.lever.co/oauth/revoke");
        let hosts = Hosts::sandbox();
        assert_eq!(hosts.token_url.as_str(), "https://sandbox-lever.auth0.com/oauth/token");
        assert_eq!(hosts.audience, "https://api.sandbox.lever.co/v1/");
        assert_eq!(Hosts::eu().api_url.as_str(), "https://api.eu.lever.co/v1");
        assert_eq!(Hosts::eu().audience, "https://api.lever.co/v1/");
    }

    #[test]
    fn settings_take_every_plausible_form() {
        let expected = Hosts::from_settings("http://127.0.0.1:4000", "http://127.0.0.1:4000", None).unwrap();
        assert_eq!(expected.auth_url.as_str(), "http://127.0.0.1:4000/authorize");
        assert_eq!(expected.api_url.as_str(), "http://127.0.0.1:4000/v1");
        assert_eq!(expected.audience, "http://127.0.0.1:4000/v1/");
        for (auth, api) in [
            ("http://127.0.0.1:4000/", "http://127.0.0.1:4000/"),
            ("http://127.0.0.1:4000/authorize", "http://127.0.0.1:4000/v1"),
            (" http://127.0.0.1:4000/authorize/ ", "http://127.0.0.1:4000/v1/"),
        ] {
            assert_eq!(Hosts::from_settings(auth, api, None).unwrap(), expected);
        }
        let below = Hosts::from_settings("https://x.test/a", "https://x.test/b/v1", Some("urn:x")).unwrap();
        assert_eq!(below.token_url.as_str(), "https://x.test/a/oauth/token");
        assert_eq!(below.revoke_url().as_str(), "https://x.test/a/oauth/revoke");
        assert_eq!(below.api_url.as_str(), "https://x.test/b/v1");
        assert_eq!(below.audience, "urn:x");
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for host in ["localhost", "127.0.0.1", "127.8.9.1:80", "[::1]:4000", "lever.localhost"] {
            let url = format!("http://{host}");
            assert!(Hosts::from_settings(&url, &url, None).is_ok(), "{host}");
        }
        for url in ["http://auth.lever.co", "http://10.0.0.1", "ftp://localhost"] {
            let refused = Hosts::from_settings(url, "https://api.lever.co", None).unwrap_err();
            assert!(matches!(refused, HostsError::NotHttps { .. }), "{refused}");
            let refused = Hosts::from_settings("https://auth.lever.co", url, None).unwrap_err();
            assert!(refused.to_string().contains("LEVER_API_URL"), "{refused}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_its_setting() {
        for url in ["", "auth.lever.co", "https://", "mailto:a@b.test"] {
            let refused = Hosts::from_settings(url, "https://api.lever.co", None).unwrap_err();
            assert!(refused.to_string().contains("LEVER_AUTH_URL"), "{refused}");
        }
        for url in ["https://me:secret@x.test", "https://x.test?a=1", "https://x.test#a"] {
            let refused = Hosts::from_settings(url, "https://api.lever.co", None).unwrap_err();
            assert!(matches!(refused, HostsError::NotBare { .. }));
            assert!(!refused.to_string().contains("secret"));
        }
        for url in ["https://me:geheim/1@x.test", "me:geheim@x", "host=x password=geheim", "ftp://u:geheim@x"]
        {
            let refused = Hosts::from_settings(url, "https://api.lever.co", None).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("geheim"), "{refused}");
        }
        let ok = "https://x.test";
        assert!(matches!(Hosts::from_settings(ok, ok, Some(" ")).unwrap_err(), HostsError::Empty { .. }));
    }

    #[test]
    fn stored_hosts_come_back_and_are_checked() {
        let hosts = Hosts::sandbox();
        let text = serde_json::to_string(&hosts).unwrap();
        assert_eq!(serde_json::from_str::<Hosts>(&text).unwrap(), hosts);
        let plain = text.replace("https://api", "http://api");
        assert!(serde_json::from_str::<Hosts>(&plain).is_err());
    }
}
