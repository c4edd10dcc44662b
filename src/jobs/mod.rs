//! The background worker: takes turns over connected accounts, works their events and runs their jobs. A job is a
//! type ([`job`]), all of them stand in [`registry`], and [`runner`] runs them.
//!
//! An account is leased to one worker at a time, so Lever's rate limit and the order of events stay
//! local to it. Instances on one PostgreSQL share the accounts; when one dies, its leases run out
//! and another takes over.

mod action;
mod backoff;
mod check_access;
mod count_day;
mod end_access;
mod erase_expired;
mod event;
mod expire_invitations;
mod failure;
mod find_unknown_candidates;
mod job;
mod lease;
mod look_again;
mod note_signatures;
mod notices;
mod notify_admins;
mod plan_day_counts;
mod plan_reconciliation;
mod poll_test_order;
mod read_postings;
mod reconcile;
pub mod registry;
mod release_bulk_move;
mod reuse_results;
mod runner;
mod send_alert_webhook;
mod send_checkpoint;
mod sign_checkpoint;
mod test_integration;
mod verify_kept_deliveries;

pub use lease::forget as forget_leases;

use crate::db::{Conn, Db, DbError, DbResult};
use crate::events::queue;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::Connections;
use crate::integrations::{State as AccountState, store as integration_store};
use crate::invitations::test_orders::Providers;
use crate::job_queue;
use crate::mail::Mailer;
use crate::secrets::Sealer;
use crate::time::Timestamp;
use futures_util::{FutureExt as _, StreamExt as _};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How often the worker looks for work that nobody told it of: retries that are due, and what other
/// instances kept.
const GLANCE: Duration = Duration::from_secs(1);

/// How long an integration is left alone whose turn ended early: doubles from time to time, up to the longest.
const SHORTEST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(30);

/// Events of one account that are worked at the same time; each of another opportunity.
const AT_ONCE: usize = 4;

/// Events that are taken from the queue at a time.
const BATCH: i64 = 32;

/// Whether nothing waits that could be done now for an integration, and nothing is being done.
///
/// # Errors
/// When the database cannot be asked.
pub fn is_idle(conn: &mut Conn) -> DbResult<bool> {
    Ok(!lease::is_any_held(conn)?
        && lease::with_work(conn, "")?.is_empty()
        && registry::integrations_with_due_jobs(conn, "")?.is_empty())
}

/// What working an event takes. Cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    pub db: Db,
    /// Opens the codes of invitations.
    pub sealer: Sealer,
    /// Sends invitations.
    pub mailer: Mailer,
    /// The way to Lever.
    pub connections: Connections,
    /// Posts alerts to machines.
    pub alerts: crate::alert_webhooks::Sender,
    /// Who gives the tests.
    pub providers: Providers,
    /// For links in mails.
    pub base_url: Url,
}

impl JobContext {
    /// A page of this portal, for mails and Lever.
    pub fn link(&self, path: &str) -> Url {
        self.base_url.join(path).expect("our paths are valid")
    }
}

/// A worker that runs.
pub struct Worker {
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Worker {
    /// Starts; `work` is notified when there is something to do at once.
    pub fn start(ctx: JobContext, work: Arc<Notify>) -> Self {
        let stop = CancellationToken::new();
        let supervisor = Supervisor {
            ctx,
            work,
            stop: stop.clone(),
            owner: crate::secrets::random_text(12),
            busy: HashSet::new(),
            resting: HashMap::new(),
            turns: JoinSet::new(),
        };
        let sweeping = erase_expired::keep_sweeping(supervisor.ctx.clone(), stop.clone());
        let unbound = runner::keep_running_unbound(supervisor.ctx.clone(), stop.clone());
        let running = tokio::spawn(async {
            tokio::join!(supervisor.run(), sweeping, unbound);
        });
        Self { stop, running }
    }

    /// Stops: events in work are finished, leases are given back.
    pub async fn stop(self) {
        self.stop.cancel();
        let _ = self.running.await;
    }
}

struct Supervisor {
    ctx: JobContext,
    work: Arc<Notify>,
    stop: CancellationToken,
    /// The name under which this process leases.
    owner: String,
    busy: HashSet<IntegrationId>,
    /// Integrations whose turn ended early, and how often in a row: until when they are left alone.
    resting: HashMap<IntegrationId, (Instant, u32)>,
    turns: JoinSet<(IntegrationId, Ended)>,
}

impl Supervisor {
    async fn run(mut self) {
        while !self.stop.is_cancelled() {
            if let Err(failure) = self.hand_out().await {
                tracing::error!(%failure, "the worker could not look for work");
            }
            tokio::select! {
                () = self.work.notified() => {}
                () = tokio::time::sleep(GLANCE) => {}
                () = self.stop.cancelled() => {}
                Some(ended) = self.turns.join_next() => self.ended(ended),
            }
        }
        while let Some(ended) = self.turns.join_next().await {
            self.ended(ended);
        }
    }

    fn ended(&mut self, ended: Result<(IntegrationId, Ended), tokio::task::JoinError>) {
        match ended {
            Ok((integration, Ended::Well)) => {
                self.busy.remove(&integration);
                self.resting.remove(&integration);
            }
            Ok((integration, Ended::Early)) => {
                self.busy.remove(&integration);
                let times = self.resting.get(&integration).map_or(0, |(_, times)| *times);
                let wait = SHORTEST_REST.saturating_mul(1 << times.min(5)).min(LONGEST_REST);
                self.resting.insert(integration, (Instant::now() + wait, times.saturating_add(1)));
            }
            Err(failure) => {
                // Only when the process ends: a turn catches what breaks off in it.
                tracing::error!(%failure, "an integration's turn broke off");
                self.busy.clear();
            }
        }
    }

