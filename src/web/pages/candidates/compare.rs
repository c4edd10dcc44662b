//! `/candidates/compare`: everybody with a result for one posting, side by side.

use crate::ids::CandidateId;
use crate::report::{Second, cautions, fit_range, label, name, profile_summary, range};
use crate::state::AppState;
use crate::test_sessions::results::Outcome;
use crate::test_sessions::{results, verification};
use crate::web::{Layout, PageError, PageResult, Section, SignedIn, render};
use actix_web::web::{Data, Query};
use askama::Template;
use assessment::personality::{Questionnaire, Trait};
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
    /// All who cannot be told from the best of a group stand in it; counted from 1.
    group: usize,
    begins_group: bool,
    cautions: Vec<String>,
    /// What the personality scores rest on, where not all are compared alike.
    basis: Option<String>,
    /// The verification test, in few words.
    second: Option<String>,
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
    let (found, verified) = app
        .db
        .read(move |conn| {
            let found = results::of_posting(conn, &sealer, &company, &posting, LIMIT)?;
            let verified = verification::of_outcomes(conn, &sealer, found.iter().map(|one| &one.outcome))?;
            Ok((found, verified))
        })
        .await?;
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
    let group_of = |place: usize| groups.get(place).copied().unwrap_or(last);
    let bases: BTreeSet<String> = found.iter().filter_map(|one| basis(&one.outcome)).collect();
    let second = |one: &Outcome| {
        let own = verified.iter().find(|verified| verified.invitation == one.invitation);
        own.and_then(Second::of_verified).map(|second| second.brief)
    };
    // A group has all who cannot be told from its best, also those with less than the best of the next.
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by_key(|place| group_of(*place));
    let mut before = None;
    let mut rows = Vec::with_capacity(found.len());
    for place in order {
        let (one, group) = (&found[place], group_of(place));
        let begins_group = before.replace(group) != Some(group);
        rows.push(Compared {
            // Where all are compared alike, it stands below.
            basis: basis(&one.outcome).filter(|_| bases.len() > 1),
            second: second(&one.outcome),
            ..compared(one.name.clone(), &one.outcome, group + 1, begins_group)
        });
    }
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

/// Which statements were asked, and with whom the answers are compared.
fn basis(outcome: &Outcome) -> Option<String> {
    let personality = outcome.result.personality.as_ref()?;
    let asked = match personality.questionnaire {
        Questionnaire::Own => "own statements",
        Questionnaire::IpipNeo => "IPIP-NEO-120",
    };
    let group = if outcome.result.is_among_applicants() { ", compared with applicants" } else { "" };
    Some(format!("Personality: {asked}{group}"))
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
        basis: None,
        second: None,
    }
}
