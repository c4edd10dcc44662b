//! The timeline of an event's page: how it arrived, which stands in its own row, and the steps that
//! were taken since.

use crate::events::view::Full;
use crate::events::{Event, Exchange, State, StepKind, StepStatus};
use crate::i18n::{number, portal};
use crate::time::Timestamp;
use crate::web::labels;
use jiff::tz::TimeZone;

/// A line of the timeline.
pub(crate) struct Shown {
    /// Unique in the page.
    pub(crate) id: String,
    /// What happened, as a code.
    pub(crate) code: String,
    pub(crate) at: Timestamp,
    /// With milliseconds; on another day than the first line's the day and the minute, as wide.
    pub(crate) time: String,
    pub(crate) what: String,
    pub(crate) detail: String,
    pub(crate) status: StepStatus,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) call: Option<Exchange>,
}

/// All lines, in the order of time.
pub(crate) fn timeline(full: &Full, zone: &TimeZone) -> Vec<Shown> {
    let day = full.event.received_at.zoned(zone).date();
    let time = |at: Timestamp| {
        let zoned = at.zoned(zone);
        let format = if zoned.date() == day { "%H:%M:%S%.3f" } else { "%d %b %H:%M" };
        zoned.strftime(format).to_string()
    };
    let mut lines: Vec<Shown> = arrival(full)
        .into_iter()
        .map(|(what, at, detail, status)| Shown {
            id: what.to_owned(),
            code: what.to_owned(),
            at,
            time: time(at),
            what: portal().name("step", what),
            detail,
            status,
            duration_ms: None,
            call: None,
        })
        .collect();
    lines.extend(full.steps.iter().map(|step| Shown {
        id: step.id.to_string(),
        code: step.kind.to_string(),
        at: step.at,
        time: time(step.at),
        what: labels::step_kind(&step.kind),
        detail: step.detail.sentence(portal()),
        status: step.status,
        duration_ms: step.duration_ms,
        call: step.call(),
    }));
    lines.sort_by_key(|line| line.at);
    lines
}

/// Received, verified or not, kept.
fn arrival(full: &Full) -> Vec<(&'static str, Timestamp, String, StepStatus)> {
    use StepStatus::{Attention, Failed, Good, Waiting};
    let event = &full.event;
    if event.kind.is_our_own() {
        // No delivery: it stands for one that never came, or for a colleague's request.
        return vec![("kept", event.kept_at, String::new(), Good)];
    }
    let taken = event.kept_at.since(event.received_at);
    // How large it was went with it.
    let answer = if event.is_erased() { "arrival-answer_erased" } else { "arrival-answer" };
    let answer = portal().message(
        answer,
        &[
            ("bytes", number(event.body.len())),
            ("ms", number(taken)),
            ("status", number(event.answered_status)),
        ],
    );
    let reason = || event.reason.sentence(portal());
    let token = |hint: &String| portal().message("arrival-token", &[("hint", hint.into())]);
    let hint = || full.verifier.as_ref().map(|verifier| token(&verifier.hint));
    // A token that was saved later has a line of its own.
    let later = full.steps.iter().any(|step| step.kind == StepKind::VerifiedLater);
    let verified = match (event.verified_at, event.state) {
        // Both stay: what was answered then, and the token that was saved later.
        (Some(_), _) if later => Some(before_the_token(event)),
        (Some(at), _) => Some(("verified", at, hint().unwrap_or_default(), Good)),
        (None, State::Waiting) => {
            let why = portal().message("arrival-no_token", &[]);
            Some(("not_verified_yet", event.received_at, why, Waiting))
        }
        (None, State::Quarantined) => Some(("not_verified", event.received_at, reason(), Attention)),
        (None, State::Malformed) => Some(("not_readable", event.received_at, reason(), Failed)),
        (None, _) => None,
    };
    let received = ("received", event.received_at, answer, Good);
    let kept = ("kept", event.kept_at, String::new(), Good);
    [Some(received), verified, Some(kept)].into_iter().flatten().collect()
}

/// How a delivery stood before a token that verifies it was saved.
fn before_the_token(event: &Event) -> (&'static str, Timestamp, String, StepStatus) {
    let code = if event.answered_status == 401 { "not_verified" } else { "not_verified_yet" };
    let status = if event.answered_status == 401 { StepStatus::Attention } else { StepStatus::Waiting };
    let why = if event.answered_status == 401 { "arrival-no_match" } else { "arrival-no_token" };
    (code, event.received_at, portal().message(why, &[]), status)
}

/// The day of the first line and the time zone, for above the timeline.
pub(super) fn day(full: &Full, zone: &TimeZone) -> String {
    full.event.received_at.zoned(zone).strftime("%d %B %Y, %Z").to_string()
}
