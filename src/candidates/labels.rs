//! What the states are called, each with the stylesheet's word for it.

use crate::invitations::InvitationState;
use crate::invitations::actions::{ActionKind, ActionState};

/// An invitation's state, as `(badge, words)`.
pub fn invitation(state: InvitationState) -> (&'static str, &'static str) {
    match state {
        InvitationState::Held => ("waiting", "held"),
        InvitationState::Pending => ("waiting", "mail on its way"),
        InvitationState::Sent => ("good", "invited"),
        InvitationState::Opened => ("good", "opened"),
        InvitationState::Started => ("good", "taking the tests"),
        InvitationState::Completed => ("good", "completed"),
        InvitationState::Withdrawn => ("neutral", "withdrawn"),
        InvitationState::Failed => ("failed", "mail failed"),
        InvitationState::Cancelled => ("neutral", "cancelled"),
        InvitationState::Expired => ("neutral", "expired"),
    }
}

/// What an action does.
pub fn action(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::MailInvitation => "Mail the invitation",
        ActionKind::MailReminder => "Mail a reminder",
        ActionKind::AddTag => "Set the progress tag in Lever",
        ActionKind::AddNote => "Write the result as a note in Lever",
        ActionKind::AddLink => "Link to the result in Lever",
        ActionKind::UploadReport => "Attach the summary as a PDF in Lever",
        ActionKind::MoveStage => "Move to the progression stage in Lever",
        ActionKind::ClearTags => "Take the progress tag out of Lever",
        ActionKind::RemoveResult => "Take the result back from Lever",
    }
}

/// An action's state, as `(badge, words)`.
pub fn action_state(state: ActionState) -> (&'static str, &'static str) {
    match state {
        ActionState::Planned => ("waiting", "planned"),
        ActionState::Done => ("good", "done"),
        ActionState::Failed => ("failed", "failed"),
        ActionState::Skipped => ("neutral", "not needed"),
    }
}
