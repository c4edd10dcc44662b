//! The table of connected accounts.

use super::settings::values::IntegrationSettings;
use super::{Environment, State};
use crate::db::schema::former_webhook_keys;
use crate::db::schema::integrations::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::{CompanyId, IntegrationId, UserId};
use crate::reasons::Reason;
use crate::secrets::{Sealed, random_text};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::Hosts;

/// Bytes of randomness in a webhook's address: 192 bits.
pub(super) const WEBHOOK_KEY: usize = 24;

/// A connected Lever account.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = integrations)]
pub struct Integration {
    pub id: IntegrationId,
    pub company_id: CompanyId,
    pub account_name: String,
    /// Which Lever it lives in.
    pub environment: Environment,
    /// That Lever's addresses, JSON; read them with [`Integration::lever_hosts`].
    pub hosts: String,
    /// Where it is in its life.
    pub state: State,
    /// Why it is in that state, in plain words; empty when there is nothing to say.
    pub state_reason: Reason,
    /// The random part of its webhook address.
    pub webhook_key: String,
    /// Who granted access.
    pub granted_by: Option<UserId>,
    /// When access was granted last.
    pub granted_at: Option<Timestamp>,
    /// What was granted, as Lever wrote it, separated by spaces.
    pub scopes: String,
    /// For Lever's API; see [`place`].
    pub access_token_sealed: Option<Sealed>,
    /// For the next access token; see [`place`].
    pub refresh_token_sealed: Option<Sealed>,
    /// Until when the access token is good.
    pub access_expires_at: Option<Timestamp>,
    /// Grows with each new pair of tokens.
    pub grant_version: i64,
    /// Someone refreshes the tokens until then.
    pub refresh_claimed_until: Timestamp,
    /// What an admin sets.
    #[diesel(embed)]
    pub settings: IntegrationSettings,
    /// Grows with each change of the settings.
    pub settings_version: i64,
    /// The worker that works this account.
    pub lease_owner: Option<String>,
    /// Until when.
    pub lease_until: Timestamp,
    /// Since when deliveries of a working account match no token.
    pub signature_failing_since: Option<Timestamp>,
    /// When it was connected first.
    pub created_at: Timestamp,
    /// When the row was changed last.
    pub updated_at: Timestamp,
}

impl Integration {
    /// Whether access was granted, or granted again, after this time.
    pub fn was_granted_after(&self, at: &Timestamp) -> bool {
        self.granted_at.is_some_and(|granted| granted > *at)
    }

    /// An account that nobody has granted access to yet. `hosts`: see [`Integration::lever_hosts`].
    pub fn new(company: &CompanyId, account_name: &str, environment: Environment, hosts: &str) -> Self {
        let now = Timestamp::now();
        Self {
            id: IntegrationId::new(),
            company_id: *company,
            account_name: account_name.to_owned(),
            environment,
            hosts: hosts.to_owned(),
            state: State::SettingUp,
            state_reason: Reason::None,
            webhook_key: random_text(WEBHOOK_KEY),
            granted_by: None,
            granted_at: None,
            scopes: String::new(),
            access_token_sealed: None,
            refresh_token_sealed: None,
            access_expires_at: None,
            grant_version: 0,
            refresh_claimed_until: Timestamp(0),
            settings: IntegrationSettings::default(),
            settings_version: 0,
            lease_owner: None,
            lease_until: Timestamp(0),
            signature_failing_since: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The addresses of its Lever.
    ///
    /// # Errors
    /// When the stored text was altered.
    pub fn lever_hosts(&self) -> Result<Hosts, serde_json::Error> {
        serde_json::from_str(&self.hosts)
    }

    /// Whether an address is a page of its Lever: no other becomes a link there.
    pub fn has_page(&self, url: &str) -> bool {
        self.lever_hosts().is_ok_and(|hosts| hosts.has_page(url))
    }

    /// Which Lever it lives in, for people: by its host where it is one of the configuration's.
    pub fn place(&self) -> String {
        let host = || self.lever_hosts().ok()?.api_url.host_str().map(str::to_owned);
        match self.environment {
            Environment::Custom => {
                host().map_or_else(|| "Custom".to_owned(), |host| format!("Lever at {host}"))
            }
            known => known.label().to_owned(),
        }
    }

    /// Where Lever sends its deliveries: the path below the portal's address.
    pub fn webhook_path(&self) -> String {
        format!("/webhooks/lever/{}", self.webhook_key)
    }
}

/// What a token of this account is sealed for: `column` is `access_token` or `refresh_token`.
pub fn place(column: &str, id: &IntegrationId) -> String {
    format!("integrations.{column}:{id}")
}

/// An account of a company.
pub fn by_id(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Option<Integration>> {
    let found = dsl::integrations
        .find(id)
        .filter(dsl::company_id.eq(company))
        .select(Integration::as_select())
        .first(conn);
    Ok(found.optional()?)
}

/// An account, for the portal itself: nobody's page may use it.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn get(conn: &mut Conn, id: &IntegrationId) -> DbResult<Integration> {
    Ok(dsl::integrations.find(id).select(Integration::as_select()).first(conn)?)
}

/// An account that is about to be changed: whoever else changes accounts of this company waits until
/// the transaction ends, so what is read here is still so when it is written.
///
/// # Errors
/// When there is none, or the database cannot be asked.
pub fn to_change(conn: &mut Conn, company: &CompanyId, id: &IntegrationId) -> DbResult<Integration> {
    dialect::lock_company(conn, company)?;
    get(conn, id)
}

/// The account that a webhook address belongs to, or belonged to before it was replaced.
pub fn by_webhook_key(conn: &mut Conn, key: &str) -> DbResult<Option<IntegrationId>> {
    let present = dsl::integrations.filter(dsl::webhook_key.eq(key)).select(dsl::id);
    if let Some(id) = present.first(conn).optional()? {
        return Ok(Some(id));
    }
    let former = former_webhook_keys::table.find(key).select(former_webhook_keys::integration_id);
    Ok(former.first(conn).optional()?)
}

/// A company's accounts, in the order in which they were connected.
pub fn list(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Integration>> {
    Ok(dsl::integrations
        .filter(dsl::company_id.eq(company))
        .order(dsl::id.asc())
        .select(Integration::as_select())
        .load(conn)?)
}

/// All accounts of the installation, for the portal itself: nobody's page may use it.
///
/// # Errors
/// When the database cannot be asked.
pub fn every(conn: &mut Conn) -> DbResult<Vec<Integration>> {
    Ok(dsl::integrations.order(dsl::id.asc()).select(Integration::as_select()).load(conn)?)
}

/// Adds an account.
pub fn insert(conn: &mut Conn, integration: &Integration) -> DbResult<()> {
    diesel::insert_into(dsl::integrations).values(integration).execute(conn)?;
    Ok(())
}

/// What the audit log calls an account.
pub fn subject(integration: &Integration) -> String {
    format!("Lever · {}", integration.account_name)
}
