//! What is wrong with an account for a while. Its admins are told once when it begins and once when
//! it is over.

pub mod email;

use super::stages::{self, KnownStage};
use super::{Integration, store};
use crate::alert_webhooks;
use crate::alert_webhooks::AlertDeliveryKind;
use crate::audit::{self, Actor};
use crate::db::schema::alerts::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::portal;
use crate::ids::{AlertId, CompanyId, IntegrationId};
use crate::integrations::settings::rules;
use crate::job_queue::{self, JobKind, NewJob};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::Scope;
use serde_json::{Value, json};
use std::time::Duration;

/// Something that comes and goes is told of no more often than this.
const QUIET: Duration = Duration::from_secs(3600);

text_enum! {
    AlertKind {
        /// Lever says that the grant has ended.
        AccessRevoked => "access_revoked",
        /// Deliveries of a working account match no token.
        SignaturesFailing => "signatures_failing",
        /// Events were given up.
        EventsFailing => "events_failing",
        /// The trigger stage is gone from Lever.
        TriggerGone => "trigger_gone",
        /// Other stages that somebody chose are gone from Lever: a rule's, or a progression stage.
        StagesGone => "stages_gone",
        /// Lever grants less than it did.
        PermissionsMissing => "permissions_missing",
        /// The nightly test found something that does not work.
        CheckFailing => "check_failing",
    }
}

text_enum! {
    /// What a letter is about.
    About {
        Begun => "begun",
        Over => "over",
    }
}

impl AlertKind {
    /// For people.
    pub fn label(self) -> String {
        portal().name("alert", self.as_str())
    }
}

/// Something that is, or was, wrong with an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = alerts)]
pub struct Alert {
    pub id: AlertId,
    pub company_id: CompanyId,
    pub integration_id: IntegrationId,
    /// What is wrong.
    pub kind: AlertKind,
    pub since: Timestamp,
    pub told_at: Option<Timestamp>,
    pub recovered_at: Option<Timestamp>,
    pub recovery_told_at: Option<Timestamp>,
    /// What it is about, where there may be several of a kind: ids of stages, or names of permissions,
    /// separated by spaces.
    pub subject: String,
}

impl Alert {
    /// What it is about, one by one.
    pub fn about(&self) -> impl Iterator<Item = &str> {
        self.subject.split(' ').filter(|one| !one.is_empty())
    }

    /// What the admins are to be told now.
    pub fn untold(&self) -> Option<About> {
        match (self.told_at, self.recovered_at, self.recovery_told_at) {
            (None, None, _) => Some(About::Begun),
            (Some(_), Some(_), None) => Some(About::Over),
            _ => None,
        }
    }
}

/// What is wrong with an account now.
pub fn current(conn: &mut Conn, id: &IntegrationId) -> DbResult<Vec<Alert>> {
    Ok(dsl::alerts
        .filter(dsl::integration_id.eq(id).and(dsl::recovered_at.is_null()))
        .order(dsl::id.asc())
        .select(Alert::as_select())
        .load(conn)?)
}

fn is_open(conn: &mut Conn, id: &IntegrationId, kind: AlertKind) -> DbResult<bool> {
    Ok(current(conn, id)?.iter().any(|alert| alert.kind == kind))
}

/// Notes that something is wrong since then; nothing new when that is known. What was told of within
/// the last hour is noted without telling again.
pub fn begin(conn: &mut Conn, integration: &Integration, kind: AlertKind, since: Timestamp) -> DbResult<()> {
    if is_open(conn, &integration.id, kind)? {
        return Ok(());
    }
    begin_about(conn, integration, kind, "", since)
}

fn begin_about(
    conn: &mut Conn,
    integration: &Integration,
    kind: AlertKind,
    subject: &str,
    since: Timestamp,
) -> DbResult<()> {
    let now = Timestamp::now();
    let told_lately: Option<AlertId> = dsl::alerts
        .filter(dsl::integration_id.eq(&integration.id).and(dsl::kind.eq(kind)))
        .filter(dsl::told_at.gt(now.minus(QUIET)).and(dsl::subject.eq(subject)))
        .select(dsl::id)
        .first(conn)
        .optional()?;
    // Losing access is a person's act each time, so it is told each time.
    let quiet = (told_lately.is_some() && kind != AlertKind::AccessRevoked).then_some(now);
    let alert = Alert {
        id: AlertId::new(),
        company_id: integration.company_id,
        integration_id: integration.id,
        kind,
        since,
        told_at: quiet,
        recovered_at: None,
        recovery_told_at: quiet,
        subject: subject.to_owned(),
    };
    diesel::insert_into(dsl::alerts).values(&alert).execute(conn)?;
    if quiet.is_none() {
        notify(conn, &alert)?;
        let data = data(conn, integration, &alert, None)?;
        alert_webhooks::announce(
            conn,
            &integration.company_id,
            &integration.id,
            &alert.id,
            AlertDeliveryKind::Begun,
            data,
        )?;
    }
    let mut detail = json!({"what": kind.as_str(), "since": since.rfc3339()});
    if !subject.is_empty() {
        detail["about"] = json!(subject);
    }
    audit::record(
        conn,
        &integration.company_id,
        &Actor::Portal,
        audit::Action::IntegrationAlert,
        &store::subject(integration),
        &detail,
    )
}

