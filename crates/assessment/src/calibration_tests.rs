#![allow(clippy::unwrap_used)]

use crate::calibration::*;

#[test]
fn the_defaults_are_valid_and_survive_a_round_trip() {
    let defaults = Calibration::default();
    assert_eq!(defaults.problems(), Vec::<String>::new());
    let text = serde_json::to_string(&defaults).unwrap();
    assert_eq!(Calibration::from_json(&text).unwrap(), defaults);
}

#[test]
fn what_a_file_leaves_out_keeps_its_default() {
    let read = Calibration::from_json(
        r#"{"name": "spring", "logic": {"items": [{"id": "f00000000000000ff", "a": 1.1, "b": -0.4, "c": 0.1}]}}"#,
    )
    .unwrap();
    assert_eq!(read.name, "spring");
    assert!(!read.has_norms(), "items alone are no norms");
    assert_eq!(read.logic.items[0].id.seed, 255);
    assert_eq!(read.logic.discrimination, LogicCalibration::default().discrimination);
    assert_eq!(read.personality, Norms::default());
}

#[test]
fn every_problem_is_named() {
    let text = r#"{
        "logic": {"discrimination": -1, "loads": {"magic": 1}},
        "personality": {"facets": {"trust": {"mean": 3, "sd": 0, "reliability": 0.7}}}
    }"#;
    let error = Calibration::from_json(text).unwrap_err().to_string();
    for part in [
        "discrimination is -1, but must be from 0.1 to 5",
        "\"magic\" is no rule",
        "the sd of trust is 0, but must be from 0.05 to 2",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn neither_form_of_the_test_is_left_without_items() {
    let item = r#"{"id": "f00000000000000ff", "a": 1.1, "b": -0.4, "c": 0.1}"#;
    let only = |bank: u32, min: u32| {
        format!(
            r#"{{"logic": {{"bank_size": {bank}, "only_items": true, "items": [{item}],
                "stop": {{"min_items": {min}, "max_items": 20, "precision": 0.33}}}}}}"#
        )
    };
    assert!(Calibration::from_json(&only(40, 1)).is_ok());
    let error = Calibration::from_json(&only(0, 1)).unwrap_err().to_string();
    assert!(error.contains("there are 0 items of words, but a test has at least 1"), "{error}");
    let error = Calibration::from_json(&only(40, 8)).unwrap_err().to_string();
    assert!(error.contains("there are 1 items of figures, but a test has at least 8"), "{error}");
}

#[test]
fn the_example_of_the_documentation_is_valid() {
    let page = include_str!("../../../docs/assessment-manual.md");
    let (_, rest) = page.split_once("```json").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let read = Calibration::from_json(example).unwrap();
    assert_eq!(read.personality.of_facet(Facet::Trust).mean, 3.4);
    assert!(read.has_norms());
    assert_eq!(read.personality.of_facet(Facet::Order), Norms::default().of_facet(Facet::Order));
}

#[test]
fn a_misspelt_field_is_not_passed_over() {
    assert!(Calibration::from_json(r#"{"logik": {}}"#).unwrap_err().to_string().contains("logik"));
}

#[test]
fn a_norm_shifts_and_stretches_the_scale() {
    let norm = AbilityNorm { mean: 0.5, sd: 2.0 };
    let moved = norm.standardized(Ability { theta: 1.5, se: 0.4 });
    assert_eq!((moved.theta, moved.se), (0.5, 0.2));
}

#[test]
fn other_parameters_without_a_name_are_not_called_the_defaults() {
    let named = |text: &str| Calibration::from_json(text).unwrap().name;
    assert_eq!(named("{}"), "defaults (assumed, no norm sample)");
    assert_eq!(named(r#"{"logic": {"difficulty_spread": 0}}"#), "a calibration file without a name");
    let stop = r#"{"logic": {"stop": {"min_items": 5, "max_items": 9, "precision": 0.4}}}"#;
    assert_eq!(named(stop), "a calibration file without a name");
    let claimed = r#"{"name": "defaults (assumed, no norm sample)", "logic": {"discrimination": 1.1}}"#;
    assert_eq!(named(claimed), "a calibration file without a name");
}

#[test]
fn the_defaults_under_another_name_are_still_called_the_defaults() {
    let read = Calibration::from_json(r#"{"name": "Applicants 2027"}"#).unwrap();
    assert_eq!(read.name, "Applicants 2027: defaults (assumed, no norm sample)");
    let text = serde_json::to_string(&read).unwrap();
    assert_eq!(Calibration::from_json(&text).unwrap(), read, "said once");
}

#[test]
fn a_name_says_something() {
    for name in ["", "   ", "two\nlines", &"x".repeat(201)] {
        let error = Calibration::from_json(&format!("{{\"name\": {name:?}}}")).unwrap_err().to_string();
        assert!(error.contains("name"), "{name:?}: {error}");
    }
    assert!(Calibration::from_json(&format!("{{\"name\": {:?}}}", "å".repeat(200))).is_ok());
}

/// The reader would take a list for the fields of an object in their order.
#[test]
fn a_list_is_no_calibration() {
    let table = [
        ("[]", "the file"),
        (r#"["My norms"]"#, "the file"),
        (r#"{"logic": []}"#, "logic"),
        (r#"{"logic": {"norm": [0.1, 0.9]}}"#, "logic.norm"),
        (r#"{"logic": {"items": [["f00000000000000ff", 1.1, -0.4, 0.1]]}}"#, "an entry of logic.items"),
        (r#"{"personality": {"traits": {"openness": [3.5, 0.5, 0.8]}}}"#, "personality.traits.openness"),
    ];
    for (text, place) in table {
        let error = Calibration::from_json(text).unwrap_err().to_string();
        assert!(error.contains(&format!("{place} is a list")), "{text}: {error}");
    }
}
