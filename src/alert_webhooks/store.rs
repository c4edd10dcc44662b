//! The tables of the addresses that alerts are posted to, and of what was posted.

use super::address::{self, label, place};
use super::answer::Answered;
use super::signature;
use crate::audit::{self, Actor};
use crate::db::schema::alert_hooks::{self, dsl as webhook_dsl};
use crate::db::schema::alert_posts::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::portal;
use crate::ids::{AlertDeliveryId, AlertId, CompanyId, IntegrationId};
use crate::job_queue::{self, JobKind, NewJob};
use crate::reasons::Reason;
use crate::secrets::{SealError, Sealed, Sealer};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::time::Duration;

/// The secret before still signs for a day, so that the receiver can be changed in peace.
const OVERLAP: Duration = Duration::from_secs(86_400);

/// Posts that a page shows.
const SHOWN: i64 = 10;

text_enum! {
    /// What is posted.
    AlertDeliveryKind {
        /// Something is wrong.
        Begun => "begun",
        /// It is over.
        Over => "over",
        /// An admin pressed **Send a test**.
        Test => "test",
    }
}

impl AlertDeliveryKind {
    /// The `type` in the body.
    pub fn event(self) -> &'static str {
        match self {
            Self::Begun => "integration.alert_began",
            Self::Over => "integration.alert_ended",
            Self::Test => "test",
        }
    }
}

/// Where a company's alerts are posted to.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_hooks)]
pub struct AlertWebhook {
    pub company_id: CompanyId,
    /// Where to: see [`address`].
    pub url_sealed: Option<Sealed>,
    /// What signs; see [`super::secrets`].
    pub secret_sealed: Sealed,
    /// What signed before, and still does beside it.
    pub previous_sealed: Option<Sealed>,
    /// Until then.
    pub previous_until: Option<Timestamp>,
    /// Why nothing is posted any more; empty while it is.
    pub turned_off: Reason,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// Something that is posted.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = alert_posts)]
pub struct AlertDelivery {
    /// Its id, which is sent as `webhook-id`.
    pub id: AlertDeliveryId,
    pub company_id: CompanyId,
    /// The account; none for a test.
    pub integration_id: Option<IntegrationId>,
    /// The alert; none for a test.
    pub alert_id: Option<AlertId>,
    /// What is posted.
    pub about: AlertDeliveryKind,
    /// The body, byte for byte.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// How often it was tried.
    pub attempts: i32,
    /// When it was tried last.
    pub tried_at: Option<Timestamp>,
    /// The last answer's status.
    pub status: Option<i32>,
    /// The last answer's beginning, or why there was none.
    pub answer: Reason,
    /// How long the last attempt took, in ms.
    pub duration_ms: Option<i64>,
    /// When it was taken or given up.
    pub finished_at: Option<Timestamp>,
}

/// The address itself, for who posts there or may change it.
///
/// # Errors
/// When it was sealed under another key.
pub fn address(webhook: &AlertWebhook, sealer: &Sealer) -> Result<SecretString, SealError> {
    address::open(webhook.url_sealed.as_ref(), &webhook.company_id, sealer)
}

fn label_of(webhook: &AlertWebhook, sealer: &Sealer) -> String {
    match address(webhook, sealer) {
        Ok(url) => label(url.expose_secret()),
        Err(_) => "an address that does not open".to_owned(),
    }
}

/// Where a company's alerts are posted to, when anywhere.
pub fn by_company(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<AlertWebhook>> {
    Ok(webhook_dsl::alert_hooks.find(company).select(AlertWebhook::as_select()).first(conn).optional()?)
}

/// Saves the address; answers the secret when it is a new one, to be shown once.
pub fn save(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    url: &str,
    actor: &Actor,
) -> DbResult<Option<SecretString>> {
    dialect::lock_company(conn, company)?;
    let now = Timestamp::now();
    let before = by_company(conn, company)?;
    let secret = match &before {
        Some(_) => {
            diesel::update(webhook_dsl::alert_hooks.find(company))
                .set((
                    webhook_dsl::url_sealed.eq(Some(address::seal(sealer, company, url))),
                    webhook_dsl::turned_off.eq(Reason::None),
                    webhook_dsl::updated_at.eq(now),
                ))
                .execute(conn)?;
            None
        }
        None => {
            let secret = signature::new_secret();
            let webhook = AlertWebhook {
                company_id: *company,
                url_sealed: Some(address::seal(sealer, company, url)),
                secret_sealed: sealer.seal(&secret, &place("secret", company)),
                previous_sealed: None,
                previous_until: None,
                turned_off: Reason::None,
                created_at: now,
                updated_at: now,
            };
            diesel::insert_into(alert_hooks::table)
                .values((&webhook, webhook_dsl::url.eq("")))
                .execute(conn)?;
            Some(secret)
        }
    };
    let from = before.map(|webhook| label_of(&webhook, sealer));
    let detail = json!({"url": {"from": from, "to": label(url)}});
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AlertsConfigured,
        audit::Subject::AlertWebhook.as_str(),
        &detail,
    )?;
    Ok(secret)
}

/// Makes a new secret, to be shown once; the one before signs beside it for a day. None without an
/// address.
pub fn rotate(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    actor: &Actor,
) -> DbResult<Option<SecretString>> {
    dialect::lock_company(conn, company)?;
    let Some(webhook) = by_company(conn, company)? else { return Ok(None) };
    // What does not open cannot sign beside the new one either.
    let old = sealer.open(&webhook.secret_sealed, &place("secret", company)).ok();
    let previous = old.map(|old| sealer.seal(&old, &place("previous", company)));
    let (secret, now) = (signature::new_secret(), Timestamp::now());
    diesel::update(webhook_dsl::alert_hooks.find(company))
        .set((
            webhook_dsl::secret_sealed.eq(sealer.seal(&secret, &place("secret", company))),
            webhook_dsl::previous_sealed.eq(previous),
            webhook_dsl::previous_until.eq(Some(now.plus(OVERLAP))),
            webhook_dsl::updated_at.eq(now),
        ))
        .execute(conn)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AlertsSecretRotated,
        audit::Subject::AlertWebhook.as_str(),
        &json!({}),
    )?;
    Ok(Some(secret))
}

