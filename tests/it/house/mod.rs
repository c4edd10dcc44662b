//! The order of the house: the rooms of `src/` stand in one list, each may use what stands below it,
//! and no two files need each other. So each room can be read, and changed, by itself.

mod comments;
mod docs;
mod graph;
mod migrations;
mod names;
mod reader;
mod voice;
mod words;

use graph::{Graph, circles, files};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of the portal, from top to bottom. A file may name its own room and those that stand below
/// it here, and no other. `docs/ARCHITECTURE.md` says what is in each.
const ROOMS: [&str; 41] = [
    "cli",
    "app",
    "web",
    "state",
    "jobs",
    "monitoring",
    "evidence",
    "completeness",
    "reconciliation",
    "webhooks",
    "candidates",
    "report",
    "integrations",
    "test_sessions",
    "invitations",
    "candidate_email",
    "profiles",
    "api_tokens",
    "sso",
    "people",
    "checkpoints",
    "alert_webhooks",
    "events",
    "postings",
    "audit",
    "job_queue",
    "config",
    "secrets",
    "integration_state",
    "db",
    "mail",
    "reasons",
    "test_selection",
    "i18n",
    "export",
    "forms",
    "metrics",
    "blocking",
    "time",
    "ids",
    "clock",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What in the graph names a room that stands above its own.
fn upward(graph: &Graph, order: &[&str]) -> Vec<String> {
    let floor: BTreeMap<&str, usize> = order.iter().enumerate().map(|(floor, room)| (*room, floor)).collect();
    let mut wrong = Vec::new();
    let floor_of = |path: &[String]| path.first().and_then(|room| floor.get(room.as_str()));
    for (module, path) in graph.named() {
        if floor_of(&path).zip(floor_of(module)).is_some_and(|(there, here)| there < here) {
            wrong.push(format!("{} names {}, which stands above it", module.join("::"), path.join("::")));
        }
    }
    wrong
}

#[test]
fn a_file_names_only_rooms_below_its_own() {
    let graph = Graph::read(&root().join("src"));
    assert_eq!(graph.rooms(), ROOMS.into_iter().collect::<BTreeSet<_>>(), "ROOMS lists the rooms of src/");
    assert_eq!(upward(&graph, &ROOMS), Vec::<String>::new());
}

#[test]
fn an_import_that_points_up_is_found_however_it_is_written() {
    let ways = [
        "use crate::{web};",
        "use crate::web as w;",
        "use crate::{ids::{self, EventId}, web::{self as pages}};",
        "use crate::web::*;",
        "fn f() { crate::web::show() }",
        "fn f() { println!(\"{}\", crate::web::show()) }",
        "fn f(page: &crate::web::Page) {}",
        "use super::web;",
    ];
    for way in ways {
        let files = [("web", ""), ("ids", ""), ("events", way)];
        let texts = files.map(|(module, text)| (vec![module.to_owned()], text.to_owned()));
        let graph = Graph::of(BTreeMap::from(texts));
        let wrong = upward(&graph, &["web", "events", "ids"]);
        assert!(matches!(&wrong[..], [line] if line.starts_with("events names web")), "{way}: {wrong:?}");
    }
}

/// The rooms that a library's documentation lists from top to bottom, under `# Rooms`.
fn listed_rooms(library: &str) -> Vec<&str> {
    let (_, list) = library.split_once("//! # Rooms\n").unwrap();
    list.lines().filter_map(|line| Some(line.strip_prefix("//! - `")?.split_once('`')?.0)).collect()
}

#[test]
fn a_file_of_the_sandbox_names_only_rooms_below_its_own() {
    let src = root().join("lever-sandbox/src");
    let library = fs::read_to_string(src.join("lib.rs")).unwrap();
    let order = listed_rooms(&library);
    let graph = Graph::read(&src);
    assert_eq!(graph.rooms(), order.iter().copied().collect::<BTreeSet<_>>(), "lib.rs lists the rooms");
    assert_eq!(upward(&graph, &order), Vec::<String>::new());
}

#[test]
fn no_two_files_need_each_other() {
    let mut found = Vec::new();
    for folder in ["src", "crates/assessment/src", "crates/lever-client/src", "crates/sqlite-time-limit/src"]
    {
        let graph = Graph::read(&root().join(folder));
        found.extend(circles(&graph.arrows()).into_iter().map(|circle| format!("{folder}: {circle}")));
    }
    assert_eq!(found, Vec::<String>::new());
}

/// What a manifest says that a crate needs to be built.
fn needed(manifest: &str) -> Vec<&str> {
    let (_, after) = manifest.split_once("[dependencies]\n").unwrap();
    let lines = after.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| Some(line.split_once(['.', ' ', '='])?.0))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Cargo forbids circles only: a crate that stands alone could still come to need another.
#[test]
fn what_stands_alone_needs_no_other_crate_of_the_portal_and_no_database() {
    for name in ["assessment", "lever-client", "sqlite-time-limit"] {
        let manifest = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap();
        let needed = needed(&manifest);
        let apart =
            ["alva-portal", "assessment", "lever-client", "lever-sandbox", "sqlite-time-limit", "diesel"];
        let found: Vec<&&str> = needed.iter().filter(|needed| apart.contains(needed)).collect();
        assert!(!needed.is_empty() && found.is_empty(), "{name} needs {found:?}");
    }
    let needed = needed(
        "[dependencies]\nserde.workspace = true\ndiesel = \"2\" # rows\n\n[dev-dependencies]\nrand = \"1\"\n",
    );
    assert_eq!(needed, ["serde", "diesel"]);
}

/// The rooms that the figure of a page lists: the first word of each line of the block after the mark.
fn figure(page: &str) -> Vec<String> {
    let (_, after) = page.split_once("<!-- the rooms, from top to bottom -->\n```text\n").unwrap();
    let (block, _) = after.split_once("\n```").unwrap();
    block.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[test]
fn the_architecture_page_shows_the_rooms_in_this_order() {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    assert_eq!(figure(&page), ROOMS);
}

#[test]
fn no_file_is_longer_than_one_reads_in_a_sitting() {
    let mut long = Vec::new();
    for folder in ["src", "lever-sandbox/src", "crates"] {
        for path in files(&root().join(folder)) {
            // A list of tables is looked up, not read.
            let is_list = path.ends_with("src/db/schema.rs");
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > 400 && !is_list {
                long.push(format!("{}: {lines} lines", path.display()));
            }
        }
    }
    assert_eq!(long, Vec::<String>::new());
}

/// A portal that was tried out in this folder leaves a key and a database: they are nobody's to have.
#[test]
fn no_file_of_an_installation_is_in_the_repository() {
    let listed = std::process::Command::new("git").arg("ls-files").current_dir(root()).output();
    // An archive of the sources has no list; it is made of one that was tested.
    let Some(listed) = listed.ok().filter(|listed| listed.status.success()) else { return };
    let names = String::from_utf8(listed.stdout).unwrap();
    let is_of_one = |name: &&str| {
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_lock = file.ends_with(".lock") && file != "Cargo.lock";
        let is_data = [".sqlite", "-wal", "-shm", ".key"].iter().any(|end| file.ends_with(end));
        is_lock || is_data || file == "alva-portal.toml"
    };
    let allowed = ["packaging/alva-portal.toml"];
    let found: Vec<&str> = names.lines().filter(is_of_one).filter(|name| !allowed.contains(name)).collect();
    assert_eq!(found, Vec::<&str>::new());
}
