//! Who withdrew after having seen a result. A mark holds the hash of an address and the time, and nothing of what was answered
//! or found. The company is asked before somebody with a mark is invited again: otherwise tests could be taken until
//! their result pleases, and nobody would see it.

use crate::db::schema::{candidates, withdrawal_marks};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, MarkId};
use crate::invitations::candidates::{Candidate, address_key};
use crate::secrets::hash_of;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;

/// A mark.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = withdrawal_marks)]
pub struct Mark {
    pub id: MarkId,
    pub company_id: CompanyId,
    /// Hash of company and address.
    pub address_hash: String,
    /// When the person withdrew.
    pub withdrawn_at: Timestamp,
    /// The candidate whose invitation waits for the company's decision.
    pub asks_about: Option<CandidateId>,
}

/// The company is part of it, so that marks of two companies cannot be compared.
fn hash(company: &CompanyId, email: &str) -> Option<String> {
    let key = address_key(email);
    (!key.is_empty()).then(|| hash_of(&format!("withdrawn:{company}:{key}")))
}

/// Leaves a mark. A person without an address leaves none: nobody could be recognised by it.
pub fn leave(conn: &mut Conn, person: &Candidate, now: Timestamp) -> DbResult<()> {
    let Some(address_hash) = hash(&person.company_id, &person.email) else { return Ok(()) };
    let mark = Mark {
        id: MarkId::new(),
        company_id: person.company_id,
        address_hash,
        withdrawn_at: now,
        asks_about: None,
    };
    diesel::insert_into(withdrawal_marks::table).values(&mark).execute(conn)?;
    Ok(())
}

/// The newest mark of a person.
pub fn of_person(conn: &mut Conn, person: &Candidate) -> DbResult<Option<Mark>> {
    let Some(hash) = hash(&person.company_id, &person.email) else { return Ok(None) };
    Ok(withdrawal_marks::table
        .filter(withdrawal_marks::company_id.eq(&person.company_id))
        .filter(withdrawal_marks::address_hash.eq(hash))
        .order(withdrawal_marks::id.desc())
        .select(Mark::as_select())
        .first(conn)
        .optional()?)
}

/// The company is to decide whether this candidate is invited.
pub fn ask(conn: &mut Conn, mark: &Mark, about: &CandidateId) -> DbResult<()> {
    diesel::update(withdrawal_marks::table.find(&mark.id))
        .set(withdrawal_marks::asks_about.eq(Some(about)))
        .execute(conn)?;
    Ok(())
}

/// The company has decided. `false`: there was nothing to decide.
pub fn decided(conn: &mut Conn, company: &CompanyId, about: &CandidateId) -> DbResult<bool> {
    let asking = withdrawal_marks::table
        .filter(withdrawal_marks::company_id.eq(company).and(withdrawal_marks::asks_about.eq(about)));
    let changed =
        diesel::update(asking).set(withdrawal_marks::asks_about.eq(None::<CandidateId>)).execute(conn)?;
    Ok(changed > 0)
}

/// Whether the company is asked about this candidate.
pub fn is_asked(conn: &mut Conn, company: &CompanyId, about: &CandidateId) -> DbResult<bool> {
    let asking = withdrawal_marks::table
        .filter(withdrawal_marks::company_id.eq(company).and(withdrawal_marks::asks_about.eq(about)));
    Ok(diesel::select(exists(asking)).get_result(conn)?)
}

/// Somebody about whom the company is asked.
#[derive(Debug, Clone, Queryable)]
pub struct Asked {
    pub candidate: CandidateId,
    /// May be empty.
    pub name: String,
    pub withdrawn_at: Timestamp,
}

/// About whom a company is asked; the hundred oldest at most.
pub fn asking(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Asked>> {
    Ok(withdrawal_marks::table
        .inner_join(candidates::table.on(withdrawal_marks::asks_about.eq(candidates::id.nullable())))
        .filter(withdrawal_marks::company_id.eq(company))
        .order(withdrawal_marks::id.asc())
        .limit(100)
        .select((candidates::id, candidates::name, withdrawal_marks::withdrawn_at))
        .load(conn)?)
}

/// Removes the marks of an address when a candidate with it has been erased, unless the company knows somebody else with
/// it: an address is no person, so the mark may be theirs.
pub fn erase_of(conn: &mut Conn, company: &CompanyId, email: &str) -> DbResult<()> {
    // Of two who are erased at the same time each would find the other still there.
    dialect::lock_company(conn, company)?;
    let Some(hash) = hash(company, email) else { return Ok(()) };
    let others = candidates::table
        .filter(candidates::company_id.eq(company).and(candidates::email_key.eq(address_key(email))));
    if diesel::select(exists(others)).get_result(conn)? {
        return Ok(());
    }
    let own = withdrawal_marks::table
        .filter(withdrawal_marks::company_id.eq(company).and(withdrawal_marks::address_hash.eq(hash)));
    diesel::delete(own).execute(conn)?;
    Ok(())
}

/// Removes marks that are older than the company keeps data.
pub fn erase_older(conn: &mut Conn, company: &CompanyId, than: Timestamp) -> DbResult<()> {
    let old = withdrawal_marks::table
        .filter(withdrawal_marks::company_id.eq(company).and(withdrawal_marks::withdrawn_at.lt(than)));
    diesel::delete(old).execute(conn)?;
    Ok(())
}
