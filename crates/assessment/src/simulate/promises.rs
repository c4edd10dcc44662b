//! What the product promises of the figures.

use crate::simulate::{Adaptive, CautionFigures, PersonalityFigures, Recovery, Report};
use crate::stats::percent;

/// What the product promises of the figures, and whether they keep it.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// What is promised.
    pub words: String,
    /// The figure.
    pub found: String,
    /// Whether the figure is what is promised.
    pub met: bool,
    /// Whether it is kept: met, or missed by no more than chance makes of it.
    pub kept: bool,
}

impl Promise {
    /// The verdict in words.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match (self.met, self.kept) {
            (true, _) => "kept",
            (false, true) => "missed, within 2 standard errors",
            (false, false) => "BROKEN",
        }
    }
}

/// A promise is broken when it is missed by more than so many standard errors: with another seed, and so with another bank and other
/// people, the figure may lie on the other side.
const CHANCE: f64 = 2.0;

fn promise(words: &str, found: String, kept: bool) -> Promise {
    Promise { words: words.to_owned(), found, met: kept, kept }
}

/// A figure with the simulation's own standard error.
#[derive(Clone, Copy)]
struct Figure {
    value: f64,
    error: f64,
}

impl Figure {
    /// Judges it. `beyond`: by how much it lies outside what is promised, 0 or less where it does not.
    fn promise(self, words: &str, found: String, beyond: f64) -> Promise {
        let kept = beyond <= CHANCE * self.error;
        Promise { words: words.to_owned(), found, met: beyond <= 0.0, kept }
    }

    /// Within these bounds, in thousandths.
    fn number(self, words: &str, low: f64, high: f64) -> Promise {
        let found = format!("{:.3} ± {:.3}", self.value, self.error);
        self.promise(words, found, (low - self.value).max(self.value - high))
    }

    /// Within these bounds, in percent.
    fn share(self, words: &str, low: f64, high: f64) -> Promise {
        let found = format!("{} ± {}", percent(self.value), percent(self.error));
        self.promise(words, found, (low - self.value).max(self.value - high))
    }
}

impl Report {
    /// Everything that the product promises of these figures.
    #[must_use]
    pub fn promises(&self) -> Vec<Promise> {
        let mut all = of_logic(&self.logic.adaptive);
        all.extend(of_words(&self.logic.words));
        all.extend(of_personality("personality", &self.personality));
        all.extend(of_personality("IPIP-NEO", &self.neo));
        all.extend(of_cautions(&self.cautions));
        let faulty = self.audit.faulty;
        all.push(promise("no faulty task", faulty.to_string(), faulty == 0));
        all
    }

    /// Whether all promises are kept.
    #[must_use]
    pub fn keeps_promises(&self) -> bool {
        self.promises().iter().all(|promise| promise.kept)
    }
}

/// What is promised of the ability that is found; `rmse`: the largest error.
fn of_ability(of: &str, rmse: f64, adaptive: &Adaptive) -> Vec<Promise> {
    let (all, least) = (&adaptive.recovery, adaptive.least_covered());
    let correlation = Figure { value: all.correlation, error: all.correlation_error() };
    let error = Figure { value: all.rmse, error: all.rmse_error };
    let bias = Figure { value: all.bias, error: all.bias_error };
    let covered = |of: &Recovery| Figure { value: of.covered, error: of.covered_error() };
    vec![
        correlation.number(&format!("{of}: r at least 0.90"), 0.90, 1.0),
        error.number(&format!("{of}: RMSE at most {rmse:.2} sd"), 0.0, rmse),
        bias.number(&format!("{of}: mean bias within 0.1 sd"), -0.1, 0.1),
        covered(all).share(&format!("{of}: 93 to 97 % in the 95 % range"), 0.93, 0.97),
        covered(least).share(&format!("{of}: at least 90 % in each fifth"), 0.90, 1.0),
    ]
}

/// The design target of the logic test under the assumptions.
pub(super) fn of_logic(adaptive: &Adaptive) -> Vec<Promise> {
    let mut all = of_ability("logic", 0.44, adaptive);
    all.push(promise("logic: at most 20 tasks", adaptive.most_items.to_string(), adaptive.most_items <= 20));
    all.push(promise(
        "logic: no task twice, no rule over 3 times, variety",
        adaptive.repeated.to_string(),
        adaptive.repeated == 0,
    ));
    all
}

/// The same scale in words.
pub(super) fn of_words(words: &Adaptive) -> Vec<Promise> {
    let mut all = of_ability("in words", 0.45, words);
    all.push(promise("in words: no task twice, variety", words.repeated.to_string(), words.repeated == 0));
    all
}

/// That the scores find again what the people were made by. The ranges follow from the published reliabilities, which are
/// not those of each trait here: hence the room.
pub(super) fn of_personality(of: &str, figures: &PersonalityFigures) -> Vec<Promise> {
    let each = |value: &dyn Fn(&crate::simulate::personality::Recovery) -> f64| {
        let values = figures.traits.iter().map(|t| value(&t.recovery));
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)))
    };
    let (least, most) = each(&|r| r.covered);
    let (low, high) = each(&|r| r.mean);
    let (below, above) = each(&|r| r.bias);
    let bias = if above.abs() > below.abs() { above } else { below };
    let in_fifths = figures.bands.iter().map(|band| band.covered).fold(1.0, f64::min);
    let range = |low: String, high: String| format!("{low} to {high}");
    let mut all = vec![
        promise(
            &format!("{of}: bias within 0.15 points in each trait"),
            format!("{bias:+.2}"),
            bias.abs() <= 0.15,
        ),
        promise(
            &format!("{of}: mean of each trait 5.3 to 5.7"),
            range(format!("{low:.2}"), format!("{high:.2}")),
            low >= 5.3 && high <= 5.7,
        ),
        promise(
            &format!("{of}: 91 to 98 % in the 95 % range of each trait"),
            range(percent(least), percent(most)),
            least >= 0.91 && most <= 0.98,
        ),
        promise(&format!("{of}: at least 90 % in each fifth"), percent(in_fifths), in_fifths >= 0.90),
    ];
    // The other questionnaire is not keyed both ways in every facet, so nothing of the kind is promised of it.
    if figures.questionnaire.is_own() {
        let words = format!("{of}: the habit of agreeing moves no trait, r at most 0.1");
        all.push(promise(&words, format!("{:.3}", figures.acquiescence), figures.acquiescence <= 0.1));
    }
    all
}

pub(super) fn of_cautions(cautions: &CautionFigures) -> Vec<Promise> {
    let mut all = Vec::new();
    for spared in &cautions.careful {
        let (name, any) = (spared.name, spared.any);
        let worst = spared.by.values().copied().fold(0.0, f64::max);
        let words = format!("careful, {name}: no caution for more than 2 %");
        all.push(promise(&words, percent(worst), worst <= 0.02));
        all.push(promise(&format!("careful, {name}: any for at most 5 %"), percent(any), any <= 0.05));
    }
    for (name, share, promised) in &cautions.caught {
        if let Some(least) = promised {
            let words = format!("caught, at least {:.0} %: {name}", 100.0 * least);
            all.push(promise(&words, percent(*share), share >= least));
        }
    }
    all
}
