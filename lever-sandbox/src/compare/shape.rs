//! What JSON looks like, its values left out: which fields, of which types, how often.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::form;
use super::words::Vocabulary;

/// How deep a shape goes; what lies deeper is of no interest, and a server that nests
/// without end must not cost us the stack.
const DEEPEST: usize = 12;
/// An object with more different fields than this is a table whose keys are data.
const MOST_FIELDS: usize = 80;
/// Stands for a field whose name may be somebody's data.
pub(super) const ANY_FIELD: &str = "*";

/// A type of JSON, whole numbers told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Text,
    Integer,
    Fraction,
    Boolean,
    List,
    Object,
}

impl Type {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Fraction => "fraction",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Object => "object",
        }
    }

    /// The type of a value; `None` is null.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Null => None,
            Value::Bool(_) => Some(Self::Boolean),
            Value::Number(number) if number.is_f64() => Some(Self::Fraction),
            Value::Number(_) => Some(Self::Integer),
            Value::String(_) => Some(Self::Text),
            Value::Array(_) => Some(Self::List),
            Value::Object(_) => Some(Self::Object),
        }
    }
}

/// How often something was there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Often {
    Always,
    Sometimes,
    Never,
}

impl Often {
    pub const fn of(times: u64, among: u64) -> Self {
        match times {
            0 => Self::Never,
            times if times < among => Self::Sometimes,
            _ => Self::Always,
        }
    }
}

/// What was seen at one place of all the JSON of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shape {
    /// How many values, null among them.
    pub seen: u64,
    /// How many of them were null.
    pub null: u64,
    /// How many were of which type.
    pub types: BTreeMap<Type, u64>,
    /// How many texts and lists had nothing in them.
    pub empty: u64,
    /// The fields of the objects.
    pub fields: BTreeMap<String, Shape>,
    /// The items of the lists, all in one.
    pub items: Option<Box<Shape>>,
    /// Words of a fixed vocabulary, where there is one for this place.
    pub words: BTreeSet<&'static str>,
    /// The forms of its numbers and texts.
    pub forms: BTreeSet<&'static str>,
}

impl Shape {
    /// Takes one value in. `vocabulary` says which words may be kept.
    pub fn learn(&mut self, value: &Value, vocabulary: Vocabulary) {
        self.learn_at(value, vocabulary, "", 0);
    }

    fn learn_at(&mut self, value: &Value, vocabulary: Vocabulary, path: &str, depth: usize) {
        self.seen += 1;
        let Some(kind) = Type::of(value) else {
            self.null += 1;
            return;
        };
        *self.types.entry(kind).or_default() += 1;
        self.forms.extend(form::of(value));
        match value {
            Value::String(text) => {
                self.empty += u64::from(text.is_empty());
                vocabulary.read(path, text, &mut self.words);
            }
            Value::Array(items) => {
                self.empty += u64::from(items.is_empty());
                if depth < DEEPEST {
                    let path = format!("{path}[]");
                    for item in items {
                        let shape = self.items.get_or_insert_default();
                        shape.learn_at(item, vocabulary, &path, depth + 1);
                    }
                }
            }
            Value::Object(fields) if depth < DEEPEST => {
                // Fields whose names may be data are one field, seen once an object.
                let mut others = fields.iter().filter(|(name, _)| !is_name(name)).map(|(_, value)| value);
                let named = fields.iter().filter(|(name, _)| is_name(name));
                let first_other = others.next().map(|value| (ANY_FIELD, value));
                for (name, value) in named.map(|(name, value)| (name.as_str(), value)).chain(first_other) {
                    let path = join(path, name);
                    let shape = self.fields.entry(name.to_owned()).or_default();
                    shape.learn_at(value, vocabulary, &path, depth + 1);
                }
                for value in others {
                    let path = join(path, ANY_FIELD);
                    let shape = self.fields.entry(ANY_FIELD.to_owned()).or_default();
                    shape.learn_at(value, vocabulary, &path, depth + 1);
                    shape.seen -= 1;
                }
                self.fold_table();
            }
            _ => {}
        }
    }

    /// Makes one field of the fields of a table that has too many.
    fn fold_table(&mut self) {
        if self.fields.len() > MOST_FIELDS {
            *self = self.folded();
        }
    }

    /// Whether the keys are data, as in a table of people by their names: then objects have
    /// few fields in common, while those of a record have most of them.
    pub fn is_table(&self) -> bool {
        let objects = self.times(Type::Object);
        let is_rare = |field: &Self| field.seen * 2 <= objects;
        objects > 1 && self.fields.len() > 3 && self.fields.values().all(is_rare)
    }

