//! **Test it**: looks at an account point by point, and says the result in one sentence with the remedy.

use crate::db::schema::checkups;
use crate::db::{Conn, DbError, DbResult};
use crate::i18n::portal;
use crate::ids::IntegrationId;
use crate::integrations::checklist;
use crate::integrations::checklist::{Arrival, WEBHOOKS};
use crate::integrations::oauth::access_tokens::AccessError;
use crate::integrations::oauth::connections::{CallError, Connections};
use crate::integrations::stages;
use crate::integrations::stages::KnownStage;
use crate::integrations::store;
use crate::integrations::store::Integration;
use crate::time::Timestamp;
use diesel::prelude::*;
use lever_client;
use lever_client::{Event, OpportunityFilter, Origin, ScopeSet, TimeRange, Webhook};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

/// How long one question to Lever may take while somebody waits.
const LIMIT: Duration = Duration::from_secs(8);

/// Lever changes without an event are looked at as far back as this.
const SPAN: Duration = Duration::from_secs(86_400);

/// Webhooks are given this long to arrive.
const ARRIVAL: Duration = Duration::from_secs(5 * 60);

const TRIGGER: &str = "Trigger stage";
const SIGNATURES: &str = "Signatures";

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
    /// It could not be looked at.
    Unknown,
}

impl Standing {
    /// The stylesheet's word for it.
    pub fn badge(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Attention => "attention",
            Self::Failed => "failed",
            Self::Unknown => "neutral",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Attention => "look at this",
            Self::Failed => "does not work",
            Self::Unknown => "not known",
        }
    }
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What was looked at.
    pub what: Cow<'static, str>,
    /// How it stands.
    pub standing: Standing,
    /// What was found, with the remedy.
    pub words: String,
}

