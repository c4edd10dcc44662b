//! Everything that a verdict rests on. Asks nobody outside, and answers each question from an index.

use super::{Verdict, VerdictState, judge};
use crate::completeness::report::{self as completeness, Summary};
use crate::completeness::{Suspicion, suspicions};
use crate::db::{Conn, DbResult};
use crate::events::health::{self as events, Failed, Queue};
use crate::i18n::portal;
use crate::ids::{CompanyId, IntegrationId};
use crate::integrations::checklist::{self, Arrival, Checklist};
use crate::integrations::lever_webhooks::{self, MadeWebhook, beside};
use crate::integrations::oauth::lever_account;
use crate::integrations::schedule::watch;
use crate::integrations::settings::rules;
use crate::integrations::signing::tokens;
use crate::integrations::stages::{self, KnownStage};
use crate::integrations::{Integration, State, store};
use crate::invitations::failed_writes::{self, FailedWrites};
use crate::invitations::{lifecycle, questions};
use crate::job_queue::view as jobs;
use crate::monitoring::check::{self, Checkup};
use crate::postings::{self, Which};
use crate::reasons::Reason;
use crate::reconciliation::{self, Run};
use crate::time::Timestamp;
use lever_client::{Scope, ScopeSet};
use std::collections::BTreeMap;
use std::time::Duration;

/// Failures are spoken of for so long.
pub const FAILURES: Duration = Duration::from_secs(7 * 86_400);

/// Postings that are named one by one.
const NAMED: usize = 3;

/// No page counts further.
const COUNTED: i64 = 1_000;

/// A stage that somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// None is chosen.
    Nothing,
    /// It exists, or is not known to be gone.
    There,
    /// It is gone from Lever, since then.
    Gone { name: String, since: Timestamp },
}

/// One of the four webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// As the published guide writes it.
    pub label: String,
    /// What arrived last.
    pub arrival: Arrival,
    /// Whether one of its events was ever verified.
    pub was_verified: bool,
    /// When Lever's **Verify Connection** of it was verified last.
    pub tested_at: Option<Timestamp>,
    /// Lever tested it with a token that is not saved.
    pub token_is_missing: bool,
    /// The portal made it, with a token that is valid.
    pub is_made: bool,
}

impl Webhook {
    /// Whether anything came from it: an event, or Lever's test of it, whether or not its token is saved.
    pub fn is_heard(&self) -> bool {
        self.was_verified || self.tested_at.is_some() || self.token_is_missing || self.arrival.at().is_some()
    }
}

/// A posting that needs attention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OddPosting {
    pub name: String,
    /// What is odd, after the name, and what to do about it.
    pub findings: Vec<(String, String)>,
}

/// Everything that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: IntegrationId,
    pub now: Timestamp,
    pub state: State,
    /// Why it is disconnected; none when a colleague ended it.
    pub state_reason: Reason,
    /// When the row was changed last: when it was disconnected, where it is.
    pub updated_at: Timestamp,
    pub granted_at: Option<Timestamp>,
    /// When access was checked last, and what was wrong then.
    pub checked_at: Option<Timestamp>,
    pub check_failure: Reason,
    /// How many ms Lever took to answer.
    pub answer_ms: Option<i64>,
    /// By how many seconds this machine's clock was ahead of Lever's; less than 0 where it was behind.
    pub clock_ahead_s: i64,
    /// What Lever does not grant.
    pub missing: Vec<Scope>,
    /// Nobody is known in whose name the portal could write.
    pub has_nobody: bool,
    /// Other connections to the same Lever account.
    pub twins: Vec<(IntegrationId, String)>,
    pub trigger: Chosen,
    pub progression: Chosen,
    /// Stages that rules name and that are gone.
    pub gone_in_rules: Vec<(String, Timestamp)>,
    /// How many signing tokens are saved.
    pub tokens: usize,
    pub webhooks: Vec<Webhook>,
    /// Events of which a person added a webhook beside the portal's whose token is not saved, Lever's names.
    pub beside: Vec<String>,
    /// When Lever's list of webhooks was read last.
    pub webhooks_listed_at: Option<Timestamp>,
    /// What waits for a colleague's decision.
    pub decisions: Vec<questions::Waiting>,
    /// When the portal made a webhook last.
    pub made_at: Option<Timestamp>,
    /// Since when signatures fail that matched before.
    pub failing_since: Option<Timestamp>,
    /// Events that were given up in the last seven days.
    pub failed: Failed,
    pub queue: Queue,
    /// Invitations whose mail failed.
    pub mail_failed: i64,
    /// What could not be written to Lever lately.
    pub unwritten: FailedWrites,
    /// Since when invitations wait for the mail server, and what that said last.
    pub mail_waits: Option<(Timestamp, String)>,
    /// The newest reconciliation that has ended.
    pub run: Option<Run>,
    /// The newest day that was counted.
    pub day: Option<Summary>,
    pub suspicions: Vec<Suspicion>,
    /// Background jobs that were given up, and when the first of them.
    pub jobs_failed: (i64, Option<Timestamp>),
    /// The last test.
    pub checkup: Option<Checkup>,
    /// The first postings that need attention, and how many there are.
    pub postings: (Vec<OddPosting>, i64),
}

