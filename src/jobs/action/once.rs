//! What Lever makes anew each time it is asked, notes and files, is written once, also where an answer is lost: Lever's list
//! is looked at before each attempt. The list may be behind what Lever has just done, so after an attempt whose end is not
//! known it has to miss the thing twice, some time apart, before that is written again.

use super::ActionOutcome;
use crate::invitations::actions::Action;
use crate::reasons::Reason;
use lever_client::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// So long after the list missed it once, it is looked at again.
const BEHIND: Duration = Duration::from_secs(15);

/// One attempt at writing something once.
#[derive(Clone)]
pub(super) struct Once {
    /// An attempt before may have written it.
    is_doubtful: bool,
    is_begun: Arc<AtomicBool>,
}

impl Once {
    pub(super) fn for_action(action: &Action) -> Self {
        let is_doubtful = match &action.reason {
            // The process ended, or the database went away, with the attempt.
            Reason::None => action.attempts > 0,
            reason => matches!(reason, Reason::MayBeWritten { .. }),
        };
        Self { is_doubtful, is_begun: Arc::default() }
    }

    /// To be asked when the list does not show it, before it is written.
    ///
    /// # Errors
    /// When the list has to be looked at again first.
    pub(super) fn begin(&self) -> Result<(), Error> {
        if self.is_doubtful {
            let why = "it may be written already, and Lever does not list it yet".to_owned();
            return Err(Error::TryAgain { why, retry_after: Some(BEHIND), maybe_done: false });
        }
        self.is_begun.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// How the attempt ended: with the doubt, where Lever did not say what became of it.
    pub(super) fn ended(self, outcome: ActionOutcome) -> ActionOutcome {
        match outcome {
            ActionOutcome::Later { why, after } if self.is_begun.load(Ordering::Relaxed) => {
                ActionOutcome::Later { why: Reason::MayBeWritten { last: Box::new(why) }, after }
            }
            other => other,
        }
    }
}
