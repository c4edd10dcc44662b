//! Watching over connected accounts: what the last check said, when the next one is, and since when its trigger stage is the one that it is.
//!
//! Who already sits in a trigger stage when rules are saved is invited by the reconciliation that
//! follows, because whoever saved was shown how many they are ([`crate::integrations::settings::confirmation`]). Where Lever could not
//! tell, only those who enter a trigger stage afterwards are: a crowd is never mailed behind the admin's
//! back.

use crate::db::schema::watches::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::alerts;
use crate::integrations::alerts::AlertKind;
use crate::integrations::schedule::nightly;
use crate::integrations::schedule::runs::{self, RECONCILE_EVERY, RunCause, spread};
use crate::integrations::{Integration, State};
use crate::job_queue::{self, JobKind, NewJob};
use crate::people;
use crate::reasons::Reason;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::time::Duration;

/// An account's access is checked this often.
pub const CHECK_EVERY: Duration = Duration::from_secs(5 * 60);

/// After a check that failed the next one follows so soon.
pub const CHECK_AGAIN: Duration = Duration::from_secs(30);

/// A clock that is so much behind Lever's takes every delivery for one from the future
/// ([`lever_client::delivery::plausible`]; seconds).
pub const REFUSED_BEHIND: i64 = 10 * 60;

/// How an account is watched.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = watches)]
pub struct Watch {
    pub integration_id: IntegrationId,
    /// The trigger stage, Lever's id.
    pub stage_id: Option<String>,
    /// Since when it is that one.
    pub stage_since: Timestamp,
    /// When it was checked last.
    pub checked_at: Option<Timestamp>,
    /// What was wrong then; none when nothing was.
    pub check_failure: Reason,
    /// How many ms Lever took to answer the last check.
    pub answer_ms: Option<i64>,
    /// Somebody has the portal make webhooks until then.
    pub setup_until: Timestamp,
    /// Who entered a trigger stage since then is invited by a reconciliation.
    pub entered_since: Timestamp,
    /// Of which events Lever lists webhooks at the account's address that the portal did not make, with a space between.
    pub beside: String,
    /// When Lever's list of webhooks was read last.
    pub webhooks_listed_at: Option<Timestamp>,
    /// By how many seconds this machine's clock was ahead of Lever's then; less than 0 where it was behind.
    pub clock_ahead_s: Option<i64>,
    /// Who was in a trigger stage then was shown to the person who saved settings or rules, and agreed to.
    pub agreed_at: Timestamp,
}

/// What saving rules means for those who meet them already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Follow {
    /// The rules are as they were.
    #[default]
    Unchanged,
    /// So many were shown: they are invited now.
    Those(usize),
    /// Nobody could be shown: they are left alone.
    Nobody,
}

