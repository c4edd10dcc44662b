//! Deserializers that take what Lever's answers hold in practice, and the form of its instants.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::text;

/// The field's value, or its default where it is null or of another shape. A list is: no field that is read by this has
/// one, and an object would be read out of it by the order of its fields.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    let value = Value::deserialize(deserializer)?;
    Ok(if value.is_array() { T::default() } else { T::deserialize(value).unwrap_or_default() })
}

/// Makes readers of text that is given as text or as an object, cleaned and bounded; nothing left is none.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $name_s:ident, $limit:expr;)*) => {$(
        $(#[$doc])*
        pub(super) fn $name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
            let value = Value::deserialize(deserializer)?;
            Ok(text_of(&value).map(|text| text::clean(text, $limit)).filter(|text| !text.is_empty()))
        }

        /// The same where no text is empty text.
        #[allow(dead_code, reason = "not each kind of text has both forms")]
        pub(super) fn $name_s<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
            $name(deserializer).map(Option::unwrap_or_default)
        }
    )*};
}

texts! {
    /// A name.
    name, name_or_empty, text::NAME;
    /// A title.
    title, title_or_empty, text::TITLE;
    /// A tag or a source.
    tag, tag_or_empty, text::TAG;
    /// A stage's or a reason's text.
    stage, stage_or_empty, text::STAGE;
    /// A word of Lever's, or a telephone number.
    word, word_or_empty, text::WORD;
}

/// An e-mail address.
pub(super) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(address_of(&Value::deserialize(deserializer)?))
}

/// E-mail addresses, each given as text or as an object; a single one counts as a list.
pub(super) fn addresses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    each(deserializer, address_of)
}

/// Tags, each given as text or as an object; a single one counts as a list.
pub(super) fn tags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    each(deserializer, |value| {
        text_of(value).map(|text| text::clean_exact(text, text::TAG)).filter(|text| !text.trim().is_empty())
    })
}

/// A web address that a page may link to.
pub(super) fn link<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text_of(&Value::deserialize(deserializer)?).and_then(text::clean_link))
}

/// Web addresses; what people typed that is none is left out.
pub(super) fn links<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    each(deserializer, |value| text_of(value).and_then(text::clean_link))
}

/// Text as it was sent, for what is compared or searched and never stored.
pub(super) fn exact<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text_of(&Value::deserialize(deserializer)?).map(str::to_owned))
}

/// A whole number that is not negative, as a number or as text.
pub(super) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.trim().parse().ok()))
}

fn each<'de, D: Deserializer<'de>>(
    deserializer: D,
    read: impl Fn(&Value) -> Option<String>,
) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.iter().filter_map(read).collect(),
        single => read(&single).into_iter().collect(),
    })
}

fn address_of(value: &Value) -> Option<String> {
    text_of(value).map(text::clean_address).filter(|address| !address.is_empty())
}

/// A list whose unreadable items are left out. One object without a list around it is a list of one.
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => {
            let single = items.into_iter().filter(|item| !item.is_array());
            single.filter_map(|item| T::deserialize(item).ok()).collect()
        }
        item @ Value::Object(_) => T::deserialize(item).into_iter().collect(),
        _ => Vec::new(),
    })
}

fn text_of(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.trim().is_empty()),
        Value::Object(fields) => {
            ["value", "text", "name", "url", "id"].iter().find_map(|name| fields.get(*name)?.as_str())
        }
        _ => None,
    }
}

/// Instants: integers, milliseconds since 1970 UTC. A numeric string is taken too; anything else is none.
pub(super) mod millis {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    pub(in super::super) fn serialize<S: Serializer>(
        at: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        at.map(|at| at.as_millisecond()).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let millis = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        Ok(millis.and_then(|millis| Timestamp::from_millisecond(millis).ok()))
    }
}

/// An instant that must be there, in the form that Lever's have.
pub(crate) mod instant {
    use jiff::Timestamp;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        at.as_millisecond().serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        Timestamp::from_millisecond(millis).map_err(D::Error::custom)
    }
}
