//! Reads with a parser which paths a source file names: imports (grouped, renamed, nested, glob),
//! paths in expressions, types and attributes, and those in macros' arguments.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// A module's path below the crate, or that of something in it: `["people", "store", "User"]`.
pub type Path = Vec<String>;

/// What one file says.
#[derive(Debug, Default)]
pub struct Source {
    /// Each path that it names, from the crate's root.
    pub named: BTreeSet<Path>,
    /// Those of them that only its tests name.
    pub named_by_tests: BTreeSet<Path>,
    /// What its imports call things, and what they are: `use crate::web as w` is `w` → `["web"]`.
    pub imports: BTreeMap<String, Path>,
    /// Modules whose names it imports all.
    pub globs: BTreeSet<Path>,
    /// What it defines itself.
    pub defined: BTreeSet<String>,
    /// The macros that it puts at the crate's root.
    pub macros: BTreeSet<String>,
}

/// Reads the file of the module `module`; `children` are the modules below it that have their own files.
pub fn read(module: &[String], children: &BTreeSet<String>, text: &str) -> syn::Result<Source> {
    let file = syn::parse_file(text)?;
    let mut reader = Reader { at: module.to_vec(), children: children.clone(), ..Reader::default() };
    reader.visit_file(&file);
    let Reader { mut source, raw, .. } = reader;
    for Raw { at, segments, is_test } in raw {
        if let Some(path) = absolute(&at, children, module, &source.imports, &segments) {
            if is_test {
                source.named_by_tests.insert(path)
            } else {
                source.named.insert(path)
            };
        }
    }
    Ok(source)
}

/// A path as it was written, and the module in which it was.
struct Raw {
    at: Path,
    segments: Vec<String>,
    is_test: bool,
}

#[derive(Default)]
struct Reader {
    at: Path,
    children: BTreeSet<String>,
    source: Source,
    raw: Vec<Raw>,
    /// Whether what is read now is compiled for tests only.
    is_test: bool,
}

/// The path from the crate's root; none for what is another crate's or a local name.
fn absolute(
    at: &[String],
    children: &BTreeSet<String>,
    module: &[String],
    imports: &BTreeMap<String, Path>,
    segments: &[String],
) -> Option<Path> {
    let (first, rest) = segments.split_first()?;
    let mut path = match first.as_str() {
        "crate" => Path::new(),
        "self" => at.to_vec(),
        "super" => at[..at.len().checked_sub(1)?].to_vec(),
        name if children.contains(name) => [module, &[name.to_owned()]].concat(),
        name => imports.get(name)?.clone(),
    };
    for segment in rest {
        if segment == "super" {
            path.pop();
        } else if segment != "self" {
            path.push(segment.clone());
        }
    }
    Some(path)
}

/// Whether an item stands under `#[cfg(test)]`.
fn is_for_tests(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        let meta = &attribute.meta;
        meta.path().is_ident("cfg")
            && matches!(meta, syn::Meta::List(list) if list.tokens.to_string() == "test")
    })
}

impl Reader {
    fn note(&mut self, segments: Vec<String>) {
        self.raw.push(Raw { at: self.at.clone(), segments, is_test: self.is_test });
    }

