//! From the decision to invite to what comes of it: a mass move is held, earlier results are reused,
//! and everybody else is invited at once.

use crate::db::schema::{actions as action_rows, batches as rows, integrations, invitations};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events::steps::{self, NewStep};
use crate::events::{Event, State, StepStatus, queue};
use crate::ids::{BatchId, CandidateId, EventId, IntegrationId};
use crate::integrations::{State as AccountState, store as accounts};
use crate::invitations::actions::ActionKind;
use crate::invitations::bulk_moves;
use crate::invitations::bulk_moves::Batch;
use crate::invitations::bulk_moves::detect::{BatchState, Entry, Hold, is_burst, judge};
use crate::invitations::bulk_moves::email;
use crate::invitations::bulk_moves::email::letter;
use crate::invitations::bulk_moves::{release, view};
use crate::invitations::follow_up::{self, PROGRESS_TAGS, progress_tag};
use crate::invitations::reuse::Needs;
use crate::invitations::{Invitation, InvitationState, Invite, Rule, candidates, store};
use crate::jobs::Tools;
use crate::jobs::action;
use crate::jobs::action::Tried;
use crate::jobs::action::write_back::in_lever;
use crate::jobs::event::fetch::Seen;
use crate::mail::MailError;
use crate::people::{self, Company, Habits};
use crate::events::processed_as;
use crate::test_sessions::reuse;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use lever_client::Event as Kind;
use std::time::Duration;

/// When a mail that could not be handed over is tried again.
const MAIL_AGAIN: Duration = Duration::from_secs(60);

/// The rules invite: holds, reuses, or plans the invitation. `true`: there are actions to perform.
/// Otherwise the event is dealt with.
#[allow(
    clippy::too_many_arguments,
    reason = "each is one fact of the invitation, and none belongs with another"
)]
pub(in crate::jobs) fn invite(
    conn: &mut Conn,
    tools: &Tools,
    event: &Event,
    candidate: &CandidateId,
    posting: &str,
    seen: &Seen,
    invite: &Invite,
    reason: &str,
) -> DbResult<bool> {
    let company = people::company(conn, &event.company_id)?;
    let habits = people::habits(conn, &company.id)?;
    let write_down = |conn: &mut Conn, state| {
        action::write_down(conn, tools, event, &company, candidate, posting, seen, reason, invite, state)
    };
    match of_burst(conn, event, &invite.rule, &habits)? {
        Fate::Go => {}
        Fate::Held(batch) => {
            write_down(conn, InvitationState::Held)?;
            let words = held_words(&habits, &batch, &company);
            let step = NewStep::new("held", format!("invite: {reason}; {words}"), StepStatus::Waiting);
            steps::add(conn, &event.id, step)?;
            queue::finish(conn, &event.id, State::Done, bulk_moves::HELD, &words)?;
            return Ok(false);
        }
        Fate::Undone => {
            write_down(conn, InvitationState::Cancelled)?;
            let words = "the invitations of this mass move were taken back before this one was sent";
            let step =
                NewStep::new("taken back", format!("invite: {reason}; but {words}"), StepStatus::Attention);
            steps::add(conn, &event.id, step)?;
            queue::finish(conn, &event.id, State::Done, bulk_moves::UNDONE, words)?;
            return Ok(false);
        }
    }
    let person = candidates::candidate(conn, candidate)?;
    let found = reuse::find(conn, &person, Needs::of(invite.tests), habits.reuse_months, Timestamp::now())?;
    let made = write_down(conn, InvitationState::Pending)?;
    if let Some(found) = found
        && reuse::take_over(conn, &tools.sealer, &made, &found)?
    {
        let words = format!("complete at once: {} are reused; {reason}", found.describe(&company.zone()));
        steps::add(conn, &event.id, NewStep::good("decided", words))?;
        follow_up::completed_by(conn, &made, Some(&event.id))?;
        return Ok(true);
    }
    let words = format!("invite to {}: {reason}", invite.tests.words());
    steps::add(conn, &event.id, NewStep::good("decided", words))?;
    action::plan(conn, event, &made)?;
    Ok(true)
}

/// What becomes of an invitation that a move brought about.
enum Fate {
    Go,
    Held(Box<Batch>),
    Undone,
}

