//! Which file of a crate needs which other, re-exports followed to the file that defines the name.

use super::reader::{self, Source};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path;

/// The files of one crate by their module, and what each of them names.
pub struct Graph {
    sources: BTreeMap<reader::Path, Source>,
}

/// All Rust files below a folder.
pub fn files(folder: &path::Path) -> Vec<path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn module_of(below: &path::Path) -> reader::Path {
    let mut module: reader::Path =
        below.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
        module.pop();
    }
    module
}

impl Graph {
    /// Reads the crate whose sources are below `src`. A program beside a library is left out: it only starts it.
    pub fn read(src: &path::Path) -> Self {
        let texts = files(src).into_iter().filter_map(|file| {
            let module = module_of(file.strip_prefix(src).unwrap());
            (module != ["main"]).then(|| (module, fs::read_to_string(file).unwrap()))
        });
        Self::of(texts.collect())
    }

    /// The graph of files that are given by their module and text.
    pub fn of(texts: BTreeMap<reader::Path, String>) -> Self {
        let sources = texts.iter().map(|(module, text)| {
            let below =
                texts.keys().filter(|other| other.len() == module.len() + 1 && other.starts_with(module));
            let children = below.filter_map(|other| other.last().cloned()).collect();
            let source = reader::read(module, &children, text);
            (module.clone(), source.unwrap_or_else(|error| panic!("{}: {error}", module.join("::"))))
        });
        Self { sources: sources.collect() }
    }

    /// Each file's module with the paths that it and its tests name: as they were written, or, of what
    /// the root exports under a name of its own, where it is.
    pub fn named(&self) -> impl Iterator<Item = (&reader::Path, reader::Path)> {
        self.sources.iter().flat_map(move |(module, source)| {
            let names_room =
                move |path: &reader::Path| self.sources.keys().any(|known| known.first() == path.first());
            let place = move |path: &reader::Path| {
                if names_room(path) { path.clone() } else { self.target(path, 0) }
            };
            source.named.iter().chain(&source.named_by_tests).map(move |path| (module, place(path)))
        })
    }

    /// The rooms: the modules at the crate's root.
    pub fn rooms(&self) -> BTreeSet<&str> {
        self.sources.keys().filter_map(|module| module.first()).map(String::as_str).collect()
    }

    /// Where the thing at `path` is defined.
    fn target(&self, path: &[String], depth: usize) -> reader::Path {
        let known = (0..=path.len()).rev().find(|len| self.sources.contains_key(&path[..*len])).unwrap_or(0);
        let module = path[..known].to_vec();
        let (Some(source), Some(name)) = (self.sources.get(&module), path.get(known)) else {
            return module;
        };
        // A ring of re-exports does not compile; the bound only keeps a wrong reading from running on.
        if depth > 8 || source.defined.contains(name) {
            return module;
        }
        if let Some(other) = source.imports.get(name) {
            return self.target(&[other, &path[known + 1..]].concat(), depth + 1);
        }
        if module.is_empty() {
            let exports = |source: &Source| source.macros.contains(name);
            let by_macro = self.sources.iter().find(|(_, source)| exports(source));
            return by_macro.map_or(module, |(file, _)| file.clone());
        }
        for glob in &source.globs {
            let through = self.target(&[glob, &path[known..]].concat(), depth + 1);
            if self.sources.get(&through).is_some_and(|source| source.defined.contains(name)) {
                return through;
            }
        }
        module
    }

    /// Which file needs which, by module, tests apart. A module and those inside it may need each other:
    /// they are one thing to the reader.
    pub fn arrows(&self) -> BTreeMap<reader::Path, BTreeSet<reader::Path>> {
        let arrows = self.sources.iter().map(|(module, source)| {
            let targets = source.named.iter().map(|path| self.target(path, 0));
            let others = targets.filter(|target| !target.starts_with(module) && !module.starts_with(target));
            (module.clone(), others.collect())
        });
        arrows.collect()
    }

    /// Which room needs which.
    pub fn arrows_of_rooms(&self) -> BTreeMap<reader::Path, BTreeSet<reader::Path>> {
        let mut rooms: BTreeMap<reader::Path, BTreeSet<reader::Path>> = BTreeMap::new();
        for (from, targets) in self.arrows() {
            let room = from[..from.len().min(1)].to_vec();
            let others = targets.into_iter().map(|target| target[..target.len().min(1)].to_vec());
            rooms
                .entry(room.clone())
                .or_default()
                .extend(others.filter(|other| *other != room && !other.is_empty()));
        }
        rooms.remove(&reader::Path::new());
        rooms
    }
}

/// The groups whose members reach each other, each as a line; empty when all arrows point one way.
pub fn circles(arrows: &BTreeMap<reader::Path, BTreeSet<reader::Path>>) -> Vec<String> {
    let reached = |from: &reader::Path| {
        let mut seen = BTreeSet::new();
        let mut open: Vec<&reader::Path> = arrows.get(from).into_iter().flatten().collect();
        while let Some(next) = open.pop() {
            if seen.insert(next.clone()) {
                open.extend(arrows.get(next).into_iter().flatten());
            }
        }
        seen
    };
    let reach: BTreeMap<_, _> = arrows.keys().map(|from| (from, reached(from))).collect();
    let mut found = BTreeSet::new();
    for (from, targets) in &reach {
        let circle: Vec<String> = targets
            .iter()
            .filter(|target| reach.get(target).is_some_and(|back| back.contains(*from)))
            .map(|member| {
                let inside = arrows[member]
                    .iter()
                    .filter(|to| reach.get(to).is_some_and(|back| back.contains(member)));
                let to: Vec<String> = inside.map(|to| to.join("::")).collect();
                format!("{} → {}", member.join("::"), to.join(", "))
            })
            .collect();
        if !circle.is_empty() {
            found.insert(circle.join("; "));
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(texts: &[(&str, &str)]) -> Graph {
        let module =
            |path: &str| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Graph::of(texts.iter().map(|(path, text)| (module(path), (*text).to_owned())).collect())
    }

    #[test]
    fn a_re_export_counts_as_the_file_that_defines_the_name() {
        let graph = graph(&[
            ("", "pub mod people; pub mod web;"),
            ("people", "mod codes; mod store; pub use store::User; pub use codes::*;"),
            ("people::store", "pub struct User; use super::codes::Code;"),
            ("people::codes", "pub struct Code; fn f(u: crate::people::User) {}"),
            ("web", "use crate::people::{self, Code}; fn f() { people::User::new() }"),
        ]);
        let arrows = graph.arrows();
        let of = |module: &str| -> Vec<String> {
            let module: Vec<String> = module.split("::").map(str::to_owned).collect();
            arrows[&module].iter().map(|path| path.join("::")).collect()
        };
        assert_eq!(of("web"), ["people", "people::codes", "people::store"]);
        assert_eq!(of("people::codes"), ["people::store"]);
        assert_eq!(of("people"), Vec::<String>::new());
        assert_eq!(circles(&arrows), ["people::codes → people::store; people::store → people::codes"]);
        assert_eq!(circles(&graph.arrows_of_rooms()), Vec::<String>::new());
    }

    #[test]
    fn a_circle_of_three_rooms_is_found_once() {
        let graph = graph(&[
            ("", ""),
            ("a", "use crate::{b};"),
            ("b", "fn f() { crate::c::g() }"),
            ("c", "use crate::a as first; use crate::d;"),
            ("d", ""),
        ]);
        assert_eq!(circles(&graph.arrows_of_rooms()), ["a → b; b → c; c → a"]);
    }
}
