//! Filters, `expand` and `include`: whether they do what they are for.

use serde_json::Value;

use super::Asker;
use super::lists::order;
use crate::compare::CompareError;
use crate::compare::client::{Answer, Call};
use crate::compare::seen::rows;

/// A filter of opportunities whose value is drawn from one of them.
struct Drawn {
    name: &'static str,
    value: fn(&Value) -> Option<String>,
    fits: fn(&Value, &str) -> bool,
}

const DRAWN: &[Drawn] = &[
    Drawn { name: "tag", value: |row| first(&row["tags"]), fits: |row, value| has(&row["tags"], value) },
    Drawn {
        name: "source",
        value: |row| first(&row["sources"]),
        fits: |row, value| has(&row["sources"], value),
    },
    Drawn { name: "email", value: |row| first(&row["emails"]), fits: |row, value| has_address(row, value) },
    // Which of its places an opportunity is found by isn't documented.
    Drawn { name: "location", value: |row| text(&row["location"]), fits: |_, _| true },
    Drawn { name: "origin", value: |row| text(&row["origin"]), fits: |row, value| row["origin"] == value },
    Drawn { name: "stage_id", value: |row| text(&row["stage"]), fits: |row, value| row["stage"] == value },
    Drawn {
        name: "contact_id",
        value: |row| text(&row["contact"]),
        fits: |row, value| row["contact"] == value,
    },
    Drawn {
        name: "archive_reason_id",
        value: |row| text(&row["archived"]["reason"]),
        fits: |row, value| row["archived"]["reason"] == value,
    },
];

/// A filter of opportunities whose values are the same in every account.
struct Fixed {
    name: &'static str,
    value: &'static str,
    fits: fn(&Value) -> bool,
}

const FIXED: &[Fixed] = &[
    Fixed { name: "archived", value: "true", fits: |row| row["archived"].is_object() },
    Fixed { name: "archived", value: "false", fits: |row| row["archived"].is_null() },
    Fixed { name: "snoozed", value: "true", fits: |row| row["snoozedUntil"].is_i64() },
    Fixed { name: "snoozed", value: "false", fits: |_| true },
    Fixed { name: "confidentiality", value: "all", fits: |_| true },
    Fixed {
        name: "confidentiality",
        value: "confidential",
        fits: |row| row["confidentiality"] == "confidential",
    },
    Fixed {
        name: "confidentiality",
        value: "non-confidential",
        fits: |row| row["confidentiality"] == "non-confidential",
    },
];

/// A range of times of opportunities.
struct Range {
    start: &'static str,
    end: &'static str,
    at: fn(&Value) -> Option<i64>,
}

const RANGES: &[Range] = &[
    Range { start: "created_at_start", end: "created_at_end", at: |row| row["createdAt"].as_i64() },
    Range { start: "updated_at_start", end: "updated_at_end", at: |row| row["updatedAt"].as_i64() },
    Range { start: "advanced_at_start", end: "advanced_at_end", at: |row| row["lastAdvancedAt"].as_i64() },
    Range {
        start: "archived_at_start",
        end: "archived_at_end",
        at: |row| row["archived"]["archivedAt"].as_i64(),
    },
];

/// What can be expanded, and the kind of the object that then stands there.
const EXPANDABLE: &[(&str, &str)] = &[
    ("applications", "application"),
    ("contact", "contact"),
    ("followers", "user"),
    ("owner", "user"),
    ("sourcedBy", "user"),
    ("stage", "stage"),
];

const ROWS: &str = "rows";
const FIT: &str = "all fit";
const MISFIT: &str = "some do not fit";
const NOTHING: &str = "nothing is found";
const FOUND: &str = "something is found";
/// The list without the filter has such rows, so no data explains it.
const MISSED: &str = "what fits is not found";

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn first(list: &Value) -> Option<String> {
    list.as_array()?.iter().find_map(text)
}

fn has(list: &Value, wanted: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|text| text == wanted))
}

fn has_address(row: &Value, wanted: &str) -> bool {
    let addresses = row["emails"].as_array().into_iter().flatten();
    addresses.filter_map(Value::as_str).any(|address| address.eq_ignore_ascii_case(wanted))
}

/// Asks for filtered lists and for more and less in them.
pub(super) async fn ask(asker: &mut Asker) -> Result<(), CompareError> {
    drawn(asker).await?;
    fixed(asker).await?;
    ranges(asker).await?;
    tags(asker).await?;
    by_posting(asker).await?;
    expand(asker).await?;
    include(asker).await?;
    others(asker).await
}

fn opportunities() -> Call {
    Call::get("/opportunities")
}

/// What a filter must find.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Finds {
    /// Something: its value is from the account itself.
    Something,
    /// What the list without it has that fits.
    Known,
    /// Perhaps nothing: more than what is seen decides.
    Perhaps,
}

