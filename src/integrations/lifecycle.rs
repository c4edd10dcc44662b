//! How an account's state changes: connected, active, disconnected, connected again.

use super::State;
use super::alerts::{self, AlertKind};
use super::store::Integration;
pub use super::store::subject;
use crate::audit::{self, Actor};
use crate::db::schema::integrations::dsl;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::schedule::watch;
use crate::integrations::signing::{tokens, watch as signatures};
use crate::reasons::Reason;
use crate::secrets::Sealed;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// Ends the connection and forgets its OAuth tokens. The configuration stays.
pub fn disconnect(
    conn: &mut Conn,
    integration: &Integration,
    reason: &Reason,
    actor: &Actor,
) -> DbResult<()> {
    let now = Timestamp::now();
    diesel::update(dsl::integrations.find(&integration.id))
        .set((
            dsl::state.eq(State::Disconnected),
            dsl::state_reason.eq(reason),
            dsl::access_token_sealed.eq(None::<Sealed>),
            dsl::refresh_token_sealed.eq(None::<Sealed>),
            dsl::access_expires_at.eq(None::<Timestamp>),
            dsl::grant_version.eq(integration.grant_version + 1),
            dsl::refresh_claimed_until.eq(Timestamp(0)),
            dsl::updated_at.eq(now),
        ))
        .execute(conn)?;
    if *actor != Actor::Portal {
        // Where a colleague disconnects, the signing tokens go as well. Where Lever ended access they stay, and what
        // was wrong with them stays wrong.
        let row = dsl::integrations.find(&integration.id);
        diesel::update(row).set(dsl::signature_failing_since.eq(None::<Timestamp>)).execute(conn)?;
    }
    alerts::drop_others(conn, integration)?;
    if *actor == Actor::Portal {
        alerts::begin(conn, integration, AlertKind::AccessRevoked, now)?;
    }
    let detail = json!({"from": integration.state.as_str(), "reason": reason.code_and_params().0});
    audit::record(
        conn,
        &integration.company_id,
        actor,
        audit::Action::IntegrationDisconnected,
        &subject(integration),
        &detail,
    )
}

/// Sets the state that follows from what is configured: active with a trigger stage and a signing
/// token, being set up without.
pub(super) fn settle(conn: &mut Conn, integration: &Integration) -> DbResult<State> {
    let is_complete =
        integration.settings.trigger_stage_id.is_some() && !tokens::valid(conn, &integration.id)?.is_empty();
    let state = if is_complete { State::Active } else { State::SettingUp };
    diesel::update(dsl::integrations.find(&integration.id))
        .set((dsl::state.eq(state), dsl::state_reason.eq(Reason::None), dsl::updated_at.eq(Timestamp::now())))
        .execute(conn)?;
    watch::settled(conn, integration, state)?;
    Ok(state)
}

/// Signatures that had begun to fail match again.
pub(super) fn signatures_match_again(conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
    diesel::update(dsl::integrations.find(id))
        .set(dsl::signature_failing_since.eq(None::<Timestamp>))
        .execute(conn)?;
    signatures::forget_failures(conn, id)
}

/// Gives the account another name.
pub fn rename(conn: &mut Conn, integration: &Integration, name: &str, actor: &Actor) -> DbResult<()> {
    diesel::update(dsl::integrations.find(&integration.id))
        .set((dsl::account_name.eq(name), dsl::updated_at.eq(Timestamp::now())))
        .execute(conn)?;
    let detail = json!({"name": {"from": integration.account_name, "to": name}});
    audit::record(
        conn,
        &integration.company_id,
        actor,
        audit::Action::IntegrationRenamed,
        &subject(integration),
        &detail,
    )
}
