//! Whether a move in Lever belongs to a mass move, and what that means for its invitation. Pure: no
//! clock, no I/O.

use crate::ids::BulkMoveId;
use crate::text_enum;
use crate::time::Timestamp;
use std::collections::HashSet;
use std::time::Duration;

/// Moves this close together are one mass move.
pub const WINDOW: Duration = Duration::from_secs(2 * 60);

text_enum! {
    /// Where a mass move is in its life.
    BulkMoveState {
        /// Its invitations wait.
        Held => "held",
        /// They were let go, by the clock or by a person.
        Sent => "sent",
        /// A person took them back.
        Undone => "undone",
    }
}

text_enum! {
    /// Why invitations are held together.
    HoldCause {
        /// Many candidates were moved at once.
        MassMove => "mass_move",
        /// The integration invited as many in 24 hours as the company allows.
        DailyLimit => "daily_limit",
    }
}

/// A move into a trigger stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub opportunity: String,
    /// When, as Lever says.
    pub at: Timestamp,
}

/// What matters of a mass move that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: BulkMoveId,
    /// Where it is.
    pub state: BulkMoveState,
    /// When its invitations were let go or taken back.
    pub ended_at: Option<Timestamp>,
    /// The first of its moves.
    pub first_at: Timestamp,
    /// The last.
    pub last_at: Timestamp,
}

/// What is to be done with an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A single, ordinary move: nothing.
    No,
    /// Hold it, in a new bulk move.
    Open,
    /// Hold it, in this bulk move.
    Join(BulkMoveId),
    /// The bulk move was let go already: send it, as one of them.
    SendWith(BulkMoveId),
    /// The bulk move was taken back already: so is this.
    UndoWith(BulkMoveId),
}

/// Whether more than `above` people were moved within two minutes, this one among them. `others` are
/// the moves around it, in any order; of somebody who was moved twice one counts. Never with 0.
pub fn is_bulk_move(own: &Entry, others: &[Entry], above: i32) -> bool {
    let Ok(above) = usize::try_from(above) else { return false };
    if above == 0 {
        return false;
    }
    let near = |entry: &&Entry| entry.at.since(own.at).unsigned_abs() <= WINDOW.as_millis() as u64;
    let mut around: Vec<&Entry> = others.iter().filter(near).chain([own]).collect();
    around.sort_by_key(|entry| entry.at);
    // Each two minutes that begin with a move, and hold the own one.
    let windows = around.iter().enumerate().filter(|(_, first)| first.at <= own.at);
    let people = |start: usize, first: &Entry| {
        let within = around[start..].iter().take_while(|entry| entry.at <= first.at.plus(WINDOW));
        within.map(|entry| entry.opportunity.as_str()).collect::<HashSet<_>>().len()
    };
    windows
        .filter(|(_, first)| own.at <= first.at.plus(WINDOW))
        .any(|(start, first)| people(start, first) > above)
}

/// What is to be done with an invitation for a move at this time. `near`: the mass move that is known
/// around that time, if any; `open`: the one that is held now, if any.
pub fn judge(at: Timestamp, is_bulk_move: bool, near: Option<&Known>, open: Option<&Known>) -> Hold {
    if !is_bulk_move {
        return Hold::No;
    }
    match near {
        Some(bulk_move) if bulk_move.state == BulkMoveState::Held => return Hold::Join(bulk_move.id),
        // Who was moved after the person pressed is not what they decided on.
        Some(bulk_move) if bulk_move.ended_at.is_some_and(|ended| at <= ended) => {
            return match bulk_move.state {
                BulkMoveState::Undone => Hold::UndoWith(bulk_move.id),
                _ => Hold::SendWith(bulk_move.id),
            };
        }
        _ => {}
    }
    open.map_or(Hold::Open, |bulk_move| Hold::Join(bulk_move.id))
}

