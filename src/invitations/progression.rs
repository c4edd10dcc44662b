//! Where a candidate is moved when all tests are done.
//!
//! What the rule that invited says *now* counts, so mending it reaches those who are at their tests.
//! Once the rule is gone, what it said then does.

use super::store::Invitation;
use crate::db::schema::{integrations, rules};
use crate::db::{Conn, DbResult};
use diesel::prelude::*;

/// The stage's id in Lever; none: no move.
pub fn stage_of(conn: &mut Conn, invitation: &Invitation) -> DbResult<Option<String>> {
    let Some(rule) = &invitation.rule_id else { return of_account(conn, invitation) };
    let now: Option<Option<String>> =
        rules::table.find(rule).select(rules::progression_stage_id).first(conn).optional()?;
    Ok(now.unwrap_or_else(|| invitation.progression_stage_id.clone()))
}

/// What the account's own settings say.
pub fn of_account(conn: &mut Conn, invitation: &Invitation) -> DbResult<Option<String>> {
    Ok(integrations::table
        .find(&invitation.integration_id)
        .select(integrations::progression_stage_id)
        .first(conn)?)
}
