//! What an account's turn does beside its queue: checks of its access, reconciliation, and telling
//! its admins what is wrong. One small piece at a time, so that events come first.

use super::{JobContext, reconcile as pages};
use crate::alert_webhooks;
use crate::alert_webhooks::AlertDelivery;
use crate::completeness::{self, Day, DayState};
use crate::db::schema::{
    self, alert_posts, alerts, chores as nightly, completeness_days, integrations, reconciliations, watches,
};
use crate::db::{Conn, DbError, DbResult, dialect};
use crate::events;
use crate::ids::{IntegrationId, UserId};
use crate::integrations::alerts::email;
use crate::integrations::alerts::{self as told, About, Alert, AlertKind};
use crate::integrations::oauth::connections::CallError;
use crate::integrations::oauth::permissions;
use crate::integrations::schedule::nightly as nightly_chores;
use crate::integrations::schedule::{runs, watch};
use crate::integrations::{Integration, State, store as integration_store};
use crate::invitations::lifecycle;
use crate::mail::{MailError, Message};
use crate::people;
use crate::reconciliation;
use crate::reconciliation::{Run, RunCause};
use crate::time::Timestamp;
use diesel::dsl::exists;
use diesel::prelude::*;
use lever_client::Error;
use std::time::Duration;

/// How long a check waits for Lever.
const CHECK: Duration = Duration::from_secs(20);

/// When a mail that could not be handed over is tried again.
const MAIL_AGAIN: Duration = Duration::from_secs(60);

/// Accounts with a chore that is due, which this worker may take.
pub(in crate::jobs) fn due(conn: &mut Conn, owner: &str) -> DbResult<Vec<IntegrationId>> {
    let now = Timestamp::now();
    let is_active = integrations::state.eq(State::Active);
    let check = watches::table
        .filter(watches::integration_id.eq(integrations::id).and(watches::next_check_at.le(now)));
    let reconcile = watches::table
        .filter(watches::integration_id.eq(integrations::id).and(watches::next_reconcile_at.le(now)));
    let run = reconciliations::table
        .filter(reconciliations::integration_id.eq(integrations::id))
        .filter(reconciliations::finished_at.is_null().and(reconciliations::next_attempt_at.le(now)));
    let untold =
        alerts::table.filter(alerts::integration_id.eq(integrations::id).and(alerts::try_at.le(now))).filter(
            alerts::told_at.is_null().and(alerts::recovered_at.is_null()).or(alerts::told_at
                .is_not_null()
                .and(alerts::recovered_at.is_not_null().and(alerts::recovery_told_at.is_null()))),
        );
    let nightly =
        nightly::table.filter(nightly::integration_id.eq(integrations::id).and(nightly::next_at.le(now)));
    let counting = completeness_days::table
        .filter(completeness_days::integration_id.eq(integrations::id))
        .filter(completeness_days::state.eq(DayState::Asked))
        .filter(completeness_days::next_attempt_at.le(now));
    let post = alert_posts::table
        .filter(alert_posts::integration_id.eq(integrations::id.nullable()))
        .filter(alert_posts::finished_at.is_null().and(alert_posts::next_attempt_at.le(now)));
    let failing = alerts::table
        .filter(alerts::integration_id.eq(integrations::id).and(alerts::recovered_at.is_null()))
        .filter(alerts::kind.eq(AlertKind::SignaturesFailing));
    let news = integrations::signature_failing_since
        .is_not_null()
        .and(diesel::dsl::not(exists(failing)))
        .or(integrations::signature_failing_since.is_null().and(exists(failing)));
    let late = lifecycle::ending(now).filter(schema::invitations::integration_id.eq(integrations::id));
    Ok(integrations::table
        .filter(integrations::lease_until.lt(now).or(integrations::lease_owner.eq(owner)))
        .filter(
            integrations::state
                .ne(State::Disconnected)
                .and(exists(check))
                .or(is_active.and(exists(reconcile).or(exists(run)).or(news)))
                .or(is_active.and(exists(nightly).or(exists(counting))))
                .or(exists(untold))
                .or(exists(post))
                .or(exists(late)),
        )
        .select(integrations::id)
        .load(conn)?)
}

/// What there is to do next for an account.
enum Chore {
    Expire,
    Signatures,
    Tell(Alert, About),
    Check,
    Begin(Box<Integration>),
    Page(Box<Run>),
    Post(Box<AlertDelivery>),
    Nightly(nightly_chores::Chore),
    Count(Box<Day>),
}

