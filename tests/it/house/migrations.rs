//! Migrations are named for what they do, once for both databases.

use super::root;
use std::collections::BTreeSet;
use std::fs;

/// What migrations do. A new one that does something else adds its verb.
const VERBS: [&str; 37] = [
    "add",
    "allow",
    "authenticate",
    "bind",
    "bound",
    "carry",
    "change",
    "count",
    "drop",
    "fill",
    "forget",
    "index",
    "invite",
    "keep",
    "learn",
    "list",
    "lock",
    "mark",
    "move",
    "name",
    "note",
    "record",
    "refuse",
    "remember",
    "remove",
    "rename",
    "replace",
    "require",
    "seal",
    "share",
    "show",
    "sign",
    "split",
    "store",
    "tell",
    "verify",
    "widen",
];

/// Published before the rule.
const OLDER: [&str; 21] = [
    "2026-11-23-0001_people",
    "2026-11-23-0002_integrations",
    "2026-11-23-0003_events",
    "2026-11-23-0004_invitations",
    "2026-11-23-0030_lever_webhooks",
    "2026-11-23-0040_sittings",
    "2026-11-23-0041_follow_up",
    "2026-11-23-0050_lists",
    "2026-11-23-0051_life",
    "2026-11-23-0055_same_person",
    "2026-11-23-0060_rules",
    "2026-11-23-0061_letters",
    "2026-11-23-0062_postings",
    "2026-11-23-0063_watching",
    "2026-11-23-0064_role_profiles",
    "2026-11-23-0065_test_orders",
    "2026-11-23-0066_reuse",
    "2026-11-23-0067_batches",
    "2026-11-23-0068_waiting",
    "2026-11-26-0080_lever_accounts",
    "2026-11-27-0700_daily_limit",
];

/// Whether a name is date, number, verb and object: `2026-11-26-0100_add_jobs`.
fn is_named_well(name: &str) -> bool {
    let Some((when, what)) = name.split_once('_') else { return false };
    let digits: Vec<usize> = when.split('-').map(str::len).collect();
    let is_number = when.chars().all(|c| c.is_ascii_digit() || c == '-');
    let is_said =
        what.split_once('_').is_some_and(|(verb, object)| VERBS.contains(&verb) && !object.is_empty());
    let is_plain = what.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    digits == [4, 2, 2, 4] && is_number && is_said && is_plain
}

fn names(database: &str) -> BTreeSet<String> {
    let folders = fs::read_dir(root().join("migrations").join(database)).unwrap();
    folders.map(|folder| folder.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_migration_is_named_verb_object_and_there_for_both_databases() {
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres, "each migration is there for both databases, under one name");
    let wrong: Vec<&String> =
        sqlite.iter().filter(|name| !OLDER.contains(&name.as_str()) && !is_named_well(name)).collect();
    assert_eq!(wrong, Vec::<&String>::new(), "see migrations/README.md");
    assert!(OLDER.iter().all(|name| sqlite.contains(*name)), "the names that are older are not changed");
    let numbers: BTreeSet<&str> = sqlite.iter().filter_map(|name| Some(name.split_once('_')?.0)).collect();
    assert_eq!(numbers.len(), sqlite.len(), "each has a number of its own");
    for name in
        ["2026-11-27-0700_daily_limit", "2026-11-27-700_add_limits", "2026-11-27-0700_add", "add_jobs"]
    {
        assert!(!is_named_well(name), "{name}");
    }
}
