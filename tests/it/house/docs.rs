//! What the pages of the documentation point to is there: files, tests, other pages, jobs.

use super::graph::files;
use super::root;
use alva_portal::job_queue::JobKind;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// What belongs to the repository. Beside these lie builds and data of whoever works here.
const TREES: [&str; 12] = [
    "src",
    "tests",
    "crates",
    "templates",
    "static",
    "locales",
    "migrations",
    "docs",
    "script",
    "lever-sandbox",
    "packaging",
    "fuzz",
];

/// Files that recipes make up for their examples.
const MADE_UP: [&str; 6] = [
    "locales/xx.ftl",
    "locales/portal.xx.ftl",
    "xx.json",
    "src/web/pages/limits.rs",
    "templates/limits.html",
    "migrations/sqlite/DATE-NUMBER_verb_object/up.sql",
];

/// All files of the repository, by their path from its root.
static ALL: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    fn walk(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.insert(path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    for tree in TREES {
        walk(&root().join(tree), &mut found);
    }
    let beside = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap());
    let beside = beside.filter(|entry| entry.path().is_file());
    found.extend(beside.map(|entry| entry.file_name().into_string().unwrap()));
    found
});

/// The pages of the documentation, by their path from the root, and what they say.
fn pages() -> BTreeMap<&'static str, String> {
    let pages = ALL.iter().filter(|path| path.ends_with(".md"));
    pages.map(|path| (path.as_str(), fs::read_to_string(root().join(path)).unwrap())).collect()
}

/// What stands in backquotes in the prose of a page, without what is shown in blocks.
fn quoted(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2);
    prose.flat_map(|prose| prose.lines().flat_map(|line| line.split('`').skip(1).step_by(2))).collect()
}

/// Whether something in backquotes means a file or folder of this repository.
fn is_path(quoted: &str) -> bool {
    let is_plain = quoted.chars().all(|c| c.is_ascii_alphanumeric() || "_./-".contains(c));
    let (first, _) = quoted.split_once('/').unwrap_or_default();
    let endings = ["rs", "md", "html", "ftl", "sql"];
    let ending = quoted.rsplit_once('.').map(|(name, ending)| !name.is_empty() && endings.contains(&ending));
    is_plain && !quoted.starts_with('/') && (TREES.contains(&first) || ending == Some(true))
}