/// Asks for the admins to be written to. Whether there is something to say is seen then.
fn notify(conn: &mut Conn, alert: &Alert) -> DbResult<()> {
    job_queue::add(
        conn,
        NewJob {
            company: alert.company_id,
            integration: Some(alert.integration_id),
            kind: JobKind::NotifyAdmins,
            key: format!("alert/{}", alert.id),
            payload: json!({"alert": alert.id}),
            due: Timestamp::now(),
        },
    )
}

/// An alert.
///
/// # Errors
/// When the database cannot be asked.
pub fn by_id(conn: &mut Conn, id: &AlertId) -> DbResult<Option<Alert>> {
    Ok(dsl::alerts.find(id).select(Alert::as_select()).first(conn).optional()?)
}

/// Notes that something is over, if it was wrong. What nobody was told of yet needs no telling.
pub fn recover(conn: &mut Conn, integration: &Integration, kind: AlertKind) -> DbResult<()> {
    let open: Vec<Alert> =
        current(conn, &integration.id)?.into_iter().filter(|alert| alert.kind == kind).collect();
    end(conn, integration, kind, &open)
}

/// Takes note of all that is wrong of a kind, of which there may be several at once. What is new is told
/// of in one letter; an alert is over once nothing is left of what it was about.
pub(super) fn note_all(
    conn: &mut Conn,
    integration: &Integration,
    kind: AlertKind,
    wrong: &[&str],
    since: Timestamp,
) -> DbResult<()> {
    let open = current(conn, &integration.id)?.into_iter().filter(|alert| alert.kind == kind);
    let (open, ended): (Vec<Alert>, Vec<Alert>) =
        open.partition(|alert| alert.about().any(|one| wrong.contains(&one)));
    end(conn, integration, kind, &ended)?;
    let is_known = |one: &&str| open.iter().any(|alert| alert.about().any(|known| known == *one));
    let new: Vec<&str> = wrong.iter().copied().filter(|one| !is_known(one)).collect();
    if new.is_empty() { Ok(()) } else { begin_about(conn, integration, kind, &new.join(" "), since) }
}

fn end(conn: &mut Conn, integration: &Integration, kind: AlertKind, ended: &[Alert]) -> DbResult<()> {
    let now = Timestamp::now();
    if ended.is_empty() {
        return Ok(());
    }
    for alert in ended {
        diesel::update(dsl::alerts.find(&alert.id)).set(dsl::recovered_at.eq(Some(now))).execute(conn)?;
        notify(conn, alert)?;
        let data = data(conn, integration, alert, Some(now))?;
        alert_webhooks::announce(
            conn,
            &integration.company_id,
            &integration.id,
            &alert.id,
            AlertDeliveryKind::Over,
            data,
        )?;
    }
    let detail = json!({"what": kind.as_str()});
    audit::record(
        conn,
        &integration.company_id,
        &Actor::Portal,
        audit::Action::IntegrationRecovered,
        &store::subject(integration),
        &detail,
    )
}

/// What a machine is told: of accounts, never of candidates.
fn data(
    conn: &mut Conn,
    integration: &Integration,
    alert: &Alert,
    ended: Option<Timestamp>,
) -> DbResult<Value> {
    let names = names(conn, alert)?;
    let label = match store::get(conn, &integration.id)?.state_reason {
        // Access ended, and nobody revoked it.
        why if alert.kind == AlertKind::AccessRevoked && why.is_other_than_revoked() => {
            why.sentence(portal())
        }
        _ => alert.kind.label(),
    };
    Ok(json!({
        "alert": {
            "id": alert.id,
            "kind": alert.kind.as_str(),
            "text": if names.is_empty() { label } else { format!("{label}: {}", names.join(", ")) },
            "began_at": alert.since.rfc3339(),
            "ended_at": ended.map(Timestamp::rfc3339),
        },
        "integration": {
            "id": integration.id,
            "name": integration.account_name,
            "environment": integration.environment.as_str(),
        },
    }))
}

