//! Lists, page by page (Lever's wire notes §3).

use std::marker::PhantomData;

use serde::{Deserialize, de::DeserializeOwned};

use crate::Error;
use crate::client::Api;
use crate::client::request::Call;

/// How often a list begins anew because its offset token was stale.
const RESTARTS: u8 = 3;

/// A list that is read page by page, a hundred objects each.
///
/// A page that fails can be asked for again by calling [`Pages::next`] again.
#[derive(Debug)]
pub struct Pages<'a, T> {
    api: &'a Api,
    call: Call,
    offset: Option<String>,
    ended: bool,
    restarts: u8,
    items: PhantomData<fn() -> T>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// Its objects.
    pub items: Vec<T>,
    /// The token of the page after it, good for [`Pages::resume_at`] for a while; none at the end.
    pub next: Option<String>,
    /// Whether the list began anew here, since Lever no longer knew the offset token: what was read
    /// before comes again.
    pub restarted: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<T> {
    data: Vec<T>,
    #[serde(default)]
    has_next: Option<bool>,
    #[serde(default)]
    next: Option<String>,
}

impl<'a, T: DeserializeOwned> Pages<'a, T> {
    pub(super) fn new(api: &'a Api, call: Call) -> Self {
        Self {
            api,
            call: call.query([("limit", "100".to_owned())]),
            offset: None,
            ended: false,
            restarts: 0,
            items: PhantomData,
        }
    }

    /// Goes on where an earlier reading stopped.
    pub fn resume_at(mut self, offset: impl Into<String>) -> Self {
        self.offset = Some(offset.into());
        self
    }

    /// The next page; none after the last.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let (wire, restarted) = match self.page().await {
            Err(error) if error.is_stale_offset() && self.restarts < RESTARTS => {
                if self.offset.take().is_none() {
                    return Err(error);
                }
                self.restarts += 1;
                (self.page().await?, true)
            }
            page => (page?, false),
        };
        // Lever sends `next` only when there is more; a token that stands still would never end.
        let next = wire.next.filter(|next| wire.has_next != Some(false) && !next.is_empty());
        if next.is_some() && next == self.offset {
            return Err(Error::not_sent("Lever's list does not advance"));
        }
        self.ended = next.is_none();
        self.offset.clone_from(&next);
        Ok(Some(Page { items: wire.data, next, restarted }))
    }

    /// The whole list.
    pub async fn all(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next().await? {
            if page.restarted {
                items.clear();
            }
            items.extend(page.items);
        }
        Ok(items)
    }

    async fn page(&self) -> Result<Wire<T>, Error> {
        let offset = self.offset.clone().map(|offset| ("offset", offset));
        self.api.read(&self.call.clone().query(offset)).await
    }
}
