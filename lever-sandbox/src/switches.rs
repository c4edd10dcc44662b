//! What of Lever differs from account to account, or isn't known for sure: switches that the
//! program's arguments set at the start and the control API while it runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use url::Url;

/// The switches. [`Switches::default`] is Lever as most accounts meet it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Whether every `POST` and `PUT` under `/opportunities` needs `perform_as`, as some accounts
    /// want it; otherwise only what Lever documents.
    pub require_perform_as: bool,
    /// Sends every call of the API and the token endpoint to another address first.
    pub redirect: Option<Redirect>,
    /// Seconds for which a refresh token still works after it was rotated.
    pub refresh_leeway: u64,
    /// Whether what was created comes as `{"data": {"data": {…}}}`, as Lever's documentation prints it.
    pub nested_create: bool,
    /// Whether the list of an opportunity's files is a bare array, as Lever's documentation prints it.
    pub bare_files: bool,
}

/// Where calls are sent on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// 301, 302, 303, 307 or 308.
    pub status: u16,
    /// The base of the other address, without a path; missing: below `/eu` of this sandbox, where
    /// everything answers as usual.
    #[serde(default)]
    pub to: Option<String>,
    /// How often a call is sent on below `/eu` before it is answered.
    #[serde(default = "once")]
    pub hops: usize,
}

fn once() -> usize {
    1
}

/// Why switches can't be set like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSwitch {
    /// Not a redirect's status.
    #[error("redirect: status must be 301, 302, 303, 307 or 308")]
    Status,
    /// Not where a call can be sent.
    #[error("redirect: to must be an http or https address without a path")]
    Address,
    /// More than anyone would follow.
    #[error("redirect: hops must be from 1 to 20")]
    Hops,
}

impl Redirect {
    /// Reads `STATUS` or `STATUS,URL`, as the program's argument has it.
    ///
    /// # Errors
    /// See [`BadSwitch`].
    pub fn parse(text: &str) -> Result<Self, BadSwitch> {
        let (status, to) = match text.split_once(',') {
            Some((status, to)) => (status, Some(to.to_owned())),
            None => (text, None),
        };
        let status = status.trim().parse().map_err(|_| BadSwitch::Status)?;
        let redirect = Self { status, to, hops: once() };
        redirect.check()?;
        Ok(redirect)
    }

    fn check(&self) -> Result<(), BadSwitch> {
        if !matches!(self.status, 301 | 302 | 303 | 307 | 308) {
            return Err(BadSwitch::Status);
        }
        if !(1..=20).contains(&self.hops) {
            return Err(BadSwitch::Hops);
        }
        match self.to.as_deref().map(Url::parse) {
            None => Ok(()),
            Some(Ok(url)) if matches!(url.scheme(), "http" | "https") && url.path() == "/" => Ok(()),
            Some(_) => Err(BadSwitch::Address),
        }
    }

    /// Where a call goes that was sent on `hops` times already; `None` when it is answered.
    /// `here` is this sandbox's own address, `call` the path with its query.
    pub fn location(&self, here: &str, hops: usize, call: &str) -> Option<String> {
        match &self.to {
            Some(to) => Some(format!("{}{call}", to.trim_end_matches('/'))),
            None => (hops < self.hops).then(|| format!("{here}{}{call}", "/eu".repeat(hops + 1))),
        }
    }
}

/// The switches of a running sandbox.
#[derive(Debug)]
pub struct Board {
    set: Mutex<Switches>,
}

impl Board {
    /// A board set like this; who starts the sandbox answers for the values.
    pub fn new(switches: Switches) -> Self {
        Self { set: Mutex::new(switches) }
    }

    /// How they are set.
    pub fn get(&self) -> Switches {
        self.lock().clone()
    }

    /// Sets all of them.
    ///
    /// # Errors
    /// See [`BadSwitch`]; then nothing changes.
    pub fn set(&self, switches: Switches) -> Result<(), BadSwitch> {
        if let Some(redirect) = &switches.redirect {
            redirect.check()?;
        }
        *self.lock() = switches;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Switches> {
        self.set.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_a_status_and_perhaps_an_address() {
        let here = Redirect::parse("301").expect("good");
        assert_eq!(here.location("http://h", 0, "/v1/x?y=1").as_deref(), Some("http://h/eu/v1/x?y=1"));
        assert_eq!(here.location("http://h", 1, "/v1/x"), None);
        let there = Redirect::parse("307,https://eu.example").expect("good");
        assert_eq!(there.location("http://h", 0, "/v1/x").as_deref(), Some("https://eu.example/v1/x"));
        assert_eq!(Redirect::parse("200"), Err(BadSwitch::Status));
        assert_eq!(Redirect::parse("301,ftp://x"), Err(BadSwitch::Address));
        assert_eq!(Redirect::parse("301,https://x/v1"), Err(BadSwitch::Address));
    }
}
