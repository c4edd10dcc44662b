//! Taking a person's results over to another posting, and ending that.

use super::kept_results::{SealedPart, readable};
use super::store;
use crate::db::schema::{candidates, invitations, sittings};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CandidateId, CompanyId, InvitationId};
use crate::invitations::candidates::Candidate;
use crate::invitations::identity::{self, Namesake, People, same_name};
use crate::invitations::reuse::{Earlier, Needs, newest};
use crate::invitations::{Invitation, InvitationState, follow_up};
use crate::reasons::ReusedResults;
use crate::secrets::{Sealed, Sealer};
use crate::test_sessions::{AnswersError, engine};
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// A result that another posting can have, and where it comes from.
#[derive(Debug, Clone)]
pub struct Found {
    /// The invitation whose tests the person took.
    pub root: InvitationId,
    /// The invitation that holds the result; the same, or another that took it over before.
    holder: InvitationId,
    /// When the tests were completed.
    pub completed_at: Timestamp,
    /// The title of the posting that they were taken for; may be empty.
    pub posting_title: String,
}

impl Found {
    /// As a part of a reason.
    pub fn describe(&self, zone: &jiff::tz::TimeZone) -> ReusedResults {
        describe_result(self.completed_at, &self.posting_title, zone)
    }
}

/// The same for a result that was taken over.
pub fn describe_result(completed_at: Timestamp, posting: &str, zone: &jiff::tz::TimeZone) -> ReusedResults {
    let posting = (!posting.is_empty()).then(|| posting.to_owned());
    ReusedResults { day: completed_at.day_in(zone), posting }
}

/// Results of somebody who has the same address and another name: only a colleague can say whether that is the same
/// person.
#[derive(Debug, Clone)]
pub struct Doubtful {
    /// Whose results these are.
    pub namesake: Namesake,
    /// The newest that count.
    pub found: Found,
}

/// The results that may be a candidate's: of the same person, and of those who share the address. Read once, and
/// asked as often as there are tests to choose from.
pub struct Kept {
    people: People,
    rows: Vec<Row>,
}

impl Kept {
    /// Reads them, of the candidate's company.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub fn load(conn: &mut Conn, sealer: &Sealer, candidate: &Candidate) -> DbResult<Self> {
        let people = identity::people(conn, candidate)?;
        let others = people.others.iter().map(|namesake| namesake.id);
        let all: Vec<CandidateId> = people.same.iter().copied().chain(others).collect();
        let rows = results_of(conn, sealer, &candidate.company_id, &all)?;
        Ok(Self { people, rows })
    }

    /// The result of this person that an invitation with these needs can have. `months`: see [`may_reuse`].
    ///
    /// [`may_reuse`]: crate::invitations::reuse::may_reuse
    pub fn own(&self, needs: Needs, months: i32, now: Timestamp) -> Option<Found> {
        newest_of(&self.rows, |of| self.people.same.contains(of), needs, months, now)
    }

    /// The result that would count if those who share this candidate's address were the same person.
    pub fn doubtful(&self, needs: Needs, months: i32, now: Timestamp) -> Option<Doubtful> {
        self.people.others.iter().find_map(|namesake| {
            let found = newest_of(&self.rows, |of| *of == namesake.id, needs, months, now)?;
            Some(Doubtful { namesake: namesake.clone(), found })
        })
    }
}

/// The newest result that counts of some candidates of a company.
///
/// # Errors
/// When the database cannot be asked.
pub fn find_of(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    candidates: &[CandidateId],
    needs: Needs,
    months: i32,
    now: Timestamp,
) -> DbResult<Option<Found>> {
    Ok(newest_of(&results_of(conn, sealer, company, candidates)?, |_| true, needs, months, now))
}

/// A result that is kept.
struct Row {
    candidate: CandidateId,
    earlier: Earlier,
    reused_from: Option<InvitationId>,
    /// The title of the posting that the tests were taken for; may be empty.
    title: String,
}

fn newest_of(
    rows: &[Row],
    is_theirs: impl Fn(&CandidateId) -> bool,
    needs: Needs,
    months: i32,
    now: Timestamp,
) -> Option<Found> {
    let theirs: Vec<Earlier> =
        rows.iter().filter(|row| is_theirs(&row.candidate)).map(|row| row.earlier.clone()).collect();
    let best = newest(&theirs, needs, months, now)?;
    let row = rows.iter().find(|row| row.earlier.invitation == best.invitation)?;
    Some(Found {
        root: row.reused_from.unwrap_or(best.invitation),
        holder: best.invitation,
        completed_at: best.completed_at,
        posting_title: row.title.clone(),
    })
}

