//! What Lever sends, and what it is answered.

use crate::ids::IntegrationId;
use crate::time::Timestamp;

/// A call at the door.
pub struct Arrival {
    /// For which account.
    pub integration: IntegrationId,
    /// The random part of the address that it came to.
    pub key: String,
    /// The sender's network.
    pub network: String,
    /// Headers worth keeping, a JSON object.
    pub headers: String,
    /// The bytes.
    pub body: Vec<u8>,
    /// When they had arrived.
    pub at: Timestamp,
}

/// What the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: kept, or known already.
    Kept(&'static str),
    /// 400: not readable, and why.
    Malformed(String),
    /// 401: no valid signature, and why.
    Unsigned(String),
    /// 404: no account has this address.
    Unknown,
    /// 410: the account was disconnected.
    Gone,
    /// 503: come back later.
    Busy,
}

impl Answer {
    pub fn status(&self) -> u16 {
        match self {
            Self::Kept(_) => 200,
            Self::Malformed(_) => 400,
            Self::Unsigned(_) => 401,
            Self::Unknown => 404,
            Self::Gone => 410,
            Self::Busy => 503,
        }
    }
}
