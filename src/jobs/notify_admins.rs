//! Mails the admins of a company, each once: that something is wrong with an integration, that it is over, or that
//! the invitations of a bulk move are held.

use super::job::{Job, JobResult, Needs, Next};
use super::{JobContext, notices};
use crate::ids::{AlertId, BulkMoveId};
use crate::integrations::alerts::{self, About, email};
use crate::integrations::store as integration_store;
use crate::invitations::bulk_moves::detect::BulkMoveState;
use crate::invitations::bulk_moves::{self, view};
use crate::job_queue::{JobKind, JobRow};
use crate::monitoring::verdict;
use crate::people::{self, Notice, User};
use serde::Deserialize;

/// What the admins are told of.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::jobs) enum NotifyAdmins {
    Alert(AlertId),
    BulkMove(BulkMoveId),
}

impl Job for NotifyAdmins {
    const KIND: JobKind = JobKind::NotifyAdmins;
    const NEEDS: Needs = Needs::Nothing;
    const ONE_PER: &'static str = "alert or bulk move";
    const TRIGGER: &'static str = "an alert begins or is over; five seconds after a bulk move is held";
    const BEFORE_EVENTS: bool = true;

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        match self {
            Self::Alert(id) => alert(ctx, *id).await,
            Self::BulkMove(id) => bulk_move(ctx, *id).await,
        }
    }
}

async fn alert(ctx: &JobContext, id: AlertId) -> JobResult {
    let found = ctx.db.read(move |conn| {
        let Some(alert) = alerts::by_id(conn, &id)? else { return Ok(None) };
        // What was over before anybody was written to needs no mail.
        let Some(about) = alert.untold() else { return Ok(None) };
        let company = people::company(conn, &alert.company_id)?;
        let integration = integration_store::get(conn, &alert.integration_id)?;
        let names = alerts::names(conn, &alert)?;
        // Now, not when it began: what the page shows to who follows the link.
        let judged = verdict::of_integration(conn, integration)?;
        Ok(Some((alert, about, company, judged, names)))
    });
    let Some((alert, about, company, judged, names)) = found.await? else { return Ok(Next::Done) };
    let notice = match about {
        About::Begun => Notice::AlertBegun(id),
        About::Over => Notice::AlertOver(id),
    };
    let (integration, verdict) = (&judged.integration, &judged.verdict);
    let state = format!("{}. {}", verdict.label, verdict.summary());
    let page = ctx.link(&format!("/settings/integrations/{}", integration.id));
    let message =
        |user: &User| email::message(user, &company, integration, &alert, (about, &names), &state, &page);
    notices::send(ctx, company.id, notice, message).await?;
    ctx.db.write(move |conn| alerts::told(conn, &id, about)).await?;
    Ok(Next::Done)
}

async fn bulk_move(ctx: &JobContext, id: BulkMoveId) -> JobResult {
    let found = ctx.db.read(move |conn| {
        // A person may have been quicker.
        let held = bulk_moves::by_id(conn, &id)?.filter(|found| found.state == BulkMoveState::Held);
        let Some(bulk_move) = held else { return Ok(None) };
        let company = people::company(conn, &bulk_move.company_id)?;
        let integration = integration_store::get(conn, &bulk_move.integration_id)?;
        Ok(Some((company, integration, view::summary(conn, bulk_move)?)))
    });
    let Some((company, integration, summary)) = found.await? else { return Ok(Next::Done) };
    let page = ctx.link(&summary.path());
    let message =
        |user: &User| bulk_moves::email::message(user, &company, &integration.account_name, &summary, &page);
    notices::send(ctx, company.id, Notice::BulkMove(id), message).await?;
    Ok(Next::Done)
}
