//! Faults on order: what goes wrong, for which calls or deliveries, how often.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::draw::Draw;

/// What a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    Api,
    Oauth,
    Deliveries,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer comes later (`ms`).
    Latency,
    /// Another status (`status`) instead of doing anything.
    Status,
    /// The connection closes; nothing was done.
    CloseBefore,
    /// It is done, then the connection closes without an answer.
    CloseAfter,
    /// Half of the answer's body, then the connection closes.
    Truncate,
    /// The opportunity that is asked for isn't there yet: 404, as if Lever's API were behind its webhooks.
    Absent,
    /// The opportunity is answered as it was before it last entered a stage.
    Stale,
    /// A list has rows between its own that can't be read.
    OddRows,
    /// A note, file, webhook or opportunity is made, and the answer is the one to what was made before it.
    Repeat,
    /// A delivery comes twice.
    Duplicate,
    /// A delivery comes later (`ms`).
    Delay,
    /// A delivery comes after the next one.
    Reorder,
    /// A delivery never comes.
    Withhold,
    /// A delivery without a signature.
    Unsigned,
    /// A delivery signed with the token before the last regeneration.
    OldToken,
}

impl FaultKind {
    fn fits(self, target: Target) -> bool {
        match self {
            Self::Latency => true,
            Self::Status | Self::CloseBefore | Self::CloseAfter | Self::Truncate => {
                target != Target::Deliveries
            }
            Self::Absent | Self::Stale | Self::OddRows | Self::Repeat => target == Target::Api,
            Self::Duplicate
            | Self::Delay
            | Self::Reorder
            | Self::Withhold
            | Self::Unsigned
            | Self::OldToken => target == Target::Deliveries,
        }
    }
}

/// A fault as ordered through the control API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub target: Target,
    pub kind: FaultKind,
    /// A path (`/v1/opportunities/*`, `PUT /v1/…`) or an event's name, `*` for any
    /// text; without a `*`, any path that contains it. Missing: everything.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Only so many times more. Missing: until it is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
    /// Each time with this probability, drawn from the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// For `latency` and `delay`: milliseconds.
    #[serde(
        default,
        alias = "latency",
        alias = "latency_ms",
        alias = "delay",
        alias = "delay_ms",
        skip_serializing_if = "Option::is_none"
    )]
    pub ms: Option<u64>,
    /// For `status`: the status.
    #[serde(default, alias = "code", skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For `status`: the `Retry-After` header in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// `ms` or `status`, whichever the kind wants.
    #[serde(default, skip_serializing)]
    value: Option<u64>,
}

/// Why a fault can't be ordered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFault {
    #[error("this kind doesn't exist for this target")]
    Target,
    #[error("this kind needs its value: ms for latency and delay, status for status")]
    Value,
    #[error("status must be from 400 to 599")]
    Status,
    #[error("probability must be from 0 to 1")]
    Probability,
}

impl Fault {
    fn complete(mut self) -> Result<Self, BadFault> {
        if !self.kind.fits(self.target) {
            return Err(BadFault::Target);
        }
        if self.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err(BadFault::Probability);
        }
        match self.kind {
            FaultKind::Latency | FaultKind::Delay => {
                self.ms = Some(self.ms.or(self.value).ok_or(BadFault::Value)?);
            }
            FaultKind::Status => {
                let value = self.value.and_then(|value| u16::try_from(value).ok());
                let status = self.status.or(value).ok_or(BadFault::Value)?;
                if !(400..=599).contains(&status) {
                    return Err(BadFault::Status);
                }
                self.status = Some(status);
            }
            _ => {}
        }
        Ok(self)
    }

    fn hits(&self, names: &[&str]) -> bool {
        let Some(pattern) = &self.pattern else {
            return true;
        };
        names.iter().any(|name| match pattern.contains('*') {
            true => glob(pattern, name),
            false => name.contains(pattern.as_str()),
        })
    }
}

