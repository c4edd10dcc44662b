//! The background worker: takes turns over connected accounts and works their events.
//!
//! An account is leased to one worker at a time, so Lever's rate limit and the order of events stay
//! local to it. Instances on one PostgreSQL share the accounts; when one dies, its leases run out
//! and another takes over.

mod action;
mod count_day;
mod erase_expired;
mod event;
mod find_unknown_candidates;
mod lease;
mod nightly;
mod poll_test_orders;
mod reconcile;
mod registry;
mod send_alert_webhook;

pub use lease::forget as forget_leases;

use crate::db::{Db, DbError};
use crate::events::queue;
use crate::ids::IntegrationId;
use crate::integrations::oauth::connections::Connections;
use crate::integrations::{State as AccountState, store as integration_store};
use crate::invitations::test_orders::Providers;
use crate::mail::Mailer;
use crate::secrets::Sealer;
use crate::time::Timestamp;
use futures_util::StreamExt as _;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How often the worker looks for work that nobody told it of: retries that are due, and what other
/// instances kept.
const GLANCE: Duration = Duration::from_secs(1);

/// Events of one account that are worked at the same time; each of another opportunity.
const AT_ONCE: usize = 4;

/// Events that are taken from the queue at a time.
const BATCH: i64 = 32;

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
            turns: JoinSet::new(),
        };
        let sweeping = erase_expired::keep_sweeping(supervisor.ctx.clone(), stop.clone());
        let asking = poll_test_orders::keep_asking(supervisor.ctx.clone(), stop.clone());
        let running = tokio::spawn(async {
            tokio::join!(supervisor.run(), sweeping, asking);
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
    turns: JoinSet<IntegrationId>,
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

    fn ended(&mut self, ended: Result<IntegrationId, tokio::task::JoinError>) {
        match ended {
            Ok(integration) => {
                self.busy.remove(&integration);
            }
            Err(failure) => {
                // Which account it was is not known; its lease is still ours, so nothing is lost by
                // looking at all of them again.
                tracing::error!(%failure, "working an account broke off");
                self.busy.clear();
            }
        }
    }

    async fn hand_out(&mut self) -> Result<(), DbError> {
        let owner = self.owner.clone();
        let waiting = self.ctx.db.read(move |conn| {
            let waiting = lease::with_work(conn, &owner)?.into_iter().chain(registry::due(conn, &owner)?);
            let waiting = waiting.chain(event::invite::due(conn, &owner)?);
            Ok(waiting.collect::<BTreeSet<_>>())
        });
        for integration in waiting.await?.into_iter().filter(|id| !self.busy.contains(id)).collect::<Vec<_>>()
        {
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

/// One account's turn: until its queue is empty.
struct Turn {
    ctx: JobContext,
    stop: CancellationToken,
    owner: String,
    integration: IntegrationId,
}

impl Turn {
    async fn run(self) -> IntegrationId {
        tokio::select! {
            outcome = self.work_all() => if let Err(failure) = outcome {
                tracing::error!(%failure, integration = %self.integration, "an account's turn ended early");
            },
            () = self.keep_lease() => {
                tracing::warn!(integration = %self.integration, "another worker has taken over");
            }
        }
        let (id, owner) = (self.integration, self.owner.clone());
        if let Err(failure) = self.ctx.db.write(move |conn| lease::give_back(conn, &id, &owner)).await {
            tracing::warn!(%failure, "a lease could not be given back; it runs out by itself");
        }
        self.integration
    }

    async fn work_all(&self) -> Result<(), DbError> {
        while !self.stop.is_cancelled() {
            // Before the queue: a long one would keep admins from hearing of it in time.
            while event::invite::one(&self.ctx, &self.integration).await? {}
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
                if is_more || registry::one(&self.ctx, &self.integration).await? {
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
