//! What a candidate's steps change in Lever: progress tag, note, link, stage (the file is in
//! [`super::upload`]). Each of them can be
//! tried again: tags, links and the stage are idempotent by nature, and for a note Lever is asked
//! first whether it is there.

use crate::db::DbError;
use crate::events::StepKind;
use crate::events::steps::NewStep;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::{stages, store as integration_store};
use crate::invitations::actions::Action;
use crate::invitations::follow_up::{PROGRESS_TAGS, progress_tag};
use crate::invitations::{Invitation, follow_up, store};
use crate::jobs::JobContext;
use crate::jobs::action::once::Once;
use crate::jobs::action::{ActionOutcome, there};
use crate::jobs::event::fetch::{Unavailable, steps_of};
use crate::reasons::Reason;
use crate::report::{cautions, fit_range, label, name, range};
use crate::test_sessions::results;
use crate::test_sessions::results::Outcome;
use assessment::personality::Questionnaire;
use assessment::provider::TestResult;
use assessment::rolefit::Factor;
use lever_client;
use lever_client::{Api, NewNote, OpportunityId, Scope, StageId, Trace};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// Leaves on the opportunity the one progress tag that says how far the candidate is now, whatever
/// the action was written down for: so an old action that comes late does no harm.
pub(in crate::jobs) async fn set_tag(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let Some(tag) = progress_tag(invitation.state) else {
        let ours = PROGRESS_TAGS.map(str::to_owned);
        return in_lever(ctx, invitation, StepKind::TagRemoved, Reason::InvitationOver, |api, id| {
            let ours = ours.clone();
            async move { api.remove_tags(&id, &ours).await }
        })
        .await;
    };
    let earlier: Vec<String> =
        PROGRESS_TAGS.iter().filter(|other| **other != tag).map(ToString::to_string).collect();
    // With a first mail there is no earlier tag, and a call to Lever is saved.
    let is_first = tag == PROGRESS_TAGS[0] && action.event_id.is_some();
    in_lever(ctx, invitation, StepKind::TagAdded, Reason::Value(tag.to_owned()), |api, id| {
        let earlier = earlier.clone();
        async move {
            if !is_first {
                api.remove_tags(&id, &earlier).await?;
            }
            api.add_tags(&id, &[tag.to_owned()]).await
        }
    })
    .await
}

/// Writes the result as a note, unless one with its address is there.
pub(in crate::jobs) async fn add_note(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let (of, since) = (invitation.id, action.created_at);
    let sealer = ctx.sealer.clone();
    let outcome = ctx.db.read(move |conn| results::of_invitation(conn, &sealer, &of)).await?;
    let Some(outcome) = outcome else {
        return Ok(ActionOutcome::Failed(Reason::NoResult));
    };
    let link = result_link(ctx, invitation);
    let (text, once) = (note_text(&outcome, &link), Once::for_action(action));
    let tried = in_lever(ctx, invitation, StepKind::NoteWritten, Reason::Value(link.clone()), |api, id| {
        let (text, once) = (text.clone(), once.clone());
        async move {
            if api.notes(&id).await?.iter().any(|note| there::is_written(note, &of, &text, since)) {
                return Ok(());
            }
            once.begin()?;
            api.add_note(&id, &NewNote { text, ..NewNote::default() }).await.map(drop)
        }
    });
    Ok(once.clone().ended(tried.await?))
}

/// Adds the address of the result to the opportunity's links.
pub(in crate::jobs) async fn add_link(
    ctx: &JobContext,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let link = result_link(ctx, invitation);
    in_lever(ctx, invitation, StepKind::LinkAdded, Reason::Value(link.clone()), |api, id| {
        let link = link.clone();
        async move { api.add_links(&id, &[link]).await }
    })
    .await
}

