//! What was asked of Lever and what it answered, for people to look at.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::types::instant;

/// More calls than this between two drains are not kept; the oldest go first.
const CALLS_LIMIT: usize = 256;

/// One call. Holds neither the access token nor a signing token, but what it says of people must be
/// erased with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// When it was sent (stored in ms UTC).
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// `GET`, `POST`, …
    pub method: String,
    /// Below `/v1`, with its query.
    pub path: String,
    /// What was sent, at most 4 KiB.
    pub request: Option<String>,
    /// Lever's status; none when there was no answer.
    pub status: Option<u16>,
    /// From sending to the end of the answer.
    pub duration_ms: u64,
    /// What time it was for Lever when it answered, to a second (`Date`, RFC 9110 §6.6.1); not kept with the record.
    #[serde(skip)]
    pub lever_time: Option<Timestamp>,
    /// What was answered, at most 4 KiB, or in plain words why there was no answer.
    pub excerpt: String,
    /// The rows of a list that can't be read and were left out, at most 20 of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<Skipped>,
    /// How many rows were left out.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped_count: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A row of a list that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its place in the page, from 0 on.
    pub place: usize,
    /// Its id, where it has one as text; cleaned.
    pub id: Option<String>,
    /// What is wrong with it.
    pub why: String,
}

/// A list of calls that grows while an [`Api`](crate::client::Api) is used. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Trace(Arc<Mutex<VecDeque<CallRecord>>>);

impl Trace {
    /// Takes out what was collected, oldest first.
    pub fn drain(&self) -> Vec<CallRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// Notes what the call before left out.
    pub(super) fn skipped(&self, skipped: &[Skipped], count: usize) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(call) = calls.back_mut() {
            call.skipped = skipped.to_vec();
            call.skipped_count = count;
        }
    }

    pub(super) fn push(&self, record: CallRecord) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == CALLS_LIMIT {
            calls.pop_front();
        }
        calls.push_back(record);
    }
}
