//! The words that `docs/voice.md` rules out stand nowhere that people read.

use super::graph::files;
use super::root;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::fs;
use std::path::{Path, PathBuf};

/// The column *Never* of the table of words.
fn ruled_out() -> Vec<String> {
    let page = fs::read_to_string(root().join("docs/voice.md")).unwrap();
    let (_, table) = page.split_once("| Never | Write |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let never: Vec<String> = rows
        .flat_map(|row| row.split('|').nth(1).unwrap().split(','))
        .map(|word| word.trim().to_lowercase())
        .collect();
    assert!(never.len() > 5, "{never:?}");
    never
}

/// Whether a word, or words in a row, stand in a text; as a part of a longer word they do not.
fn stands_in(word: &str, text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    text.match_indices(word).any(|(at, _)| {
        !is_letter(text[..at].chars().next_back()) && !is_letter(text[at + word.len()..].chars().next())
    })
}

/// A template without its code.
fn prose_of_template(text: &str) -> String {
    let mut rest = text;
    let mut prose = String::new();
    while let Some((before, code)) = rest.split_once('{') {
        prose.push_str(before);
        let end = match code.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            Some('#') => "#}",
            _ => "",
        };
        rest = if end.is_empty() { code } else { code.split_once(end).map_or("", |(_, after)| after) };
        prose.push(' ');
    }
    prose + rest
}

/// A page of the documentation without its code, which quotes.
fn prose_of_page(text: &str) -> String {
    let blocks = text.split("```").step_by(2).collect::<Vec<_>>().join(" ");
    blocks.split('`').step_by(2).collect::<Vec<_>>().join(" ")
}

/// The messages of a Fluent file, without comments and names.
fn prose_of_messages(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once(" = ").map_or(line, |(_, value)| value)).collect::<Vec<_>>().join("\n")
}

/// Words that are data and not prose: what Lever's fields hold beside an address.
const DATA: [&str; 3] = ["\"e-mail\"", "\"e-mail address\"", "\"mail address\""];

/// Files whose comments people read: clap makes the help of the command line of them.
fn is_help(path: &Path) -> bool {
    let path = path.strip_prefix(root()).unwrap();
    path.starts_with("src/cli")
        || ["src/config/mod.rs", "lever-sandbox/src/main.rs", "lever-sandbox/src/compare/command.rs"]
            .iter()
            .any(|file| path == Path::new(file))
}

/// What an attribute says to people: the text of an error and, for the help, a comment.
fn said_by_attribute(attribute: TokenStream, is_help: bool, found: &mut Vec<String>) {
    let mut tokens = attribute.into_iter();
    let Some(TokenTree::Ident(name)) = tokens.next() else { return };
    if name == "error" || (is_help && name == "doc") {
        quoted(tokens.collect(), is_help, found);
    }
}

/// The texts in quotes, without tests and without attributes that say nothing to people.
fn quoted(tokens: TokenStream, is_help: bool, found: &mut Vec<String>) {
    let mut is_attribute = false;
    for token in tokens {
        match token {
            TokenTree::Punct(mark) => {
                is_attribute = mark.as_char() == '#' || (is_attribute && mark.as_char() == '!')
            }
            TokenTree::Group(group) if is_attribute && group.delimiter() == Delimiter::Bracket => {
                is_attribute = false;
                said_by_attribute(group.stream(), is_help, found);
            }
            TokenTree::Group(group) => {
                is_attribute = false;
                quoted(group.stream(), is_help, found);
            }
            TokenTree::Literal(text) => {
                is_attribute = false;
                let text = text.to_string();
                if (text.starts_with('"') || text.starts_with('r')) && !DATA.contains(&text.as_str()) {
                    // A line that goes on in the next.
                    found.push(text.replace("\\\n", " "));
                }
            }
            TokenTree::Ident(_) => is_attribute = false,
        }
    }
}

fn below(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    fn walk(folder: &Path, extensions: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, extensions, found);
            } else if path.extension().is_some_and(|ext| extensions.iter().any(|known| ext == *known)) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), extensions, &mut found);
    found
}

#[test]
fn no_text_has_a_word_that_is_ruled_out() {
    let never = ruled_out();
    let mut texts: Vec<(PathBuf, String)> = Vec::new();
    let mut read = |paths: Vec<PathBuf>, prose: fn(&str) -> String| {
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            texts.push((path, prose(&text)));
        }
    };
    read(below("templates", &["html", "txt"]), prose_of_template);
    read(below("lever-sandbox/templates", &["html", "txt"]), prose_of_template);
    // The words are English.
    let mut messages = below("locales", &["ftl"]);
    messages.retain(|path| path.ends_with("en.ftl") || path.ends_with("portal.en.ftl"));
    assert_eq!(messages.len(), 2, "{messages:?}");
    read(messages, prose_of_messages);
    let mut pages = below("docs", &["md"]);
    pages.retain(|path| !path.ends_with("docs/voice.md") && !path.ends_with("docs/glossary.md"));
    pages.extend(
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"].map(|page| root().join(page)),
    );
    read(pages, prose_of_page);
    for folder in ["src", "lever-sandbox/src", "crates/lever-client/src", "crates/assessment/src"] {
        for path in files(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            // Old sentences are read there; tests say what they test.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            if path.components().any(|part| part.as_os_str() == "old" || part.as_os_str() == "tests") {
                continue;
            }
            let mut found = Vec::new();
            quoted(text.parse().unwrap(), is_help(&path), &mut found);
            texts.push((path, found.join("\n")));
        }
    }
    assert!(texts.len() > 300, "{}", texts.len());
    let mut wrong = Vec::new();
    for (path, text) in &texts {
        for line in text.split("\n") {
            for word in never.iter().filter(|word| stands_in(word, line)) {
                wrong.push(format!("{}: \u{201c}{word}\u{201d} in {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/voice.md rules these out:\n{}", wrong.join("\n"));
}

#[test]
fn a_word_is_found_where_it_stands_and_nowhere_else() {
    for (word, text, stands) in [
        ("mend", "Mend the filters named above.", true),
        ("mend", "we recommend, amend and com-mend", false),
        ("tell of", "what webhooks tell\n    of", true),
        ("is none", "404 where there is none.", true),
        ("worked", "events-worked, reworked", false),
    ] {
        assert_eq!(stands_in(word, text), stands, "{word} in {text}");
    }
    assert!(!stands_in("mend", &prose_of_template("{{ advice.mend }}{% if mend %}{# mend #}")));
    let mut found = Vec::new();
    let source = "/// mend\n#[error(\"amend\")]\nfn f() { say(\"mend\", \"e-mail\") }";
    quoted(source.parse().unwrap(), false, &mut found);
    assert_eq!(found, ["\"amend\"", "\"mend\""], "no comment, and no word of data");
    found.clear();
    quoted(source.parse().unwrap(), true, &mut found);
    assert!(found.len() == 3 && found[0].contains("mend") && found[0] != "\"mend\"", "{found:?}");
}