/// Moves the candidate to the progression stage: forward only, and nobody who left the pipeline.
pub(in crate::jobs) async fn move_stage(
    ctx: &JobContext,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let asked = invitation.clone();
    let (target, own, stages) = ctx
        .db
        .read(move |conn| {
            let target = follow_up::progression_stage(conn, &asked)?;
            let own = follow_up::default_progression_stage(conn, &asked)?;
            Ok((target, own, stages::all(conn, &asked.integration_id)?))
        })
        .await?;
    let is_gone = |id: &String| stages.iter().any(|s| s.stage_id == *id && s.removed_at.is_some());
    let Some(target) = target else {
        return Ok(ActionOutcome::Done(NewStep::good(StepKind::NotMoved, Reason::NoProgressionStage)));
    };
    // A rule's stage that is gone from Lever: the account's own stage is the next best, and said so.
    let (target, instead) = match own.filter(|own| is_gone(&target) && !is_gone(own)) {
        Some(own) => (StageId::from(own.as_str()), Reason::MovedInstead { stage: own, gone: target }),
        None => (StageId::from(target.as_str()), Reason::Value(target)),
    };
    let order: Vec<String> = stages.into_iter().map(|stage| stage.stage_id).collect();
    let left = Arc::new(OnceLock::new());
    let tried = in_lever(ctx, invitation, StepKind::Moved, instead, |api, id| {
        let (target, order, left) = (target.clone(), order.clone(), Arc::clone(&left));
        async move {
            let there = api.opportunity(&id, &[]).await?;
            let place = |stage: &StageId| order.iter().position(|known| known == stage.as_str());
            let is_beyond = there.stage_id().is_some_and(
                |now| matches!((place(now), place(&target)), (Some(now), Some(goal)) if now > goal),
            );
            if there.archived.is_some() || is_beyond {
                let why = if is_beyond { Reason::NotMovedFurther } else { Reason::NotMovedArchived };
                left.get_or_init(|| why);
                return Ok(());
            }
            // There already: an attempt whose answer was lost.
            if there.stage_id() == Some(&target) {
                return Ok(());
            }
            api.set_stage(&id, &target).await
        }
    });
    Ok(match (tried.await?, left.get()) {
        (ActionOutcome::Done(_), Some(why)) => ActionOutcome::Skipped(why.clone()),
        (tried, _) => tried,
    })
}

/// Takes the progress tags off an opportunity, except one that another invitation of it still means.
pub(in crate::jobs) async fn clear_tags(
    ctx: &JobContext,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    let (integration, opportunity) = (invitation.integration_id, invitation.opportunity_id.clone());
    let states = ctx.db.read(move |conn| store::states_of(conn, &integration, &opportunity)).await?;
    let kept: Vec<&str> = states.into_iter().filter_map(progress_tag).collect();
    let gone: Vec<String> =
        PROGRESS_TAGS.iter().filter(|tag| !kept.contains(tag)).map(ToString::to_string).collect();
    in_lever(ctx, invitation, StepKind::ProgressTagRemoved, Reason::None, |api, id| {
        let gone = gone.clone();
        async move { api.remove_tags(&id, &gone).await }
    })
    .await
}

/// Removes the note, the file and the link of a result that was taken back.
pub(in crate::jobs) async fn remove_result(
    ctx: &JobContext,
    action: &Action,
    invitation: &Invitation,
) -> Result<ActionOutcome, DbError> {
    // After a retake it is the result of the invitation that this one took the place of.
    let of = action.earlier_result().unwrap_or(invitation.id);
    let invitation = &Invitation { id: of, ..invitation.clone() };
    let link = result_link(ctx, invitation);
    // Without a permission nothing of the kind was written (see `actions::lacking`), and Lever would not
    // show what there is.
    let integration = invitation.integration_id;
    let integration = ctx.db.read(move |conn| integration_store::get(conn, &integration)).await?;
    let may = |scope| permissions::lacks(&integration, &[scope]).is_none();
    let (has_files, has_notes) = (may(Scope::Files), may(Scope::Notes));
    in_lever(ctx, invitation, StepKind::ResultRemoved, Reason::Value(link.clone()), |api, id| {
        let mut links = vec![link.clone()];
        async move {
            let files = if has_files { api.files(&id).await? } else { Vec::new() };
            for file in files.iter().filter(|file| there::is_named(file, &of)) {
                api.delete_file(&id, &file.id).await?;
            }
            let notes = if has_notes { api.notes(&id).await? } else { Vec::new() };
            for note in notes.iter().filter(|note| there::is_of_result(note, &of)) {
                api.delete_note(&id, &note.id).await?;
            }
            // Lever takes away what it lists, letter for letter.
            let listed = api.opportunity(&id, &[]).await?.links;
            links.extend(listed.into_iter().filter(|listed| there::names_result(listed, &of)));
            links.dedup();
            api.remove_links(&id, &links).await
        }
    })
    .await
}

/// Where the company reads the result. Unique to the invitation, so it also marks its note.
pub(in crate::jobs) fn result_link(ctx: &JobContext, invitation: &Invitation) -> String {
    ctx.link(&format!("/candidates/{}#result-{}", invitation.candidate_id, invitation.id)).to_string()
}

