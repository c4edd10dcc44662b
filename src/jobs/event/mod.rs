//! Processing one event: look, decide, act, close.

mod ending;
pub(in crate::jobs) mod fetch;
pub(in crate::jobs) mod invite;
mod leavers;
pub(in crate::jobs) mod posting_findings;
mod second_look;

use super::JobContext;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::processed_as;
use crate::events::steps::{self, NewStep};
use crate::events::{Event, EventKind, Outcome, State, StepKind, StepStatus, queue};
use crate::ids::CandidateId;
use crate::integrations::oauth::permissions;
use crate::integrations::settings::rules as posting_rules;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::store as integration_store;
use crate::invitations::actions as planned;
use crate::invitations::bulk_moves;
use crate::invitations::candidates::{self, Candidate};
use crate::invitations::rules::{Invite, Rule, matching};
use crate::invitations::store;
use crate::invitations::{
    Cause, Decision, Facts, KnownInvitations, OpportunitySnapshot, Refusal, decide, identity, lifecycle,
    manual_invite,
};
use crate::jobs::action;
use crate::jobs::action::EventEffects;
use crate::jobs::event::ending::{add_all, cannot_see, close, lacking, later, put_by};
use crate::jobs::event::fetch::{look, steps_of};
use crate::jobs::failure::{Attempt, guarded};
use crate::jobs::look_again;
use crate::postings;
use crate::reasons::{self, Inviting, NotYet, PostingTag, Reason, Trigger};
use crate::time::Timestamp;
use lever_client::{Event as Kind, OpportunityId, StageId, Trace};

/// Works an event as far as it goes now. What goes wrong counts as an attempt, be it a statement that the database
/// refuses or a panic; so the event ends some time, and nothing else stops with it.
///
/// # Errors
/// When the database is out of reach: then the event stays in the queue as it was.
pub(in crate::jobs) async fn work(ctx: &JobContext, event: Event) -> Result<(), DbError> {
    let Attempt::Failed(why) = guarded(try_work(ctx, event.clone())).await? else { return Ok(()) };
    tracing::error!(%why, event = %event.id, "an event could not be processed");
    later(ctx, &event, why, None).await
}

async fn try_work(ctx: &JobContext, event: Event) -> Result<(), DbError> {
    if processed_as(&event) == Kind::CandidateDeleted {
        return leavers::deleted(ctx, &event).await;
    }
    let pending = {
        let id = event.id;
        ctx.db.read(move |conn| planned::planned(conn, &id)).await?
    };
    // Decided before, and stopped on the way: go on where it stopped.
    if pending.is_empty() && !look_and_decide(ctx, &event).await? {
        return Ok(());
    }
    match action::perform(ctx, &event).await? {
        EventEffects::Done => {
            let outcome = invite::outcome(ctx, &event).await?;
            close(ctx, &event, State::Done, outcome, Reason::None).await
        }
        EventEffects::Later { why, after } => later(ctx, &event, why, after).await,
        EventEffects::Failed(why) => close(ctx, &event, State::Failed, Outcome::Failed, why).await,
    }
}

/// Asks Lever and decides. `true`: there are actions to perform. Otherwise the event is dealt with.
async fn look_and_decide(ctx: &JobContext, event: &Event) -> Result<bool, DbError> {
    let Some(opportunity) = event.opportunity_id.as_deref().map(OpportunityId::from) else {
        close(ctx, event, State::Ignored, Outcome::None, Reason::NoOpportunity).await?;
        return Ok(false);
    };
    if let Some(scope) = lacking(ctx, event, &permissions::TO_DECIDE).await? {
        put_by(ctx, event, scope).await?;
        return Ok(false);
    }
    let trace = Trace::default();
    let seen = look(ctx, &event.integration_id, &opportunity, &trace).await;
    let calls = steps_of(&trace);
    let (tools_, event_) = (ctx.clone(), event.clone());
    match seen {
        Ok(seen) => ctx.db.write(move |conn| decided(conn, &tools_, &event_, calls, &seen)).await,
        Err(blind) => {
            ctx.db.write(move |conn| add_all(conn, &event_, calls)).await?;
            cannot_see(ctx, event, blind).await?;
            Ok(false)
        }
    }
}

