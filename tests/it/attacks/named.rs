//! `docs/security.md` and `docs/asvs.md` name the test that shows each line: each of them exists.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands in backquotes and may be the path of a test.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|word| {
        let is_part = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
        };
        word.contains("::") && word.split("::").all(is_part)
    })
}

/// The file of a module below a folder: `a/b.rs` or `a/b/mod.rs`.
fn file_of(folder: &Path, parts: &[&str]) -> Option<PathBuf> {
    let below = parts.iter().fold(folder.to_owned(), |path, part| path.join(part));
    [below.with_extension("rs"), below.join("mod.rs")].into_iter().find(|file| file.is_file())
}

/// Whether tests stand in this file, in a module of its own beside it, or in files below it.
fn has_tests(file: &Path) -> bool {
    let is_test = |text: &str| {
        ["#[test]", "#[actix_web::test]", "#[tokio::test", "on_both_databases!", "proptest!"]
            .iter()
            .any(|mark| text.contains(mark))
    };
    let beside = file.with_extension("").join("tests.rs");
    let below = file.parent().filter(|_| file.ends_with("mod.rs"));
    let files = below.map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    let files = files.into_iter().flatten().filter(|file| file.is_file());
    [file.to_owned(), beside]
        .into_iter()
        .chain(files)
        .any(|file| fs::read_to_string(file).is_ok_and(|text| is_test(&text)))
}

fn exists(path: &str) -> bool {
    let parts: Vec<&str> = path.split("::").collect();
    let (folders, parts) = match parts.split_first() {
        Some((&"lever_client", rest)) => (vec![root().join("crates/lever-client/src")], rest.to_vec()),
        _ => (vec![root().join("tests/it"), root().join("src")], parts),
    };
    folders.iter().any(|folder| {
        if file_of(folder, &parts).is_some_and(|file| has_tests(&file)) {
            return true;
        }
        let Some((function, module)) = parts.split_last() else { return false };
        let file = file_of(folder, module).map(|file| fs::read_to_string(file).unwrap());
        file.is_some_and(|text| text.contains(&format!("fn {function}(")))
    })
}

/// How many requirements of levels 1 and 2 each section of ASVS 5.0 has; those of level 3 come behind them.
const ASVS: [(&str, usize); 75] = [
    ("1.1", 2),
    ("1.2", 9),
    ("1.3", 11),
    ("1.4", 3),
    ("1.5", 2),
    ("2.1", 3),
    ("2.2", 3),
    ("2.3", 4),
    ("2.4", 1),
    ("3.2", 2),
    ("3.3", 4),
    ("3.4", 6),
    ("3.5", 5),
    ("3.7", 2),
    ("4.1", 3),
    ("4.2", 1),
    ("4.3", 2),
    ("4.4", 4),
    ("5.1", 1),
    ("5.2", 3),
    ("5.3", 2),
    ("5.4", 3),
    ("6.1", 3),
    ("6.2", 12),
    ("6.3", 4),
    ("6.4", 4),
    ("6.5", 5),
    ("6.6", 3),
    ("6.8", 4),
    ("7.1", 3),
    ("7.2", 4),
    ("7.3", 2),
    ("7.4", 5),
    ("7.5", 2),
    ("7.6", 2),
    ("8.1", 2),
    ("8.2", 3),
    ("8.3", 1),
    ("8.4", 1),
    ("9.1", 3),
    ("9.2", 4),
    ("10.1", 2),
    ("10.2", 2),
    ("10.3", 4),
    ("10.4", 11),
    ("10.5", 5),
    ("10.6", 2),
    ("10.7", 3),
    ("11.1", 2),
    ("11.2", 3),
    ("11.3", 3),
    ("11.4", 4),
    ("11.5", 1),
    ("11.6", 1),
    ("12.1", 3),
    ("12.2", 2),
    ("12.3", 4),
    ("13.1", 1),
    ("13.2", 5),
    ("13.3", 2),
    ("13.4", 5),
    ("14.1", 2),
    ("14.2", 4),
    ("14.3", 3),
    ("15.1", 3),
    ("15.2", 3),
    ("15.3", 7),
    ("16.1", 1),
    ("16.2", 5),
    ("16.3", 4),
    ("16.4", 3),
    ("16.5", 3),
    ("17.1", 1),
    ("17.2", 4),
    ("17.3", 2),
];

#[test]
fn each_requirement_has_a_line() {
    let text = fs::read_to_string(root().join("docs/asvs.md")).unwrap();
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit())
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let ids: Vec<String> = rows.iter().map(|row| row[0].to_owned()).collect();
    let all = ASVS.iter().flat_map(|(section, count)| (1..=*count).map(move |n| format!("{section}.{n}")));
    assert_eq!(ids, all.collect::<Vec<_>>());
    for row in rows {
        assert!(row.len() == 3 && !row[2].is_empty(), "{row:?}");
        let states = ["met", "not used", "operator"];
        assert!(states.iter().any(|state| row[1].starts_with(state)), "{row:?}");
    }
}

#[test]
fn every_test_that_the_table_names_exists() {
    let text = ["docs/security.md", "docs/asvs.md"]
        .map(|file| fs::read_to_string(root().join(file)).unwrap())
        .concat();
    let all: Vec<&str> = text.lines().flat_map(named).collect();
    assert!(all.len() > 40, "the tables name tests: {all:?}");
    let missing: Vec<&&str> = all.iter().filter(|path| !exists(path)).collect();
    assert!(missing.is_empty(), "named in docs/security.md or docs/asvs.md, and not there: {missing:?}");
    assert!(!exists("attacks::floods::nobody_wrote_this") && !exists("attacks::nothing"));
}

/// The other way round: each file of attacks is named there.
#[test]
fn every_attack_is_named() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    for file in fs::read_dir(root().join("tests/it/attacks")).unwrap() {
        let name = file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(name == "mod" || text.contains(&format!("`attacks::{name}")), "{name}");
    }
}