/// Whether such a path is there: from the root, from the page's folder, or the end of a longer one.
fn is_there(page: &str, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let beside = root().join(page).with_file_name(path);
    root().join(path).exists()
        || beside.exists()
        || ALL.iter().any(|file| file.ends_with(&format!("/{path}")))
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let (mut named, mut missing) = (0, Vec::new());
    for (page, text) in &pages() {
        for path in quoted(text).into_iter().filter(|quoted| is_path(quoted) && !MADE_UP.contains(quoted)) {
            named += 1;
            if !is_there(page, path) {
                missing.push(format!("{page}: {path}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(named > 100, "{named}");
    assert!(MADE_UP.iter().all(|path| is_path(path) || path.ends_with(".json")));
    for (path, there) in
        [("src/worker/work.rs", false), ("rules/decide.rs", false), ("invitations/rules/mod.rs", true)]
    {
        assert!(is_path(path) && is_there("README.md", path) == there, "{path}");
    }
    assert!(
        ["/settings/company", "192.0.2.0/24", "src::web", "multipart/form-data"]
            .iter()
            .all(|no| !is_path(no))
    );
}

/// The modules of all crates and of the tests, with their text: `invitations::rules`, `lever_client::oauth`.
fn modules() -> BTreeMap<String, String> {
    let trees = ["src", "tests", "crates", "lever-sandbox/src", "lever-sandbox/tests"]
        .map(|tree| files(&root().join(tree)));
    let named = trees.into_iter().flatten().map(|file| {
        let below = file.strip_prefix(root()).unwrap().with_extension("");
        let parts = below.iter().map(|part| part.to_str().unwrap().replace('-', "_"));
        let parts = parts.filter(|part| !["src", "mod", "lib", "main"].contains(&part.as_str()));
        (parts.collect::<Vec<_>>().join("::"), fs::read_to_string(file).unwrap())
    });
    named.collect()
}

/// Whether something in backquotes means a module or function: `assessment::looking`, `…the_end_of_a_name`, or the
/// name of a test alone, which is a sentence.
fn code_name(quoted: &str) -> Option<&str> {
    let name = quoted.strip_prefix('\u{2026}').unwrap_or(quoted);
    let is_word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let is_sentence = name != quoted || name.contains("::") || name.matches('_').count() > 3;
    // Where CONTRIBUTING explains what a macro makes of a name.
    let is_example = name.starts_with("name::");
    (is_sentence && !is_example && name.split("::").all(is_word)).then_some(name)
}

fn is_in_code(name: &str, modules: &BTreeMap<String, String>) -> bool {
    let holds = |text: &str, function: &str| {
        text.contains(&format!("fn {function}(")) || text.contains(&format!("fn {function}<"))
    };
    let Some((room, function)) = name.rsplit_once("::") else {
        return modules.values().any(|text| holds(text, name));
    };
    // Tests may stand in the file of what they test; a function may be exported by the room above.
    let inside = room.strip_suffix("::tests").unwrap_or(room);
    let function = if function == "tests" { "" } else { function };
    modules.iter().any(|(module, text)| {
        let module = format!("::{module}::");
        module.contains(&format!("::{room}::{function}::"))
            || (module.contains(&format!("::{inside}::")) && (function.is_empty() || holds(text, function)))
    })
}

#[test]
fn every_test_and_function_that_a_page_names_is_there() {
    let modules = modules();
    let (mut named, mut missing) = (0, Vec::new());
    for (page, text) in &pages() {
        for name in quoted(text).into_iter().filter_map(code_name) {
            named += 1;
            if !is_in_code(name, &modules) {
                missing.push(format!("{page}: {name}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(named > 100, "{named}");
    let names = [
        ("house::docs", true),
        ("house::docs::every_test_and_function_that_a_page_names_is_there", true),
        ("lever_client::oauth::tests", true),
        ("house::docs::nobody_wrote_this_test", false),
        ("sittings::arrive", false),
    ];
    for (name, there) in names {
        assert_eq!(is_in_code(code_name(name).unwrap(), &modules), there, "{name}");
    }
}

/// Where the links of a page lead inside the repository, from its root, with the heading.
fn links(page: &str, text: &str) -> Vec<(PathBuf, Option<String>)> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    // Help is shown by the portal and links to its pages.
    let inside = targets.filter(|target| !target.contains(':') && !target.starts_with('/'));
    inside
        .map(|target| {
            let (file, heading) =
                target.split_once('#').map_or((target, None), |(file, id)| (file, Some(id)));
            let beside =
                if file.is_empty() { root().join(page) } else { root().join(page).with_file_name(file) };
            (beside, heading.map(str::to_owned))
        })
        .collect()
}

/// The names of a page's headings, as GitHub makes them.
fn headings(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with('#'));
    lines
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().to_lowercase();
            let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere_and_the_index_leads_to_every_page() {
    let mut wrong = Vec::new();
    for (page, text) in &pages() {
        for (file, heading) in links(page, text) {
            let heads = |id: &String| headings(&fs::read_to_string(&file).unwrap()).contains(id);
            if !file.exists() || heading.as_ref().is_some_and(|id| !heads(id)) {
                wrong.push(format!("{page}: {} {heading:?}", file.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let index = fs::read_to_string(root().join("docs/README.md")).unwrap();
    let listed: BTreeSet<PathBuf> =
        links("docs/README.md", &index).into_iter().map(|(file, _)| file.canonicalize().unwrap()).collect();
    let unlisted: Vec<&str> = pages()
        .into_keys()
        // Help has an index of its own in the portal.
        .filter(|page| {
            page.starts_with("docs/") && !page.starts_with("docs/help/") && *page != "docs/README.md"
        })
        .filter(|page| !listed.contains(&root().join(page).canonicalize().unwrap()))
        .collect();
    assert_eq!(unlisted, Vec::<&str>::new(), "docs/README.md lists the pages");
}

#[test]
fn the_table_of_jobs_lists_every_kind_once() {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    let (_, table) = page.split_once("| Job | What asks for it, or when |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut listed: Vec<&str> =
        rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2)).collect();
    listed.sort_unstable();
    let mut kinds: Vec<&str> = JobKind::ALL.iter().map(|kind| kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(listed, kinds);
}
