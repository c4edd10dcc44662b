//! The queue before the disk. Many deliveries that wait share one transaction (group commit); none
//! is answered before its transaction is on disk.

use super::delivery::{Answer, Arrival};
use super::store as deliveries;
use crate::db::{Db, DbError};
use crate::ids::IntegrationId;
use crate::integrations::store;
use crate::secrets::Sealer;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// The largest body that is read: 256 KiB.
pub const MAX_BODY: usize = 256 * 1024;

/// Deliveries that may wait for the disk. Beyond that Lever is told to come back.
const WAITING: usize = 4096;

/// Deliveries that share one transaction.
const BATCH: usize = 512;

struct Waiting {
    arrival: Arrival,
    answer: oneshot::Sender<Answer>,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    db: Db,
    queue: mpsc::Sender<Waiting>,
    /// Addresses that exist or did. Whether one still answers is asked in the transaction that keeps a delivery.
    known: Arc<RwLock<HashMap<String, IntegrationId>>>,
    /// So many deliveries that are not small are in memory at a time: 16 MiB in all.
    large: Arc<Semaphore>,
}

impl Intake {
    /// Opens the door. `work` is notified when there is something to work.
    pub fn open(db: Db, sealer: Sealer, work: Arc<Notify>) -> Self {
        let (queue, arrivals) = mpsc::channel(WAITING);
        tokio::spawn(keep_forever(db.clone(), sealer, work, arrivals));
        Self { db, queue, known: Arc::default(), large: Arc::new(Semaphore::new((16 << 20) / MAX_BODY)) }
    }

    /// Room for a delivery that is larger than Lever's are; none: others take all of it. Hold it until the delivery is
    /// kept.
    pub fn room(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.large).try_acquire_owned().ok()
    }

    /// The account that an address belongs to.
    pub async fn find(&self, key: &str) -> Result<Option<IntegrationId>, DbError> {
        if let Some(id) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(Some(*id));
        }
        let asked = key.to_owned();
        let id = self.db.read(move |conn| store::by_webhook_key(conn, &asked)).await?;
        if let Some(id) = &id {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(key.to_owned(), *id);
        }
        Ok(id)
    }

    /// Keeps a delivery and says what to answer. Returns when it is on disk.
    pub async fn deliver(&self, arrival: Arrival) -> Answer {
        let (answer, answered) = oneshot::channel();
        if self.queue.try_send(Waiting { arrival, answer }).is_err() {
            return Answer::Busy;
        }
        answered.await.unwrap_or(Answer::Busy)
    }
}

async fn keep_forever(db: Db, sealer: Sealer, work: Arc<Notify>, mut arrivals: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while arrivals.recv_many(&mut waiting, BATCH).await > 0 {
        let (taken, callers): (Vec<_>, Vec<_>) =
            waiting.drain(..).map(|waiting| (waiting.arrival, waiting.answer)).unzip();
        let sealer = sealer.clone();
        match db.write(move |conn| deliveries::store_all(conn, &sealer, taken)).await {
            Ok(kept) => {
                for (caller, answer) in callers.into_iter().zip(kept.answers) {
                    let _ = caller.send(answer);
                }
                if kept.has_work {
                    work.notify_one();
                }
            }
            Err(failure) => {
                tracing::error!(%failure, deliveries = callers.len(), "deliveries could not be kept; Lever is told to retry");
                for caller in callers {
                    let _ = caller.send(Answer::Busy);
                }
            }
        }
    }
}
