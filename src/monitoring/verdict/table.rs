//! What the tests of the verdict know: an integration of which all is well, and all that can be known besides.

use super::known::{Chosen, Known, OddPosting, Webhook};
use super::{Level, PartCode, Timestamp};
use crate::completeness::report::Summary;
use crate::completeness::{Day, DayState, DayStep, Suspicion};
use crate::events::health::{Failed, Queue};
use crate::ids::{CompanyId, EventId, IntegrationId};
use crate::integrations::State;
use crate::integrations::checklist::Arrival;
use crate::invitations::failed_writes::FailedWrites;
use crate::invitations::questions::{Question, Waiting};
use crate::monitoring::check::{Checkup, Point, Report, Standing, What};
use crate::reasons::{Found, Reason};
use crate::reconciliation::{Run, RunCause};
use lever_client::Scope;

pub(super) const HOUR: i64 = 3_600_000;

/// The time of the tests.
pub(super) const NOW: Timestamp = Timestamp(1_800_000_000_000);

pub(super) fn ago(ms: i64) -> Timestamp {
    Timestamp(NOW.0 - ms)
}

pub(super) fn webhook(label: &str) -> Webhook {
    Webhook {
        label: label.to_owned(),
        arrival: Arrival::Verified(ago(60_000)),
        was_verified: true,
        tested_at: None,
        token_is_missing: false,
        is_made: false,
    }
}

/// An active integration of which all is known and all is well.
pub(super) fn well() -> Known {
    Known {
        id: IntegrationId::new(),
        now: NOW,
        state: State::Active,
        state_reason: Reason::None,
        updated_at: ago(48 * HOUR),
        granted_at: Some(ago(48 * HOUR)),
        checked_at: Some(ago(60_000)),
        check_failure: Reason::None,
        answer_ms: Some(12),
        clock_ahead_s: 0,
        missing: Vec::new(),
        has_nobody: false,
        twins: Vec::new(),
        trigger: Chosen::There,
        progression: Chosen::There,
        gone_in_rules: Vec::new(),
        tokens: 4,
        webhooks: ["Application Created", "Candidate Stage Change", "Candidate Hired", "Candidate Deleted"]
            .map(webhook)
            .into(),
        beside: Vec::new(),
        decisions: Vec::new(),
        webhooks_listed_at: None,
        made_at: None,
        failing_since: None,
        failed: Failed::default(),
        queue: Queue::default(),
        mail_failed: 0,
        unwritten: FailedWrites::default(),
        mail_waits: None,
        run: None,
        day: None,
        suspicions: Vec::new(),
        jobs_failed: (0, None),
        checkup: None,
        postings: (Vec::new(), 0),
    }
}

