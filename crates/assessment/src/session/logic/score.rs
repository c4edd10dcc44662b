//! What comes of a run: pilot tasks leave no trace in it.

use crate::calibration::LogicCalibration;
use crate::caution::{Caution, Sign};
use crate::irt::Ability;
use crate::logic::conduct;
use crate::posterior::Posterior;
use crate::session::LogicScore;
use crate::session::kept::Given;
use crate::session::logic::LogicRun;

/// Rapid answers are left out of the score only while this share of the answers remains.
const REMAINS: f64 = 2.0 / 3.0;

impl LogicRun {
    /// The result, once the test is over.
    #[must_use]
    pub fn score(&self, calibration: &LogicCalibration) -> Option<LogicScore> {
        if !self.finished {
            return None;
        }
        let ability = calibration.norm.standardized(self.ability(calibration));
        let counted: Vec<&Given> = self.counted().collect();
        let tasks = counted.len();
        let mut signs = Vec::new();
        let interruptions = self.interruptions - self.pilots.away;
        if interruptions > 0 {
            let count = interruptions.into();
            signs.push(Sign { caution: Caution::Interrupted, count, of: tasks as u32 });
        }
        signs.extend(conduct::check(&counted.iter().map(|given| given.answered()).collect::<Vec<_>>()));
        let mut times: Vec<i64> = counted.iter().map(|given| given.time_ms).collect();
        times.sort_unstable();
        Some(LogicScore {
            ability,
            score: ability.scale(),
            tasks,
            right: counted.iter().filter(|given| given.right).count(),
            timed_out: counted.iter().filter(|given| given.timed_out).count(),
            time_ms: times.iter().sum(),
            cautions: signs.iter().map(|sign| sign.caution).collect(),
            signs,
            form: Some(self.form),
            median_ms: times.get(tasks / 2).copied(),
            has_norms: calibration.norm != LogicCalibration::default().norm,
        })
    }

    /// The answers that count.
    pub(super) fn counted(&self) -> impl Iterator<Item = &Given> {
        self.answers.iter().filter(|given| !given.pilot)
    }

    /// With effort moderation, rapid answers count as not given, as long as enough others are left.
    pub(super) fn known(&self, calibration: &LogicCalibration) -> Posterior {
        let all: Vec<&Given> = self.counted().collect();
        let mut taken = all.clone();
        if calibration.effort_moderated {
            taken.retain(|given| !given.answered().is_rapid());
            if (taken.len() as f64) < REMAINS * all.len() as f64 {
                taken = all;
            }
        }
        let mut posterior = Posterior::default();
        for given in taken {
            given.teach(&mut posterior);
        }
        posterior
    }

    pub(super) fn ability(&self, calibration: &LogicCalibration) -> Ability {
        self.known(calibration).ability()
    }
}
