//! What becomes of what arrives: failures, queue, mail, Lever's list, background jobs, tests, postings.

use super::{good, part};
use crate::completeness::{DayState, Suspicion};
use crate::i18n::{number, portal};
use crate::invitations::questions::{Question, Waiting};
use crate::monitoring::check::{Point, Standing, What};
use crate::monitoring::verdict::known::Known;
use crate::monitoring::verdict::{By, For, Level, Part, PartCode};
use crate::reasons::Found;
use crate::reconciliation::RunCause;
use crate::time::Timestamp;
use std::time::Duration;

/// An event that waits longer than this waits too long.
const WAITS_LONG: Duration = Duration::from_secs(10 * 60);

/// All of these parts.
pub(super) fn all(known: &Known) -> Vec<Part> {
    let mut parts = vec![
        failures(known),
        queue(known),
        mail(known),
        write_backs(known),
        reconciliation(known),
        completeness(known),
        background_work(known),
        test(known),
    ];
    parts.extend(decisions(known));
    parts.extend(suspicions(known));
    parts.extend(postings(known));
    parts
}

fn failures(known: &Known) -> Part {
    if known.failed.count == 0 {
        return good(PartCode::Failures, &[]);
    }
    let path = format!("/events?integration={}&state=failed", known.id);
    part(PartCode::Failures, Level::Attention, "failed", &[("count", number(known.failed.count))])
        .since(known.failed.since)
        .fix("events", path, By::Link, For::Auditing)
}

/// What waits for a colleague. Nobody else of the integration waits for that.
fn decisions(known: &Known) -> Vec<Part> {
    let waits = |waiting: &Waiting| {
        let words = [("count", number(waiting.count))];
        let found = part(PartCode::Decisions, Level::Attention, waiting.question.as_str(), &words)
            .since(Some(waiting.since));
        match (waiting.question, waiting.event) {
            (Question::DeletionHeld, Some(event)) => {
                found.fix("decide", format!("/events/{event}"), By::Link, For::Auditing)
            }
            _ => found.fix("candidates", "/candidates?state=waiting".to_owned(), By::Link, For::Everybody),
        }
    };
    match known.decisions.is_empty() {
        true => vec![good(PartCode::Decisions, &[])],
        false => known.decisions.iter().map(waits).collect(),
    }
}

fn queue(known: &Known) -> Part {
    match known.queue.oldest.filter(|at| known.now.minus(WAITS_LONG) > *at) {
        None => good(PartCode::Queue, &[("count", number(known.queue.depth))]),
        Some(oldest) => {
            let path = format!("/events?integration={}&state=queued", known.id);
            part(PartCode::Queue, Level::Attention, "waits", &[("count", number(known.queue.depth))])
                .since(Some(oldest))
                .fix("waiting", path, By::Link, For::Auditing)
        }
    }
}

fn mail(known: &Known) -> Part {
    if let Some((since, why)) = &known.mail_waits {
        let path = format!("/events?integration={}&state=queued", known.id);
        return part(PartCode::Mail, Level::Attention, "waits", &[("why", why.as_str().into())])
            .since(Some(*since))
            .fix("waiting", path, By::Link, For::Auditing);
    }
    if known.mail_failed == 0 {
        return good(PartCode::Mail, &[]);
    }
    part(PartCode::Mail, Level::Attention, "failed", &[("count", number(known.mail_failed))]).fix(
        "candidates",
        "/candidates?state=failed".to_owned(),
        By::Link,
        For::Everybody,
    )
}

fn write_backs(known: &Known) -> Part {
    let code = PartCode::WriteBacks;
    if known.unwritten.count == 0 {
        return good(code, &[]);
    }
    let values =
        [("count", number(known.unwritten.count)), ("why", known.unwritten.why.sentence(portal()).into())];
    part(code, Level::Attention, "failed", &values).since(known.unwritten.since).press(
        "write_again",
        known,
        "/write-again",
    )
}

fn reconciliation(known: &Known) -> Part {
    let code = PartCode::Reconciliation;
    let Some(run) = &known.run else { return part(code, Level::Good, "none", &[]) };
    let found = if !run.failure.is_none() {
        part(code, Level::Attention, "failed", &[("why", run.failure.sentence(portal()).into())])
    } else if run.missing > run.reported && run.cause != RunCause::Settings {
        part(code, Level::Attention, "missed", &[("count", number(run.missing - run.reported))])
    } else if run.reported > 0 && run.cause != RunCause::Settings {
        part(code, Level::Attention, "reported", &[("count", number(run.reported))])
    } else if run.unreadable > 0 {
        part(code, Level::Attention, "unreadable", &[("count", number(run.unreadable))])
    } else {
        return good(code, &[]).since(run.finished_at);
    };
    found.since(run.finished_at).link("run", known, &format!("/reconciliations/{}", run.id))
}

