//! The table of profiles: adding, changing, deleting, and which one is the default.

use super::ProfilesError;
use crate::audit::{self, Actor};
use crate::db::schema::{profiled_postings, role_profiles};
use crate::db::search::name_key;
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, RoleProfileId};
use crate::people::Name;
use crate::time::Timestamp;
use assessment::Profile;
use diesel::prelude::*;
use serde_json::json;

/// What the profile is called that counts while a company has chosen no other.
pub const STANDARD: &str = "Standard";

/// Profiles that a company may have: as many as one can still find one's way among.
pub const MOST: usize = 100;

/// A profile of a company.
#[derive(Debug, Clone)]
pub struct RoleProfile {
    pub id: RoleProfileId,
    pub name: String,
    /// What it asks for.
    pub profile: Profile,
    /// Whether it counts for postings without a profile of their own.
    pub is_default: bool,
}

/// A profile as somebody wants it to be.
#[derive(Debug, Clone)]
pub struct Draft {
    pub name: Name,
    /// What it asks for.
    pub profile: Profile,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = role_profiles)]
struct Row {
    id: RoleProfileId,
    company_id: CompanyId,
    name: String,
    name_key: String,
    lines: String,
    default_since: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Row> for RoleProfile {
    fn from(row: Row) -> Self {
        Self {
            profile: read(&row.lines, &row.name),
            id: row.id,
            name: row.name,
            is_default: row.default_since.is_some(),
        }
    }
}

/// Reads a profile's lines. One that cannot be read weighs as the standard does, and the log says so.
pub(super) fn read(lines: &str, name: &str) -> Profile {
    serde_json::from_str(lines).unwrap_or_else(|failure| {
        tracing::error!(%failure, name, "a kept profile cannot be read");
        Profile::default()
    })
}

fn written(profile: &Profile) -> String {
    serde_json::to_string(profile).expect("a profile is plain data")
}

fn key(name: &Name) -> String {
    name_key(name.as_str())
}

/// All profiles of a company, by name.
pub fn all(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<RoleProfile>> {
    let rows: Vec<Row> = role_profiles::table
        .filter(role_profiles::company_id.eq(company))
        .order(role_profiles::name_key.asc())
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(RoleProfile::from).collect())
}

/// One profile of a company.
///
/// # Errors
/// [`ProfilesError::NoSuchProfile`], or when the database cannot be asked.
pub fn get(conn: &mut Conn, company: &CompanyId, id: &RoleProfileId) -> Result<RoleProfile, ProfilesError> {
    find(conn, company, id)?.ok_or(ProfilesError::NoSuchProfile)
}

/// A profile of a company, when there is one.
pub fn find(conn: &mut Conn, company: &CompanyId, id: &RoleProfileId) -> DbResult<Option<RoleProfile>> {
    let row: Option<Row> = role_profiles::table
        .find(id)
        .filter(role_profiles::company_id.eq(company))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(RoleProfile::from))
}

/// Titles of the postings that a profile is chosen for, at most `limit`, by title.
pub fn using(conn: &mut Conn, company: &CompanyId, id: &RoleProfileId, limit: i64) -> DbResult<Vec<String>> {
    Ok(profiled_postings::table
        .filter(profiled_postings::company_id.eq(company).and(profiled_postings::profile_id.eq(id)))
        .order(profiled_postings::search.asc())
        .limit(limit)
        .select(profiled_postings::title)
        .load(conn)?)
}

fn check_name(
    conn: &mut Conn,
    company: &CompanyId,
    name: &Name,
    own: Option<&RoleProfileId>,
) -> Result<(), ProfilesError> {
    let others = all(conn, company)?;
    let is_taken = |other: &RoleProfile| name_key(&other.name) == key(name) && Some(&other.id) != own;
    if others.iter().any(is_taken) {
        return Err(ProfilesError::NameTaken);
    }
    if own.is_none() && others.len() >= MOST {
        return Err(ProfilesError::TooMany);
    }
    Ok(())
}