impl Known {
    /// When the last event of the four webhooks came.
    pub fn last_event(&self) -> Option<Timestamp> {
        self.webhooks.iter().filter_map(|webhook| webhook.arrival.at().copied()).max()
    }
}

/// Reads what is known.
pub fn load(conn: &mut Conn, integration: &Integration, checklist: &Checklist) -> DbResult<Known> {
    let (id, now) = (integration.id, Timestamp::now());
    let watch = watch::load(conn, &id)?;
    let known_stages = stages::all(conn, &id)?;
    let settings = &integration.settings;
    let valid = tokens::valid(conn, &id)?;
    let made = lever_webhooks::vouched(conn, &id)?;
    let twins = stages::same_account(conn, integration)?;
    let queue = events::queue(conn, &id)?;
    let mail_waits = if queue.depth > 0 { events::mail_waits(conn, &id)? } else { None };
    Ok(Known {
        id,
        now,
        state: integration.state,
        state_reason: integration.state_reason.clone(),
        updated_at: integration.updated_at,
        granted_at: integration.granted_at,
        checked_at: watch.as_ref().and_then(|watch| watch.checked_at),
        answer_ms: watch.as_ref().and_then(|watch| watch.answer_ms),
        clock_ahead_s: watch.as_ref().and_then(|watch| watch.clock_ahead_s).unwrap_or_default(),
        beside: watch.as_ref().map(|watch| beside::among(watch, &made, &valid)).unwrap_or_default(),
        decisions: questions::of_integration(conn, &integration.company_id, &id)?,
        webhooks_listed_at: watch.as_ref().and_then(|watch| watch.webhooks_listed_at),
        check_failure: watch.map(|watch| watch.check_failure).unwrap_or_default(),
        missing: ScopeSet::parse(&integration.scopes).missing(),
        has_nobody: !lever_account::of_integration(conn, &id)?.trouble.is_empty(),
        twins: twins.into_iter().map(|other| (other.id, other.account_name)).collect(),
        trigger: chosen(settings.trigger_stage_id.as_deref(), &known_stages),
        progression: chosen(settings.progression_stage_id.as_deref(), &known_stages),
        gone_in_rules: gone_in_rules(conn, &id, &known_stages)?,
        tokens: valid.len(),
        webhooks: checklist.lines.iter().map(|line| webhook(line, &made)).collect(),
        made_at: made.iter().map(|made| made.created_at).max(),
        failing_since: integration.signature_failing_since,
        failed: events::failed_since(conn, &id, now.minus(FAILURES))?,
        queue,
        mail_waits,
        mail_failed: lifecycle::failed(conn, &integration.company_id, &id, COUNTED)?,
        unwritten: failed_writes::since(conn, &id, now.minus(FAILURES))?,
        run: reconciliation::last_ended(conn, &id)?,
        day: completeness::newest(conn, &id)?,
        suspicions: suspicions(conn, &id)?,
        jobs_failed: jobs::failed_of(conn, &integration.company_id, &id)?,
        checkup: check::last(conn, &id)?,
        postings: odd_postings(conn, &id)?,
    })
}