impl Point {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self::new(what, Standing::Good, words)
    }

    fn new(what: &'static str, standing: Standing, words: impl Into<String>) -> Self {
        Self { what: Cow::Borrowed(what), standing, words: words.into() }
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
const TOLD_ELSEWHERE: [&str; 2] = [TRIGGER, SIGNATURES];

impl Report {
    /// The worst point, unless all is well.
    pub fn worst(&self) -> Option<&Point> {
        let of = |standing| self.points.iter().find(|point| point.standing == standing);
        of(Standing::Failed).or_else(|| of(Standing::Attention)).or_else(|| of(Standing::Unknown))
    }

    /// What does not work, and is told of by no other alert.
    pub fn broken(&self) -> Option<&Point> {
        let is_broken = |point: &&Point| {
            point.standing == Standing::Failed && !TOLD_ELSEWHERE.contains(&point.what.as_ref())
        };
        self.points.iter().find(is_broken)
    }

    /// The result in one sentence, with the remedy.
    pub fn sentence(&self) -> String {
        match self.worst() {
            None => "Everything works: the portal can reach Lever and is processing its events.".to_owned(),
            Some(point) => format!("{}: {}", point.what, point.words),
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
    let (integration, known, checklist) = connections
        .db()
        .read(move |conn| {
            let integration = store::get(conn, &wanted)?;
            let checklist = checklist::load(conn, &integration)?;
            Ok((integration, stages::all(conn, &wanted)?, checklist))
        })
        .await?;
    points.push(reach(&reached));
    if points[0].standing == Standing::Failed {
        return Ok(Report { points });
    }
    points.push(scopes(&integration));
    points.push(stage_point(TRIGGER, integration.settings.trigger_stage_id.as_deref(), &known, true));
    points.push(stage_point(
        "Progression stage",
        integration.settings.progression_stage_id.as_deref(),
        &known,
        false,
    ));
    let listed = connections.call_within(LIMIT, id, |api| async move { api.webhooks().await }).await;
    points.push(webhooks(listed, url, &checklist));
    points.push(signatures(&integration));
    points.push(arrivals(connections, &integration, &checklist).await);
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

fn reach(reached: &Result<Option<i64>, CallError>) -> Point {
    const WHAT: &str = "Access to Lever";
    match reached {
        Ok(Some(ms)) => {
            Point::good(WHAT, format!("Lever answers in {ms} ms, and accepts the portal's access."))
        }
        Ok(None) => Point::good(WHAT, "Lever answers, and accepts the portal's access."),
        Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => Point::new(
            WHAT,
            Standing::Attention,
            "Lever answers, but does not show the stages. Reconnect and grant all.",
        ),
        Err(CallError::Access(AccessError::Gone { .. } | AccessError::NotConnected)) => {
            Point::new(WHAT, Standing::Failed, "access was revoked in Lever. Reconnect the integration.")
        }
        Err(cause) => Point::new(WHAT, Standing::Failed, format!("{cause}. Try again in a few minutes.")),
    }
}

fn scopes(integration: &Integration) -> Point {
    const WHAT: &str = "Permissions";
    let missing = ScopeSet::parse(&integration.scopes).missing();
    if missing.is_empty() {
        return Point::good(WHAT, "All that the portal asks for is granted.");
    }
    let titles: Vec<&str> = missing.iter().map(|scope| scope.title()).collect();
    Point::new(
        WHAT,
        Standing::Attention,
        format!("not granted: {}. Reconnect and grant all.", titles.join(", ")),
    )
}

fn stage_point(what: &'static str, id: Option<&str>, known: &[KnownStage], is_needed: bool) -> Point {
    let Some(id) = id else {
        return if is_needed {
            Point::new(what, Standing::Failed, "none is chosen, so nobody is invited by a move. Choose one.")
        } else {
            Point::good(what, "None is chosen: candidates are not moved.")
        };
    };
    match known.iter().find(|stage| stage.stage_id == id) {
        Some(stage) if stage.removed_at.is_none() => {
            Point::good(what, format!("\u{201c}{}\u{201d} exists in Lever.", stage.name))
        }
        gone => {
            let name = gone.map_or(id, |stage| stage.name.as_str());
            let standing = if is_needed { Standing::Failed } else { Standing::Attention };
            Point::new(
                what,
                standing,
                format!("\u{201c}{name}\u{201d} no longer exists in Lever. Choose another."),
            )
        }
    }
}

/// What the API lists, and what a person may have made beside it: that shows only by what arrives.
fn webhooks(listed: Result<Vec<Webhook>, CallError>, url: &str, checklist: &checklist::Checklist) -> Point {
    const WHAT: &str = "Webhooks";
    let listed = match listed {
        Ok(listed) => listed,
        Err(CallError::Lever(lever_client::Error::Forbidden { .. })) => {
            let words = "Lever does not let the portal list them; look at the checklist above instead.";
            return Point::new(WHAT, Standing::Unknown, words);
        }
        Err(cause) => return Point::new(WHAT, Standing::Unknown, cause.to_string()),
    };
    let here = |event: &Event| {
        listed
            .iter()
            .filter(|hook| hook.event.as_ref() == Some(event))
            .find(|hook| hook.url.as_deref() == Some(url))
    };
    let has_arrived = |event: &Event| {
        let line = checklist.lines.iter().find(|line| line.kind == event.as_str());
        line.is_some_and(|line| line.arrival != Arrival::None)
    };
    let name = |event: &Event| portal().name("event", event.as_str());
    let missing: Vec<String> =
        WEBHOOKS.iter().filter(|event| here(event).is_none() && !has_arrived(event)).map(name).collect();
    if !missing.is_empty() {
        let words = format!(
            "{} {} not registered at this portal's address. Press Set up webhooks for me, or add the Webhook URL in Lever.",
            missing.join(", "),
            if missing.len() == 1 { "is" } else { "are" }
        );
        return Point::new(WHAT, Standing::Failed, words);
    }
    let narrow = WEBHOOKS.iter().filter_map(|event| Some((event, here(event)?)));
    let narrow: Vec<String> = narrow
        .filter(|(_, hook)| {
            !hook.origins.is_empty() && Origin::KNOWN.iter().any(|o| !hook.origins.contains(o))
        })
        .map(|(event, _)| name(event))
        .collect();
    if !narrow.is_empty() {
        let words =
            format!("{} leaves out some origins in Lever. Tick every origin there.", narrow.join(", "));
        return Point::new(WHAT, Standing::Attention, words);
    }
    Point::good(WHAT, "All four are registered at the right address.")
}

fn signatures(integration: &Integration) -> Point {
    const WHAT: &str = SIGNATURES;
    if integration.signature_failing_since.is_some() {
        let words = "what Lever sends matches none of the saved tokens. Paste the new token.";
        return Point::new(WHAT, Standing::Failed, words);
    }
    Point::good(WHAT, "What arrived last matches a saved token, or nothing arrived yet.")
}

/// The last event, against what Lever says was moved since.
async fn arrivals(
    connections: &Connections,
    integration: &Integration,
    checklist: &checklist::Checklist,
) -> Point {
    const WHAT: &str = "Arrivals";
    let now = Timestamp::now();
    let from = checklist.last().unwrap_or(integration.created_at).max(now.minus(SPAN));
    let (from, until) = (jiff_of(from.plus(ARRIVAL)), jiff_of(now.minus(ARRIVAL)));
    let last = checklist.last().map_or_else(
        || "No event arrived yet".to_owned(),
        |at| format!("The last event arrived {}", at.relative_to(now)),
    );
    if from >= until {
        return Point::good(WHAT, format!("{last}."));
    }
    let filter = OpportunityFilter {
        advanced: TimeRange { start: Some(from), end: Some(until) },
        ..OpportunityFilter::default()
    };
    let listed = connections.call_within(LIMIT, &integration.id, |api| {
        let filter = filter.clone();
        async move { Ok(api.opportunities(&filter).next().await?.map(|page| page.items.len())) }
    });
    match listed.await {
        Ok(None | Some(0)) => Point::good(WHAT, format!("{last}, and nobody was moved in Lever since.")),
        Ok(Some(moved)) => {
            let moved = if moved == 1 { "1 candidate".to_owned() } else { format!("{moved} candidates") };
            let words = format!(
                "{} since, {moved} moved in Lever without a word. Check that each event's toggle is on in Lever.",
                last.replacen("The last", "the last", 1).replacen("No event", "no event", 1)
            );
            Point::new(WHAT, Standing::Attention, words)
        }
        Err(cause) => Point::new(WHAT, Standing::Unknown, cause.to_string()),
    }
}

fn jiff_of(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