fn of_burst(conn: &mut Conn, event: &Event, rule: &Rule, habits: &Habits) -> DbResult<Fate> {
    let Rule::TriggerStage(stage, _) = rule else { return Ok(Fate::Go) };
    if processed_as(event) != Kind::CandidateStageChange {
        return Ok(Fate::Go);
    }
    if bulk_moves::of_event(conn, &event.id)?.is_some() {
        // Asked again under the lock: a person may be pressing a button just now.
        dialect::lock_company(conn, &event.company_id)?;
        let batch = bulk_moves::of_event(conn, &event.id)?;
        return Ok(match batch {
            Some(batch) if batch.state == BatchState::Undone => Fate::Undone,
            Some(batch) if batch.state == BatchState::Held => Fate::Held(Box::new(batch)),
            _ => Fate::Go,
        });
    }
    if habits.hold_above == 0 {
        return Ok(Fate::Go);
    }
    let at = bulk_moves::moved_at(event);
    let around = bulk_moves::entries_around(conn, event, stage.as_str())?;
    let others: Vec<Entry> = around.iter().map(|(_, entry)| entry.clone()).collect();
    let own = Entry { opportunity: event.opportunity_id.clone().unwrap_or_default(), at };
    if !is_burst(&own, &others, habits.hold_above) {
        return Ok(Fate::Go);
    }
    dialect::lock_company(conn, &event.company_id)?;
    let (near, open) = bulk_moves::known(conn, &event.integration_id, at)?;
    let join = |conn: &mut Conn, batch: &BatchId| bulk_moves::join(conn, batch, &event.id, at);
    match judge(at, true, near.as_ref(), open.as_ref()) {
        Hold::No => Ok(Fate::Go),
        Hold::Open => {
            let opened = bulk_moves::open(conn, event, stage.as_str(), habits.hold(), &around)?;
            Ok(Fate::Held(Box::new(opened)))
        }
        Hold::Join(id) => {
            join(conn, &id)?;
            let batch = bulk_moves::of_event(conn, &event.id)?.ok_or(diesel::result::Error::NotFound)?;
            bulk_moves::adopt(conn, &batch, &around)?;
            Ok(Fate::Held(Box::new(batch)))
        }
        Hold::SendWith(id) => {
            join(conn, &id)?;
            Ok(Fate::Go)
        }
        Hold::UndoWith(id) => {
            join(conn, &id)?;
            Ok(Fate::Undone)
        }
    }
}

fn held_words(habits: &Habits, batch: &Batch, company: &Company) -> String {
    let until = batch.release_at.minute_in(&company.zone(), Timestamp::now());
    format!(
        "more than {} candidates were moved within two minutes, so their invitations are held and go out at {until} \
         unless they are taken back",
        habits.hold_above
    )
}

/// What an event caused whose actions are done.
pub(in crate::jobs) async fn outcome(tools: &Tools, event: &Event) -> Result<&'static str, DbError> {
    let id = event.id.clone();
    tools.db.read(move |conn| outcome_of(conn, &id)).await
}

fn outcome_of(conn: &mut Conn, event: &EventId) -> DbResult<&'static str> {
    // A result that was there before: taken over, and written to Lever by the event itself.
    let taken_over = invitations::table
        .filter(invitations::event_id.eq(event).and(invitations::reused_from.is_not_null()));
    if diesel::select(exists(taken_over)).get_result(conn)? {
        return Ok("reused");
    }
    let notes = action_rows::table
        .filter(action_rows::event_id.eq(event).and(action_rows::kind.eq(ActionKind::AddNote)));
    Ok(if diesel::select(exists(notes)).get_result(conn)? { "reused" } else { "invited" })
}

/// What an event caused that is worked again after its invitation was made.
pub(in crate::jobs) fn outcome_again(conn: &mut Conn, invitation: &Invitation) -> DbResult<&'static str> {
    let event = invitation.event_id.as_ref();
    Ok(match (invitation.state, event) {
        (InvitationState::Held, _) => bulk_moves::HELD,
        (InvitationState::Cancelled, Some(event)) => match bulk_moves::of_event(conn, event)? {
            Some(batch) if batch.state == BatchState::Undone => bulk_moves::UNDONE,
            _ => "invited",
        },
        (_, Some(event)) => outcome_of(conn, event)?,
        (_, None) => "invited",
    })
}