/// Adds a profile.
///
/// # Errors
/// [`ProfilesError::NameTaken`], [`ProfilesError::TooMany`], or when the database refuses.
pub fn add(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    draft: &Draft,
) -> Result<RoleProfileId, ProfilesError> {
    dialect::lock_company(conn, company)?;
    check_name(conn, company, &draft.name, None)?;
    let row = Row {
        id: RoleProfileId::new(),
        company_id: *company,
        name: draft.name.to_string(),
        name_key: key(&draft.name),
        lines: written(&draft.profile),
        default_since: None,
        created_at: Timestamp::now(),
    };
    diesel::insert_into(role_profiles::table).values(&row).execute(conn)?;
    let detail = json!({ "weights": draft.profile });
    audit::record(conn, company, actor, audit::Action::RoleProfileAdded, &row.name, &detail)?;
    Ok(row.id)
}

/// Changes a profile. `false`: it was so already, and nothing is logged.
///
/// # Errors
/// As for [`add`] and [`get`].
pub fn change(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &RoleProfileId,
    draft: &Draft,
) -> Result<bool, ProfilesError> {
    dialect::lock_company(conn, company)?;
    let old = get(conn, company, id)?;
    if old.name == draft.name.as_str() && old.profile == draft.profile {
        return Ok(false);
    }
    check_name(conn, company, &draft.name, Some(id))?;
    diesel::update(role_profiles::table.find(id))
        .set((
            role_profiles::name.eq(draft.name.as_str()),
            role_profiles::name_key.eq(key(&draft.name)),
            role_profiles::lines.eq(written(&draft.profile)),
        ))
        .execute(conn)?;
    let detail = json!({
        "name": { "from": old.name, "to": draft.name.as_str() },
        "weights": { "from": old.profile, "to": draft.profile },
    });
    audit::record(conn, company, actor, audit::Action::RoleProfileChanged, draft.name.as_str(), &detail)?;
    Ok(true)
}

/// Deletes a profile: its postings fall back to the default, and where it was the default itself,
/// the standard profile is again.
///
/// # Errors
/// As for [`get`].
pub fn delete(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: &RoleProfileId,
) -> Result<RoleProfile, ProfilesError> {
    dialect::lock_company(conn, company)?;
    let old = get(conn, company, id)?;
    let freed = diesel::update(profiled_postings::table.filter(profiled_postings::profile_id.eq(id)))
        .set(profiled_postings::profile_id.eq(None::<RoleProfileId>))
        .execute(conn)?;
    diesel::delete(role_profiles::table.find(id)).execute(conn)?;
    let detail = json!({ "weights": old.profile, "was_default": old.is_default, "postings": freed });
    audit::record(conn, company, actor, audit::Action::RoleProfileDeleted, &old.name, &detail)?;
    Ok(old)
}

/// Makes a profile the default; `None`: the standard profile. `false`: it was so already.
///
/// # Errors
/// As for [`get`].
pub fn set_default(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    id: Option<&RoleProfileId>,
) -> Result<bool, ProfilesError> {
    dialect::lock_company(conn, company)?;
    let old = all(conn, company)?.into_iter().find(|profile| profile.is_default);
    let new = id.map(|id| get(conn, company, id)).transpose()?;
    if old.as_ref().map(|old| &old.id) == new.as_ref().map(|new| &new.id) {
        return Ok(false);
    }
    diesel::update(role_profiles::table.filter(role_profiles::company_id.eq(company)))
        .set(role_profiles::default_since.eq(None::<Timestamp>))
        .execute(conn)?;
    if let Some(new) = &new {
        diesel::update(role_profiles::table.find(&new.id))
            .set(role_profiles::default_since.eq(Some(Timestamp::now())))
            .execute(conn)?;
    }
    let named = |profile: Option<&RoleProfile>| profile.map_or(STANDARD.to_owned(), |p| p.name.clone());
    let (from, to) = (named(old.as_ref()), named(new.as_ref()));
    let detail = json!({ "from": from, "to": to });
    audit::record(conn, company, actor, audit::Action::RoleProfileDefaultSet, &to, &detail)?;
    Ok(true)
}
