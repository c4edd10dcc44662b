//! Comments say what the code does not.

use super::{files, root};
use std::fs;

/// Rooms whose functions still say that a database may fail: `DbResult` says it already.
const LEFT: [&str; 3] = ["integrations", "jobs", "test_sessions"];

/// Whether a sentence below `# Errors` says no more than that.
fn says_nothing(text: &str) -> bool {
    ["cannot be asked", "refuses", "cannot be reached", "does not answer"]
        .iter()
        .any(|fails| text.trim() == format!("When the database {fails}."))
}

/// The sections about errors that say nothing, by their lines.
fn empty_sections(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = (0..lines.len()).filter(|at| lines[*at] == "/// # Errors");
    at.filter(|at| {
        let said: Vec<&str> = lines[at + 1..].iter().map_while(|line| line.strip_prefix("///")).collect();
        says_nothing(&said.join(" "))
    })
    .map(|at| at + 1)
    .collect()
}

#[test]
fn no_section_about_errors_says_only_that_the_database_may_fail() {
    let src = root().join("src");
    let mut found = Vec::new();
    for path in files(&src) {
        let below = path.strip_prefix(&src).unwrap();
        if !LEFT.iter().any(|room| below.starts_with(room)) {
            let lines = empty_sections(&fs::read_to_string(&path).unwrap());
            found.extend(lines.into_iter().map(|line| format!("{}:{line}", below.display())));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    let empty = "/// Finds it.\n///\n/// # Errors\n/// When the database refuses.\nfn find() {}";
    assert_eq!(empty_sections(empty), [3]);
    assert!(empty_sections("/// # Errors\n/// When there is none, or the database refuses.").is_empty());
}

/// Failure says what happens next in one type, not in a result of a result.
#[test]
fn no_job_answers_a_result_in_a_result() {
    let nested: Vec<String> = files(&root().join("src/jobs"))
        .into_iter()
        .filter(|path| {
            fs::read_to_string(path).unwrap().replace(char::is_whitespace, "").contains("Result<Result<")
        })
        .map(|path| path.display().to_string())
        .collect();
    assert_eq!(nested, Vec::<String>::new());
}
