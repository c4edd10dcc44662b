//! Working one event: look, decide, act, close.

pub(in crate::jobs) mod fetch;
pub(in crate::jobs) mod invite;
pub(in crate::jobs) mod posting_findings;

use super::JobContext;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::processed_as;
use crate::events::steps::{self, NewStep};
use crate::events::{Event, State, StepStatus, queue};
use crate::ids::CandidateId;
use crate::integrations::oauth::permissions;
use crate::integrations::settings::rules as posting_rules;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::store as integration_store;
use crate::invitations::actions as planned;
use crate::invitations::candidates::{self, Candidate};
use crate::invitations::rules::matching;
use crate::invitations::store::{self, OpenByPerson};
use crate::invitations::{Cause, Decision, Facts, Refusal, decide, erasure, lifecycle, manual_invite};
use crate::jobs::action;
use crate::jobs::action::EventEffects;
use crate::jobs::backoff::{ATTEMPTS, wait_before};
use crate::jobs::event::fetch::{OpportunitySnapshot, Unavailable, look, steps_of};
use crate::jobs::failure::guarded;
use crate::postings;
use crate::time::Timestamp;
use lever_client::{Event as Kind, OpportunityId, Scope, StageId, Trace};
use std::time::Duration;

/// Works an event as far as it goes now. What goes wrong counts as an attempt, be it a statement that the database
/// refuses or a panic; so the event ends some time, and nothing else stops with it.
///
/// # Errors
/// When the database is out of reach: then the event stays in the queue as it was.
pub(in crate::jobs) async fn work(ctx: &JobContext, event: Event) -> Result<(), DbError> {
    let Err(why) = guarded(try_work(ctx, event.clone())).await? else { return Ok(()) };
    tracing::error!(why, event = %event.id, "an event could not be worked");
    later(ctx, &event, &why, None).await
}

async fn try_work(ctx: &JobContext, event: Event) -> Result<(), DbError> {
    if processed_as(&event) == Kind::CandidateDeleted {
        ctx.db.write(move |conn| deleted(conn, &event)).await?;
        crate::jobs::erase_expired::forget_pages(ctx).await;
        return Ok(());
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
            close(ctx, &event, State::Done, outcome, "").await
        }
        EventEffects::Later { why, after } => later(ctx, &event, &why, after).await,
        EventEffects::Failed(why) => close(ctx, &event, State::Failed, "failed", &why).await,
    }
}

