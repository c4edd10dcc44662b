//! From answers to parameters: with the answers of enough people the documented assumptions
//! can be replaced by what is found.
//!
//! [`tables`] writes what other programs read (R's mirt and TAM); [`calibrate`] estimates here:
//! the loads of the rules and the discrimination by marginal maximum likelihood, tasks one by one, norms and
//! reliabilities of the personality scales, and says what so many people support.

mod answers;
mod enough;
mod items;
mod known;
mod loads;
mod pilots;
mod scales;
mod tables;

use std::fmt::Write;

pub use answers::{Answers, TaskAnswer};
pub use enough::{LeftOut, enough};
pub use items::{Counted, counted, kept_by_rule};
pub use loads::{Estimate, Loads, estimate};
pub use pilots::{FOR_TASKS, Pilot, pilots};
pub use scales::{Scale, facet, keyed, of_trait};
pub use tables::{Tables, tables};

use crate::calibration::{Calibration, LogicCalibration};
use crate::personality::{Questionnaire, Trait};

/// With fewer people nothing is exported or estimated: single people could be known by their answers.
pub const FEWEST: usize = 30;
/// From so many on, means and spreads of the personality scales are worth more than the assumed ones.
pub const FOR_NORMS: usize = 100;
/// From so many on, so are the loads of the rules.
pub const FOR_LOADS: usize = 300;

/// So many of the counted tasks are shown, the most conspicuous first.
const SHOWN: usize = 20;

/// Too few people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there are answers from {0} people, but at least {FEWEST} are needed")]
pub struct TooFew(pub usize);

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The base with everything replaced that so many people support.
    pub calibration: Calibration,
    /// Something was replaced. Otherwise it is the base, under the base's name.
    pub is_new: bool,
    /// All figures, for reading.
    pub report: String,
}

/// Estimates from the answers of these people. `name` says what the results will rest on, where anything is replaced.
///
/// # Errors
/// [`TooFew`] below 30 people.
pub fn calibrate(people: &[Answers], base: &Calibration, name: &str) -> Result<Calibrated, TooFew> {
    if people.len() < FEWEST {
        return Err(TooFew(people.len()));
    }
    let mut calibration = Calibration { name: name.to_owned(), ..base.clone() };
    let mut report = format!("Answers of {} people\n\n", people.len());
    let mut line = |words: std::fmt::Arguments<'_>| {
        writeln!(report, "{words}").expect("writing to a String cannot fail");
    };
    let logic: Vec<&[TaskAnswer]> =
        people.iter().map(|p| p.logic.as_slice()).filter(|a| !a.is_empty()).collect();
    line(format_args!(
        "Logic: {} people, {} answers",
        logic.len(),
        logic.iter().map(|a| a.len()).sum::<usize>()
    ));
    if logic.len() >= FEWEST {
        let found = estimate(&logic, &base.logic);
        let row = |name: &str, found: Estimate, answers: String| {
            format!("  {name:<16} {:>6.2} ± {:<5.2} {answers}", found.value, found.error)
        };
        line(format_args!("{}", row("discrimination", found.discrimination, String::new())));
        line(format_args!("{}", row("middle load", found.middle_load, String::new())));
        let kept = kept_by_rule(&logic);
        for (rule, (estimate, answers)) in &found.loads {
            let (keep, of) = kept.get(rule).copied().unwrap_or_default();
            let share = 100.0 * keep as f64 / of.max(1) as f64;
            line(format_args!(
                "{}",
                row(rule, *estimate, format!("{answers} answers, {share:.0} % keep it"))
            ));
        }
        if logic.len() >= FOR_LOADS {
            let short = |value: f64| (value * 1e3).round() / 1e3;
            calibration.logic.discrimination = short(found.discrimination.value.clamp(0.1, 5.0));
            calibration.logic.middle_load = short(found.middle_load.value.clamp(0.0, 20.0));
            let loads = found.loads.iter();
            let loads = loads.map(|(rule, (e, _))| ((*rule).to_owned(), short(e.value.clamp(0.0, 10.0))));
            calibration.logic.loads.extend(loads);
        }
    }
    line(format_args!(
        "  {}\n",
        if logic.len() >= FOR_LOADS {
            "enough for loads and discrimination; they are in the file"
        } else {
            "too few to replace the loads (300 people are needed); they are only shown, and the file keeps \
             the earlier ones"
        }
    ));
    describe(&counted(&logic, &base.logic), &mut line);
    try_out(&logic, &mut calibration.logic, &mut line);
    for asked in Questionnaire::ALL {
        scales(people, asked, &mut calibration, &mut line);
    }
    if !calibration.problems().is_empty() {
        // What was found is clamped to what a file may say; anything else is a fault of this program.
        calibration = base.clone();
    }
    let is_new = (&calibration.logic, &calibration.personality) != (&base.logic, &base.personality);
    if !is_new {
        calibration.name.clone_from(&base.name);
    }
    Ok(Calibrated { calibration, is_new, report })
}

