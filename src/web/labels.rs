//! How each state looks: the stylesheet's word for it and what it is called. The names are those of
//! `locales/portal.en.ftl`.

use crate::alert_webhooks::AlertDelivery;
use crate::completeness::DayState;
use crate::completeness::report::Summary;
use crate::events::{EventKind, Outcome, State, StepKind, StepStatus};
use crate::i18n::{number, portal};
use crate::integrations::checklist::Arrival;
use crate::invitations::InvitationState;
use crate::invitations::actions::{ActionKind, ActionState};
use crate::invitations::bulk_moves::detect::BulkMoveState;
use crate::monitoring::check::{Standing, What};
use crate::monitoring::verdict::{Level, VerdictState};
use crate::reconciliation::{Run, RunCause};

/// A badge: the stylesheet's word and the text.
pub type Label = (&'static str, String);

/// An event's state by itself.
pub fn event_state(state: State) -> Label {
    let badge = match state {
        State::Waiting | State::Queued => "waiting",
        State::Quarantined => "attention",
        State::Malformed | State::Failed => "failed",
        State::Check | State::Done => "good",
        State::Ignored => "neutral",
    };
    (badge, portal().name("state", state.as_str()))
}

/// What became of an event: what it caused once it was processed, its state otherwise.
pub fn event(state: State, outcome: Outcome) -> Label {
    let badge = match (state, outcome) {
        (State::Done, Outcome::None) => return event_state(state),
        (State::Done, Outcome::Invited | Outcome::Reused | Outcome::Hired) => "good",
        (State::Done, Outcome::Held) => "waiting",
        (State::Done, Outcome::DeletionHeld) => "attention",
        // Genuine and processed, and nothing came of it: no sign of success.
        (State::Done, _) => "neutral",
        _ => return event_state(state),
    };
    (badge, portal().name("outcome", outcome.as_str()))
}

/// Lever's name of an event as the published guide writes it: `candidateStageChange` → `Candidate Stage
/// Change`. Unknown names stay as they are.
pub fn event_kind(kind: &EventKind) -> String {
    if kind.is_unnamed() {
        portal().message("event-test", &[])
    } else {
        portal().name("event", kind.as_str())
    }
}

/// What an event is called. A delivery without a name is a connection test only when it was recognised
/// as one.
pub fn event_title(state: State, kind: &EventKind) -> String {
    match state {
        State::Check | State::Waiting => event_kind(kind),
        _ if kind.is_unnamed() => portal().message("event-unnamed", &[]),
        _ => event_kind(kind),
    }
}

/// A line of an event's timeline.
pub fn step_kind(kind: &StepKind) -> String {
    portal().name("step", kind.as_str())
}

/// The stylesheet's word for how a step went.
pub fn step_status(status: &StepStatus) -> &'static str {
    match status {
        StepStatus::Good => "good",
        StepStatus::Waiting => "waiting",
        StepStatus::Attention => "attention",
        StepStatus::Failed => "failed",
    }
}

/// An invitation's state.
pub fn invitation(state: InvitationState) -> Label {
    let badge = match state {
        InvitationState::Held | InvitationState::Pending => "waiting",
        InvitationState::Sent
        | InvitationState::Opened
        | InvitationState::Started
        | InvitationState::Completed => "good",
        InvitationState::Failed => "failed",
        InvitationState::Withdrawn | InvitationState::Cancelled | InvitationState::Expired => "neutral",
    };
    (badge, portal().name("invitation", state.as_str()))
}

/// What an action does.
pub fn action(kind: ActionKind) -> String {
    portal().name("action", kind.as_str())
}

/// An action's state.
pub fn action_state(state: ActionState) -> Label {
    let badge = match state {
        ActionState::Planned => "waiting",
        ActionState::Done => "good",
        ActionState::Failed => "failed",
        ActionState::Skipped => "neutral",
    };
    (badge, portal().name("action-state", state.as_str()))
}

/// Where a bulk move is.
pub fn bulk_move(state: BulkMoveState) -> Label {
    let badge = match state {
        BulkMoveState::Held => "waiting",
        BulkMoveState::Sent => "good",
        BulkMoveState::Undone => "neutral",
    };
    (badge, portal().name("bulk-move", state.as_str()))
}

