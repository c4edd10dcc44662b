//! What of a page of Lever's list was missed. Decides with the rules that the worker decides with.

use super::missed::Missed;
use super::{Run, RunStep};
use crate::db::schema::{candidates, events, invitations};
use crate::db::{Conn, DbResult};
use crate::events::{EventKind, Outcome, State};
use crate::ids::IntegrationId;
use crate::integrations::Integration;
use crate::integrations::schedule::watch;
use crate::integrations::settings::rules as posting_rules;
use crate::invitations::follow_up::PROGRESS_TAGS;
use crate::invitations::rules::{self, Cause, Decision, Facts, Settings};
use crate::invitations::{InvitationState, KnownInvitations, SeenPosting};
use crate::people;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client;
use lever_client::{AppliedFor, Opportunity, PostingId};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Postings of a page.
pub type Postings = HashMap<PostingId, SeenPosting>;

/// What the portal knows of the opportunities of a page.
#[derive(Debug, Default)]
pub struct Known {
    settings: Settings,
    /// Who entered a trigger stage before this is left alone.
    entered_since: Option<Timestamp>,
    /// Who applied before this is left alone.
    applied_since: Option<Timestamp>,
    invitations: KnownInvitations,
    /// Opportunities with an invitation that is open.
    open: HashSet<String>,
    /// Opportunities with an event that is in work.
    in_work: HashSet<String>,
    /// Opportunities whose application Lever told of.
    applications: HashSet<String>,
    /// When an earlier run had an opportunity looked at to the end, and whether that settled it.
    looked_at: HashMap<String, Vec<(Timestamp, bool)>>,
    /// What webhooks reported of an opportunity, and when.
    reported: HashMap<String, Vec<(EventKind, Timestamp)>>,
    /// Opportunities of which anything is stored.
    stored: HashSet<String>,
}

/// Looks up what is known of the opportunities of a page.
pub fn known(conn: &mut Conn, integration: &Integration, page: &[Opportunity]) -> DbResult<Known> {
    let ids: Vec<String> = page.iter().map(|opportunity| opportunity.id.to_string()).collect();
    let id = &integration.id;
    let watch = watch::load(conn, id)?;
    // Who was invited longer ago than this may have been erased, and must not be invited again.
    let kept = Timestamp::now().months_back(people::company(conn, &integration.company_id)?.retention_months);
    let mut known = Known {
        settings: posting_rules::settings(conn, integration)?,
        entered_since: watch.as_ref().map(|watch| watch.entered_since.max(kept)),
        applied_since: watch.as_ref().map(|watch| watch.stage_since.max(kept)),
        ..Known::default()
    };
    known.invitations = KnownInvitations::load(conn, id, page)?;
    open_of(conn, id, &ids, &mut known)?;
    events_of(conn, id, &ids, &mut known)?;
    let stored: Vec<String> = candidates::table
        .filter(candidates::integration_id.eq(id).and(candidates::opportunity_id.eq_any(&ids)))
        .select(candidates::opportunity_id)
        .load(conn)?;
    known.stored.extend(stored);
    Ok(known)
}

fn open_of(conn: &mut Conn, id: &IntegrationId, ids: &[String], known: &mut Known) -> DbResult<()> {
    let open: Vec<String> = invitations::table
        .filter(invitations::integration_id.eq(id).and(invitations::opportunity_id.eq_any(ids)))
        .filter(invitations::state.eq_any(InvitationState::OPEN))
        .select(invitations::opportunity_id)
        .load(conn)?;
    known.open.extend(open);
    Ok(())
}

fn events_of(conn: &mut Conn, id: &IntegrationId, ids: &[String], known: &mut Known) -> DbResult<()> {
    let rows: Vec<(Option<String>, EventKind, State, Timestamp, Outcome, Reason)> = events::table
        .filter(events::integration_id.eq(id).and(events::opportunity_id.eq_any(ids)))
        .select((
            events::opportunity_id,
            events::kind,
            events::state,
            events::received_at,
            events::outcome,
            events::reason,
        ))
        .load(conn)?;
    for (opportunity, kind, state, at, outcome, reason) in rows {
        let Some(opportunity) = opportunity else { continue };
        if state == State::Queued {
            known.in_work.insert(opportunity.clone());
        }
        // What counts is what came of an event, not that it came: one that nobody vouches for, that was given up, or
        // that ended because Lever did not show enough, settles nothing.
        let is_settled =
            matches!(state, State::Queued | State::Done | State::Ignored) && !reason.is_open_question();
        if is_settled && kind == EventKind::ApplicationCreated && !reason.is_refusal_that_can_end() {
            known.applications.insert(opportunity.clone());
        }
        // What a colleague decides, or has decided, is asked anew only once something changed in Lever.
        if matches!(outcome, Outcome::SameAddress | Outcome::AskedTheCompany) {
            known.looked_at.entry(opportunity.clone()).or_default().push((at, true));
        }
        // One that nobody vouches for reports nothing.
        if matches!(state, State::Queued | State::Done | State::Ignored | State::Failed) {
            known.reported.entry(opportunity.clone()).or_default().push((kind.clone(), at));
        }
        // Whether an invitation that came of it still stands, the invitation itself says.
        if kind == EventKind::Reconciliation && state == State::Done && outcome != Outcome::Invited {
            let looks = known.looked_at.entry(opportunity.clone()).or_default();
            looks.push((at, is_settled && !may_be_old(outcome)));
        }
        known.stored.insert(opportunity);
    }
    Ok(())
}