/// The summary: what goes out is scores and the address, no facets and no answers.
fn note_text(outcome: &Outcome, link: &str) -> String {
    let is_one = outcome.result.logic.is_none() || outcome.result.personality.is_none();
    let mut text = format!("Alva: {} completed\n", if is_one { "test" } else { "tests" });
    let mut line = |words: std::fmt::Arguments<'_>| {
        writeln!(text, "{words}").expect("writing to a String cannot fail");
    };
    if let Some(fit) = &outcome.fit {
        let (percent, label, profile) = (fit.percent, label(fit.label()), &outcome.profile.name);
        let range = fit_range(fit);
        line(format_args!("Role fit: {percent} % ({range}, {label}), by the profile {profile}"));
    }
    if let Some(logic) = &outcome.result.logic {
        line(format_args!("Logic: {} of 10 ({})", logic.score.rounded(), range(logic.score)));
    }
    if let Some(personality) = &outcome.result.personality {
        let traits: Vec<String> = personality
            .traits
            .iter()
            .map(|score| {
                let (name, value) = (name(Factor::Trait(score.of)), score.score);
                format!("{name} {} ({})", value.rounded(), range(value))
            })
            .collect();
        line(format_args!("Personality (of 10): {}", traits.join(", ")));
    }
    line(format_args!("In brackets: the range of the true value, with 95 % certainty."));
    line(format_args!("{}Do not decide by these scores alone.", norms(&outcome.result)));
    // That it was taken in words is one of them.
    if !cautions(&outcome.result).is_empty() {
        line(format_args!("There are cautions about how the tests were taken. See the full result."));
    }
    line(format_args!("Full result: {link}"));
    text
}

/// What the norms are, where they are not those of people who have taken the test: a test with norms does not speak for the other.
fn norms(result: &TestResult) -> &'static str {
    let logic = result.logic.as_ref().is_some_and(|logic| !logic.has_norms);
    let other = result.personality.as_ref();
    let is_published = other.is_some_and(|other| other.questionnaire == Questionnaire::IpipNeo);
    let personality = other.is_some_and(|other| !other.has_norms) && !is_published;
    match (logic, personality, result.is_among_applicants()) {
        (false, false, false) => "",
        (true, false, false) if other.is_some() => "The norms of logic are assumed, not measured. ",
        (false, true, false) if result.logic.is_some() => {
            "The norms of personality are assumed, not measured. "
        }
        (_, _, false) => "The norms are assumed, not measured. ",
        (true, true, true) => {
            "The norms are assumed, not measured, and those of personality moved to applicants. "
        }
        (true, false, true) => {
            "The norms of logic are assumed, not measured; those of personality are moved to applicants. "
        }
        (false, true, true) => {
            "The norms of personality are assumed, not measured, and moved to applicants. "
        }
        (false, false, true) => "The norms of personality are moved to applicants. ",
    }
}

/// Calls Lever about the invitation's opportunity, and sorts how that went.
pub(in crate::jobs) async fn in_lever<F>(
    ctx: &JobContext,
    invitation: &Invitation,
    kind: StepKind,
    detail: Reason,
    work: impl Fn(Api, OpportunityId) -> F,
) -> Result<ActionOutcome, DbError>
where
    F: Future<Output = Result<(), lever_client::Error>>,
{
    let trace = Trace::default();
    let opportunity = OpportunityId::from(invitation.opportunity_id.as_str());
    let outcome: Result<(), CallError> = ctx
        .connections
        .call(&invitation.integration_id, |api| work(api.with_trace(trace.clone()), opportunity.clone()))
        .await;
    let call = steps_of(&trace).pop();
    match outcome {
        Ok(()) => {
            let mut step = NewStep::good(kind, detail);
            if let Some(call) = call {
                (step.duration_ms, step.exchange) = (call.duration_ms, call.exchange);
            }
            Ok(ActionOutcome::Done(step))
        }
        Err(cause @ CallError::Nobody) => Ok(ActionOutcome::PutBy(Reason::from(&cause))),
        Err(cause) => {
            let failed = Reason::from(&cause);
            Ok(match Unavailable::from(cause) {
                Unavailable::Later { why, after } => ActionOutcome::Later { why, after },
                Unavailable::NoAccess(why) => ActionOutcome::Later { why, after: None },
                Unavailable::Hidden
                | Unavailable::Unknown
                | Unavailable::Refused(_)
                | Unavailable::Never(_) => ActionOutcome::Failed(failed),
            })
        }
    }
}
