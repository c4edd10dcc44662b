//! Checks an exported audit log against checkpoints, with the public key alone: no database, no secret.

use super::note::Checkpoint;
use crate::audit::{Hashed, START, hash};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

/// U+FEFF, which the export begins with for the sake of spreadsheets.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Why an export does not prove what it should.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// It cannot be read.
    #[error("the export cannot be read: {0}")]
    Unreadable(String),
    /// It has no row.
    #[error("the export has no rows")]
    Empty,
    /// A line is not that of a row.
    #[error("line {line} of the export is not a row of the audit log: {why}")]
    Line { line: u64, why: String },
    /// The row's content is not what its hash says.
    #[error("row {0} was changed: its hash does not match its content")]
    Changed(i64),
    /// It does not follow from the row before.
    #[error("row {0} does not follow from row {before}: one of them was changed, or rows between were removed", before = .0 - 1)]
    Unchained(i64),
    /// Rows are not there.
    #[error(
        "rows are missing between row {0} and row {1}: they were removed, or the export was filtered by more than time"
    )]
    Gap(i64, i64),
    /// The row that a checkpoint names is not in the export.
    #[error(
        "the checkpoint of {time} says that the log had {rows} rows, and the export has no row {rows}: rows \
         were removed from the end, or the export is older or incomplete"
    )]
    NotThere { time: String, rows: i64 },
    /// It is another one.
    #[error(
        "the checkpoint of {time} has a different row {rows}: this log was rewritten after the checkpoint \
         was made"
    )]
    Disagrees { time: String, rows: i64 },
    /// Checkpoints of different logs.
    #[error("the checkpoints belong to different logs")]
    DifferentLogs,
}

/// What was found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The first row of the export.
    pub first: i64,
    /// The last row.
    pub last: i64,
    /// The last row that a checkpoint stands for.
    pub attested: i64,
}

/// A row as the export has it.
#[derive(Deserialize)]
struct Line {
    seq: i64,
    at: String,
    actor: String,
    actor_id: Option<String>,
    action: String,
    subject: String,
    detail: String,
    id: String,
    prev_hash: String,
    hash: String,
}

/// Checks an export, CSV or one JSON object a line, against checkpoints whose signatures were checked.
///
/// # Errors
/// The first thing that is not in order.
pub fn check(mut export: impl BufRead, checkpoints: &[Checkpoint]) -> Result<Proven, OfflineError> {
    let unreadable = |failure: std::io::Error| OfflineError::Unreadable(failure.to_string());
    let company = checkpoints.first().map(Checkpoint::company).unwrap_or_default();
    if checkpoints.iter().any(|checkpoint| checkpoint.company() != company) {
        return Err(OfflineError::DifferentLogs);
    }
    let mut walk = Walk {
        company,
        wanted: checkpoints.iter().map(|checkpoint| (checkpoint.rows, None)).collect(),
        first: i64::MAX,
        last: 0,
        before: None,
    };
    if export.fill_buf().map_err(unreadable)?.starts_with(BOM) {
        export.consume(BOM.len());
    }
    if export.fill_buf().map_err(unreadable)?.starts_with(b"{") {
        json_lines(export, &mut walk)?;
    } else {
        csv_lines(export, &mut walk)?;
    }
    walk.compare(checkpoints)
}

fn csv_lines(export: impl Read, walk: &mut Walk<'_>) -> Result<(), OfflineError> {
    let mut reader = csv::Reader::from_reader(export);
    for (number, line) in (2..).zip(reader.deserialize()) {
        let line = line.map_err(|failure: csv::Error| OfflineError::Line {
            line: failure.position().map_or(number, csv::Position::line),
            why: failure.to_string(),
        })?;
        walk.check_line(line, number)?;
    }
    Ok(())
}

fn json_lines(export: impl BufRead, walk: &mut Walk<'_>) -> Result<(), OfflineError> {
    for (number, line) in (1..).zip(export.lines()) {
        let line = line.map_err(|failure| OfflineError::Unreadable(failure.to_string()))?;
        let line = serde_json::from_str(&line)
            .map_err(|failure| OfflineError::Line { line: number, why: failure.to_string() })?;
        walk.check_line(line, number)?;
    }
    Ok(())
}

struct Walk<'c> {
    company: &'c str,
    /// Rows that checkpoints name, and their hashes once they were met.
    wanted: BTreeMap<i64, Option<String>>,
    first: i64,
    last: i64,
    /// Number, hash before and hash of the line before.
    before: Option<(i64, String, String)>,
}

impl Walk<'_> {
    /// The next line; the export has the newest first, and the other way round is as good.
    fn check_line(&mut self, line: Line, number: u64) -> Result<(), OfflineError> {
        let at: jiff::Timestamp = line
            .at
            .parse()
            .map_err(|failure: jiff::Error| OfflineError::Line { line: number, why: failure.to_string() })?;
        if !is_hash_of(&line, self.company, at.as_millisecond()) {
            return Err(OfflineError::Changed(line.seq));
        }
        if line.seq == 1 && line.prev_hash != START {
            return Err(OfflineError::Changed(1));
        }
        if let Some((seq, prev_hash, hash)) = &self.before {
            match line.seq - seq {
                -1 if *prev_hash == line.hash => {}
                1 if line.prev_hash == *hash => {}
                -1 | 1 => return Err(OfflineError::Unchained(line.seq.max(*seq))),
                _ => return Err(OfflineError::Gap(line.seq.min(*seq), line.seq.max(*seq))),
            }
        }
        if let Some(wanted) = self.wanted.get_mut(&line.seq) {
            *wanted = Some(line.hash.clone());
        }
        (self.first, self.last) = (self.first.min(line.seq), self.last.max(line.seq));
        self.before = Some((line.seq, line.prev_hash, line.hash));
        Ok(())
    }

    fn compare(self, checkpoints: &[Checkpoint]) -> Result<Proven, OfflineError> {
        if self.before.is_none() {
            return Err(OfflineError::Empty);
        }
        for checkpoint in checkpoints {
            let (time, rows) = (checkpoint.time().to_owned(), checkpoint.rows);
            match self.wanted.get(&rows) {
                Some(Some(hash)) if *hash == checkpoint.hash => {}
                Some(Some(_)) => return Err(OfflineError::Disagrees { time, rows }),
                _ => return Err(OfflineError::NotThere { time, rows }),
            }
        }
        let attested = checkpoints.iter().map(|checkpoint| checkpoint.rows).max().unwrap_or_default();
        Ok(Proven { first: self.first, last: self.last, attested })
    }
}

/// Whether the row's hash is that of its content. In CSV a text that a spreadsheet would take for a formula stands behind
/// an apostrophe that is not the row's: the hash says which.
fn is_hash_of(line: &Line, company: &str, at: i64) -> bool {
    let ways = |text: &'_ str| -> Vec<String> {
        let bare = text.strip_prefix('\'').map(str::to_owned);
        std::iter::once(text.to_owned()).chain(bare).collect()
    };
    let (actors, actions, subjects) = (ways(&line.actor), ways(&line.action), ways(&line.subject));
    let details = ways(&line.detail);
    actors.iter().any(|actor| {
        actions.iter().any(|action| {
            subjects.iter().any(|subject| {
                details.iter().any(|detail| {
                    let row = Hashed {
                        id: &line.id,
                        company,
                        seq: line.seq,
                        at,
                        actor,
                        actor_id: line.actor_id.as_deref().unwrap_or_default(),
                        action,
                        subject,
                        detail,
                        prev_hash: &line.prev_hash,
                    };
                    hash(&row) == line.hash
                })
            })
        })
    })
}