fn chosen(id: Option<&str>, known: &[KnownStage]) -> Chosen {
    let Some(id) = id else { return Chosen::Nothing };
    let gone = known.iter().find(|stage| stage.stage_id == id);
    match gone.and_then(|stage| Some((stage.name.clone(), stage.removed_at?))) {
        Some((name, since)) => Chosen::Gone { name, since },
        None => Chosen::There,
    }
}

fn gone_in_rules(
    conn: &mut Conn,
    id: &IntegrationId,
    known: &[KnownStage],
) -> DbResult<Vec<(String, Timestamp)>> {
    let rules = rules::all(conn, id)?;
    let named = known.iter().filter(|stage| rules.iter().any(|rule| rule.names(&stage.stage_id)));
    Ok(named.filter_map(|stage| Some((stage.name.clone(), stage.removed_at?))).collect())
}

fn webhook(line: &checklist::Line, made: &[MadeWebhook]) -> Webhook {
    Webhook {
        label: line.label.clone(),
        arrival: line.arrival,
        was_verified: line.was_verified,
        tested_at: line.tested_at,
        token_is_missing: line.token_is_missing,
        is_made: made.iter().any(|made| made.kind == line.kind),
    }
}

fn odd_postings(conn: &mut Conn, id: &IntegrationId) -> DbResult<(Vec<OddPosting>, i64)> {
    let total = postings::count_with_findings(conn, id, COUNTED)?;
    if total == 0 {
        return Ok((Vec::new(), 0));
    }
    let listed = postings::list(conn, id, Which::Findings, None)?;
    let odd = |posting: &postings::KnownPosting| OddPosting {
        name: posting.name().to_owned(),
        findings: posting
            .findings()
            .iter()
            .map(|finding| (finding.sentence(portal()), finding.remedy(portal())))
            .collect(),
    };
    Ok((listed.rows.iter().take(NAMED).map(odd).collect(), total))
}

/// An integration with its verdict.
#[derive(Debug, Clone)]
pub struct Judged {
    pub integration: Integration,
    /// The four webhooks, with what arrived.
    pub checklist: Checklist,
    pub verdict: Verdict,
    /// When its last event came.
    pub last_event: Option<Timestamp>,
    /// How many ms Lever took to answer the last check.
    pub answer_ms: Option<i64>,
    /// When access was checked last, and what was wrong then: what the verdict was made of.
    pub checked_at: Option<Timestamp>,
    pub check_failure: Reason,
}

/// How an integration is doing.
pub fn of_integration(conn: &mut Conn, integration: Integration) -> DbResult<Judged> {
    let checklist = checklist::load(conn, &integration)?;
    let known = load(conn, &integration, &checklist)?;
    let verdict = judge(&known);
    Ok(Judged {
        last_event: known.last_event(),
        answer_ms: known.answer_ms,
        checked_at: known.checked_at,
        check_failure: known.check_failure,
        integration,
        checklist,
        verdict,
    })
}

/// How many integrations of the installation there are of each verdict, also of those of which there are none.
pub fn count(conn: &mut Conn) -> DbResult<BTreeMap<String, i64>> {
    let mut counts: BTreeMap<String, i64> =
        VerdictState::ALL.iter().map(|state| (state.as_str().to_owned(), 0)).collect();
    for integration in store::every(conn)? {
        let state = of_integration(conn, integration)?.verdict.state;
        *counts.entry(state.as_str().to_owned()).or_default() += 1;
    }
    Ok(counts)
}

/// How a company's integrations are doing, in the order in which they were connected.
pub fn of_company(conn: &mut Conn, company: &CompanyId) -> DbResult<Vec<Judged>> {
    store::list(conn, company)?.into_iter().map(|integration| of_integration(conn, integration)).collect()
}