    async fn hand_out(&mut self) -> Result<(), DbError> {
        let unasked = self.ctx.db.read(registry::unasked).await?;
        if !unasked.is_empty() {
            let add = move |conn: &mut Conn| {
                unasked.into_iter().try_for_each(|job| job_queue::add_missing(conn, job))
            };
            self.ctx.db.write(add).await?;
        }
        let owner = self.owner.clone();
        let waiting = self.ctx.db.read(move |conn| {
            let waiting = lease::with_work(conn, &owner)?
                .into_iter()
                .chain(registry::integrations_with_due_jobs(conn, &owner)?);
            Ok(waiting.collect::<BTreeSet<_>>())
        });
        let now = Instant::now();
        let is_free = |id: &IntegrationId| {
            !self.busy.contains(id) && self.resting.get(id).is_none_or(|(until, _)| *until <= now)
        };
        for integration in waiting.await?.into_iter().filter(is_free).collect::<Vec<_>>() {
            let (id, owner) = (integration, self.owner.clone());
            if self.ctx.db.write(move |conn| lease::acquire(conn, &id, &owner)).await? {
                self.busy.insert(integration);
                let turn = Turn {
                    ctx: self.ctx.clone(),
                    stop: self.stop.clone(),
                    owner: self.owner.clone(),
                    integration,
                };
                self.turns.spawn(turn.run());
            }
        }
        Ok(())
    }
}

/// How a turn ended.
enum Ended {
    /// There was no more to do.
    Well,
    /// The database was out of reach, or something broke off.
    Early,
}

/// One account's turn: until its queue is empty.
struct Turn {
    ctx: JobContext,
    stop: CancellationToken,
    owner: String,
    integration: IntegrationId,
}

impl Turn {
    async fn run(self) -> (IntegrationId, Ended) {
        let ended = tokio::select! {
            outcome = AssertUnwindSafe(self.work_all()).catch_unwind() => match outcome {
                Ok(Ok(())) => Ended::Well,
                Ok(Err(failure)) => {
                    tracing::error!(%failure, integration = %self.integration, "an integration's turn ended early");
                    Ended::Early
                }
                Err(panic) => {
                    let why = failure::panicked(&*panic);
                    tracing::error!(%why, integration = %self.integration, "an integration's turn broke off");
                    Ended::Early
                }
            },
            () = self.keep_lease() => {
                tracing::warn!(integration = %self.integration, "another worker has taken over");
                Ended::Well
            }
        };
        let (id, owner) = (self.integration, self.owner.clone());
        if let Err(failure) = self.ctx.db.write(move |conn| lease::give_back(conn, &id, &owner)).await {
            tracing::warn!(%failure, "a lease could not be given back; it runs out automatically");
        }
        (self.integration, ended)
    }

    /// Works until nothing is left. What fails counts as an attempt of its own and stops nothing else; only a database
    /// that is out of reach ends the turn.
    async fn work_all(&self) -> Result<(), DbError> {
        while !self.stop.is_cancelled() {
            // Before the queue: a long one would keep admins from hearing of it in time.
            if runner::run_next(&self.ctx, self.integration, true).await? {
                continue;
            }
            let id = self.integration;
            let due = self.ctx.db.read(move |conn| {
                // Access may have ended in the turn: then nothing is tried in vain.
                if integration_store::get(conn, &id)?.state != AccountState::Active {
                    return Ok(None);
                }
                queue::next_due(conn, &id, Timestamp::now(), BATCH).map(Some)
            });
            let due = due.await?;
            let is_active = due.is_some();
            let due = due.unwrap_or_default();
            if due.is_empty() {
                let is_more = is_active && self.follow_up().await?;
                if is_more || runner::run_next(&self.ctx, self.integration, false).await? {
                    continue;
                }
                return Ok(());
            }
            let outcomes = futures_util::stream::iter(due)
                .take_while(|_| std::future::ready(!self.stop.is_cancelled()))
                .map(|event| event::work(&self.ctx, event))
                .buffer_unordered(AT_ONCE)
                .collect::<Vec<_>>();
            outcomes.await.into_iter().collect::<Result<Vec<()>, DbError>>()?;
        }
        Ok(())
    }

    /// Works what no event waits for. `false`: there was nothing.
    async fn follow_up(&self) -> Result<bool, DbError> {
        let id = self.integration;
        let due = self
            .ctx
            .db
            .read(move |conn| crate::invitations::follow_up::due_actions(conn, &id, BATCH))
            .await?;
        let there_was = !due.is_empty();
        let outcomes = futures_util::stream::iter(due)
            .take_while(|_| std::future::ready(!self.stop.is_cancelled()))
            .map(|(action, invitation)| action::queue::work(&self.ctx, action, invitation))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>();
        outcomes.await.into_iter().collect::<Result<Vec<()>, DbError>>()?;
        Ok(there_was)
    }

    /// Returns when the lease is no longer ours.
    async fn keep_lease(&self) {
        loop {
            tokio::time::sleep(lease::TERM / 4).await;
            let (id, owner) = (self.integration, self.owner.clone());
            match self.ctx.db.write(move |conn| lease::acquire(conn, &id, &owner)).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(failure) => tracing::warn!(%failure, "a lease could not be renewed"),
            }
        }
    }
}
