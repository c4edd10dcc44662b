//! Who did what in the portal. Rows are only ever added, and each carries the hash of the row
//! before it in its company, so that a change or a gap shows; and a code under a key that is not in the database, so
//! that hashes which were made anew show as well. The end of each log is kept apart, under such a code.
//!
//! A row is written in the transaction of the change that it tells of. It holds no candidate's
//! name or address: those must be erasable, and this log is not.

mod actions;
mod circumstances;
mod companies;
pub mod counted;
mod ends;
pub mod keys;
pub mod repeats;
mod row;
mod sentence;
mod store;
mod verify;
pub mod view;

pub use actions::{Action, Subject};
pub use circumstances::Circumstances;
pub use companies::{Companies, compare_companies, count_companies, founded, tell_missing};
pub use ends::authenticate_older;
pub use row::{Hashed, Row, START, hash};
pub use store::{heads, kept_ends, page};
pub use verify::{Fault, Intact, Later, Verdict, row, verify, verify_from};

use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, UserId};
use crate::reasons;
use serde_json::Value;

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person who was signed in.
    User {
        id: UserId,
        /// Their address at that time.
        email: String,
        /// From where.
        seen: Circumstances,
    },
    /// Somebody who is not signed in.
    Visitor {
        /// From where.
        seen: Circumstances,
    },
    /// A program with a token of the API.
    ApiToken {
        /// What the log calls it: `api token` and the last characters of the token.
        label: String,
        /// From where.
        seen: Circumstances,
    },
    /// The portal itself: a worker, a schedule.
    Portal,
    /// Somebody at the command line of the server.
    CommandLine,
}

impl Actor {
    /// What the log calls them.
    pub fn label(&self) -> &str {
        match self {
            Self::User { email, .. } => email,
            Self::Visitor { .. } => "not logged in",
            Self::ApiToken { label, .. } => label,
            Self::Portal => "portal",
            Self::CommandLine => "command line",
        }
    }

    fn id(&self) -> Option<&UserId> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::Visitor { .. } | Self::ApiToken { .. } | Self::Portal | Self::CommandLine => None,
        }
    }

    /// From where, when a browser was involved.
    fn circumstances(&self) -> Option<&Circumstances> {
        match self {
            Self::User { seen, .. } | Self::Visitor { seen, .. } | Self::ApiToken { seen, .. } => Some(seen),
            Self::Portal | Self::CommandLine => None,
        }
    }
}

impl From<&Actor> for reasons::Actor {
    fn from(actor: &Actor) -> Self {
        match actor {
            Actor::User { email, .. } => Self::User(email.clone()),
            Actor::ApiToken { label, .. } => Self::User(label.clone()),
            Actor::Portal | Actor::Visitor { .. } => Self::Portal,
            Actor::CommandLine => Self::CommandLine,
        }
    }
}

/// Adds a row. `subject` says what was changed: a name, or the code of a [`Subject`]. `detail` holds the old and new
/// values (never a secret).
///
/// # Errors
/// When the database refuses; the change that it tells of is then undone with it.
pub fn record(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &Actor,
    action: Action,
    subject: &str,
    detail: &Value,
) -> DbResult<()> {
    record_code(conn, company, actor, action.as_str(), subject, detail)
}

/// The same for a code that may be one of another version.
fn record_code(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &Actor,
    action: &str,
    subject: &str,
    detail: &Value,
) -> DbResult<()> {
    let detail = match actor.circumstances() {
        Some(seen) => seen.add_to(detail),
        None => detail.clone(),
    };
    let row = Row::new(company, actor.label(), actor.id(), &detail);
    store::append(conn, Row { action: action.to_owned(), subject: subject.to_owned(), ..row })
}
