//! The arrows between the rooms of `src/` point one way, so that each room can be read by itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms that know nothing of the portal.
const FOREIGN: [&str; 2] = ["lever", "assessment"];

/// Rooms that everyone stands on; they know only each other.
const GROUND: [&str; 8] = ["db", "export", "ids", "mail", "metrics", "secrets", "text_enum", "time"];

/// Rooms that call the others; nobody calls them.
const CALLERS: [&str; 4] = ["app", "cli", "web", "worker"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The rooms that a source names.
fn named(source: &str) -> BTreeSet<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let rooms = code.flat_map(|line| {
        line.split("crate::")
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>())
    });
    rooms.filter(|room| !room.is_empty()).collect()
}

#[test]
fn the_arrows_between_rooms_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in sources(&src) {
        let below = path.strip_prefix(&src).unwrap();
        let room = below.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
        for other in named(&fs::read_to_string(&path).unwrap()) {
            let is_allowed = other == room
                || if FOREIGN.contains(&room.as_str()) {
                    // Counters know nothing of anyone.
                    other == "metrics"
                } else if GROUND.contains(&room.as_str()) {
                    GROUND.contains(&other.as_str())
                } else if CALLERS.contains(&room.as_str()) || room == "lib" || room == "main" {
                    true
                } else {
                    !CALLERS.contains(&other.as_str())
                };
            if !is_allowed {
                wrong.push(format!("{} names {other}", below.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn no_file_is_longer_than_one_reads_in_a_sitting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut long = Vec::new();
    for folder in ["src", "lever-sandbox/src"] {
        for path in sources(&root.join(folder)) {
            // A list of tables is looked up, not read.
            let is_list = path.ends_with("src/db/schema.rs");
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > 450 && !is_list {
                long.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new());
}