/// What came of one of Lever's events.
pub fn arrival(arrival: &Arrival) -> Label {
    let (badge, code) = match arrival {
        Arrival::None => ("waiting", "none"),
        Arrival::Received(_) => ("neutral", "received"),
        Arrival::Verified(_) => ("good", "verified"),
        Arrival::Unverified(_) => ("attention", "unverified"),
    };
    (badge, portal().name("arrival-state", code))
}

/// What it waits for, or what is wrong.
pub fn arrival_detail(arrival: &Arrival) -> Option<String> {
    let code = match arrival {
        Arrival::None => "none",
        Arrival::Received(_) => "received",
        Arrival::Verified(_) => return None,
        Arrival::Unverified(_) => "unverified",
    };
    Some(portal().name("arrival-detail", code))
}

/// How a reconciliation stands. `is_retried`: its next page could not be read, and is tried again.
pub fn run(run: &Run, is_retried: bool) -> Label {
    let say = |id: &str| portal().message(&format!("run-{id}"), &[("count", number(run.missing))]);
    match (run.finished_at, run.failure.is_none(), run.missing) {
        (None, ..) if is_retried => ("waiting", say("retried")),
        (None, ..) => ("waiting", run.step.label()),
        (Some(_), true, 0) if run.unreadable > 0 => ("attention", unreadable_rows(&run.unreadable)),
        (Some(_), true, 0) => ("good", say("nothing")),
        // Nobody was missed: the rules are new, and these meet them.
        (Some(_), true, _) if run.cause == RunCause::Settings => ("good", say("new_rules")),
        (Some(_), true, _) => ("attention", say("missed")),
        (Some(_), ..) => ("failed", say("incomplete")),
    }
}

/// How many rows of Lever's lists could not be read.
pub fn unreadable_rows(count: &i32) -> String {
    portal().message("run-unreadable", &[("unreadable", number(*count))])
}

/// How a day of the completeness report stands.
pub fn counted_day(summary: &Summary) -> Label {
    let (lost, idle) = (summary.listed - summary.received, summary.listed - summary.acted);
    let say =
        |id: &str| portal().message(&format!("day-{id}"), &[("lost", number(lost)), ("idle", number(idle))]);
    match summary.day.state {
        DayState::Asked => ("waiting", say("asked")),
        DayState::Failed => ("failed", say("failed")),
        DayState::Counted if !summary.day.failure.is_none() => ("attention", say("incomplete")),
        DayState::Counted if lost == 0 && idle == 0 => ("good", say("complete")),
        DayState::Counted if idle == 0 => ("attention", say("lost")),
        DayState::Counted if lost == 0 => ("failed", say("idle")),
        DayState::Counted => ("failed", say("lost_and_idle")),
    }
}

/// How posting an alert went.
pub fn alert_delivery(delivery: &AlertDelivery) -> Label {
    let words = portal();
    let status = match delivery.status {
        Some(status) => words.message("alert-post-answered", &[("status", status.to_string().into())]),
        None => words.message("alert-post-no_answer", &[]),
    };
    match (delivery.finished_at, delivery.status) {
        (Some(_), Some(200..=299)) => ("good", status),
        (Some(_), _) => ("failed", status),
        (None, _) if delivery.attempts > 0 => {
            ("attention", words.message("alert-post-again", &[("status", status.into())]))
        }
        (None, _) => ("waiting", words.message("alert-post-waiting", &[])),
    }
}

/// The stylesheet's word for how a part of an integration is.
pub fn level(level: &Level) -> &'static str {
    match level {
        Level::Good => "good",
        Level::Unproven => "waiting",
        Level::Attention => "attention",
        Level::Failed => "failed",
    }
}

/// The stylesheet's word for how an integration is doing.
pub fn verdict(state: &VerdictState) -> &'static str {
    match state {
        VerdictState::Active => "good",
        VerdictState::Unproven | VerdictState::SettingUp => "waiting",
        VerdictState::NeedsYou => "attention",
        VerdictState::NotWorking | VerdictState::Disconnected => "failed",
        VerdictState::Ended => "neutral",
    }
}

/// What a test of an account looked at.
pub fn check(what: What) -> String {
    portal().name("check", what.as_str())
}

