//! Who gives way when an account's ring is full. Each rule leaves every network of its kind something that others cannot
//! take: a genuine sender looks like a stranger until a token is saved.

use super::kept::{self, NetworkShare};
use crate::db::schema::unverified_networks;
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use diesel::prelude::*;

/// Bytes of deliveries in the ring of an account: with keys, indexes and SQLite's log below 64 MB on disk, from however
/// many networks they come. As each counts for [`kept::LEAST`] at least, these are 75,000 at most.
const MOST_BYTES: i64 = 25 * 1024 * 1024;

/// So much more than what is too much goes at once, so that a full ring does not make room for each delivery.
const AHEAD: i64 = MOST_BYTES / 20;

/// Networks that give way at once; beyond that only what is too much goes.
const VISITS: usize = 256;

/// Networks that are read together.
const AT_ONCE: i64 = 64;

/// What remains to any network, also a proven one, whatever others send: a stranger may be in the network that Lever
/// sends from.
const A_QUARTER: i64 = MOST_BYTES / 4;

/// What remains to each network in the order in which they came first: more than 100 of Lever's deliveries.
const FLOOR: i64 = 48 * 1024;

/// What remains to each network, however many there are and whenever it came: 11 of Lever's deliveries. With 4,000 of
/// them, and 1,000 that are proven, four fifths of the ring.
const SURE: i64 = 4 * 1024;

/// Who gives way, down to how many bytes.
struct Rule {
    /// Also networks from which something was once verified.
    also_proven: bool,
    floor: i64,
    /// Those that came last, and not those that have most.
    newest_first: bool,
}

/// In this order.
const RULES: [Rule; 4] = [
    Rule { also_proven: true, floor: A_QUARTER, newest_first: false },
    Rule { also_proven: false, floor: FLOOR, newest_first: false },
    Rule { also_proven: false, floor: SURE, newest_first: true },
    Rule { also_proven: true, floor: 0, newest_first: false },
];

impl Rule {
    /// The next networks that have more than this leaves them.
    fn next(&self, conn: &mut Conn, integration: &IntegrationId) -> DbResult<Vec<NetworkShare>> {
        let mut query = unverified_networks::table
            .filter(unverified_networks::integration_id.eq(integration))
            .filter(unverified_networks::kept_bytes.gt(self.floor))
            .limit(AT_ONCE)
            .select(NetworkShare::as_select())
            .into_boxed();
        if !self.also_proven {
            query = query.filter(unverified_networks::first_at.gt(NetworkShare::PROVEN));
        }
        Ok(match self.newest_first {
            true => query.order(unverified_networks::first_at.desc()).load(conn)?,
            false => query.order(unverified_networks::kept_bytes.desc()).load(conn)?,
        })
    }

    /// Down to how much these give way, to free so much: the largest until they are alike.
    fn level(&self, shares: &[NetworkShare], need: i64) -> i64 {
        if self.newest_first {
            return self.floor;
        }
        let (mut sum, mut level) = (0, self.floor);
        for (number, share) in (1..).zip(shares) {
            sum += share.kept_bytes;
            level = (sum - need) / number;
            let next = usize::try_from(number).ok().and_then(|next| shares.get(next));
            if next.is_none_or(|next| next.kept_bytes <= level) {
                break;
            }
        }
        level.max(self.floor)
    }
}

/// Makes room in a ring that holds too much. The oldest of a network go first.
pub(super) fn make_room(conn: &mut Conn, integration: &IntegrationId) -> DbResult<()> {
    let too_much = kept::totals(conn, integration)?.kept_bytes - MOST_BYTES;
    if too_much <= 0 {
        return Ok(());
    }
    let want = too_much + AHEAD;
    let (mut freed, mut dropped, mut visits) = (0, 0, 0);
    'rules: for rule in &RULES {
        loop {
            let shares = rule.next(conn, integration)?;
            if shares.is_empty() {
                break;
            }
            let level = rule.level(&shares, want - freed);
            for share in shares.iter().filter(|share| share.kept_bytes > level) {
                let (deliveries, bytes) = shorten(conn, share, level.max(share.kept_bytes - (want - freed)))?;
                (freed, dropped, visits) = (freed + bytes, dropped + deliveries, visits + 1);
                if freed >= want || (freed >= too_much && visits >= VISITS) {
                    break 'rules;
                }
            }
        }
    }
    kept::note_dropped(conn, integration, dropped)
}

/// Takes the oldest of a network away until it has no more than so many bytes. Answers how many deliveries and bytes went.
fn shorten(conn: &mut Conn, share: &NetworkShare, goal: i64) -> DbResult<(i64, i64)> {
    let (mut deliveries, mut bytes) = (0, 0);
    while share.kept_bytes - bytes > goal {
        let too_much = share.kept_bytes - bytes - goal;
        let limit = (too_much / kept::LEAST + 1).min(kept::AT_ONCE);
        let mut oldest = kept::of_network(conn, &share.integration_id, &share.network, None, limit)?;
        if oldest.is_empty() {
            // The count was wrong: what is not there takes no room.
            let (kept, left) = (share.kept - deliveries, share.kept_bytes - bytes);
            kept::forget(conn, share, kept, left)?;
            return Ok((deliveries, bytes + left));
        }
        let mut going = 0;
        let enough = oldest.iter().position(|row| {
            going += kept::cost(row);
            going >= too_much
        });
        oldest.truncate(enough.map_or(oldest.len(), |last| last + 1));
        kept::remove_oldest(conn, &oldest)?;
        deliveries += i64::try_from(oldest.len()).unwrap_or(0);
        bytes += going;
    }
    Ok((deliveries, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    #[test]
    fn the_largest_give_way_until_they_are_alike() {
        let share = |kept_bytes| NetworkShare {
            integration_id: IntegrationId::new(),
            network: String::new(),
            kept: 1,
            kept_bytes,
            last_at: Timestamp(1),
            family: String::new(),
            first_at: Timestamp(1),
        };
        let level = |floor, sizes: &[i64], need| {
            let rule = Rule { also_proven: true, floor, newest_first: false };
            rule.level(&sizes.iter().copied().map(share).collect::<Vec<_>>(), need)
        };
        assert_eq!(level(0, &[100, 50, 10], 30), 70, "the largest alone");
        assert_eq!(level(0, &[100, 50, 10], 70), 40, "the two largest, 30 each more than 10");
        assert_eq!(level(0, &[100, 50, 10], 160), 0);
        assert_eq!(level(45, &[100, 50, 10], 100), 45, "not below what remains to each");
    }
}