fn completeness(known: &Known) -> Part {
    let code = PartCode::Completeness;
    let Some(day) = &known.day else { return part(code, Level::Good, "none", &[]) };
    let below = format!("/completeness/{}", day.day.day);
    let (lost, idle) = (day.listed - day.received, day.listed - day.acted);
    let named = ("day", (&day.day.day).into());
    let found = if day.day.state != DayState::Counted || !day.day.failure.is_none() {
        part(code, Level::Attention, "failed", &[named])
    } else if idle > 0 {
        part(code, Level::Attention, "idle", &[named, ("count", number(idle))])
    } else if lost > 0 {
        part(code, Level::Attention, "lost", &[named, ("count", number(lost))])
    } else {
        return good(code, &[named]).since(day.day.counted_at);
    };
    found.since(day.day.counted_at).link("day", known, &below)
}

fn suspicions(known: &Known) -> Vec<Part> {
    let suspicious = |suspicion: &Suspicion| match suspicion {
        Suspicion::Origin { origin, listed } => {
            ("origin", [("origin", origin.into()), ("count", number(*listed))])
        }
        Suspicion::Toggle { kind, listed } => {
            ("toggle", [("event", portal().name("event", kind).into()), ("count", number(*listed))])
        }
    };
    let said = known.suspicions.iter().map(suspicious);
    said.map(|(id, values)| {
        part(PartCode::Completeness, Level::Attention, id, &values).link("days", known, "/completeness")
    })
    .collect()
}

fn background_work(known: &Known) -> Part {
    let (count, since) = known.jobs_failed;
    if count == 0 {
        return good(PartCode::BackgroundWork, &[]);
    }
    let path = "/settings/background-work".to_owned();
    part(PartCode::BackgroundWork, Level::Attention, "failed", &[("count", number(count))]).since(since).fix(
        "jobs",
        path,
        By::Link,
        For::Auditing,
    )
}

/// What only a test can know: the webhooks that Lever lists, and moves that no webhook reported. What the other points
/// found is known better now, and so is what was changed since the test.
fn test(known: &Known) -> Part {
    let code = PartCode::Test;
    let unmade = || part(code, Level::Good, "none", &[]);
    let Some(test) = &known.checkup else { return unmade() };
    if known.granted_at.is_some_and(|granted| test.at < granted) {
        return unmade();
    }
    let is_newer = |at: Option<Timestamp>| at.is_some_and(|at| at > test.at);
    // Where Lever could not be asked, a check or an event since then shows that it can.
    let is_answered = || is_newer(known.checked_at.filter(|_| known.check_failure.is_none()));
    let still = |point: &&Point| match (point.what, &point.found) {
        (What::Webhooks | What::Arrivals, Found::NotAnswered { .. }) => {
            !is_answered() && !is_newer(known.last_event())
        }
        (What::Webhooks, _) => !is_newer(known.made_at),
        (What::Arrivals, Found::MovedUnreported { .. }) => !is_newer(known.last_event()),
        _ => false,
    };
    let is_wrong = |point: &&Point| {
        matches!(point.standing, Standing::Failed | Standing::Attention)
            || matches!(point.found, Found::NotAnswered { .. })
    };
    match test.report.points.iter().filter(is_wrong).find(still) {
        None => good(code, &[]).since(Some(test.at)),
        Some(point) => {
            let found = [("found", point.reason().sentence(portal()).into())];
            part(code, Level::Attention, "found", &found).since(Some(test.at)).press("test", known, "/check")
        }
    }
}

fn postings(known: &Known) -> Vec<Part> {
    let (named, total) = &known.postings;
    let mut parts = Vec::new();
    for posting in named {
        for (finding, remedy) in &posting.findings {
            let values =
                [("posting", (&posting.name).into()), ("finding", finding.into()), ("remedy", remedy.into())];
            parts.push(part(PartCode::Postings, Level::Attention, "odd", &values).link(
                "postings",
                known,
                "/postings",
            ));
        }
    }
    let more = usize::try_from(*total).unwrap_or(0).saturating_sub(named.len());
    if more > 0 {
        parts.push(part(PartCode::Postings, Level::Attention, "more", &[("count", number(more))]).link(
            "postings",
            known,
            "/postings",
        ));
    }
    parts
}
