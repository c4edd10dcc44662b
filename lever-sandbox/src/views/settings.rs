//! Stages, archive reasons, sources, tags.

use serde::Serialize;
use utoipa::ToSchema;

use crate::call::Listed;
use crate::state::{ArchiveReason, Stage};

/// A step of the pipeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct StageView {
    /// Built-in stages have readable ids, custom ones UUIDs.
    id: String,
    text: String,
}

impl From<&Stage> for StageView {
    fn from(stage: &Stage) -> Self {
        Self { id: stage.id.clone(), text: stage.text.clone() }
    }
}

impl Listed for StageView {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Why an opportunity is archived.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveReasonView {
    id: String,
    text: String,
    status: &'static str,
    /// `hired` or `non-hired`.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl From<&ArchiveReason> for ArchiveReasonView {
    fn from(reason: &ArchiveReason) -> Self {
        Self {
            id: reason.id.clone(),
            text: reason.text.clone(),
            status: if reason.active { "active" } else { "inactive" },
            kind: if reason.hired { "hired" } else { "non-hired" },
        }
    }
}

impl Listed for ArchiveReasonView {
    fn id(&self) -> &str {
        &self.id
    }
}

/// A tag or source, and how many opportunities have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    pub text: String,
    pub count: usize,
}

impl Listed for CountView {
    fn id(&self) -> &str {
        &self.text
    }
}

/// Where a stage stands in the pipeline.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispositionStageView {
    id: String,
    text: String,
    /// `lead`, `applicant`, `screen`, `onsite` or `offer`.
    pipeline: &'static str,
    rank: i64,
    has_interview: bool,
}

/// An archive reason beside the stages: its type is null unless it hires.
#[derive(Debug, Serialize, ToSchema)]
pub struct DispositionReasonView {
    id: String,
    text: String,
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    status: &'static str,
}

/// Where candidates can be, and why they are no longer there.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DispositionView {
    stages: Vec<DispositionStageView>,
    archive_reasons: Vec<DispositionReasonView>,
}

impl DispositionView {
    pub fn new(stages: &[Stage], reasons: &[ArchiveReason]) -> Self {
        let at = |id: &str| stages.iter().position(|stage| stage.id == id);
        let applicants = at("applicant-new");
        let offers = at("offer");
        let stages = stages.iter().enumerate().map(|(index, stage)| {
            let pipeline = match () {
                () if offers.is_some_and(|offer| index >= offer) => "offer",
                () if Some(index) == applicants => "applicant",
                () if applicants.is_none_or(|applicant| index < applicant) => "lead",
                () if stage.text.to_lowercase().contains("screen") => "screen",
                () => "onsite",
            };
            let first = match pipeline {
                "lead" => 1,
                "applicant" => 101,
                "screen" => 201,
                "onsite" => 231,
                _ => 261,
            };
            DispositionStageView {
                id: stage.id.clone(),
                text: stage.text.clone(),
                pipeline,
                rank: first + i64::try_from(index).unwrap_or_default(),
                has_interview: matches!(pipeline, "screen" | "onsite"),
            }
        });
        let reasons = reasons.iter().map(|reason| DispositionReasonView {
            id: reason.id.clone(),
            text: reason.text.clone(),
            kind: reason.hired.then_some("hired"),
            status: if reason.active { "active" } else { "inactive" },
        });
        Self { stages: stages.collect(), archive_reasons: reasons.collect() }
    }
}