    /// One branch of an import, below `prefix`.
    fn import(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.import(&with(&path.ident), &path.tree),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(prefix, tree)),
            syn::UseTree::Name(name) => {
                let name_here =
                    if name.ident == "self" { prefix.last().cloned() } else { Some(name.ident.to_string()) };
                self.imported(name_here, with(&name.ident));
            }
            syn::UseTree::Rename(rename) => {
                self.imported(Some(rename.rename.to_string()), with(&rename.ident));
            }
            syn::UseTree::Glob(_) => {
                if let Some(path) = self.resolved(prefix) {
                    self.source.globs.insert(path);
                }
                self.note(prefix.to_vec());
            }
        }
    }

    fn imported(&mut self, name: Option<String>, segments: Vec<String>) {
        if let (Some(name), Some(path)) = (name, self.resolved(&segments)) {
            self.source.imports.insert(name, path);
        }
        self.note(segments);
    }

    fn resolved(&self, segments: &[String]) -> Option<Path> {
        absolute(&self.at, &self.children, &self.at, &self.source.imports, segments)
    }

    /// The paths in tokens that no parser knows: an identifier, then `::` and another, or a group of them.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Ident(_) => at = self.path_in(&tokens, at, &[]),
                TokenTree::Group(group) => {
                    self.tokens(group.stream());
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    /// Notes the path that begins at `at`, which is an identifier; answers where it ends.
    fn path_in(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String]) -> usize {
        let mut segments = prefix.to_vec();
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(ident)) => segments.push(ident.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    let mut within = 0;
                    while within < inner.len() {
                        within = match &inner[within] {
                            TokenTree::Ident(_) => self.path_in(&inner, within, &segments),
                            _ => within + 1,
                        };
                    }
                    return at + 1;
                }
                _ => break,
            }
            let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
            if is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2)) {
                at += 3;
            } else {
                at += 1;
                break;
            }
        }
        if segments.len() > 1 {
            self.note(segments);
        }
        at
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&[], &item.tree);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.source.defined.insert(item.ident.to_string());
        self.at.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.at.pop();
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Const(item) => Some(&item.ident),
            syn::Item::Enum(item) => Some(&item.ident),
            syn::Item::Fn(item) => Some(&item.sig.ident),
            syn::Item::Static(item) => Some(&item.ident),
            syn::Item::Struct(item) => Some(&item.ident),
            syn::Item::Trait(item) => Some(&item.ident),
            syn::Item::Type(item) => Some(&item.ident),
            syn::Item::Macro(item) => {
                let is_exported =
                    item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
                if let (true, Some(name)) = (is_exported, &item.ident) {
                    self.source.macros.insert(name.to_string());
                }
                item.ident.as_ref()
            }
            _ => None,
        };
        self.source.defined.extend(name.map(ToString::to_string));
        let was_test = self.is_test;
        self.is_test |= is_for_tests(item);
        visit::visit_item(self, item);
        self.is_test = was_test;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && path.segments.len() > 1 {
            self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    // `pub(in crate::room)` says who may see, not what is needed.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        self.visit_path(&invoked.path);
        self.tokens(invoked.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let module = ["invitations".to_owned(), "store".to_owned()];
        let read = read(&module, &BTreeSet::from(["rows".to_owned()]), text).unwrap();
        read.named.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn every_way_to_name_a_room_is_read() {
        let cases: [(&str, &[&str]); 17] = [
            ("use crate::web;", &["web"]),
            ("use crate::{web};", &["web"]),
            ("use crate::web as w;", &["web"]),
            ("use crate::web as w; fn f() { w::page::show() }", &["web", "web::page::show"]),
            (
                "use crate::{db::{self, Conn}, web::{pages::{a, b as c}}};",
                &["db::Conn", "db", "web::pages::a", "web::pages::b"],
            ),
            ("use crate::web::*;", &["web"]),
            ("fn f() { use crate::web; }", &["web"]),
            ("fn f() { crate::web::show(1) }", &["web::show"]),
            ("fn f(x: Vec<crate::web::Page>) -> impl crate::web::Shows {}", &["web::Page", "web::Shows"]),
            ("fn f(x: u8) { match x { crate::web::ONE => {} _ => {} } }", &["web::ONE"]),
            ("fn f() { assert_eq!(1, crate::web::show(1), \"{}\", 2) }", &["web::show"]),
            ("macro_rules! m { () => { use $crate::{web::{a, b}}; } }", &["web::a", "web::b"]),
            ("#[diesel(table_name = crate::web::rows)] struct Row;", &["web::rows"]),
            (
                "fn f() { super::super::web::show(); super::actions::plan() }",
                &["invitations::actions::plan", "web::show"],
            ),
            (
                "fn f() { rows::all(); self::rows::one() }",
                &["invitations::store::rows::all", "invitations::store::rows::one"],
            ),
            ("mod inner { use super::super::rules; }", &["invitations::rules"]),
            (
                "// use crate::web;\npub(in crate::web) fn f() { let crate_web = \"crate::web\"; serde::x(); }",
                &[],
            ),
        ];
        for (text, expected) in cases {
            let mut expected: Vec<String> = expected.iter().map(|path| (*path).to_owned()).collect();
            expected.sort();
            let mut found = named(text);
            found.sort();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_only_tests_name_is_kept_apart() {
        let text = "fn f() { crate::db::open() } #[cfg(test)] mod tests { use super::*; use crate::web; }";
        let read = read(&["ids".to_owned()], &BTreeSet::new(), text).unwrap();
        assert_eq!(read.named, BTreeSet::from([vec!["db".to_owned(), "open".to_owned()]]));
        assert_eq!(read.named_by_tests, BTreeSet::from([vec!["ids".to_owned()], vec!["web".to_owned()]]));
    }
}
