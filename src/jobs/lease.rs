//! Leases: which worker works which account, until when.

use crate::db::schema::{actions, events, integrations};
use crate::db::{Conn, DbResult};
use crate::events::State;
use crate::ids::IntegrationId;
use crate::integrations::State as AccountState;
use crate::integrations::schedule::watch;
use crate::invitations::actions::ActionState;
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::time::Duration;

/// How long a lease lasts without being renewed: how long a dead worker's events wait.
pub(in crate::jobs) const TERM: Duration = Duration::from_secs(20);

/// Active accounts with work that is due, which this worker may take.
pub(in crate::jobs) fn with_work(conn: &mut Conn, owner: &str) -> DbResult<Vec<IntegrationId>> {
    let now = Timestamp::now();
    let queued = events::table.filter(
        events::integration_id
            .eq(integrations::id)
            .and(events::state.eq(State::Queued))
            .and(events::next_attempt_at.le(now)),
    );
    let waiting = actions::table.filter(
        actions::integration_id
            .eq(integrations::id)
            .and(actions::state.eq(ActionState::Planned))
            .and(actions::event_id.is_null())
            .and(actions::next_attempt_at.le(now)),
    );
    Ok(integrations::table
        .filter(integrations::state.eq(AccountState::Active))
        .filter(integrations::lease_until.lt(now).or(integrations::lease_owner.eq(owner)))
        .filter(exists(queued).or(exists(waiting)))
        .select(integrations::id)
        .load(conn)?)
}

/// Takes or renews a lease. `false`: it is another's.
pub(in crate::jobs) fn acquire(conn: &mut Conn, id: &IntegrationId, owner: &str) -> DbResult<bool> {
    let now = Timestamp::now();
    let free = integrations::lease_until.lt(now).or(integrations::lease_owner.eq(owner));
    let taken = diesel::update(integrations::table.find(id).filter(free))
        .set((integrations::lease_owner.eq(Some(owner)), integrations::lease_until.eq(now.plus(TERM))))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Gives a lease back.
pub(in crate::jobs) fn give_back(conn: &mut Conn, id: &IntegrationId, owner: &str) -> DbResult<()> {
    diesel::update(integrations::table.find(id).filter(integrations::lease_owner.eq(owner)))
        .set((integrations::lease_owner.eq(None::<String>), integrations::lease_until.eq(Timestamp(0))))
        .execute(conn)?;
    Ok(())
}

/// Whether an integration is leased now.
pub(in crate::jobs) fn is_any_held(conn: &mut Conn) -> DbResult<bool> {
    let held = integrations::table.filter(integrations::lease_until.gt(Timestamp::now()));
    Ok(diesel::select(exists(held)).get_result(conn)?)
}

/// Forgets all leases, also those of making webhooks: for a database that no other process can be working on.
pub fn forget(conn: &mut Conn) -> DbResult<()> {
    diesel::update(integrations::table)
        .set((integrations::lease_owner.eq(None::<String>), integrations::lease_until.eq(Timestamp(0))))
        .execute(conn)?;
    watch::forget_setups(conn)
}