/// Posts nothing any more. `false`: nothing was posted anywhere.
pub fn remove(conn: &mut Conn, sealer: &Sealer, company: &CompanyId, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let Some(webhook) = by_company(conn, company)? else { return Ok(false) };
    job_queue::remove_kind(conn, company, JobKind::SendAlertWebhook)?;
    diesel::delete(dsl::alert_posts.filter(dsl::company_id.eq(company))).execute(conn)?;
    diesel::delete(webhook_dsl::alert_hooks.find(company)).execute(conn)?;
    let detail = json!({"url": {"from": label_of(&webhook, sealer), "to": null}});
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AlertsConfigured,
        audit::Subject::AlertWebhook.as_str(),
        &detail,
    )?;
    Ok(true)
}

/// The receiver wants no more: nothing is posted until the address is saved again.
pub fn turn_off(conn: &mut Conn, company: &CompanyId, why: &Reason) -> DbResult<()> {
    dialect::lock_company(conn, company)?;
    let now = Timestamp::now();
    diesel::update(webhook_dsl::alert_hooks.find(company))
        .set((webhook_dsl::turned_off.eq(why), webhook_dsl::updated_at.eq(now)))
        .execute(conn)?;
    job_queue::remove_kind(conn, company, JobKind::SendAlertWebhook)?;
    let open = dsl::alert_posts.filter(dsl::company_id.eq(company).and(dsl::finished_at.is_null()));
    diesel::update(open).set((dsl::finished_at.eq(Some(now)), dsl::answer.eq(why))).execute(conn)?;
    let detail = json!({"reason": why.code_and_params().0});
    audit::record(
        conn,
        company,
        &Actor::Portal,
        audit::Action::AlertsTurnedOff,
        audit::Subject::AlertWebhook.as_str(),
        &detail,
    )
}

