//! Forms that somebody overtook: nothing is saved over a change that its sender has not seen. A form carries a mark of
//! the values that it showed; when others are saved by now, it is shown again with what was typed.

use super::PageError;
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::forms::label;
use crate::ids::CompanyId;
use crate::secrets::hash_of;
use crate::state::AppState;
use serde::Serialize;
use serde_json::Value;

/// The mark of saved values, for the hidden field `shown`.
fn mark(saved: &impl Serialize) -> String {
    let text = serde_json::to_string(saved).expect("a form is plain data");
    hash_of(&text).split_at(16).0.to_owned()
}

/// The mark that a page gives its form: the one that came with what was typed, until its sender was told of a change.
pub fn next_mark(saved: &impl Serialize, came: Option<&str>, is_overtaken: bool) -> String {
    match came {
        Some(came) if !came.is_empty() && !is_overtaken => came.to_owned(),
        _ => mark(saved),
    }
}

/// Whether other values are saved now than a form showed. One without a mark is taken as it is.
pub fn is_overtaken(shown: &str, saved: &impl Serialize) -> bool {
    !shown.is_empty() && shown != mark(saved)
}

/// What became of a form.
#[derive(Debug)]
pub enum Saving<F> {
    /// It was saved; whether that changed anything.
    Done(bool),
    /// Nothing was saved: these values are, and not those that the form showed.
    Overtaken(F),
}

/// Saves unless somebody changed what the form showed.
///
/// # Errors
/// When the database refuses, or is out of reach.
pub async fn save_unless_overtaken<F: Serialize + Send + 'static>(
    app: &AppState,
    company: &CompanyId,
    shown: String,
    saved: impl FnOnce(&mut Conn) -> DbResult<F> + Send + 'static,
    save: impl FnOnce(&mut Conn) -> DbResult<bool> + Send + 'static,
) -> Result<Saving<F>, PageError> {
    let company = *company;
    let work = move |conn: &mut Conn| {
        // Two who save at the same time take turns.
        dialect::lock_company(conn, &company)?;
        let now = saved(conn)?;
        if is_overtaken(&shown, &now) {
            return Ok(Saving::Overtaken(now));
        }
        Ok::<_, DbError>(Saving::Done(save(conn)?))
    };
    Ok(app.db.write(work).await?)
}

/// What a page says of it: fields whose saved value is another than what was typed, each with the saved one.
#[derive(Debug)]
pub struct Overtaken {
    pub saved: Vec<(String, String)>,
}

impl Overtaken {
    /// Compares what was typed with what is saved.
    pub fn new(typed: &impl Serialize, saved: &impl Serialize) -> Self {
        let fields = |form: Value| match form {
            Value::Object(fields) => fields,
            _ => serde_json::Map::new(),
        };
        let typed = fields(serde_json::to_value(typed).expect("a form is plain data"));
        let saved = fields(serde_json::to_value(saved).expect("a form is plain data"));
        let differs = |(name, value): (String, Value)| {
            // Not asked, and stays as it is.
            let was = typed.get(&name).filter(|typed| !typed.is_null() || value.is_null())?;
            (*was != value).then(|| (label(&name), shown(&value)))
        };
        Self { saved: saved.into_iter().filter_map(differs).collect() }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_named() {
        let typed = json!({"company_name": "Acme", "retention": "12", "daily_limit": null, "remind": null});
        let saved = json!({"company_name": "Acme", "retention": "24", "daily_limit": "9", "remind": null});
        assert_eq!(Overtaken::new(&typed, &saved).saved, [("Retention".to_owned(), "24".to_owned())]);
        assert_ne!(mark(&typed), mark(&saved));
        assert_eq!(mark(&saved), mark(&saved.clone()));
    }
}
