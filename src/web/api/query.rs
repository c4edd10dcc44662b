//! What stands behind the `?` of a list: the filters of the page that shows the same, how many rows, and where to go on.
//! What is not known is refused, so that a misspelt filter does not answer with everything.

use super::ApiResult;
use super::problem::{Problem, Wrong};
use crate::state::AppState;
use crate::web::Params;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};

/// Rows of a page, unless somebody asks for fewer or more.
const USUAL: usize = 50;

/// Rows of a page, at most.
const MOST: usize = 100;

/// Where the next page begins, and how many rows a page has.
const CURSOR: &str = "cursor";
const LIMIT: &str = "limit";

/// A list, as it was asked for.
pub struct Query {
    /// The filters.
    pub params: Params,
    /// Rows of a page.
    pub limit: usize,
    path: String,
    cursor: Option<String>,
}

/// How the paging of a list is described; [`Query`] reads it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are only described")]
pub struct Paging {
    /// Rows of a page, from 1 to 100; 50 unless given.
    limit: Option<u8>,
    /// Where the page begins: out of `next`.
    cursor: Option<String>,
}

/// How the time of what a list shows is described; the filters of the page that shows the same read it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the fields are only described")]
pub struct Span {
    /// At this day or time or later.
    from: Option<String>,
    /// At this day, or before this time.
    to: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, the newest first.
    pub data: Vec<T>,
    /// The address of the next page; null on the last one.
    pub next: Option<String>,
}

/// Refuses all parameters but these.
fn only(query: &str, known: &[&str]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
        let detail = if !known.contains(&name.as_ref()) {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            format!("There is no parameter {name}. Known parameters: {known}.")
        } else if !seen.insert(name.clone().into_owned()) {
            format!("The parameter {name} is given twice.")
        } else {
            continue;
        };
        wrong.push(Wrong { parameter: name.into_owned(), detail });
    }
    // One is enough to say what is wrong, and the address may hold thousands.
    wrong.truncate(10);
    if wrong.is_empty() { Ok(()) } else { Err(Problem::bad_parameters(wrong)) }
}

/// That an address that takes no parameters has none.
///
/// # Errors
/// Names those that it has.
pub fn nothing(request: &HttpRequest) -> Result<(), Problem> {
    only(request.query_string(), &[])
}

impl Query {
    /// Reads the address of a list with these filters.
    ///
    /// # Errors
    /// Says which parameter is not known here, stands there twice, or is no number.
    pub fn read(request: &HttpRequest, filters: &[&str]) -> Result<Self, Problem> {
        let known: Vec<&str> = filters.iter().copied().chain([LIMIT, CURSOR]).collect();
        only(request.query_string(), &known)?;
        let params = Params::parse(request.query_string());
        let limit = match params.get(LIMIT) {
            None => USUAL,
            Some(text) => text.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
                Problem::bad_parameter(LIMIT, format!("The limit is a whole number from 1 to {MOST}."))
            })?,
        };
        let cursor = params.get(CURSOR).map(str::to_owned);
        Ok(Self { params: params.only(filters), limit, path: request.path().to_owned(), cursor })
    }

    /// The row after which the page begins; none for the first page. A cursor names its list, so that one of another
    /// list is not taken.
    ///
    /// # Errors
    /// Says that it is no cursor of this list.
    pub fn after<Id>(&self, parse: impl FnOnce(&str) -> Option<Id>) -> Result<Option<Id>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let id =
            text.as_deref().and_then(|text| text.strip_prefix(&self.path)?.strip_prefix(' ')).and_then(parse);
        match id {
            Some(id) => Ok(Some(id)),
            None => {
                let detail =
                    "This cursor does not belong to this list. Use the address of the next page unchanged.";
                Err(Problem::bad_parameter(CURSOR, detail))
            }
        }
    }

    /// How many rows to ask for: one more than the page has, to see whether more follow.
    pub fn one_more(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX).saturating_add(1)
    }

    /// The answer of rows of which one more was asked for. `id`: by which the list goes on.
    pub fn answer<T: Serialize>(
        &self,
        app: &AppState,
        mut data: Vec<T>,
        id: impl FnOnce(&T) -> String,
    ) -> ApiResult {
        let is_more = data.len() > self.limit;
        data.truncate(self.limit);
        let last = data.last().filter(|_| is_more);
        let next = last.map(|last| self.next(app, &id(last)));
        Ok(HttpResponse::Ok().json(Page { data, next }))
    }

    fn next(&self, app: &AppState, id: &str) -> String {
        let cursor = URL_SAFE_NO_PAD.encode(format!("{} {id}", self.path));
        let mut address = app.link(&self.params.link(&self.path));
        address.query_pairs_mut().append_pair(LIMIT, &self.limit.to_string()).append_pair(CURSOR, &cursor);
        address.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(address: &str) -> Result<Query, String> {
        let request = TestRequest::with_uri(address).to_http_request();
        Query::read(&request, &["q", "state"]).map_err(|problem| problem.to_string())
    }

    #[test]
    fn what_is_not_known_is_refused_in_words() {
        for (query, words) in [
            ("sate=done", "There is no parameter sate. Known parameters: q, state, limit, cursor."),
            ("sate=", "There is no parameter sate."),
            ("q=a&q=b", "The parameter q is given twice."),
            ("limit=0", "The limit is a whole number from 1 to 100."),
            ("limit=101", "The limit is a whole number"),
            ("limit=ten", "The limit is a whole number"),
            ("before=1", "There is no parameter before."),
        ] {
            let said = read(&format!("/api/v1/x?{query}")).err().unwrap_or_default();
            assert!(said.contains(words), "{query}: {said}");
        }
        assert_eq!(read("/api/v1/x?q=a%26b&limit=100").map(|query| query.limit), Ok(100));
        assert_eq!(read("/api/v1/x").map(|query| query.limit), Ok(50));
    }

    #[test]
    fn a_cursor_is_one_of_its_list() {
        let cursor = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let after = |address: String| {
            read(&address)
                .and_then(|query| query.after(|id| id.parse::<u8>().ok()).map_err(|e| e.to_string()))
        };
        assert_eq!(after(format!("/api/v1/x?cursor={}", cursor("/api/v1/x 7"))), Ok(Some(7)));
        assert_eq!(after("/api/v1/x".to_owned()), Ok(None));
        for wrong in
            [cursor("/api/v1/y 7"), cursor("/api/v1/x7"), cursor("/api/v1/x 300"), "7".into(), "%ff".into()]
        {
            let said = after(format!("/api/v1/x?cursor={wrong}"));
            assert!(
                said.as_ref().is_err_and(|said| said.contains("does not belong to this list")),
                "{wrong}: {said:?}"
            );
        }
    }
}
