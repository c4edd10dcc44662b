//! How an account's pipeline changed in Lever.

use super::KnownStage;
use crate::audit::{self, Actor};
use crate::db::schema::stage_changes::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::i18n::portal;
use crate::ids::{IntegrationId, StageChangeId};
use crate::integrations::{Integration, lifecycle};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// A page tells of changes for so long.
const TOLD: Duration = Duration::from_secs(30 * 86_400);

/// A page tells of so many.
const MOST: i64 = 10;

text_enum! {
    /// What changed.
    ChangeKind {
        Renamed => "renamed",
        /// Lever no longer lists it.
        Removed => "removed",
        /// Lever lists it again.
        Returned => "returned",
        /// Its place among the others.
        Moved => "moved",
    }
}

/// Something that changed about a stage.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = stage_changes)]
pub struct StageChange {
    pub id: StageChangeId,
    pub integration_id: IntegrationId,
    /// Lever's id of the stage.
    pub stage_id: String,
    /// What changed.
    pub kind: ChangeKind,
    /// Its name before; of a move, its name.
    pub before: String,
    /// Its name after; of a move, the stage that it follows now, empty for none.
    pub after: String,
    /// When that was noticed.
    pub at: Timestamp,
}

impl StageChange {
    /// In words.
    pub fn sentence(&self) -> String {
        let id = match self.kind {
            ChangeKind::Renamed => "stage-renamed",
            ChangeKind::Removed => "stage-removed",
            ChangeKind::Returned => "stage-returned",
            ChangeKind::Moved if self.after.is_empty() => "stage-moved-first",
            ChangeKind::Moved => "stage-moved",
        };
        portal().message(id, &[("before", (&self.before).into()), ("after", (&self.after).into())])
    }
}

/// The newest changes of an account's stages of the last 30 days, newest first.
pub fn lately(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<StageChange>> {
    let since = Timestamp::now().minus(TOLD).first_id();
    let since = StageChangeId::parse(&since).unwrap_or_else(StageChangeId::new);
    Ok(dsl::stage_changes
        .filter(dsl::integration_id.eq(id).and(dsl::id.ge(since)))
        .order(dsl::id.desc())
        .limit(MOST)
        .select(StageChange::as_select())
        .load(conn)?)
}

/// Writes down what differs between what was known and what is listed now. Nothing was known of a
/// new account, so nothing has changed.
pub(super) fn note(
    conn: &mut Conn,
    integration: &Integration,
    known: &[KnownStage],
    listed: &[(String, String)],
) -> DbResult<()> {
    if known.is_empty() {
        return Ok(());
    }
    for (kind, stage_id, before, after) in differences(known, listed) {
        let detail = json!({"stage": stage_id, "from": before, "to": after});
        let change = StageChange {
            id: StageChangeId::new(),
            integration_id: integration.id,
            stage_id,
            kind,
            before,
            after,
            at: Timestamp::now(),
        };
        diesel::insert_into(stage_changes::table).values(&change).execute(conn)?;
        let action = match kind {
            ChangeKind::Renamed => audit::Action::IntegrationStageRenamed,
            ChangeKind::Removed => audit::Action::IntegrationStageRemoved,
            ChangeKind::Returned => audit::Action::IntegrationStageReturned,
            ChangeKind::Moved => audit::Action::IntegrationStageMoved,
        };
        audit::record(
            conn,
            &integration.company_id,
            &Actor::Portal,
            action,
            &lifecycle::subject(integration),
            &detail,
        )?;
    }
    Ok(())
}

type Difference = (ChangeKind, String, String, String);

fn differences(known: &[KnownStage], listed: &[(String, String)]) -> Vec<Difference> {
    let mut found = Vec::new();
    let of = |id: &str| known.iter().find(|stage| stage.stage_id == id);
    for (id, name) in listed {
        let Some(stage) = of(id) else { continue };
        if stage.removed_at.is_some() {
            found.push((ChangeKind::Returned, id.clone(), stage.name.clone(), name.clone()));
        }
        if stage.name != *name {
            found.push((ChangeKind::Renamed, id.clone(), stage.name.clone(), name.clone()));
        }
    }
    let was_there = |stage: &&KnownStage| stage.removed_at.is_none();
    for stage in known.iter().filter(was_there) {
        if listed.iter().all(|(id, _)| *id != stage.stage_id) {
            found.push((ChangeKind::Removed, stage.stage_id.clone(), stage.name.clone(), String::new()));
        }
    }
    let mut before: Vec<&KnownStage> = known.iter().filter(was_there).collect();
    before.sort_by_key(|stage| stage.position);
    let places: Vec<usize> =
        listed.iter().filter_map(|(id, _)| before.iter().position(|stage| stage.stage_id == *id)).collect();
    for place in moved(&places) {
        let stage = before[place];
        let now = listed.iter().position(|(id, _)| *id == stage.stage_id).unwrap_or(0);
        let ahead = now.checked_sub(1).map(|ahead| listed[ahead].1.clone()).unwrap_or_default();
        found.push((ChangeKind::Moved, stage.stage_id.clone(), stage.name.clone(), ahead));
    }
    found
}

/// The fewest that must have been moved to bring the others into this order: all that are not in a
/// longest run that still ascends.
fn moved(places: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(places.len());
    for (n, place) in places.iter().enumerate() {
        let before = (0..n).filter(|m| places[*m] < *place).max_by_key(|m| best[*m].0);
        best.push((before.map_or(1, |m| best[m].0 + 1), before));
    }
    let mut kept = vec![false; places.len()];
    let mut at = (0..places.len()).max_by_key(|n| best[*n].0);
    while let Some(n) = at {
        kept[n] = true;
        at = best[n].1;
    }
    places.iter().zip(kept).filter(|(_, kept)| !kept).map(|(place, _)| *place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(stages: &[(&str, &str)]) -> Vec<KnownStage> {
        let integration = IntegrationId::new();
        let stage = |(position, (id, name)): (i32, &(&str, &str))| KnownStage {
            integration_id: integration,
            stage_id: (*id).to_owned(),
            name: (*name).to_owned(),
            position,
            seen_at: Timestamp(0),
            removed_at: None,
        };
        (0..).zip(stages).map(stage).collect()
    }

    fn listed(stages: &[(&str, &str)]) -> Vec<(String, String)> {
        stages.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
    }

    fn told(before: &[KnownStage], after: &[(&str, &str)]) -> Vec<(ChangeKind, String)> {
        differences(before, &listed(after)).into_iter().map(|(kind, id, ..)| (kind, id)).collect()
    }

    #[test]
    fn each_change_is_named_and_no_other() {
        let before = known(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]);
        assert_eq!(told(&before, &[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]), []);
        assert_eq!(
            told(&before, &[("a", "A"), ("b", "New"), ("c", "C"), ("d", "D")]),
            [(ChangeKind::Renamed, "b".into())]
        );
        assert_eq!(told(&before, &[("a", "A"), ("c", "C"), ("d", "D")]), [(ChangeKind::Removed, "b".into())]);
        assert_eq!(told(&before, &[("a", "A"), ("x", "X"), ("b", "B"), ("c", "C"), ("d", "D")]), []);
        assert_eq!(
            told(&before, &[("d", "D"), ("a", "A"), ("b", "B"), ("c", "C")]),
            [(ChangeKind::Moved, "d".into())]
        );
        let mut gone = before;
        gone[3].removed_at = Some(Timestamp(1));
        assert_eq!(
            told(&gone, &[("d", "D"), ("a", "A"), ("b", "B"), ("c", "C")]),
            [(ChangeKind::Returned, "d".into())]
        );
    }
}
