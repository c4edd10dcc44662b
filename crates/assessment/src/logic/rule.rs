//! The family of rules: what can go on along a row (or down a column) of a matrix.

use serde::{Deserialize, Serialize};

use crate::logic::attribute::Kind;

/// A rule over three cells in a line, for one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The same value three times; other lines may have another.
    Constant,
    /// The value grows by the same step, in all lines alike.
    Progression(i8),
    /// The value turns by the same number of steps on its circle, in all lines alike.
    Rotation(i8),
    /// Each line has the same three values, in any order.
    Permutation,
    /// The third is the first plus the second.
    Sum,
    /// The third is the first less the second.
    Difference,
    /// The second is the first plus the third.
    Gap,
    /// The third has what either of the first two has.
    Union,
    /// The third has what both of the first two have.
    Intersection,
    /// The third has what exactly one of the first two has.
    Exclusive,
    /// The third has what the first has and the second has not.
    Without,
    /// The third has what the second has and the first has not.
    Leftover,
    /// Each line grows or turns by a step of its own. No item is made by this rule; it is in
    /// the family so that whoever reads a matrix this way finds no second answer.
    Steady,
}

impl Rule {
    /// Every rule by which a value of this kind could be read, the ones that no item is made by included.
    #[must_use]
    pub fn family(kind: Kind) -> &'static [Self] {
        use Rule::{
            Constant, Difference, Exclusive, Gap, Intersection, Leftover, Permutation, Progression, Rotation,
            Steady, Sum, Union, Without,
        };
        match kind {
            Kind::Category { .. } => &[Constant, Permutation],
            Kind::Ordered { .. } => &[
                Constant,
                Progression(1),
                Progression(-1),
                Progression(2),
                Progression(-2),
                Progression(3),
                Progression(-3),
                Permutation,
                Steady,
            ],
            Kind::Number { .. } => &[
                Constant,
                Progression(1),
                Progression(-1),
                Progression(2),
                Progression(-2),
                Progression(3),
                Progression(-3),
                Permutation,
                Sum,
                Difference,
                Gap,
                Steady,
            ],
            Kind::Cycle { .. } => &[
                Constant,
                Rotation(1),
                Rotation(-1),
                Rotation(2),
                Rotation(-2),
                Rotation(3),
                Rotation(-3),
                Permutation,
                Steady,
            ],
            Kind::Set { .. } => &[Constant, Permutation, Union, Intersection, Exclusive, Without, Leftover],
        }
    }

    /// The third value of a line that begins with `a` and `b`, or `None` when the rule cannot
    /// begin so, ends outside the kind's values, or (as a permutation) needs the other lines.
    #[must_use]
    pub fn third(self, kind: Kind, a: u8, b: u8) -> Option<u8> {
        let (first, second) = (i16::from(a), i16::from(b));
        let third = match (self, kind) {
            (Self::Constant, _) => (a == b).then_some(first)?,
            (Self::Progression(step), _) => {
                let step = i16::from(step);
                (second == first + step).then_some(second + step)?
            }
            (Self::Rotation(step), Kind::Cycle { steps }) => {
                let (step, steps) = (i16::from(step), i16::from(steps));
                let turned = |from: i16| (from + step).rem_euclid(steps);
                (second == turned(first)).then(|| turned(second))?
            }
            (Self::Steady, Kind::Cycle { steps }) => (2 * second - first).rem_euclid(i16::from(steps)),
            (Self::Steady, _) => 2 * second - first,
            (Self::Sum, _) => first + second,
            (Self::Difference, _) => first - second,
            (Self::Gap, _) => second - first,
            (Self::Union, _) => first | second,
            (Self::Intersection, _) => first & second,
            (Self::Exclusive, _) => first ^ second,
            (Self::Without, _) => first & !second,
            (Self::Leftover, _) => second & !first,
            (Self::Permutation | Self::Rotation(_), _) => return None,
        };
        kind.holds(third).then_some(third as u8)
    }

    /// The value at the end of the last line, if the two full lines keep this rule and the
    /// last one can.
    #[must_use]
    pub fn predict(self, kind: Kind, full: [[u8; 3]; 2], last: [u8; 2]) -> Option<u8> {
        if self == Self::Permutation {
            return permuted(full, last);
        }
        full.iter()
            .all(|[a, b, c]| self.third(kind, *a, *b) == Some(*c))
            .then(|| self.third(kind, last[0], last[1]))?
    }

    /// By how many steps the value moves on; 1 for rules without steps.
    #[must_use]
    pub fn step(self) -> u8 {
        match self {
            Self::Progression(step) | Self::Rotation(step) => step.unsigned_abs(),
            _ => 1,
        }
    }

    /// Whether items are made by this rule.
    #[must_use]
    pub fn makes_items(self) -> bool {
        self != Self::Steady
    }

    /// Its name in data, without the size of its step.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Progression(_) => "progression",
            Self::Rotation(_) => "rotation",
            Self::Permutation => "permutation",
            Self::Sum => "sum",
            Self::Difference => "difference",
            Self::Gap => "gap",
            Self::Union => "union",
            Self::Intersection => "intersection",
            Self::Exclusive => "exclusive",
            Self::Without => "without",
            Self::Leftover => "leftover",
            Self::Steady => "steady",
        }
    }

    /// The names of all rules that make items, for tables and calibration files.
    pub const IDS: [&'static str; 12] = [
        "constant",
        "progression",
        "rotation",
        "permutation",
        "sum",
        "difference",
        "gap",
        "union",
        "intersection",
        "exclusive",
        "without",
        "leftover",
    ];

    /// How much the rule asks of the one who must find it: the default loads, without a unit,
    /// from which an item's difficulty follows. Rules that are seen at a glance come first,
    /// those that need two values to be combined and negated last.
    #[must_use]
    pub fn load(self) -> f64 {
        match self {
            Self::Constant => 0.4,
            Self::Progression(step) | Self::Rotation(step) => 0.7 + 0.2 * f64::from(step.unsigned_abs()),
            Self::Permutation => 1.3,
            Self::Sum | Self::Union => 1.6,
            Self::Steady => 1.7,
            Self::Difference => 1.8,
            Self::Intersection => 2.0,
            Self::Without => 2.2,
            Self::Gap => 2.3,
            Self::Leftover => 2.4,
            Self::Exclusive => 2.6,
        }
    }
}

