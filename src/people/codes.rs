//! One-time codes in links: set-up, invitations, new passwords. The database has their hashes only.

use super::store::{self, User};
use super::{Company, PeopleError};
use crate::db::schema::{codes, users};
use crate::db::{Conn, DbResult};
use crate::ids::{CodeId, CompanyId, UserId};
use crate::secrets::Code;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
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

/// Links to a new password that one person has at a time. Beyond these no stranger's request makes a further one, so that
/// none ends an older link: a stranger who asks without end makes none of the owner's own useless.
const RESETS_AT_ONCE: usize = 3;

/// A one-time code, without the code.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = codes)]
struct CodeRow {
    id: CodeId,
    kind: CodeKind,
    code_hash: String,
    user_id: Option<UserId>,
    created_at: Timestamp,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// Makes a code. For a person it takes the place of the ones that they have not used.
pub(super) fn issue(conn: &mut Conn, kind: CodeKind, user: Option<&UserId>) -> DbResult<Code> {
    drop_expired_codes(conn)?;
    if let Some(user) = user {
        drop_codes(conn, user, kind)?;
    }
    insert_new(conn, kind, user)
}

/// Makes a code for a new password beside those that are good already. While there are three it takes the place of the
/// oldest where it was asked for on a device that is the person's (`is_known`): strangers may have asked for all three. For
/// others there is none.
pub(super) fn issue_reset(conn: &mut Conn, user: &UserId, is_known: bool) -> DbResult<Option<Code>> {
    drop_expired_codes(conn)?;
    let good: Vec<CodeId> = codes::table
        .filter(codes::user_id.eq(user).and(codes::kind.eq(CodeKind::Reset)).and(codes::used_at.is_null()))
        .order((codes::created_at.desc(), codes::id.desc()))
        .select(codes::id)
        .load(conn)?;
    if good.len() >= RESETS_AT_ONCE {
        if !is_known {
            return Ok(None);
        }
        let oldest = codes::id.eq_any(&good[RESETS_AT_ONCE - 1..]);
        diesel::delete(codes::table.filter(oldest)).execute(conn)?;
    }
    insert_new(conn, CodeKind::Reset, Some(user)).map(Some)
}

fn insert_new(conn: &mut Conn, kind: CodeKind, user: Option<&UserId>) -> DbResult<Code> {
    let code = Code::random();
    let now = Timestamp::now();
    insert_code(
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

/// The person's other codes of this kind end.
pub(super) fn forget(conn: &mut Conn, user: &UserId, kind: CodeKind) -> DbResult<()> {
    drop_codes(conn, user, kind)
}

/// Takes back a link to a new password that could not be sent.
pub fn forget_reset(conn: &mut Conn, code: &Code) -> DbResult<()> {
    let unsent = codes::table.filter(codes::kind.eq(CodeKind::Reset).and(codes::code_hash.eq(code.hash())));
    diesel::delete(unsent).execute(conn)?;
    Ok(())
}

/// Uses up a code that is for no person: set-up's.
pub(super) fn redeem(conn: &mut Conn, kind: CodeKind, code: &Code) -> Result<(), PeopleError> {
    let row = live_code(conn, kind, &code.hash())?.ok_or(PeopleError::CodeNotValid)?;
    if mark_used(conn, &row.id)? { Ok(()) } else { Err(PeopleError::CodeNotValid) }
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
    let row = live_code(conn, kind, &code.hash())?.ok_or(PeopleError::CodeNotValid)?;
    let user = row.user_id.ok_or(PeopleError::CodeNotValid)?;
    let user = store::user(conn, &user)?.ok_or(PeopleError::CodeNotValid)?;
    let company = store::company(conn, &user.company_id)?;
    Ok((user, company))
}

fn insert_code(conn: &mut Conn, row: &CodeRow) -> DbResult<()> {
    diesel::insert_into(codes::table).values(row).execute(conn)?;
    Ok(())
}

/// A code that can still be used.
fn live_code(conn: &mut Conn, kind: CodeKind, hash: &str) -> DbResult<Option<CodeRow>> {
    Ok(codes::table
        .filter(codes::code_hash.eq(hash).and(codes::kind.eq(kind)))
        .filter(codes::used_at.is_null().and(codes::expires_at.gt(Timestamp::now())))
        .select(CodeRow::as_select())
        .first(conn)
        .optional()?)
}

/// Whether a code can still be used.
pub(super) fn is_valid(conn: &mut Conn, kind: CodeKind, code: &Code) -> DbResult<bool> {
    Ok(live_code(conn, kind, &code.hash())?.is_some())
}

/// Uses a code up. `false`: somebody was faster.
fn mark_used(conn: &mut Conn, id: &CodeId) -> DbResult<bool> {
    let changed = diesel::update(codes::table.find(id).filter(codes::used_at.is_null()))
        .set(codes::used_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Drops the codes of a person that were not used.
pub(super) fn drop_codes(conn: &mut Conn, user: &UserId, kind: CodeKind) -> DbResult<()> {
    let unused = codes::user_id.eq(user).and(codes::kind.eq(kind)).and(codes::used_at.is_null());
    diesel::delete(codes::table.filter(unused)).execute(conn)?;
    Ok(())
}

fn drop_expired_codes(conn: &mut Conn) -> DbResult<()> {
    diesel::delete(codes::table.filter(codes::expires_at.lt(Timestamp::now()))).execute(conn)?;
    Ok(())
}

/// Until when each person's invitation can be taken up.
pub(super) fn open_invitations(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<(UserId, Timestamp)>> {
    Ok(codes::table
        .inner_join(users::table)
        .filter(users::company_id.eq(company))
        .filter(codes::kind.eq(CodeKind::Invite).and(codes::used_at.is_null()))
        .select((users::id, codes::expires_at))
        .load(conn)?)
}