/// Keeps what was seen and decides, in one transaction.
fn decided(
    conn: &mut Conn,
    ctx: &JobContext,
    event: &Event,
    calls: Vec<NewStep>,
    seen: &OpportunitySnapshot,
) -> DbResult<bool> {
    add_all(conn, event, calls)?;
    let integration = integration_store::get(conn, &event.integration_id)?;
    let candidate = keep_candidate(conn, event, seen)?;
    let kind = processed_as(event);
    let settings = posting_rules::settings(conn, &integration)?;
    // Before what Lever shows of the posting now takes the place of what was known of it.
    let missing = second_look::tags_missing(conn, event, seen, &settings)?;
    if !missing.any() {
        let noticed = posting_findings::look_at_posting(conn, event, &kind, seen)?;
        add_all(conn, event, noticed)?;
    }
    if let Some(what) = second_look::stage_not_yet(event, &seen.opportunity)
        && second_look::look_again(conn, event, what)?
    {
        return Ok(false);
    }
    if kind == Kind::CandidateArchiveChange {
        let doubt = second_look::Doubt::small(NotYet::Latest);
        let is_as_reported = seen.opportunity.archived.is_some() != says_brought_back(event);
        if !is_as_reported && second_look::look_again(conn, event, doubt)? {
            return Ok(false);
        }
        let why = archive_changed(conn, &candidate, seen)?;
        let is_archived = seen.opportunity.archived.is_some();
        let outcome = if is_archived { Outcome::Archived } else { Outcome::NothingToDo };
        return conclude(conn, event, outcome, why, StepStatus::Good);
    }
    if kind == Kind::CandidateHired && seen.opportunity.archived.is_none() {
        if second_look::look_again(conn, event, NotYet::Hire)? {
            return Ok(false);
        }
        return conclude(conn, event, Outcome::NothingToDo, Reason::NotHired, StepStatus::Attention);
    }
    if kind == Kind::CandidateHired {
        let why = Reason::Hired { ended: lifecycle::hired(conn, &candidate)? };
        return conclude(conn, event, Outcome::Hired, why, StepStatus::Good);
    }
    let posting = seen.opportunity.posting_id().map(ToString::to_string).unwrap_or_default();
    if let Some(contact) = seen.opportunity.contact_id() {
        dialect::lock_person(conn, &event.integration_id, contact.as_str())?;
    }
    let known = KnownInvitations::load(conn, &event.integration_id, [&seen.opportunity])?;
    let cause = manual_invite::tests(event).map_or_else(|| cause(&kind), Cause::ByHand);
    let facts = Facts::gather(&known, cause, &seen.opportunity, &seen.posting);
    let names = stages::all(conn, &event.integration_id)?;
    let name = |id: &StageId| {
        names
            .iter()
            .find(|stage| stage.stage_id == id.as_str())
            .map_or_else(|| id.to_string(), |s| s.name.clone())
    };
    let unknown_tests = report_tags(conn, event, seen)?;
    let decision = decide(&settings, facts);
    if let Some(doubt) = second_look::posting_not_yet(conn, event, seen, &settings, &missing, &decision)?
        && second_look::look_again(conn, event, doubt)?
    {
        return Ok(false);
    }
    if missing.any() {
        let noticed = posting_findings::look_at_posting(conn, event, &kind, seen)?;
        add_all(conn, event, noticed)?;
    }
    // Whose application is processed first, after an outage say, was moved all the same: the move decides, with those who
    // were moved at the same time.
    if kind != Kind::CandidateStageChange
        && event.kind != EventKind::ManualInvite
        && let Decision::Invite(Invite { rule: Rule::TriggerStage(stage, _), .. }) = &decision
    {
        if bulk_moves::is_moved(conn, event, stage.as_str())? {
            return conclude(conn, event, Outcome::NothingToDo, Reason::MoveDecides, StepStatus::Good);
        }
        if let Some((doubt, moved)) = second_look::move_not_reported(event, &seen.opportunity, stage) {
            bulk_moves::note_move(conn, &event.id, stage.as_str(), moved)?;
            if second_look::look_again(conn, event, doubt)? {
                return Ok(false);
            }
        }
    }
    match decision {
        Decision::Invite(invite) => {
            let why =
                Inviting { who: manual_invite::who(event), findings: unknown_tests, ..invite.reason(name) };
            invite::invite(conn, ctx, event, &candidate, &posting, seen, &invite, &why)
        }
        Decision::Refuse(rule, refusal) => {
            let why = Reason::NotInvited { rule: rule.reason(name), refusal: refusal.reason() };
            let outcome = match refusal {
                // The same event, processed again after its invitation was made: nothing new.
                Refusal::AlreadyInvited => {
                    let id = seen.opportunity.id.as_str();
                    let known = store::invitation_for(conn, &event.integration_id, id, &posting)?;
                    if let (Some(known), Some(shown)) = (&known, seen.posting.visible())
                        && known.posting_id.is_empty()
                    {
                        store::note_posting(conn, &known.id, &posting, &shown.text)?;
                    }
                    match known.filter(|invitation| invitation.event_id.as_ref() == Some(&event.id)) {
                        Some(own) => invite::outcome_again(conn, &own)?,
                        None => refusal.outcome(),
                    }
                }
                other => other.outcome(),
            };
            conclude(conn, event, outcome, why, StepStatus::Good)
        }
        Decision::Nothing => {
            let lines = settings.lines(seen.opportunity.posting_id(), seen.posting.tags());
            let triggers: Vec<StageId> = lines.iter().filter_map(|line| line.trigger.cloned()).collect();
            let gone = stages::all_gone(&names, &triggers);
            let why = nothing_to_do(&kind, seen, &lines, gone, name);
            let status = if gone.is_some() { StepStatus::Attention } else { StepStatus::Good };
            conclude(conn, event, Outcome::NothingToDo, why, status)
        }
    }
}