/// Whether an event ended by something that Lever's list may know better: it is asked again, a few times.
fn may_be_old(outcome: Outcome) -> bool {
    use Outcome::{Anonymized, Archived, Confidential, NoEmail, NotFound, NothingToDo, SamePerson};
    matches!(outcome, Anonymized | Archived | Confidential | NoEmail | NotFound | NothingToDo | SamePerson)
}

/// Lever's clock may differ from ours by this much.
const NEAR: Duration = Duration::from_secs(600);

/// So often is an opportunity looked at that Lever's list shows as one to invite, and Lever by itself does not.
const LOOKS: usize = 3;

impl Known {
    fn decide(&self, opportunity: &Opportunity, cause: Cause, posting: &SeenPosting) -> Decision {
        rules::decide(&self.settings, Facts::gather(&self.invitations, cause, opportunity, posting))
    }

    /// Whether it is being looked at, or was since it last changed in Lever.
    fn is_dealt_with(&self, opportunity: &Opportunity) -> bool {
        let id = opportunity.id.as_str();
        let changed = opportunity.updated_at.map_or(Timestamp::now(), |at| Timestamp(at.as_millisecond()));
        let looks = self.looked_at.get(id).into_iter().flatten().filter(|(at, _)| *at > changed);
        let (settled, open): (Vec<bool>, Vec<bool>) =
            looks.map(|(_, is_settled)| *is_settled).partition(|is_settled| *is_settled);
        self.in_work.contains(id) || !settled.is_empty() || open.len() >= LOOKS
    }

    /// Those of a page of whom anything is stored.
    pub fn stored(&self, page: &[Opportunity]) -> Vec<Opportunity> {
        page.iter().filter(|opportunity| self.stored.contains(opportunity.id.as_str())).cloned().collect()
    }

    /// Those of a page with an event that is in work, or waits for another look.
    pub fn waiting(&self, page: &[Opportunity]) -> Vec<String> {
        let is_waiting = |opportunity: &&Opportunity| self.in_work.contains(opportunity.id.as_str());
        page.iter().filter(is_waiting).map(|opportunity| opportunity.id.to_string()).collect()
    }

    /// Whether it entered its stage since that became the trigger stage.
    fn entered_since_chosen(&self, opportunity: &Opportunity) -> bool {
        let entered = opportunity.entered_stage_at().map(|at| Timestamp(at.as_millisecond()));
        matches!((entered, self.entered_since), (Some(entered), Some(since)) if entered >= since)
    }

    /// Whether somebody applied since the account works, and Lever did not tell of it.
    fn application_is_unknown(&self, opportunity: &Opportunity) -> bool {
        let applied = opportunity.application().and_then(|application| application.created_at);
        let applied = applied.map(|at| Timestamp(at.as_millisecond()));
        matches!((applied, self.applied_since), (Some(applied), Some(since)) if applied >= since)
            && !self.applications.contains(opportunity.id.as_str())
    }

    /// Whether it may have been invited and erased since: it carries a progress tag of which nothing is
    /// known here any more.
    fn may_be_erased(&self, opportunity: &Opportunity) -> bool {
        !self.stored.contains(opportunity.id.as_str())
            && opportunity.tags.iter().any(|tag| PROGRESS_TAGS.contains(&tag.as_str()))
    }

    /// How an opportunity would be looked at in this step, when at all.
    fn cause(&self, step: RunStep, opportunity: &Opportunity) -> Option<Cause> {
        if self.is_dealt_with(opportunity) {
            return None;
        }
        match step {
            RunStep::Stage => self.entered_since_chosen(opportunity).then_some(Cause::StageChange),
            RunStep::Tagged => (!self.may_be_erased(opportunity)).then_some(Cause::Other),
            RunStep::Changed => self.application_is_unknown(opportunity).then_some(Cause::Application),
            RunStep::Deleted => None,
        }
    }

