//! Which part of an account's ring a sender's network has. A stranger may have thousands of networks, often next to
//! each other; so only some of each /16 (IPv6: /32) have a part of their own, and the number of parts is bounded.

use super::kept::NetworkShare;
use crate::db::schema::{proven_networks, unverified_networks};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::IntegrationId;
use crate::time::Timestamp;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of one family that have a part of their own; the others of it share one.
const OF_A_FAMILY: usize = 16;

/// When there are so many parts, a network that is new shares that of its family.
const MANY: i64 = 2_000;

/// When there are so many, a family that is new shares one with all others. Proven networks get one nevertheless.
const MOST: i64 = 4_000;

/// The part of those who come when there are too many.
const OTHERS: &str = "others";

/// Networks that are remembered because something from them was verified.
const PROVEN: i64 = 1_000;

/// The part of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// What a part that is new begins with; `None`: it is there.
    pub(super) begins: Option<Beginning>,
}

/// How a part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beginning {
    /// Among whose networks it counts; empty for none.
    pub(super) family: String,
    /// Something from the network was verified once.
    pub(super) is_proven: bool,
}

/// Finds the parts of these networks in a ring that has so many parts.
pub(super) fn find<'n>(
    conn: &mut Conn,
    integration: &IntegrationId,
    networks: BTreeSet<&'n str>,
    mut parts: i64,
) -> DbResult<BTreeMap<&'n str, Part>> {
    let families: BTreeMap<&str, String> =
        networks.iter().filter_map(|network| Some((*network, family_of(network)?))).collect();
    let names: BTreeSet<&str> =
        networks.iter().copied().chain(families.values().map(String::as_str)).chain([OTHERS]).collect();
    let mut known: BTreeSet<String> = unverified_networks::table
        .filter(unverified_networks::integration_id.eq(integration))
        .filter(unverified_networks::network.eq_any(names))
        .select(unverified_networks::network)
        .load::<String>(conn)?
        .into_iter()
        .collect();
    let proven: BTreeSet<String> = proven_networks::table
        .filter(proven_networks::network.eq_any(networks.iter().copied()))
        .select(proven_networks::network)
        .load::<String>(conn)?
        .into_iter()
        .collect();
    let mut members: BTreeMap<String, usize> = BTreeMap::new();
    let of_families: Vec<String> = unverified_networks::table
        .filter(unverified_networks::integration_id.eq(integration))
        .filter(unverified_networks::family.eq_any(families.values().collect::<BTreeSet<_>>()))
        // In these words, so that the index that leaves out the others is known to suffice.
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("family <> ''"))
        .select(unverified_networks::family)
        .load(conn)?;
    for family in of_families {
        *members.entry(family).or_default() += 1;
    }
    let mut found = BTreeMap::new();
    for network in networks {
        let is_proven = proven.contains(network);
        let (name, family) = match families.get(network) {
            _ if is_proven || known.contains(network) => (network, ""),
            // Who sent it is not known: all of these are one.
            None => (network, ""),
            Some(family) if parts < MANY && members.get(family).is_none_or(|many| *many < OF_A_FAMILY) => {
                (network, family.as_str())
            }
            Some(family) if parts < MOST || known.contains(family) => (family.as_str(), ""),
            Some(_) => (OTHERS, ""),
        };
        let begins = known.insert(name.to_owned()).then(|| {
            parts += 1;
            if !family.is_empty() {
                *members.entry(family.to_owned()).or_default() += 1;
            }
            Beginning { family: family.to_owned(), is_proven }
        });
        found.insert(network, Part { name: name.to_owned(), begins });
    }
    Ok(found)
}

/// The /16 or /32 that a sender's network is in.
fn family_of(network: &str) -> Option<String> {
    Some(match network.split_once('/')?.0.parse().ok()? {
        IpAddr::V4(v4) => format!("{}/16", Ipv4Addr::from_bits(v4.to_bits() & !0xffff)),
        IpAddr::V6(v6) => format!("{}/32", Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 32))),
    })
}

/// Takes note that something from this network was verified: in every account's ring it gives way last.
pub(super) fn prove(conn: &mut Conn, network: &str, at: Timestamp) -> DbResult<()> {
    // Parts of several networks prove nothing of any.
    if !network.ends_with("/24") && !network.ends_with("/48") {
        return Ok(());
    }
    let proven = proven_networks::table.find(network);
    if diesel::update(proven).set(proven_networks::verified_at.eq(at)).execute(conn)? > 0 {
        return Ok(());
    }
    let oldest: Vec<String> = proven_networks::table
        .order(proven_networks::verified_at.desc())
        .offset(PROVEN - 1)
        .limit(100)
        .select(proven_networks::network)
        .load(conn)?;
    diesel::delete(proven_networks::table.filter(proven_networks::network.eq_any(oldest))).execute(conn)?;
    let row = Proven { network, verified_at: at };
    dialect::upsert!(conn, proven_networks, proven_networks::network, &row);
    diesel::update(unverified_networks::table.filter(unverified_networks::network.eq(network)))
        .set(unverified_networks::first_at.eq(NetworkShare::PROVEN))
        .execute(conn)?;
    Ok(())
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = proven_networks)]
struct Proven<'n> {
    network: &'n str,
    verified_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::family_of;

    #[test]
    fn networks_next_to_each_other_are_a_family() {
        for (network, family) in [
            ("198.51.100.0/24", Some("198.51.0.0/16")),
            ("2001:db8:1::/48", Some("2001:db8::/32")),
            ("2001:db8:ffff::/48", Some("2001:db8::/32")),
            ("", None),
            ("others", None),
        ] {
            assert_eq!(family_of(network).as_deref(), family, "{network}");
        }
    }
}
