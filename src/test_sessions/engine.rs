//! What giving the tests takes: parameters, banks of tasks, and the key that seals answers.

use crate::ids::InvitationId;
use crate::secrets::{SealError, Sealed, Sealer};
use assessment::logic::{Bank, Form};
use assessment::session::LogicRun;
use assessment::{Calibration, Sitting};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Arc, OnceLock};

/// The tests of this installation.
pub struct TestEngine {
    calibration: Calibration,
    sealer: Sealer,
    figures: OnceLock<Bank>,
    words: OnceLock<Bank>,
}

/// Why kept answers cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// They were sealed under another key.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// They were kept by a version whose form this one does not know.
    #[error("kept answers cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl TestEngine {
    /// With these parameters; the tasks follow from the installation's key.
    pub fn new(calibration: Calibration, sealer: Sealer) -> Self {
        Self { calibration, sealer, figures: OnceLock::new(), words: OnceLock::new() }
    }

    /// Parameters and norms.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The tasks of a form. The first call makes them, which takes a moment: see [`Self::prepare`].
    pub fn bank(&self, form: Form) -> &Bank {
        let bank = match form {
            Form::Figures => &self.figures,
            Form::Words => &self.words,
        };
        bank.get_or_init(|| Bank::generate(form, self.sealer.item_salt(), &self.calibration.logic))
    }

    /// Makes the tasks of both forms, off the server's threads, unless they are there.
    pub async fn prepare(self: &Arc<Self>) {
        if self.figures.get().is_some() && self.words.get().is_some() {
            return;
        }
        let engine = self.clone();
        let made = tokio::task::spawn_blocking(move || {
            engine.bank(Form::Figures);
            engine.bank(Form::Words);
        });
        if let Err(failure) = made.await {
            tracing::error!(%failure, "the tasks of the logic test could not be made");
        }
    }

    /// The key that seals answers and results.
    pub(super) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Seals answers, with the seed that tells which tasks are to come.
    pub(super) fn seal(&self, id: &InvitationId, sitting: &Sitting) -> Result<Sealed, AnswersError> {
        let json = SecretString::from(serde_json::to_string(sitting)?);
        Ok(self.sealer.seal(&json, &place(id)))
    }

    /// Seals a run of the logic test alone, for this place.
    pub(super) fn seal_run(&self, run: &LogicRun, place: &str) -> Result<Sealed, AnswersError> {
        let json = SecretString::from(serde_json::to_string(run)?);
        Ok(self.sealer.seal(&json, place))
    }

    /// Opens a run of the logic test alone.
    pub(super) fn open_run(&self, sealed: &Sealed, place: &str) -> Result<LogicRun, AnswersError> {
        open_run(&self.sealer, sealed, place)
    }

    /// Opens what was sealed.
    pub(super) fn open(&self, id: &InvitationId, sealed: &Sealed) -> Result<Sitting, AnswersError> {
        open(&self.sealer, id, sealed)
    }
}

/// Opens sealed answers; the key is all that it takes.
pub(super) fn open(sealer: &Sealer, id: &InvitationId, sealed: &Sealed) -> Result<Sitting, AnswersError> {
    let json = sealer.open(sealed, &place(id))?;
    Ok(serde_json::from_str(json.expose_secret())?)
}

/// Opens a run of the logic test alone; the key is all that it takes.
pub(super) fn open_run(sealer: &Sealer, sealed: &Sealed, place: &str) -> Result<LogicRun, AnswersError> {
    let json = sealer.open(sealed, place)?;
    Ok(serde_json::from_str(json.expose_secret())?)
}

/// Stands for answers that an outside provider keeps.
pub(super) fn no_answers(sealer: &Sealer, id: &InvitationId) -> Sealed {
    sealer.seal(&SecretString::from("{}"), &place(id))
}

/// Answers of one invitation, sealed for another.
pub(super) fn seal_for(
    sealer: &Sealer,
    from: &InvitationId,
    to: &InvitationId,
    sealed: &Sealed,
) -> Result<Sealed, SealError> {
    Ok(sealer.seal(&sealer.open(sealed, &place(from))?, &place(to)))
}

fn place(id: &InvitationId) -> String {
    format!("sittings.answers:{id}")
}

/// Where the answers of the verification test of an invitation are sealed for.
pub(super) fn place_of_second(id: &InvitationId) -> String {
    format!("verifications.answers:{id}")
}
