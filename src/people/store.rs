//! The tables of companies and users.

use super::Role;
use crate::db::schema::{companies, users};
use crate::db::{Conn, DbResult};
use crate::ids::{CompanyId, UserId};
use crate::time::Timestamp;
use diesel::prelude::*;

/// A company: the tenant.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = companies)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name, as candidates read it.
    pub name: String,
    /// Where candidates turn to with questions; may be empty.
    pub support_contact: String,
    /// IANA name of the zone in which times are shown.
    pub time_zone: String,
    /// Months after which candidates' data is erased.
    pub retention_months: i32,
    /// When it was created.
    pub created_at: Timestamp,
}

impl Company {
    /// The zone in which its people read times.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// A person who signs in.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// The tenant.
    pub company_id: CompanyId,
    /// Lower case; unique in the installation.
    pub email: String,
    /// What they are called.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2id; `None` until the invitation is taken up.
    pub password_hash: Option<String>,
    /// When they were added.
    pub created_at: Timestamp,
    /// Since when they cannot sign in.
    pub disabled_at: Option<Timestamp>,
}

/// One company.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn company(conn: &mut Conn, id: &CompanyId) -> DbResult<Company> {
    Ok(companies::table.find(id).select(Company::as_select()).first(conn)?)
}

/// One person who may sign in.
///
/// # Errors
/// When the database cannot be asked.
pub fn user(conn: &mut Conn, id: &UserId) -> DbResult<Option<User>> {
    let found =
        users::table.find(id).filter(users::disabled_at.is_null()).select(User::as_select()).first(conn);
    Ok(found.optional()?)
}
