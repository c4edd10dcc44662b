//! The verification test beside the first result, in words.

use super::{logic_cautions, range};
use crate::test_sessions::verification::Verified;
use crate::time::Timestamp;
use assessment::session::LogicScore;

/// From this chance on a distance is within what chance alone brings.
const USUAL: f64 = 0.05;

/// A second logic test that was finished.
#[derive(Debug, Clone)]
pub struct Second {
    /// Both scores, and whether they differ by more than chance.
    pub words: String,
    /// The same in few words, for beside a name.
    pub brief: String,
    pub score: LogicScore,
    /// How far it lies from the first (points of the scale), and how likely so large a distance is by chance alone.
    pub apart: Option<(f64, f64)>,
    pub finished_at: Option<Timestamp>,
    /// Reasons to read it with care, in sentences.
    pub cautions: Vec<String>,
}

impl Second {
    /// The second result; none while it is not there.
    pub fn of_verified(verified: &Verified) -> Option<Self> {
        let score = verified.second.clone()?;
        let shown = format!("{} of 10 ({})", score.score.rounded(), range(score.score));
        let found = format!("Logic: {shown}, {} of {} tasks solved.", score.right, score.tasks);
        let (words, brief) = match verified.apart {
            Some((apart, chance)) => (
                format!(
                    "{found} It lies {apart:+.1} points from the first. {} ({}).",
                    verdict(apart, chance),
                    in_words(chance)
                ),
                format!("Verification test: logic {shown}, {}", short_verdict(apart, chance)),
            ),
            None => (found, format!("Verification test: logic {shown}")),
        };
        Some(Self {
            words,
            brief,
            apart: verified.apart,
            finished_at: verified.finished_at,
            cautions: logic_cautions(&score),
            score,
        })
    }

    /// Whether both scores lie further apart than chance alone brings.
    pub fn is_beyond_chance(&self) -> bool {
        self.apart.is_some_and(|(_, chance)| chance < USUAL)
    }
}

fn verdict(apart: f64, chance: f64) -> &'static str {
    match chance {
        chance if chance >= USUAL => "That is within what chance alone brings",
        _ if apart < 0.0 => "The second result is lower by more than chance would explain",
        _ => "The second result is higher by more than chance would explain",
    }
}

fn short_verdict(apart: f64, chance: f64) -> &'static str {
    match chance {
        chance if chance >= USUAL => "which chance alone can bring",
        _ if apart < 0.0 => "lower than the first by more than chance",
        _ => "higher than the first by more than chance",
    }
}

/// A chance is never nothing; beside the limit it has one digit more, so that it stands on the side that is said.
fn in_words(chance: f64) -> String {
    match chance {
        chance if chance < 0.01 => "p below 0.01".to_owned(),
        chance if (0.045..0.055).contains(&chance) => format!("p = {chance:.3}"),
        chance => format!("p = {chance:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chance_is_never_nothing() {
        for (chance, words) in [
            (0.0, "p below 0.01"),
            (0.0099, "p below 0.01"),
            (0.01, "p = 0.01"),
            (0.0497, "p = 0.050"),
            (0.052, "p = 0.052"),
            (0.4, "p = 0.40"),
        ] {
            assert_eq!(in_words(chance), words, "{chance}");
        }
    }
}
