//! The account's lists, page by page, and the single objects in them.

use std::cmp::Ordering;

use reqwest::Method;
use serde_json::Value;

use super::{Asker, Page, id};
use crate::compare::CompareError;
use crate::compare::client::Call;

/// A list and the kind of what is in it; the template of one object, if it can be read.
struct List {
    path: &'static str,
    kind: &'static str,
    single: Option<&'static str>,
}

const fn list(path: &'static str, kind: &'static str, single: Option<&'static str>) -> List {
    List { path, kind, single }
}

const LISTS: &[List] = &[
    list("/stages", "stage", Some("/stages/{id}")),
    list("/disposition_stages", "disposition stage", None),
    list("/archive_reasons", "archive reason", Some("/archive_reasons/{id}")),
    list("/sources", "source", None),
    list("/tags", "tag", None),
    list("/users", "user", Some("/users/{id}")),
    list("/postings", "posting", Some("/postings/{id}")),
    list("/postings/deleted", "deleted posting", None),
    list("/requisitions", "requisition", Some("/requisitions/{id}")),
    list("/requisition_fields", "requisition field", None),
    list("/feedback_templates", "feedback template", None),
    list("/opportunities", "opportunity", Some("/opportunities/{id}")),
    list("/opportunities/deleted", "deleted opportunity", None),
    list("/applications/deleted", "deleted application", None),
    list("/candidates", "candidate", Some("/candidates/{id}")),
    list("/webhooks", "webhook", None),
];

/// How many pages of opportunities are read for their shape.
const PAGES: usize = 3;
/// How many single objects of a list are read.
const SINGLES: usize = 3;

/// An id that nothing has.
pub(super) const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Reads all lists.
pub(super) async fn ask(asker: &mut Asker) -> Result<(), CompareError> {
    for list in LISTS {
        let rows = pages(asker, list).await?;
        if let Some(template) = list.single {
            singles(asker, list, template, &rows).await?;
        }
        keep(asker, list.kind, rows);
    }
    contacts(asker).await
}

/// The list without a limit, and two pages of one row.
async fn pages(asker: &mut Asker, list: &List) -> Result<Vec<Value>, CompareError> {
    let whole = Call::get(list.path);
    let Some(mut page) = asker.list(&whole, list.kind).await? else {
        return Ok(Vec::new());
    };
    let mut rows = std::mem::take(&mut page.rows);
    let more = if list.kind == "opportunity" { PAGES - 1 } else { 0 };
    for _ in 0..more {
        let Some(next) = page.next.take() else { break };
        let call = Call::get(list.path).of("offset", next);
        page = asker.list(&call, list.kind).await?.unwrap_or_default();
        rows.append(&mut page.rows);
    }
    if let Some(order) = order(&rows) {
        asker.outcome(&whole, "rows", order);
    }
    short_pages(asker, list, &rows).await?;
    Ok(rows)
}

/// How rows stand that say when they were made, or that have nothing but a text to be known by; `None` when they say
/// neither, or are too few to tell.
pub(super) fn order(rows: &[Value]) -> Option<&'static str> {
    if rows.len() <= 3 {
        return None;
    }
    let times: Option<Vec<_>> = rows.iter().map(|row| row["createdAt"].as_i64()).collect();
    if let Some(times) = times {
        return match turns(&times) {
            (true, false) => Some("come newest first"),
            (false, true) => Some("come oldest first"),
            (true, true) => Some("come in another order than their age"),
            (false, false) => None,
        };
    }
    let text = |row: &Value| row["text"].as_str().filter(|_| row["id"].is_null()).map(str::to_lowercase);
    let texts: Option<Vec<_>> = rows.iter().map(text).collect();
    match turns(&texts?) {
        (true, false) => Some("come in reverse alphabetical order"),
        (false, true) => Some("come in alphabetical order"),
        (true, true) => Some("come in another order than the alphabet's"),
        (false, false) => None,
    }
}

/// Whether a row's value is ever lower, and ever higher, than that of the row before it.
fn turns<T: Ord>(values: &[T]) -> (bool, bool) {
    let pairs = || values.windows(2).map(|pair| pair[0].cmp(&pair[1]));
    (pairs().any(Ordering::is_gt), pairs().any(Ordering::is_lt))
}

/// What a row is known by: its id, or its text where it has none.
fn known_by(row: &Value) -> Option<&str> {
    id(row).or_else(|| row["text"].as_str())
}

async fn short_pages(asker: &mut Asker, list: &List, whole: &[Value]) -> Result<(), CompareError> {
    let first = Call::get(list.path).with("limit", "1");
    let Some(Page { rows: before, next }) = asker.list(&first, list.kind).await? else {
        return Ok(());
    };
    // By what it is known by: between the two questions the rest of a row may have changed.
    let first_row = before.first().and_then(known_by);
    let place = first_row.map(|first| whole.iter().position(|row| known_by(row) == Some(first)));
    if let Some(Some(place)) = place {
        let word = if place == 0 { "is the list's first" } else { "is another than the list's first" };
        asker.outcome(&first, "the first row", word);
    }
    let Some(next) = next else { return Ok(()) };
    if list.kind == "stage" {
        asker.account.foreign_offset = Some(next.clone());
    }
    let second = Call::get(list.path).with("limit", "1").of("offset", next);
    if let Some(page) = asker.list(&second, list.kind).await? {
        let goes_on = match page.rows.as_slice() {
            [] => "is empty",
            rows if rows.iter().any(|row| before.contains(row)) => "repeats the page before",
            _ => "goes on",
        };
        asker.outcome(&second, "the page at next", goes_on);
    }
    Ok(())
}

/// Some objects of a list one by one, one that doesn't exist, and one whose id can't be.
async fn singles(
    asker: &mut Asker,
    list: &List,
    template: &'static str,
    rows: &[Value],
) -> Result<(), CompareError> {
    for id in rows.iter().filter_map(id).take(SINGLES) {
        asker.one(&Call::new(Method::GET, template, &[id]), list.kind).await?;
    }
    for (name, value) in [("{unknown}", UNKNOWN), ("{no id}", "no-such-id")] {
        let template = template.replace("{id}", name);
        asker.ask(&Call::new(Method::GET, &template, &[value])).await?;
    }
    Ok(())
}

fn keep(asker: &mut Asker, kind: &str, rows: Vec<Value>) {
    let account = &mut asker.account;
    let place = match kind {
        "stage" => &mut account.stages,
        "archive reason" => &mut account.reasons,
        "user" => &mut account.users,
        "posting" => &mut account.postings,
        "requisition" => &mut account.requisitions,
        "opportunity" => &mut account.opportunities,
        "candidate" => &mut account.candidates,
        _ => return,
    };
    *place = rows;
}

async fn contacts(asker: &mut Asker) -> Result<(), CompareError> {
    let known = asker.account.opportunities.iter().filter_map(|row| row["contact"].as_str());
    let known: Vec<_> = known.take(SINGLES + 2).map(str::to_owned).collect();
    for id in known {
        asker.one(&Call::new(Method::GET, "/contacts/{id}", &[&id]), "contact").await?;
    }
    asker.ask(&Call::new(Method::GET, "/contacts/{unknown}", &[UNKNOWN])).await?;
    Ok(())
}