fn results_of(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    people: &[CandidateId],
) -> DbResult<Vec<Row>> {
    type Stored = (CandidateId, InvitationId, Option<InvitationId>, Option<Sealed>, String);
    let stored: Vec<Stored> = sittings::table
        .inner_join(invitations::table)
        .filter(invitations::candidate_id.eq_any(people).and(invitations::company_id.eq(company)))
        .filter(invitations::state.eq(InvitationState::Completed))
        .select((
            invitations::candidate_id,
            invitations::id,
            invitations::reused_from,
            sittings::result_sealed,
            invitations::posting_title,
        ))
        .load(conn)?;
    // The posting of a copy is another; what it was copied from may be erased.
    let roots: Vec<InvitationId> = stored.iter().filter_map(|row| row.2).collect();
    let titles: HashMap<InvitationId, String> = if roots.is_empty() {
        HashMap::new()
    } else {
        let of_roots = invitations::table.filter(invitations::id.eq_any(roots));
        let found = of_roots.select((invitations::id, invitations::posting_title));
        found.load::<(InvitationId, String)>(conn)?.into_iter().collect()
    };
    let row = |(candidate, invitation, reused_from, sealed, own): Stored| {
        let earlier = earlier(sealer, invitation, sealed.as_ref())?;
        let title = match reused_from {
            Some(root) => titles.get(&root).cloned().unwrap_or_default(),
            None => own,
        };
        Some(Row { candidate, earlier, reused_from, title })
    };
    Ok(stored.into_iter().filter_map(row).collect())
}

fn earlier(sealer: &Sealer, invitation: InvitationId, sealed: Option<&Sealed>) -> Option<Earlier> {
    let result = readable(sealer, &invitation, sealed)?;
    Some(Earlier {
        invitation,
        completed_at: Timestamp(result.completed_at_ms),
        has: Needs { logic: result.logic.is_some(), personality: result.personality.is_some() },
    })
}

/// Completes an invitation that was just made with a result that was found. Answers `false`, and
/// changes nothing, when the result was withdrawn meanwhile or cannot be read.
pub fn take_over(conn: &mut Conn, sealer: &Sealer, invitation: &Invitation, found: &Found) -> DbResult<bool> {
    // A candidate who withdraws just now is either before this, and found, or after, and finds the copy.
    for id in [&found.root, &found.holder] {
        dialect::lock_test_session(conn, id)?;
    }
    let Some(row) = store::find(conn, &found.holder)? else { return Ok(false) };
    let Some(mut result) = readable(sealer, &found.holder, row.result_sealed.as_ref()) else {
        return Ok(false);
    };
    result.reference.0 = invitation.id.to_string();
    let sealed = engine::seal_for(sealer, &found.holder, &invitation.id, &row.answers_sealed)
        .map_err(AnswersError::from)
        .and_then(|answers| Ok((answers, SealedPart::Result.seal(sealer, &invitation.id, &result)?)));
    let (answers_sealed, result_sealed) = match sealed {
        Ok(sealed) => sealed,
        Err(failure) => {
            tracing::error!(%failure, invitation = %found.holder, "a result cannot be taken over");
            return Ok(false);
        }
    };
    let copy = store::Row {
        invitation_id: invitation.id,
        company_id: invitation.company_id,
        answers_sealed,
        result_sealed: Some(result_sealed),
        // What was asked about the one is not asked about the other.
        review_asked_at: None,
        review_sealed: None,
        review_answered_at: None,
        ..row
    };
    store::add(conn, &copy)?;
    diesel::update(invitations::table.find(&invitation.id))
        .set((
            invitations::state.eq(InvitationState::Completed),
            invitations::reused_from.eq(Some(&found.root)),
            invitations::code_sealed.eq(None::<crate::secrets::Sealed>),
        ))
        .execute(conn)?;
    Ok(true)
}

/// The candidate withdrew: what other postings took over goes too.
pub(super) fn withdraw_copies(conn: &mut Conn, root: &InvitationId) -> DbResult<usize> {
    let copies: Vec<Invitation> = invitations::table
        .filter(invitations::reused_from.eq(root))
        .select(Invitation::as_select())
        .load(conn)?;
    for copy in &copies {
        store::erase(conn, &copy.id)?;
        store::set_state(conn, &copy.id, InvitationState::Withdrawn)?;
        follow_up::withdrawn(conn, copy)?;
    }
    Ok(copies.len())
}

