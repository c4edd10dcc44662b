//! Recovery codes: each stands once for whatever second factor a person lost, an app or a passkey.

use crate::db::schema::{passkeys, recovery_codes, second_factors};
use crate::db::{Conn, DbResult};
use crate::ids::UserId;
use crate::secrets::{fresh_recovery_codes, recovery_hash};
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;

/// Which second factors a person has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Factors {
    /// An app that shows codes.
    pub app: bool,
    /// Passkeys.
    pub passkeys: bool,
}

impl Factors {
    /// Whether they have one: their password alone opens nothing.
    pub fn any(self) -> bool {
        self.app || self.passkeys
    }
}

/// The second factors of a person.
pub fn factors(conn: &mut Conn, user: &UserId) -> DbResult<Factors> {
    let app = second_factors::table.find(user);
    let own = passkeys::table.filter(passkeys::user_id.eq(user));
    let (app, passkeys) = diesel::select((exists(app), exists(own))).get_result(conn)?;
    Ok(Factors { app, passkeys })
}

/// Recovery codes that were not used.
pub fn recovery_codes_left(conn: &mut Conn, user: &UserId) -> DbResult<i64> {
    let unused = recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null());
    Ok(recovery_codes::table.filter(unused).count().get_result(conn)?)
}

/// Codes for a person who has their first second factor since just now; none for one who has codes.
pub(super) fn first(conn: &mut Conn, user: &UserId) -> DbResult<Option<Vec<String>>> {
    let any = recovery_codes::table.filter(recovery_codes::user_id.eq(user));
    if diesel::select(exists(any)).get_result(conn)? {
        return Ok(None);
    }
    replace(conn, user).map(Some)
}

/// New codes in the place of the old ones.
pub(super) fn replace(conn: &mut Conn, user: &UserId) -> DbResult<Vec<String>> {
    drop_all(conn, user)?;
    let codes = fresh_recovery_codes();
    for code in &codes {
        let row = (recovery_codes::user_id.eq(user), recovery_codes::code_hash.eq(recovery_hash(code)));
        diesel::insert_into(recovery_codes::table).values(row).execute(conn)?;
    }
    Ok(codes)
}

/// Uses a code up. `false`: it is none of the person's, or was used.
pub(super) fn used(conn: &mut Conn, user: &UserId, typed: &str) -> DbResult<bool> {
    let this = recovery_codes::table.find((user, recovery_hash(typed)));
    let used = diesel::update(this.filter(recovery_codes::used_at.is_null()))
        .set(recovery_codes::used_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    Ok(used > 0)
}

/// Removes the codes of somebody who has no second factor any more.
pub(super) fn drop_unneeded(conn: &mut Conn, user: &UserId) -> DbResult<()> {
    if factors(conn, user)?.any() { Ok(()) } else { drop_all(conn, user) }
}

fn drop_all(conn: &mut Conn, user: &UserId) -> DbResult<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(conn)?;
    Ok(())
}
