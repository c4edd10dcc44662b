//! The first run: a one-time code, printed by the server, opens the page that makes the first
//! company and its admin. Whoever can read the server's terminal owns the installation.

use super::codes::{self, CodeKind};
use super::{CompanySettings, Email, Name, NewPassword, PeopleError, Role, User, company, store, team};
use crate::audit::{Actor, Circumstances};
use crate::db::{Conn, Db, DbResult, dialect};
use crate::secrets::Code;

/// A fresh code while there is no company; `None` when the portal is set up.
/// Codes of other instances on the same database stay good.
pub async fn prepare(db: &Db) -> DbResult<Option<Code>> {
    db.write(|conn| {
        if store::any_company(conn)? {
            return Ok(None);
        }
        codes::issue(conn, CodeKind::Setup, None).map(Some)
    })
    .await
}

/// Whether set-up is still to be done.
pub fn is_open(conn: &mut Conn) -> DbResult<bool> {
    Ok(!store::any_company(conn)?)
}

/// Whether the code opens set-up; it stays good.
pub fn is_valid(conn: &mut Conn, code: &Code) -> DbResult<bool> {
    Ok(is_open(conn)? && codes::is_valid(conn, CodeKind::Setup, code)?)
}

/// Uses the code up: makes the company with these settings, and its first admin. `seen`: from where.
///
/// # Errors
/// When the code is not valid, or a company is there already.
pub fn finish(
    conn: &mut Conn,
    code: &Code,
    settings: &CompanySettings,
    name: &Name,
    email: &Email,
    password: &NewPassword,
    seen: Circumstances,
) -> Result<User, PeopleError> {
    dialect::lock_setup(conn)?;
    if store::any_company(conn)? {
        return Err(PeopleError::SetUpAlready);
    }
    codes::redeem(conn, CodeKind::Setup, code)?;
    let actor = Actor::Visitor { seen };
    let company = company::found_company(conn, &actor, settings)?;
    team::add(conn, &actor, &company.id, email, name, Role::Admin, password)
}
