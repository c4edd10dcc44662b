//! Lists, page by page and item by item (Lever's wire notes §3).
//!
//! One row that can't be read must not cost the others: it is left out, and [`Page::skipped`] and the
//! trace say which and why. That holds for a row that is no JSON too, as long as it can be told where it
//! ends. What is no list at all is an error.

use std::collections::HashSet;
use std::marker::PhantomData;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::{Value, value::RawValue};

use crate::client::api::Api;
use crate::client::request::{Answer, Call};
use crate::client::trace::Skipped;
use crate::error::Error;
use crate::json::{self, Fields, Pieces};
use crate::text;

/// How often a list begins anew because its offset token was stale.
const RESTARTS: u8 = 3;
/// No list has more pages: a million objects.
const PAGES_LIMIT: usize = 10_000;
/// [`Pages::all`] keeps a list in memory: no more pages of it than this, 100,000 objects.
const ALL_LIMIT: usize = 1_000;
/// And no more bytes of answers than this: what is kept of them takes about as much.
const ALL_BYTES: usize = 64 * 1024 * 1024;
/// How many of a page's skipped rows are described; the others are counted.
const DESCRIBED: usize = 20;

/// A list that is read page by page, a hundred objects each.
///
/// A page that fails can be asked for again by calling [`Pages::next`] again.
#[derive(Debug)]
pub struct Pages<'a, T> {
    api: &'a Api,
    call: Call,
    offset: Option<String>,
    /// Tokens that were used: one that comes again would never end.
    used: HashSet<String>,
    ended: bool,
    restarts: u8,
    read: usize,
    /// Bytes of the answers so far.
    bytes: usize,
    may_be_bare: bool,
    items: PhantomData<fn() -> T>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its objects.
    pub items: Vec<T>,
    /// The rows that can't be read, in order; only the first 20 are described, see [`Page::skipped_count`].
    pub skipped: Vec<Skipped>,
    /// How many rows can't be read.
    pub skipped_count: usize,
    /// The token of the page after it, good for [`Pages::resume_at`] for a while; none at the end.
    pub next: Option<String>,
    /// Whether the list began anew here, since Lever no longer knew the offset token: what was read
    /// before comes again.
    pub restarted: bool,
}

impl<T> Default for Page<T> {
    /// The last page of an empty list.
    fn default() -> Self {
        Self { items: Vec::new(), skipped: Vec::new(), skipped_count: 0, next: None, restarted: false }
    }
}

struct Wire<'a> {
    data: Vec<&'a RawValue>,
    has_next: Value,
    next: Value,
}

/// A page as it came: its rows, and the token of the page after it.
struct Rows<T> {
    items: Vec<T>,
    skipped: Vec<Skipped>,
    skipped_count: usize,
    next: Option<String>,
    bytes: usize,
}

impl<T: DeserializeOwned> Page<T> {
    /// Reads a page as Lever answers it. `may_be_bare`: a bare array is a page, too.
    ///
    /// # Errors
    /// When it is no list.
    pub fn read(body: Vec<u8>, may_be_bare: bool) -> Result<Self, Error> {
        let Rows { items, skipped, skipped_count, next, .. } =
            rows(&Answer { status: StatusCode::OK, body }, may_be_bare)?;
        Ok(Self { items, skipped, skipped_count, next, restarted: false })
    }
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    pub(super) fn new(api: &'a Api, call: Call) -> Self {
        Self {
            api,
            call: call.query([("limit", "100".to_owned())]),
            offset: None,
            used: HashSet::new(),
            ended: false,
            restarts: 0,
            read: 0,
            bytes: 0,
            may_be_bare: false,
            items: PhantomData,
        }
    }

    /// Takes a bare array too, where Lever's documentation prints one.
    pub(super) fn or_bare(mut self) -> Self {
        self.may_be_bare = true;
        self
    }

    /// Goes on where an earlier reading stopped. The token is Lever's, as it came: it looks encoded
    /// already and is encoded once more on its way (Lever's wire notes §8).
    pub fn resume_at(mut self, offset: impl Into<String>) -> Self {
        self.offset = Some(offset.into());
        self
    }

