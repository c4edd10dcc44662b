//! What an account's grant allows, and what waits for what it does not. Lever is not asked for what it
//! would refuse: events and actions that need a missing permission are put by with the reason, and are
//! taken up again once it is granted.

use crate::db::{Conn, DbResult};
use crate::events::queue;
use crate::integrations::alerts;
use crate::integrations::alerts::AlertKind;
use crate::integrations::schedule::runs::{self, RunCause};
use crate::integrations::{Integration, State};
use crate::invitations::follow_up;
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::{Scope, ScopeSet};

/// What it takes to tell who is to be invited: the candidate, and whether the posting has tests, another
/// stage, or is confidential.
pub const TO_DECIDE: [Scope; 2] = [Scope::Opportunities, Scope::Postings];

/// The first of these that the account's grant is known to lack. An account whose grant is not known may
/// try everything.
pub fn lacks(integration: &Integration, needed: &[Scope]) -> Option<Scope> {
    let granted = ScopeSet::parse(&integration.scopes);
    needed.iter().copied().find(|scope| !granted.is_empty() && !granted.allows(*scope))
}

/// What waits for it.
pub fn waits_for(scope: Scope) -> Reason {
    Reason::WaitsForPermission { scope: scope.to_string(), title: scope.title().to_owned() }
}

/// Takes note of what a grant allows, in the place of what the account's allowed before: what waited for
/// it goes on, and admins are told of what is lost.
pub(in crate::integrations) fn changed(
    conn: &mut Conn,
    before: &Integration,
    now: &ScopeSet,
) -> DbResult<()> {
    // Of an account that is new, whoever connects it is told what is missing.
    if before.granted_at.is_none() {
        return Ok(());
    }
    let (old, new) = (ScopeSet::parse(&before.scopes).missing(), now.missing());
    let told: Vec<String> = alerts::current(conn, &before.id)?
        .iter()
        .filter(|alert| alert.kind == AlertKind::PermissionsMissing)
        .flat_map(|alert| alert.about().map(ToOwned::to_owned).collect::<Vec<_>>())
        .collect();
    let is_lost = |scope: &&Scope| !old.contains(scope) || told.iter().any(|known| known == scope.as_str());
    let lost: Vec<&str> = new.iter().filter(is_lost).map(|scope| scope.as_str()).collect();
    alerts::note_all(conn, before, AlertKind::PermissionsMissing, &lost, Timestamp::now())?;
    if old.iter().any(|scope| !new.contains(scope)) {
        queue::take_up(conn, &before.id)?;
        follow_up::take_up(conn, &before.id)?;
        // Nobody looked at Lever's list meanwhile.
        if before.state == State::Active && TO_DECIDE.iter().any(|scope| old.contains(scope)) {
            runs::request_run(conn, before, RunCause::Reconnect, None)?;
        }
    }
    Ok(())
}