/// What an alert is about, for people: stages by name, permissions with what does not work without them.
pub fn names(conn: &mut Conn, alert: &Alert) -> DbResult<Vec<String>> {
    let known = match alert.kind {
        AlertKind::StagesGone => stages::all(conn, &alert.integration_id)?,
        _ => Vec::new(),
    };
    let name = |one: &str| {
        let stage = known.iter().find(|stage| stage.stage_id == one);
        let scope = Scope::ASKED.into_iter().find(|scope| scope.as_str() == one);
        match (stage, scope) {
            (Some(stage), _) => format!("\u{201c}{}\u{201d}", stage.name),
            (None, Some(scope)) => scope.title().to_owned(),
            (None, None) => one.to_owned(),
        }
    };
    Ok(alert.about().map(name).collect())
}

/// Ends what no longer means anything once an account is disconnected, without a word to people. A
/// machine is told, because it would wait for the end.
pub(super) fn drop_others(conn: &mut Conn, integration: &Integration) -> DbResult<()> {
    let now = Timestamp::now();
    for alert in current(conn, &integration.id)? {
        if alert.kind == AlertKind::AccessRevoked {
            continue;
        }
        diesel::update(dsl::alerts.find(&alert.id))
            .set((dsl::recovered_at.eq(Some(now)), dsl::recovery_told_at.eq(Some(now))))
            .execute(conn)?;
        let data = data(conn, integration, &alert, Some(now))?;
        alert_webhooks::announce(
            conn,
            &integration.company_id,
            &integration.id,
            &alert.id,
            AlertDeliveryKind::Over,
            data,
        )?;
    }
    Ok(())
}

/// Takes note of how the account's signatures are.
pub fn note_signatures(conn: &mut Conn, id: &IntegrationId) -> DbResult<()> {
    let company = store::get(conn, id)?.company_id;
    dialect::lock_company(conn, &company)?;
    let integration = store::get(conn, id)?;
    match integration.signature_failing_since {
        _ if integration.state != super::State::Active => Ok(()),
        Some(since) => begin(conn, &integration, AlertKind::SignaturesFailing, since),
        None => recover(conn, &integration, AlertKind::SignaturesFailing),
    }
}

/// Takes note of whether all stages that somebody chose are still there: the account's trigger stage,
/// and, told of together, its progression stage and those that rules name.
pub fn note_stages(conn: &mut Conn, integration: &Integration) -> DbResult<()> {
    let gone = stages::all(conn, &integration.id)?.into_iter().filter(|stage| stage.removed_at.is_some());
    let gone: Vec<KnownStage> = gone.collect();
    let (own, others): (Vec<&KnownStage>, Vec<&KnownStage>) = gone
        .iter()
        .partition(|stage| integration.settings.trigger_stage_id.as_deref() == Some(stage.stage_id.as_str()));
    match own.first().and_then(|stage| stage.removed_at) {
        Some(since) => begin(conn, integration, AlertKind::TriggerGone, since)?,
        None => recover(conn, integration, AlertKind::TriggerGone)?,
    }
    let rules = rules::all(conn, &integration.id)?;
    let is_chosen = |stage: &&&KnownStage| {
        let id = stage.stage_id.as_str();
        integration.settings.progression_stage_id.as_deref() == Some(id)
            || rules.iter().any(|rule| rule.names(id))
    };
    let others: Vec<&KnownStage> = others.iter().filter(is_chosen).copied().collect();
    let since = others.iter().filter_map(|stage| stage.removed_at).max().unwrap_or_else(Timestamp::now);
    let ids: Vec<&str> = others.iter().map(|stage| stage.stage_id.as_str()).collect();
    note_all(conn, integration, AlertKind::StagesGone, &ids, since)
}

/// The admins were written to.
///
/// # Errors
/// When the database refuses.
pub fn told(conn: &mut Conn, alert: &AlertId, about: About) -> DbResult<()> {
    let now = Some(Timestamp::now());
    let row = diesel::update(dsl::alerts.find(alert));
    match about {
        About::Begun => row.set(dsl::told_at.eq(now)).execute(conn)?,
        About::Over => row.set(dsl::recovery_told_at.eq(now)).execute(conn)?,
    };
    Ok(())
}
