//! The IPIP-NEO-120: which of its statements are turned round, and its published norms.
//!
//! Statements: International Personality Item Pool, public domain; texts and translations in `texts/neo`. Norms: men and women of 21
//! to 40 years (Johnson 2014, *Measuring thirty facets of the Five Factor Model with a 120-item public domain inventory*,
//! Journal of Research in Personality 51, 78–89; the tables as the package five-factor-e 1.13.1 prints them, MIT). They are sums of four answers
//! from 1 to 5. People who took the test on the internet, most of them in the United States.

use crate::personality::{Facet, Norm, Trait};

/// Statements for each facet.
pub const PER_FACET: usize = 4;
/// Statements in all.
pub const STATEMENTS: usize = Facet::NEO.len() * PER_FACET;

/// The reliability of a facet: the mean α of its four statements.
const OF_FACET: f64 = 0.68;
/// The reliability of a trait with all of its twenty-four statements: the mean α.
const OF_TRAIT: f64 = 0.84;
/// Facets of a trait in the whole questionnaire.
const FACETS: f64 = 6.0;

/// Mean and standard deviation of the sum of four answers: of men, and of women.
type Sums = [(f64, f64); 2];

/// A facet as it is asked here.
struct Asked {
    /// Which statements speak against it.
    reversed: [bool; PER_FACET],
    /// The published norms. Facets of stability are published by their other end.
    sums: Sums,
}

const fn asked(reversed: [bool; PER_FACET], sums: Sums) -> Asked {
    Asked { reversed, sums }
}

const FOR: bool = false;
const AGAINST: bool = true;

/// In the order of [`Facet::NEO`].
const ASKED: [Asked; 26] = [
    asked([FOR, FOR, AGAINST, AGAINST], [(13.31, 3.80), (14.05, 3.66)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(11.34, 3.99), (11.92, 4.05)]),
    asked([FOR, FOR, FOR, AGAINST], [(14.58, 3.58), (14.25, 3.61)]),
    asked([FOR, FOR, FOR, AGAINST], [(12.07, 3.23), (12.77, 3.24)]),
    asked([FOR; 4], [(13.34, 3.43), (12.84, 3.53)]),
    asked([FOR; 4], [(14.30, 3.53), (14.96, 3.31)]),
    asked([FOR, FOR, FOR, AGAINST], [(12.81, 3.69), (13.15, 3.71)]),
    asked([AGAINST; 4], [(15.93, 3.18), (17.34, 2.61)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(15.37, 2.92), (16.81, 2.53)]),
    asked([AGAINST; 4], [(14.58, 3.70), (15.57, 3.50)]),
    asked([AGAINST; 4], [(11.43, 3.57), (12.98, 3.57)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(13.77, 3.29), (15.52, 2.87)]),
    asked([FOR; 4], [(15.80, 2.44), (16.02, 2.34)]),
    asked([FOR, AGAINST, AGAINST, AGAINST], [(12.05, 4.26), (12.67, 4.51)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(15.68, 2.76), (16.36, 2.54)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(15.36, 3.39), (16.11, 3.05)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(13.27, 3.31), (13.56, 3.23)]),
    asked([AGAINST; 4], [(13.31, 4.03), (12.91, 4.18)]),
    asked([AGAINST, AGAINST, AGAINST, FOR], [(11.75, 4.30), (12.72, 4.13)]),
    asked([AGAINST, AGAINST, AGAINST, FOR], [(12.11, 3.81), (12.20, 3.79)]),
    asked([AGAINST, AGAINST, AGAINST, FOR], [(9.13, 3.48), (10.69, 3.64)]),
    asked([FOR; 4], [(15.94, 3.18), (15.64, 3.34)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(14.94, 3.63), (15.97, 3.30)]),
    asked([FOR, FOR, AGAINST, AGAINST], [(14.60, 3.19), (16.41, 2.69)]),
    asked([FOR, AGAINST, AGAINST, AGAINST], [(13.14, 3.39), (12.84, 3.44)]),
    asked([FOR, AGAINST, AGAINST, AGAINST], [(16.11, 3.25), (15.28, 3.47)]),
];

/// What is published of a whole trait, with all of its six facets: the norms of the sum of twenty-four answers, and the standard
/// deviations of the facets that are not asked.
fn whole(of: Trait) -> (Sums, &'static [Sums]) {
    const STABILITY: [Sums; 3] =
        [[(11.44, 3.76), (13.08, 3.68)], [(10.37, 4.12), (10.79, 4.07)], [(12.18, 3.52), (12.71, 3.58)]];
    const OPENNESS: [Sums; 1] = [[(11.66, 3.72), (12.06, 3.46)]];
    match of {
        Trait::Extraversion => ([(78.90, 15.21), (80.78, 14.64)], &[]),
        Trait::Agreeableness => ([(84.22, 13.10), (91.91, 11.39)], &[]),
        Trait::Conscientiousness => ([(85.50, 14.27), (87.57, 13.87)], &[]),
        Trait::Stability => ([(66.97, 16.48), (72.14, 16.16)], &STABILITY),
        Trait::Openness => ([(86.51, 12.65), (88.25, 12.15)], &OPENNESS),
    }
}