/// Accounts with a batch whose time has come, or that admins are to be told of, which this worker
/// may take.
pub(in crate::jobs) fn due(conn: &mut Conn, owner: &str) -> DbResult<Vec<IntegrationId>> {
    let now = Timestamp::now();
    let over = rows::table
        .filter(rows::integration_id.eq(integrations::id))
        .filter(rows::state.eq(BatchState::Held).and(rows::release_at.le(now)));
    let untold = rows::table
        .filter(rows::integration_id.eq(integrations::id))
        .filter(rows::told_at.is_null().and(rows::tell_at.le(now)));
    Ok(integrations::table
        .filter(integrations::lease_until.lt(now).or(integrations::lease_owner.eq(owner)))
        .filter(integrations::state.eq(AccountState::Active).and(exists(over)).or(exists(untold)))
        .select(integrations::id)
        .load(conn)?)
}

/// Tells admins of a batch, or lets one go. `false`: there was nothing to do.
pub(in crate::jobs) async fn one(tools: &Tools, id: &IntegrationId) -> Result<bool, DbError> {
    let (asked, now) = (id.clone(), Timestamp::now());
    let (untold, over) = tools
        .db
        .read(move |conn| {
            let is_active = accounts::get(conn, &asked)?.state == AccountState::Active;
            let untold = email::untold(conn, &asked, now)?;
            let held = bulk_moves::held_move(conn, &asked)?.filter(|batch| is_active && batch.release_at <= now);
            Ok::<_, DbError>((untold, held))
        })
        .await?;
    if let Some(batch) = untold {
        tell(tools, batch).await?;
        return Ok(true);
    }
    let Some(batch) = over else { return Ok(false) };
    tools.db.write(move |conn| release::send(conn, &batch, None)).await?;
    Ok(true)
}

/// Writes to each admin once. Who was written to is kept at once, so a failure half-way does not
/// write to the others again.
async fn tell(tools: &Tools, batch: Batch) -> Result<(), DbError> {
    let id = batch.id.clone();
    if batch.state != BatchState::Held {
        // A person was quicker.
        return tools.db.write(move |conn| email::told(conn, &id, None)).await;
    }
    let asked = batch.clone();
    let (company, account, readers, summary) = tools
        .db
        .read(move |conn| {
            let company = people::company(conn, &asked.company_id)?;
            let account = accounts::get(conn, &asked.integration_id)?;
            let readers = email::readers(conn, &asked)?;
            Ok::<_, DbError>((company, account, readers, view::summary(conn, asked)?))
        })
        .await?;
    let mut page = tools.base_url.clone();
    page.set_path(&format!("/settings/integrations/{}/batches/{}", account.id, batch.id));
    for user in readers {
        let mail = letter(&user, &company, &account.account_name, &summary, &page);
        match tools.mailer.send(mail).await {
            Ok(_) => {}
            Err(MailError::TryAgain(why)) => {
                tracing::warn!(why, "an admin could not be written to");
                let again = Timestamp::now().plus(MAIL_AGAIN);
                return tools.db.write(move |conn| email::told(conn, &id, Some(again))).await;
            }
            Err(refused) => tracing::warn!(%refused, "an admin cannot be written to"),
        }
        let batch = id.clone();
        tools.db.write(move |conn| email::written(conn, &batch, &user.id)).await?;
    }
    tools.db.write(move |conn| email::told(conn, &id, None)).await
}

/// Takes the progress tags off an opportunity, except one that another invitation of it still means.
pub(in crate::jobs) async fn clear_tags(tools: &Tools, invitation: &Invitation) -> Result<Tried, DbError> {
    let (account, opportunity) = (invitation.integration_id.clone(), invitation.opportunity_id.clone());
    let states = tools.db.read(move |conn| store::states_of(conn, &account, &opportunity)).await?;
    let kept: Vec<&str> = states.into_iter().filter_map(progress_tag).collect();
    let gone: Vec<String> =
        PROGRESS_TAGS.iter().filter(|tag| !kept.contains(tag)).map(ToString::to_string).collect();
    in_lever(tools, invitation, "progress tag removed", String::new(), |api, id| {
        let gone = gone.clone();
        async move { api.remove_tags(&id, &gone, None).await }
    })
    .await
}
