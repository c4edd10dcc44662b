//! What a number or a text is like, without what it says: a time, its unit, an id, an address.

use serde_json::Value;

/// A time in milliseconds since 1970, as Lever's wire has it.
pub(super) const MILLISECONDS: &str = "a time in milliseconds";
/// A time in seconds since 1970.
pub(super) const SECONDS: &str = "a time in seconds";
/// A time as RFC 3339 writes it.
pub(super) const WRITTEN_OUT: &str = "a time as text";

/// The form of a value; `None` where there is nothing to tell.
pub(super) fn of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Number(number) => Some(match number.as_i64() {
            // The years 1980 to 2100.
            Some(315_532_800_000..=4_102_444_800_000) => MILLISECONDS,
            Some(315_532_800..=4_102_444_800) => SECONDS,
            _ => "a number",
        }),
        Value::String(text) => Some(text).filter(|text| !text.is_empty()).map(|text| of_text(text)),
        _ => None,
    }
}

/// Whether two forms say that the sides write times differently: no data explains that.
pub(super) fn is_time(form: &str) -> bool {
    matches!(form, MILLISECONDS | SECONDS | WRITTEN_OUT)
}

fn of_text(text: &str) -> &'static str {
    if uuid::Uuid::try_parse(text).is_ok() && text.len() == 36 {
        "a UUID"
    } else if text.parse::<jiff::Timestamp>().is_ok() {
        WRITTEN_OUT
    } else if text.starts_with("https://") || text.starts_with("http://") {
        "a web address"
    } else {
        "text"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_says_nothing_of_the_value() {
        let known = [
            (json!(1_491_435_120_000_i64), Some(MILLISECONDS)),
            (json!(1_491_435_120), Some(SECONDS)),
            (json!(0), Some("a number")),
            (json!(-5), Some("a number")),
            (json!(0.5), Some("a number")),
            (json!("2026-01-01T00:00:00Z"), Some(WRITTEN_OUT)),
            (json!("2026-01-01T00:00:00.000+02:00"), Some(WRITTEN_OUT)),
            (json!("5599cc20-aaaa-4bbb-8ccc-121212121212"), Some("a UUID")),
            (json!("5599cc20aaaa4bbb8ccc121212121212"), Some("text")),
            (json!("https://hire.lever.co/candidates/1"), Some("a web address")),
            (json!("Dana"), Some("text")),
            (json!(""), None),
            (json!(null), None),
            (json!(true), None),
        ];
        for (value, form) in known {
            assert_eq!(of(&value), form, "{value}");
        }
    }
}
