//! An account's stages as Lever listed them last. They are compared by id and shown by name; one
//! that is gone from Lever stays, marked, so that it can still be named. What changes about them in
//! Lever is written down, so that nothing stops silently.

mod changes;

pub use changes::{ChangeKind, StageChange, lately};

use super::Integration;
use crate::db::schema::lever_stages::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::StageId;

/// A stage of a connected account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = lever_stages)]
pub struct KnownStage {
    pub integration_id: IntegrationId,
    /// Lever's id; not always a UUID.
    pub stage_id: String,
    pub name: String,
    /// Its place in the pipeline, from 0.
    pub position: i32,
    /// When Lever listed it last.
    pub seen_at: Timestamp,
    /// Since when Lever does not list it.
    pub removed_at: Option<Timestamp>,
}

/// All stages that were ever seen, those that are gone last.
pub fn all(conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<KnownStage>> {
    let mut stages: Vec<KnownStage> = dsl::lever_stages
        .filter(dsl::integration_id.eq(integration))
        .order((dsl::position.asc(), dsl::stage_id.asc()))
        .select(KnownStage::as_select())
        .load(conn)?;
    stages.sort_by_key(|stage| stage.removed_at.is_some());
    Ok(stages)
}

/// The name of a stage among those known; its id for one that Lever never listed.
pub fn name<'n>(known: &'n [KnownStage], id: &'n str) -> &'n str {
    known.iter().find(|stage| stage.stage_id == id).map_or(id, |stage| &stage.name)
}

/// When none of the stages that invite somebody is in Lever any more: the first of them.
pub fn all_gone<'k>(known: &'k [KnownStage], triggers: &[StageId]) -> Option<&'k KnownStage> {
    let gone =
        |id: &StageId| known.iter().find(|stage| stage.stage_id == id.as_str() && stage.removed_at.is_some());
    let first = triggers.first().and_then(gone)?;
    triggers.iter().all(|id| gone(id).is_some()).then_some(first)
}

/// Other accounts of the company that are the same Lever account: they list a stage of this one at
/// the same address. Ids that are UUIDs are one account's only; the built-in stages' are everybody's
/// (Lever's wire notes §4, §7).
pub fn same_account(conn: &mut Conn, integration: &Integration) -> DbResult<Vec<Integration>> {
    let own: Vec<String> =
        dsl::lever_stages.filter(dsl::integration_id.eq(&integration.id)).select(dsl::stage_id).load(conn)?;
    let own: Vec<String> = own.into_iter().filter(|id| uuid::Uuid::try_parse(id).is_ok()).collect();
    let mut same = Vec::new();
    for other in super::store::list(conn, &integration.company_id)? {
        let is_other = other.id != integration.id && other.state != super::State::Disconnected;
        let host = |integration: &Integration| integration.lever_hosts().ok().map(|hosts| hosts.api_url);
        if !is_other || own.is_empty() || host(&other) != host(integration) {
            continue;
        }
        let shared = dsl::lever_stages
            .filter(dsl::integration_id.eq(&other.id).and(dsl::stage_id.eq_any(&own)))
            .select(dsl::stage_id)
            .first::<String>(conn)
            .optional()?;
        if shared.is_some() {
            same.push(other);
        }
    }
    Ok(same)
}

/// Takes over what Lever lists now: pairs of id and name, in the pipeline's order. Writes down what
/// changed since it was listed last.
pub fn replace(conn: &mut Conn, integration: &Integration, listed: &[(String, String)]) -> DbResult<()> {
    let (now, id) = (Timestamp::now(), &integration.id);
    let known = all(conn, id)?;
    changes::note(conn, integration, &known, listed)?;
    for (position, (stage_id, name)) in (0i32..).zip(listed) {
        if known.iter().any(|stage| stage.stage_id == *stage_id) {
            diesel::update(dsl::lever_stages.find((id, stage_id)))
                .set((
                    dsl::name.eq(name),
                    dsl::position.eq(position),
                    dsl::seen_at.eq(now),
                    dsl::removed_at.eq(None::<Timestamp>),
                ))
                .execute(conn)?;
        } else {
            let stage = KnownStage {
                integration_id: *id,
                stage_id: stage_id.clone(),
                name: name.clone(),
                position,
                seen_at: now,
                removed_at: None,
            };
            diesel::insert_into(dsl::lever_stages).values(&stage).execute(conn)?;
        }
    }
    let gone = known
        .iter()
        .filter(|stage| stage.removed_at.is_none() && listed.iter().all(|(id, _)| *id != stage.stage_id));
    for stage in gone {
        diesel::update(dsl::lever_stages.find((id, &stage.stage_id)))
            .set(dsl::removed_at.eq(Some(now)))
            .execute(conn)?;
    }
    Ok(())
}
