//! One cheap call: it tells whether the portal still has access, and how the stages are named now.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next, integration_of};
use crate::db::{Conn, DbResult, dialect};
use crate::events;
use crate::ids::IntegrationId;
use crate::integrations::alerts::{self, AlertKind};
use crate::integrations::lever_webhooks::beside;
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::refusal;
use crate::integrations::schedule::watch;
use crate::integrations::{State, store as integration_store};
use crate::job_queue::{JobKind, JobRow};
use crate::monitoring::verdict::{self, Level, PartCode};
use crate::reasons::Reason;
use crate::time::Timestamp;
use lever_client::Error;
use serde::Deserialize;
use std::time::Duration;

/// How long a check waits for Lever.
const LIMIT: Duration = Duration::from_secs(20);

/// Whether Lever's list of webhooks says something about signatures that fail, or may no longer say it.
fn is_list_wanted(conn: &mut Conn, id: &IntegrationId) -> DbResult<bool> {
    let integration = integration_store::get(conn, id)?;
    Ok(integration.state == State::Active
        && (integration.signature_failing_since.is_some() || !beside::unsaved(conn, id)?.is_empty()))
}

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct CheckAccess {}

impl Job for CheckAccess {
    const KIND: JobKind = JobKind::CheckAccess;
    const NEEDS: Needs = Needs::Connected;
    const ONE_PER: &'static str = "integration";
    const TRIGGER: &'static str = "every 5 minutes, 30 seconds after one that failed";

    async fn run(&self, ctx: &JobContext, row: &JobRow) -> JobResult {
        let id = integration_of(row)?;
        // That Lever does not answer is what a check finds, and no failure of the check.
        let (failure, took) = match ctx.connections.refresh_stages(&id, LIMIT).await {
            Ok(took) => (Reason::None, took),
            Err(CallError::Lever(Error::Forbidden { .. })) => (Reason::None, None),
            Err(cause) => {
                tracing::info!(integration = %id, %cause, "a check of an integration did not succeed");
                (Reason::from(&cause), None)
            }
        };
        if failure.is_none()
            && ctx.db.read(move |conn| is_list_wanted(conn, &id)).await?
            && let Err(cause) = beside::ask(&ctx.connections, &id).await
        {
            tracing::info!(integration = %id, %cause, "Lever does not say which webhooks there are");
        }
        let found = failure.clone();
        ctx.db
            .write(move |conn| {
                let integration = integration_store::get(conn, &id)?;
                dialect::lock_company(conn, &integration.company_id)?;
                watch::checked(conn, &id, &failure, took)?;
                if failure.is_none() {
                    refusal::accepted(conn, &id)?;
                }
                if integration.state == State::Disconnected {
                    return Ok(());
                }
                // What a verdict finds good again needs no alert until the next night. What a test found is over when
                // a test says so.
                let verdict = verdict::of_integration(conn, integration.clone())?.verdict;
                if verdict.level(PartCode::Signatures) == Level::Good {
                    alerts::recover(conn, &integration, AlertKind::SignaturesFailing)?;
                }
                match events::health::failed_lately(conn, &id)? {
                    Some(since) => alerts::begin(conn, &integration, AlertKind::EventsFailing, since),
                    None => alerts::recover(conn, &integration, AlertKind::EventsFailing),
                }
            })
            .await?;
        Ok(Next::At(watch::next_check(&found)))
    }

    fn gave_up(&self, _: &mut Conn, _: &JobRow, _: &Reason) -> DbResult<Option<Timestamp>> {
        Ok(Some(watch::next_check(&Reason::None)))
    }
}