impl Known {
    /// Whether a move at this time is close enough to belong to it.
    pub fn is_near(&self, at: Timestamp) -> bool {
        self.first_at.minus(WINDOW) <= at && at <= self.last_at.plus(WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp(1_795_435_200_000 + seconds * 1000)
    }

    fn entry(who: usize, seconds: i64) -> Entry {
        Entry { opportunity: format!("o{who}"), at: at(seconds) }
    }

    fn bulk_move(state: BulkMoveState, ended: Option<i64>) -> Known {
        Known { id: BulkMoveId::new(), state, ended_at: ended.map(at), first_at: at(0), last_at: at(20) }
    }

    #[test]
    fn more_than_the_limit_within_two_minutes_are_a_bulk_move() {
        let moved = |n: usize| (0..n).map(|who| entry(who, who as i64)).collect::<Vec<_>>();
        // The own move is among the others, as in the queue.
        assert!(!is_bulk_move(&entry(0, 0), &moved(10), 10));
        assert!(is_bulk_move(&entry(0, 0), &moved(11), 10), "the first of a bulk move is one of it");
        assert!(is_bulk_move(&entry(10, 10), &moved(11), 10), "and so is the last");
        assert!(is_bulk_move(&entry(5, 5), &moved(11), 10));
        assert!(!is_bulk_move(&entry(0, 0), &moved(500), 0), "0: never");
        assert!(is_bulk_move(&entry(0, 0), &moved(2), 1));
    }

    #[test]
    fn one_person_moved_often_is_no_bulk_move() {
        let often: Vec<Entry> = (0..50).map(|n| entry(1, n)).collect();
        assert!(!is_bulk_move(&entry(1, 25), &often, 10));
    }

    #[test]
    fn a_steady_trickle_is_no_bulk_move_and_a_lone_move_afterwards_neither() {
        let trickle: Vec<Entry> = (0..100).map(|n| entry(n, n as i64 * 15)).collect();
        assert!(!is_bulk_move(&trickle[50], &trickle, 10), "nine in two minutes");
        let many: Vec<Entry> = (0..50).map(|n| entry(n, 0)).collect();
        assert!(!is_bulk_move(&entry(99, 121), &many, 10));
        assert!(is_bulk_move(&entry(99, 119), &many, 10), "the bulk move goes on");
        // Six before and six after, within four minutes and not within two.
        let around: Vec<Entry> =
            (0..6).map(|n| entry(n, -110)).chain((6..12).map(|n| entry(n, 110))).collect();
        assert!(!is_bulk_move(&entry(99, 0), &around, 10));
    }

    #[test]
    fn a_move_goes_the_way_of_its_batch() {
        let (held, now) = (bulk_move(BulkMoveState::Held, None), at(30));
        assert_eq!(judge(now, false, Some(&held), Some(&held)), Hold::No, "lone moves pass by");
        assert_eq!(judge(now, true, None, None), Hold::Open);
        assert_eq!(judge(now, true, Some(&held), Some(&held)), Hold::Join(held.id));
        assert_eq!(judge(now, true, None, Some(&held)), Hold::Join(held.id), "one is open at a time");
        let sent = bulk_move(BulkMoveState::Sent, Some(40));
        assert_eq!(judge(now, true, Some(&sent), None), Hold::SendWith(sent.id));
        let undone = bulk_move(BulkMoveState::Undone, Some(40));
        assert_eq!(judge(now, true, Some(&undone), None), Hold::UndoWith(undone.id));
        assert_eq!(judge(at(41), true, Some(&undone), None), Hold::Open, "moved after the decision");
        assert_eq!(judge(at(41), true, Some(&sent), Some(&held)), Hold::Join(held.id));
    }

    #[test]
    fn a_batch_reaches_two_minutes_beyond_its_moves() {
        let bulk_move = bulk_move(BulkMoveState::Held, None);
        for (seconds, near) in [(-121, false), (-120, true), (140, true), (141, false)] {
            assert_eq!(bulk_move.is_near(at(seconds)), near, "{seconds}");
        }
    }
}