    /// The same with all fields in one.
    pub fn folded(&self) -> Self {
        let mut all = Self::default();
        for shape in self.fields.values() {
            all.merge(shape);
        }
        all.seen = self.times(Type::Object);
        Self { fields: BTreeMap::from([(ANY_FIELD.to_owned(), all)]), ..self.clone() }
    }

    /// Takes in what another shape has seen.
    pub fn merge(&mut self, other: &Self) {
        self.seen += other.seen;
        self.null += other.null;
        self.empty += other.empty;
        for (kind, times) in &other.types {
            *self.types.entry(*kind).or_default() += times;
        }
        for (name, shape) in &other.fields {
            self.fields.entry(name.clone()).or_default().merge(shape);
        }
        if let Some(items) = &other.items {
            self.items.get_or_insert_default().merge(items);
        }
        self.words.extend(&other.words);
        self.forms.extend(&other.forms);
        self.fold_table();
    }

    /// How many values were of this type.
    pub fn times(&self, kind: Type) -> u64 {
        self.types.get(&kind).copied().unwrap_or_default()
    }

    /// How often an object of this shape has the field.
    pub fn has(&self, field: &str) -> (u64, u64) {
        let times = self.fields.get(field).map_or(0, |shape| shape.seen);
        (times, self.times(Type::Object))
    }

    /// The types in words: `integer or text`.
    pub fn type_words(&self) -> String {
        let words: Vec<_> = self.types.keys().map(|kind| kind.word()).collect();
        words.join(" or ")
    }
}

/// The path of a field.
pub(super) fn join(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// Whether this reads like the name of a field, and not like an id, an address or
/// anything else that belongs to a person. Only such names are ever shown.
pub(super) fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    bytes.len() <= 40
        && bytes.first().is_some_and(|byte| byte.is_ascii_lowercase())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        && digits <= 2
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(values: &[Value]) -> Shape {
        let mut shape = Shape::default();
        for value in values {
            shape.learn(value, Vocabulary::None);
        }
        shape
    }

    #[test]
    fn names_are_told_from_data() {
        for name in ["id", "createdAt", "stage_id", "line2", "hasNext"] {
            assert!(is_name(name), "{name}");
        }
        for data in ["", "Dana", "dana@acme.example", "5599cc20-aa", "a b", "a1b2c3", "naïve", "-", "9a"] {
            assert!(!is_name(data), "{data}");
        }
    }

    #[test]
    fn what_is_at_a_place_is_counted_over_all_objects() {
        let shape = of(&[
            json!({"id": "a", "tags": [], "at": 1}),
            json!({"id": "b", "tags": ["x", null]}),
            json!({"id": "", "tags": null, "at": "1"}),
        ]);
        assert_eq!(shape.has("id"), (3, 3));
        assert_eq!(shape.has("at"), (2, 3));
        assert_eq!(shape.has("no"), (0, 3));
        assert_eq!(shape.fields["at"].type_words(), "text or integer");
        assert_eq!((shape.fields["tags"].null, shape.fields["tags"].empty), (1, 1));
        assert_eq!(shape.fields["tags"].items.as_ref().map(|items| (items.seen, items.null)), Some((2, 1)));
        assert_eq!(shape.fields["id"].empty, 1);
    }

    #[test]
    fn fields_named_by_data_are_one() {
        let shape = of(&[json!({"a@example.com": 1, "B C": "x"}), json!({"id": 1})]);
        assert_eq!(shape.fields.keys().collect::<Vec<_>>(), ["*", "id"]);
        assert_eq!(shape.has("*"), (1, 2));
        let table: serde_json::Map<_, _> = (0..=MOST_FIELDS).map(|nth| (letters(nth), json!(1))).collect();
        let shape = of(&[Value::Object(table)]);
        assert_eq!(shape.fields.keys().collect::<Vec<_>>(), ["*"]);
        assert_eq!(shape.has("*"), (1, 1));
    }

    #[test]
    fn a_table_is_told_from_a_record() {
        let people = [json!({"dana": 1, "omar": 2}), json!({"priya": 1, "sven": 2})];
        assert!(of(&people).is_table());
        assert_eq!(of(&people).folded().fields.keys().collect::<Vec<_>>(), ["*"]);
        let records = [json!({"id": 1, "a": 1, "b": 2}), json!({"id": 2, "c": 1, "d": 2})];
        assert!(!of(&records).is_table());
        assert!(!of(&[json!({"a": 1, "b": 1, "c": 1, "d": 1})]).is_table());
    }

    fn letters(nth: usize) -> String {
        nth.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    }

    #[test]
    fn nesting_without_end_is_cut() {
        let mut value = json!(1);
        for _ in 0..100 {
            value = json!({ "a": [value] });
        }
        of(&[value]);
    }
}
