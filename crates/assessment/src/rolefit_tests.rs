use crate::irt::Ability;
use crate::personality::{FacetScore, Questionnaire, TraitScore};
use crate::rolefit::*;
use proptest::prelude::*;

fn at(value: f64) -> ScaleScore {
    ScaleScore::from_z((value - scale::MEAN) / scale::SD, 0.3)
}

fn scores(logic: f64, traits: f64) -> (LogicScore, PersonalityScore) {
    let logic = LogicScore {
        ability: Ability { theta: (logic - 5.5) / 2.0, se: 0.3 },
        score: at(logic),
        tasks: 12,
        right: 8,
        timed_out: 0,
        time_ms: 1,
        cautions: vec![],
        signs: vec![],
        form: None,
        median_ms: None,
        has_norms: false,
    };
    let of = |t: Trait| TraitScore {
        of: t,
        score: at(traits),
        facets: t.facets().map(|of| FacetScore { of, score: at(traits) }).into(),
    };
    (
        logic,
        PersonalityScore {
            traits: Trait::ALL.map(of).into(),
            questionnaire: Questionnaire::Own,
            statements: 2,
            has_norms: false,
        },
    )
}

fn fit(profile: &Profile, logic: f64, traits: f64) -> RoleFit {
    let (logic, personality) = scores(logic, traits);
    profile.fit(Some(&logic), Some(&personality)).expect("both tests are there")
}

#[test]
fn the_ends_and_the_middle() {
    let profile = Profile::default();
    for (value, percent) in [(1.0, 0), (5.5, 50), (10.0, 100)] {
        assert_eq!(fit(&profile, value, value).percent, percent);
    }
}

#[test]
fn weights_share_the_hundred_points() {
    let fit = fit(&Profile::default(), 10.0, 1.0);
    assert_eq!(fit.percent, 50);
    let of: Vec<_> = fit.parts.iter().map(|part| part.of).collect();
    assert_eq!(of, [50.0, 30.0, 20.0]);
}

#[test]
fn a_step_in_the_middle_counts_most() {
    let step = |from: f64| met(Wish::High, from + 1.0) - met(Wish::High, from);
    assert!(step(5.0) > 2.0 * step(1.0) && step(5.0) > 2.0 * step(9.0));
}

#[test]
fn labels() {
    let of = |percent| fit_of(percent, 0.0).label();
    let table = [
        (0, Label::VeryLow),
        (19, Label::VeryLow),
        (20, Label::Low),
        (39, Label::Low),
        (40, Label::Medium),
        (59, Label::Medium),
        (60, Label::High),
        (79, Label::High),
        (80, Label::VeryHigh),
        (100, Label::VeryHigh),
    ];
    for (percent, label) in table {
        assert_eq!(of(percent), label, "{percent}");
    }
}

fn fit_of(percent: u8, error: f64) -> RoleFit {
    RoleFit { percent, error, parts: vec![] }
}

#[test]
fn every_label_is_reached_by_scores_that_people_have() {
    let profile = Profile::default();
    let table = [
        (2.5, Label::VeryLow),
        (4.5, Label::Low),
        (5.5, Label::Medium),
        (6.5, Label::High),
        (8.5, Label::VeryHigh),
    ];
    for (value, label) in table {
        let fit = fit(&profile, value, value);
        assert_eq!(fit.label(), label, "{value}: {}", fit.percent);
    }
}

/// The range holds the role fit of the true scores in about 95 of 100 simulated cases.
#[test]
fn the_range_follows_from_the_scores_errors() {
    let mut draw = crate::random::Draw::new(1, 0);
    let profile = Profile::default();
    let mut held = 0;
    for _ in 0..2_000 {
        let truth = [(); 2].map(|()| draw.normal());
        let true_fit = fit(&profile, 5.5 + 2.0 * truth[0], 5.5 + 2.0 * truth[1]).percent;
        // Both traits of the profile share an error here: that is harder than errors of their own.
        let seen = truth.map(|z| 5.5 + 2.0 * (z + 0.3 * draw.normal()));
        let (low, high) = fit(&profile, seen[0], seen[1]).range();
        held += usize::from((low..=high).contains(&true_fit));
    }
    assert!((1_780..=1_980).contains(&held), "{held} of 2000");
}

#[test]
fn who_cannot_be_told_from_the_best_of_a_group_stands_in_it() {
    let fits = [fit_of(80, 8.0), fit_of(70, 8.0), fit_of(55, 8.0), fit_of(50, 8.0), fit_of(20, 8.0)];
    // 1.96 · √2 · 8 = 22.2 points.
    assert_eq!(groups(&fits.iter().collect::<Vec<_>>()), [0, 0, 1, 1, 2]);
    assert_eq!(groups(&[]), [0; 0]);
}

/// Not only those who follow at once: 55 with an error of 15 is 25 away, of 1.96 · √(5² + 15²) = 31 points.
#[test]
fn nobody_who_cannot_be_told_from_the_best_is_left_out() {
    let fits = [fit_of(80, 5.0), fit_of(60, 2.0), fit_of(55, 15.0), fit_of(52, 6.0)];
    assert_eq!(groups(&fits.iter().collect::<Vec<_>>()), [0, 1, 0, 1]);
}

#[test]
fn nothing_is_made_up_for_a_missing_test() {
    let (logic, personality) = scores(5.0, 5.0);
    let profile = Profile::default();
    assert_eq!(profile.fit(Some(&logic), None), None);
    assert_eq!(profile.fit(None, Some(&personality)), None);
}

#[test]
fn what_a_profile_may_not_be() {
    let line = |factor, weight| Wanted { factor, wish: Wish::High, weight };
    let order = Factor::Facet(Facet::Order);
    let table = [
        (vec![], ProfileError::Empty),
        (vec![line(Factor::Logic, 0)], ProfileError::Weight(0)),
        (vec![line(Factor::Logic, 1), line(Factor::Logic, 1)], ProfileError::Twice(Factor::Logic)),
        (vec![line(Factor::Trait(Trait::Conscientiousness), 1), line(order, 1)], ProfileError::Twice(order)),
    ];
    for (lines, error) in table {
        assert_eq!(Profile::try_from(lines), Err(error));
    }
}

proptest! {
    #[test]
    fn more_of_what_is_wished_never_lowers_the_fit(
        logic in 1.0..9.5_f64, traits in 1.0..10.0_f64, more in 0.0..0.5_f64,
    ) {
        let profile = Profile::default();
        let (less, more) = (fit(&profile, logic, traits), fit(&profile, logic + more, traits));
        prop_assert!(more.percent >= less.percent);
        let points: f64 = less.parts.iter().map(|part| part.points).sum();
        prop_assert_eq!(points.round() as u8, less.percent);
    }
}