/// Where a result came from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The invitation that took it over.
    pub invitation: InvitationId,
    /// Whose page shows the tests.
    pub candidate: CandidateId,
    /// The invitation that they were taken for.
    pub root: InvitationId,
    /// Its posting's title; may be empty.
    pub posting_title: String,
}

/// Where the results of a candidate came from, of those that were taken over.
pub fn origins(conn: &mut Conn, company: &CompanyId, candidate: &CandidateId) -> DbResult<Vec<Origin>> {
    let taken: Vec<(InvitationId, Option<InvitationId>)> = invitations::table
        .filter(invitations::candidate_id.eq(candidate).and(invitations::company_id.eq(company)))
        .filter(invitations::reused_from.is_not_null())
        .select((invitations::id, invitations::reused_from))
        .load(conn)?;
    let roots: Vec<&InvitationId> = taken.iter().filter_map(|(_, root)| root.as_ref()).collect();
    let known: Vec<(InvitationId, CandidateId, String)> = invitations::table
        .filter(invitations::id.eq_any(roots))
        .select((invitations::id, invitations::candidate_id, invitations::posting_title))
        .load(conn)?;
    let origin = |(invitation, root): (InvitationId, Option<InvitationId>)| {
        let (root, candidate, posting_title) =
            known.iter().find(|(id, ..)| Some(id) == root.as_ref())?.clone();
        Some(Origin { invitation, candidate, root, posting_title })
    };
    Ok(taken.into_iter().filter_map(origin).collect())
}

/// Somebody whom Lever lists, by what a person is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Lever's id of the contact.
    pub contact: Option<String>,
    /// The address, as [`crate::invitations::candidates::address_key`] writes it.
    pub address: String,
    /// The name; may be empty.
    pub name: String,
}

/// Contacts and addresses of a company's people with results that count now.
#[derive(Debug, Default)]
pub struct WithResults {
    contacts: HashSet<String>,
    addresses: HashSet<(String, String)>,
}

impl WithResults {
    /// Whether this is one of them.
    pub fn has(&self, person: &Listed) -> bool {
        person.contact.as_ref().is_some_and(|contact| self.contacts.contains(contact))
            || self
                .addresses
                .iter()
                .any(|(address, name)| *address == person.address && same_name(name, &person.name))
    }
}

/// Which of these have results that an invitation with these needs would take over.
pub fn with_results(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    integration: &crate::ids::IntegrationId,
    listed: &[Listed],
    needs: Needs,
    months: i32,
) -> DbResult<WithResults> {
    type Kept = (Option<String>, String, String, crate::ids::IntegrationId, InvitationId, Option<Sealed>);
    let mut found = WithResults::default();
    if months <= 0 {
        return Ok(found);
    }
    let now = Timestamp::now();
    let complete = sittings::table
        .inner_join(invitations::table.inner_join(candidates::table))
        .filter(invitations::company_id.eq(company))
        .filter(invitations::state.eq(InvitationState::Completed));
    let select = (
        candidates::contact_id,
        candidates::email_key,
        candidates::name,
        candidates::integration_id,
        invitations::id,
        sittings::result_sealed,
    );
    let mut kept: Vec<Kept> = Vec::new();
    for some in listed.chunks(200) {
        let addresses = some.iter().map(|one| &one.address).filter(|address| !address.is_empty());
        let by_address = complete.filter(candidates::email_key.eq_any(addresses));
        kept.extend(by_address.filter(candidates::company_id.eq(company)).select(select).load::<Kept>(conn)?);
        let contacts = some.iter().filter_map(|one| one.contact.as_ref());
        let by_contact = complete.filter(candidates::contact_id.eq_any(contacts));
        kept.extend(
            by_contact
                .filter(candidates::integration_id.eq(integration))
                .select(select)
                .load::<Kept>(conn)?,
        );
    }
    for (contact, address, name, of, invitation, sealed) in kept {
        let earlier = earlier(sealer, invitation, sealed.as_ref());
        if earlier.is_none_or(|one| !crate::invitations::reuse::may_reuse(&one, needs, months, now)) {
            continue;
        }
        found.contacts.extend(contact.filter(|_| of == *integration));
        if !address.is_empty() {
            found.addresses.insert((address, name));
        }
    }
    Ok(found)
}
