//! The parameters and norms that results rest on: documented defaults, replaceable by a file.
//!
//! The file is JSON; whatever it leaves out keeps its default. It is checked as a whole, and
//! every problem is named.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::irt::{Ability, Params, StopRule};
use crate::logic::response::ResponseModel;
use crate::logic::{Form, Item, ItemId, Rule};
use crate::personality::{Facet, Norm, NormGroup, Norms, Questionnaire, Trait};

/// All parameters and norms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calibration {
    /// What the parameters rest on, for reports.
    pub name: String,
    /// The logic test.
    pub logic: LogicCalibration,
    /// The personality test.
    pub personality: Norms,
}

impl Default for Calibration {
    fn default() -> Self {
        Self {
            name: "defaults (assumed, no norm sample)".to_owned(),
            logic: LogicCalibration::default(),
            personality: Norms::default(),
        }
    }
}

/// The logic test's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogicCalibration {
    /// How many items the bank generates.
    pub bank_size: usize,
    /// Loads of rules by name, where they differ from the default.
    pub loads: BTreeMap<String, f64>,
    /// The load of an item of difficulty 0.
    pub middle_load: f64,
    /// How much difficulty (in standard deviations) a unit of load adds.
    pub difficulty_per_load: f64,
    /// How far the true difficulty of an item that is not calibrated may lie from the one that follows from its
    /// rules (standard deviation): items made by the same rules differ. The standard error carries it.
    pub difficulty_spread: f64,
    /// The discrimination of items that are not calibrated.
    pub discrimination: f64,
    /// The share of right answers from those who see none of the rules, for items of two or three rules that are
    /// not calibrated. For items of one rule it follows from the options.
    pub guessing: f64,
    /// Whether a wrong answer tells by the rules that it keeps (see [`crate::logic::response`]). Without it an answer is
    /// right or wrong.
    pub partial_knowledge: bool,
    /// Whether answers given faster than a task can be looked at are left out of the score.
    pub effort_moderated: bool,
    /// Calibrated items.
    pub items: Vec<CalibratedItem>,
    /// Use no other than the calibrated items of a form that has any.
    pub only_items: bool,
    /// The norm group's abilities.
    pub norm: AbilityNorm,
    /// When the test ends.
    pub stop: StopRule,
}

impl Default for LogicCalibration {
    fn default() -> Self {
        Self {
            bank_size: 1_000,
            loads: BTreeMap::new(),
            middle_load: 3.4,
            difficulty_per_load: 0.85,
            difficulty_spread: 0.55,
            discrimination: 1.3,
            guessing: 0.083,
            partial_knowledge: true,
            effort_moderated: false,
            items: Vec::new(),
            only_items: false,
            norm: AbilityNorm { mean: 0.0, sd: 1.0 },
            stop: StopRule::default(),
        }
    }
}

/// An item with parameters from real answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalibratedItem {
    /// Which item.
    pub id: ItemId,
    /// Discrimination.
    pub a: f64,
    /// Difficulty.
    pub b: f64,
    /// Guessing.
    pub c: f64,
    /// The standard error of the difficulty.
    #[serde(default)]
    pub b_error: f64,
    /// Whether a wrong answer tells by the rules that it keeps, as with generated items. Without it the item was
    /// calibrated as right or wrong, and is scored so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_parts: bool,
}

impl CalibratedItem {
    /// What is assumed of answers to it: as it was calibrated. `item`: the item of this id.
    #[must_use]
    pub fn model(&self, item: &Item, calibration: &LogicCalibration) -> ResponseModel {
        if self.in_parts {
            ResponseModel::in_parts(self.params(), self.b_error, &calibration.steps(item))
        } else {
            ResponseModel::whole(self.params(), self.b_error)
        }
    }

    /// Its parameters.
    #[must_use]
    pub fn params(&self) -> Params {
        Params { a: self.a, b: self.b, c: self.c }
    }
}

/// Where the norm group stands on the scale on which the items are calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbilityNorm {
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
}

impl AbilityNorm {
    /// An ability in standard deviations from this group's mean.
    #[must_use]
    pub fn standardized(&self, ability: Ability) -> Ability {
        Ability { theta: (ability.theta - self.mean) / self.sd, se: ability.se / self.sd }
    }
}

/// Why a calibration file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// The text is no JSON, or has a field that does not exist or is of another type.
    #[error("the calibration file cannot be read: {0}")]
    Unreadable(String),
    /// Values that make no sense, each in a sentence.
    #[error("the calibration file cannot be used: {}", .0.join("; "))]
    Wrong(Vec<String>),
}

impl Calibration {
    /// Reads a calibration file's text.
    ///
    /// # Errors
    /// When it cannot be read, or with all values that make no sense.
    pub fn from_json(text: &str) -> Result<Self, CalibrationError> {
        let read: Self =
            serde_json::from_str(text).map_err(|error| CalibrationError::Unreadable(error.to_string()))?;
        let problems = read.problems();
        if problems.is_empty() { Ok(read) } else { Err(CalibrationError::Wrong(problems)) }
    }

    /// Whether it has norms other than the assumed ones, of any test.
    #[must_use]
    pub fn has_norms(&self) -> bool {
        self.logic.norm != LogicCalibration::default().norm || self.personality != Norms::default()
    }

    /// Whether each of these tests has norms from answers of people: measured ones of this calibration, or those published
    /// with the questionnaire, as long as they are not moved to another group.
    #[must_use]
    pub fn has_norms_for(&self, logic: bool, personality: Option<(Questionnaire, NormGroup)>) -> bool {
        let assumed = Norms::default();
        let is_measured = |(asked, group): (Questionnaire, NormGroup)| match asked {
            Questionnaire::IpipNeo => group.is_general(),
            Questionnaire::Own => {
                Trait::ALL.iter().all(|t| self.personality.of_trait(*t) != assumed.of_trait(*t))
            }
        };
        (!logic || self.logic.norm != LogicCalibration::default().norm) && personality.is_none_or(is_measured)
    }

