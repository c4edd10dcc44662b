//! Which profile counts for which posting.

use super::store::{STANDARD, read};
use crate::db::schema::{profiled_postings, role_profiles};
use crate::db::{Conn, DbResult};
use crate::ids::CompanyId;
use assessment::Profile;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// A profile with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    pub name: String,
    /// What it asks for.
    pub profile: Profile,
}

/// The profiles of some postings.
#[derive(Debug, Clone)]
pub struct Weighing {
    chosen: HashMap<String, Arc<Named>>,
    default: Arc<Named>,
}

impl Weighing {
    /// The profile that counts for a posting, by Lever's id.
    pub fn profile_for(&self, posting: &str) -> &Arc<Named> {
        self.chosen.get(posting).unwrap_or(&self.default)
    }
}

/// The profiles that count for these postings of a company.
pub fn weighing(conn: &mut Conn, company: &CompanyId, of: &[String]) -> DbResult<Weighing> {
    let default: Option<(String, String)> = role_profiles::table
        .filter(role_profiles::company_id.eq(company).and(role_profiles::default_since.is_not_null()))
        .select((role_profiles::name, role_profiles::lines))
        .first(conn)
        .optional()?;
    let chosen: Vec<(String, String, String)> = profiled_postings::table
        .inner_join(role_profiles::table)
        .filter(profiled_postings::company_id.eq(company).and(profiled_postings::posting_id.eq_any(of)))
        .select((profiled_postings::posting_id, role_profiles::name, role_profiles::lines))
        .load(conn)?;
    let named = |name: String, lines: &str| Arc::new(Named { profile: read(lines, &name), name });
    let standard = || Arc::new(Named { name: STANDARD.to_owned(), profile: Profile::default() });
    Ok(Weighing {
        default: default.map_or_else(standard, |(name, lines)| named(name, &lines)),
        chosen: chosen.into_iter().map(|(posting, name, lines)| (posting, named(name, &lines))).collect(),
    })
}
