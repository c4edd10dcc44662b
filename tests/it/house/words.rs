//! No code compares English, and no room of the domain knows a word of the stylesheet.

use super::{files, root};
use std::collections::BTreeSet;
use std::fs;
use syn::visit::{self, Visit};

/// What is read of a file: literals that something is compared with; words of the stylesheet that are answered, alone
/// or at the beginning of a pair; messages.
#[derive(Default)]
struct Words {
    compared: Vec<String>,
    badges: Vec<String>,
    /// Messages of the portal that are asked for by name.
    asked: Vec<String>,
}

/// A sentence, or a part of one: words with spaces between them. Codes and tags have none.
fn is_english(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() > 1 && words.iter().all(|word| word.chars().any(char::is_alphabetic))
}

const BADGES: [&str; 5] = ["good", "attention", "failed", "waiting", "neutral"];

fn text_of(expr: &syn::Expr) -> Option<String> {
    match expr {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        syn::Expr::Reference(inner) => text_of(&inner.expr),
        _ => None,
    }
}

impl Words {
    fn badge(&mut self, answered: &syn::Expr) {
        self.badges.extend(text_of(answered).filter(|word| BADGES.contains(&word.as_str())));
    }
}

impl<'a> Visit<'a> for Words {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        let is_for_tests = module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_for_tests {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_expr_binary(&mut self, binary: &'a syn::ExprBinary) {
        if matches!(binary.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_)) {
            let sides = [&binary.left, &binary.right];
            self.compared
                .extend(sides.into_iter().filter_map(|side| text_of(side)).filter(|text| is_english(text)));
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_pat(&mut self, pattern: &'a syn::Pat) {
        if let syn::Pat::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = pattern
            && is_english(&text.value())
        {
            self.compared.push(text.value());
        }
        visit::visit_pat(self, pattern);
    }

    fn visit_expr_method_call(&mut self, call: &'a syn::ExprMethodCall) {
        let names =
            ["starts_with", "ends_with", "contains", "strip_prefix", "strip_suffix", "eq_ignore_ascii_case"];
        if names.iter().any(|name| call.method == name) {
            self.compared.extend(call.args.iter().filter_map(text_of).filter(|text| is_english(text)));
        }
        if call.method == "message" {
            self.asked.extend(call.args.first().and_then(text_of));
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if let syn::Expr::Path(function) = &*call.func
            && let Some(room) = function.path.segments.iter().rev().nth(1)
            && let Some(list) =
                [("Said", "why"), ("Advice", "advice")].iter().find(|(name, _)| room.ident == name)
            && let Some(code) = call.args.first().and_then(text_of)
        {
            self.asked.push(format!("{}-{code}", list.1));
        }
        visit::visit_expr_call(self, call);
    }

    // `Self::Good => "good"`: what an arm answers, and what a function ends with.
    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        self.badge(&arm.body);
        visit::visit_arm(self, arm);
    }

    fn visit_block(&mut self, block: &'a syn::Block) {
        if let Some(syn::Stmt::Expr(last, None)) = block.stmts.last() {
            self.badge(last);
        }
        visit::visit_block(self, block);
    }

    fn visit_expr_tuple(&mut self, pair: &'a syn::ExprTuple) {
        if pair.elems.len() == 2
            && let Some(first) = pair.elems.first()
        {
            self.badge(first);
        }
        visit::visit_expr_tuple(self, pair);
    }
}

fn read(text: &str) -> Words {
    let mut words = Words::default();
    words.visit_file(&syn::parse_file(text).unwrap());
    words
}

#[test]
fn no_code_compares_english_and_no_room_but_web_knows_the_stylesheet() {
    let src = root().join("src");
    let (mut compared, mut badges) = (Vec::new(), Vec::new());
    for path in files(&src) {
        let below = path.strip_prefix(&src).unwrap();
        let words = read(&fs::read_to_string(&path).unwrap());
        // The sentences of version 0.1, which become codes once; what the databases' drivers say, who have no codes;
        // what Lever's API calls the roles of its users.
        let foreign = ["reasons/old", "db/open.rs", "db/connect.rs", "integrations/oauth/acting.rs"];
        let is_test = below.ends_with("tests.rs");
        if !is_test && !foreign.iter().any(|place| below.starts_with(place)) {
            compared.extend(words.compared.into_iter().map(|text| format!("{}: {text}", below.display())));
        }
        // The states of version 0.1 were called so.
        if !below.starts_with("web") && !below.starts_with("reasons/old") {
            badges.extend(words.badges.into_iter().map(|word| format!("{}: {word}", below.display())));
        }
    }
    assert_eq!(compared, Vec::<String>::new());
    assert_eq!(badges, Vec::<String>::new());
}

#[test]
fn a_comparison_with_a_sentence_and_a_badge_are_found() {
    let found = |text: &str| read(&format!("fn f(text: &str) {{ {text} }}"));
    for compares in [
        "if text == \"the candidate was hired\" {}",
        "match text { \"it has no signature\" => 1, _ => 2 };",
        "text.starts_with(\"Stopped after \");",
    ] {
        assert_eq!(found(compares).compared.len(), 1, "{compares}");
    }
    for badge in [
        "let badge = (\"good\", \"all well\".to_owned());",
        "match level { Level::Good => \"good\", Level::Unproven => word(level) }",
        "if is_well { \"good\" } else { word(level) }",
    ] {
        assert_eq!(found(badge).badges, ["good"], "{badge}");
    }
    let codes = found("if text == \"hired\" || text.contains(\": \") {}");
    assert!(codes.compared.is_empty() && codes.badges.is_empty());
}

#[test]
fn every_message_that_is_asked_for_is_in_the_file() {
    let file = fs::read_to_string(root().join("locales/portal.en.ftl")).unwrap();
    let known: BTreeSet<&str> = file.lines().filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    let asked: Vec<String> = files(&root().join("src"))
        .iter()
        .flat_map(|path| read(&fs::read_to_string(path).unwrap()).asked)
        .collect();
    assert!(asked.len() > 80, "{}", asked.len());
    let missing: Vec<&String> = asked.iter().filter(|id| !known.contains(id.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new());
    let story = read("fn f() { Said::bad(\"elsewhere\", &[]); portal().message(\"quoted\", &[]) }");
    assert_eq!(story.asked, ["why-elsewhere", "quoted"]);
}

/// The codes of an enum's variants, as serde writes them.
fn codes(file: &str, name: &str) -> Vec<String> {
    let file = syn::parse_file(&fs::read_to_string(root().join(file)).unwrap()).unwrap();
    let variants = file.items.into_iter().find_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item.variants),
        _ => None,
    });
    let snake = |name: String| {
        let mut code = String::new();
        for letter in name.chars() {
            if letter.is_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.extend(letter.to_lowercase());
        }
        code
    };
    variants.unwrap().into_iter().map(|variant| snake(variant.ident.to_string())).collect()
}

