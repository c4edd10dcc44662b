//! Answers that outlive their test: tasks that a person has met, and what those gave who agreed to
//! improve the tests.

use super::{TestEngine, engine, store};
use crate::db::schema::{invitations, sittings};
use crate::db::{Conn, DbResult};
use crate::ids::InvitationId;
use crate::invitations::Invitation;
use crate::invitations::candidates::candidate;
use crate::invitations::identity::same_person;
use crate::secrets::{Sealed, Sealer};
use assessment::calibrate::Answers;
use assessment::logic::ItemId;
use diesel::prelude::*;
use std::collections::HashSet;

/// The tasks of the logic test that this person met in other tests of the company that are still kept.
///
/// # Errors
/// When the database cannot be asked.
pub(super) fn met_before(
    conn: &mut Conn,
    engine: &TestEngine,
    invitation: &Invitation,
) -> DbResult<Vec<ItemId>> {
    let candidate = candidate(conn, &invitation.candidate_id)?;
    let person = same_person(conn, &candidate)?;
    let earlier: Vec<store::Row> = sittings::table
        .inner_join(invitations::table)
        .filter(invitations::candidate_id.eq_any(person))
        .filter(invitations::company_id.eq(&invitation.company_id))
        .filter(sittings::invitation_id.ne(&invitation.id))
        .select(store::Row::as_select())
        .load(conn)?;
    // An outside provider's answers are not here, and cannot be read as ours.
    let met = |row: &store::Row| {
        let sitting = engine.open(&row.invitation_id, &row.answers_sealed).ok()?;
        Some(sitting.logic?.met())
    };
    Ok(earlier.iter().filter_map(met).flatten().collect())
}

/// So many sealed answers are opened at once.
const AT_ONCE: i64 = 500;

/// The finished answers of everybody who agreed that they help to improve the tests, without names. Answers that count
/// for several postings are there once.
///
/// # Errors
/// When the database cannot be asked.
pub fn of_those_who_agreed(conn: &mut Conn, sealer: &Sealer) -> DbResult<Vec<Answers>> {
    let (mut all, mut known) = (Vec::new(), HashSet::new());
    let mut after: Option<InvitationId> = None;
    loop {
        let mut query = sittings::table
            .inner_join(invitations::table)
            .filter(sittings::finished_at.is_not_null())
            .order(sittings::invitation_id.asc())
            .limit(AT_ONCE)
            .select((sittings::invitation_id, sittings::answers_sealed, invitations::reused_from))
            .into_boxed();
        if let Some(after) = after {
            query = query.filter(sittings::invitation_id.gt(after));
        }
        let page: Vec<(InvitationId, Sealed, Option<InvitationId>)> = query.load(conn)?;
        let Some((last, ..)) = page.last() else { break };
        after = Some(*last);
        let new = page.iter().filter(|(id, _, from)| known.insert(from.unwrap_or(*id)));
        let opened = new.filter_map(|(id, sealed, _)| engine::open(sealer, id, sealed).ok());
        all.extend(opened.filter(|sitting| sitting.may_improve).map(|sitting| sitting.answers()));
    }
    // The order of the invitations would tell who is who.
    all.sort_by_cached_key(|answers| {
        serde_json::to_string(&(&answers.personality, &answers.logic)).unwrap_or_default()
    });
    Ok(all)
}
