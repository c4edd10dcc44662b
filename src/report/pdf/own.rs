//! The candidate's own result as a PDF, in the candidate's language: the same numbers and words as on the page, and no role fit.

use super::sheet::{BODY, Column, LEFT, QUIET, STRONG, Sheet, Style};
use super::{PdfError, RANGE, SCORE, bar, paint};
use crate::time::Timestamp;
use assessment::ScaleScore;
use krilla::tagging::Tag;

/// What is in it, in words.
#[derive(Debug, Clone)]
pub struct OwnResult {
    /// The code of its language.
    pub language: &'static str,
    /// The company that invited.
    pub company: String,
    /// What the document is, and whose.
    pub title: String,
    /// For which posting; may be empty.
    pub posting: String,
    /// How scores are to be read, and what they rest on.
    pub notes: Vec<String>,
    /// Heading of the numbers, and of their columns: scale, score, range.
    pub numbers: [String; 4],
    /// All scores, a trait before its facets.
    pub lines: Vec<OwnLine>,
    /// What the scores mean: a heading, and sentences.
    pub meanings: Vec<(String, Vec<String>)>,
    /// Remarks about how the tests were taken, with their heading; may be empty.
    pub cautions: (String, Vec<String>),
    /// When the tests were completed.
    pub completed_at: Timestamp,
}

/// One score.
#[derive(Debug, Clone)]
pub struct OwnLine {
    pub name: String,
    /// A facet, which belongs to the trait above it.
    pub is_part: bool,
    pub value: ScaleScore,
    /// The score as a whole number.
    pub score: u8,
    /// Where the true score lies, in words.
    pub range: String,
    /// What is usual at the low and the high end of a facet.
    pub ends: Option<(String, String)>,
}

const NAME: Column = Column { left: LEFT, width: 150.0, is_number: false };

/// Writes it. Takes some milliseconds of a processor: call it off the server's threads.
///
/// # Errors
/// When the document could not be written, which is our fault.
pub fn own_pdf(result: &OwnResult) -> Result<Vec<u8>, PdfError> {
    let mut sheet = Sheet::new();
    sheet.paragraph(&result.company, STRONG);
    sheet.gap(10.0);
    sheet.heading(1, &result.title, 19.0);
    if !result.posting.is_empty() {
        sheet.gap(2.0);
        sheet.paragraph(&result.posting, QUIET);
    }
    sheet.gap(10.0);
    for note in &result.notes {
        sheet.paragraph(note, BODY);
        sheet.gap(4.0);
    }
    sheet.gap(8.0);
    numbers(&mut sheet, result);
    for (heading, sentences) in &result.meanings {
        sheet.heading(2, heading, 13.0);
        sheet.gap(3.0);
        for sentence in sentences {
            sheet.paragraph(sentence, BODY);
            sheet.gap(3.0);
        }
        sheet.gap(9.0);
    }
    let (heading, cautions) = &result.cautions;
    if !cautions.is_empty() {
        sheet.heading(2, heading, 13.0);
        sheet.gap(3.0);
        sheet.list(cautions);
    }
    sheet.feet(&format!("{} · {}", result.company, result.title));
    paint::paint(&sheet, &result.title, result.completed_at, result.language)
}

fn numbers(sheet: &mut Sheet, result: &OwnResult) {
    let [heading, scale, score, range] = &result.numbers;
    sheet.heading(2, heading, 13.0);
    sheet.gap(4.0);
    let table = sheet.node(None, Tag::Table);
    let columns = [(NAME, scale.as_str()), (SCORE, score.as_str()), (RANGE, range.as_str())];
    sheet.table_head(table, &columns);
    let body = sheet.node(Some(table), Tag::TBody);
    for line in &result.lines {
        let (style, indent) = if line.is_part { (QUIET, 12.0) } else { (STRONG, 0.0) };
        let name = Column { left: NAME.left + indent, width: NAME.width - indent, ..NAME };
        let (score, number) = (line.score.to_string(), Style { weight: style.weight, ..BODY });
        let cells = [
            (name, line.name.as_str(), style),
            (SCORE, score.as_str(), number),
            (RANGE, line.range.as_str(), QUIET),
        ];
        let height = if line.is_part { 15.5 } else { 19.0 };
        let top = sheet.table_row(body, &cells, height);
        bar(sheet, line.value, line.is_part, top, height);
    }
    sheet.gap(8.0);
    let ends = result.lines.iter().filter_map(|line| Some((&line.name, line.ends.as_ref()?)));
    let ends: Vec<String> =
        ends.map(|(name, (low, high))| format!("{name} · 1: {low} · 10: {high}")).collect();
    if !ends.is_empty() {
        sheet.list(&ends);
    }
    sheet.gap(14.0);
}
