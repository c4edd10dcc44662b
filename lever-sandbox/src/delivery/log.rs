//! What was delivered, and how each attempt ended.

use std::collections::{HashMap, VecDeque};
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
        self.status.is_some_and(|status| (200..300).contains(&status))
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
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    deliveries: VecDeque<Delivery>,
    /// How many were dropped before the first one.
    dropped: usize,
    /// By id, the place counted from the very first delivery.
    places: HashMap<String, usize>,
}

impl Inner {
    fn find(&mut self, id: &str) -> Option<&mut Delivery> {
        let place = *self.places.get(id)?;
        self.deliveries.get_mut(place.checked_sub(self.dropped)?)
    }
}

impl DeliveryLog {
    pub(super) fn add(&self, delivery: Delivery) {
        let mut inner = self.lock();
        if inner.deliveries.len() == KEPT
            && let Some(oldest) = inner.deliveries.pop_front()
        {
            inner.places.remove(&oldest.id);
            inner.dropped += 1;
        }
        let place = inner.dropped + inner.deliveries.len();
        inner.places.insert(delivery.id.clone(), place);
        inner.deliveries.push_back(delivery);
    }

    pub(super) fn list(&self) -> Vec<Delivery> {
        self.lock().deliveries.iter().cloned().collect()
    }

    pub(super) fn newest(&self, count: usize) -> Vec<Delivery> {
        self.lock().deliveries.iter().rev().take(count).cloned().collect()
    }

    pub(super) fn get(&self, id: &str) -> Option<Delivery> {
        self.lock().find(id).cloned()
    }

    pub(super) fn is_delivered(&self, id: &str) -> bool {
        self.lock().find(id).is_some_and(|delivery| delivery.state == DeliveryState::Delivered)
    }

    /// Changes one delivery; one that fell out of the bounds is left alone.
    pub(super) fn change(&self, id: &str, change: impl FnOnce(&mut Delivery)) {
        if let Some(delivery) = self.lock().find(id) {
            change(delivery);
        }
    }

    pub(super) fn clear(&self) {
        *self.lock() = Inner::default();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves a log that still tells what it told.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
