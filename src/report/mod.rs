//! The company's report of a candidate's tests: role fit with its parts, every score with its range,
//! cautions. For the page, the PDF and the note in Lever.

mod pdf;
mod second;

pub use pdf::{About, Extent, OwnLine, OwnResult, PdfError, own_pdf, pdf};
pub use second::Second;

use crate::blocking::Lane;
use crate::ids::InvitationId;
use crate::test_sessions::results::Outcome;
use crate::test_sessions::verification::Verified;
use crate::time::Timestamp;
use assessment::charts;
use assessment::charts::Line;
use assessment::interview::questions;
use assessment::logic::Form;
use assessment::provider::TestResult;
use assessment::rolefit::{Factor, Label, Part, Wanted, Wish};
use assessment::scale::{Range, people_below};
use assessment::session::LogicScore;
use assessment::{Caution, Profile, RoleFit, ScaleScore, Texts};
use std::sync::LazyLock;
use std::time::Duration;
use tokio::task::JoinError;

/// Reading fonts and writing a PDF takes a core for a moment.
static TURNS: LazyLock<Lane> = LazyLock::new(Lane::of_cores);

/// So long a page waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The same for a page that somebody waits for; none when there was no turn soon enough.
///
/// # Errors
/// As [`in_turn`].
pub async fn in_turn_soon<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, JoinError> {
    soon(&TURNS, PATIENCE, work).await
}

async fn soon<T: Send + 'static>(
    turns: &Lane,
    patience: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, JoinError> {
    match turns.turn_within(patience).await {
        Some(turn) => turn.run(work).await.map(Some),
        None => Ok(None),
    }
}

/// Writes a report off the server's threads, as many at once as there are cores.
///
/// # Errors
/// When the work panics, or the process is stopping.
pub async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    TURNS.run(work).await
}

/// A report, ready to be shown.
#[derive(Debug, Clone)]
pub struct Report {
    /// Of which invitation.
    pub invitation: InvitationId,
    /// When the last test was completed.
    pub completed_at: Timestamp,
    /// What the profile is called that role fit is weighed by.
    pub profile: String,
    /// Role fit; none when the profile asks for a test that was not taken.
    pub fit: Option<Fit>,
    /// All scores.
    pub rows: Vec<Row>,
    /// Reasons to read the scores with care, in sentences.
    pub cautions: Vec<String>,
    /// How the logic test was taken, in a sentence; none where it was not, or long ago.
    pub pace: Option<String>,
    /// What the candidate says about how the tests went; may be empty.
    pub comment: String,
    /// What the scores rest on.
    pub calibration: String,
    /// What to ask in the interview, for each line of the profile.
    pub interview: Vec<Interview>,
    /// The verification test, once it is finished.
    pub second: Option<Second>,
}

/// Questions about a line of the profile.
#[derive(Debug, Clone)]
pub struct Interview {
    /// What the questions are about.
    pub name: &'static str,
    pub questions: [&'static str; 2],
    /// The score lies on the side that is not wished for: its answers are worth most.
    pub is_far: bool,
}

/// Role fit, explained.
#[derive(Debug, Clone)]
pub struct Fit {
    /// 0 to 100.
    pub percent: u8,
    /// Where the true role fit lies with 95 % certainty: "34–66 %".
    pub range: String,
    /// The same in words.
    pub label: &'static str,
    /// What it is the sum of.
    pub parts: Vec<FitPart>,
}

/// What one line of the profile adds.
#[derive(Debug, Clone)]
pub struct FitPart {
    pub name: &'static str,
    /// The wished end of it.
    pub wish: &'static str,
    /// The candidate's score, 1 to 10.
    pub score: u8,
    /// The points it adds.
    pub points: String,
    /// The points it could have added.
    pub of: String,
}

/// One score.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: &'static str,
    /// What it measures, in a sentence or a few words.
    pub about: &'static str,
    /// A facet, which belongs to the trait above it.
    pub is_part: bool,
    /// The score with its interval.
    pub value: ScaleScore,
    /// The score as a whole number.
    pub score: u8,
    /// Where the true score lies with 95 % certainty.
    pub range: String,
    /// What is usual at the low and the high end of a facet.
    pub ends: Option<(&'static str, &'static str)>,
    /// How many of a hundred people score lower, and from where to where that may be; none where no people have taken the
    /// test.
    pub people: Option<[u8; 3]>,
}