/// Ends an event that causes no action, with the decision in its timeline.
fn conclude(
    conn: &mut Conn,
    event: &Event,
    outcome: Outcome,
    why: Reason,
    status: StepStatus,
) -> DbResult<bool> {
    steps::add(conn, &event.id, NewStep::new(StepKind::Decided, why.clone(), status))?;
    queue::finish(conn, &event.id, State::Done, outcome, &why)?;
    look_again::ask(conn, event, &why)?;
    Ok(false)
}

/// Whether a webhook reports that a candidate was archived before and is not any more.
fn says_brought_back(event: &Event) -> bool {
    lever_client::delivery::parse(&event.body)
        .is_ok_and(|it| it.data.from_archived.is_some() && it.data.to_archived.is_none())
}

/// Archived in Lever: whoever left the pipeline is not tested any more. Brought back: whoever is to be invited enters a
/// stage, or is found in it by the next reconciliation; an invitation that ended by this stands against neither.
fn archive_changed(conn: &mut Conn, candidate: &CandidateId, seen: &OpportunitySnapshot) -> DbResult<Reason> {
    if seen.opportunity.archived.is_none() {
        return Ok(Reason::NotArchived);
    }
    Ok(Reason::Archived { ended: lifecycle::end_open(conn, candidate, &Reason::CandidateArchived)? })
}

fn nothing_to_do(
    kind: &Kind,
    seen: &OpportunitySnapshot,
    lines: &[matching::Line<'_>],
    gone: Option<&KnownStage>,
    name: impl Fn(&StageId) -> String,
) -> Reason {
    let posting = match kind {
        Kind::ApplicationCreated if seen.posting.is_hidden() => Some(PostingTag::Hidden),
        Kind::ApplicationCreated if seen.posting.visible().is_none() => Some(PostingTag::NoApplication),
        Kind::ApplicationCreated => Some(PostingTag::Missing),
        _ => None,
    };
    Reason::NothingToDo {
        stage: seen.opportunity.stage_id().map(&name),
        posting,
        trigger: match gone {
            Some(gone) => Trigger::Gone(gone.name.clone()),
            None => matching::trigger(lines, &name),
        },
    }
}

/// Says in the timeline what about the posting needs attention, such as tags that name tests which the
/// portal does not have; answers those tags for the invitation. They never stop the other tests.
fn report_tags(
    conn: &mut Conn,
    event: &Event,
    seen: &OpportunitySnapshot,
) -> DbResult<Vec<reasons::Finding>> {
    let mut unknown = Vec::new();
    for finding in postings::findings(seen.posting.tags(), false) {
        let why = Reason::Posting(finding.clone());
        steps::add(conn, &event.id, NewStep::new(StepKind::PostingFinding, why, StepStatus::Attention))?;
        if matches!(finding, reasons::Finding::NoSuchTest { .. }) {
            unknown.push(finding);
        }
    }
    Ok(unknown)
}

fn cause(kind: &Kind) -> Cause {
    match kind {
        Kind::ApplicationCreated => Cause::Application,
        Kind::CandidateStageChange => Cause::StageChange,
        _ => Cause::Other,
    }
}

fn keep_candidate(conn: &mut Conn, event: &Event, seen: &OpportunitySnapshot) -> DbResult<CandidateId> {
    let opportunity = &seen.opportunity;
    let now = Timestamp::now();
    let text = |text: Option<&str>| text.unwrap_or_default().trim().to_owned();
    // A contact whom the portal knows to be this candidate's may have got another name since. Of anybody else who gave
    // another name when applying, the contact is somebody with the same address.
    let id = opportunity.id.as_str();
    let other_name = match candidates::has_contact(conn, &event.integration_id, id)? {
        true => None,
        false => identity::other_name(opportunity),
    };
    let name = text(other_name.or(opportunity.name.as_deref()));
    let contact = opportunity.contact_id().filter(|_| other_name.is_none());
    let email = candidates::address_of(opportunity);
    let posting_title = seen.posting.visible().map(|posting| posting.text.clone()).unwrap_or_default();
    let search = candidates::search_text(&name, &email, &posting_title, opportunity.id.as_str());
    candidates::keep_candidate(
        conn,
        Candidate {
            id: CandidateId::new(),
            company_id: event.company_id,
            integration_id: event.integration_id,
            opportunity_id: opportunity.id.to_string(),
            contact_id: contact.map(ToString::to_string),
            name,
            email,
            posting_id: opportunity.posting_id().map(ToString::to_string),
            posting_title,
            stage_id: opportunity.stage_id().map(ToString::to_string),
            origin: opportunity.origin.as_ref().map(ToString::to_string).unwrap_or_default(),
            lever_url: text(opportunity.urls.show.as_deref()),
            search,
            fetched_at: now,
            created_at: now,
            hired_at: None,
        },
    )
}
