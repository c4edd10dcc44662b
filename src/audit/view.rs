//! What the page of the audit log asks.

use super::{Action, Row};
use crate::db::keyset::{self, Cursor, Page, containing};
use crate::db::schema::audit_log::{self, dsl};
use crate::db::{AnyBackend, Conn, DbResult};
use crate::export::{AT_A_TIME, Exported};
use crate::i18n::portal;
use crate::ids::{AuditId, CompanyId};
use crate::reasons::{Reason, RuleTerms, old};
use crate::time::Timestamp;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Rows on a page.
pub const PAGE: usize = 50;

/// Which rows; each part that is set narrows the selection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// By someone whose name in the log has this text, in any case of its letters.
    pub who: Option<String>,
    /// What was done: the action's name has this text.
    pub action: Option<String>,
    /// What it was done to: the first word of the action's name, such as `integration`.
    pub object: Option<String>,
    /// The object's name or the values have this text, in any case of its letters; a space is a hyphen or an underscore
    /// as well.
    pub text: Option<String>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

diesel::define_sql_function! {
    /// The text in lower case; SQLite knows the letters of ASCII alone.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

type Query<'q> = audit_log::BoxedQuery<'q, AnyBackend>;

fn selected<'q>(
    company: &'q CompanyId,
    selection: &'q Selection,
    cursor: Option<&'q Cursor<AuditId>>,
) -> Query<'q> {
    let mut query = dsl::audit_log.filter(dsl::company_id.eq(company)).into_boxed();
    // Addresses and actions stand in the log in lower case.
    if let Some(who) = &selection.who {
        query = query.filter(dsl::actor.like(containing(&who.to_lowercase())).escape('\\'));
    }
    if let Some(action) = &selection.action {
        query = query.filter(dsl::action.like(containing(&action.to_lowercase())).escape('\\'));
    }
    if let Some(object) = &selection.object {
        query = query.filter(dsl::action.like(format!("{object}.%")));
    }
    if let Some(text) = &selection.text {
        let pattern = containing(&text.to_lowercase()).replace(' ', "_");
        let found = lower(dsl::subject).like(pattern.clone()).escape('\\');
        query = query.filter(found.or(lower(dsl::detail).like(pattern).escape('\\')));
    }
    if let Some(from) = selection.from {
        query = query.filter(dsl::id.ge(from.first_id()));
    }
    if let Some(until) = selection.until {
        query = query.filter(dsl::id.lt(until.first_id()));
    }
    match cursor {
        None => query.order(dsl::id.desc()),
        Some(Cursor::Before(id)) => query.filter(dsl::id.lt(id)).order(dsl::id.desc()),
        Some(Cursor::After(id)) => query.filter(dsl::id.gt(id)).order(dsl::id.asc()),
    }
}

/// A page of the selection, newest first.
pub fn search(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    cursor: Option<&Cursor<AuditId>>,
) -> DbResult<Page<Row>> {
    keyset::page(cursor, PAGE, &mut |cursor, limit| {
        Ok(selected(company, selection, cursor).limit(limit).select(Row::as_select()).load(conn)?)
    })
}

/// Rows among which changes are looked for, for a page that names a few.
const LOOKED_AT: i64 = 200;

/// The newest changes: what somebody did and that had an effect. Log-ins, refusals, looking and exports are left out.
pub fn changes(conn: &mut Conn, company: &CompanyId, most: usize) -> DbResult<Vec<Row>> {
    let rows: Vec<Row> = dsl::audit_log
        .filter(dsl::company_id.eq(company))
        .order(dsl::id.desc())
        .limit(LOOKED_AT)
        .select(Row::as_select())
        .load(conn)?;
    let is_change = |row: &Row| Action::parse(&row.action).is_some_and(|action| !action.is_only_noted());
    Ok(rows.into_iter().filter(is_change).take(most).collect())
}

/// The next lines of the selection as a file, newest first, after the line with the id `last`.
pub fn lines(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    last: Option<AuditId>,
) -> DbResult<Vec<Record>> {
    records(conn, company, selection, last, AT_A_TIME)
}

/// The same, at most so many.
pub fn records(
    conn: &mut Conn,
    company: &CompanyId,
    selection: &Selection,
    last: Option<AuditId>,
    most: i64,
) -> DbResult<Vec<Record>> {
    let cursor = last.map(Cursor::Before);
    let rows: Vec<Row> =
        selected(company, selection, cursor.as_ref()).limit(most).select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Record::from).collect())
}

/// A line of the file.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    /// The place in the chain.
    pub seq: i64,
    /// When: RFC 3339, UTC.
    pub at: String,
    pub actor: String,
    /// Who, when it was a person.
    pub actor_id: Option<String>,
    /// What was done: an [`Action`].
    pub action: String,
    /// To what: a name, or a code of [`super::Subject`].
    pub subject: String,
    /// Old and new values, JSON.
    pub detail: String,
    pub id: String,
    /// The hash of the row before.
    pub prev_hash: String,
    /// The row's own hash.
    pub hash: String,
    /// What was done, in words.
    pub action_text: String,
    /// To what, in words.
    pub subject_text: String,
}

