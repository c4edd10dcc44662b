//! What is kept of a run of the logic test, task by task.

use serde::{Deserialize, Serialize};

use crate::irt::Params;
use crate::logic::conduct::Answered;
use crate::logic::response::ResponseModel;
use crate::logic::{Item, ItemId};
use crate::posterior::Posterior;

/// An answered practice task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Practised {
    pub(super) number: usize,
    pub(super) choice: Option<usize>,
}

/// An answered task, with the parameters it had then, so that a later calibration does not
/// change a result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) item: ItemId,
    pub(super) params: Params,
    pub(super) choice: Option<usize>,
    pub(super) right: bool,
    pub(super) timed_out: bool,
    pub(super) time_ms: i64,
    /// What is assumed of answers; older versions knew right and wrong by `params` only.
    #[serde(default)]
    pub(super) model: Option<ResponseModel>,
    /// Which of the task's rules the answer keeps ([`Item::kept`]).
    #[serde(default)]
    pub(super) kept: usize,
    #[serde(default)]
    pub(super) left: u16,
    /// It does not count.
    #[serde(default)]
    pub(super) pilot: bool,
}

/// The task that waits for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Open {
    pub(super) item: ItemId,
    pub(super) params: Params,
    pub(super) shown_ms: i64,
    #[serde(default)]
    pub(super) model: Option<ResponseModel>,
    #[serde(default)]
    pub(super) left: u16,
    /// It does not count.
    #[serde(default)]
    pub(super) pilot: bool,
}

impl Given {
    pub(super) fn answered(&self) -> Answered {
        Answered {
            load: Item::generate(self.item).spec().load(),
            b: self.params.b,
            right: self.right,
            choice: self.choice,
            timed_out: self.timed_out,
            time_ms: self.time_ms,
            left: self.left,
        }
    }

    pub(super) fn teach(&self, posterior: &mut Posterior) {
        match &self.model {
            Some(model) => posterior.learn_kept(model, self.kept),
            None => posterior.learn(&self.params, self.right),
        }
    }
}
