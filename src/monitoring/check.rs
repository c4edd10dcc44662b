//! **Test it**: looks at an account point by point, and says the result in one sentence with the remedy.

use crate::db::schema::checkups;
use crate::db::{Conn, DbError, DbResult};
use crate::i18n::portal;
use crate::ids::IntegrationId;
use crate::integrations::checklist::{self, WEBHOOKS};
use crate::integrations::lever_webhooks::beside;
use crate::integrations::oauth::access_tokens::AccessError;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::schedule::watch;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::store::{self, Integration};
use crate::invitations::{OpportunitySnapshot, candidates};
use crate::reasons::{Found, Reason};
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client::{Event, OpportunityFilter, OpportunityId, Origin, ScopeSet, TimeRange, Webhook};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long one question to Lever may take while somebody waits.
const LIMIT: Duration = Duration::from_secs(8);

/// Lever changes without an event are looked at as far back as this.
const SPAN: Duration = Duration::from_secs(86_400);

/// Webhooks are given this long to arrive.
const ARRIVAL: Duration = Duration::from_secs(5 * 60);

/// How a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// As it should be.
    Good,
    /// It works, with something to look at.
    Attention,
    /// It does not work.
    Failed,
    /// There was nothing yet to look at.
    Untested,
    /// It could not be looked at.
    Unknown,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Whether Lever answers and accepts the portal.
    Access,
    /// What Lever grants.
    Permissions,
    /// The stage that invites.
    Trigger,
    /// The stage that candidates are moved to.
    Progression,
    /// What Lever sends where.
    Webhooks,
    /// Whether what arrives matches a token.
    Signatures,
    /// Whether something arrives.
    Arrivals,
}

impl What {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Permissions => "permissions",
            Self::Trigger => "trigger",
            Self::Progression => "progression",
            Self::Webhooks => "webhooks",
            Self::Signatures => "signatures",
            Self::Arrivals => "arrivals",
        }
    }
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What was looked at.
    pub what: What,
    /// How it stands.
    pub standing: Standing,
    /// What was found.
    pub found: Found,
}

impl Point {
    fn good(what: What, found: Found) -> Self {
        Self::new(what, Standing::Good, found)
    }

    fn new(what: What, standing: Standing, found: Found) -> Self {
        Self { what, standing, found }
    }

    /// What was looked at and what was found, as a reason.
    pub fn reason(&self) -> Reason {
        Reason::CheckFound { what: self.what.as_str().to_owned(), found: self.found.clone() }
    }
}

/// What a test found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Point by point.
    pub points: Vec<Point>,
}

/// A test that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    pub at: Timestamp,
    /// What it found.
    pub report: Report,
}

/// Points of which admins are told by an alert of their own.
const TOLD_ELSEWHERE: [What; 2] = [What::Trigger, What::Signatures];

impl Report {
    /// The worst point, unless all is well.
    pub fn worst(&self) -> Option<&Point> {
        let of = |standing| self.points.iter().find(|point| point.standing == standing);
        of(Standing::Failed).or_else(|| of(Standing::Attention)).or_else(|| of(Standing::Unknown))
    }

    /// So many points are not as they should be.
    pub fn wrong(&self) -> usize {
        let is_well = |point: &Point| matches!(point.standing, Standing::Good | Standing::Untested);
        self.points.iter().filter(|point| !is_well(point)).count()
    }

    /// What does not work, and is told of by no other alert.
    pub fn broken(&self) -> Option<&Point> {
        let is_broken =
            |point: &&Point| point.standing == Standing::Failed && !TOLD_ELSEWHERE.contains(&point.what);
        self.points.iter().find(is_broken)
    }

    /// The result in one sentence, with the remedy.
    pub fn sentence(&self) -> String {
        match self.worst() {
            None if self.points.iter().any(|point| point.standing == Standing::Untested) => {
                portal().message("check-nothing-wrong", &[])
            }
            None => portal().message("check-all-well", &[]),
            Some(point) => point.reason().sentence(portal()),
        }
    }
}