/// The scales of a questionnaire. Only the norms of our own are the file's: those of the other one are published.
fn scales(
    people: &[Answers],
    asked: Questionnaire,
    calibration: &mut Calibration,
    line: &mut dyn FnMut(std::fmt::Arguments<'_>),
) {
    let answered = keyed(people, asked);
    let all = people.iter().filter(|p| p.personality.len() == asked.count()).count();
    let name = if asked.is_own() { "Personality" } else { "IPIP-NEO-120" };
    if all == 0 && !asked.is_own() {
        return;
    }
    line(format_args!("{name}: {} people", answered.len()));
    if all > answered.len() {
        let before = all - answered.len();
        line(format_args!("  {before} more answered other versions of the statements, and are left out"));
    }
    if answered.len() >= FEWEST {
        line(format_args!(
            "  {:<18} {:>6} {:>6} {:>6} {:>6}  weakest statement (r with the rest)",
            "", "mean", "sd", "α", "ω"
        ));
        let row = |name: &str, scale: Scale| {
            let Scale { norm, omega, weakest } = scale;
            let omega = omega.map_or_else(|| "–".to_owned(), |omega| format!("{omega:.2}"));
            format!(
                "  {name:<18} {:>6.2} {:>6.2} {:>6.2} {omega:>6}  {} ({:.2})",
                norm.mean,
                norm.sd,
                norm.reliability,
                weakest.0 + 1,
                weakest.1
            )
        };
        let usable = |scale: &Scale| {
            asked.is_own() && answered.len() >= FOR_NORMS && (0.01..=0.99).contains(&scale.norm.reliability)
        };
        for t in Trait::ALL {
            let found = of_trait(&answered, asked, t);
            line(format_args!("{}", row(t.id(), found)));
            if usable(&found) {
                calibration.personality.set_trait(t, found.norm);
            }
            for f in asked.facets_of(t) {
                let found = facet(&answered, asked, f);
                line(format_args!("{}", row(f.id(), found)));
                if usable(&found) {
                    calibration.personality.set_facet(f, found.norm);
                }
            }
        }
    }
    line(format_args!(
        "  {}",
        if !asked.is_own() {
            "shown only: scores stay with the published norms"
        } else if answered.len() >= FOR_NORMS {
            "enough for norms; they are in the file. They are norms of these people, so name them accordingly"
        } else {
            "too few to replace the norms (100 people are needed); they are only shown, and the file keeps \
             the earlier ones"
        }
    ));
}

/// Tasks that count: those first that go least with ability, which is where a wrong key or a second reading shows.
fn describe(found: &[Counted], line: &mut dyn FnMut(std::fmt::Arguments<'_>)) {
    line(format_args!(
        "Tasks that count: {} with answers of {FEWEST} people or more. r: with ability by the person's other answers",
        found.len()
    ));
    for task in found.iter().take(SHOWN) {
        let Counted { id, answers, rapid, solved, with_ability, own } = task;
        let with_ability = with_ability.map_or_else(|| "   –".to_owned(), |r| format!("{r:.2}"));
        let own = own.map_or_else(String::new, |own| {
            let Pilot { a, b, assumed, .. } = own;
            format!(
                "  a {:>5.2} ± {:<4.2} ({:.2})  b {:>5.2} ± {:<4.2} ({:.2})",
                a.value, a.error, assumed.a, b.value, b.error, assumed.b
            )
        });
        line(format_args!(
            "  {id}  {answers:>4} answers, {:>3.0} % right, {:>3.0} % rapid, r {with_ability}{own}",
            100.0 * solved,
            100.0 * rapid
        ));
    }
    let rest = found.len().saturating_sub(SHOWN);
    if rest > 0 {
        line(format_args!("  and {rest} more, with a higher r: see items.csv of assessment export"));
    }
    line(format_args!(""));
}

/// Pilot tasks, each by itself; those with enough answers join the file.
fn try_out(
    logic: &[&[TaskAnswer]],
    calibration: &mut LogicCalibration,
    line: &mut dyn FnMut(std::fmt::Arguments<'_>),
) {
    let found = pilots(logic, calibration);
    if found.is_empty() {
        line(format_args!(
            "Pilot tasks: no answers (those given faster than a task can be looked at are left out)\n"
        ));
        return;
    }
    line(format_args!(
        "Pilot tasks: {}. r: with ability by the tasks that count; in brackets what follows from the rules",
        found.len()
    ));
    let mut enough = 0;
    for pilot in &found {
        let Pilot { id, answers, solved, with_ability, a, b, assumed } = pilot;
        let with_ability = with_ability.map_or_else(|| "   –".to_owned(), |r| format!("{r:.2}"));
        line(format_args!(
            "  {id}  {answers:>4} answers, {:>3.0} % right, r {with_ability}  a {:>5.2} ± {:<4.2} ({:.2})  b {:>5.2} ± {:<4.2} ({:.2})",
            100.0 * solved,
            a.value,
            a.error,
            assumed.a,
            b.value,
            b.error,
            assumed.b
        ));
        if *answers >= FOR_TASKS {
            enough += 1;
            let known = pilot.calibrated(calibration);
            calibration.items.retain(|item| item.id != *id);
            calibration.items.push(known);
        }
    }
    line(format_args!(
        "  {enough} of them have {FOR_TASKS} answers or more and are in the file; from then on they count\n"
    ));
}
