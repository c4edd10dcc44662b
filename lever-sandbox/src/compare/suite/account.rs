//! What is learnt of an account on the way, to ask further with. It never leaves the
//! process.

use std::collections::{BTreeMap, VecDeque};

use reqwest::Method;
use serde_json::Value;

use super::id;
use crate::compare::CompareError;
use crate::compare::client::{Answer, Call, Client};

/// Things to ask further with.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub opportunities: Vec<Value>,
    pub postings: Vec<Value>,
    pub users: Vec<Value>,
    pub stages: Vec<Value>,
    pub reasons: Vec<Value>,
    pub requisitions: Vec<Value>,
    pub candidates: Vec<Value>,
    pub applications: Vec<Value>,
    /// An offset token of another list than that of opportunities.
    pub foreign_offset: Option<String>,
}

impl Account {
    /// Up to `most` opportunities of as many stages and archive reasons as there are, for
    /// what hangs on one depends on how far it came. Those with an application come first.
    pub fn some_opportunities(&self, most: usize) -> Vec<String> {
        let applied = |row: &&Value| row["applications"].as_array().is_some_and(|all| !all.is_empty());
        let (with, without): (Vec<_>, Vec<_>) = self.opportunities.iter().partition(applied);
        let mut groups = BTreeMap::<_, VecDeque<_>>::new();
        for row in with.into_iter().chain(without) {
            let place = (row["stage"].as_str(), row["archived"]["reason"].as_str());
            groups.entry(place).or_default().extend(id(row));
        }
        let mut some = Vec::new();
        while some.len() < most {
            let before = some.len();
            some.extend(groups.values_mut().filter_map(VecDeque::pop_front).map(str::to_owned));
            if some.len() == before {
                break;
            }
        }
        some.truncate(most);
        some
    }
}

/// Finds out whether there is something to compare at all.
///
/// # Errors
/// The server can't be reached, isn't Lever's API, sends its callers elsewhere, or
/// doesn't take the key.
pub(super) async fn greet(client: &mut Client) -> Result<(), CompareError> {
    let url = client.base().to_owned();
    for path in ["/stages", "/opportunities", "/postings"] {
        let call = Call::new(Method::GET, path, &[]).with("limit", "1");
        let Some(answer) = client.send(&call).await? else {
            return Ok(());
        };
        match answer.status {
            200..=299 if answer.json()["data"].is_array() => return Ok(()),
            300..=399 => return Err(elsewhere(url, &answer)),
            401 => return Err(CompareError::KeyRefused { url, status: 401 }),
            // A key may be allowed one thing and not the other.
            403 => {}
            status => return Err(CompareError::NotLever { url, status }),
        }
    }
    Err(CompareError::KeyRefused { url, status: 403 })
}

fn elsewhere(url: String, answer: &Answer) -> CompareError {
    let location = answer.header("location").and_then(|value| url::Url::parse(&url).ok()?.join(value).ok());
    match location.as_ref().and_then(url::Url::host_str) {
        Some(host) => CompareError::Elsewhere { url, host: host.to_owned() },
        None => CompareError::NotLever { url, status: answer.status },
    }
}
