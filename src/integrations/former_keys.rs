//! Addresses that an account had for its webhooks before its present one: who knows an old one can be shut out, and
//! meanwhile nothing that Lever sends is lost.

use super::store;
use crate::audit::{self, Actor};
use crate::db::schema::{former_webhook_keys, integrations};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::{State, lifecycle};
use crate::secrets::random_text;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// The line among an event's headers that says that it came to a former address.
pub const HEADER: &str = "webhook url";

/// An address that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = former_webhook_keys)]
pub struct FormerKey {
    /// The random part of the address.
    pub webhook_key: String,
    pub integration_id: IntegrationId,
    pub replaced_at: Timestamp,
    /// Until then deliveries to it are taken.
    pub answers_until: Timestamp,
    /// Deliveries to it since it was replaced.
    pub used: i64,
    /// When the last of these came.
    pub used_at: Option<Timestamp>,
    /// The network that sent it.
    pub used_by: String,
}

/// The former address with this random part.
pub fn find(conn: &mut Conn, key: &str) -> DbResult<Option<FormerKey>> {
    Ok(former_webhook_keys::table.find(key).select(FormerKey::as_select()).first(conn).optional()?)
}

/// The former addresses of an account that still answer at `now`, the newest first.
pub fn answering(conn: &mut Conn, id: &IntegrationId, now: Timestamp) -> DbResult<Vec<FormerKey>> {
    Ok(former_webhook_keys::table
        .filter(former_webhook_keys::integration_id.eq(id).and(former_webhook_keys::answers_until.gt(now)))
        .order(former_webhook_keys::replaced_at.desc())
        .select(FormerKey::as_select())
        .load(conn)?)
}

/// When the account got its present address; none when it is its first one.
pub fn replaced_at(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Timestamp>> {
    let of_account = former_webhook_keys::table.filter(former_webhook_keys::integration_id.eq(id));
    Ok(of_account.select(diesel::dsl::max(former_webhook_keys::replaced_at)).first(conn)?)
}

/// A delivery came to a former address.
pub fn note_use(conn: &mut Conn, former: &FormerKey, at: Timestamp, network: &str) -> DbResult<()> {
    diesel::update(former_webhook_keys::table.find(&former.webhook_key))
        .set((
            former_webhook_keys::used.eq(former_webhook_keys::used + 1),
            former_webhook_keys::used_at.eq(Some(at)),
            former_webhook_keys::used_by.eq(network),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives an account a new address; the old one answers for `term`, and former ones no longer than that. `false`: there
/// is no such account, or it is disconnected.
pub fn rotate(
    conn: &mut Conn,
    company: &CompanyId,
    id: &IntegrationId,
    term: Duration,
    actor: &Actor,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let Some(account) =
        store::by_id(conn, company, id)?.filter(|account| account.state != State::Disconnected)
    else {
        return Ok(false);
    };
    let now = Timestamp::now();
    let until = now.plus(term);
    let longer = former_webhook_keys::table
        .filter(former_webhook_keys::integration_id.eq(id).and(former_webhook_keys::answers_until.gt(until)));
    diesel::update(longer).set(former_webhook_keys::answers_until.eq(until)).execute(conn)?;
    let former = FormerKey {
        webhook_key: account.webhook_key.clone(),
        integration_id: *id,
        replaced_at: now,
        answers_until: until,
        used: 0,
        used_at: None,
        used_by: String::new(),
    };
    diesel::insert_into(former_webhook_keys::table).values(&former).execute(conn)?;
    diesel::update(integrations::table.find(id))
        .set((
            integrations::webhook_key.eq(random_text(store::WEBHOOK_KEY)),
            integrations::updated_at.eq(now),
        ))
        .execute(conn)?;
    let detail = json!({ "old_one_answers_until": until.rfc3339() });
    let subject = lifecycle::subject(&account);
    audit::record(conn, company, actor, audit::Action::IntegrationWebhookUrlRotated, &subject, &detail)?;
    Ok(true)
}
