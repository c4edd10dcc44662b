//! The words of the event log.

use crate::text_enum;

text_enum! {
    /// What became of a delivery.
    State {
        /// Kept before any signing token was saved; verified when one is. Never acted on before.
        Waiting => "waiting",
        /// An event whose signature is missing or matches no valid token. Never acted on.
        Quarantined => "quarantined",
        /// A connection check. Never acted on.
        Check => "check",
        /// Not readable; answered 400.
        Malformed => "malformed",
        /// Verified, waiting for its turn or for its next attempt.
        Queued => "queued",
        /// Worked; its outcome says what it caused.
        Done => "done",
        /// Genuine, but of a kind that causes nothing here.
        Ignored => "ignored",
        /// Given up, with the reason; can be replayed.
        Failed => "failed",
    }
}

impl State {
    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waiting for the token",
            Self::Quarantined => "token not valid",
            Self::Check => "connection test",
            Self::Malformed => "not readable",
            Self::Queued => "in work",
            Self::Done => "worked",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }

    /// The stylesheet's word for it.
    pub fn badge(self) -> &'static str {
        match self {
            Self::Waiting | Self::Queued => "waiting",
            Self::Quarantined => "attention",
            Self::Malformed | Self::Failed => "failed",
            Self::Check | Self::Done => "good",
            Self::Ignored => "neutral",
        }
    }
}

text_enum! {
    /// How a step of the timeline went.
    StepStatus {
        /// As it should.
        Good => "good",
        /// Will be tried again.
        Waiting => "waiting",
        /// Done, but wants a look.
        Attention => "attention",
        /// Not done, and will not be.
        Failed => "failed",
    }
}

/// The events that Lever is known to send, by its names.
pub const KNOWN: &[&str] = &[
    "applicationCreated",
    "candidateStageChange",
    "candidateHired",
    "candidateDeleted",
    "candidateArchiveChange",
    "interviewCreated",
    "interviewUpdated",
    "interviewDeleted",
    "contactCreated",
    "contactUpdated",
    RECONCILIATION,
    MANUAL_INVITE,
];

/// The kind of the events that a reconciliation makes for webhooks that never arrived.
pub const RECONCILIATION: &str = "reconciliation";

/// The kind of the events that stand for a colleague's manual invite.
pub const MANUAL_INVITE: &str = "invited_by_hand";

/// What an event is called: Lever's name of it, as [`label`] writes it. A delivery without a name is a
/// connection test only when it was recognised as one.
pub fn title(state: State, kind: &str) -> &str {
    match (state, kind) {
        (State::Check | State::Waiting, _) => label(kind),
        (_, "") => "Unnamed delivery",
        _ => label(kind),
    }
}

/// Outcomes that stay with an event when it is replayed: what it caused, it has caused. What the replay
/// came to stands in the timeline.
pub const LASTING: [&str; 5] = ["invited", "reused", "hired", "erased", "deleted"];

/// What became of an event, for people: what it caused once it was worked, its state otherwise.
/// With it the stylesheet's word.
pub fn verdict(state: State, outcome: &str) -> (&'static str, String) {
    match (state, outcome) {
        (State::Done, "") => (state.badge(), state.label().to_owned()),
        (State::Done, "invited" | "reused" | "hired" | "erased") => ("good", outcome.to_owned()),
        (State::Done, "held") => ("waiting", outcome.to_owned()),
        // Genuine and worked, and nothing came of it: no sign of success.
        (State::Done, other) => ("neutral", other.replace('_', " ")),
        _ => (state.badge(), state.label().to_owned()),
    }
}

/// Lever's name of an event as the published guide writes it: `candidateStageChange` → `Candidate
/// Stage Change`. Unknown names stay as they are.
pub fn label(kind: &str) -> &str {
    match kind {
        "applicationCreated" => "Application Created",
        "candidateStageChange" => "Candidate Stage Change",
        "candidateHired" => "Candidate Hired",
        "candidateDeleted" => "Candidate Deleted",
        "candidateArchiveChange" => "Candidate Archive Change",
        "interviewCreated" => "Interview Created",
        "interviewUpdated" => "Interview Updated",
        "interviewDeleted" => "Interview Deleted",
        "contactCreated" => "Contact Created",
        "contactUpdated" => "Contact Updated",
        RECONCILIATION => "Found by reconciliation",
        MANUAL_INVITE => "Invited by hand",
        "" => "Connection test",
        other => other,
    }
}
