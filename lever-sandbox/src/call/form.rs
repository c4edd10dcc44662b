//! Bodies that are forms: from fields like `emails[]`, `phones[0][value]` and `archived[reason]` to
//! what JSON would have said. All values are text, and read as what is wanted of them.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};

/// How deep names may be nested.
const DEEPEST: usize = 8;

/// A field of a form, or what is below its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    values: Vec<String>,
    /// In the order in which they came; of lists, the names are numbers or empty.
    below: Vec<(String, Field)>,
}

impl Field {
    /// Adds a value under a name such as `phones[0][value]`. Names that are nested too deeply or
    /// whose brackets don't close stand for themselves.
    pub fn add(&mut self, name: &str, value: String) {
        let path = path(name).unwrap_or_else(|| vec![name]);
        self.add_at(&path, value);
    }

    fn add_at(&mut self, path: &[&str], value: String) {
        let Some((first, rest)) = path.split_first() else {
            self.values.push(value);
            return;
        };
        let at = self.below.iter().rposition(|(name, field)| {
            // `[]` opens a new item, unless the last one has no such part yet.
            name == first && (!first.is_empty() || rest.first().is_some_and(|part| !field.has(part)))
        });
        let at = at.unwrap_or_else(|| {
            self.below.push(((*first).to_owned(), Self::default()));
            self.below.len() - 1
        });
        self.below[at].1.add_at(rest, value);
    }

    fn has(&self, name: &str) -> bool {
        self.below.iter().any(|(there, _)| there == name)
    }

    fn is_list(&self) -> bool {
        self.below.iter().all(|(name, _)| name.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn text(&self) -> Result<&str, Error> {
        match self.values.as_slice() {
            [value] if self.below.is_empty() => Ok(value),
            _ => Err(Error::invalid_type(Unexpected::Seq, &"one value")),
        }
    }

    fn number<T: std::str::FromStr>(&self) -> Result<T, Error> {
        let text = self.text()?;
        text.trim().parse().map_err(|_| Error::invalid_value(Unexpected::Str(text), &"a whole number"))
    }
}

/// The parts of a name: `a[b][]` is `a`, `b` and nothing.
fn path(name: &str) -> Option<Vec<&str>> {
    let (first, rest) = match name.find('[') {
        None | Some(0) => return None,
        Some(at) => name.split_at(at),
    };
    let inner = rest.strip_prefix('[')?.strip_suffix(']')?;
    let mut parts = vec![first];
    parts.extend(inner.split("]["));
    (parts.len() <= DEEPEST && parts.iter().all(|part| !part.contains(['[', ']']))).then_some(parts)
}

macro_rules! numbers {
    ($($method:ident $visit:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.number()?)
        })*
    };
}

impl<'de> Deserializer<'de> for &'de Field {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.values.len(), self.below.is_empty()) {
            (1, true) => visitor.visit_borrowed_str(self.text()?),
            (0, true) => self.deserialize_map(visitor),
            (_, true) => self.deserialize_seq(visitor),
            _ if self.is_list() => self.deserialize_seq(visitor),
            _ => self.deserialize_map(visitor),
        }
    }

    numbers!(
        deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
        deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32, deserialize_u64 visit_u64,
        deserialize_f32 visit_f32, deserialize_f64 visit_f64
    );

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.text()?.trim() {
            "true" | "1" | "on" => visitor.visit_bool(true),
            "false" | "0" | "off" | "" => visitor.visit_bool(false),
            other => Err(Error::invalid_value(Unexpected::Str(other), &"true or false")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.values.as_slice() {
            [value] if value.is_empty() && self.below.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.is_list() {
            return Err(Error::invalid_type(Unexpected::Map, &visitor));
        }
        let alone = self.values.iter().map(Item::Text);
        visitor.visit_seq(SeqDeserializer::new(
            alone.chain(self.below.iter().map(|(_, field)| Item::Field(field))),
        ))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.values.is_empty() {
            return Err(Error::invalid_type(Unexpected::Other("text"), &visitor));
        }
        visitor.visit_map(MapDeserializer::new(self.below.iter().map(|(name, field)| (name.as_str(), field))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any i128 u128
    }
}

impl<'de> IntoDeserializer<'de, Error> for &'de Field {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// One of a list: a value of a name that came several times, or a field.
enum Item<'de> {
    Text(&'de String),
    Field(&'de Field),
}

impl<'de> IntoDeserializer<'de, Error> for Item<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! items {
    ($($method:ident),*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                // A value alone is a field of its own.
                Self::Text(text) => serde::de::value::BorrowedStrDeserializer::new(text).$method(visitor),
                Self::Field(field) => field.$method(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Item<'de> {
    type Error = Error;

    items!(
        deserialize_any,
        deserialize_option,
        deserialize_seq,
        deserialize_map,
        deserialize_bool,
        deserialize_i64,
        deserialize_u64,
        deserialize_f64
    );

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => Err(Error::invalid_type(Unexpected::Str(text), &visitor)),
            Self::Field(field) => field.deserialize_struct(name, fields, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Self::Field(field) => visitor.visit_enum(field.text()?.into_deserializer()),
        }
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct identifier ignored_any
        i8 i16 i32 i128 u8 u16 u32 u128 f32
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Phone {
        value: String,
        #[serde(rename = "type")]
        kind: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Body {
        name: Option<String>,
        #[serde(default)]
        emails: Vec<String>,
        #[serde(default)]
        phones: Vec<Phone>,
        score: Option<i64>,
        #[serde(default)]
        secret: bool,
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Body, Error> {
        let mut form = Field::default();
        for (name, value) in pairs {
            form.add(name, (*value).to_owned());
        }
        Body::deserialize(&form)
    }

    #[test]
    fn lists_and_nested_fields_come_as_lever_documents_them() {
        let phone =
            |value: &str, kind: Option<&str>| Phone { value: value.into(), kind: kind.map(str::to_owned) };
        let read_one = read(&[
            ("name", "Ada"),
            ("emails[]", "a@example.com"),
            ("emails[]", "b@example.com"),
            ("phones[0][value]", "1"),
            ("phones[0][type]", "mobile"),
            ("phones[1][value]", "2"),
            ("score", "3"),
            ("secret", "true"),
        ]);
        let body = read_one.expect("readable");
        assert_eq!(body.name.as_deref(), Some("Ada"));
        assert_eq!(body.emails, ["a@example.com", "b@example.com"]);
        assert_eq!(body.phones, [phone("1", Some("mobile")), phone("2", None)]);
        assert_eq!((body.score, body.secret), (Some(3), true));
        let without_numbers =
            read(&[("phones[][value]", "1"), ("phones[][type]", "x"), ("phones[][value]", "2")]);
        assert_eq!(without_numbers.expect("readable").phones, [phone("1", Some("x")), phone("2", None)]);
        let repeated = read(&[("emails", "a"), ("emails", "b"), ("name", "")]).expect("readable");
        assert_eq!((repeated.emails.len(), repeated.name), (2, None));
        assert_eq!(read(&[("emails", "a")]).expect("readable").emails, ["a"]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(read(&[("score", "many")]).is_err());
        assert!(read(&[("secret", "perhaps")]).is_err());
        assert!(read(&[("phones", "1")]).is_err());
        assert!(read(&[("name", "a"), ("name", "b")]).is_err());
        assert!(read(&[("a[b][c][d][e][f][g][h][i]", "x")]).is_ok());
    }
}
