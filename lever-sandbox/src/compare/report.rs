//! The report: where two sides differ, as text and JSON.

use std::fmt;

use serde::Serialize;

/// Where two accounts differ in how they answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Whether there is no difference at all.
    pub same: bool,
    /// The account that was asked about.
    pub against: SideSummary,
    /// What it was compared with.
    pub with: SideSummary,
    /// Each difference once, with every call that shows it.
    pub differences: Vec<Difference>,
    /// What one side or both had nothing of, so that it could not be compared.
    pub not_seen: Vec<Missing>,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SideSummary {
    /// The API's base URL.
    pub url: String,
    /// Whether it is a sandbox that was started for the purpose.
    pub started: bool,
    /// How many calls were made.
    pub calls: u32,
    /// Whether the number of calls ended the reading before its end.
    pub cut_short: bool,
    /// What the write half left in the account.
    pub left: Vec<String>,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Aspect {
    /// The HTTP status.
    Status,
    /// What kind of body comes: JSON, something else, none.
    Body,
    /// The `Content-Type`.
    MediaType,
    /// Whether a header is there.
    Header,
    /// Whether a field is there.
    Field,
    /// The type of a field.
    Type,
    /// What a number or text of a field is like: a time and its unit, a UUID, a web address.
    Form,
    /// Whether a field may be null.
    Null,
    /// Whether a text or list is empty.
    Empty,
    /// Words of a fixed vocabulary, such as error codes.
    Word,
    /// `next` and `hasNext`.
    Paging,
    /// The form of offset tokens.
    Offset,
    /// What a parameter does.
    Behaviour,
}

impl Aspect {
    const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Body => "body",
            Self::MediaType => "Content-Type",
            Self::Header => "header",
            Self::Field => "field",
            Self::Type => "type",
            Self::Form => "form",
            Self::Null => "null",
            Self::Empty => "empty",
            Self::Word => "words",
            Self::Paging => "paging",
            Self::Offset => "offset token",
            Self::Behaviour => "behaviour",
        }
    }
}

/// One difference. It names no value of either account.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The kind of object or answer it is in: `opportunity`, `answers 404`.
    pub subject: String,
    /// The field, header or question, empty when it is the subject itself.
    pub path: String,
    /// What it is about.
    pub aspect: Aspect,
    /// How it is in the account that was asked about.
    pub against: String,
    /// How it is in what it was compared with.
    pub with: String,
    /// Whether different data in the two accounts can't explain it.
    pub certain: bool,
    /// The calls that show it.
    pub calls: Vec<String>,
    /// Whether no call of this subject fails to show it.
    pub everywhere: bool,
}

/// Something that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// A kind of object, or a call.
    pub what: String,
    /// Whether `against` had it.
    pub against: bool,
    /// Whether `with` had it.
    pub with: bool,
}

/// How many calls a line names before it counts the rest.
const CALLS_NAMED: usize = 4;

/// The report as text: *there* is the account that was asked about, *here* what it was
/// compared with.
impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "there  {}", self.against)?;
        writeln!(out, "here   {}", self.with)?;
        let mut subject = "";
        for difference in &self.differences {
            if difference.subject != subject {
                subject = &difference.subject;
                writeln!(out, "\n{subject}")?;
            }
            line(out, difference)?;
        }
        if !self.not_seen.is_empty() {
            writeln!(out, "\nNot seen, so not compared")?;
        }
        for missing in &self.not_seen {
            let side = match (missing.against, missing.with) {
                (false, false) => "neither there nor here",
                (false, true) => "not there",
                (true, _) => "not here",
            };
            writeln!(out, "  {}: {side}", missing.what)?;
        }
        let maybe = self.differences.iter().filter(|difference| !difference.certain).count();
        match self.differences.len() {
            0 => write!(out, "\nNo differences."),
            1 if maybe == 1 => write!(out, "\n1 difference, which the data may explain (?)."),
            1 => write!(out, "\n1 difference."),
            all if maybe == 0 => write!(out, "\n{all} differences."),
            all => write!(out, "\n{all} differences; the data may explain {maybe} of them (?)."),
        }
    }
}

/// One difference as a line, and the calls that show it, unless all do.
fn line(out: &mut fmt::Formatter<'_>, difference: &Difference) -> fmt::Result {
    let Difference { path, aspect, against, with, calls, .. } = difference;
    let mark = if difference.certain { '!' } else { '?' };
    let what = match (path.as_str(), aspect) {
        ("", aspect) => aspect.word().to_owned(),
        (path, Aspect::Header) => format!("header {path}"),
        (path, Aspect::Field | Aspect::Behaviour) => path.to_owned(),
        (path, aspect) => format!("{path}, {}", aspect.word()),
    };
    writeln!(out, "  {mark} {what}: there {against}, here {with}")?;
    if !difference.everywhere && !calls.is_empty() {
        let named = calls.iter().take(CALLS_NAMED).map(String::as_str).collect::<Vec<_>>().join(" · ");
        let more = calls.len().saturating_sub(CALLS_NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "      in {named}{more}")?;
    }
    Ok(())
}
impl fmt::Display for SideSummary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.started {
            true => write!(out, "a sandbox started for this comparison")?,
            false => write!(out, "{}", self.url)?,
        }
        write!(out, ", {} calls", self.calls)?;
        if self.cut_short {
            write!(out, ", ended early: --calls allows no more")?;
        }
        for left in &self.left {
            write!(out, "\n       left behind: {left}")?;
        }
        Ok(())
    }
}