/// The portal's pages are in English.
fn texts() -> &'static Texts {
    Texts::for_language("en")
}

/// What a scale is called.
pub fn name(factor: Factor) -> &'static str {
    let texts = texts();
    match factor {
        Factor::Logic => &texts.logic.name,
        Factor::Trait(of) => &texts.traits[of.id()].name,
        Factor::Facet(of) => &texts.facets[of.id()].name,
    }
}

/// What a scale measures.
pub fn about(factor: Factor) -> &'static str {
    let texts = texts();
    match factor {
        Factor::Logic => &texts.logic.about,
        Factor::Trait(of) => &texts.traits[of.id()].about,
        Factor::Facet(of) => &texts.facets[of.id()].about,
    }
}

/// What is usual at the low and the high end of a facet.
fn ends(factor: Factor) -> Option<(&'static str, &'static str)> {
    let Factor::Facet(of) = factor else { return None };
    let named = &texts().facets[of.id()];
    Some((&named.low, &named.high))
}

/// Role fit in words.
pub fn label(label: Label) -> &'static str {
    match label {
        Label::VeryLow => "very low",
        Label::Low => "low",
        Label::Medium => "medium",
        Label::High => "high",
        Label::VeryHigh => "very high",
    }
}

/// A profile in a line: each scale with its share of the whole.
pub fn profile_summary(profile: &Profile) -> String {
    let total: u32 = profile.lines().iter().map(|line| u32::from(line.weight)).sum();
    let part = |line: &Wanted| {
        let share = 100.0 * f64::from(line.weight) / f64::from(total);
        let low = if line.wish == Wish::Low { " (low)" } else { "" };
        format!("{}{low} {share:.0} %", name(line.factor))
    };
    profile.lines().iter().map(part).collect::<Vec<_>>().join(", ")
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

/// Where the true score lies with 95 % certainty, in short: `4.1 to 6.3`, `9.3 or more`.
pub fn range(score: ScaleScore) -> String {
    match score.range() {
        Range::Between(low, high) => format!("{low:.1} to {high:.1}"),
        Range::AtLeast(low) => format!("{low:.1} or more"),
        Range::AtMost(high) => format!("{high:.1} or less"),
        Range::Anything => "1 to 10".to_owned(),
    }
}

/// Where the true role fit lies with 95 % certainty.
pub fn fit_range(fit: &RoleFit) -> String {
    let (low, high) = fit.range();
    format!("{low}–{high} %")
}

/// How fast the tasks of a logic test were answered.
fn pace(logic: &LogicScore) -> Option<String> {
    let seconds = (logic.median_ms? + 500) / 1_000;
    let out_of_time = match logic.timed_out {
        0 => String::new(),
        1 => " One ran out of time.".to_owned(),
        count => format!(" {count} ran out of time."),
    };
    Some(format!(
        "Logic: {} tasks, half of them answered within {seconds} seconds each.{out_of_time}",
        logic.tasks
    ))
}

/// Reasons to read a second logic test with care, in sentences.
fn logic_cautions(logic: &LogicScore) -> Vec<String> {
    logic.signs.iter().map(|sign| texts().caution(sign.caution, Some(*sign))).collect()
}

/// Reasons to read a result with care, in sentences, and that a test was taken in another form.
pub fn cautions(result: &TestResult) -> Vec<String> {
    let caution = |caution: &Caution| texts().caution(*caution, result.sign(*caution));
    let mut all: Vec<String> = result.cautions.iter().map(caution).collect();
    if result.logic.as_ref().is_some_and(|logic| logic.form == Some(Form::Words)) {
        all.push(
            "Logic: taken in words. This form is assumed to be as hard as the one with figures.".to_owned(),
        );
    }
    all
}

impl Report {
    /// The report of an outcome.
    pub fn of_outcome(outcome: &Outcome) -> Self {
        let result = &outcome.result;
        let has_norms = |factor: Factor| match factor {
            Factor::Logic => result.logic.as_ref().is_some_and(|logic| logic.has_norms),
            Factor::Trait(_) => result.personality.as_ref().is_some_and(|personality| personality.has_norms),
            Factor::Facet(_) => false,
        };
        let row = |(factor, value): (Factor, ScaleScore)| Row {
            name: name(factor),
            about: about(factor),
            is_part: matches!(factor, Factor::Facet(_)),
            value,
            score: value.rounded(),
            range: range(value),
            ends: ends(factor),
            people: has_norms(factor).then(|| [value.value, value.low, value.high].map(people_below)),
        };
        Self {
            invitation: outcome.invitation,
            completed_at: Timestamp(outcome.result.completed_at_ms),
            profile: outcome.profile.name.clone(),
            fit: outcome.fit.as_ref().map(Fit::of_role_fit),
            rows: scores(outcome).into_iter().map(row).collect(),
            cautions: cautions(&outcome.result),
            pace: outcome.result.logic.as_ref().and_then(pace),
            comment: outcome.result.comment.clone(),
            calibration: outcome.result.calibration.clone(),
            interview: outcome.fit.iter().flat_map(|fit| &fit.parts).map(Interview::of_part).collect(),
            second: None,
        }
    }

    /// The same with the verification test of this result, if it is among these.
    #[must_use]
    pub fn beside(self, verified: &[Verified]) -> Self {
        let own = verified.iter().find(|verified| verified.invitation == self.invitation);
        Self { second: own.and_then(Second::of_verified), ..self }
    }

    /// Whether people have taken one of the tests, with whom the scores can be compared.
    pub fn has_people(&self) -> bool {
        self.rows.iter().any(|row| row.people.is_some())
    }

    /// Whether there are facets.
    pub fn has_ends(&self) -> bool {
        self.rows.iter().any(|row| row.ends.is_some())
    }

    /// The drawing of all scores, as SVG.
    pub fn chart(&self) -> String {
        let line = |row: &Row| Line { name: row.name, score: row.value, part: row.is_part };
        let lines: Vec<Line<'_>> = self.rows.iter().map(line).collect();
        charts::profile(&lines, texts(), &format!("chart-{}", self.invitation))
    }
}

impl Interview {
    fn of_part(part: &Part) -> Self {
        let factor = part.wanted.factor;
        Self { name: name(factor), questions: questions(factor), is_far: part.met < 0.5 }
    }
}

impl Fit {
    fn of_role_fit(fit: &RoleFit) -> Self {
        let part = |part: &Part| FitPart {
            name: name(part.wanted.factor),
            wish: match part.wanted.wish {
                Wish::High => "high",
                Wish::Low => "low",
            },
            score: part.score.rounded(),
            points: format!("{:.0}", part.points),
            of: format!("{:.0}", part.of),
        };
        Self {
            percent: fit.percent,
            range: fit_range(fit),
            label: label(fit.label()),
            parts: fit.parts.iter().map(part).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[tokio::test]
    async fn a_page_does_not_wait_for_a_pdf_without_end() {
        let turns = Lane::new(1);
        let (end, ended) = mpsc::channel::<()>();
        let held = turns.turn().await;
        let holds = tokio::spawn(held.run(move || ended.recv()));
        let waited = soon(&turns, Duration::from_millis(10), || 7).await.expect("no panic");
        assert_eq!(waited, None, "the only turn is taken");
        end.send(()).expect("it holds");
        holds.await.expect("no panic").expect("no panic").expect("it was ended");
        assert_eq!(soon(&turns, PATIENCE, || 7).await.expect("no panic"), Some(7));
    }
}
