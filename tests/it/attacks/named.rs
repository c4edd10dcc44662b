//! `docs/security.md` names the test that shows each line: each of them exists.

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

#[test]
fn every_test_that_the_table_names_exists() {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let all: Vec<&str> = text.lines().flat_map(named).collect();
    assert!(all.len() > 40, "the tables name tests: {all:?}");
    let missing: Vec<&&str> = all.iter().filter(|path| !exists(path)).collect();
    assert!(missing.is_empty(), "named in docs/security.md, and not there: {missing:?}");
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
