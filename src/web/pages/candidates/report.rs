//! The company's report of a candidate's tests: role fit with its parts, charts, and the same numbers
//! as a table.

use crate::assessment::charts::{self, Line};
use crate::assessment::rolefit::{Factor, Label, Wish};
use crate::assessment::{ScaleScore, Texts};
use crate::ids::InvitationId;
use crate::sittings::results::Outcome;
use crate::time::Timestamp;

/// A report, ready to be shown.
pub(super) struct Report {
    pub invitation: InvitationId,
    pub completed_at: Timestamp,
    pub fit: Option<Fit>,
    /// The drawing of all scores.
    pub chart: String,
    pub rows: Vec<Row>,
    pub cautions: Vec<String>,
    /// What the scores rest on.
    pub calibration: String,
}

/// Role fit, explained.
pub(super) struct Fit {
    pub percent: u8,
    pub label: &'static str,
    pub parts: Vec<FitPart>,
}

/// What one line of the profile adds.
pub(super) struct FitPart {
    pub name: String,
    pub wish: &'static str,
    pub score: u8,
    pub points: String,
    pub of: String,
}

/// One score.
pub(super) struct Row {
    pub name: String,
    /// A facet, which belongs to the trait above it.
    pub is_part: bool,
    pub score: u8,
    pub range: String,
}

impl Row {
    fn new(name: &str, is_part: bool, score: ScaleScore) -> Self {
        let range = format!("{:.1} to {:.1}", score.low, score.high);
        Self { name: name.to_owned(), is_part, score: score.rounded(), range }
    }
}

/// The portal's pages are in English.
fn texts() -> &'static Texts {
    Texts::of("en")
}

/// What a scale is called.
pub(super) fn name(factor: Factor) -> &'static str {
    let texts = texts();
    match factor {
        Factor::Logic => &texts.logic.name,
        Factor::Trait(of) => &texts.traits[of.id()].name,
        Factor::Facet(of) => &texts.facets[of.id()].name,
    }
}

/// Role fit in words.
pub(super) fn label(label: Label) -> &'static str {
    match label {
        Label::VeryLow => "very low",
        Label::Low => "low",
        Label::Medium => "medium",
        Label::High => "high",
        Label::VeryHigh => "very high",
    }
}

/// All scores, in the order in which they are read: logic, then each trait before its facets.
fn scores(outcome: &Outcome) -> Vec<(Factor, ScaleScore)> {
    let logic = outcome.result.logic.iter().map(|logic| (Factor::Logic, logic.score));
    let traits = outcome.result.personality.iter().flat_map(|personality| &personality.traits);
    let personality = traits.flat_map(|score| {
        let facets = score.facets.iter().map(|facet| (Factor::Facet(facet.of), facet.score));
        std::iter::once((Factor::Trait(score.of), score.score)).chain(facets)
    });
    logic.chain(personality).collect()
}

pub(super) fn report(outcome: &Outcome) -> Report {
    let scores = scores(outcome);
    let is_part = |factor: &Factor| matches!(factor, Factor::Facet(_));
    let lines: Vec<Line<'_>> = scores
        .iter()
        .map(|(factor, score)| Line { name: name(*factor), score: *score, part: is_part(factor) })
        .collect();
    let fit = outcome.fit.as_ref().map(|fit| Fit {
        percent: fit.percent,
        label: label(fit.label()),
        parts: fit
            .parts
            .iter()
            .map(|part| FitPart {
                name: name(part.wanted.factor).to_owned(),
                wish: match part.wanted.wish {
                    Wish::High => "high",
                    Wish::Low => "low",
                },
                score: part.score.rounded(),
                points: format!("{:.0}", part.points),
                of: format!("{:.0}", part.of),
            })
            .collect(),
    });
    Report {
        invitation: outcome.invitation.clone(),
        completed_at: Timestamp(outcome.result.completed_at_ms),
        fit,
        chart: charts::profile(&lines, texts(), &format!("chart-{}", outcome.invitation)),
        rows: scores.iter().map(|(factor, score)| Row::new(name(*factor), is_part(factor), *score)).collect(),
        cautions: outcome.result.cautions.iter().map(|c| texts().cautions[c.id()].clone()).collect(),
        calibration: outcome.result.calibration.clone(),
    }
}