/// Writes an alert down to be posted, when the company has an address. Its end is posted only when
/// its beginning was to be.
pub fn announce(
    conn: &mut Conn,
    company: &CompanyId,
    integration: &IntegrationId,
    alert: &AlertId,
    about: AlertDeliveryKind,
    data: Value,
) -> DbResult<()> {
    if by_company(conn, company)?.is_none_or(|webhook| !webhook.turned_off.is_none()) {
        return Ok(());
    }
    let begun = dsl::alert_posts
        .filter(dsl::alert_id.eq(alert).and(dsl::about.eq(AlertDeliveryKind::Begun)))
        .select(dsl::id)
        .first::<AlertDeliveryId>(conn)
        .optional()?;
    if about == AlertDeliveryKind::Over && begun.is_none() {
        return Ok(());
    }
    let row = row(company, Some(integration), Some(alert), about, data);
    diesel::insert_into(alert_posts::table).values(&row).execute(conn)?;
    let job = NewJob {
        company: *company,
        integration: Some(*integration),
        kind: JobKind::SendAlertWebhook,
        key: row.id.to_string(),
        payload: json!({"delivery": row.id}),
        due: Timestamp::now(),
    };
    job_queue::add(conn, job)
}

/// Writes a test down; the caller posts it.
pub fn add_test(conn: &mut Conn, company: &CompanyId, actor: &Actor) -> DbResult<AlertDelivery> {
    let data = json!({"message": portal().message("alert-test", &[])});
    let row = row(company, None, None, AlertDeliveryKind::Test, data);
    diesel::insert_into(alert_posts::table).values(&row).execute(conn)?;
    audit::record(
        conn,
        company,
        actor,
        audit::Action::AlertsTested,
        audit::Subject::AlertWebhook.as_str(),
        &json!({}),
    )?;
    Ok(row)
}

fn row(
    company: &CompanyId,
    integration: Option<&IntegrationId>,
    alert: Option<&AlertId>,
    about: AlertDeliveryKind,
    data: Value,
) -> AlertDelivery {
    let now = Timestamp::now();
    let body = json!({"type": about.event(), "timestamp": now.rfc3339(), "data": data});
    AlertDelivery {
        id: AlertDeliveryId::new(),
        company_id: *company,
        integration_id: integration.cloned(),
        alert_id: alert.cloned(),
        about,
        body: body.to_string(),
        created_at: now,
        attempts: 0,
        tried_at: None,
        status: None,
        answer: Reason::None,
        duration_ms: None,
        finished_at: None,
    }
}

/// What is posted.
pub fn delivery(conn: &mut Conn, id: &AlertDeliveryId) -> DbResult<Option<AlertDelivery>> {
    Ok(dsl::alert_posts.find(id).select(AlertDelivery::as_select()).first(conn).optional()?)
}

/// The address that a post goes to; none when it was removed or turned off meanwhile.
pub fn of_delivery(conn: &mut Conn, delivery: &AlertDelivery) -> DbResult<Option<AlertWebhook>> {
    Ok(by_company(conn, &delivery.company_id)?.filter(|webhook| webhook.turned_off.is_none()))
}

/// Keeps how an attempt went. `is_last`: nothing more is tried, however it went.
pub fn tried(conn: &mut Conn, delivery: &AlertDelivery, answered: &Answered, is_last: bool) -> DbResult<()> {
    let now = Timestamp::now();
    diesel::update(dsl::alert_posts.find(&delivery.id))
        .set((
            dsl::attempts.eq(delivery.attempts + 1),
            dsl::tried_at.eq(Some(now)),
            dsl::status.eq(answered.status.map(i32::from)),
            dsl::answer.eq(&answered.words),
            dsl::duration_ms.eq(Some(answered.duration_ms)),
            dsl::finished_at.eq((is_last || answered.is_taken()).then_some(now)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Nothing more is tried.
pub fn give_up(conn: &mut Conn, id: &AlertDeliveryId) -> DbResult<()> {
    diesel::update(dsl::alert_posts.find(id).filter(dsl::finished_at.is_null()))
        .set(dsl::finished_at.eq(Some(Timestamp::now())))
        .execute(conn)?;
    Ok(())
}

/// The newest posts of a company, newest first.
pub fn last_deliveries(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<AlertDelivery>> {
    Ok(dsl::alert_posts
        .filter(dsl::company_id.eq(company))
        .order(dsl::id.desc())
        .limit(SHOWN)
        .select(AlertDelivery::as_select())
        .load(conn)?)
}
