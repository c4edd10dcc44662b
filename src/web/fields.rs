//! What is wrong with a form, field by field, all at once.

use std::fmt::Display;

/// What is wrong with a form. Keeps the order in which it was found.
#[derive(Debug, Clone, Default)]
pub struct FieldErrors(Vec<FieldError>);

/// What is wrong with one field, or with the form as a whole.
#[derive(Debug, Clone)]
pub struct FieldError {
    /// The id of the control; empty for the form as a whole.
    pub field: &'static str,
    /// What would be right.
    pub text: String,
}

impl FieldError {
    /// The field's name as its label says it: `time_zone` is "Time zone", `alert_url` "Alert URL".
    pub fn label(&self) -> String {
        let mut words = self.field.replace('_', " ");
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        words.replace(" url", " URL")
    }
}

impl FieldErrors {
    /// Something is wrong with the form as a whole.
    pub fn of_form(text: impl Into<String>) -> Self {
        Self(vec![FieldError { field: "", text: text.into() }])
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

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that is wrong.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}
