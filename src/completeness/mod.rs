//! The proof that nothing was missed: day by day, what Lever lists against what was received against
//! what was acted on. Three equal numbers, or the difference by name.
//!
//! What Lever lists of a day is what its four webhooks would tell of: applications, moves to another
//! stage, hires, deletions. *Received* is what a webhook told of. *Acted on* is what was worked to its
//! end, be it that a webhook told of it or that a reconciliation found it.
//!
//! A day is counted from Lever's lists page by page and stored, so that looking at it calls nobody.

pub mod count;
pub mod report;
mod store;

pub use store::{Count, Day, DayState, DayStep, Gap, GapKind, advance, ask_ended, day, fail, request_day};

use crate::db::schema::completeness_counts as counts;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// Suspicions rest on the days since then.
const LATELY: Duration = Duration::from_secs(8 * 86_400);

/// Fewer than this may be chance.
const ENOUGH: i32 = 2;

/// What is probably wrong in Lever's settings, which only its lists reveal: a webhook that a person made
/// shows neither its toggle nor its origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspicion {
    /// No webhook tells of candidates of this origin.
    Origin {
        /// Lever's word.
        origin: String,
        /// So many should have been told of.
        listed: i32,
    },
    /// No webhook of this kind arrives.
    Toggle {
        /// Lever's name of the event.
        kind: String,
        /// So many should have arrived.
        listed: i32,
    },
}

/// What the days of the last week make one suspect.
pub fn suspicions(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<Suspicion>> {
    // In UTC, which is near enough: a day more or less does not matter.
    let since = Timestamp::now().minus(LATELY).rfc3339();
    let since = since.get(..10).unwrap_or_default();
    let rows: Vec<(String, String, i32, i32)> = counts::table
        .filter(counts::integration_id.eq(id).and(counts::day.ge(since)))
        .select((counts::kind, counts::origin, counts::listed, counts::received))
        .load(conn)?;
    Ok(suspect(&rows))
}

/// Rows of kind, origin, listed, received.
fn suspect(rows: &[(String, String, i32, i32)]) -> Vec<Suspicion> {
    let mut kinds = BTreeMap::<&str, (i32, i32)>::new();
    let mut origins = BTreeMap::<&str, (i32, i32)>::new();
    for (kind, _, listed, received) in rows {
        let sum = kinds.entry(kind).or_default();
        *sum = (sum.0 + listed, sum.1 + received);
    }
    for (kind, origin, listed, received) in rows {
        // Where nothing arrives, the origin is not what keeps it away.
        if !origin.is_empty() && kinds.get(kind.as_str()).is_some_and(|sum| sum.1 > 0) {
            let sum = origins.entry(origin).or_default();
            *sum = (sum.0 + listed, sum.1 + received);
        }
    }
    let silent = |(listed, received): &(i32, i32)| *received == 0 && *listed >= ENOUGH;
    let of_kinds = kinds.iter().filter(|(_, sum)| silent(sum));
    let of_origins = origins.iter().filter(|(_, sum)| silent(sum));
    of_kinds
        .map(|(kind, sum)| Suspicion::Toggle { kind: (*kind).to_owned(), listed: sum.0 })
        .chain(
            of_origins.map(|(origin, sum)| Suspicion::Origin { origin: (*origin).to_owned(), listed: sum.0 }),
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(kind: &str, origin: &str, listed: i32, received: i32) -> (String, String, i32, i32) {
        (kind.to_owned(), origin.to_owned(), listed, received)
    }

    #[test]
    fn what_never_arrives_is_suspected_by_kind_and_by_origin() {
        assert_eq!(suspect(&[row("candidateHired", "applied", 1, 0)]), [], "one may be chance");
        assert_eq!(
            suspect(&[row("candidateHired", "applied", 2, 0), row("applicationCreated", "applied", 9, 9)]),
            [Suspicion::Toggle { kind: "candidateHired".into(), listed: 2 }]
        );
        assert_eq!(
            suspect(&[
                row("candidateStageChange", "agency", 3, 0),
                row("candidateStageChange", "applied", 5, 5),
            ]),
            [Suspicion::Origin { origin: "agency".into(), listed: 3 }]
        );
    }
}