    /// Everything that makes no sense, each in a sentence.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = self.logic.problems();
        for t in Trait::ALL {
            check_norm(&mut problems, t.id(), self.personality.of_trait(t));
        }
        for facet in Facet::ALL {
            check_norm(&mut problems, facet.id(), self.personality.of_facet(facet));
        }
        problems
    }
}

fn check_norm(problems: &mut Vec<String>, name: &str, norm: Norm) {
    within(problems, &format!("the mean of {name}"), norm.mean, 1.0, 5.0);
    within(problems, &format!("the sd of {name}"), norm.sd, 0.05, 2.0);
    within(problems, &format!("the reliability of {name}"), norm.reliability, 0.01, 0.99);
}

fn within(problems: &mut Vec<String>, what: &str, value: f64, low: f64, high: f64) {
    if !(low..=high).contains(&value) {
        problems.push(format!("{what} is {value}, but must be from {low} to {high}"));
    }
}

impl LogicCalibration {
    fn load(&self, rule: Rule) -> f64 {
        self.loads.get(rule.id()).copied().unwrap_or_else(|| rule.load())
    }

    /// The parameters of a generated item: its difficulty follows from its rules' loads.
    #[must_use]
    pub fn params(&self, item: &Item) -> Params {
        let load = item.spec().load_by(|rule| self.load(rule));
        // Who sees the one rule of an item sees the answer; who does not guesses among its values, since
        // nobody overlooks what never changes.
        // No more digits than are kept and read again without loss.
        let short = |value: f64| (value * 1e6).round() / 1e6;
        let c = match item.spec().rules[..] {
            [(attribute, _)] => self.guessing.max(short(1.0 / f64::from(item.values(attribute)))),
            _ => self.guessing,
        };
        Params { a: self.discrimination, b: short(self.difficulty_per_load * (load - self.middle_load)), c }
    }

    /// What is assumed of answers to a generated item.
    #[must_use]
    pub fn model(&self, item: &Item) -> ResponseModel {
        let (params, spread) = (self.params(item), self.difficulty_spread);
        if !self.partial_knowledge {
            return ResponseModel::whole(params, spread);
        }
        ResponseModel::in_parts(params, spread, &self.steps(item))
    }

    /// What is assumed of answers to an item, as it was calibrated where it was.
    #[must_use]
    pub fn model_of(&self, item: &Item) -> ResponseModel {
        let calibrated = self.items.iter().find(|one| one.id == item.id());
        calibrated.map_or_else(|| self.model(item), |one| one.model(item, self))
    }

    /// The item's rules as steps: how much each asks, and how many values the options offer.
    fn steps(&self, item: &Item) -> Vec<(f64, u8)> {
        let rules = item.spec().rules.iter();
        rules
            .map(|(attribute, rule)| (self.difficulty_per_load * self.load(*rule), item.values(*attribute)))
            .collect()
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let p = &mut problems;
        if self.bank_size > 20_000 {
            p.push(format!("bank_size is {}, but must be at most 20000", self.bank_size));
        }
        if self.bank_size == 0 && !self.only_items {
            p.push("bank_size is 0, but generated items are wanted (only_items is false)".into());
        }
        for (rule, load) in &self.loads {
            if !Rule::IDS.contains(&rule.as_str()) {
                p.push(format!("{rule:?} is no rule; the rules are {}", Rule::IDS.join(", ")));
            }
            within(p, &format!("the load of {rule}"), *load, 0.0, 10.0);
        }
        within(p, "middle_load", self.middle_load, 0.0, 20.0);
        within(p, "difficulty_per_load", self.difficulty_per_load, 0.01, 5.0);
        within(p, "difficulty_spread", self.difficulty_spread, 0.0, 2.0);
        within(p, "discrimination", self.discrimination, 0.1, 5.0);
        within(p, "guessing", self.guessing, 0.0, 0.5);
        let mut seen = HashSet::new();
        for item in &self.items {
            let id = item.id;
            if !seen.insert(id) {
                p.push(format!("item {id} stands twice"));
            }
            within(p, &format!("a of item {id}"), item.a, 0.1, 5.0);
            within(p, &format!("b of item {id}"), item.b, -6.0, 6.0);
            within(p, &format!("c of item {id}"), item.c, 0.0, 0.5);
            within(p, &format!("b_error of item {id}"), item.b_error, 0.0, 2.0);
        }
        if self.only_items && self.items.is_empty() {
            p.push("only_items is true, but there are no items".into());
        }
        for (form, called) in [(Form::Figures, "figures"), (Form::Words, "words")] {
            let given = self.items.iter().filter(|item| item.id.form == form).count();
            // As the bank does: a form without items of its own has generated ones all the same.
            let made = if self.only_items && given > 0 { 0 } else { self.bank_size };
            if given + made < self.stop.min_items {
                p.push(format!(
                    "there are {} items of {called}, but a test has at least {} (stop: min_items)",
                    given + made,
                    self.stop.min_items
                ));
            }
        }
        within(p, "the mean of the logic norm", self.norm.mean, -3.0, 3.0);
        within(p, "the sd of the logic norm", self.norm.sd, 0.2, 3.0);
        if self.stop.min_items > self.stop.max_items || self.stop.max_items == 0 {
            p.push("stop: min_items must be at most max_items, and max_items at least 1".into());
        }
        within(p, "stop: precision", self.stop.precision, 0.05, 1.0);
        problems
    }
}

#[cfg(test)]
mod tests {
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
}
