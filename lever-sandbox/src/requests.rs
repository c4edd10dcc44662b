//! The log of calls received, for tests: `GET /sandbox/requests`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// A call of the API or the OAuth server. Secrets in it are masked.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// The `X-Request-Id` of the answer.
    pub id: String,
    /// When it came, ms UTC by the sandbox's clock.
    pub time: i64,
    pub method: String,
    pub path: String,
    pub query: String,
    /// The `Authorization` header, masked.
    pub authorization: Option<String>,
    pub user_agent: Option<String>,
    /// `null` when the connection was closed without an answer.
    pub status: Option<u16>,
    pub duration_ms: i64,
    /// The kind of the fault it met.
    pub fault: Option<crate::faults::FaultKind>,
}

/// The last calls, newest last.
#[derive(Debug, Default)]
pub struct RequestLog {
    inner: Mutex<VecDeque<Request>>,
}

impl RequestLog {
    const KEPT: usize = 10_000;

    pub fn push(&self, request: Request) {
        let mut log = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == Self::KEPT {
            log.pop_front();
        }
        log.push_back(request);
    }

    pub fn list(&self) -> Vec<Request> {
        let log = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A secret, short enough to be recognized and too short to be used.
pub fn mask(secret: &str) -> String {
    let shown: String = secret.chars().take(4).collect();
    format!("{shown}…")
}

/// The last answer to each kind of what was made, so that it can come again in the place of the next.
#[derive(Default)]
pub struct Creates(Mutex<HashMap<&'static str, Vec<u8>>>);

impl Creates {
    /// Keeps an answer; gives the one before it.
    pub fn keep(&self, made: &'static str, answer: Vec<u8>) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(made, answer)
    }
}