/// How an account is watched; none for one that was never settled.
pub fn load(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Watch>> {
    Ok(dsl::watches.find(id).select(Watch::as_select()).first(conn).optional()?)
}

/// Takes note that the account settled in a state, having been in `before.state`: begins to watch
/// it, notes a new trigger stage, and asks for a reconciliation when it works again.
pub(in crate::integrations) fn settled(conn: &mut Conn, before: &Integration, state: State) -> DbResult<()> {
    let (id, now) = (&before.id, Timestamp::now());
    if before.state == State::Disconnected {
        alerts::recover(conn, before, AlertKind::AccessRevoked)?;
    }
    let Some(watch) = load(conn, id)? else {
        let watch = Watch {
            integration_id: *id,
            stage_id: before.settings.trigger_stage_id.clone(),
            stage_since: now,
            checked_at: None,
            check_failure: Reason::None,
            answer_ms: None,
            setup_until: Timestamp(0),
            entered_since: now,
            beside: String::new(),
            webhooks_listed_at: None,
            clock_ahead_s: None,
            agreed_at: Timestamp(0),
        };
        diesel::insert_into(dsl::watches).values(&watch).execute(conn)?;
        check_then(conn, before, now.plus(CHECK_EVERY))?;
        runs::plan_next(conn, before.company_id, *id, now.plus(RECONCILE_EVERY))?;
        let zone = people::company(conn, &before.company_id)?.zone();
        return nightly::begin(conn, before, &zone);
    };
    alerts::note_stages(conn, before)?;
    if watch.stage_id != before.settings.trigger_stage_id {
        diesel::update(dsl::watches.find(id))
            .set((
                dsl::stage_id.eq(&before.settings.trigger_stage_id),
                dsl::stage_since.eq(now),
                dsl::entered_since.eq(now),
            ))
            .execute(conn)?;
    } else if state == State::Active && before.state != State::Active {
        runs::request_run(conn, before, RunCause::Reconnect, None)?;
    }
    if before.state == State::Disconnected {
        diesel::update(dsl::watches.find(id)).set(dsl::check_failure.eq(Reason::None)).execute(conn)?;
        check_then(conn, before, now.plus(CHECK_EVERY))?;
    }
    Ok(())
}

fn check_then(conn: &mut Conn, integration: &Integration, at: Timestamp) -> DbResult<()> {
    let (company, id) = (integration.company_id, integration.id);
    job_queue::add(conn, NewJob::of_integration(JobKind::CheckAccess, company, id, at))
}

/// When the check after one that ends now is made: soon after one that failed, so that the pages know soon when Lever
/// answers again.
pub fn next_check(failure: &Reason) -> Timestamp {
    let (now, interval) = (Timestamp::now(), if failure.is_none() { CHECK_EVERY } else { CHECK_AGAIN });
    now.plus(spread(interval, now))
}

/// Rules were saved: those who meet them already follow, or are left alone.
pub(in crate::integrations) fn rules_saved(
    conn: &mut Conn,
    id: &IntegrationId,
    follow: Follow,
) -> DbResult<()> {
    let since = match follow {
        Follow::Unchanged => return Ok(()),
        Follow::Those(_) => Timestamp(0),
        Follow::Nobody => Timestamp::now(),
    };
    diesel::update(dsl::watches.find(id)).set(dsl::entered_since.eq(since)).execute(conn)?;
    if matches!(follow, Follow::Those(1..)) {
        diesel::update(dsl::watches.find(id)).set(dsl::agreed_at.eq(Timestamp::now())).execute(conn)?;
    }
    let integration = crate::integrations::store::get(conn, id)?;
    if matches!(follow, Follow::Those(1..)) && integration.state == State::Active {
        runs::request_run(conn, &integration, RunCause::Settings, None)?;
    }
    Ok(())
}

/// Whether who entered a trigger stage at this time, by Lever's clock, was shown before settings or rules were saved, and
/// agreed to: then nobody is asked about them once more.
///
/// # Errors
/// When the database refuses.
pub fn is_agreed(conn: &mut Conn, id: &IntegrationId, entered_at: Timestamp) -> DbResult<bool> {
    let agreed: Option<Timestamp> = dsl::watches.find(id).select(dsl::agreed_at).first(conn).optional()?;
    Ok(agreed.is_some_and(|agreed| entered_at <= agreed))
}

/// Writes down how a check went, and how many ms Lever took.
///
/// # Errors
/// When the database refuses.
pub fn checked(
    conn: &mut Conn,
    id: &IntegrationId,
    failure: &Reason,
    answer_ms: Option<i64>,
) -> DbResult<()> {
    diesel::update(dsl::watches.find(id))
        .set((
            dsl::checked_at.eq(Some(Timestamp::now())),
            dsl::check_failure.eq(failure),
            dsl::answer_ms.eq(answer_ms),
        ))
        .execute(conn)?;
    Ok(())
}

/// Writes down by how many seconds this machine's clock is ahead of Lever's.
pub(in crate::integrations) fn clock(conn: &mut Conn, id: &IntegrationId, ahead_s: i64) -> DbResult<()> {
    diesel::update(dsl::watches.find(id)).set(dsl::clock_ahead_s.eq(Some(ahead_s))).execute(conn)?;
    Ok(())
}

/// Writes down whether access could be renewed: what is known of it is not older than the last check then.
pub(in crate::integrations) fn renewed(
    conn: &mut Conn,
    id: &IntegrationId,
    failure: &Reason,
) -> DbResult<()> {
    let now = Timestamp::now();
    diesel::update(dsl::watches.find(id))
        .set((dsl::checked_at.eq(Some(now)), dsl::check_failure.eq(failure)))
        .execute(conn)?;
    Ok(())
}

/// Writes down of which events Lever lists webhooks at the account's address that the portal did not make.
pub(in crate::integrations) fn listed_webhooks(
    conn: &mut Conn,
    id: &IntegrationId,
    beside: &[&str],
) -> DbResult<()> {
    let now = Some(Timestamp::now());
    diesel::update(dsl::watches.find(id))
        .set((dsl::beside.eq(beside.join(" ")), dsl::webhooks_listed_at.eq(now)))
        .execute(conn)?;
    Ok(())
}

/// Takes the right to make webhooks for an account. `false`: somebody else has it.
pub fn claim_setup(conn: &mut Conn, id: &IntegrationId, term: Duration) -> DbResult<bool> {
    let now = Timestamp::now();
    let claimed = diesel::update(dsl::watches.find(id).filter(dsl::setup_until.le(now)))
        .set(dsl::setup_until.eq(now.plus(term)))
        .execute(conn)?;
    Ok(claimed == 1)
}

/// Keeps the right for longer.
pub fn renew_setup(conn: &mut Conn, id: &IntegrationId, term: Duration) -> DbResult<()> {
    let until = Timestamp::now().plus(term);
    diesel::update(dsl::watches.find(id)).set(dsl::setup_until.eq(until)).execute(conn)?;
    Ok(())
}

/// Takes the right from all who have it: for a database that no other process can be working on.
pub fn forget_setups(conn: &mut Conn) -> DbResult<()> {
    let held = dsl::watches.filter(dsl::setup_until.gt(Timestamp(0)));
    diesel::update(held).set(dsl::setup_until.eq(Timestamp(0))).execute(conn)?;
    Ok(())
}

/// Gives it back.
pub fn release_setup(conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
    diesel::update(dsl::watches.find(id)).set(dsl::setup_until.eq(Timestamp(0))).execute(conn)?;
    Ok(())
}