    /// The next page; none after the last.
    ///
    /// # Errors
    /// When the page can't be had, or the list has no end.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.ended {
            return Ok(None);
        }
        if self.read == PAGES_LIMIT {
            return Err(Error::not_sent(format!("Lever's list has more than {PAGES_LIMIT} pages")));
        }
        let (rows, restarted) = match self.page().await {
            Err(error) if error.is_stale_offset() && self.restarts < RESTARTS => {
                if self.offset.take().is_none() {
                    return Err(error);
                }
                self.restarts += 1;
                self.used.clear();
                (self.page().await?, true)
            }
            page => (page?, false),
        };
        self.used.extend(self.offset.take());
        if rows.next.as_ref().is_some_and(|next| self.used.contains(next)) {
            self.offset.clone_from(&rows.next);
            return Err(Error::not_sent("Lever's list does not advance"));
        }
        self.read += 1;
        self.bytes += rows.bytes;
        self.ended = rows.next.is_none();
        self.offset.clone_from(&rows.next);
        let Rows { items, skipped, skipped_count, next, .. } = rows;
        Ok(Some(Page { items, skipped, skipped_count, next, restarted }))
    }

    /// The whole list, at most 1,000 pages and 64 MiB of it, without the rows that can't be read; the trace names these.
    ///
    /// # Errors
    /// When a page can't be had, or the list has no end.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        for _ in 0..ALL_LIMIT {
            let Some(page) = self.next().await? else {
                return Ok(items);
            };
            if page.restarted {
                items.clear();
            }
            if self.bytes > ALL_BYTES {
                return Err(Error::not_sent(format!("Lever's list has more than {} MiB", ALL_BYTES >> 20)));
            }
            items.extend(page.items);
        }
        Err(Error::not_sent(format!("Lever's list has more than {ALL_LIMIT} pages")))
    }

    async fn page(&self) -> Result<Rows<T>, Error> {
        let offset = self.offset.clone().map(|offset| ("offset", offset));
        let call = self.call.clone().query(offset);
        let rows = self.api.read_as(&call, |answer| rows(answer, self.may_be_bare)).await?;
        if rows.skipped_count > 0 {
            tracing::warn!(count = rows.skipped_count, "left out rows of Lever's that can't be read");
            self.api.trace.skipped(&rows.skipped, rows.skipped_count);
        }
        Ok(rows)
    }
}

fn rows<T: DeserializeOwned>(answer: &Answer, may_be_bare: bool) -> Result<Rows<T>, Error> {
    let text = json::repaired(&answer.body);
    let (data, has_next, next_token) = match wire(&text, may_be_bare) {
        Ok(Wire { data, has_next, next }) => {
            (data.into_iter().map(RawValue::get).collect::<Vec<_>>(), has_next, next)
        }
        // The document is no JSON; its rows are looked at one by one.
        Err(error) => match json::split(&text).filter(|_| may_be_bare || !is_bare(&text)) {
            Some(Pieces { rows, has_next, next }) if error.is_syntax() => (rows, has_next, next),
            _ => return Err(Error::unreadable(answer.status, &error)),
        },
    };
    let next = next(&next_token, &has_next);
    let mut rows =
        Rows { items: Vec::new(), skipped: Vec::new(), skipped_count: 0, next, bytes: answer.body.len() };
    for (place, row) in data.into_iter().enumerate() {
        match object(row) {
            Ok(item) => rows.items.push(item),
            Err(error) => {
                rows.skipped_count += 1;
                if rows.skipped.len() < DESCRIBED {
                    rows.skipped.push(skipped(place, row, &error, answer.status));
                }
            }
        }
    }
    Ok(rows)
}

/// Reads a row. A list would be read as the object's fields in their order.
fn object<T: DeserializeOwned>(row: &str) -> Result<T, serde_json::Error> {
    if is_bare(row) {
        return Err(serde::de::Error::custom("a list stands in the place of an object"));
    }
    json::parse(row)
}

fn is_bare(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

fn wire(text: &str, may_be_bare: bool) -> Result<Wire<'_>, serde_json::Error> {
    if may_be_bare && is_bare(text) {
        let data = serde_json::from_str(text)?;
        return Ok(Wire { data, has_next: Value::Null, next: Value::Null });
    }
    let fields = Fields::read(text)?;
    let value = |name: &str| {
        fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    };
    let data = serde_json::from_str(fields.get("data").map_or("null", RawValue::get))?;
    Ok(Wire { data, has_next: value("hasNext"), next: value("next") })
}

/// Lever sends `next` only when there is more.
fn next(next: &Value, has_next: &Value) -> Option<String> {
    let next = next.as_str().filter(|next| !next.is_empty())?;
    (*has_next != Value::Bool(false)).then(|| next.to_owned())
}

fn skipped(place: usize, row: &str, error: &serde_json::Error, status: StatusCode) -> Skipped {
    let id = match serde_json::from_str::<Value>(row) {
        Ok(row) => row.get("id").and_then(Value::as_str).map(str::to_owned),
        Err(_) => json::named(row, "id").filter(|id| text::is_id(id)),
    };
    let id = id.map(|id| text::clean(&id, text::ID)).filter(|id| !id.is_empty());
    let why = text::clean(&error.to_string(), text::NAME);
    tracing::debug!(place, status = status.as_u16(), why, "a row of Lever's can't be read");
    Skipped { place, id, why }
}
