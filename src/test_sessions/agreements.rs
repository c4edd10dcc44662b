//! The texts that candidates agreed to. Each is kept once, under a version that follows from what it says, so that
//! a sitting can always show what its candidate had read.

use crate::db::schema::{agreed_texts, sittings, verifications};
use crate::db::{Conn, DbResult, dialect};
use crate::secrets::hash_of;
use crate::time::Timestamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::time::Duration;

/// A text as a candidate reads it before agreeing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// The language's code.
    pub language: String,
    /// The text, a paragraph a line.
    pub text: String,
}

impl Agreement {
    /// What names it: other words, another version.
    #[must_use]
    pub fn version(&self) -> String {
        hash_of(&format!("{}\n{}", self.language, self.text)).chars().take(16).collect()
    }
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = agreed_texts)]
struct Kept {
    version: String,
    language: String,
    text: String,
    last_used_at: Timestamp,
}

/// Keeps a text unless it is kept already; answers its version.
///
/// # Errors
/// When the database refuses.
pub(super) fn keep(conn: &mut Conn, agreed: &Agreement, now: Timestamp) -> DbResult<String> {
    let row = Kept {
        version: agreed.version(),
        language: agreed.language.clone(),
        text: agreed.text.clone(),
        last_used_at: now,
    };
    dialect::upsert!(conn, agreed_texts, agreed_texts::version, &row);
    Ok(row.version)
}

/// So long a text stays after somebody agreed to it, whatever becomes of their tests: who agrees to it at the moment
/// in which it is removed has renewed it first.
const RENEWED: Duration = Duration::from_secs(3_600);

/// Removes texts that no kept test names any more; answers how many.
///
/// # Errors
/// When the database refuses.
pub fn age_out(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let named = sittings::table.filter(sittings::agreed_version.eq(agreed_texts::version));
    let named_again = verifications::table.filter(verifications::agreed_version.eq(agreed_texts::version));
    let left = agreed_texts::table
        .filter(agreed_texts::last_used_at.lt(now.minus(RENEWED)))
        .filter(not(exists(named)))
        .filter(not(exists(named_again)));
    Ok(diesel::delete(left).execute(conn)?)
}

/// The text of a version.
///
/// # Errors
/// When the database cannot be asked.
pub fn of_version(conn: &mut Conn, version: &str) -> DbResult<Option<Agreement>> {
    let found: Option<(String, String)> = agreed_texts::table
        .find(version)
        .select((agreed_texts::language, agreed_texts::text))
        .first(conn)
        .optional()?;
    Ok(found.map(|(language, text)| Agreement { language, text }))
}
