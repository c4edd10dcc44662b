//! `/candidates/compare`: everybody with a result for one posting, side by side.

use crate::ids::CandidateId;
use crate::report::{cautions, fit_range, label, name, profile_summary, range};
use crate::state::AppState;
use crate::test_sessions::results;
use crate::test_sessions::results::Outcome;
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render};
use actix_web::web::{Data, Query};
use askama::Template;
use assessment::personality::Trait;
use assessment::rolefit::{Factor, groups};
use assessment::scale::Z95;
use assessment::{RoleFit, ScaleScore};
use serde::Deserialize;
use std::collections::BTreeSet;

/// So many of the newest results are compared.
const LIMIT: i64 = 200;

#[derive(Template)]
#[template(path = "candidates/compare.html")]
struct ComparePage {
    layout: Layout,
    posting: String,
    /// What the profile is called that role fit is weighed by, and what it weighs.
    profile: (String, String),
    traits: Vec<&'static str>,
    rows: Vec<Compared>,
    is_cut: bool,
    /// What the scores rest on; results of different times may differ.
    calibrations: Vec<String>,
    /// From so many points on two scores differ beyond their error, by test.
    beyond: Vec<(&'static str, String)>,
}

struct Compared {
    id: CandidateId,
    name: String,
    /// Percent, range, label.
    fit: Option<(u8, String, &'static str)>,
    /// Score and range.
    logic: Option<(u8, String)>,
    traits: Vec<Option<(u8, String)>>,
    /// Who cannot be told from the best of a group stands in it; counted from 1.
    group: usize,
    begins_group: bool,
    cautions: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    posting: String,
}

/// Best role fit first.
pub(super) async fn compare(app: Data<AppState>, who: SignedIn, asked: Query<Asked>) -> PageResult {
    let (company, posting) = (*who.company_id(), asked.into_inner().posting);
    if posting.is_empty() {
        return Err(PageError::NotFound);
    }
    let sealer = app.sealer.clone();
    let found =
        app.db.read(move |conn| results::of_posting(conn, &sealer, &company, &posting, LIMIT)).await?;
    let Some(first) = found.first() else { return Err(PageError::NotFound) };
    let posting = first.posting_title.clone();
    let profile = &first.outcome.profile;
    let profile = (profile.name.clone(), profile_summary(&profile.profile));
    let is_cut = i64::try_from(found.len()).is_ok_and(|count| count >= LIMIT);
    let calibrations: BTreeSet<String> =
        found.iter().map(|one| one.outcome.result.calibration.clone()).collect();
    let calibrations = calibrations.into_iter().collect();
    let fits: Vec<&RoleFit> = found.iter().filter_map(|one| one.outcome.fit.as_ref()).collect();
    // Those without a role fit come last, in a group of their own.
    let groups = groups(&fits);
    let last = groups.last().map_or(0, |group| group + 1);
    let rows = found.iter().enumerate().map(|(place, one)| {
        let of = |place: usize| groups.get(place).copied().unwrap_or(last);
        let begins = place == 0 || of(place) != of(place - 1);
        compared(one.name.clone(), &one.outcome, of(place) + 1, begins)
    });
    let rows = rows.collect();
    let layout = who.layout("Compare candidates", Section::Candidates)?;
    let traits = Trait::ALL.iter().map(|of| name(Factor::Trait(*of))).collect();
    let beyond = beyond(&found.iter().map(|one| &one.outcome).collect::<Vec<_>>());
    render(&ComparePage { layout, posting, profile, traits, rows, is_cut, calibrations, beyond })
}

/// From how many points on two scores differ beyond their error: in personality by the trait that is known least, in logic, where
/// each person's error is another, by the one in the middle.
fn beyond(outcomes: &[&Outcome]) -> Vec<(&'static str, String)> {
    let points = |error: f64| format!("{:.1}", Z95 * error * std::f64::consts::SQRT_2);
    let traits = outcomes.iter().filter_map(|outcome| outcome.result.personality.as_ref());
    let traits = traits.flat_map(|personality| &personality.traits).map(|t| t.score.standard_error());
    let logic = outcomes.iter().filter_map(|outcome| outcome.result.logic.as_ref());
    let mut logic: Vec<f64> = logic.map(|logic| logic.score.standard_error()).collect();
    logic.sort_by(f64::total_cmp);
    let personality = traits.max_by(f64::total_cmp).map(|error| ("personality", points(error)));
    let logic = logic.get(logic.len() / 2).map(|error| ("logic", points(*error)));
    personality.into_iter().chain(logic).collect()
}

fn compared(name: String, outcome: &Outcome, group: usize, begins_group: bool) -> Compared {
    let shown = |score: ScaleScore| (score.rounded(), range(score));
    let of_trait = |of: &Trait| outcome.result.personality.as_ref().and_then(|p| p.of_trait(*of)).map(shown);
    Compared {
        id: outcome.candidate,
        name,
        fit: outcome.fit.as_ref().map(|fit| (fit.percent, fit_range(fit), label(fit.label()))),
        logic: outcome.result.logic.as_ref().map(|logic| shown(logic.score)),
        traits: Trait::ALL.iter().map(of_trait).collect(),
        group,
        begins_group,
        cautions: cautions(&outcome.result),
    }
}