/// Looks at an account. `url` is the address that its webhooks must have.
///
/// # Errors
/// When the database cannot be asked; what Lever does not answer stands in the report.
pub async fn check(connections: &Connections, id: &IntegrationId, url: &str) -> Result<Report, DbError> {
    let mut points = Vec::with_capacity(6);
    let reached = connections.refresh_stages(id, LIMIT).await;
    let wanted = *id;
    let (integration, known, checklist, heard, somebody, clock_ahead_s) = connections
        .db()
        .read(move |conn| {
            let integration = store::get(conn, &wanted)?;
            let checklist = checklist::load(conn, &integration)?;
            let heard = heard(conn, &integration)?;
            let somebody =
                candidates::newest(conn, &integration.company_id, &wanted)?.map(OpportunityId::from);
            let clock_ahead_s = watch::load(conn, &wanted)?.and_then(|watch| watch.clock_ahead_s);
            Ok((integration, stages::all(conn, &wanted)?, checklist, heard, somebody, clock_ahead_s))
        })
        .await?;
    points.push(reach(&reached, &integration));
    if points[0].standing == Standing::Failed {
        return Ok(Report { points });
    }
    points.push(scopes(&integration));
    points.push(stage_point(What::Trigger, integration.settings.trigger_stage_id.as_deref(), &known, true));
    points.push(stage_point(
        What::Progression,
        integration.settings.progression_stage_id.as_deref(),
        &known,
        false,
    ));
    let listed = connections.call_within(LIMIT, id, |api| async move { api.webhooks().await }).await;
    let (noted, at) = (listed.as_ref().ok().cloned(), url.to_owned());
    let note = move |conn: &mut Conn| {
        if let Some(listed) = noted {
            beside::note(conn, &wanted, &at, &listed)?;
        }
        beside::unsaved(conn, &wanted)
    };
    let beside = connections.db().write(note).await?;
    points.push(webhooks(listed, url, &heard, Timestamp::now()));
    points.push(signatures(&integration, &checklist, beside));
    points.push(match clock_ahead_s {
        Some(behind) if behind <= -watch::REFUSED_BEHIND => {
            Point::new(What::Arrivals, Standing::Failed, Found::ClockBehind { minutes: -behind / 60 })
        }
        _ => arrivals(connections, &integration, &checklist, somebody).await,
    });
    Ok(Report { points })
}

/// Keeps what a test found, in the place of the one before.
pub fn save_report(conn: &mut Conn, id: &IntegrationId, report: &Report) -> DbResult<()> {
    let points = serde_json::to_string(&report.points).unwrap_or_else(|_| "[]".to_owned());
    let row =
        (checkups::integration_id.eq(id), checkups::at.eq(Timestamp::now()), checkups::points.eq(points));
    diesel::delete(checkups::table.find(id)).execute(conn)?;
    diesel::insert_into(checkups::table).values(row).execute(conn)?;
    Ok(())
}

/// The last test of an account.
pub fn last(conn: &mut Conn, id: &IntegrationId) -> DbResult<Option<Checkup>> {
    let row: Option<(Timestamp, String)> =
        checkups::table.find(id).select((checkups::at, checkups::points)).first(conn).optional()?;
    Ok(row.map(|(at, points)| Checkup {
        at,
        report: Report { points: serde_json::from_str(&points).unwrap_or_default() },
    }))
}

fn reach(reached: &Result<Option<i64>, CallError>, integration: &Integration) -> Point {
    // Where nobody revoked it, what ended it is said as it is.
    let ended = |reason: &Reason| match reason.is_other_than_revoked() {
        true => Found::AccessEnded { why: Box::new(reason.clone()) },
        false => Found::AccessRevoked,
    };
    match reached {
        Ok(ms) => Point::good(What::Access, Found::AccessGood { ms: *ms }),
        Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => {
            Point::new(What::Access, Standing::Attention, Found::AccessWithoutStages)
        }
        Err(CallError::Access(AccessError::Gone { reason })) => {
            Point::new(What::Access, Standing::Failed, ended(reason))
        }
        Err(CallError::Access(AccessError::NotConnected)) => {
            Point::new(What::Access, Standing::Failed, ended(&integration.state_reason))
        }
        Err(cause) => {
            let why = Box::new(Reason::from(cause));
            Point::new(What::Access, Standing::Failed, Found::AccessFailed { why })
        }
    }
}

fn scopes(integration: &Integration) -> Point {
    let missing = ScopeSet::parse(&integration.scopes).missing();
    if missing.is_empty() {
        return Point::good(What::Permissions, Found::AllGranted);
    }
    let titles = missing.iter().map(|scope| scope.title().to_owned()).collect();
    Point::new(What::Permissions, Standing::Attention, Found::NotGranted { titles })
}

fn stage_point(what: What, id: Option<&str>, known: &[KnownStage], is_needed: bool) -> Point {
    let Some(id) = id else {
        return if is_needed {
            Point::new(what, Standing::Failed, Found::TriggerNotChosen)
        } else {
            Point::good(what, Found::ProgressionNotChosen)
        };
    };
    match known.iter().find(|stage| stage.stage_id == id) {
        Some(stage) if stage.removed_at.is_none() => {
            Point::good(what, Found::StageThere { name: stage.name.clone() })
        }
        gone => {
            let name = gone.map_or(id, |stage| stage.name.as_str()).to_owned();
            let standing = if is_needed { Standing::Failed } else { Standing::Attention };
            Point::new(what, standing, Found::StageGone { name })
        }
    }
}

/// Lever was asked and gave no answer that says anything.
fn not_answered(what: What, cause: &CallError) -> Point {
    Point::new(what, Standing::Unknown, Found::NotAnswered { why: Box::new(Reason::from(cause)) })
}

/// When the last event of each webhook came to the present address.
fn heard(conn: &mut Conn, integration: &Integration) -> DbResult<Vec<(Event, Timestamp)>> {
    let mut heard = Vec::with_capacity(WEBHOOKS.len());
    for event in WEBHOOKS {
        if let Some(at) = checklist::arrived_at_present_address(conn, integration, event.as_str())? {
            heard.push((event, at));
        }
    }
    Ok(heard)
}