/// How a point of a test stands.
pub fn standing(standing: Standing) -> Label {
    let (badge, code) = match standing {
        Standing::Good => ("good", "good"),
        Standing::Attention => ("attention", "attention"),
        Standing::Failed => ("failed", "failed"),
        Standing::Untested => ("neutral", "untested"),
        Standing::Unknown => ("neutral", "unknown"),
    };
    (badge, portal().name("standing", code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert_webhooks::guard::BadAddress;
    use crate::audit::{Action, Subject};
    use crate::candidate_email::EmailKind;
    use crate::integrations::Environment;
    use crate::integrations::alerts::AlertKind;
    use crate::job_queue::{JobErrorCode, JobKind};
    use crate::monitoring::verdict::PartCode;
    use crate::people::Role;
    use crate::postings::Which;
    use crate::reconciliation::RunStep;
    use crate::test_selection::Tests;

    #[test]
    fn every_code_has_a_name() {
        let named = |list: &str, codes: &mut dyn Iterator<Item = &'static str>| {
            for code in codes.filter(|code| !code.is_empty()) {
                assert!(portal().has(&format!("{list}-{code}")), "{list}-{code}");
            }
        };
        named("state", &mut State::ALL.iter().map(|state| state.as_str()));
        named("outcome", &mut Outcome::ALL.iter().map(|outcome| outcome.as_str()));
        named("event", &mut EventKind::KNOWN.iter().map(EventKind::as_str));
        named("step", &mut StepKind::KNOWN.iter().map(StepKind::as_str));
        named("invitation", &mut InvitationState::ALL.iter().map(|state| state.as_str()));
        named("action", &mut ActionKind::ALL.iter().map(|kind| kind.as_str()));
        named("action-state", &mut ActionState::ALL.iter().map(|state| state.as_str()));
        named("bulk-move", &mut BulkMoveState::ALL.iter().map(|state| state.as_str()));
        named("verdict", &mut VerdictState::ALL.iter().map(|state| state.as_str()));
        named("part", &mut PartCode::ALL.iter().map(|part| part.as_str()));
        named("alert", &mut AlertKind::ALL.iter().map(|kind| kind.as_str()));
        for kind in AlertKind::ALL {
            named(
                &format!("alert-mail-{kind}"),
                &mut ["begun", "over", "begun-text", "over-text"].into_iter(),
            );
        }
        named("audit-subject", &mut Subject::ALL.iter().map(|subject| subject.as_str()));
        for action in Action::ALL {
            let id = format!("audit-{}", action.as_str().replace('.', "-"));
            assert!(portal().has(&id), "{id}");
        }
        named("job", &mut JobKind::ALL.iter().map(|kind| kind.as_str()));
        named("job-error", &mut JobErrorCode::ALL.iter().map(|code| code.as_str()));
        named("role", &mut Role::ALL.iter().map(|role| role.as_str()));
        named("role-explanation", &mut Role::ALL.iter().map(|role| role.as_str()));
        named("mail", &mut EmailKind::ALL.iter().map(|kind| kind.as_str()));
        named("mail-explanation", &mut EmailKind::ALL.iter().map(|kind| kind.as_str()));
        named("environment", &mut Environment::ALL.iter().map(|environment| environment.as_str()));
        named("run-cause", &mut RunCause::ALL.iter().map(|cause| cause.as_str()));
        named("run-step", &mut RunStep::ALL.iter().map(|step| step.as_str()));
        named("postings-list", &mut Which::ALL.iter().map(|which| which.as_str()));
        named("bad-address", &mut BadAddress::ALL.iter().map(|problem| problem.as_str()));
        for list in ["tests", "tests-choice", "tests-letter"] {
            named(list, &mut Tests::ALL.iter().map(|tests| tests.as_str()));
        }
        let looked_at =
            ["access", "permissions", "trigger", "progression", "webhooks", "signatures", "arrivals"];
        named("check", &mut looked_at.into_iter());
    }

    #[test]
    fn an_event_shows_what_it_caused_once_it_was_processed() {
        assert_eq!(event(State::Done, Outcome::Invited), ("good", "invited".to_owned()));
        assert_eq!(event(State::Done, Outcome::Deleted), ("neutral", "deleted".to_owned()));
        assert_eq!(event(State::Queued, Outcome::None), ("waiting", "processing".to_owned()));
        assert_eq!(event_title(State::Malformed, &EventKind::unnamed()), "Unnamed delivery");
        assert_eq!(event_title(State::Check, &EventKind::unnamed()), "Connection test");
    }
}
