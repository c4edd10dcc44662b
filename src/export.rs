//! Rows as files: CSV for people's spreadsheets, one JSON object a line for programs.

use csv::{Terminator, WriterBuilder};
use serde::Serialize;
use std::borrow::Cow;

/// Rows that are read from the database at a time.
pub const AT_A_TIME: i64 = 500;

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
    /// RFC 4180, in UTF-8, with a header line. A cell that a spreadsheet would take for a formula
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
                let mut out = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
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

/// A cell that no spreadsheet takes for a formula: one that begins as a formula does gets an
/// apostrophe before it. (OWASP, "CSV Injection"; a candidate chooses their own name.)
pub fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
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
        assert_eq!(text, "name,n\r\n\"Ada \"\"B\"\", Byron\",1\r\n'=1+1,2\r\n");
    }

    #[test]
    fn json_lines_keep_the_values_as_they_are() {
        let rows = [Pair { name: "=1\n2", n: -2 }];
        let text = String::from_utf8(Format::Ndjson.write(&rows, true).expect("written")).expect("UTF-8");
        assert_eq!(text, "{\"name\":\"=1\\n2\",\"n\":-2}\n");
    }
}