/// What the API lists, and what a person may have made beside it: that shows only by what arrives.
fn webhooks(
    listed: Result<Vec<Webhook>, CallError>,
    url: &str,
    heard: &[(Event, Timestamp)],
    now: Timestamp,
) -> Point {
    let listed = match listed {
        Ok(listed) => listed,
        Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => {
            return Point::new(What::Webhooks, Standing::Unknown, Found::WebhooksNotListed);
        }
        Err(cause) => return not_answered(What::Webhooks, &cause),
    };
    let here = |event: &Event| {
        listed
            .iter()
            .filter(|webhook| webhook.event.as_ref() == Some(event))
            .find(|webhook| webhook.url.as_deref() == Some(url))
    };
    let arrived = |event: &Event| heard.iter().find(|(kind, _)| kind == event).map(|(_, at)| *at);
    let code = |event: &Event| event.as_str().to_owned();
    let is_missing = |event: &&Event| here(event).is_none() && arrived(event).is_none();
    let events: Vec<String> = WEBHOOKS.iter().filter(is_missing).map(code).collect();
    if !events.is_empty() {
        return Point::new(What::Webhooks, Standing::Failed, Found::WebhooksMissing { events });
    }
    let narrow = WEBHOOKS.iter().filter_map(|event| Some((event, here(event)?)));
    let events: Vec<String> = narrow
        .filter(|(_, webhook)| {
            !webhook.origins.is_empty() && Origin::KNOWN.iter().any(|o| !webhook.origins.contains(o))
        })
        .map(|(event, _)| code(event))
        .collect();
    if !events.is_empty() {
        return Point::new(What::Webhooks, Standing::Attention, Found::WebhooksNarrow { events });
    }
    // A webhook that a person made in Lever shows only by what it sent, which is as old as it is.
    let unlisted: Vec<&Event> = WEBHOOKS.iter().filter(|event| here(event).is_none()).collect();
    match unlisted.iter().filter_map(|event| arrived(event)).min() {
        None => Point::good(What::Webhooks, Found::WebhooksGood),
        Some(last) => {
            let events = unlisted.into_iter().map(code).collect();
            Point::good(What::Webhooks, Found::WebhooksHeard { events, last, at: now })
        }
    }
}

fn signatures(integration: &Integration, checklist: &checklist::Checklist, beside: Vec<String>) -> Point {
    if !beside.is_empty() {
        return Point::new(What::Signatures, Standing::Attention, Found::WebhooksBeside { events: beside });
    }
    if integration.signature_failing_since.is_some() {
        return Point::new(What::Signatures, Standing::Failed, Found::SignaturesFailing);
    }
    if checklist.lines.iter().any(|line| line.was_verified || line.tested_at.is_some()) {
        return Point::good(What::Signatures, Found::SignaturesGood);
    }
    Point::new(What::Signatures, Standing::Untested, Found::SignaturesUntested)
}

/// The last event, against what Lever says was moved since. `somebody`: whom Lever should show, when it lists nobody.
async fn arrivals(
    connections: &Connections,
    integration: &Integration,
    checklist: &checklist::Checklist,
    somebody: Option<OpportunityId>,
) -> Point {
    let (at, last) = (Timestamp::now(), checklist.last());
    // That nothing arrived is good only when something has arrived before.
    let quiet = if last.is_some() { Standing::Good } else { Standing::Untested };
    let from = last.unwrap_or(integration.created_at).max(at.minus(SPAN));
    let (from, until) = (from.plus(ARRIVAL).jiff(), at.minus(ARRIVAL).jiff());
    // Every invitation asks Lever for opportunities, so that is tried even when something has just arrived.
    let has_just_arrived = from >= until;
    let filter = match has_just_arrived {
        true => OpportunityFilter { updated: TimeRange::since(until), ..OpportunityFilter::default() },
        false => OpportunityFilter {
            advanced: TimeRange { start: Some(from), end: Some(until) },
            ..OpportunityFilter::default()
        },
    };
    let listed = connections.call_within(LIMIT, &integration.id, |api| {
        let (filter, somebody) = (filter.clone(), somebody.clone());
        async move {
            let page = api.opportunities(&filter).next().await?;
            let listed = page.as_ref().and_then(|page| page.items.first()).map(|first| first.id.clone());
            OpportunitySnapshot::try_one(&api, listed, somebody).await?;
            Ok(page.map(|page| page.items.len()))
        }
    });
    match listed.await {
        Ok(_) if has_just_arrived => Point::new(What::Arrivals, quiet, Found::Arrived { last, at }),
        Ok(None | Some(0)) => Point::new(What::Arrivals, quiet, Found::NobodyMoved { last, at }),
        Ok(Some(moved)) => {
            Point::new(What::Arrivals, Standing::Attention, Found::MovedUnreported { last, at, moved })
        }
        Err(cause) => not_answered(What::Arrivals, &cause),
    }
}
