//! Where two shapes differ.

use std::collections::BTreeSet;

use super::form;
use super::report::Aspect;
use super::shape::{Often, Shape, Type, join};
use super::words::ANOTHER;

/// One difference of two shapes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ShapeDifference {
    pub path: String,
    pub aspect: Aspect,
    pub against: String,
    pub with: String,
    pub certain: bool,
}

/// How the two are to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// Objects of a kind: with how many there were, and words are data.
    Objects,
    /// Answers to the same call: without numbers, and words must be the same.
    Answers,
}

/// Where two shapes differ. A place that only one side has a value at is not compared.
pub(super) fn differ(against: &Shape, with: &Shape, telling: Telling) -> Vec<ShapeDifference> {
    let mut found = Differ { telling, found: Vec::new() };
    found.places("", against, with);
    found.found
}

struct Differ {
    telling: Telling,
    found: Vec<ShapeDifference>,
}

impl Differ {
    fn tell(&mut self, path: &str, aspect: Aspect, certain: bool, sides: [String; 2]) {
        let [against, with] = sides;
        self.found.push(ShapeDifference { path: path.to_owned(), aspect, against, with, certain });
    }

    fn often(&self, times: u64, among: u64) -> String {
        match (Often::of(times, among), self.telling) {
            (Often::Always, Telling::Objects) => format!("always ({among} of {among})"),
            (Often::Sometimes, Telling::Objects) => format!("sometimes ({times} of {among})"),
            (Often::Never, Telling::Objects) => format!("never (0 of {among})"),
            (Often::Always, Telling::Answers) => "always".to_owned(),
            (Often::Sometimes, Telling::Answers) => "sometimes".to_owned(),
            (Often::Never, Telling::Answers) => "never".to_owned(),
        }
    }

    fn places(&mut self, path: &str, a: &Shape, b: &Shape) {
        if a.seen == 0 || b.seen == 0 {
            return;
        }
        // A value may be null by chance of the data, so only never against sometimes counts.
        if (a.null > 0) != (b.null > 0) {
            let sides = [a, b].map(|side| self.often(side.null, side.seen));
            self.tell(path, Aspect::Null, self.telling == Telling::Answers, sides);
        }
        if a.types.is_empty() || b.types.is_empty() {
            return;
        }
        if !a.types.keys().eq(b.types.keys()) {
            self.tell(path, Aspect::Type, true, [a, b].map(Shape::type_words));
        } else {
            self.empty(path, a, b);
            self.forms(path, a, b);
        }
        self.words(path, a, b);
        if a.times(Type::Object) > 0 && b.times(Type::Object) > 0 {
            self.fields(path, a, b);
        }
        if let (Some(a), Some(b)) = (&a.items, &b.items) {
            self.places(&format!("{path}[]"), a, b);
        }
    }

    fn fields(&mut self, path: &str, a: &Shape, b: &Shape) {
        if a.is_table() || b.is_table() {
            return self.named_fields(path, &a.folded(), &b.folded());
        }
        self.named_fields(path, a, b);
    }

    fn named_fields(&mut self, path: &str, a: &Shape, b: &Shape) {
        let names: BTreeSet<_> = a.fields.keys().chain(b.fields.keys()).collect();
        for name in names {
            let path = join(path, name);
            let counts = [a, b].map(|side| side.has(name));
            let [here, there] = counts.map(|(times, among)| Often::of(times, among));
            if here != there {
                let certain = self.telling == Telling::Answers
                    || matches!((here, there), (Often::Always, Often::Never) | (Often::Never, Often::Always));
                let sides = counts.map(|(times, among)| self.often(times, among));
                self.tell(&path, Aspect::Field, certain, sides);
            }
            if let (Some(a), Some(b)) = (a.fields.get(name), b.fields.get(name)) {
                self.places(&path, a, b);
            }
        }
    }

    fn empty(&mut self, path: &str, a: &Shape, b: &Shape) {
        let can_be_empty = a.types.keys().all(|kind| matches!(kind, Type::Text | Type::List));
        let [here, there] = [a, b].map(|side| Often::of(side.empty, side.seen - side.null));
        let apart = matches!((here, there), (Often::Always, Often::Never) | (Often::Never, Often::Always));
        if can_be_empty && apart {
            let sides = [a, b].map(|side| self.often(side.empty, side.seen - side.null));
            self.tell(path, Aspect::Empty, false, sides);
        }
    }

