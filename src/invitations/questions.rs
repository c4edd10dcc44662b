//! What waits for a colleague's decision about a candidate. A row stands as long as it is open: it goes when it is
//! decided, when the candidate is invited or leaves the pipeline, and with the candidate.

use crate::db::schema::{candidates, questions, withdrawal_marks};
use crate::db::{Conn, DbResult, dialect};
use crate::events::Event;
use crate::i18n::portal;
use crate::ids::{CandidateId, CompanyId, EventId, IntegrationId};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::BTreeMap;

text_enum! {
    /// What a colleague is asked.
    Question {
        /// Somebody else with the same address has results: do they count, or is the candidate invited?
        SameAddress => "same_address",
        /// Somebody with the same address withdrew after having seen a result: is the candidate invited again?
        InviteAgain => "invite_again",
        /// Lever reported a deletion that it does not list: is the candidate erased?
        DeletionHeld => "deletion_held",
        /// The candidate asks for more time before the tests.
        MoreTime => "more_time",
        /// The candidate asks for a person to look at the result.
        Review => "review",
    }
}

impl Question {
    /// So many candidates wait for it, in a sentence.
    pub fn sentence(self, count: usize) -> String {
        portal().message(&format!("part-decisions-{self}"), &[("count", crate::i18n::number(count))])
    }

    /// In a word or two, for a badge.
    pub fn label(self) -> String {
        portal().name("question", self.as_str())
    }
}

/// No page names more of them.
const MOST: i64 = 100;

/// A question that is open.
#[derive(Debug, Clone, Queryable)]
pub struct Open {
    pub candidate: CandidateId,
    /// May be empty.
    pub name: String,
    pub question: Question,
    /// The event that it came of.
    pub event: EventId,
    pub asked_at: Timestamp,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = questions, primary_key(candidate_id, kind))]
struct Row {
    candidate_id: CandidateId,
    kind: Question,
    company_id: CompanyId,
    integration_id: IntegrationId,
    event_id: EventId,
    asked_at: Timestamp,
}

/// A colleague is to decide. Asked again, it is the same question, of the newer event.
pub fn ask(conn: &mut Conn, question: Question, about: &CandidateId, event: &Event) -> DbResult<()> {
    let row = Row {
        candidate_id: *about,
        kind: question,
        company_id: event.company_id,
        integration_id: event.integration_id,
        event_id: event.id,
        asked_at: Timestamp::now(),
    };
    dialect::upsert!(conn, questions, (questions::candidate_id, questions::kind), &row);
    Ok(())
}

/// There is nothing to decide any more. `false`: there was nothing.
pub fn over(conn: &mut Conn, question: Question, about: &CandidateId) -> DbResult<bool> {
    Ok(diesel::delete(questions::table.find((about, question))).execute(conn)? > 0)
}

/// The same, by the event that it came of.
pub fn over_of(conn: &mut Conn, event: &EventId) -> DbResult<()> {
    diesel::delete(questions::table.filter(questions::event_id.eq(event))).execute(conn)?;
    Ok(())
}

/// Whether it is asked about a candidate.
pub fn is_open(conn: &mut Conn, question: Question, about: &CandidateId) -> DbResult<bool> {
    let row = questions::table.find((about, question));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(conn)?)
}

/// What is asked in a company by events, oldest first; a hundred at most.
pub fn open(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Open>> {
    Ok(questions::table
        .inner_join(candidates::table)
        .filter(questions::company_id.eq(company))
        .order(questions::asked_at.asc())
        .limit(MOST)
        .select((candidates::id, candidates::name, questions::kind, questions::event_id, questions::asked_at))
        .load(conn)?)
}

/// What of an integration's events waits for a colleague: of each question how many wait, since when, and the event of
/// the oldest; counted up to a hundred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub question: Question,
    pub count: usize,
    pub since: Timestamp,
    pub event: Option<EventId>,
}

/// What waits of an integration.
pub fn of_integration(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Vec<Waiting>> {
    let rows: Vec<(Question, Timestamp, EventId)> = questions::table
        .filter(questions::integration_id.eq(id))
        .order(questions::asked_at.asc())
        .limit(MOST)
        .select((questions::kind, questions::asked_at, questions::event_id))
        .load(conn)?;
    let again: Vec<Timestamp> = withdrawal_marks::table
        .inner_join(candidates::table.on(withdrawal_marks::asks_about.eq(candidates::id.nullable())))
        .filter(withdrawal_marks::company_id.eq(company).and(candidates::integration_id.eq(id)))
        .order(withdrawal_marks::id.asc())
        .limit(MOST)
        .select(withdrawal_marks::withdrawn_at)
        .load(conn)?;
    let asked = rows.into_iter().map(|(question, at, event)| (question, at, Some(event)));
    let again = again.into_iter().map(|at| (Question::InviteAgain, at, None));
    let mut waiting: Vec<Waiting> = Vec::new();
    for (question, since, event) in asked.chain(again) {
        match waiting.iter_mut().find(|known| known.question == question) {
            Some(known) => known.count += 1,
            None => waiting.push(Waiting { question, count: 1, since, event }),
        }
    }
    Ok(waiting)
}

/// How many wait in all companies, by question; also of those of which there are none.
pub fn count(conn: &mut Conn) -> DbResult<BTreeMap<String, i64>> {
    use crate::db::schema::{invitations, sittings};
    use crate::invitations::InvitationState::{Opened, Pending, Sent};
    let mut counts: BTreeMap<String, i64> =
        Question::ALL.iter().map(|question| (question.to_string(), 0)).collect();
    let asked: Vec<(Question, i64)> =
        questions::table.group_by(questions::kind).select((questions::kind, count_star())).load(conn)?;
    counts.extend(asked.into_iter().map(|(question, count)| (question.to_string(), count)));
    let again: i64 = withdrawal_marks::table
        .filter(withdrawal_marks::asks_about.is_not_null())
        .select(count_star())
        .first(conn)?;
    let time: i64 = invitations::table
        .filter(invitations::time_asked_at.is_not_null())
        .filter(invitations::state.eq_any([Pending, Sent, Opened]))
        .select(count_star())
        .first(conn)?;
    let open = sittings::review_asked_at.is_not_null().and(sittings::review_answered_at.is_null());
    let reviews: i64 = sittings::table.filter(open).select(count_star()).first(conn)?;
    for (question, count) in
        [(Question::InviteAgain, again), (Question::MoreTime, time), (Question::Review, reviews)]
    {
        counts.insert(question.to_string(), count);
    }
    Ok(counts)
}