#[test]
fn every_reason_has_a_sentence_and_every_sentence_a_reason() {
    let file = fs::read_to_string(root().join("locales/portal.en.ftl")).unwrap();
    // A text speaks for itself, and these are made of parts.
    let spoken = ["none", "text", "value", "invited", "alert_address"];
    for (source, name, list) in
        [("src/reasons/mod.rs", "Reason", "reason"), ("src/reasons/found.rs", "Found", "found")]
    {
        let codes = codes(source, name);
        assert!(codes.len() > 15);
        for code in codes.iter().filter(|code| !spoken.contains(&code.as_str())) {
            // One message of its own, or one for each case.
            let (whole, case) = (format!("{list}-{code} ="), format!("{list}-{code}-"));
            let is_there = file.lines().any(|line| line.starts_with(&whole) || line.starts_with(&case));
            assert!(is_there, "{list}-{code} is not in locales/portal.en.ftl");
        }
        let left = file.lines().filter_map(|line| line.strip_prefix(&format!("{list}-"))?.split_once(" ="));
        for (id, _) in left {
            let code = id.split('-').next().unwrap();
            let parts = ["held", "last"];
            assert!(
                codes.iter().any(|known| known == code) || parts.contains(&code),
                "{list}-{id} has no code"
            );
        }
    }
}