/// What completes the last line when all lines hold the same three values.
fn permuted(full: [[u8; 3]; 2], last: [u8; 2]) -> Option<u8> {
    let [mut first, mut second] = full;
    first.sort_unstable();
    second.sort_unstable();
    if first != second {
        return None;
    }
    let mut left = first.to_vec();
    for value in last {
        let place = left.iter().position(|v| *v == value)?;
        left.remove(place);
    }
    left.first().copied()
}

#[cfg(test)]
mod tests {
    use crate::logic::rule::*;

    const NUMBER: Kind = Kind::Number { min: 1, max: 6 };
    const CYCLE: Kind = Kind::Cycle { steps: 8 };
    const SET: Kind = Kind::Set { members: 8 };

    #[test]
    fn what_each_rule_makes_of_two_values() {
        let table = [
            (Rule::Constant, NUMBER, 2, 2, Some(2)),
            (Rule::Constant, NUMBER, 2, 3, None),
            (Rule::Progression(2), NUMBER, 1, 3, Some(5)),
            (Rule::Progression(2), NUMBER, 3, 5, None),
            (Rule::Progression(-1), NUMBER, 3, 2, Some(1)),
            (Rule::Rotation(3), CYCLE, 6, 1, Some(4)),
            (Rule::Rotation(-1), CYCLE, 0, 7, Some(6)),
            (Rule::Steady, CYCLE, 0, 5, Some(2)),
            (Rule::Steady, NUMBER, 2, 4, Some(6)),
            (Rule::Sum, NUMBER, 2, 3, Some(5)),
            (Rule::Sum, NUMBER, 4, 3, None),
            (Rule::Difference, NUMBER, 5, 2, Some(3)),
            (Rule::Difference, NUMBER, 2, 2, None),
            (Rule::Gap, NUMBER, 2, 5, Some(3)),
            (Rule::Union, SET, 0b0011, 0b0110, Some(0b0111)),
            (Rule::Intersection, SET, 0b0011, 0b0110, Some(0b0010)),
            (Rule::Exclusive, SET, 0b0011, 0b0110, Some(0b0101)),
            (Rule::Without, SET, 0b0011, 0b0110, Some(0b0001)),
            (Rule::Leftover, SET, 0b0011, 0b0110, Some(0b0100)),
            (Rule::Permutation, NUMBER, 1, 2, None),
        ];
        for (rule, kind, a, b, third) in table {
            assert_eq!(rule.third(kind, a, b), third, "{rule:?} of {a} and {b}");
        }
    }

    #[test]
    fn a_permutation_is_completed_from_the_other_lines() {
        let full = [[1, 2, 4], [4, 1, 2]];
        assert_eq!(Rule::Permutation.predict(NUMBER, full, [2, 4]), Some(1));
        assert_eq!(Rule::Permutation.predict(NUMBER, full, [3, 4]), None);
        assert_eq!(Rule::Permutation.predict(NUMBER, [[1, 2, 4], [4, 1, 3]], [2, 4]), None);
    }

    #[test]
    fn a_rule_that_a_full_line_breaks_predicts_nothing() {
        assert_eq!(Rule::Sum.predict(NUMBER, [[1, 2, 3], [1, 2, 4]], [1, 1]), None);
        assert_eq!(Rule::Sum.predict(NUMBER, [[1, 2, 3], [1, 3, 4]], [1, 1]), Some(2));
    }
}
