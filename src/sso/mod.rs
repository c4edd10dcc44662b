//! Single sign-on: people of a company log in at the company's own provider, by
//! [OpenID Connect](https://openid.net/specs/openid-connect-core-1_0.html).
//!
//! The provider says who somebody is; the company's settings say whose word counts for what: which domains it may vouch
//! for, and which role a group has. A person is known by issuer and subject from their first log-in on; the address
//! counts once, to find who they were before.

mod arrival;
mod flows;
mod identity;
mod people;
mod provider;
mod settings;
mod store;

pub use arrival::{Place, Preview, arrive, preview};
pub use flows::{Answer, Begun, Flow, Purpose, begin, finish};
pub use identity::{Groups, Identity};
pub use people::{Linked, linked_people, unlink};
pub use provider::{ProviderError, SsoClient};
pub use settings::{GroupRole, SsoSettings, parse_client_id, parse_domains, parse_group_roles, parse_issuer};
pub use store::{
    SsoProvider, for_address, is_in_use, mark_tested, provider, provider_in_use, remove, save, secret,
    set_state,
};

use crate::db::DbError;
use crate::people::PeopleError;
use crate::secrets::SealError;
use crate::text_enum;

text_enum! {
    /// Whether people of a company log in at its provider.
    SsoState {
        /// They do not.
        Off => "off",
        /// There or with a password.
        Optional => "optional",
        /// There alone, but for one named admin.
        Enforced => "enforced",
    }
}

text_enum! {
    /// Providers whose habits are known.
    Preset {
        /// Google Workspace.
        Google => "google",
        /// Microsoft Entra ID.
        Entra => "entra",
        /// Okta.
        Okta => "okta",
        /// Any other that speaks OpenID Connect.
        Other => "other",
    }
}

impl Preset {
    /// For people.
    pub fn label(self) -> String {
        crate::i18n::portal().name("sso-preset", self.as_str())
    }
}

/// Why somebody was not let in, or a test did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum SsoError {
    /// The company has no provider that is in use, or another one by now.
    #[error("single sign-on is not in use")]
    NotInUse,
    /// Somebody else saved other settings meanwhile.
    #[error("the settings were changed in the meantime")]
    Overtaken,
    /// The answer belongs to nothing that was begun in this browser.
    #[error("the answer belongs to no log-in that was begun in this browser")]
    Unknown,
    /// The answer came too late.
    #[error("the answer came too late")]
    Expired,
    /// The provider refused.
    #[error("the provider refused: {0}")]
    Denied(String),
    /// The answer is from another provider than the one that was asked (RFC 9207).
    #[error("the answer is from another provider")]
    OtherIssuer,
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The provider did not take the code, or the portal's client secret.
    #[error("the provider did not exchange the code: {0}")]
    CodeRefused(String),
    /// What the provider says of the person is not to be believed.
    #[error("the ID token is not valid: {0}")]
    BadToken(String),
    /// The person did not show just now who they are.
    #[error("the provider does not say that the person has just logged in")]
    NotFresh,
    /// Another person logged in at the provider than the one who is logged in here.
    #[error("another person")]
    OtherPerson,
    /// The provider does not say which address the person has.
    #[error("no address")]
    NoAddress,
    /// The provider does not vouch for the address.
    #[error("the address {0} is not verified")]
    Unverified(String),
    /// The address is of a domain that the provider may not vouch for.
    #[error("the address {0} is of another domain")]
    OtherDomain(String),
    /// The address logs in to another company.
    #[error("the address is in use")]
    InUseElsewhere,
    /// The person is linked with another account of the provider.
    #[error("the person is linked with another account")]
    OtherAccount,
    /// The person was removed from the team.
    #[error("the person was removed")]
    Removed,
    /// No group of the person has a role, and without one nobody is let in.
    #[error("no role")]
    NoRole,
    /// The provider left the groups out, because there are too many of them.
    #[error("too many groups")]
    TooManyGroups,
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The client secret does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for SsoError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

impl SsoError {
    /// The word by which the audit log calls it; none where it says nothing about a person.
    pub fn code(&self) -> Option<&'static str> {
        Some(match self {
            Self::Denied(_) => "denied",
            Self::OtherIssuer => "other_issuer",
            Self::BadToken(_) => "bad_token",
            Self::NotFresh => "not_fresh",
            Self::OtherPerson => "other_person",
            Self::NoAddress => "no_address",
            Self::Unverified(_) => "unverified",
            Self::OtherDomain(_) => "other_domain",
            Self::InUseElsewhere => "in_use_elsewhere",
            Self::OtherAccount => "other_account",
            Self::Removed => "removed",
            Self::NoRole => "no_role",
            Self::TooManyGroups => "too_many_groups",
            _ => return None,
        })
    }
}
