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

/// What the parameters are called that come without a file.
const DEFAULTS: &str = "defaults (assumed, no norm sample)";

/// What those of a file are called that does not say it.
const UNNAMED: &str = "a calibration file without a name";

/// How norms were moved for a comparison with applicants; stands in what a result rests on.
pub(crate) const AMONG_APPLICANTS: &str = "personality: compared with applicants (Birkeland and others 2006)";

/// So long a name may be (characters).
const LONGEST_NAME: usize = 200;

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
        Self { name: DEFAULTS.to_owned(), logic: LogicCalibration::default(), personality: Norms::default() }
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
        let unreadable = |error: serde_json::Error| CalibrationError::Unreadable(error.to_string());
        let lists = lists("", &serde_json::from_str(text).map_err(unreadable)?);
        if !lists.is_empty() {
            return Err(CalibrationError::Wrong(lists));
        }
        let read: Self = serde_json::from_str(text).map_err(unreadable)?;
        let problems = read.problems();
        if problems.is_empty() { Ok(read.under_its_name()) } else { Err(CalibrationError::Wrong(problems)) }
    }

    /// Results say the name, so it says what they rest on: other parameters are not called the defaults, nor are those called
    /// otherwise.
    fn under_its_name(mut self) -> Self {
        match (self.is_default(), self.name.ends_with(DEFAULTS)) {
            (true, false) => self.name = format!("{}: {DEFAULTS}", self.name),
            (false, true) => UNNAMED.clone_into(&mut self.name),
            _ => {}
        }
        self
    }

    /// Whether all parameters and norms are the documented ones.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.logic == LogicCalibration::default() && self.personality == Norms::default()
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
        let mut problems: Vec<String> = name_problem(&self.name).into_iter().collect();
        problems.extend(self.logic.problems());
        for t in Trait::ALL {
            check_norm(&mut problems, t.id(), self.personality.of_trait(t));
        }
        for facet in Facet::ALL {
            check_norm(&mut problems, facet.id(), self.personality.of_facet(facet));
        }
        problems
    }
}

/// What is wrong with a name that results are to say.
#[must_use]
pub fn name_problem(name: &str) -> Option<String> {
    if name.trim().is_empty() {
        Some("the name is empty, but results say it".to_owned())
    } else if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        Some(format!("the name must be one line of at most {LONGEST_NAME} characters"))
    } else {
        None
    }
}

/// Lists where a file has objects, each in a sentence. Serde would read them as the fields in their order.
fn lists(place: &str, value: &serde_json::Value) -> Vec<String> {
    let within = |name: &str| if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    match value {
        serde_json::Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| lists(&within(name), value)).collect()
        }
        serde_json::Value::Array(items) if place == ITEMS => {
            let wrong = items.iter().find(|item| item.is_array());
            wrong
                .map(|_| format!("an entry of {place} is a list, but must be an object"))
                .into_iter()
                .collect()
        }
        serde_json::Value::Array(_) => {
            let place = if place.is_empty() { "the file" } else { place };
            vec![format!("{place} is a list, but must be an object")]
        }
        _ => Vec::new(),
    }
}

/// The one list of a file.
const ITEMS: &str = "logic.items";

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
#[path = "calibration_tests.rs"]
mod tests;