    /// The postings that must be known to decide on a page. A rule that refuses without looking at
    /// the posting needs none.
    pub fn postings_needed(&self, run: &Run, page: &[Opportunity]) -> HashSet<PostingId> {
        let needs = |opportunity: &&Opportunity| {
            self.cause(run.step, opportunity).is_some_and(|cause| {
                cause == Cause::Application
                    || self.settings.rules.differ_by_posting()
                    || matches!(self.decide(opportunity, cause, &SeenPosting::None), Decision::Invite(_))
            })
        };
        page.iter().filter(needs).filter_map(|opportunity| opportunity.posting_id().cloned()).collect()
    }

    /// Opportunities with an open invitation that left the pipeline: hired, or archived otherwise.
    pub fn left<'p>(&self, page: &'p [Opportunity]) -> Vec<&'p Opportunity> {
        let is_open = |opportunity: &&Opportunity| {
            opportunity.archived.is_some()
                && self.open.contains(opportunity.id.as_str())
                && !self.is_dealt_with(opportunity)
        };
        page.iter().filter(is_open).collect()
    }

    /// What of a page was missed.
    pub fn missed(&self, run: &Run, page: &[Opportunity], postings: &Postings) -> Vec<Missed> {
        match run.step {
            RunStep::Deleted => {
                page.iter().filter_map(|opportunity| self.missed_deletion(opportunity)).collect()
            }
            step => page
                .iter()
                .filter_map(|opportunity| self.missed_invitation(step, opportunity, postings))
                .collect(),
        }
    }

    fn missed_invitation(
        &self,
        step: RunStep,
        opportunity: &Opportunity,
        postings: &Postings,
    ) -> Option<Missed> {
        let cause = self.cause(step, opportunity)?;
        let posting = match opportunity.applied_for() {
            // One that was not asked for plays no part.
            AppliedFor::Posting(id) => postings.get(id).unwrap_or(&SeenPosting::None),
            AppliedFor::Nothing => &SeenPosting::None,
            // The posting is not known, and nothing is decided.
            AppliedFor::Unexpanded(_) => return None,
        };
        let Decision::Invite(invite) = self.decide(opportunity, cause, posting) else {
            return None;
        };
        let (stands_for, evidence) = match invite.rule {
            // Found in the list of the tag: its stage has its own list, and its own time.
            rules::Rule::TriggerStage(..) if step == RunStep::Tagged => return None,
            rules::Rule::CandidateTag(tag, _) => {
                (lever_client::Event::CandidateStageChange, Reason::FoundTagged { tag })
            }
            rules::Rule::ByHand => return None,
            rules::Rule::TriggerStage(..) => {
                let since = opportunity.entered_stage_at();
                let since = since.map(|at| Timestamp(at.as_millisecond()).rfc3339());
                (lever_client::Event::CandidateStageChange, Reason::FoundInStage { since })
            }
            rules::Rule::ScreeningTag(_) => {
                (lever_client::Event::ApplicationCreated, Reason::FoundApplication)
            }
        };
        // That somebody has a tag, no webhook reports.
        if matches!(evidence, Reason::FoundTagged { .. }) {
            return Some(Missed { opportunity: opportunity.id.to_string(), stands_for, evidence });
        }
        let since = opportunity.entered_stage_at().map(|at| Timestamp(at.as_millisecond()).minus(NEAR));
        let since = since.filter(|_| matches!(evidence, Reason::FoundInStage { .. }));
        Some(self.missed_one(opportunity.id.as_str(), stands_for, evidence, since))
    }

    /// What was missed of an opportunity, with what shows it: where a webhook reported it at `since` or later, that.
    pub fn missed_one(
        &self,
        opportunity: &str,
        stands_for: lever_client::Event,
        evidence: Reason,
        since: Option<Timestamp>,
    ) -> Missed {
        let kind = EventKind::from(stands_for.as_str());
        let reports = self.reported.get(opportunity).into_iter().flatten();
        let is_reported = reports.filter(|(of, _)| *of == kind).any(|(_, at)| since.is_none_or(|s| *at >= s));
        let evidence = match is_reported {
            true => Reason::FoundReported { kind: kind.as_str().to_owned() },
            false => evidence,
        };
        Missed { opportunity: opportunity.to_owned(), stands_for, evidence }
    }

    fn missed_deletion(&self, opportunity: &Opportunity) -> Option<Missed> {
        let id = opportunity.id.as_str();
        let found = || self.missed_one(id, lever_client::Event::CandidateDeleted, Reason::FoundDeleted, None);
        (self.stored.contains(id) && !self.in_work.contains(id)).then(found)
    }
}
