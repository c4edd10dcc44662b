//! What was delivered, and how each attempt ended.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::envelope::Envelope;

/// How many deliveries are kept; beyond it the oldest goes.
const KEPT: usize = 50_000;

/// One try to hand a delivery over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// When it began, in ms UTC by the sandbox's clock.
    pub time: i64,
    /// The answer's status; `null` when there was no answer.
    pub status: Option<u16>,
    /// Why there was no answer, in plain words.
    pub error: Option<String>,
    /// How long it took, in real ms.
    pub duration_ms: u64,
}

impl Attempt {
    /// Only a 2xx counts; a redirect does not.
    pub fn succeeded(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }
}

/// Where a delivery is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Not handed over yet; more attempts follow.
    Waiting,
    /// Answered with a 2xx.
    Delivered,
    /// Given up after the last retry.
    Failed,
    /// Held back by a fault; sent only when someone asks for it.
    Withheld,
}

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The envelope's id.
    pub id: String,
    /// The event's name on the wire.
    pub event: &'static str,
    /// The webhook it is for.
    pub webhook_id: String,
    /// Where it is posted.
    pub url: String,
    /// When it was made, in ms UTC by the sandbox's clock.
    pub created_at: i64,
    /// Where it is on its way.
    pub state: DeliveryState,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
    /// When the next attempt is due, in ms UTC by the sandbox's clock.
    pub next_attempt_at: Option<i64>,
    /// What is posted; after a retry with a fresh token, what was posted last.
    pub body: Envelope,
}

/// The deliveries, oldest first, with those of the past kept within bounds.
#[derive(Debug, Default)]
pub(super) struct DeliveryLog {
    deliveries: Mutex<VecDeque<Delivery>>,
}

impl DeliveryLog {
    pub(super) fn add(&self, delivery: Delivery) {
        let mut deliveries = self.lock();
        if deliveries.len() == KEPT {
            deliveries.pop_front();
        }
        deliveries.push_back(delivery);
    }

    pub(super) fn list(&self) -> Vec<Delivery> {
        self.lock().iter().cloned().collect()
    }

    pub(super) fn newest(&self, count: usize) -> Vec<Delivery> {
        self.lock().iter().rev().take(count).cloned().collect()
    }

    pub(super) fn get(&self, id: &str) -> Option<Delivery> {
        self.lock()
            .iter()
            .rev()
            .find(|delivery| delivery.id == id)
            .cloned()
    }

    /// Changes one delivery; one that fell out of the bounds is left alone.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Delivery)) {
        // From the newest on: that is where the deliveries under way are.
        if let Some(delivery) = self
            .lock()
            .iter_mut()
            .rev()
            .find(|delivery| delivery.id == id)
        {
            change(delivery);
        }
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Delivery>> {
        // Every change is one push or one field; a panic elsewhere leaves nothing half done.
        self.deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
