//! The few statistics that the simulation reports.

/// The mean; 0 of nothing.
pub(super) fn mean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values {
        sum += value;
        count += 1.0;
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The correlation (Pearson) of pairs; 0 when one side does not vary.
pub(super) fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let mean_x = mean(pairs.iter().map(|(x, _)| *x));
    let mean_y = mean(pairs.iter().map(|(_, y)| *y));
    let covariance = mean(pairs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)));
    let variance_x = mean(pairs.iter().map(|(x, _)| (x - mean_x).powi(2)));
    let variance_y = mean(pairs.iter().map(|(_, y)| (y - mean_y).powi(2)));
    let product = (variance_x * variance_y).sqrt();
    if product == 0.0 { 0.0 } else { covariance / product }
}

/// The root of the mean squared difference of pairs.
pub(super) fn rmse(pairs: &[(f64, f64)]) -> f64 {
    mean(pairs.iter().map(|(x, y)| (x - y).powi(2))).sqrt()
}

/// A share as percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use crate::simulate::stats::*;

    #[test]
    fn known_values() {
        let line = [(1.0, 3.0), (2.0, 5.0), (3.0, 7.0)];
        assert!((correlation(&line) - 1.0).abs() < 1e-12);
        assert!((correlation(&line.map(|(x, y)| (x, -y))) + 1.0).abs() < 1e-12);
        assert!((rmse(&[(0.0, 3.0), (0.0, 4.0)]) - 12.5_f64.sqrt()).abs() < 1e-12);
        assert_eq!(mean([]), 0.0);
        assert_eq!(correlation(&[(1.0, 1.0), (1.0, 2.0)]), 0.0);
        assert_eq!(percent(0.125), "12.5 %");
    }
}
