//! The tables of companies' providers and of the domains that they vouch for.

use super::settings::{GroupRole, SsoSettings, domain_of, host_of};
use super::{Preset, SsoState};
use crate::audit::{self, Action, Actor, Subject};
use crate::db::schema::{sso_domains, sso_providers};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::people::{Role, known_as, user_by_email};
use crate::secrets::{SealError, Sealed, Sealer, hash_of};
use crate::time::Timestamp;
use diesel::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};

/// A company's provider.
#[derive(Debug, Clone)]
pub struct SsoProvider {
    pub company_id: CompanyId,
    pub state: SsoState,
    pub settings: SsoSettings,
    /// Grows with each change.
    pub version: i64,
    /// Which version was tried to its end.
    pub tested_version: i64,
    secret_sealed: Sealed,
}

impl SsoProvider {
    /// Whether people can log in there.
    pub fn is_in_use(&self) -> bool {
        self.state != SsoState::Off
    }

    /// Whether somebody logged in there with what is saved now.
    pub fn is_tested(&self) -> bool {
        self.version == self.tested_version
    }

    /// What people call it: Google, Okta, or the host of another.
    pub fn name(&self) -> String {
        match self.settings.preset {
            Preset::Other => host_of(&self.settings.issuer),
            known => known.label(),
        }
    }

    /// Where its tokens are made, for people.
    pub fn host(&self) -> String {
        host_of(&self.settings.issuer)
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = sso_providers, primary_key(company_id))]
struct Row {
    company_id: CompanyId,
    state: SsoState,
    preset: Preset,
    issuer: String,
    client_id: String,
    client_secret_sealed: Sealed,
    groups_claim: String,
    group_roles: String,
    role_without_group: String,
    version: i64,
    tested_version: i64,
    updated_at: Timestamp,
}

/// What stands for "nobody is let in" where a role could stand.
const NO_ROLE: &str = "none";

fn place(company: &CompanyId) -> String {
    format!("sso_providers.client_secret:{company}")
}

fn roles_text(roles: &[GroupRole]) -> String {
    let pairs: Vec<(&str, &str)> = roles.iter().map(|one| (one.group.as_str(), one.role.as_str())).collect();
    json!(pairs).to_string()
}

fn roles_of(text: &str) -> Vec<GroupRole> {
    let pairs: Vec<(String, String)> = serde_json::from_str(text).unwrap_or_default();
    pairs
        .into_iter()
        .filter_map(|(group, role)| Some(GroupRole { group, role: Role::parse(&role)? }))
        .collect()
}

fn role_word(role: Option<Role>) -> &'static str {
    role.map_or(NO_ROLE, Role::as_str)
}

fn whole(conn: &mut Conn, row: Row) -> DbResult<SsoProvider> {
    let domains = sso_domains::table
        .filter(sso_domains::company_id.eq(row.company_id))
        .order(sso_domains::domain.asc())
        .select(sso_domains::domain)
        .load(conn)?;
    Ok(SsoProvider {
        company_id: row.company_id,
        state: row.state,
        settings: SsoSettings {
            preset: row.preset,
            issuer: row.issuer,
            client_id: row.client_id,
            domains,
            groups_claim: row.groups_claim,
            group_roles: roles_of(&row.group_roles),
            role_without_group: Role::parse(&row.role_without_group),
        },
        version: row.version,
        tested_version: row.tested_version,
        secret_sealed: row.client_secret_sealed,
    })
}

