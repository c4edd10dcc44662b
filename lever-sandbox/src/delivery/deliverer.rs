//! From an event to its deliveries.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::envelope::{Check, Envelope};
use super::lane::{Job, Worker};
use super::log::{Attempt, Delivery, DeliveryState};
use super::options::DeliveryOptions;
use super::send::Sender;
use crate::clock::Clock;
use crate::draw::Draw;
use crate::faults::{FaultKind, Faults};
use crate::state::{EventKind, State, Webhook, WebhookEvent};

/// Sends events to webhooks and keeps the log of it.
#[derive(Debug)]
pub struct Deliverer {
    worker: Worker,
    faults: Arc<Faults>,
    lanes: Mutex<Lanes>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// What a reset throws away.
#[derive(Debug)]
struct Lanes {
    /// By webhook id.
    open: HashMap<String, UnboundedSender<Job>>,
    /// Ends the lanes and retries that belong to them.
    end: CancellationToken,
}

impl Deliverer {
    /// A deliverer without work, which will be done on the current Tokio runtime. Ids and
    /// tokens are drawn from `seed`.
    ///
    /// # Errors
    /// When the TLS back end cannot be set up.
    pub fn new(
        options: DeliveryOptions,
        clock: Clock,
        faults: Arc<Faults>,
        seed: u64,
    ) -> Result<Self, reqwest::Error> {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let lanes = Lanes::new(&stop);
        Ok(Self {
            worker: Worker {
                sender: Sender::new(options.timeout)?,
                options: Arc::new(options),
                clock,
                log: Arc::default(),
                draw: Arc::new(Mutex::new(draw_for(seed))),
                runtime: Handle::current(),
                tasks: tasks.clone(),
                end: lanes.end.clone(),
            },
            faults,
            lanes: Mutex::new(lanes),
            tasks,
            stop,
        })
    }

    /// Sends these events to every webhook that listens to them in `state`. Returns at
    /// once; call it while the lock that made the events is held, so that deliveries
    /// keep their order.
    pub fn publish(&self, state: &State, events: &[WebhookEvent]) {
        for event in events {
            for hook in state.listeners(event.kind, event.origin) {
                self.deliver(state, hook, event);
            }
        }
    }

    fn deliver(&self, state: &State, hook: &Webhook, event: &WebhookEvent) {
        let mode = self.worker.options.token_mode;
        let fault = self.faults.next_for_delivery(event.kind.as_str());
        let now = self.worker.clock.now_ms();
        let kind = fault.as_ref().map(|fault| fault.kind);
        let mut draw = self.worker.draw();
        let mut envelope = Envelope::new(&mut draw, event.kind, event.data.clone(), now);
        let signing_token = match (kind, state.old_signing_token(hook, mode)) {
            (Some(FaultKind::OldToken), Some(old)) => Some(old.to_owned()),
            // Before any regeneration there is no old token: one that never was valid does.
            (Some(FaultKind::OldToken), None) => Some(draw.hex(24)),
            (Some(FaultKind::Unsigned), _) => None,
            _ => state.signing_token(hook, mode).map(str::to_owned),
        };
        if let Some(token) = &signing_token {
            envelope.sign(token);
        }
        let withheld = kind == Some(FaultKind::Withhold);
        self.worker.log.add(Delivery {
            id: envelope.id.clone(),
            event: envelope.event,
            webhook_id: hook.id.clone(),
            url: hook.url.clone(),
            created_at: now,
            state: if withheld { DeliveryState::Withheld } else { DeliveryState::Waiting },
            attempts: Vec::new(),
            next_attempt_at: None,
            body: envelope.clone(),
        });
        if !withheld {
            let job = Job { url: hook.url.clone(), envelope, signing_token, fault };
            self.enqueue(&hook.id, job);
        }
    }

    fn enqueue(&self, webhook: &str, job: Job) {
        let mut guard = self.lanes();
        let lanes = &mut *guard;
        let lane = lanes.open.entry(webhook.to_owned()).or_insert_with(|| {
            let (sender, jobs) = mpsc::unbounded_channel();
            let worker = Worker { end: lanes.end.clone(), ..self.worker.clone() };
            let runtime = worker.runtime.clone();
            self.tasks.spawn_on(worker.run_lane(jobs), &runtime);
            sender
        });
        // A lane ends only with the sandbox, and then its work ends with it.
        let _ = lane.send(job);
    }

    /// Every delivery, oldest first.
    pub fn list(&self) -> Vec<Delivery> {
        self.worker.log.list()
    }

    /// The newest deliveries, newest first.
    pub fn newest(&self, count: usize) -> Vec<Delivery> {
        self.worker.log.newest(count)
    }

    /// One delivery by its id.
    pub fn get(&self, id: &str) -> Option<Delivery> {
        self.worker.log.get(id)
    }

    /// Sends a delivery once more, as it is, whatever became of it; one attempt, no
    /// retries. `None` when there is no such delivery.
    pub async fn resend(&self, id: &str) -> Option<Attempt> {
        let delivery = self.get(id)?;
        Some(self.worker.attempt(&delivery.url, &delivery.body).await)
    }

    /// **Verify Connection**: a call without an opportunity, one attempt; signed only when a
    /// signing token was generated.
    pub async fn verify(&self, url: &str, event: EventKind, signing_token: Option<&str>) -> Attempt {
        let now = self.worker.clock.now_ms();
        let check = Check::new(&mut self.worker.draw(), event, signing_token, now);
        self.worker.post(url, &check).await
    }

    /// Drops what waits and forgets what was; draws from `seed` from now on.
    pub fn reset(&self, seed: u64) {
        let mut lanes = self.lanes();
        lanes.end.cancel();
        *lanes = Lanes::new(&self.stop);
        *self.worker.draw() = draw_for(seed);
        self.worker.log.clear();
    }

    /// Ends every lane and retry, and returns when all are ended. What was not handed
    /// over stays so.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn new(stop: &CancellationToken) -> Self {
        Self { open: HashMap::new(), end: stop.child_token() }
    }
}

/// Apart from the account's own source, so that neither moves the other.
fn draw_for(seed: u64) -> Draw {
    Draw::new(seed ^ 0xDE11_7E12)
}

impl Drop for Deliverer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
