//! Long lists, a page at a time: a page is the rows before or after an id, never "the 40th page",
//! so it costs the same at the end of ten million rows as at the beginning, and rows that arrive
//! meanwhile neither repeat nor hide one. (Keyset pagination.)

use super::{AnyBackend, Conn, DbResult};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::{QueryResult, RunQueryDsl};

/// Where a page of a newest-first list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor<Id> {
    /// The rows that are older than this one.
    Before(Id),
    /// The rows that are newer than this one.
    After(Id),
}

/// A page of a list, newest first.
#[derive(Debug, Clone)]
pub struct Page<Row> {
    pub rows: Vec<Row>,
    /// Whether this is not the first page.
    pub newer: bool,
    /// Whether rows follow.
    pub older: bool,
}

/// Reads up to so many rows beyond a cursor.
pub type Load<'l, Row, Id> = dyn FnMut(Option<&Cursor<Id>>, i64) -> DbResult<Vec<Row>> + 'l;

/// Takes one page. `load` answers up to so many rows beyond the cursor: ascending for
/// [`Cursor::After`], descending otherwise. A page of newer rows that would not be full is the
/// first page.
pub fn page<Row, Id>(
    cursor: Option<&Cursor<Id>>,
    size: usize,
    load: &mut Load<'_, Row, Id>,
) -> DbResult<Page<Row>> {
    let one_more = i64::try_from(size).unwrap_or(i64::MAX).saturating_add(1);
    let mut rows = load(cursor, one_more)?;
    let more = rows.len() > size;
    rows.truncate(size);
    match cursor {
        None => Ok(Page { rows, newer: false, older: more }),
        Some(Cursor::Before(_)) => Ok(Page { rows, newer: true, older: more }),
        Some(Cursor::After(_)) if more => {
            rows.reverse();
            Ok(Page { rows, newer: true, older: true })
        }
        Some(Cursor::After(_)) => page(None, size, load),
    }
}

/// How many rows a query gives. Give it a limit, and no more than that are looked at.
pub fn count<Q>(conn: &mut Conn, limited: Q) -> DbResult<i64>
where
    Q: Query + QueryFragment<AnyBackend> + QueryId,
{
    Ok(Counted(limited).get_result(conn)?)
}

/// `SELECT COUNT(*) FROM (…)`.
#[derive(QueryId)]
struct Counted<Q>(Q);

impl<Q: Query> Query for Counted<Q> {
    type SqlType = BigInt;
}

impl<Q> RunQueryDsl<Conn> for Counted<Q> {}

impl<Q: QueryFragment<AnyBackend>> QueryFragment<AnyBackend> for Counted<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, AnyBackend>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS counted");
        Ok(())
    }
}

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere, letter for letter.
pub fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A list of 1..=n, newest (highest) first.
    fn list(n: i64) -> impl FnMut(Option<&Cursor<i64>>, i64) -> DbResult<Vec<i64>> {
        move |cursor, limit| {
            let limit = usize::try_from(limit).expect("small");
            Ok(match cursor {
                None => (1..=n).rev().take(limit).collect(),
                Some(Cursor::Before(id)) => (1..*id).rev().take(limit).collect(),
                Some(Cursor::After(id)) => (*id + 1..=n).take(limit).collect(),
            })
        }
    }

    #[test]
    fn older_and_newer_lead_through_the_whole_list_and_back() {
        let mut load = list(7);
        let first = page(None, 3, &mut load).expect("a page");
        assert_eq!((first.rows, first.newer, first.older), (vec![7, 6, 5], false, true));
        let second = page(Some(&Cursor::Before(5)), 3, &mut load).expect("a page");
        assert_eq!((second.rows, second.newer, second.older), (vec![4, 3, 2], true, true));
        let last = page(Some(&Cursor::Before(2)), 3, &mut load).expect("a page");
        assert_eq!((last.rows, last.newer, last.older), (vec![1], true, false));
        let back = page(Some(&Cursor::After(1)), 3, &mut load).expect("a page");
        assert_eq!((back.rows, back.newer, back.older), (vec![4, 3, 2], true, true));
        let top = page(Some(&Cursor::After(5)), 3, &mut load).expect("a page");
        assert_eq!((top.rows, top.newer, top.older), (vec![7, 6, 5], false, true));
    }

    #[test]
    fn a_pattern_takes_wildcards_as_letters() {
        assert_eq!(containing(r"50%_a\b"), r"%50\%\_a\\b%");
    }
}
