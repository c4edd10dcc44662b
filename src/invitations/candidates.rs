//! The table of candidates, as the worker writes it.

use crate::db::schema::candidates;
use crate::db::search::folded;
use crate::db::{Conn, DbResult};
use crate::ids::{CandidateId, CompanyId, IntegrationId};
use crate::mail::address;
use crate::profiles;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use lever_client::Opportunity;
use unicode_normalization::UnicodeNormalization as _;

/// A candidate, as known through one opportunity.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = candidates)]
pub struct Candidate {
    pub id: CandidateId,
    pub company_id: CompanyId,
    /// The account that it comes from.
    pub integration_id: IntegrationId,
    /// Lever's id of the opportunity.
    pub opportunity_id: String,
    /// Lever's id of the person.
    pub contact_id: Option<String>,
    /// The name; empty when Lever has none.
    pub name: String,
    /// The address; empty when Lever has none.
    pub email: String,
    /// Lever's id of the posting.
    pub posting_id: Option<String>,
    /// The posting's title; empty without a posting.
    pub posting_title: String,
    /// Lever's id of the stage.
    pub stage_id: Option<String>,
    /// Lever's word for the origin.
    pub origin: String,
    /// The page in Lever.
    pub lever_url: String,
    /// What the search box looks in: see [`search_text`].
    pub search: String,
    /// When Lever was asked last.
    pub fetched_at: Timestamp,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it was hired.
    pub hired_at: Option<Timestamp>,
}

/// The address to write to: the first that Lever has of this person and that is one.
pub fn address_of(opportunity: &Opportunity) -> String {
    address::best(opportunity.emails.iter().map(String::as_str))
}

/// All addresses that Lever has of this person, in the order in which they are written to.
pub fn addresses_of(opportunity: &Opportunity) -> Vec<String> {
    address::all(opportunity.emails.iter().map(String::as_str))
}

/// What the search box looks in.
pub fn search_text(name: &str, email: &str, posting_title: &str, opportunity: &str) -> String {
    folded(&format!("{name} {email} {posting_title} {opportunity}"))
}

/// Keeps what Lever says of a candidate; answers the row's id.
pub fn keep_candidate(conn: &mut Conn, new: Candidate) -> DbResult<CandidateId> {
    if let Some(posting) = &new.posting_id {
        profiles::seen(conn, &new.company_id, posting, &new.posting_title)?;
    }
    let known: Option<(CandidateId, Timestamp, Option<Timestamp>)> = candidates::table
        .filter(candidates::integration_id.eq(&new.integration_id))
        .filter(candidates::opportunity_id.eq(&new.opportunity_id))
        .select((candidates::id, candidates::created_at, candidates::hired_at))
        .first(conn)
        .optional()?;
    match known {
        Some((id, created_at, hired_at)) => {
            let row = Candidate { id, created_at, hired_at: hired_at.or(new.hired_at), ..new };
            let address = candidates::email_key.eq(address_key(&row.email));
            diesel::update(candidates::table.find(&id)).set((&row, address)).execute(conn)?;
            Ok(id)
        }
        None => {
            let address = candidates::email_key.eq(address_key(&new.email));
            diesel::insert_into(candidates::table).values((&new, address)).execute(conn)?;
            Ok(new.id)
        }
    }
}

/// By what an address is recognised; empty without one.
pub fn address_key(email: &str) -> String {
    let composed: String = email.trim().nfkc().collect();
    address::with_ascii_domain(&composed).to_lowercase()
}

/// Whether a candidate of this opportunity is stored.
pub fn is_known(conn: &mut Conn, integration: &IntegrationId, opportunity: &str) -> DbResult<bool> {
    let there = candidates::table
        .filter(candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq(opportunity)));
    Ok(diesel::select(exists(there)).get_result(conn)?)
}

/// Whether a candidate of this opportunity is stored as one of a contact of Lever's, and was so when Lever showed the
/// application.
pub fn has_contact(conn: &mut Conn, integration: &IntegrationId, opportunity: &str) -> DbResult<bool> {
    let there = candidates::table
        .filter(candidates::integration_id.eq(integration).and(candidates::opportunity_id.eq(opportunity)))
        .filter(candidates::contact_id.is_not_null().and(candidates::posting_id.is_not_null()));
    Ok(diesel::select(exists(there)).get_result(conn)?)
}

/// The opportunity of the candidate of an integration who came last.
pub fn newest(conn: &mut Conn, company: &CompanyId, integration: &IntegrationId) -> DbResult<Option<String>> {
    Ok(candidates::table
        .filter(candidates::company_id.eq(company).and(candidates::integration_id.eq(integration)))
        .order(candidates::id.desc())
        .select(candidates::opportunity_id)
        .first(conn)
        .optional()?)
}

/// One candidate.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn candidate(conn: &mut Conn, id: &CandidateId) -> DbResult<Candidate> {
    Ok(candidates::table.find(id).select(Candidate::as_select()).first(conn)?)
}

/// Keeps the name and the address that Lever has now.
pub fn keep_address(conn: &mut Conn, known: &Candidate, name: &str, email: &str) -> DbResult<()> {
    let text = search_text(name, email, &known.posting_title, &known.opportunity_id);
    diesel::update(candidates::table.find(&known.id))
        .set((
            candidates::name.eq(name),
            candidates::email.eq(email),
            candidates::email_key.eq(address_key(email)),
            candidates::search.eq(text),
            candidates::fetched_at.eq(Timestamp::now()),
        ))
        .execute(conn)?;
    Ok(())
}