/// Asks for opportunities that must fit; notes whether they do, and whether they come at all.
async fn must_fit(
    asker: &mut Asker,
    call: &Call,
    finds: Finds,
    fits: impl Fn(&Value) -> bool,
) -> Result<(), CompareError> {
    if let Some(page) = asker.list(call, "opportunity").await? {
        let is_known = finds == Finds::Known && asker.account.opportunities.iter().any(&fits);
        match page.rows.is_empty() {
            true if finds == Finds::Something => asker.outcome(call, ROWS, NOTHING),
            true if is_known => asker.outcome(call, ROWS, MISSED),
            true => {}
            false => asker.outcome(call, ROWS, if page.rows.iter().all(fits) { FIT } else { MISFIT }),
        }
        if let Some(order) = order(&page.rows) {
            asker.outcome(call, "order", order);
        }
    }
    Ok(())
}

async fn drawn(asker: &mut Asker) -> Result<(), CompareError> {
    for filter in DRAWN {
        let Some(value) = asker.account.opportunities.iter().find_map(filter.value) else { continue };
        let call = opportunities().of(filter.name, &value);
        must_fit(asker, &call, Finds::Something, |row| (filter.fits)(row, &value)).await?;
    }
    Ok(())
}

async fn fixed(asker: &mut Asker) -> Result<(), CompareError> {
    for filter in FIXED {
        let call = opportunities().with(filter.name, filter.value);
        // Whether somebody is still snoozed, the time decides.
        let is_by_time = filter.name == "snoozed" && filter.value == "true";
        let finds = if is_by_time { Finds::Perhaps } else { Finds::Known };
        must_fit(asker, &call, finds, filter.fits).await?;
    }
    Ok(())
}

async fn ranges(asker: &mut Asker) -> Result<(), CompareError> {
    for range in RANGES {
        let Some(at) = asker.account.opportunities.iter().find_map(range.at) else { continue };
        let is = range.at;
        let call = opportunities().of(range.start, at);
        must_fit(asker, &call, Finds::Something, |row| is(row).is_some_and(|is| is >= at)).await?;
        let call = opportunities().of(range.end, at);
        must_fit(asker, &call, Finds::Something, |row| is(row).is_some_and(|is| is <= at)).await?;
        // From a moment to the same: found only when both ends belong to the range.
        let call = opportunities().of(range.start, at).of(range.end, at);
        must_fit(asker, &call, Finds::Something, |row| is(row) == Some(at)).await?;
    }
    Ok(())
}

/// Tags in another case, and two of them.
async fn tags(asker: &mut Asker) -> Result<(), CompareError> {
    let known = &asker.account.opportunities;
    let lettered = |tag: &String| tag.chars().any(|letter| letter.is_ascii_alphabetic());
    let Some(tag) = known.iter().find_map(|row| first(&row["tags"]).filter(lettered)) else { return Ok(()) };
    let second = known.iter().filter(|row| !has(&row["tags"], &tag)).find_map(|row| first(&row["tags"]));

    let swapped: String = tag
        .chars()
        .map(|letter| match letter.is_ascii_lowercase() {
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        })
        .collect();
    let call = opportunities().with("limit", "5").of("tag", swapped);
    let call = call.note("the tag in the other case");
    if let Some(page) = asker.list(&call, "opportunity").await? {
        asker.outcome(&call, ROWS, if page.rows.is_empty() { NOTHING } else { FOUND });
    }

    let Some(second) = second else { return Ok(()) };
    let call = opportunities().of("tag", &tag).of("tag", &second);
    if let Some(page) = asker.list(&call, "opportunity").await? {
        let has_both = |row: &Value| has(&row["tags"], &tag) && has(&row["tags"], &second);
        let outcome = match page.rows.as_slice() {
            [] => NOTHING,
            rows if rows.iter().all(has_both) => "each has both",
            _ => "each has one or the other",
        };
        asker.outcome(&call, ROWS, outcome);
    }
    Ok(())
}

async fn by_posting(asker: &mut Asker) -> Result<(), CompareError> {
    let posting = asker.account.applications.iter().find_map(|row| text(&row["posting"]));
    let Some(posting) = posting else { return Ok(()) };
    must_fit(asker, &opportunities().of("posting_id", &posting), Finds::Something, |_| true).await?;
    let call = opportunities().of("archived_posting_id", &posting);
    must_fit(asker, &call, Finds::Perhaps, |row| row["archived"].is_object()).await
}

async fn expand(asker: &mut Asker) -> Result<(), CompareError> {
    for (name, kind) in EXPANDABLE {
        let call = opportunities().with("limit", "50").with("expand", name);
        expanded(asker, &call, &[(name, kind)]).await?;
    }
    let [first, second, ..] = EXPANDABLE else { return Ok(()) };
    let comma = format!("{},{}", first.0, second.0);
    let call = opportunities().with("limit", "10").with("expand", &comma);
    expanded(asker, &call, &[*first, *second]).await?;
    let call = opportunities().with("limit", "10").with("expand", first.0).with("expand", second.0);
    expanded(asker, &call, &[*first, *second]).await?;
    for wrong in ["posting", "nothing"] {
        asker.ask(&opportunities().with("limit", "1").with("expand", wrong)).await?;
    }
    Ok(())
}

