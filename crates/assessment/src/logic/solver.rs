//! Solves a matrix from what a test-taker sees: eight cells, the options, and nothing of how
//! the item was made.
//!
//! The solver tries every rule of the family, along the rows and down the columns, for each
//! attribute by itself. It is the proof that an item has one answer: when two readings of the
//! visible cells lead to different ends, the item is ambiguous.

use crate::logic::attribute::{Attribute, Cell};
use crate::logic::rule::Rule;

/// Which way a rule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right along each row.
    Rows,
    /// From top to bottom down each column.
    Columns,
}

/// One way to read an attribute that agrees with all visible cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// By which rule.
    pub rule: Rule,
    /// Which way.
    pub direction: Direction,
    /// The value that the empty cell then has.
    pub value: u8,
}

/// Why a matrix has not exactly one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsolvable {
    /// An attribute follows no rule of the family.
    #[error("no rule explains the {}", .0.id())]
    NoRule(Attribute),
    /// Two rules explain an attribute and lead to different values.
    #[error("the {} can be read in two ways", .0.id())]
    Ambiguous(Attribute),
}

/// Every reading of one attribute that agrees with the eight visible cells (row by row from
/// the top left; the ninth is the empty one).
#[must_use]
pub fn readings(attribute: Attribute, visible: &[Cell; 8]) -> Vec<Reading> {
    let Some(values) = values(attribute, visible) else {
        return Vec::new();
    };
    let kind = attribute.kind();
    let at = |row: usize, column: usize| values[3 * row + column];
    let line = |direction: Direction, line: usize, place: usize| match direction {
        Direction::Rows => at(line, place),
        Direction::Columns => at(place, line),
    };
    let mut found = Vec::new();
    for direction in [Direction::Rows, Direction::Columns] {
        let full = [0, 1].map(|l| [0, 1, 2].map(|p| line(direction, l, p)));
        let last = [0, 1].map(|p| line(direction, 2, p));
        for &rule in Rule::family(kind) {
            if let Some(value) = rule.predict(kind, full, last) {
                found.push(Reading { rule, direction, value });
            }
        }
    }
    found
}

fn values(attribute: Attribute, visible: &[Cell; 8]) -> Option<[u8; 8]> {
    let mut values = [0; 8];
    for (value, cell) in values.iter_mut().zip(visible) {
        *value = cell.get(attribute)?;
    }
    Some(values)
}

/// The one cell that completes the matrix under every reading.
///
/// # Errors
/// When an attribute follows no rule, or can be read in two ways with different ends.
pub fn solve(visible: &[Cell; 8]) -> Result<Cell, Unsolvable> {
    visible[0].attributes().try_fold(Cell::default(), |cell, attribute| {
        let found = readings(attribute, visible);
        let first = found.first().ok_or(Unsolvable::NoRule(attribute))?;
        if found.iter().any(|reading| reading.value != first.value) {
            return Err(Unsolvable::Ambiguous(attribute));
        }
        Ok(cell.with(attribute, first.value))
    })
}

/// The options that some reading allows, attribute by attribute. A good item has exactly one.
#[must_use]
pub fn fitting(visible: &[Cell; 8], options: &[Cell]) -> Vec<usize> {
    let fits = |option: &Cell| {
        visible[0].attributes().all(|attribute| {
            readings(attribute, visible).iter().any(|reading| Some(reading.value) == option.get(attribute))
        })
    };
    (0..options.len()).filter(|i| fits(&options[*i])).collect()
}

#[cfg(test)]
mod tests {
    use crate::logic::solver::*;

    fn matrix(attribute: Attribute, values: [u8; 8]) -> [Cell; 8] {
        values.map(|value| Cell::default().with(attribute, value))
    }

    #[test]
    fn solves_what_has_one_answer() {
        let table = [
            (Attribute::Shape, [0, 0, 0, 3, 3, 3, 5, 5], 5),
            (Attribute::Shape, [0, 1, 2, 1, 2, 0, 2, 0], 1),
            (Attribute::Count, [1, 2, 3, 2, 2, 4, 4, 1], 5),
            (Attribute::Angle, [0, 2, 4, 3, 5, 7, 6, 0], 2),
            (Attribute::Marks, [3, 6, 5, 9, 1, 8, 12, 6], 10),
        ];
        for (attribute, values, answer) in table {
            let cell = solve(&matrix(attribute, values)).expect("has an answer");
            assert_eq!(cell.get(attribute), Some(answer), "{values:?}");
        }
    }

    #[test]
    fn reads_columns_as_well() {
        // The third row is the sum of the two above; the rows follow no rule.
        let cell = solve(&matrix(Attribute::Count, [1, 2, 3, 2, 3, 1, 3, 5])).expect("has an answer");
        assert_eq!(cell.get(Attribute::Count), Some(4));
    }

    #[test]
    fn notices_a_second_answer() {
        // Sum says 2 + 4 = 6; a step of its own for each row says 2, 4, 6 too, but
        // with 1, 4 the sum says 5 where nothing else does.
        let two_ways = matrix(Attribute::Count, [1, 2, 3, 2, 4, 6, 1, 3]);
        assert_eq!(solve(&two_ways), Err(Unsolvable::Ambiguous(Attribute::Count)));
        let four_and_five = [4, 5].map(|v| Cell::default().with(Attribute::Count, v));
        assert_eq!(fitting(&two_ways, &four_and_five), [0, 1]);
    }

    #[test]
    fn notices_that_nothing_explains_it() {
        let noise = matrix(Attribute::Shape, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(solve(&noise), Err(Unsolvable::NoRule(Attribute::Shape)));
    }
}