/// A company's provider, when it has one.
pub fn provider(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<SsoProvider>> {
    let row = sso_providers::table.find(company).select(Row::as_select()).first(conn).optional()?;
    row.map(|row| whole(conn, row)).transpose()
}

/// A company's provider, when people log in there.
pub fn provider_in_use(conn: &mut Conn, company: &CompanyId) -> DbResult<Option<SsoProvider>> {
    Ok(provider(conn, company)?.filter(SsoProvider::is_in_use))
}

/// Whether people of any company log in at a provider.
pub fn is_in_use(conn: &mut Conn) -> DbResult<bool> {
    let in_use = sso_providers::table.filter(sso_providers::state.ne(SsoState::Off));
    Ok(diesel::select(diesel::dsl::exists(in_use)).get_result(conn)?)
}

/// The client secret.
///
/// # Errors
/// When it was sealed under another key.
pub fn secret(provider: &SsoProvider, sealer: &Sealer) -> Result<SecretString, SealError> {
    sealer.open(&provider.secret_sealed, &place(&provider.company_id))
}

/// Where somebody with this address logs in. Who is known here does so at their own company's provider; of strangers
/// only the domain is looked at, and where several companies name it, none is guessed.
pub fn for_address(conn: &mut Conn, address: &str) -> DbResult<Option<SsoProvider>> {
    let address = known_as(address);
    let Some(domain) = domain_of(&address) else { return Ok(None) };
    let companies: Vec<CompanyId> = sso_domains::table
        .inner_join(sso_providers::table)
        .filter(sso_domains::domain.eq(domain).and(sso_providers::state.ne(SsoState::Off)))
        .order(sso_domains::company_id.asc())
        .limit(100)
        .select(sso_domains::company_id)
        .load(conn)?;
    let own = match (user_by_email(conn, &address)?, &companies[..]) {
        // Never to the provider of another company, whatever domains that one names.
        (Some(user), all) => Some(user.company_id).filter(|own| all.contains(own)),
        (None, [one]) => Some(*one),
        (None, _) => None,
    };
    own.map_or(Ok(None), |company| provider_in_use(conn, &company))
}

/// What the audit log says of settings: all but the secret, of which eight digits tell two apart.
fn described(settings: &SsoSettings, secret: &str) -> Map<String, Value> {
    let roles: Vec<String> =
        settings.group_roles.iter().map(|one| format!("{} = {}", one.group, one.role)).collect();
    let fields = [
        ("provider", settings.preset.to_string()),
        ("issuer", settings.issuer.clone()),
        ("client_id", settings.client_id.clone()),
        ("client_secret", format!("#{}", &hash_of(secret)[..8])),
        ("domains", settings.domains.join(" ")),
        ("groups_claim", settings.groups_claim.clone()),
        ("group_roles", roles.join(", ")),
        ("role_without_group", role_word(settings.role_without_group).to_owned()),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
    changed
        .map(|(name, value)| {
            (name.clone(), json!({ "from": before.get(name).cloned().unwrap_or(json!("")), "to": value }))
        })
        .collect()
}

/// Saves a provider. Without a new secret the one before stays. `version`: that of the settings which were changed, 0 for
/// none. `false`: it was so already, and nothing is logged.
///
/// # Errors
/// When there is no secret, new or old, that opens, or the version is another one by now.
pub fn save(
    conn: &mut Conn,
    sealer: &Sealer,
    company: &CompanyId,
    settings: &SsoSettings,
    new_secret: Option<SecretString>,
    version: i64,
    actor: &Actor,
) -> Result<bool, super::SsoError> {
    dialect::lock_company(conn, company)?;
    let before = provider(conn, company)?;
    if before.as_ref().map_or(0, |before| before.version) != version {
        return Err(super::SsoError::Overtaken);
    }
    let old_secret = before.as_ref().map(|before| secret(before, sealer)).transpose();
    let secret = match new_secret {
        Some(new) => new,
        None => old_secret.as_ref().ok().cloned().flatten().ok_or(SealError::DoesNotOpen)?,
    };
    let was = match (&before, old_secret) {
        (Some(before), Ok(Some(old))) => described(&before.settings, old.expose_secret()),
        (Some(before), _) => described(&before.settings, ""),
        (None, _) => Map::new(),
    };
    let changes = differences(&was, &described(settings, secret.expose_secret()));
    if changes.is_empty() {
        return Ok(false);
    }
    let version = before.as_ref().map_or(1, |before| before.version + 1);
    let row = Row {
        company_id: *company,
        state: before.as_ref().map_or(SsoState::Off, |before| before.state),
        preset: settings.preset,
        issuer: settings.issuer.clone(),
        client_id: settings.client_id.clone(),
        client_secret_sealed: sealer.seal(&secret, &place(company)),
        groups_claim: settings.groups_claim.clone(),
        group_roles: roles_text(&settings.group_roles),
        role_without_group: role_word(settings.role_without_group).to_owned(),
        version,
        tested_version: before.as_ref().map_or(0, |before| before.tested_version),
        updated_at: Timestamp::now(),
    };
    match before {
        Some(_) => diesel::update(sso_providers::table.find(company)).set(&row).execute(conn)?,
        None => diesel::insert_into(sso_providers::table).values(&row).execute(conn)?,
    };
    diesel::delete(sso_domains::table.filter(sso_domains::company_id.eq(company))).execute(conn)?;
    for domain in &settings.domains {
        diesel::insert_into(sso_domains::table)
            .values((sso_domains::domain.eq(domain), sso_domains::company_id.eq(company)))
            .execute(conn)?;
    }
    record(conn, company, actor, Action::SsoConfigured, &changes.into())?;
    Ok(true)
}

fn record(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &Actor,
    action: Action,
    detail: &Value,
) -> DbResult<()> {
    audit::record(conn, company, actor, action, Subject::SingleSignOn.as_str(), detail)
}

/// Turns it on or off. `false`: it was so already, and nothing is logged.
pub fn set_state(conn: &mut Conn, company: &CompanyId, state: SsoState, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let Some(before) = provider(conn, company)?.filter(|before| before.state != state) else {
        return Ok(false);
    };
    diesel::update(sso_providers::table.find(company))
        .set((sso_providers::state.eq(state), sso_providers::updated_at.eq(Timestamp::now())))
        .execute(conn)?;
    let detail = json!({ "state": { "from": before.state.as_str(), "to": state.as_str() } });
    record(conn, company, actor, Action::SsoConfigured, &detail)?;
    Ok(true)
}

/// Somebody logged in at the provider to its end, with these settings.
pub fn mark_tested(conn: &mut Conn, company: &CompanyId, version: i64, actor: &Actor) -> DbResult<()> {
    diesel::update(sso_providers::table.find(company))
        .set(sso_providers::tested_version.eq(version))
        .execute(conn)?;
    record(conn, company, actor, Action::SsoTested, &json!({}))
}

/// Forgets the provider. Who is linked with it stays so, for a provider of the same address.
pub fn remove(conn: &mut Conn, company: &CompanyId, actor: &Actor) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    if diesel::delete(sso_providers::table.find(company)).execute(conn)? == 0 {
        return Ok(false);
    }
    record(conn, company, actor, Action::SsoRemoved, &json!({}))?;
    Ok(true)
}
