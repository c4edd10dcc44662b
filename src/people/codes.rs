//! One-time codes in links: set-up, invitations, new passwords. The database has their hashes only.

use super::store::{self, CodeRow, User};
use super::{Company, PeopleError};
use crate::db::{Conn, DbResult};
use crate::ids::{CodeId, UserId};
use crate::secrets::Code;
use crate::text_enum;
use crate::time::Timestamp;
use std::time::Duration;

text_enum! {
    /// What a code opens.
    CodeKind {
        /// The first company and its admin.
        Setup => "setup",
        /// A place in a team.
        Invite => "invite",
        /// A new password.
        Reset => "reset",
    }
}

const HOUR: Duration = Duration::from_secs(3600);

impl CodeKind {
    /// How long a code of this kind is good for.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::Setup => HOUR * 24,
            Self::Invite => HOUR * 24 * 7,
            Self::Reset => HOUR,
        }
    }
}

/// Links to a new password that stay good beside a fresh one: who asks for links without end makes none
/// of the owner's own useless.
const RESETS_KEPT: i64 = 2;

/// Makes a code. For a person it takes the place of the ones that they have not used; of links to a new
/// password the last ones stay good.
pub(super) fn issue(conn: &mut Conn, kind: CodeKind, user: Option<&UserId>) -> DbResult<Code> {
    store::drop_expired_codes(conn)?;
    if let Some(user) = user {
        let keep = if kind == CodeKind::Reset { RESETS_KEPT } else { 0 };
        store::drop_codes(conn, user, kind, keep)?;
    }
    let code = Code::random();
    let now = Timestamp::now();
    store::insert_code(
        conn,
        &CodeRow {
            id: CodeId::new(),
            kind,
            code_hash: code.hash(),
            user_id: user.cloned(),
            created_at: now,
            expires_at: now.plus(kind.lifetime()),
            used_at: None,
        },
    )?;
    Ok(code)
}

/// Uses up a code that is for no person: set-up's.
pub(super) fn redeem(conn: &mut Conn, kind: CodeKind, code: &Code) -> Result<(), PeopleError> {
    let row = store::live_code(conn, kind, &code.hash())?.ok_or(PeopleError::CodeNotValid)?;
    if store::mark_used(conn, &row.id)? { Ok(()) } else { Err(PeopleError::CodeNotValid) }
}

/// Uses up a person's code.
pub(super) fn take_persons(conn: &mut Conn, kind: CodeKind, code: &Code) -> Result<User, PeopleError> {
    let (user, _) = who_holds(conn, kind, code)?;
    redeem(conn, kind, code)?;
    Ok(user)
}

/// Whose code it is, and their company; the code stays good.
///
/// # Errors
/// When the code is unknown, used or too old, or the person was removed since.
pub fn who_holds(conn: &mut Conn, kind: CodeKind, code: &Code) -> Result<(User, Company), PeopleError> {
    let row = store::live_code(conn, kind, &code.hash())?.ok_or(PeopleError::CodeNotValid)?;
    let user = row.user_id.ok_or(PeopleError::CodeNotValid)?;
    let user = store::user(conn, &user)?.ok_or(PeopleError::CodeNotValid)?;
    let company = store::company(conn, &user.company_id)?;
    Ok((user, company))
}
