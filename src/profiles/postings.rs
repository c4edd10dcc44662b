//! The postings that candidates came with, and the profile of each.

use super::{ProfilesError, store};
use crate::audit::{self, Actor};
use crate::db::keyset::{self, Cursor, Page};
use crate::db::schema::profiled_postings;
use crate::db::search::{folded, with_words};
use crate::db::{AnyBackend, Conn, DbResult, dialect};
use crate::ids::{CompanyId, PostingRowId, RoleProfileId};
use diesel::prelude::*;
use serde_json::json;

/// Postings on a page.
pub const PAGE: usize = 50;

/// A posting, as candidates brought it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = profiled_postings)]
pub struct Posting {
    pub id: PostingRowId,
    pub company_id: CompanyId,
    /// Lever's id.
    pub posting_id: String,
    /// Its title, as Lever said it last.
    pub title: String,
    /// What the search box looks in.
    search: String,
    /// The chosen profile; without one the default counts.
    pub profile_id: Option<RoleProfileId>,
}

/// Which postings.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Whose title has this text.
    pub text: Option<String>,
}

/// Keeps that a candidate came with this posting.
pub fn seen(conn: &mut Conn, company: &CompanyId, posting: &str, title: &str) -> DbResult<()> {
    if title.is_empty() {
        return Ok(());
    }
    let its = profiled_postings::company_id.eq(company).and(profiled_postings::posting_id.eq(posting));
    let known: Option<String> =
        profiled_postings::table.filter(its).select(profiled_postings::title).first(conn).optional()?;
    match known {
        Some(known) if known == title => {}
        Some(_) => {
            diesel::update(profiled_postings::table.filter(its))
                .set((profiled_postings::title.eq(title), profiled_postings::search.eq(folded(title))))
                .execute(conn)?;
        }
        None => {
            let row = Posting {
                id: PostingRowId::new(),
                company_id: *company,
                posting_id: posting.to_owned(),
                title: title.to_owned(),
                search: folded(title),
                profile_id: None,
            };
            // Two candidates of a new posting may come at once.
            let rows = [row];
            let _added: Vec<PostingRowId> = dialect::insert_new!(conn, profiled_postings, &rows);
        }
    }
    Ok(())
}

/// A page of a company's postings, newest first.
pub fn page(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    cursor: Option<&Cursor<PostingRowId>>,
) -> DbResult<Page<Posting>> {
    keyset::page(cursor, PAGE, &mut |cursor, limit| {
        let mut query: profiled_postings::BoxedQuery<'_, AnyBackend> = profiled_postings::table
            .filter(profiled_postings::company_id.eq(company))
            .into_boxed()
            .limit(limit);
        query = match cursor {
            None => query.order(profiled_postings::id.desc()),
            Some(Cursor::Before(id)) => {
                query.filter(profiled_postings::id.lt(id)).order(profiled_postings::id.desc())
            }
            Some(Cursor::After(id)) => {
                query.filter(profiled_postings::id.gt(id)).order(profiled_postings::id.asc())
            }
        };
        if let Some(text) = selection.text.as_deref() {
            query = with_words!(query, profiled_postings::search, text);
        }
        Ok(query.select(Posting::as_select()).load(conn)?)
    })
}

/// Chooses profiles for postings of a company (`None`: the default); answers how many differ now.
/// Postings of others are left alone.
///
/// # Errors
/// [`ProfilesError::NoSuchProfile`] when one is not of this company: then nothing is changed.
pub fn assign(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    choices: &[(PostingRowId, Option<RoleProfileId>)],
) -> Result<usize, ProfilesError> {
    dialect::lock_company(conn, company)?;
    let profiles = store::all(conn, company)?;
    let name = |id: Option<&RoleProfileId>| match id {
        None => Ok(None),
        Some(id) => {
            let found = profiles.iter().find(|profile| profile.id == *id);
            found.map(|profile| Some(profile.name.clone())).ok_or(ProfilesError::NoSuchProfile)
        }
    };
    let ids: Vec<&PostingRowId> = choices.iter().map(|(id, _)| id).collect();
    let known: Vec<Posting> = profiled_postings::table
        .filter(profiled_postings::company_id.eq(company).and(profiled_postings::id.eq_any(ids)))
        .select(Posting::as_select())
        .load(conn)?;
    let mut changed = 0;
    for posting in known {
        let chosen = choices.iter().find(|(id, _)| *id == posting.id).and_then(|(_, chosen)| chosen.as_ref());
        let to = name(chosen)?;
        if posting.profile_id.as_ref() == chosen {
            continue;
        }
        let from = name(posting.profile_id.as_ref())?;
        diesel::update(profiled_postings::table.find(&posting.id))
            .set(profiled_postings::profile_id.eq(chosen))
            .execute(conn)?;
        let detail = json!({ "posting": posting.posting_id, "from": from, "to": to });
        audit::record(conn, company, actor, audit::Action::PostingProfileChosen, &posting.title, &detail)?;
        changed += 1;
    }
    Ok(changed)
}
