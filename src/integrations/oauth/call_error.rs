//! Why a call to an account did not succeed.

use super::access_tokens::AccessError;
use super::{acting, permissions};
use crate::db::DbError;
use crate::reasons::Reason;
use lever_client::Scope;

/// HTTP's status for a request that is too large.
const TOO_LARGE: u16 = 413;

/// Why a call to an account did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no way in.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Lever's answer.
    #[error(transparent)]
    Lever(#[from] lever_client::Error),
    /// Lever is known not to let the portal do this.
    #[error("this {}", permissions::waits_for(*.0))]
    Lacking(Scope),
    /// Lever wants to know in whose name it is written, and nobody is known.
    #[error("{}", acting::NOBODY)]
    Nobody,
    /// No answer within the time that the caller has.
    #[error("Lever did not answer in time")]
    TooSlow,
}

impl From<&CallError> for Reason {
    fn from(cause: &CallError) -> Self {
        use lever_client::Error;
        match cause {
            CallError::Access(cause) => Self::from(cause),
            CallError::Lever(Error::TryAgain { why, .. }) => Self::LeverUnavailable { detail: why.clone() },
            CallError::Lever(Error::AccessGone { status, message }) => {
                Self::LeverAccessRefused { detail: http(*status, message) }
            }
            CallError::Lever(Error::Forbidden { status, message, .. }) => {
                Self::LeverForbids { detail: http(*status, message) }
            }
            CallError::Lever(Error::NotFound { status, message }) => {
                Self::LeverUnknownObject { detail: http(*status, message) }
            }
            CallError::Lever(Error::OurFault { status: Some(TOO_LARGE), message }) => {
                Self::LeverTooLarge { detail: http(TOO_LARGE, message) }
            }
            CallError::Lever(Error::OurFault { status: Some(status), message }) => {
                Self::LeverRefused { detail: http(*status, message) }
            }
            CallError::Lever(Error::OurFault { status: None, message }) => {
                Self::LeverRefused { detail: format!("not sent: {message}") }
            }
            CallError::Lacking(scope) => {
                Self::LacksPermission { scope: scope.to_string(), title: scope.title().to_owned() }
            }
            CallError::TooSlow => Self::LeverTooSlow,
            CallError::Nobody => Self::NobodyToActFor,
            CallError::Lever(Error::Unreadable { status, why }) => {
                Self::LeverUnreadable { detail: http(*status, why) }
            }
            CallError::Lever(Error::Certificate { why }) => Self::LeverCertificate { detail: why.clone() },
        }
    }
}

fn http(status: u16, message: &str) -> String {
    format!("HTTP {status}: {message}")
}

impl From<DbError> for CallError {
    fn from(cause: DbError) -> Self {
        Self::Access(cause.into())
    }
}
