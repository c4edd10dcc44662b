//! How each state looks: the stylesheet's word for it and what it is called. The names are those of
//! `locales/portal.en.ftl`.

use crate::events::{EventKind, Outcome, State, StepKind};
use crate::i18n::portal;
use crate::integration_state::State as IntegrationState;
use crate::invitations::InvitationState;
use crate::invitations::actions::{ActionKind, ActionState};
use crate::invitations::bulk_moves::detect::BulkMoveState;

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
pub fn step(kind: &StepKind) -> String {
    portal().name("step", kind.as_str())
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

/// Where an integration is.
pub fn integration(state: IntegrationState) -> Label {
    let badge = match state {
        IntegrationState::SettingUp => "waiting",
        IntegrationState::Active => "good",
        IntegrationState::Disconnected => "failed",
    };
    (badge, portal().name("integration", state.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        named("integration", &mut IntegrationState::ALL.iter().map(|state| state.as_str()));
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
