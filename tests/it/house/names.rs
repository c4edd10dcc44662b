//! One word for each thing, and no name that one cannot search for: `docs/glossary.md` rules words out, and they stand in
//! no name of a file, module, type or function.

use super::{files, root};
use std::collections::BTreeSet;
use std::fs;
use syn::visit::{self, Visit};

/// Where a word that is ruled out stays, and why.
const KEPT: [(&str, &str, &str); 10] = [
    ("db/pulse.rs", "watch", "it watches a database, not an integration"),
    ("db/reason_codes.rs", "Batch", "some rows at once"),
    ("db/reason_codes.rs", "hooks_behind", "the table of version 0.1"),
    ("integrations/schedule", "watch", "the table is called so"),
    ("integrations/schedule", "chore", "the table is called so"),
    ("integrations/signing", "watch", "the table is called so"),
    ("integrations/signing/catch_up.rs", "batch", "some deliveries at once"),
    ("postings/tags.rs", "letters_of", "letters of an alphabet"),
    ("reasons/old", "chore", "sentences of version 0.1"),
    ("secrets/strength.rs", "plain_letters", "letters of an alphabet"),
];

/// Functions that are still called by a word that stands everywhere.
const UNSEARCHABLE: [(&str, &str); 2] =
    [("integrations/lever_webhooks/beside.rs", "words"), ("integrations/signing/pasted.rs", "of")];

/// A row of the glossary's table of names.
fn ruled_out(of: &str) -> BTreeSet<String> {
    let page = fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let row = page.lines().find_map(|line| line.strip_prefix(&format!("| {of} | "))).unwrap();
    let (words, _) = row.split_once(" | ").unwrap();
    words.split(", ").map(|word| word.trim_matches('`').to_owned()).collect()
}

/// The words of a name: `AlertHook` and `alert_hook` have two.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in name.chars() {
        if letter.is_uppercase() || !letter.is_alphanumeric() {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().unwrap().extend(letter.to_lowercase());
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// Whether a word stands in a name, as one or as several.
fn stands_in(word: &str, name: &str) -> bool {
    words(name).iter().any(|part| *part == word || [format!("{word}s"), format!("{word}es")].contains(part))
}

/// The names that a file gives: of functions, and of everything else that others may call by its name.
#[derive(Default)]
struct Names {
    functions: Vec<String>,
    others: Vec<String>,
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("test"))
}

impl<'a> Visit<'a> for Names {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_for_tests(&item.attrs) {
            self.others.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        self.functions.push(item.sig.ident.to_string());
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item(&mut self, item: &'a syn::Item) {
        let name = match item {
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            _ => None,
        };
        self.others.extend(name.map(ToString::to_string));
        visit::visit_item(self, item);
    }
}

fn names(text: &str) -> Names {
    let mut names = Names::default();
    names.visit_file(&syn::parse_file(text).unwrap());
    names
}

#[test]
fn no_name_has_a_word_that_the_glossary_rules_out() {
    let never = ruled_out("in a name");
    assert!(never.len() > 8, "{never:?}");
    let src = root().join("src");
    let (mut found, mut kept) = (Vec::new(), BTreeSet::new());
    let mut look = |place: &str, name: &str| {
        for word in never.iter().filter(|word| stands_in(word, name)) {
            let reason = KEPT
                .iter()
                .find(|(path, known, _)| place.starts_with(path) && (*known == name || known == word));
            match reason {
                Some(reason) => drop(kept.insert(*reason)),
                None => found.push(format!("{place}: {name}")),
            }
        }
    };
    for path in
        files(&src).into_iter().filter(|path| !path.iter().any(|part| part == "tests" || part == "tests.rs"))
    {
        let place = path.strip_prefix(&src).unwrap().display().to_string();
        path.strip_prefix(&src)
            .unwrap()
            .with_extension("")
            .iter()
            .for_each(|part| look(&place, &part.to_string_lossy()));
        let names = names(&fs::read_to_string(&path).unwrap());
        names.functions.iter().chain(&names.others).for_each(|name| look(&place, name));
    }
    let templates = root().join("templates");
    for path in below(&templates) {
        let place = path.strip_prefix(&templates).unwrap().display().to_string();
        look(&place, &place);
    }
    assert_eq!(found, Vec::<String>::new(), "docs/glossary.md has the word to write");
    let idle: Vec<_> = KEPT.iter().filter(|reason| !kept.contains(*reason)).collect();
    assert!(idle.is_empty(), "nothing has these names any more: {idle:?}");
}

fn below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_function_has_a_name_that_one_can_search_for() {
    let never = ruled_out("of a function");
    let src = root().join("src");
    let mut found = Vec::new();
    for path in files(&src) {
        let place = path.strip_prefix(&src).unwrap().display().to_string();
        let functions = names(&fs::read_to_string(&path).unwrap()).functions;
        found.extend(
            functions.into_iter().filter(|name| never.contains(name)).map(|name| (place.clone(), name)),
        );
    }
    found.sort();
    let found: Vec<(&str, &str)> =
        found.iter().map(|(place, name)| (place.as_str(), name.as_str())).collect();
    assert_eq!(found, UNSEARCHABLE, "of what? docs/glossary.md rules these names out");
}

#[test]
fn a_word_is_found_in_each_kind_of_name() {
    let text = "struct AlertHook; enum Chores {} fn is_burst() {} impl AlertHook { fn of() {} } \
                #[cfg(test)] mod tests { fn letters() {} } mod doctor { fn hooked() {} }";
    let found = names(text);
    let with = |word: &str| {
        let all = found.functions.iter().chain(&found.others);
        all.filter(|name| stands_in(word, name)).count()
    };
    let counts = ["hook", "chore", "burst", "letter", "doctor", "of"].map(with);
    assert_eq!(counts, [1, 1, 1, 0, 1, 1]);
}
