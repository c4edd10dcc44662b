//! The outlines of the figures, as SVG paths about the origin with radius 10, pointing up.

/// Figures without a direction, in the order of [`crate::logic::Attribute::Shape`]'s values.
pub(super) const SHAPES: [&str; 8] = [
    "M0-10A10 10 0 1 1 0 10A10 10 0 1 1 0-10Z",
    "M0-10L8.7 6H-8.7Z",
    "M-8-8H8V8H-8Z",
    "M0-10L7 0 0 10-7 0Z",
    "M0-10L2.4-3.2 9.5-3.1 3.8 1.2 5.9 8.1 0 4-5.9 8.1-3.8 1.2-9.5-3.1-2.4-3.2Z",
    "M-3-9H3V-3H9V3H3V9H-3V3H-9V-3H-3Z",
    "M-8-9H8L-8 9H8Z",
    "M-9 5A9 9 0 0 1 9 5Z",
];

/// Figures with a direction, in the order of [`crate::logic::Attribute::Pointer`]'s values.
pub(super) const POINTERS: [&str; 6] = [
    "M0-10L8 0H3V10H-3V0H-8Z",
    "M-4-10L8-5-2 0V10H-4Z",
    "M0-9L9 3 5 7 0 0-5 7-9 3Z",
    "M0-10C3-4 7-1 7 3A7 7 0 1 1-7 3C-7-1-3-4 0-10Z",
    "M-2 10V-1A5 5 0 1 1 2-1V10Z",
    "M0-10L7 7A18 18 0 0 1-7 7Z",
];

/// Where the figures stand for a count of 1 to 6 (from the centre, as on dice).
pub(super) const LAYOUTS: [&[(i8, i8)]; 6] = [
    &[(0, 0)],
    &[(-12, 0), (12, 0)],
    &[(0, -12), (-12, 10), (12, 10)],
    &[(-12, -12), (12, -12), (-12, 12), (12, 12)],
    &[(-15, -15), (15, -15), (0, 0), (-15, 15), (15, 15)],
    &[(-20, -12), (0, -12), (20, -12), (-20, 12), (0, 12), (20, 12)],
];

/// The radius of a figure for a size of 1 to 4. As large as the ring of dots and ticks leaves room for: the
/// smallest is to be told apart on a phone, and each is more than a third larger than the one before.
pub(super) const RADII: [f64; 4] = [12.0, 16.5, 22.8, 31.0];
/// The radius of each of several figures.
pub(super) const RADIUS_OF_MANY: f64 = 9.0;
/// By so much several figures grow where there is no ring about them.
pub(super) const WITHOUT_RING: f64 = 1.35;
/// How much a shade of 0 to 3 covers.
pub(super) const SHADES: [&str; 4] = ["0", ".28", ".6", "1"];
/// How wide the outline of a single figure is, and of one of several: small ones keep room for their shade.
pub(super) const STROKES: [&str; 2] = ["2", "1.2"];

#[cfg(test)]
mod tests {
    use crate::logic::shapes::*;

    #[test]
    fn neighbouring_sizes_differ_by_a_third_and_shades_by_a_quarter() {
        assert!(RADII.windows(2).all(|pair| pair[1] / pair[0] > 4.0 / 3.0));
        let shades: Vec<f64> = SHADES.iter().map(|shade| shade.parse().expect("a number")).collect();
        assert!(shades.windows(2).all(|pair| pair[1] - pair[0] >= 0.25));
    }
}
