//! Rows as files: CSV for people's spreadsheets, one JSON object a line for programs.

use csv::{Terminator, WriterBuilder};
use serde::Serialize;
use std::borrow::Cow;
use std::time::Duration;
use unicode_normalization::UnicodeNormalization as _;

/// Rows that are read from the database at a time.
pub const AT_A_TIME: i64 = 500;

/// So long the database may take for them. A selection that fits next to nothing is looked for through everything, and
/// keeps a connection from others meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Files of rows that one company is sent at the same time.
pub const AT_ONCE: usize = 2;

/// Something that can stand in a file.
pub trait Exported: Serialize {
    /// The columns' names, which are also the names in JSON.
    const COLUMNS: &'static [&'static str];

    /// The cells, in the order of the columns.
    fn cells(&self) -> Vec<Cow<'_, str>>;
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, in UTF-8, with a header line. Excel reads UTF-8 as such only behind U+FEFF, and that is where
    /// people open it. A cell that a spreadsheet would take for a formula
    /// stands behind an apostrophe: see [`harmless`].
    Csv,
    /// One JSON object a line, with the values as they are.
    Ndjson,
}

impl Format {
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// Writes some rows; the first of a file has the header before it.
    ///
    /// # Errors
    /// When a row cannot be written, which writing to memory has no reason for.
    pub fn write<R: Exported>(self, rows: &[R], first: bool) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Csv => {
                let begin = if first { "\u{feff}".into() } else { Vec::new() };
                let mut out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(begin);
                if first {
                    out.write_record(R::COLUMNS)?;
                }
                for row in rows {
                    out.write_record(row.cells().iter().map(|cell| harmless(cell).into_owned()))?;
                }
                out.into_inner().map_err(csv::IntoInnerError::into_error)
            }
            Self::Ndjson => {
                let mut out = Vec::new();
                for row in rows {
                    serde_json::to_writer(&mut out, row)?;
                    out.push(b'\n');
                }
                Ok(out)
            }
        }
    }
}

/// A cell that no spreadsheet takes for a formula: one that begins as a formula does gets an apostrophe before
/// it. So does one whose beginning only looks like it (`＝`, `⁺`), or has spaces and letters without a width before
/// it: spreadsheets differ in what they take. (OWASP, "CSV Injection"; a candidate chooses their own name.)
pub fn harmless(cell: &str) -> Cow<'_, str> {
    let is_empty = |c: &char| c.is_whitespace() || c.is_control() || is_invisible(*c);
    let begin = cell.chars().find(|c| !is_empty(c)).into_iter().nfkc().next();
    let is_broken = cell.starts_with(|c: char| c.is_control());
    if is_broken || begin.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '|' | '%' | '\u{2212}')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Letters without a width.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}'
    ) || matches!(c, '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// Whether a text has something that people see.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(c) && c != '\u{2800}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Pair {
        name: &'static str,
        n: i32,
    }

    impl Exported for Pair {
        const COLUMNS: &'static [&'static str] = &["name", "n"];

        fn cells(&self) -> Vec<Cow<'_, str>> {
            vec![self.name.into(), self.n.to_string().into()]
        }
    }

    #[test]
    fn quotes_by_rfc_4180_and_disarms_formulas() {
        let rows = [Pair { name: "Ada \"B\", Byron", n: 1 }, Pair { name: "=1+1", n: 2 }];
        let text = String::from_utf8(Format::Csv.write(&rows, true).expect("written")).expect("UTF-8");
        assert_eq!(text, "\u{feff}name,n\r\n\"Ada \"\"B\"\", Byron\",1\r\n'=1+1,2\r\n");
    }

    #[test]
    fn formulas_are_disarmed_in_every_dress() {
        for formula in [
            "=1+1",
            "+46 70",
            "-1",
            "@SUM(A1)",
            " =1+1",
            "\u{a0}=1+1",
            "\u{3000}=1+1",
            "\u{200b}=1+1",
            "\u{feff}=1+1",
            "\u{202e}=1+1",
            "\u{ad}=1+1",
            "\u{2060}+1",
            "\t=1+1",
            "\r=1+1",
            "\n=1+1",
            "\tx",
            "\u{ff1d}1+1",
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}SUM",
            "\u{fe66}1",
            "\u{fe62}1",
            "\u{fe63}1",
            "\u{fe6b}SUM",
            "\u{207c}1",
            "\u{207a}1",
            "\u{207b}1",
            "\u{208c}1",
            "\u{2212}1",
            "%0A=1",
            "|cmd",
        ] {
            assert_eq!(harmless(formula), format!("'{formula}"), "{formula:?}");
        }
        for text in ["Ada", "1+1", "Åsa Öberg", "a=b", "", "ada@x.example", "李", "（=）", "\u{200b}", " "]
        {
            assert_eq!(harmless(text), text, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_visible_by_its_letters() {
        for text in ["Ada", "李", ".", "👩\u{200d}🔬", "\u{202e}a"] {
            assert!(is_visible(text), "{text:?}");
        }
        for text in ["", " ", "\u{200b}", "\u{a0}\u{3000}", "\u{200d}", "\u{3164}", "\u{2800}", "\u{fe0f}"] {
            assert!(!is_visible(text), "{text:?}");
        }
    }

    #[test]
    fn json_lines_keep_the_values_as_they_are() {
        let rows = [Pair { name: "=1\n2", n: -2 }];
        let text = String::from_utf8(Format::Ndjson.write(&rows, true).expect("written")).expect("UTF-8");
        assert_eq!(text, "{\"name\":\"=1\\n2\",\"n\":-2}\n");
    }
}
