//! Marginal maximum likelihood for items that everybody met (Bock and Aitkin 1981): discrimination and
//! difficulty of each, without guessing.

/// The parameters of an item, found from answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Discrimination, on the logistic metric.
    pub a: f64,
    /// Difficulty.
    pub b: f64,
    /// How many answers it rests on.
    pub answers: usize,
}

const NODES: usize = 61;
/// Rounds of estimation at most, and the change at which it is done.
const ROUNDS: usize = 500;
const DONE: f64 = 1e-5;

fn node(index: usize) -> f64 {
    -6.0 + 12.0 * index as f64 / (NODES - 1) as f64
}

/// The two-parameter model of items: a line for each person, a place for each item, `None` where it was not
/// shown. Ability is standard normal.
#[must_use]
pub fn two_parameter(answers: &[Vec<Option<bool>>]) -> Vec<Found> {
    let items = answers.first().map_or(0, Vec::len);
    let shown = |item: usize| answers.iter().filter(|person| person[item].is_some()).count();
    // Slope and intercept: the logit of a right answer is slope · θ + intercept.
    let mut lines = vec![(1.0, 0.0); items];
    let prior: Vec<f64> = (0..NODES).map(|index| (-node(index).powi(2) / 2.0).exp()).collect();
    for _ in 0..ROUNDS {
        let p = |(slope, intercept): (f64, f64), index: usize| {
            1.0 / (1.0 + (-slope * node(index) - intercept).exp())
        };
        let curves: Vec<Vec<f64>> =
            lines.iter().map(|line| (0..NODES).map(|index| p(*line, index)).collect()).collect();
        // Expected answers and expected right ones at each point.
        let mut expected = vec![[[0.0; 2]; NODES]; items];
        for person in answers {
            let mut weights = prior.clone();
            for (item, answer) in person.iter().enumerate() {
                let Some(right) = answer else { continue };
                for (weight, p) in weights.iter_mut().zip(&curves[item]) {
                    *weight *= if *right { *p } else { 1.0 - p };
                }
            }
            let sum: f64 = weights.iter().sum();
            for (item, answer) in person.iter().enumerate() {
                let Some(right) = answer else { continue };
                for (cell, weight) in expected[item].iter_mut().zip(&weights) {
                    cell[0] += weight / sum;
                    cell[1] += if *right { weight / sum } else { 0.0 };
                }
            }
        }
        let mut change: f64 = 0.0;
        for (line, expected) in lines.iter_mut().zip(&expected) {
            let better = fit(*line, expected);
            change = change.max((better.0 - line.0).abs()).max((better.1 - line.1).abs());
            *line = better;
        }
        if change < DONE {
            break;
        }
    }
    let found = |(item, (slope, intercept)): (usize, &(f64, f64))| Found {
        a: *slope,
        b: -intercept / slope,
        answers: shown(item),
    };
    lines.iter().enumerate().map(found).collect()
}

/// A few steps of Newton towards the line that fits the expected answers best.
fn fit(mut line: (f64, f64), expected: &[[f64; 2]; NODES]) -> (f64, f64) {
    for _ in 0..10 {
        let (mut g, mut h) = ([0.0; 2], [[0.0; 2]; 2]);
        for (index, [all, right]) in expected.iter().enumerate() {
            let x = node(index);
            let p = 1.0 / (1.0 + (-line.0 * x - line.1).exp());
            let (off, weight) = (right - all * p, all * p * (1.0 - p));
            g = [g[0] + off * x, g[1] + off];
            h = [[h[0][0] + weight * x * x, h[0][1] + weight * x], [h[1][0] + weight * x, h[1][1] + weight]];
        }
        let det = h[0][0] * h[1][1] - h[0][1] * h[1][0];
        if det.abs() < 1e-9 {
            break;
        }
        let step = [(g[0] * h[1][1] - g[1] * h[0][1]) / det, (g[1] * h[0][0] - g[0] * h[1][0]) / det];
        line = (
            (line.0 + step[0].clamp(-0.5, 0.5)).clamp(0.05, 5.0),
            (line.1 + step[1].clamp(-1.0, 1.0)).clamp(-8.0, 8.0),
        );
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::calibrate::mml::*;

    /// The same answers (600 people, 12 items, simulated), estimated by an independent program, the Python
    /// package girth 0.8.0 (`twopl_mml`).
    #[test]
    fn an_independent_program_finds_the_same_parameters() {
        let answers: Vec<Vec<Option<bool>>> = include_str!("../../fixtures/two-parameter-answers.csv")
            .lines()
            .map(|line| line.split(',').map(|answer| Some(answer == "1")).collect())
            .collect();
        assert_eq!((answers.len(), answers[0].len()), (600, 12));
        let theirs = include_str!("../../fixtures/two-parameter-girth.csv").lines().map(|line| {
            let (a, b) = line.split_once(',').unwrap();
            (a.parse::<f64>().unwrap(), b.parse::<f64>().unwrap())
        });
        for (ours, (a, b)) in two_parameter(&answers).into_iter().zip(theirs) {
            assert!((ours.a - a).abs() < 0.05 && (ours.b - b).abs() < 0.05, "{ours:?} and {a} {b}");
        }
    }

    #[test]
    fn an_item_that_few_met_is_estimated_from_those() {
        let mut answers = vec![vec![Some(true), None], vec![Some(false), Some(true)]];
        answers.extend((0..40).map(|n| vec![Some(n % 2 == 0), None]));
        let found = two_parameter(&answers);
        assert_eq!([found[0].answers, found[1].answers], [42, 1]);
        assert!(found[0].b.abs() < 0.5);
        assert!(two_parameter(&[]).is_empty());
    }
}
