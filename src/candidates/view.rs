//! What the candidates' pages ask.

use crate::db::keyset::{self, Cursor, Page};
use crate::db::schema::{actions, candidates, integrations, invitations, lever_stages};
use crate::db::search::with_words;
use crate::db::{AnyBackend, Conn, DbResult};
use crate::ids::{ActionId, CandidateId, CompanyId, EventId, IntegrationId, InvitationId};
use crate::invitations::actions::{ActionKind, ActionState};
use crate::invitations::candidates::Candidate;
use crate::invitations::{InvitationState, Tests, unknown_candidates};
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use lever_client::Hosts;
use std::collections::HashMap;

/// Candidates on a page of the list.
pub const PAGE: usize = 50;

/// Which candidates; each part that is set narrows the selection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Whose name, address, posting or id has this text.
    pub text: Option<String>,
    /// With an invitation in this state; `Some(None)`: without any invitation.
    pub invited: Option<Option<InvitationState>>,
    /// One of these.
    pub among: Option<Vec<CandidateId>>,
}

/// A candidate, as the list shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = candidates)]
pub struct Line {
    pub id: CandidateId,
    /// The account that it comes from.
    pub integration_id: IntegrationId,
    /// The name; may be empty.
    pub name: String,
    /// The address; may be empty.
    pub email: String,
    /// The posting's title; may be empty.
    pub posting_title: String,
    /// Lever's id of the stage.
    pub stage_id: Option<String>,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it was hired.
    pub hired_at: Option<Timestamp>,
}

/// What the list says beside the candidates themselves.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// The newest invitation of each: its state and since when.
    pub invitations: HashMap<CandidateId, (InvitationState, Timestamp)>,
    /// The newest invitation of each, with how often it was sent again: what resending takes.
    pub mailings: HashMap<CandidateId, (InvitationId, i32)>,
    /// Stages' names by account and stage.
    pub stages: HashMap<(IntegrationId, String), String>,
}

type Query<'q> = candidates::BoxedQuery<'q, AnyBackend>;

/// A page of a company's candidates, newest first.
pub fn page(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    cursor: Option<&Cursor<CandidateId>>,
) -> DbResult<(Page<Line>, Beside)> {
    page_of(conn, company, selection, cursor, PAGE)
}

/// The same, with so many on it.
pub fn page_of(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    cursor: Option<&Cursor<CandidateId>>,
    size: usize,
) -> DbResult<(Page<Line>, Beside)> {
    let page = keyset::page(cursor, size, &mut |cursor, limit| {
        let mut query: Query<'_> =
            candidates::table.filter(candidates::company_id.eq(company)).into_boxed().limit(limit);
        query = match cursor {
            None => query.order(candidates::id.desc()),
            Some(Cursor::Before(id)) => query.filter(candidates::id.lt(id)).order(candidates::id.desc()),
            Some(Cursor::After(id)) => query.filter(candidates::id.gt(id)).order(candidates::id.asc()),
        };
        let text = selection.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if let Some(text) = text {
            query = with_words!(query, candidates::search, text);
        }
        if let Some(ids) = &selection.among {
            query = query.filter(candidates::id.eq_any(ids));
        }
        let theirs = invitations::table.filter(invitations::candidate_id.eq(candidates::id));
        query = match selection.invited {
            None => query,
            Some(None) => query.filter(diesel::dsl::not(exists(theirs))),
            Some(Some(state)) if text.is_some() => {
                query.filter(exists(theirs.filter(invitations::state.eq(state))))
            }
            // Without a text the index on states leads straight to the page's candidates.
            Some(Some(state)) => {
                query.filter(candidates::id.eq_any(ids_in(conn, company, state, cursor, limit)?))
            }
        };
        Ok(query.select(Line::as_select()).load::<Line>(conn)?)
    })?;
    let beside = beside(conn, &page.rows)?;
    Ok((page, beside))
}

fn ids_in(
    conn: &mut Conn,
    company: &CompanyId,
    state: InvitationState,
    cursor: Option<&Cursor<CandidateId>>,
    limit: i64,
) -> DbResult<Vec<CandidateId>> {
    let query = invitations::table
        .filter(invitations::company_id.eq(company).and(invitations::state.eq(state)))
        .select(invitations::candidate_id)
        .distinct()
        .limit(limit)
        .into_boxed();
    let query = match cursor {
        None => query.order(invitations::candidate_id.desc()),
        Some(Cursor::Before(id)) => {
            query.filter(invitations::candidate_id.lt(id)).order(invitations::candidate_id.desc())
        }
        Some(Cursor::After(id)) => {
            query.filter(invitations::candidate_id.gt(id)).order(invitations::candidate_id.asc())
        }
    };
    Ok(query.load(conn)?)
}

fn beside(conn: &mut Conn, lines: &[Line]) -> DbResult<Beside> {
    if lines.is_empty() {
        return Ok(Beside::default());
    }
    type Newest = (CandidateId, InvitationState, Timestamp, InvitationId, i32);
    let newest_last: Vec<Newest> = invitations::table
        .filter(invitations::candidate_id.eq_any(lines.iter().map(|line| &line.id)))
        .order(invitations::id.asc())
        .select((
            invitations::candidate_id,
            invitations::state,
            invitations::created_at,
            invitations::id,
            invitations::mailing,
        ))
        .load(conn)?;
    let mut integrations: Vec<_> = lines.iter().map(|line| &line.integration_id).collect();
    integrations.sort_unstable();
    integrations.dedup();
    let stages: Vec<(IntegrationId, String, String)> = lever_stages::table
        .filter(lever_stages::integration_id.eq_any(integrations))
        .select((lever_stages::integration_id, lever_stages::stage_id, lever_stages::name))
        .load(conn)?;
    Ok(Beside {
        mailings: newest_last.iter().map(|(id, _, _, i, mailing)| (*id, (*i, *mailing))).collect(),
        invitations: newest_last.into_iter().map(|(id, state, at, ..)| (id, (state, at))).collect(),
        stages: stages.into_iter().map(|(integration, stage, name)| ((integration, stage), name)).collect(),
    })
}