/// Asks Lever and decides. `true`: there are actions to perform. Otherwise the event is dealt with.
async fn look_and_decide(ctx: &JobContext, event: &Event) -> Result<bool, DbError> {
    let Some(opportunity) = event.opportunity_id.as_deref().map(OpportunityId::from) else {
        let why = "The delivery names no opportunity.";
        close(ctx, event, State::Ignored, "", why).await?;
        return Ok(false);
    };
    if let Some(scope) = lacking(ctx, event).await? {
        let (event, why) = (event.clone(), permissions::waits_for(scope));
        let put_by = move |conn: &mut Conn| {
            if queue::put_by(conn, &event, &why)? {
                steps::add(conn, &event.id, NewStep::new("put by", &why, StepStatus::Waiting))?;
            }
            Ok(())
        };
        ctx.db.write(put_by).await?;
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

/// The permission without which Lever need not be asked about an event.
async fn lacking(ctx: &JobContext, event: &Event) -> Result<Option<Scope>, DbError> {
    let id = event.integration_id;
    let integration = ctx.db.read(move |conn| integration_store::get(conn, &id)).await?;
    Ok(permissions::lacks(&integration, &permissions::TO_DECIDE))
}

async fn cannot_see(ctx: &JobContext, event: &Event, blind: Unavailable) -> Result<(), DbError> {
    match blind {
        Unavailable::Later { why, after } => later(ctx, event, &why, after).await,
        Unavailable::NoAccess(why) => {
            // Not retried in vain: the worker leaves disconnected accounts alone until they are back.
            let step = NewStep::new("waiting for access", why, StepStatus::Waiting);
            let id = event.id;
            ctx.db.write(move |conn| steps::add(conn, &id, step)).await
        }
        Unavailable::Hidden => {
            let why = "Lever does not show this opportunity to the portal: it is confidential.";
            close(ctx, event, State::Done, "confidential", why).await
        }
        Unavailable::Unknown => {
            let why = "Lever does not know this opportunity: it was deleted or merged meanwhile, or it is confidential.";
            close(ctx, event, State::Done, "not_found", why).await
        }
        Unavailable::Never(why) => close(ctx, event, State::Failed, "failed", &why).await,
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
    let noticed = crate::jobs::event::posting_findings::look_at_posting(conn, event, &kind, seen)?;
    add_all(conn, event, noticed)?;
    if kind == Kind::CandidateArchiveChange {
        let words = archive_changed(conn, &candidate, seen)?;
        steps::add(conn, &event.id, NewStep::good("decided", words.clone()))?;
        let outcome = if seen.opportunity.archived.is_some() { "archived" } else { "nothing_to_do" };
        queue::finish(conn, &event.id, State::Done, outcome, &words)?;
        return Ok(false);
    }
    if kind == Kind::CandidateHired {
        let ended = lifecycle::hired(conn, &candidate)?;
        let words = match ended {
            0 => "is hired; there was no open invitation".to_owned(),
            n => format!("is hired; {n} open invitation{} ended", if n == 1 { "" } else { "s" }),
        };
        steps::add(conn, &event.id, NewStep::good("decided", words.clone()))?;
        queue::finish(conn, &event.id, State::Done, "hired", &words)?;
        return Ok(false);
    }
    let posting = seen.opportunity.posting_id().map(ToString::to_string).unwrap_or_default();
    let id = seen.opportunity.id.as_str();
    let known = store::invitation_for(conn, &event.integration_id, id, &posting)?;
    let person: Vec<String> = seen.opportunity.contact_id().iter().map(ToString::to_string).collect();
    if let Some(contact) = person.first() {
        dialect::lock_person(conn, &event.integration_id, contact)?;
    }
    let open = OpenByPerson::of(conn, &event.integration_id, &person)?;
    let facts = Facts {
        cause: manual_invite::tests(event).map_or_else(|| cause(&kind), Cause::ByHand),
        opportunity: &seen.opportunity,
        posting: seen.posting.as_ref(),
        posting_is_hidden: seen.posting_is_hidden,
        is_invited: known.is_some(),
        is_invited_elsewhere: open.is_elsewhere(&seen.opportunity),
    };
    let names = stages::all(conn, &event.integration_id)?;
    let name = |id: &StageId| {
        names
            .iter()
            .find(|stage| stage.stage_id == id.as_str())
            .map_or_else(|| id.to_string(), |s| s.name.clone())
    };
    let settings = posting_rules::settings(conn, &integration)?;
    let unknown_tests = report_tags(conn, event, seen)?;
    match decide(&settings, facts) {
        Decision::Invite(invite) => {
            let mut reason = invite.words(name);
            if let Some(who) = manual_invite::who(event) {
                reason.push_str(&format!(" by {who}"));
            }
            reason.push_str(&unknown_tests);
            invite::invite(conn, ctx, event, &candidate, &posting, seen, &invite, &reason)
        }
        Decision::Refuse(rule, refusal) => {
            let words = format!("not invited: {}, but {}", rule.words(name), refusal.words());
            steps::add(conn, &event.id, NewStep::good("decided", words.clone()))?;
            let outcome = match refusal {
                // The same event, worked again after its invitation was made: nothing new.
                Refusal::AlreadyInvited => match known.filter(|i| i.event_id.as_ref() == Some(&event.id)) {
                    Some(own) => invite::outcome_again(conn, &own)?,
                    None => refusal.outcome(),
                },
                other => other.outcome(),
            };
            queue::finish(conn, &event.id, State::Done, outcome, &words)?;
            Ok(false)
        }
        Decision::Nothing => {
            let tags = seen.posting.as_ref().map_or(&[][..], |posting| &posting.tags);
            let lines = settings.lines(seen.opportunity.posting_id(), tags);
            let triggers: Vec<StageId> = lines.iter().filter_map(|line| line.trigger.cloned()).collect();
            let gone = stages::all_gone(&names, &triggers);
            let words = nothing_words(&kind, seen, &lines, gone, name);
            let status = if gone.is_some() { StepStatus::Attention } else { StepStatus::Good };
            steps::add(conn, &event.id, NewStep::new("decided", words.clone(), status))?;
            queue::finish(conn, &event.id, State::Done, "nothing_to_do", &words)?;
            Ok(false)
        }
    }
}

/// Archived in Lever: whoever left the pipeline is not tested any more. Brought back: whoever is to be
/// invited enters a stage.
fn archive_changed(conn: &mut Conn, candidate: &CandidateId, seen: &OpportunitySnapshot) -> DbResult<String> {
    if seen.opportunity.archived.is_none() {
        return Ok("nothing to do: the candidate is not archived in Lever".to_owned());
    }
    Ok(match lifecycle::end_open(conn, candidate, "the candidate was archived in Lever")? {
        0 => "is archived in Lever; there was no open invitation".to_owned(),
        n => format!("is archived in Lever; {n} open invitation{} ended", if n == 1 { "" } else { "s" }),
    })
}

fn nothing_words(
    kind: &Kind,
    seen: &OpportunitySnapshot,
    lines: &[matching::Line<'_>],
    gone: Option<&KnownStage>,
    name: impl Fn(&StageId) -> String,
) -> String {
    let stage = seen.opportunity.stage_id().map_or_else(|| "no stage".to_owned(), &name);
    let trigger = match gone {
        Some(gone) => format!(
            "the trigger stage \u{201c}{}\u{201d} no longer exists in Lever, so nobody is invited by a move",
            gone.name
        ),
        None => matching::trigger_words(lines, &name),
    };
    let tag = match kind {
        Kind::ApplicationCreated if seen.posting_is_hidden => {
            "Lever does not show the posting, which is confidential, and "
        }
        Kind::ApplicationCreated => "the posting has no screening tag, and ",
        _ => "",
    };
    format!("nothing to do: {tag}the candidate is in \u{201c}{stage}\u{201d} ({trigger})")
}

/// Says in the timeline what about the posting wants looking at, such as tags that name tests which the
/// portal does not have; answers that of the tests for the invitation, empty when there is nothing. It
/// never stops the other tests.
fn report_tags(conn: &mut Conn, event: &Event, seen: &OpportunitySnapshot) -> DbResult<String> {
    let mut all = String::new();
    let tags = seen.posting.as_ref().map_or(&[][..], |posting| &posting.tags);
    for finding in postings::findings(tags, false) {
        let words = format!("the posting {}", finding.words());
        steps::add(conn, &event.id, NewStep::new("posting looked at", &words, StepStatus::Attention))?;
        if matches!(finding, postings::Finding::NoSuchTest { .. }) {
            all.push_str("; ");
            all.push_str(&words);
        }
    }
    Ok(all)
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
    let name = text(opportunity.name.as_deref());
    let email = text(opportunity.email());
    let posting_title = seen.posting.as_ref().map(|posting| posting.text.clone()).unwrap_or_default();
    let search = format!("{name} {email} {posting_title} {}", opportunity.id).to_lowercase();
    candidates::keep_candidate(
        conn,
        Candidate {
            id: CandidateId::new(),
            company_id: event.company_id,
            integration_id: event.integration_id,
            opportunity_id: opportunity.id.to_string(),
            contact_id: opportunity.contact_id().map(ToString::to_string),
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

/// Deleted in Lever: the person is erased here; the log keeps that it happened.
fn deleted(conn: &mut Conn, event: &Event) -> DbResult<()> {
    let words = match event.opportunity_id.as_deref() {
        Some(opportunity) if erasure::erase(conn, &event.integration_id, opportunity, erasure::DELETED)? => {
            "deleted in Lever; what the portal knew was erased"
        }
        _ => "deleted in Lever; the portal knew nothing of this candidate",
    };
    steps::add(conn, &event.id, NewStep::good("erased", words))?;
    queue::finish(conn, &event.id, State::Done, "deleted", words)
}

fn add_all(conn: &mut Conn, event: &Event, new: Vec<NewStep>) -> DbResult<()> {
    for step in new {
        steps::add(conn, &event.id, step)?;
    }
    Ok(())
}

async fn close(
    ctx: &JobContext,
    event: &Event,
    state: State,
    outcome: &'static str,
    why: &str,
) -> Result<(), DbError> {
    let (event, why) = (event.clone(), why.to_owned());
    ctx.db
        .write(move |conn| {
            match state {
                State::Failed => {
                    steps::add(conn, &event.id, NewStep::new("given up", &why, StepStatus::Failed))?
                }
                _ if !why.is_empty() => steps::add(conn, &event.id, NewStep::good("decided", &why))?,
                _ => {}
            }
            queue::finish(conn, &event.id, state, outcome, &why)
        })
        .await
}

/// Puts the event back with a growing wait, or gives it up.
async fn later(ctx: &JobContext, event: &Event, why: &str, after: Option<Duration>) -> Result<(), DbError> {
    let attempts = event.attempts + 1;
    if attempts >= ATTEMPTS {
        let why = format!("Given up after {attempts} attempts. The last one: {why}");
        action::abandon(ctx, event, &why).await?;
        return close(ctx, event, State::Failed, "failed", &why).await;
    }
    let wait = after.unwrap_or_default().max(wait_before(attempts));
    let until = Timestamp::now().plus(wait);
    let (id, why) = (event.id, why.to_owned());
    ctx.db
        .write(move |conn| {
            let words = format!("{why}; attempt {attempts}, the next in {} s", wait.as_secs());
            steps::add(conn, &id, NewStep::new("will be tried again", words, StepStatus::Waiting))?;
            queue::postpone(conn, &id, attempts, until, &why)
        })
        .await
}
