//! The work on one webhook's deliveries: first attempts in order, retries on their own.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::envelope::Envelope;
use super::log::{Attempt, DeliveryLog, DeliveryState};
use super::options::DeliveryOptions;
use super::send::Sender;
use crate::clock::Clock;
use crate::draw::Draw;
use crate::faults::{Fault, FaultKind};

/// How long a delivery that is to be overtaken waits for the one that overtakes it, in ms
/// by the sandbox's clock.
const REORDER_PATIENCE_MS: i64 = 2_000;

/// One delivery to make.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) url: String,
    pub(super) envelope: Envelope,
    pub(super) signing_token: Option<String>,
    pub(super) fault: Option<Fault>,
}

impl Job {
    fn fault_kind(&self) -> Option<FaultKind> {
        self.fault.as_ref().map(|fault| fault.kind)
    }
}

/// Makes attempts and writes down how they went. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) sender: Sender,
    pub(super) options: Arc<DeliveryOptions>,
    pub(super) clock: Clock,
    pub(super) log: Arc<DeliveryLog>,
    /// Where ids and tokens come from.
    pub(super) draw: Arc<Mutex<Draw>>,
    /// Where the work is done, whichever thread asks for it.
    pub(super) runtime: Handle,
    pub(super) tasks: TaskTracker,
    pub(super) end: CancellationToken,
}

impl Worker {
    /// Serves one webhook until the end.
    pub(super) async fn run_lane(self, mut jobs: UnboundedReceiver<Job>) {
        while let Some(Some(job)) = self.unless_ended(jobs.recv()).await {
            match job.fault_kind() {
                Some(FaultKind::Reorder) => {
                    let patience = self.clock.now_ms() + REORDER_PATIENCE_MS;
                    let overtaking = self.unless_ended(async {
                        tokio::select! {
                            next = jobs.recv() => next,
                            () = self.clock.sleep_until(patience) => None,
                        }
                    });
                    let Some(next) = overtaking.await else { return };
                    if let Some(next) = next {
                        self.first_attempt(next).await;
                    }
                    self.first_attempt(job).await;
                }
                Some(FaultKind::Delay | FaultKind::Latency) => {
                    let ms = job.fault.as_ref().and_then(|fault| fault.ms).unwrap_or_default();
                    let due = self.clock.now_ms().saturating_add_unsigned(ms);
                    self.log.change(&job.envelope.id, |delivery| delivery.next_attempt_at = Some(due));
                    self.aside(|worker| async move {
                        worker.clock.sleep_until(due).await;
                        worker.first_attempt(job).await;
                    });
                }
                _ => self.first_attempt(job).await,
            }
        }
    }

    async fn first_attempt(&self, job: Job) {
        let sent = self.unless_ended(async {
            let attempt = self.attempt(&job.url, &job.envelope).await;
            if job.fault_kind() == Some(FaultKind::Duplicate) {
                self.attempt(&job.url, &job.envelope).await;
            }
            attempt
        });
        if let Some(attempt) = sent.await
            && !attempt.succeeded()
        {
            self.aside(|worker| worker.retry(job));
        }
    }

    async fn retry(self, mut job: Job) {
        for wait in &self.options.retry_after_ms {
            let due = self.clock.now_ms().saturating_add(*wait);
            self.log.change(&job.envelope.id, |delivery| delivery.next_attempt_at = Some(due));
            self.clock.sleep_until(due).await;
            if self.log.is_delivered(&job.envelope.id) {
                // Someone sent it again meanwhile.
                return;
            }
            if self.options.fresh_retries {
                self.refresh(&mut job);
            }
            if self.attempt(&job.url, &job.envelope).await.succeeded() {
                return;
            }
        }
        self.log.change(&job.envelope.id, |delivery| delivery.state = DeliveryState::Failed);
    }

    /// A new time, and with it a new token and signature, for an envelope that had one.
    fn refresh(&self, job: &mut Job) {
        job.envelope.triggered_at = self.clock.now_ms();
        job.envelope.token = self.draw().hex(24);
        if let Some(token) = &job.signing_token {
            job.envelope.sign(token);
        }
        let body = job.envelope.clone();
        self.log.change(&job.envelope.id, |delivery| delivery.body = body);
    }

    /// One attempt, written to the log.
    pub(super) async fn attempt(&self, url: &str, envelope: &Envelope) -> Attempt {
        let attempt = self.post(url, envelope).await;
        self.log.change(&envelope.id, |delivery| {
            delivery.next_attempt_at = None;
            if attempt.succeeded() {
                delivery.state = DeliveryState::Delivered;
            }
            delivery.attempts.push(attempt.clone());
        });
        attempt
    }

    /// One attempt that is in no log.
    pub(super) async fn post(&self, url: &str, body: &impl Serialize) -> Attempt {
        let body = serde_json::to_string(body).expect("strings, numbers and JSON serialize");
        self.sender.post(url, body, self.clock.now_ms()).await
    }

    pub(super) fn draw(&self) -> MutexGuard<'_, Draw> {
        self.draw.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs something beside the lane, until the end at most.
    fn aside<F>(&self, work: impl FnOnce(Self) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (end, work) = (self.end.clone(), work(self.clone()));
        self.tasks.spawn_on(async move { end.run_until_cancelled(work).await }, &self.runtime);
    }

    async fn unless_ended<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        self.end.run_until_cancelled(work).await
    }
}
