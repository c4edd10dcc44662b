//! Forms: what was typed, field by field, and what is wrong with it, all at once.

use serde::Deserialize;
use std::fmt::Display;

/// The hidden field with the token of the session.
pub const CSRF: &str = "csrf";

/// The hidden field that says how many invitations were shown and agreed to.
pub const CONFIRMED: &str = "confirmed";

/// A form as it was typed: names and values, in the order of the form. A value may be a secret, so it does not print.
#[derive(Clone, Default, Deserialize)]
pub struct FormText(Vec<(String, String)>);

impl FormText {
    /// The value of a field; none where the form does not ask.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).last()
    }

    /// The value of a field, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All values of a field that may come several times.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether one of several values is chosen.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|chosen| chosen == value)
    }

    /// Whether a box is ticked.
    pub fn is_on(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Puts these values in the place of a field's.
    #[must_use]
    pub fn with<V: Into<String>>(mut self, name: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.extend(values.into_iter().map(|value| (name.to_owned(), value.into())));
        self
    }

    /// What a page that asks again carries along: all but what each page makes anew.
    pub fn carried(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_made_anew = |name: &str| name == CSRF || name == CONFIRMED;
        self.0
            .iter()
            .filter(move |(name, _)| !is_made_anew(name))
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// What is wrong with a form. Keeps the order in which it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

/// What is wrong with one field, or with the form as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The id of the control; empty for the form as a whole.
    pub field: &'static str,
    /// What would be right.
    pub text: String,
}

impl FieldError {
    /// The field's name as its label says it: `time_zone` is "Time zone", `alert_url` "Alert URL".
    pub fn label(&self) -> String {
        label(self.field)
    }
}

/// The name of a field as its label says it.
pub fn label(field: &str) -> String {
    let mut words = field.replace('_', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words.replace(" url", " URL")
}

impl FieldErrors {
    /// Something is wrong with the form as a whole.
    pub fn of_form(text: impl Into<String>) -> Self {
        Self::single("", text)
    }

    /// One thing is wrong, with this field.
    pub fn single(field: &'static str, text: impl Into<String>) -> Self {
        Self(vec![FieldError { field, text: text.into() }])
    }

    /// Something is wrong with this field.
    pub fn add(&mut self, field: &'static str, text: impl Into<String>) {
        self.0.push(FieldError { field, text: text.into() });
    }

    /// Takes a parsed value, or remembers why there is none.
    pub fn keep<T, E: Display>(&mut self, field: &'static str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|why| self.add(field, why.to_string())).ok()
    }

    /// What is wrong with a field.
    pub fn on(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|error| error.field == field).map(|error| error.text.as_str())
    }

    /// Adds what was found elsewhere.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// All of it in one line, for a page without the form.
    pub fn sentences(&self) -> String {
        self.0.iter().map(|error| error.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is wrong.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}
