//! The questions, in an order in which one answer gives the next question its values.

mod account;
mod below;
mod conventions;
mod filters;
mod lists;
mod writes;

use serde_json::Value;

use super::CompareError;
use super::client::{Answer, Call, Client};
use super::report::SideSummary;
use super::seen::{Seen, rows, single};
use account::Account;

/// The kinds of objects, in the order of the report.
pub(super) const KINDS: &[&str] = &[
    "opportunity",
    "deleted opportunity",
    CREATED,
    ANSWERED,
    "candidate",
    "contact",
    "application",
    "deleted application",
    "note",
    NOTE_ANSWERED,
    "file",
    "file action",
    "resume",
    "offer",
    "referral",
    "interview",
    "feedback",
    "panel",
    "posting",
    "deleted posting",
    "apply form",
    "stage",
    "disposition stage",
    "archive reason",
    "user",
    "source",
    "tag",
    "requisition",
    "requisition field",
    "feedback template",
    "webhook",
    WEBHOOK_ANSWERED,
];

// The answers to writes are kinds of their own: Lever leaves fields of them blank.
pub(super) const CREATED: &str = "created opportunity";
pub(super) const ANSWERED: &str = "opportunity in a write's answer";
pub(super) const NOTE_ANSWERED: &str = "note in a write's answer";
pub(super) const WEBHOOK_ANSWERED: &str = "webhook in a write's answer";

/// The kinds that only the write half sees.
pub(super) const WRITTEN: &[&str] = &[CREATED, ANSWERED, NOTE_ANSWERED, WEBHOOK_ANSWERED];

/// One side: what it answered.
#[derive(Debug)]
pub(super) struct Side {
    pub summary: SideSummary,
    pub seen: Seen,
}

/// Asks one side everything.
///
/// # Errors
/// What ends a comparison; see [`CompareError`].
pub(super) async fn run(mut client: Client, write: bool) -> Result<Side, CompareError> {
    account::greet(&mut client).await?;
    let mut asker = Asker { client, seen: Seen::default(), account: Account::default(), left: Vec::new() };
    lists::ask(&mut asker).await?;
    below::ask(&mut asker).await?;
    filters::ask(&mut asker).await?;
    conventions::ask(&mut asker).await?;
    let mut cut_short = asker.client.is_spent();
    if write {
        writes::ask(&mut asker).await?;
        cut_short |= asker.client.is_spent();
    }
    let Asker { client, seen, left, .. } = asker;
    let summary =
        SideSummary { url: client.base().to_owned(), started: false, calls: client.made(), cut_short, left };
    Ok(Side { summary, seen })
}

/// Asks, and keeps what is answered.
struct Asker {
    client: Client,
    seen: Seen,
    account: Account,
    /// What the write half leaves behind.
    left: Vec<String>,
}

/// A page of a list.
#[derive(Debug, Default)]
struct Page {
    rows: Vec<Value>,
    next: Option<String>,
}

impl Asker {
    /// Makes a call and takes in its answer, but for the objects in it. `None` when no
    /// more calls may be made.
    async fn ask(&mut self, call: &Call) -> Result<Option<Answer>, CompareError> {
        let answer = self.client.send(call).await?;
        if let Some(answer) = &answer {
            self.seen.answer(&call.name, answer);
        }
        Ok(answer)
    }

    /// The page of a list; `None` when it can't be seen.
    async fn list(&mut self, call: &Call, kind: &'static str) -> Result<Option<Page>, CompareError> {
        let Some(answer) = self.ask(call).await?.filter(Answer::is_success) else {
            return Ok(None);
        };
        let page =
            Page { rows: rows(answer.json()), next: answer.json()["next"].as_str().map(str::to_owned) };
        if !page.rows.is_empty() {
            let kept = if page.rows.len() <= call.limit() { "is kept" } else { "is not kept" };
            self.outcome(call, "limit", kept);
        }
        self.once(call, &page.rows);
        for row in &page.rows {
            self.seen.object(kind, &call.name, row);
        }
        Ok(Some(page))
    }

    /// Notes whether each row of a page comes once: no data makes a list repeat itself.
    fn once(&mut self, call: &Call, rows: &[Value]) {
        let objects: Vec<_> = rows.iter().filter(|row| row.is_object()).collect();
        let is_double = |(place, row): (usize, &&Value)| match id(row) {
            Some(known) => objects[..place].iter().any(|before| id(before) == Some(known)),
            None => objects[..place].contains(row),
        };
        if !objects.is_empty() {
            let twice = objects.iter().enumerate().any(is_double);
            self.outcome(call, "the same row", if twice { "comes twice" } else { "comes once" });
        }
    }

    /// One object.
    async fn one(&mut self, call: &Call, kind: &'static str) -> Result<Option<Value>, CompareError> {
        let answer = self.ask(call).await?.filter(Answer::is_success);
        let object = answer.and_then(|answer| single(answer.json()).cloned());
        if let Some(object) = &object {
            self.seen.object(kind, &call.name, object);
        }
        Ok(object)
    }

    /// Notes what came of a question about a call.
    fn outcome(&mut self, call: &Call, question: &'static str, outcome: &'static str) {
        self.seen.outcome(&call.name, question, outcome);
    }
}

/// The id of an object.
fn id(object: &Value) -> Option<&str> {
    object["id"].as_str().or_else(|| object["noteId"].as_str())
}