    /// What is a UUID here and plain text there may be so by chance of the data; a time's unit is not.
    fn forms(&mut self, path: &str, a: &Shape, b: &Shape) {
        if self.telling == Telling::Answers || a.forms.is_empty() || !a.forms.is_disjoint(&b.forms) {
            return;
        }
        let certain = [a, b].iter().all(|side| side.forms.iter().all(|form| form::is_time(form)));
        if !b.forms.is_empty() {
            let sides = [a, b].map(|side| side.forms.iter().copied().collect::<Vec<_>>().join(" or "));
            self.tell(path, Aspect::Form, certain, sides);
        }
    }

    fn words(&mut self, path: &str, a: &Shape, b: &Shape) {
        let differs = match self.telling {
            Telling::Answers => a.words != b.words,
            // Which of the known words an account uses is its own affair.
            Telling::Objects => a.words.contains(ANOTHER) != b.words.contains(ANOTHER),
        };
        if differs {
            let sides = [a, b].map(|side| listed(side.words.iter().copied()));
            self.tell(path, Aspect::Word, self.telling == Telling::Answers, sides);
        }
    }
}

/// Words as they are shown: quoted, but for "another".
pub(super) fn listed(words: impl Iterator<Item = &'static str>) -> String {
    let words: Vec<_> = words
        .map(|word| if word == ANOTHER { "another word".to_owned() } else { format!("“{word}”") })
        .collect();
    if words.is_empty() { "no known word".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::compare::words::Vocabulary;

    fn found(a: &[Value], b: &[Value]) -> Vec<(String, Aspect, bool)> {
        let of = |values: &[Value]| {
            let mut shape = Shape::default();
            for value in values {
                shape.learn(value, Vocabulary::Kind("opportunity"));
            }
            shape
        };
        let found = differ(&of(a), &of(b), Telling::Objects);
        found.into_iter().map(|one| (one.path, one.aspect, one.certain)).collect()
    }

    #[test]
    fn what_data_explains_is_no_difference() {
        let a = [json!({"id": "x", "owner": {"id": "u"}, "tags": ["x"], "at": 1, "origin": "applied"})];
        assert_eq!(found(&a, &a), []);
        assert_eq!(found(&a, &[]), []);
        let empty = [
            json!({"id": "y", "owner": {"id": "v"}, "tags": [], "at": 2, "origin": "applied"}),
            a[0].clone(),
        ];
        assert_eq!(found(&a, &empty), []);
        // Of a value that is null all the time no type is known.
        let nulls = [json!({"id": "x", "owner": null, "tags": ["x"], "at": 1, "origin": "applied"})];
        assert_eq!(found(&a, &nulls), [("owner".into(), Aspect::Null, false)]);
    }

    #[test]
    fn each_aspect_is_told_once_at_its_place() {
        let a = json!({"id": "x", "owner": {"id": "u"}, "tags": ["x"], "at": 1, "origin": "applied"});
        let changed = |change: fn(&mut Value)| {
            let mut b = a.clone();
            change(&mut b);
            found(std::slice::from_ref(&a), &[b])
        };
        let remove = changed(|b| {
            b.as_object_mut().expect("an object").remove("owner");
        });
        assert_eq!(remove, [("owner".into(), Aspect::Field, true)]);
        assert_eq!(changed(|b| b["at"] = json!("1")), [("at".into(), Aspect::Type, true)]);
        assert_eq!(changed(|b| b["owner"]["id"] = json!(7)), [("owner.id".into(), Aspect::Type, true)]);
        assert_eq!(changed(|b| b["tags"][0] = json!(7)), [("tags[]".into(), Aspect::Type, true)]);
        assert_eq!(changed(|b| b["tags"][0] = json!(null)), [("tags[]".into(), Aspect::Null, false)]);
        assert_eq!(changed(|b| b["id"] = json!("")), [("id".into(), Aspect::Empty, false)]);
        let other_form = changed(|b| b["id"] = json!("5599cc20-aaaa-4bbb-8ccc-121212121212"));
        assert_eq!(other_form, [("id".into(), Aspect::Form, false)]);
        assert_eq!(changed(|b| b["origin"] = json!("Dana")), [("origin".into(), Aspect::Word, false)]);
        assert_eq!(changed(|b| b["more"] = json!(null)), [("more".into(), Aspect::Field, true)]);
    }
}
