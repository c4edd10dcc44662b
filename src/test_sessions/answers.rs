//! Answers that outlive their test: tasks that a person has met, and what those gave who agreed to
//! improve the tests.

use super::{TestEngine, engine, store};
use crate::db::schema::{invitations, sittings, verifications};
use crate::db::{Conn, DbResult};
use crate::ids::InvitationId;
use crate::invitations::Invitation;
use crate::invitations::candidates::candidate;
use crate::invitations::identity::same_person;
use crate::secrets::{Sealed, Sealer};
use assessment::calibrate::Answers;
use assessment::logic::ItemId;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::HashSet;

/// The tasks that this person has met in other tests of the company, verification tests among them. Those of results that were
/// removed for a retake are kept with the invitation that came in their place.
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
    let all: Vec<InvitationId> = invitations::table
        .filter(invitations::candidate_id.eq_any(person))
        .filter(invitations::company_id.eq(&invitation.company_id))
        .select(invitations::id)
        .load(conn)?;
    let mut met = Vec::new();
    for id in all {
        met.extend(self::met(conn, engine.sealer(), &id)?);
    }
    Ok(met)
}

/// The tasks of the tests of this invitation, the verification test among them, and of earlier ones whose results were removed.
///
/// # Errors
/// When the database cannot be asked.
pub(super) fn met(conn: &mut Conn, sealer: &Sealer, id: &InvitationId) -> DbResult<Vec<ItemId>> {
    let sitting = store::find(conn, id)?.and_then(|row| engine::open(sealer, id, &row.answers_sealed).ok());
    let mut all = sitting.and_then(|sitting| sitting.logic).map(|logic| logic.met()).unwrap_or_default();
    let second: Option<Sealed> =
        verifications::table.find(id).select(verifications::answers_sealed).first(conn).optional()?;
    let run = second.and_then(|sealed| engine::open_run(sealer, &sealed, &engine::place_of_second(id)).ok());
    all.extend(run.map(|run| run.met()).unwrap_or_default());
    let kept: Option<Option<Sealed>> =
        invitations::table.find(id).select(invitations::met_sealed).first(conn).optional()?;
    let kept = kept.flatten().and_then(|sealed| sealer.open(&sealed, &place_of_met(id)).ok());
    let kept = kept.and_then(|json| serde_json::from_str::<Vec<ItemId>>(json.expose_secret()).ok());
    all.extend(kept.unwrap_or_default());
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Keeps the tasks that a person has met with an invitation, and goes with it.
///
/// # Errors
/// When the database refuses.
pub(super) fn keep_met(conn: &mut Conn, sealer: &Sealer, id: &InvitationId, met: &[ItemId]) -> DbResult<()> {
    if met.is_empty() {
        return Ok(());
    }
    let json = SecretString::from(serde_json::json!(met).to_string());
    let sealed = sealer.seal(&json, &place_of_met(id));
    diesel::update(invitations::table.find(id)).set(invitations::met_sealed.eq(sealed)).execute(conn)?;
    Ok(())
}

fn place_of_met(id: &InvitationId) -> String {
    format!("invitations.met:{id}")
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