/// Mean and variance of men and women together, as many of the one as of the other.
fn pooled([(m, s), (n, t)]: Sums) -> (f64, f64) {
    ((m + n) / 2.0, (s * s + t * t) / 2.0 + ((m - n) / 2.0).powi(2))
}

/// Whether a statement speaks against its facet; `number` counts from 0, facet by facet.
#[must_use]
pub fn reversed(number: usize) -> bool {
    ASKED[number / PER_FACET].reversed[number % PER_FACET]
}

fn place_of(facet: Facet) -> Option<usize> {
    Facet::NEO.iter().position(|one| *one == facet)
}

/// A facet's norm for the mean of its answers; `None` for a facet of another questionnaire.
#[must_use]
pub fn of_facet(facet: Facet) -> Option<Norm> {
    let (mean, variance) = pooled(ASKED[place_of(facet)?].sums);
    let mean = mean / PER_FACET as f64;
    // Published is the uneasy end.
    let mean = if facet.broad_trait() == Trait::Stability { 6.0 - mean } else { mean };
    Some(Norm { mean, sd: variance.sqrt() / PER_FACET as f64, reliability: OF_FACET })
}

/// A trait's norm for the mean of the facets that are asked.
///
/// Where facets are left out, the spread of the rest follows from the published ones: the variance of the whole is the sum of
/// its facets' variances and covariances, which are taken to be of one correlation. The reliability follows from the number of
/// statements (Spearman and Brown).
#[must_use]
pub fn of_trait(of: Trait) -> Norm {
    let (sums, left_out) = whole(of);
    let asked: Vec<Norm> =
        Facet::NEO.into_iter().filter(|f| f.broad_trait() == of).filter_map(of_facet).collect();
    let count = asked.len() as f64;
    let mean = asked.iter().map(|norm| norm.mean).sum::<f64>() / count;
    let kept: Vec<f64> = asked.iter().map(|norm| norm.sd * PER_FACET as f64).collect();
    let all: Vec<f64> =
        kept.iter().copied().chain(left_out.iter().map(|sums| pooled(*sums).1.sqrt())).collect();
    let squares = |sds: &[f64]| sds.iter().map(|sd| sd * sd).sum::<f64>();
    let pairs = |sds: &[f64]| sds.iter().sum::<f64>().powi(2) - squares(sds);
    let correlation = (pooled(sums).1 - squares(&all)) / pairs(&all);
    let variance = squares(&kept) + correlation * pairs(&kept);
    let share = count / FACETS;
    Norm {
        mean,
        sd: variance.sqrt() / (count * PER_FACET as f64),
        reliability: share * OF_TRAIT / (1.0 + (share - 1.0) * OF_TRAIT),
    }
}

#[cfg(test)]
mod tests {
    use crate::personality::neo::*;

    fn close(left: f64, right: f64, by: f64) {
        assert!((left - right).abs() < by, "{left} is not {right}");
    }

    /// Published sums: (78.90 + 80.78) / 2 / 24; and the pooled spread of 15.21 and 14.64, 0.94 apart.
    #[test]
    fn a_whole_trait_has_the_published_norm() {
        let norm = of_trait(Trait::Extraversion);
        close(norm.mean, 79.84 / 24.0, 0.01);
        close(norm.sd, 14.957 / 24.0, 0.001);
        close(norm.reliability, 0.84, 1e-9);
        close(of_trait(Trait::Conscientiousness).mean, 86.535 / 24.0, 0.01);
    }

    #[test]
    fn fewer_facets_are_less_reliable_and_spread_more() {
        let norm = of_trait(Trait::Stability);
        close(norm.mean, 6.0 - (11.75 + 12.72 + 12.11 + 12.20 + 9.13 + 10.69) / 24.0, 0.01);
        // Spearman and Brown: half of the statements.
        close(norm.reliability, 0.42 / 0.58, 1e-9);
        // The mean of three facets spreads more than that of six (0.69), and less than a single one (1.05).
        assert!((0.69..0.9).contains(&norm.sd), "{norm:?}");
    }

    #[test]
    fn a_facet_of_the_own_questionnaire_has_no_norm_here() {
        assert_eq!(of_facet(Facet::Trust), None);
        let trust = of_facet(Facet::NeoTrust).expect("is one of them");
        close(trust.mean, 12.98 / 4.0, 1e-9);
    }
}