fn next(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Chore>> {
    let now = Timestamp::now();
    let integration = integration_store::get(conn, id)?;
    let late = lifecycle::ending(now).filter(schema::invitations::integration_id.eq(id));
    if diesel::select(exists(late)).get_result(conn)? {
        return Ok(Some(Chore::Expire));
    }
    if told::signatures_changed(conn, &integration)? {
        return Ok(Some(Chore::Signatures));
    }
    if let Some((alert, about)) = told::next_untold(conn, id, now)? {
        return Ok(Some(Chore::Tell(alert, about)));
    }
    if let Some(post) = alert_webhooks::next_post(conn, id, now)? {
        return Ok(Some(Chore::Post(Box::new(post))));
    }
    let Some(watch) = watch::load(conn, id)? else { return Ok(None) };
    if integration.state != State::Disconnected && watch.next_check_at <= now {
        return Ok(Some(Chore::Check));
    }
    if integration.state != State::Active {
        return Ok(None);
    }
    match reconciliation::current(conn, id)? {
        Some(run) if run.next_attempt_at <= now => return Ok(Some(Chore::Page(Box::new(run)))),
        None if watch.next_reconcile_at <= now => return Ok(Some(Chore::Begin(Box::new(integration)))),
        Some(_) | None => {}
    }
    if let Some(day) = completeness::next_asked(conn, id, now)? {
        return Ok(Some(Chore::Count(Box::new(day))));
    }
    Ok(nightly_chores::due(conn, id, now)?.map(Chore::Nightly))
}

/// Does the next chore of an account. `false`: there was none.
pub(in crate::jobs) async fn one(ctx: &JobContext, id: &IntegrationId) -> Result<bool, DbError> {
    let asked = *id;
    let Some(chore) = ctx.db.read(move |conn| next(conn, &asked)).await? else { return Ok(false) };
    match chore {
        Chore::Expire => {
            let id = *id;
            ctx.db.write(move |conn| lifecycle::expire(conn, &id, Timestamp::now())).await?;
        }
        Chore::Signatures => {
            let id = *id;
            ctx.db.write(move |conn| told::note_signatures(conn, &id)).await?;
        }
        Chore::Tell(alert, about) => tell(ctx, alert, about).await?,
        Chore::Check => check(ctx, id).await?,
        Chore::Begin(integration) => {
            ctx.db
                .write(move |conn| {
                    // Also when a run was begun meanwhile: what is planned here has come about. Without the
                    // permissions it would be in vain; once they are granted, one is asked for.
                    if permissions::lacks(&integration, &permissions::TO_DECIDE).is_none() {
                        reconciliation::request_run(conn, &integration, RunCause::Schedule, None)?;
                    }
                    runs::reconciled(conn, &integration.id)
                })
                .await?;
        }
        Chore::Page(run) => pages::step(ctx, *run).await?,
        Chore::Post(post) => crate::jobs::send_alert_webhook::send(ctx, *post).await?,
        Chore::Nightly(chore) => super::nightly::step(ctx, chore).await?,
        Chore::Count(day) => crate::jobs::count_day::step(ctx, *day).await?,
    }
    Ok(true)
}

/// One cheap call: it tells whether the portal still has access, and how the stages are named now.
async fn check(ctx: &JobContext, id: &IntegrationId) -> Result<(), DbError> {
    let (failure, took) = match ctx.connections.refresh_stages(id, CHECK).await {
        Ok(took) => (String::new(), took),
        Err(CallError::Lever(Error::Forbidden { .. })) => (String::new(), None),
        Err(cause) => {
            tracing::info!(integration = %id, %cause, "a check of an account did not succeed");
            (cause.to_string(), None)
        }
    };
    let id = *id;
    ctx.db
        .write(move |conn| {
            let integration = integration_store::get(conn, &id)?;
            dialect::lock_company(conn, &integration.company_id)?;
            watch::checked(conn, &id, &failure, took)?;
            if integration.state == State::Disconnected {
                return Ok(());
            }
            match events::health::failed_lately(conn, &id)? {
                Some(since) => told::begin(conn, &integration, AlertKind::EventsFailing, since),
                None => told::recover(conn, &integration, AlertKind::EventsFailing),
            }
        })
        .await
}

/// Writes to each admin once. Who was written to is kept at once, so a failure half-way does not
/// write to the others again.
async fn tell(ctx: &JobContext, alert: Alert, about: About) -> Result<(), DbError> {
    let asked = alert.clone();
    let (company, integration, names, readers) = ctx
        .db
        .read(move |conn| {
            let company = people::company(conn, &asked.company_id)?;
            let integration = integration_store::get(conn, &asked.integration_id)?;
            let names = told::names(conn, &asked)?;
            Ok((company, integration, names, told::readers(conn, &asked, about)?))
        })
        .await?;
    for user in readers {
        let mut page = ctx.base_url.clone();
        page.set_path(&format!("/settings/integrations/{}", integration.id));
        let message = email::message(&user, &company, &integration, &alert, (about, &names), &page);
        if !write(ctx, message).await {
            let (id, until) = (alert.id, Timestamp::now().plus(MAIL_AGAIN));
            return ctx.db.write(move |conn| told::tell_later(conn, &id, until)).await;
        }
        let (id, user): (_, UserId) = (alert.id, user.id);
        ctx.db.write(move |conn| told::written(conn, &id, about, &user)).await?;
    }
    ctx.db.write(move |conn| told::told(conn, &alert.id, about)).await
}

/// `false`: the mail server does not take it now. An address that it refuses for good counts as written to.
async fn write(ctx: &JobContext, message: Message) -> bool {
    match ctx.mailer.send(message).await {
        Ok(_) => true,
        Err(MailError::TryAgain(why)) => {
            tracing::warn!(why, "an admin could not be written to");
            false
        }
        Err(refused) => {
            tracing::warn!(%refused, "an admin cannot be written to");
            true
        }
    }
}
