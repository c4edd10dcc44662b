//! The statements that SQLite and PostgreSQL spell differently. Each stands here once.

use super::{Conn, DbResult};
use crate::ids::CompanyId;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Makes writers of one company take turns until the transaction ends. SQLite has one writer anyway.
///
/// # Errors
/// When the database cannot be asked.
pub fn lock_company(conn: &mut Conn, company: &CompanyId) -> DbResult<()> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(company.as_str())
            .execute(pg)?;
    }
    Ok(())
}

/// Makes the instances on one database take turns at setting the portal up, until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub fn lock_setup(conn: &mut Conn) -> DbResult<()> {
    if let Conn::Postgres(pg) = conn {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('setup', 0))").execute(pg)?;
    }
    Ok(())
}
