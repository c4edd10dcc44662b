//! Lists, page by page (Lever's wire notes §3).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{ApiError, Params};
use crate::state::Place;

/// How many a page holds at most, and without `limit`.
const LARGEST: usize = 100;
/// Milliseconds for which an offset token is good.
const OFFSET_LIFE_MS: i64 = 24 * 60 * 60 * 1_000;

/// A list, or a page of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    pub data: Vec<T>,
    /// The `offset` of the next page; only there when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
    /// Whether there is a next page.
    #[serde(rename = "hasNext")]
    pub has_next: bool,
}

/// One thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Single<T> {
    pub data: T,
}

impl<T> Single<T> {
    pub fn of(data: T) -> actix_web::web::Json<Self> {
        actix_web::web::Json(Self { data })
    }
}

/// The parameters of every list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters; `Paging::read` reads them")]
pub struct PageParams {
    /// How many to answer at most.
    #[param(minimum = 1, maximum = 100, default = 100, nullable = false)]
    limit: Option<u8>,
    /// The `next` of the page before.
    #[param(nullable = false)]
    offset: Option<String>,
}

/// Where a page starts, and how long it is.
#[derive(Clone, Debug)]
pub struct Paging {
    pub limit: usize,
    /// Behind this place.
    after: Option<(i64, u32)>,
    /// What the list selects; a token is good for that alone.
    selection: String,
    now: i64,
}

/// What an offset token says. It is opaque to callers.
#[derive(Serialize, Deserialize)]
struct Offset {
    created_at: i64,
    serial: u32,
    selection: String,
    issued_at: i64,
}

impl Paging {
    /// Reads `limit` and `offset`. `list` names the list, so that a token of another
    /// one is refused.
    pub fn read(params: &Params, list: &str, now: i64) -> Result<Self, ApiError> {
        let limit = match params.number("limit")? {
            None => LARGEST,
            Some(limit) => usize::try_from(limit)
                .ok()
                .filter(|limit| (1..=LARGEST).contains(limit))
                .ok_or_else(|| ApiError::bad("Invalid parameter: limit must be from 1 to 100"))?,
        };
        let selection = fingerprint(&format!("{list}?{}", params.selection()));
        let after = params
            .get("offset")
            .map(|token| {
                decode(token)
                    .filter(|offset| offset.selection == selection)
                    .filter(|offset| (0..=OFFSET_LIFE_MS).contains(&(now - offset.issued_at)))
                    .map(|offset| (offset.created_at, offset.serial))
                    .ok_or_else(|| ApiError::bad(format!("Invalid offset token: {token}")))
            })
            .transpose()?;
        Ok(Self { limit, after, selection, now })
    }

    /// Behind which opportunity the page starts.
    pub fn after(&self) -> Option<Place> {
        self.after.map(|(created_at, serial)| Place::new(created_at, serial))
    }

    fn token(&self, created_at: i64, serial: u32) -> String {
        let offset = Offset { created_at, serial, selection: self.selection.clone(), issued_at: self.now };
        let text = serde_json::to_vec(&offset).expect("numbers and text serialize");
        BASE64_URL_SAFE_NO_PAD.encode(text)
    }

    /// A page whose last item is at `last`, if there are more behind it.
    pub fn page<T>(&self, data: Vec<T>, last: Option<Place>) -> List<T> {
        List {
            data,
            has_next: last.is_some(),
            next: last.map(|place| self.token(place.created_at(), place.serial())),
        }
    }

    /// A page of a list that is short enough to be made whole.
    pub fn cut<T>(&self, all: impl IntoIterator<Item = T>) -> List<T> {
        let start = self.after.map_or(0, |(_, shown)| shown as usize);
        let mut rest = all.into_iter().skip(start);
        let data: Vec<T> = rest.by_ref().take(self.limit).collect();
        let shown = u32::try_from(start + data.len()).unwrap_or(u32::MAX);
        let next = rest.next().map(|_| self.token(0, shown));
        List { data, has_next: next.is_some(), next }
    }
}

fn decode(token: &str) -> Option<Offset> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Short, so that tokens stay short.
fn fingerprint(text: &str) -> String {
    hex::encode(&Sha256::digest(text)[..8])
}
