//! Tokens with which a company's programs use the API: what each may do, until when, and who created it. A token is
//! shown once; the table has its SHA-256 and its last four characters.

pub mod idempotency;
mod limits;
mod store;

pub use limits::{Left, Limits, PER_MINUTE};
pub use store::{ApiToken, CreateError, NewToken, by_secret, create, list, note_call, note_refusal, revoke};

use crate::i18n::portal;
use crate::secrets::hash_of;
use crate::text_enum;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeSet;
use std::fmt;

/// What every token begins with: scanners of source code and logs find one by it.
pub const PREFIX: &str = "alva_";

/// Bytes of randomness in a token: 256 bits.
const BYTES: usize = 32;

/// Characters by which people recognise a token.
const HINT: usize = 4;

text_enum! {
    /// What a token may do.
    Scope {
        /// The audit log.
        AuditRead => "audit:read",
        /// Candidates, their invitations and results.
        CandidatesRead => "candidates:read",
        /// Events with their timelines.
        EventsRead => "events:read",
        /// Integrations, how they are doing, and completeness.
        IntegrationsRead => "integrations:read",
        /// Invitations, without results.
        InvitationsRead => "invitations:read",
        /// Invites candidates, sends invitations again and cancels them.
        InvitationsWrite => "invitations:write",
    }
}

impl Scope {
    /// For people.
    pub fn label(self) -> String {
        portal().name("api-scope", &self.as_str().replace(':', "_"))
    }
}

/// What a token may do, in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// Of words; none for a word that names no scope, and when there is no word at all.
    pub fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Option<Self> {
        let all: Option<BTreeSet<Scope>> = words.into_iter().map(Scope::parse).collect();
        all.filter(|all| !all.is_empty()).map(Self)
    }

    /// As the table has them. A word of another version allows nothing.
    fn stored(text: &str) -> Self {
        Self(text.split(' ').filter_map(Scope::parse).collect())
    }

    /// Whether this may be done.
    pub fn allow(&self, scope: Scope) -> bool {
        self.0.contains(&scope)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = Scope> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    /// Separated by spaces, as OAuth writes scopes (RFC 6749 §3.3).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

text_enum! {
    /// How long a token is good, in days.
    Lifetime {
        /// A month.
        Days30 => "30",
        /// A quarter.
        Days90 => "90",
        /// Half a year.
        Days180 => "180",
        /// A year.
        Days365 => "365",
    }
}

impl Lifetime {
    /// In days.
    pub fn days(self) -> u64 {
        match self {
            Self::Days30 => 30,
            Self::Days90 => 90,
            Self::Days180 => 180,
            Self::Days365 => 365,
        }
    }
}

/// A new token from the system's randomness.
fn fresh() -> SecretString {
    let mut bytes = [0; BYTES];
    rand::fill(&mut bytes[..]);
    format!("{PREFIX}{}", hex::encode(bytes)).into()
}

/// Whether a text has the form of a token. What has not is none, and the database is not asked.
fn is_token(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|rest| {
        rest.len() == 2 * BYTES && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// What the table keeps of a token. It has 256 random bits, so a plain hash cannot be reversed by guessing.
fn stored_hash(token: &SecretString) -> String {
    hash_of(token.expose_secret())
}

/// The last characters of a token.
fn hint(token: &SecretString) -> String {
    let text = token.expose_secret();
    text[text.len().saturating_sub(HINT)..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_behind_its_prefix() {
        let (one, other) = (fresh(), fresh());
        assert_eq!(one.expose_secret().len(), 5 + 64);
        assert!(is_token(one.expose_secret()));
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(one.expose_secret().ends_with(&hint(&one)));
        assert!(!format!("{one:?}").contains(&hint(&one)), "it does not print");
    }

    #[test]
    fn nothing_else_has_its_form() {
        let token = fresh();
        let text = token.expose_secret();
        for wrong in ["", "alva_", &text[5..], &text[..68], &format!("{text}0"), &text.to_uppercase()] {
            assert!(!is_token(wrong), "{wrong}");
        }
    }

    #[test]
    fn scopes_are_words_that_are_known() {
        let both = Scopes::of_words(["events:read", "audit:read"]).expect("both are known");
        assert_eq!(both.to_string(), "audit:read events:read");
        assert!(both.allow(Scope::EventsRead) && !both.allow(Scope::CandidatesRead));
        assert_eq!(Scopes::of_words(["events:write"]), None);
        assert_eq!(Scopes::of_words([]), None);
        assert_eq!(Scopes::stored("events:read later:read").to_string(), "events:read");
    }
}
