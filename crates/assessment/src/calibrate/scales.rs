//! Means, spreads and reliabilities of the personality scales from answers.

use crate::calibrate::answers::Answers;
use crate::personality::{Answer, Facet, Norm, Questionnaire, Statement, Trait};

/// A scale as a group answered it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Mean and standard deviation of the raw score, and α as its reliability.
    pub norm: Norm,
    /// McDonald's ω of one factor, where it can be found.
    pub omega: Option<f64>,
    /// The statement that goes least with the others: its place and its correlation with the rest.
    pub weakest: (usize, f64),
}

/// The keyed answers of all who answered every statement of a questionnaire, as its statements are now.
#[must_use]
pub fn keyed(people: &[Answers], asked: Questionnaire) -> Vec<Vec<f64>> {
    let turn = |(statement, value): (Statement, &u8)| {
        Answer::try_from(*value).ok().map(|answer| f64::from(answer.keyed(statement)))
    };
    let person = |p: &Answers| asked.statements().zip(&p.personality).map(turn).collect::<Option<Vec<f64>>>();
    let is_whole = |p: &&Answers| p.personality.len() == asked.count() && p.statements == asked.version();
    people.iter().filter(is_whole).filter_map(person).collect()
}

/// A facet's statements.
#[must_use]
pub fn facet(people: &[Vec<f64>], asked: Questionnaire, facet: Facet) -> Scale {
    scale(people, &places(asked, |of| of == facet))
}

/// All statements of a trait.
#[must_use]
pub fn of_trait(people: &[Vec<f64>], asked: Questionnaire, of: Trait) -> Scale {
    scale(people, &places(asked, |facet| facet.broad_trait() == of))
}

/// Where the statements of these facets stand.
fn places(asked: Questionnaire, is_wanted: impl Fn(Facet) -> bool) -> Vec<usize> {
    asked.statements().enumerate().filter(|(_, s)| is_wanted(s.facet())).map(|(place, _)| place).collect()
}

fn scale(people: &[Vec<f64>], items: &[usize]) -> Scale {
    let k = items.len() as f64;
    let covariance: Vec<Vec<f64>> =
        items.iter().map(|i| items.iter().map(|j| covary(people, *i, *j)).collect()).collect();
    let own: f64 = (0..items.len()).map(|i| covariance[i][i]).sum();
    let all: f64 = covariance.iter().flatten().sum();
    let mean = |item: usize| people.iter().map(|p| p[item]).sum::<f64>() / people.len() as f64;
    let alpha = k / (k - 1.0) * (1.0 - own / all);
    let with_rest = |i: usize| {
        let with: f64 = (0..items.len()).filter(|j| *j != i).map(|j| covariance[i][j]).sum();
        let rest = all - 2.0 * (with + covariance[i][i]) + covariance[i][i];
        with / (covariance[i][i] * rest).sqrt()
    };
    let weakest =
        (0..items.len()).map(|i| (i, with_rest(i))).min_by(|left, right| left.1.total_cmp(&right.1));
    Scale {
        norm: Norm {
            mean: items.iter().map(|item| mean(*item)).sum::<f64>() / k,
            sd: all.sqrt() / k,
            reliability: alpha,
        },
        omega: omega(&covariance),
        weakest: weakest.unwrap_or((0, 0.0)),
    }
}

fn covary(people: &[Vec<f64>], i: usize, j: usize) -> f64 {
    let n = people.len() as f64;
    let mean = |item: usize| people.iter().map(|p| p[item]).sum::<f64>() / n;
    let (left, right) = (mean(i), mean(j));
    people.iter().map(|p| (p[i] - left) * (p[j] - right)).sum::<f64>() / (n - 1.0)
}

/// ω of one factor, whose loadings come from the covariances by iterated principal axes.
fn omega(covariance: &[Vec<f64>]) -> Option<f64> {
    let n = covariance.len();
    let mut shared: Vec<f64> = (0..n).map(|i| 0.5 * covariance[i][i]).collect();
    let mut loadings = vec![0.0; n];
    for _ in 0..200 {
        let mut axis = vec![1.0; n];
        let mut root = 0.0;
        for _ in 0..100 {
            let next: Vec<f64> = (0..n)
                .map(|i| (0..n).map(|j| if i == j { shared[i] } else { covariance[i][j] } * axis[j]).sum())
                .collect();
            root = next.iter().map(|x: &f64| x * x).sum::<f64>().sqrt();
            if root == 0.0 {
                return None;
            }
            axis = next.iter().map(|x| x / root).collect();
        }
        loadings = axis.iter().map(|x| x * root.sqrt()).collect();
        // A statement cannot share more than all of its variance.
        shared = loadings.iter().enumerate().map(|(i, l)| (l * l).min(covariance[i][i])).collect();
    }
    let common = loadings.iter().sum::<f64>().powi(2);
    let own: f64 = (0..n).map(|i| covariance[i][i] - shared[i]).sum();
    Some(common / (common + own))
}

#[cfg(test)]
mod tests {
    use crate::calibrate::scales::*;
    use crate::random::Draw;

    /// Six statements with one factor of variance 1 and errors of variance 1: α and ω are 6/7.
    #[test]
    fn reliabilities_of_a_known_scale() {
        let mut draw = Draw::new(2, 0);
        let people: Vec<Vec<f64>> = (0..4_000)
            .map(|_| {
                let shared = draw.normal();
                (0..6).map(|_| 3.0 + shared + draw.normal()).collect()
            })
            .collect();
        let found = scale(&people, &[0, 1, 2, 3, 4, 5]);
        assert!((found.norm.reliability - 6.0 / 7.0).abs() < 0.01, "{found:?}");
        assert!(found.omega.is_some_and(|omega| (omega - 6.0 / 7.0).abs() < 0.01), "{found:?}");
        assert!((found.norm.mean - 3.0).abs() < 0.06);
        assert!((found.norm.sd - (7.0_f64 / 6.0).sqrt()).abs() < 0.03, "{found:?}");
    }
}
