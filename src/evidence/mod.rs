//! Evidence that leaves the portal: one ZIP file with events, their timelines, what they caused, the audit log that goes
//! with them, a signed checkpoint, and how to check it. Written as it is read: memory stays the same however long it is.

mod zip;

use crate::audit::view::{self as audit_view, Selection};
use crate::checkpoints::Kept;
use crate::db::{Conn, Db, DbError, DbResult, limit};
use crate::events::select::Scope;
use crate::events::{evidence as events, export as events_export};
use crate::export::{Exported, Format, PATIENCE};
use crate::i18n::{number, portal};
use crate::ids::{AuditId, CompanyId, EventId};
use crate::invitations::evidence as actions;
use crate::time::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use zip::Zip;

/// Events in one pack, at most.
pub const MOST_EVENTS: i64 = 100_000;

/// The second verifier goes along.
const VERIFIER: &str = include_str!("../../docs/verify-audit/verify_audit.py");

/// What goes into a pack.
pub struct Plan {
    pub company: CompanyId,
    /// The company's name.
    pub name: String,
    /// What it is about, in words.
    pub about: String,
    /// Which events.
    pub scope: Scope,
    /// How much of them the reader may see.
    pub proofs: events_export::Proofs,
    /// The audit log from this time on, up to its end: rows in between cannot be left out, or nobody could check it.
    pub audit_from: Option<Timestamp>,
    /// Stands for the audit log.
    pub checkpoint: Kept,
    /// What checks the checkpoint.
    pub public_key: String,
    /// When the pack was asked for, in the company's zone.
    pub at: jiff::Zoned,
}

/// Why a pack was not written to its end.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// The file cannot be written.
    #[error("the evidence pack cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// Nobody reads it any more.
    #[error("nobody is reading the evidence pack any longer")]
    Gone,
}

/// Takes the next bytes; `false`: nobody wants them any more.
pub trait Out {
    /// Takes the next bytes.
    fn accept(&mut self, bytes: Vec<u8>) -> impl Future<Output = bool>;
}

struct Writer<'o, O> {
    db: Db,
    plan: Arc<Plan>,
    zip: Zip,
    out: &'o mut O,
}

/// Writes a pack.
///
/// # Errors
/// When the database cannot be asked, or nobody reads any more; the file has no end then.
pub async fn write(db: &Db, plan: Plan, out: &mut impl Out) -> Result<(), PackError> {
    let zip = Zip::new(&plan.at);
    let mut writer = Writer { db: db.clone(), plan: Arc::new(plan), zip, out };
    let (readme, note, key) = {
        let plan = &writer.plan;
        let values = [
            ("company", (&plan.name).into()),
            ("about", (&plan.about).into()),
            ("at", plan.at.strftime("%Y-%m-%d %H:%M:%S %Z").to_string().into()),
            ("rows", number(plan.checkpoint.seq)),
            ("key", (&plan.public_key).into()),
        ];
        let readme = format!("{}\n", portal().message("evidence-readme", &values));
        (readme, plan.checkpoint.note.clone(), format!("{}\n", plan.public_key))
    };
    writer.file("README.txt", readme.as_bytes()).await?;
    writer
        .rows("events.ndjson", |conn, plan, last: Option<&events_export::Record>| {
            let last = last.and_then(|record| EventId::parse(&record.id));
            events_export::lines(conn, &plan.scope, plan.proofs, last)
        })
        .await?;
    writer.of_events("timelines.ndjson", events::timelines).await?;
    writer.of_events("actions.ndjson", actions::caused).await?;
    writer
        .rows("audit.ndjson", |conn, plan, last: Option<&audit_view::Record>| {
            let selection = Selection { from: plan.audit_from, ..Selection::default() };
            let last = last.and_then(|record| AuditId::parse(&record.id));
            audit_view::lines(conn, &plan.company, &selection, last)
        })
        .await?;
    writer.file("checkpoint.txt", note.as_bytes()).await?;
    writer.file("public-key.txt", key.as_bytes()).await?;
    writer.file("verify_audit.py", VERIFIER.as_bytes()).await?;
    let end = writer.zip.finish()?;
    if writer.out.accept(end).await { Ok(()) } else { Err(PackError::Gone) }
}

impl<O: Out> Writer<'_, O> {
    async fn put(&mut self, bytes: Vec<u8>) -> Result<(), PackError> {
        if bytes.is_empty() || self.out.accept(bytes).await { Ok(()) } else { Err(PackError::Gone) }
    }

    async fn file(&mut self, name: &'static str, text: &[u8]) -> Result<(), PackError> {
        let begin = self.zip.begin(name)?;
        self.put(begin).await?;
        let data = self.zip.data(text)?;
        self.put(data).await
    }

    /// A file of rows; `load` gives those after the last one, until it gives none.
    async fn rows<R: Exported + Clone + Send + 'static>(
        &mut self,
        name: &'static str,
        load: fn(&mut Conn, &Plan, Option<&R>) -> DbResult<Vec<R>>,
    ) -> Result<(), PackError> {
        self.file(name, b"").await?;
        let mut last: Option<R> = None;
        loop {
            let plan = Arc::clone(&self.plan);
            let before = last.take();
            let rows = self.db.read(move |conn| load(conn, &plan, before.as_ref()));
            let rows = limit::within(PATIENCE, rows).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let data = self.zip.data(&Format::Ndjson.write(&rows, false)?)?;
            self.put(data).await?;
            last = rows.into_iter().next_back();
        }
    }

    /// A file of what belongs to the events.
    async fn of_events(
        &mut self,
        name: &'static str,
        load: fn(&mut Conn, &[EventId]) -> DbResult<Vec<Value>>,
    ) -> Result<(), PackError> {
        self.file(name, b"").await?;
        let mut last: Option<EventId> = None;
        loop {
            let (plan, before) = (Arc::clone(&self.plan), last);
            let part = self.db.read(move |conn| {
                let ids = events::ids(conn, &plan.scope, before)?;
                let lines = load(conn, &ids)?;
                Ok((ids, lines))
            });
            let (ids, lines) = limit::within(PATIENCE, part).await?;
            let Some(end) = ids.last() else { return Ok(()) };
            last = Some(*end);
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let data = self.zip.data(text.as_bytes())?;
            self.put(data).await?;
        }
    }
}