impl From<Row> for Record {
    fn from(row: Row) -> Self {
        let (action_text, subject_text) = (row.action_text(), row.subject_text());
        Self {
            seq: row.seq,
            at: row.at.rfc3339(),
            actor: row.actor,
            actor_id: row.actor_id.map(|id| id.to_string()),
            action: row.action,
            subject: row.subject,
            detail: row.detail,
            id: row.id.to_string(),
            prev_hash: row.prev_hash,
            hash: row.hash,
            action_text,
            subject_text,
        }
    }
}

impl Exported for Record {
    const COLUMNS: &'static [&'static str] = &[
        "seq",
        "at",
        "actor",
        "actor_id",
        "action",
        "subject",
        "detail",
        "id",
        "prev_hash",
        "hash",
        "action_text",
        "subject_text",
    ];

    fn cells(&self) -> Vec<Cow<'_, str>> {
        vec![
            self.seq.to_string().into(),
            (&self.at).into(),
            (&self.actor).into(),
            self.actor_id.as_deref().unwrap_or_default().into(),
            (&self.action).into(),
            (&self.subject).into(),
            (&self.detail).into(),
            (&self.id).into(),
            (&self.prev_hash).into(),
            (&self.hash).into(),
            (&self.action_text).into(),
            (&self.subject_text).into(),
        ]
    }
}

/// One value that a row tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its name, in words.
    pub name: String,
    /// What it was, when it was changed.
    pub old: Option<String>,
    /// What it is.
    pub new: String,
}

impl Row {
    /// What was done, for people; the code of a version that is not this one stays as it is.
    pub fn action_text(&self) -> String {
        action_text(&self.action)
    }

    /// To what, for people. What was replayed stands as the code of its kind. Rows are hashed and stay as they are,
    /// so the words of version 0.1 become codes here.
    pub fn subject_text(&self) -> String {
        match self.action.as_str() {
            "event.replayed" if self.subject.is_empty() => portal().message("event-unnamed", &[]),
            "event.replayed" => portal().name("event", &self.subject),
            "mail.text_changed" => mail_text(&self.subject),
            code if Action::parse(code).is_some_and(Action::has_coded_subject) => {
                portal().name("audit-subject", old::audit_subject(&self.subject))
            }
            _ => self.subject.clone(),
        }
    }

    /// The detail for people: a value that is written as `{"from": …, "to": …}` was changed.
    pub fn changes(&self) -> Vec<Change> {
        let fields: Map<String, Value> = serde_json::from_str(&self.detail).unwrap_or_default();
        fields
            .into_iter()
            .map(|(name, value)| {
                let is_reason = matches!(name.as_str(), "reason" | "why" | "failure" | "turned_off");
                let value = match name.as_str() {
                    _ if is_reason => reason(value),
                    "rule" => terms(value),
                    _ => value,
                };
                let name = name.replace('_', " ");
                match &value {
                    Value::Object(pair) if pair.len() == 2 => match (pair.get("from"), pair.get("to")) {
                        (Some(old), Some(new)) => {
                            Change { name, old: Some(value_text(old)), new: value_text(new) }
                        }
                        _ => Change { name, old: None, new: value_text(&value) },
                    },
                    _ => Change { name, old: None, new: value_text(&value) },
                }
            })
            .collect()
    }
}

/// What an action is called. Its code has a full stop, which a message's name cannot have.
pub fn action_text(code: &str) -> String {
    let id = format!("audit-{}", code.replace('.', "-"));
    if portal().has(&id) { portal().message(&id, &[]) } else { code.to_owned() }
}

/// `reminder (sv)`: which mail, and in which language.
fn mail_text(subject: &str) -> String {
    match subject.split_once(' ') {
        Some((kind, language)) => format!("{} {language}", portal().name("mail", old::mail_kind(kind))),
        None => subject.to_owned(),
    }
}

/// A rule stands as its terms, which are written out here; as words in version 0.1.
fn terms(mut value: Value) -> Value {
    let said = |value: &Value| serde_json::from_value::<RuleTerms>(value.clone()).ok();
    if let Some(terms) = said(&value) {
        return terms.sentence(portal()).into();
    }
    if let Value::Object(pair) = &mut value {
        for one in pair.values_mut() {
            if let Some(terms) = said(one) {
                *one = terms.sentence(portal()).into();
            }
        }
    }
    value
}

/// A reason stands as its code, with its parameters when it has some; as a sentence in version 0.1.
fn reason(value: Value) -> Value {
    match value {
        Value::String(code) if portal().has(&format!("reason-{code}")) => {
            portal().name("reason", &code).into()
        }
        Value::String(text) => old::audited(&text).sentence(portal()).into(),
        Value::Object(_) => Value::String(Reason::read(&value.to_string()).sentence(portal())),
        other => other,
    }
}

fn value_text(value: &Value) -> String {
    match value {
        Value::Null => portal().name("value", "none"),
        Value::Bool(true) => portal().name("value", "yes"),
        Value::Bool(false) => portal().name("value", "no"),
        Value::String(text) if text.is_empty() => portal().name("value", "empty"),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.is_empty() => portal().name("value", "none"),
        Value::Array(list) => list.iter().map(value_text).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
