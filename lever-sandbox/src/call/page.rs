//! Lists, page by page (Lever's wire notes §3, §8).
//!
//! A token names the first thing of the next page: percent-encoded JSON, `[n, ms, id]`, that has to
//! be encoded once more as a parameter's value. It isn't bound to a list's filters or to a time.

use url::form_urlencoded;
use utoipa::IntoParams;

use super::answer::{List, Listed};
use super::error::ApiError;
use super::params::Params;
use crate::sandbox::Sandbox;
use crate::state::{Opportunity, Place, State};

/// How many a page holds at most, and without `limit`.
const LARGEST: usize = 100;

/// The parameters of every list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; `Paging::read` reads them")]
pub struct PageParams {
    /// How many to answer at most.
    #[param(minimum = 1, maximum = 100, default = 100, nullable = false)]
    limit: Option<u8>,
    /// The `next` of the page before, encoded once more.
    #[param(nullable = false)]
    offset: Option<String>,
}

/// Where a page starts, and how long it is.
#[derive(Clone, Debug)]
pub struct Paging {
    pub limit: usize,
    /// At this thing.
    from: Option<Offset>,
    /// The number in front of each token; none in the tokens of users.
    number: Option<i64>,
}

/// What a token says, and the token.
#[derive(Clone, Debug)]
struct Offset {
    at: i64,
    id: String,
    token: String,
}

impl Offset {
    fn invalid(&self) -> ApiError {
        invalid(&self.token)
    }
}

fn invalid(token: &str) -> ApiError {
    ApiError::bad(format!("Invalid offset token: {token}"))
}

impl Paging {
    /// Reads `limit` and `offset`.
    pub fn read(params: &Params, lever: &Sandbox) -> Result<Self, ApiError> {
        Self::with(params, Some(lever.offset_number()))
    }

    /// Reads `limit` and `offset` of the list of users, whose tokens have no number.
    pub fn of_users(params: &Params) -> Result<Self, ApiError> {
        Self::with(params, None)
    }

    fn with(params: &Params, number: Option<i64>) -> Result<Self, ApiError> {
        let limit = match params.number("limit")? {
            None => LARGEST,
            Some(limit) => usize::try_from(limit)
                .ok()
                .filter(|limit| (1..=LARGEST).contains(limit))
                .ok_or_else(|| ApiError::bad("Invalid parameter: limit must be from 1 to 100"))?,
        };
        let from = params
            .get("offset")
            .map(|token| {
                let (at, id) = decode(token, number).ok_or_else(|| invalid(token))?;
                Ok::<_, ApiError>(Offset { at, id, token: token.to_owned() })
            })
            .transpose()?;
        Ok(Self { limit, from, number })
    }

    /// At which opportunity the page starts.
    pub fn place(&self, state: &State) -> Result<Option<Place>, ApiError> {
        let Some(offset) = &self.from else {
            return Ok(None);
        };
        if let Ok(row) = state.opportunity(&offset.id) {
            return Ok(Some(Place::new(row.created_at, row.serial)));
        }
        // One that was deleted meanwhile: those after it follow.
        let gone = state.deleted.iter().find(|gone| gone.opportunity.id == offset.id);
        let gone = gone.ok_or_else(|| offset.invalid())?;
        Ok(Some(Place::new(offset.at, gone.opportunity.serial)))
    }

    /// A page of opportunities, and the first one after it.
    pub fn page<T>(&self, data: Vec<T>, next: Option<&Opportunity>) -> List<T> {
        List {
            data,
            has_next: next.is_some(),
            next: next.map(|first| encode(self.number, first.created_at, &first.id)),
        }
    }

    /// A page of a list that is short enough to be made whole.
    pub fn cut<T: Listed>(&self, all: impl IntoIterator<Item = T>) -> Result<List<T>, ApiError> {
        let mut rest = all.into_iter().peekable();
        if let Some(offset) = &self.from {
            while rest.next_if(|item| item.id() != offset.id).is_some() {}
            if rest.peek().is_none() {
                return Err(offset.invalid());
            }
        }
        let data: Vec<T> = rest.by_ref().take(self.limit).collect();
        let next = rest.next().map(|first| encode(self.number, first.at(), first.id()));
        Ok(List { data, has_next: next.is_some(), next })
    }
}

fn encode(number: Option<i64>, at: i64, id: &str) -> String {
    let json = match number {
        Some(number) => serde_json::to_string(&(number, at, id)),
        None => serde_json::to_string(&(at, id)),
    };
    let json = json.expect("numbers and text serialize");
    let encoded: String = form_urlencoded::byte_serialize(json.as_bytes()).collect();
    encoded.replace('+', "%20")
}

fn decode(token: &str, number: Option<i64>) -> Option<(i64, String)> {
    // Sent on without being encoded once more, the brackets stand bare.
    if token.contains(['[', '"', '+', '&', '=']) {
        return None;
    }
    let (json, _) = form_urlencoded::parse(token.as_bytes()).next()?;
    match number {
        Some(number) => {
            let (given, at, id): (i64, i64, String) = serde_json::from_str(&json).ok()?;
            (given == number).then_some((at, id))
        }
        None => serde_json::from_str(&json).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Lever's documentation and recorded answers have it.
    #[test]
    fn tokens_are_percent_encoded_json() {
        let token = encode(Some(3), 1_491_435_120_000, "5599cc20");
        assert_eq!(token, "%5B3%2C1491435120000%2C%225599cc20%22%5D");
        assert_eq!(decode(&token, Some(3)), Some((1_491_435_120_000, "5599cc20".into())));
        assert_eq!(decode(r#"[3,1491435120000,"5599cc20"]"#, Some(3)), None);
        assert_eq!(decode(&token, Some(4)), None);
        assert_eq!(encode(None, 7, "C++ & more"), "%5B7%2C%22C%2B%2B%20%26%20more%22%5D");
        assert_eq!(decode(&encode(None, 7, "C++ & more"), None), Some((7, "C++ & more".into())));
    }
}