/// Notes what stands in place of ids, and whether the rest is as it is without.
async fn expanded(
    asker: &mut Asker,
    call: &Call,
    names: &[(&'static str, &'static str)],
) -> Result<(), CompareError> {
    let Some(answer) = asker.ask(call).await?.filter(Answer::is_success) else { return Ok(()) };
    asker.once(call, &rows(answer.json()));
    for row in rows(answer.json()) {
        for (name, kind) in names {
            let values = match &row[name] {
                Value::Array(values) => values.as_slice(),
                Value::Null => &[],
                value => std::slice::from_ref(value),
            };
            for value in values {
                let is = if value.is_object() { "objects" } else { "ids" };
                asker.outcome(call, name, is);
                if value.is_object() {
                    asker.seen.object(kind, &call.name, value);
                }
            }
        }
        let same = has_usual_fields(&row, &asker.account.opportunities);
        asker.outcome(call, "the other fields", if same { "are as without it" } else { "are others" });
    }
    Ok(())
}

/// Whether a row has every field that all rows have, and none that no row has.
fn has_usual_fields(row: &Value, usual: &[Value]) -> bool {
    let Some(fields) = row.as_object() else { return false };
    let always = usual.first().and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name);
    let mut always = always.filter(|name| usual.iter().all(|other| other.get(name).is_some()));
    always.all(|name| fields.contains_key(name))
        && fields.keys().all(|name| usual.is_empty() || usual.iter().any(|other| other.get(name).is_some()))
}

async fn include(asker: &mut Asker) -> Result<(), CompareError> {
    for (names, named) in [("followers", &["followers"][..]), ("name,emails", &["name", "emails"])] {
        let call = opportunities().with("limit", "5").with("include", names);
        let Some(answer) = asker.ask(&call).await?.filter(Answer::is_success) else { continue };
        for row in rows(answer.json()) {
            let Some(fields) = row.as_object() else { continue };
            let outcome = if named.iter().any(|name| !fields.contains_key(*name)) {
                "without those that are named"
            } else if fields.keys().all(|name| name == "id" || named.contains(&name.as_str())) {
                "only those that are named"
            } else {
                "those that are named among others"
            };
            asker.outcome(&call, "fields", outcome);
        }
    }
    Ok(())
}

/// Filters of other lists.
async fn others(asker: &mut Asker) -> Result<(), CompareError> {
    for state in ["published", "internal", "closed", "draft", "pending", "rejected"] {
        let call = Call::get("/postings").with("state", state);
        others_fit(asker, &call, "posting", |row| row["state"] == state).await?;
    }
    let channels = Call::get("/postings")
        .with("state", "published")
        .with("distributionChannel", "public")
        .with("distributionChannel", "internal");
    others_fit(asker, &channels, "posting", |row| row["state"] == "published").await?;
    let all = Call::get("/postings").with("confidentiality", "all");
    others_fit(asker, &all, "posting", |_| true).await?;
    for name in ["team", "department", "location", "commitment"] {
        let value = asker.account.postings.iter().find_map(|row| text(&row["categories"][name]));
        let Some(value) = value else { continue };
        let call = Call::get("/postings").of(name, &value);
        others_fit(asker, &call, "posting", |row| row["categories"][name] == value.as_str()).await?;
    }
    if let Some(tag) = asker.account.postings.iter().find_map(|row| first(&row["tags"])) {
        let call = Call::get("/postings").of("tag", &tag);
        others_fit(asker, &call, "posting", |row| has(&row["tags"], &tag)).await?;
    }
    asker.ask(&Call::get("/postings").with("state", "published").with("updated_at_start", "1")).await?;

    if let Some(email) = asker.account.users.iter().find_map(|row| text(&row["email"])) {
        let call = Call::get("/users").of("email", &email);
        let fits = |row: &Value| row["email"].as_str().is_some_and(|is| is.eq_ignore_ascii_case(&email));
        others_fit(asker, &call, "user", fits).await?;
    }
    let all = Call::get("/users").with("includeDeactivated", "true");
    others_fit(asker, &all, "user", |_| true).await?;
    for kind in ["hired", "non-hired"] {
        let call = Call::get("/archive_reasons").with("type", kind);
        others_fit(asker, &call, "archive reason", |row| row["type"] == kind).await?;
    }
    for status in ["open", "closed"] {
        let call = Call::get("/requisitions").with("status", status);
        others_fit(asker, &call, "requisition", |row| row["status"] == status).await?;
    }
    Ok(())
}

async fn others_fit(
    asker: &mut Asker,
    call: &Call,
    kind: &'static str,
    fits: impl Fn(&Value) -> bool,
) -> Result<(), CompareError> {
    if let Some(page) = asker.list(call, kind).await? {
        let account = &asker.account;
        let known = match kind {
            "posting" => &account.postings,
            "user" => &account.users,
            "archive reason" => &account.reasons,
            _ => &account.requisitions,
        };
        match page.rows.is_empty() {
            true if known.iter().any(&fits) => asker.outcome(call, ROWS, MISSED),
            true => {}
            false => asker.outcome(call, ROWS, if page.rows.iter().all(fits) { FIT } else { MISFIT }),
        }
    }
    Ok(())
}