/// An invitation, as the candidate's page shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = invitations)]
pub struct Invited {
    pub id: InvitationId,
    /// For which posting; may be empty.
    pub posting_id: String,
    /// The posting's title; may be empty.
    pub posting_title: String,
    /// Where it is in its life.
    pub state: InvitationState,
    /// Time for a task of the logic test, in percent of the usual.
    pub time_percent: i32,
    /// When the candidate asked for more time; none where nobody did, or a time was set since.
    pub time_asked_at: Option<Timestamp>,
    /// Which tests it is to.
    pub tests: Tests,
    /// The rule that invited.
    pub reason: Reason,
    /// The event that brought it about.
    pub event_id: Option<EventId>,
    /// When it was decided.
    pub created_at: Timestamp,
    /// The link is good until then.
    pub expires_at: Timestamp,
    /// When the mail server took the mail.
    pub sent_at: Option<Timestamp>,
    /// When the link was first opened.
    pub opened_at: Option<Timestamp>,
    /// The language that the candidate is written to; empty until the first mail.
    pub language: String,
    /// How often it was sent again.
    pub mailing: i32,
    /// When the last reminder went out.
    pub reminded_at: Option<Timestamp>,
    /// Why the last mail could not be sent; none when it could.
    pub mail_failure: Reason,
    /// Why it was cancelled; none when it was not.
    pub ended_reason: Reason,
}

/// An action, as the candidate's page shows it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = actions)]
pub struct Acted {
    pub id: ActionId,
    /// The invitation that it belongs to.
    pub invitation_id: Option<InvitationId>,
    /// What it does.
    pub kind: ActionKind,
    /// Where it is.
    pub state: ActionState,
    /// Why it was given up or is tried again.
    pub reason: Reason,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it reached its final state.
    pub finished_at: Option<Timestamp>,
    /// Not tried before then.
    pub next_attempt_at: Timestamp,
}

/// All that is known of one candidate.
#[derive(Debug, Clone)]
pub struct Full {
    pub candidate: Candidate,
    pub integration: String,
    /// The candidate's page in Lever, where it is one of the account's Lever.
    pub lever_url: Option<String>,
    /// The stage's name, or its id when Lever never listed it.
    pub stage: Option<String>,
    /// Since when Lever does not know the candidate any more; none while it does.
    pub unknown_since: Option<Timestamp>,
    /// When a colleague decided that it is there although Lever does not show it.
    pub kept_at: Option<Timestamp>,
    /// The invitations, newest first, each with its actions in order.
    pub invitations: Vec<(Invited, Vec<Acted>)>,
}

/// One candidate of a company, as it is stored.
///
/// # Errors
/// When there is none ([`diesel::result::Error::NotFound`]), or the database cannot be asked.
pub fn candidate(conn: &mut Conn, company: &CompanyId, id: &CandidateId) -> DbResult<Candidate> {
    Ok(candidates::table
        .find(id)
        .filter(candidates::company_id.eq(company))
        .select(Candidate::as_select())
        .first(conn)?)
}

/// One candidate of a company, with all that its page shows.
///
/// # Errors
/// When there is none ([`diesel::result::Error::NotFound`]), or the database cannot be asked.
pub fn full(conn: &mut Conn, company: &CompanyId, id: &CandidateId) -> DbResult<Full> {
    let candidate = candidate(conn, company, id)?;
    let (integration, hosts): (String, String) = integrations::table
        .find(&candidate.integration_id)
        .select((integrations::account_name, integrations::hosts))
        .first(conn)
        .optional()?
        .unwrap_or_default();
    let hosts: Option<Hosts> = serde_json::from_str(&hosts).ok();
    let lever_url = Some(candidate.lever_url.clone())
        .filter(|url| hosts.as_ref().is_some_and(|hosts| hosts.has_page(url)));
    let stage = match &candidate.stage_id {
        Some(stage) => {
            let name: Option<String> = lever_stages::table
                .find((&candidate.integration_id, stage))
                .select(lever_stages::name)
                .first(conn)
                .optional()?;
            Some(name.unwrap_or_else(|| stage.clone()))
        }
        None => None,
    };
    let invited: Vec<Invited> = invitations::table
        .filter(invitations::candidate_id.eq(id).and(invitations::company_id.eq(company)))
        .order(invitations::id.desc())
        .select(Invited::as_select())
        .load(conn)?;
    let acted: Vec<Acted> = actions::table
        .filter(actions::invitation_id.eq_any(invited.iter().map(|invitation| &invitation.id)))
        .order(actions::id.asc())
        .select(Acted::as_select())
        .load(conn)?;
    let invitations = invited
        .into_iter()
        .map(|invitation| {
            let theirs = |action: &&Acted| action.invitation_id.as_ref() == Some(&invitation.id);
            let actions = acted.iter().filter(theirs).cloned().collect();
            (invitation, actions)
        })
        .collect();
    let (unknown_since, kept_at) = unknown_candidates::since(conn, id)?;
    Ok(Full { candidate, integration, lever_url, stage, unknown_since, kept_at, invitations })
}
