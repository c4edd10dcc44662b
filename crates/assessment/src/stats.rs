//! The few statistics that simulation and calibration report.

/// The mean; 0 of nothing.
pub(crate) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The correlation (Pearson) of pairs; 0 when one side does not vary.
pub(crate) fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let mean_x = mean(pairs.iter().map(|(x, _)| *x));
    let mean_y = mean(pairs.iter().map(|(_, y)| *y));
    let covariance = mean(pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)));
    let variance_x = mean(pairs.iter().map(|(x, _)| (x - mean_x).powi(2)));
    let variance_y = mean(pairs.iter().map(|(_, y)| (y - mean_y).powi(2)));
    let product = (variance_x * variance_y).sqrt();
    if product == 0.0 { 0.0 } else { covariance / product }
}

/// The root of the mean squared difference of pairs.
pub(crate) fn rmse(pairs: &[(f64, f64)]) -> f64 {
    mean(pairs.iter().map(|(x, y)| (x - y).powi(2))).sqrt()
}

/// The share of the standard normal distribution below `z` (Abramowitz and Stegun 26.2.17, off by less than 10⁻⁷).
pub(crate) fn normal_below(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = t
        * (0.319_381_53
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * series;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// A share as percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use crate::stats::*;

    #[test]
    fn known_values() {
        let line = [(1.0, 3.0), (2.0, 5.0), (3.0, 7.0)];
        assert!((correlation(&line) - 1.0).abs() < 1e-12);
        assert!((correlation(&line.map(|(x, y)| (x, -y))) + 1.0).abs() < 1e-12);
        assert!((rmse(&[(0.0, 3.0), (0.0, 4.0)]) - 12.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(mean([]), 0.0);
        assert_eq!(correlation(&[(1.0, 1.0), (1.0, 2.0)]), 0.0);
        assert_eq!(percent(0.125), "12.5 %");
        for (z, below) in [(0.0, 0.5), (1.959_964, 0.975), (-1.0, 0.158_655_3)] {
            assert!((normal_below(z) - below).abs() < 1e-6, "{z}");
        }
    }
}