/// What is known besides, the part that it belongs to, and how bad that is.
pub(super) type Row = (&'static str, PartCode, Level, fn(&mut Known));

pub(super) fn silent(webhook: &mut Webhook) {
    *webhook = Webhook { arrival: Arrival::None, was_verified: false, ..webhook.clone() };
}

pub(super) fn found(what: What, standing: Standing, found: Found) -> Option<Checkup> {
    Some(Checkup { at: ago(HOUR), report: Report { points: vec![Point { what, standing, found }] } })
}

/// A comparison with Lever's list that has ended.
pub(super) fn ended(change: fn(&mut Run)) -> Option<Run> {
    let of = (CompanyId::new(), IntegrationId::new());
    let mut run = Run::begin(of, RunCause::Schedule, ago(26 * HOUR), ago(2 * HOUR));
    run.finished_at = Some(ago(HOUR));
    change(&mut run);
    Some(run)
}

/// Yesterday, counted: Lever lists `listed`, so many of them came by webhook, and so many were processed.
pub(super) fn counted(listed: i32, received: i32, acted: i32) -> Option<Summary> {
    let day = Day {
        integration_id: IntegrationId::new(),
        day: "2026-11-26".to_owned(),
        state: DayState::Counted,
        from_at: ago(48 * HOUR),
        until_at: ago(24 * HOUR),
        step: DayStep::Deleted,
        page: None,
        counted_at: Some(ago(HOUR)),
        failure: Reason::None,
    };
    Some(Summary { day, listed, received, acted })
}

pub(super) const TABLE: &[Row] = &[
    ("a check of access failed", PartCode::Access, Level::Failed, |known| {
        known.check_failure = Reason::Text("Lever does not answer".into());
    }),
    ("the clock is so much behind that deliveries are refused", PartCode::Clock, Level::Failed, |known| {
        known.clock_ahead_s = -45 * 60;
    }),
    ("the clock is a little behind", PartCode::Clock, Level::Attention, |known| {
        known.clock_ahead_s = known.clock_ahead_s.min(-90);
    }),
    ("a permission is missing", PartCode::Permissions, Level::Attention, |known| {
        known.missing = vec![Scope::Webhooks];
    }),
    ("nobody to write as", PartCode::WritesAs, Level::Attention, |known| known.has_nobody = true),
    ("connected twice", PartCode::SameAccount, Level::Attention, |known| {
        known.twins = vec![(IntegrationId::new(), "the other".into())];
    }),
    ("the trigger stage is gone", PartCode::Trigger, Level::Failed, |known| {
        known.trigger = Chosen::Gone { name: "Assessment".into(), since: ago(HOUR) };
    }),
    ("no trigger stage is chosen", PartCode::Trigger, Level::Unproven, |known| {
        if known.trigger == Chosen::There {
            known.trigger = Chosen::Nothing;
        }
    }),
    ("the progression stage is gone", PartCode::Stages, Level::Attention, |known| {
        known.progression = Chosen::Gone { name: "Interview".into(), since: ago(HOUR) };
    }),
    ("a rule names a stage that is gone", PartCode::Stages, Level::Attention, |known| {
        known.gone_in_rules = vec![("Technical test".into(), ago(HOUR))];
    }),
    ("a token was never pasted", PartCode::Signatures, Level::Attention, |known| {
        known.webhooks[1].arrival = Arrival::Unverified(ago(HOUR));
        known.webhooks[1].was_verified = false;
    }),
    ("signatures fail", PartCode::Signatures, Level::Attention, |known| {
        known.failing_since = Some(ago(HOUR));
    }),
    ("a person's webhook is beside the portal's", PartCode::Signatures, Level::Attention, |known| {
        known.beside = vec!["candidateStageChange".into()];
    }),
    ("a webhook was never heard from", PartCode::Webhooks, Level::Unproven, |known| {
        silent(&mut known.webhooks[2]);
    }),
    ("somebody waits for a decision", PartCode::Decisions, Level::Attention, |known| {
        let (question, event) = (Question::SameAddress, Some(EventId::new()));
        known.decisions = vec![Waiting { question, count: 1, since: ago(HOUR), event }];
    }),
    ("events failed", PartCode::Failures, Level::Attention, |known| {
        known.failed = Failed { count: 2, since: Some(ago(HOUR)) };
    }),
    ("events wait for long", PartCode::Queue, Level::Attention, |known| {
        known.queue = Queue { depth: 3, oldest: Some(ago(HOUR)) };
    }),
    ("the mail server is away", PartCode::Mail, Level::Attention, |known| {
        known.mail_waits = Some((ago(HOUR), "connection refused".into()));
    }),
    ("mail failed", PartCode::Mail, Level::Attention, |known| known.mail_failed = 1),
    ("Lever refused what was to be written", PartCode::WriteBacks, Level::Attention, |known| {
        let why = Reason::Text("Lever does not allow it".into());
        known.unwritten = FailedWrites { count: 2, since: Some(ago(HOUR)), why };
    }),
    ("Lever's list could not be read", PartCode::Reconciliation, Level::Attention, |known| {
        known.run = ended(|run| run.failure = Reason::Text("Lever does not answer".into()));
    }),
    ("candidates had been missed", PartCode::Reconciliation, Level::Attention, |known| {
        known.run = ended(|run| run.missing = 2);
    }),
    ("what was reported was not processed", PartCode::Reconciliation, Level::Attention, |known| {
        known.run = ended(|run| (run.missing, run.reported) = (1, 1));
    }),
    ("rows of Lever's list are unreadable", PartCode::Reconciliation, Level::Attention, |known| {
        known.run = ended(|run| run.unreadable = 1);
    }),
    ("a day has fewer than Lever lists", PartCode::Completeness, Level::Attention, |known| {
        known.day = counted(5, 4, 5);
    }),
    ("a day has some that nothing became of", PartCode::Completeness, Level::Attention, |known| {
        known.day = counted(5, 5, 4);
    }),
    ("a day could not be counted", PartCode::Completeness, Level::Attention, |known| {
        known.day = counted(5, 5, 5);
        if let Some(summary) = &mut known.day {
            summary.day.failure = Reason::Text("Lever does not answer".into());
        }
    }),
    ("a webhook is silent since it was made", PartCode::Completeness, Level::Attention, |known| {
        known.suspicions = vec![Suspicion::Toggle { kind: "candidateHired".into(), listed: 2 }];
    }),
    ("an origin is silent", PartCode::Completeness, Level::Attention, |known| {
        known.suspicions = vec![Suspicion::Origin { origin: "agency".into(), listed: 3 }];
    }),
    ("a job was given up", PartCode::BackgroundWork, Level::Attention, |known| {
        known.jobs_failed = (1, Some(ago(HOUR)));
    }),
    ("the test misses a webhook", PartCode::Test, Level::Attention, |known| {
        let missing = Found::WebhooksMissing { events: vec!["candidateHired".into()] };
        known.checkup = found(What::Webhooks, Standing::Failed, missing);
    }),
    ("a tag is misspelt", PartCode::Postings, Level::Attention, |known| {
        let odd = OddPosting { name: "Engineer".into(), findings: vec![("is odd".into(), "Fix it.".into())] };
        known.postings = (vec![odd], 1);
    }),
];