/// Whether `text` has the shape of `pattern`, in which `*` is any text.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(head) else {
        return false;
    };
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.any(|at| glob(rest, &text[at..]))
}

/// The faults on order.
#[derive(Debug)]
pub struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    list: Vec<Fault>,
    draw: Draw,
}

impl Faults {
    pub fn new(seed: u64) -> Self {
        Self { inner: Mutex::new(Inner { list: Vec::new(), draw: Draw::new(seed) }) }
    }

    /// Takes everything away and starts the probabilities anew.
    pub fn reset(&self, seed: u64) {
        let mut inner = self.lock();
        inner.list.clear();
        inner.draw = Draw::new(seed);
    }

    pub fn add(&self, fault: Fault) -> Result<Fault, BadFault> {
        let fault = fault.complete()?;
        self.lock().list.push(fault.clone());
        Ok(fault)
    }

    pub fn list(&self) -> Vec<Fault> {
        self.lock().list.clone()
    }

    pub fn clear(&self) {
        self.lock().list.clear();
    }

    /// The fault for the next delivery of this event, if any.
    pub fn next_for_delivery(&self, event: &str) -> Option<Fault> {
        self.next(Target::Deliveries, &[event])
    }

    /// The fault for a call of the API, if any.
    pub fn next_for_api(&self, method: &str, path: &str) -> Option<Fault> {
        self.next_for_call(Target::Api, method, path)
    }

    /// The fault for a call of the OAuth server, if any.
    pub fn next_for_oauth(&self, method: &str, path: &str) -> Option<Fault> {
        self.next_for_call(Target::Oauth, method, path)
    }

    fn next_for_call(&self, target: Target, method: &str, path: &str) -> Option<Fault> {
        let full = format!("{method} {path}");
        let short = path.strip_prefix("/v1").unwrap_or(path);
        self.next(target, &[path, short, &full])
    }

    fn next(&self, target: Target, names: &[&str]) -> Option<Fault> {
        let mut guard = self.lock();
        let Inner { list, draw } = &mut *guard;
        let at = list.iter().position(|fault| {
            fault.target == target && fault.hits(names) && fault.probability.is_none_or(|p| draw.chance(p))
        })?;
        let fault = list[at].clone();
        if let Some(left) = &mut list[at].next {
            *left = left.saturating_sub(1);
            if *left == 0 {
                list.remove(at);
            }
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: serde_json::Value) -> Result<Fault, BadFault> {
        serde_json::from_value::<Fault>(json).expect("well-formed").complete()
    }

    #[test]
    fn stars_stand_for_any_text() {
        assert!(glob("/v1/opportunities/*/stage", "/v1/opportunities/1/stage"));
        assert!(glob("candidate*", "candidateHired"));
        assert!(!glob("candidate*", "applicationCreated"));
        assert!(!glob("/v1/*/stage", "/v1/opportunities/1/tags"));
    }

    #[test]
    fn a_fault_for_the_next_two_ends_after_two() {
        let faults = Faults::new(1);
        let two = serde_json::json!({"target": "api", "kind": "status", "status": 503, "next": 2});
        faults.add(fault(two).expect("good")).expect("good");
        assert!(faults.next_for_api("GET", "/v1/stages").is_some());
        assert!(faults.next_for_delivery("candidateHired").is_none());
        assert!(faults.next_for_api("GET", "/v1/stages").is_some());
        assert!(faults.next_for_api("GET", "/v1/stages").is_none());
    }

    #[test]
    fn kinds_want_their_target_and_value() {
        let bad = |json| fault(json).expect_err("refused");
        assert_eq!(bad(serde_json::json!({"target": "api", "kind": "reorder"})), BadFault::Target);
        assert_eq!(bad(serde_json::json!({"target": "oauth", "kind": "status"})), BadFault::Value);
        assert_eq!(
            bad(serde_json::json!({"target": "api", "kind": "status", "value": 200})),
            BadFault::Status
        );
    }
}
