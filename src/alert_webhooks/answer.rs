//! What a receiver of alerts answered.

use crate::i18n::{number, portal};
use crate::reasons::Reason;

/// How a receiver answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its status; none when there was no answer.
    pub status: Option<u16>,
    /// The beginning of its answer, or why there was none.
    pub words: Reason,
    /// How long it took, in ms.
    pub duration_ms: i64,
}

impl Answered {
    /// Whether the receiver took it.
    pub fn is_taken(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver wants no more of them.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }

    /// In words.
    pub fn sentence(&self) -> String {
        match self.status {
            Some(status) => portal().message(
                "alert-answered",
                &[("status", status.to_string().into()), ("ms", number(self.duration_ms))],
            ),
            None => self.words.sentence(portal()),
        }
    }
}
