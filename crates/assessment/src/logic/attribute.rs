//! What a cell of a matrix is made of: attributes, their kinds of values, and the cell.

use serde::{Deserialize, Serialize};

/// A property of a cell that a rule can govern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Which figure without a direction (drawn items).
    Shape,
    /// Which figure with a direction (drawn items).
    Pointer,
    /// How many of the figure.
    Count,
    /// How large the figure is.
    Size,
    /// How dark the figure is.
    Shade,
    /// Which way the figure points, in steps of 45° clockwise from up.
    Angle,
    /// Where the dot stands on the ring around the figure, in steps of 45° clockwise from the top.
    Position,
    /// Which of the eight ticks on the ring are drawn.
    Marks,
    /// A number (items in words).
    Number,
    /// A letter of the alphabet (items in words).
    Letter,
    /// A day of the week (items in words).
    Day,
    /// One thing out of six (items in words).
    Thing,
    /// A set of goods (items in words).
    Basket,
}

/// What values an attribute has, and so which rules can govern it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Values without order, from 0.
    Category {
        /// How many values.
        values: u8,
    },
    /// Values in order but not to be added, as sizes are.
    Ordered {
        /// The least value.
        min: u8,
        /// The greatest value.
        max: u8,
    },
    /// Numbers that can be added.
    Number {
        /// The least value.
        min: u8,
        /// The greatest value.
        max: u8,
    },
    /// Values on a circle, from 0.
    Cycle {
        /// How many steps make a full turn.
        steps: u8,
    },
    /// Subsets, a bit for each member.
    Set {
        /// How many members the full set has.
        members: u8,
    },
}

impl Attribute {
    /// Every attribute; the position of each is its place in a [`Cell`].
    pub const ALL: [Self; 13] = [
        Self::Shape,
        Self::Pointer,
        Self::Count,
        Self::Size,
        Self::Shade,
        Self::Angle,
        Self::Position,
        Self::Marks,
        Self::Number,
        Self::Letter,
        Self::Day,
        Self::Thing,
        Self::Basket,
    ];

    /// What values it has.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Shape => Kind::Category { values: 8 },
            Self::Pointer | Self::Thing => Kind::Category { values: 6 },
            Self::Count => Kind::Number { min: 1, max: 6 },
            Self::Size => Kind::Ordered { min: 1, max: 4 },
            Self::Shade => Kind::Ordered { min: 0, max: 3 },
            Self::Angle | Self::Position => Kind::Cycle { steps: 8 },
            Self::Marks => Kind::Set { members: 8 },
            Self::Number => Kind::Number { min: 1, max: 40 },
            Self::Letter => Kind::Ordered { min: 0, max: 25 },
            Self::Day => Kind::Cycle { steps: 7 },
            Self::Basket => Kind::Set { members: 6 },
        }
    }

    /// Its name in data and in the files of texts.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Pointer => "pointer",
            Self::Count => "count",
            Self::Size => "size",
            Self::Shade => "shade",
            Self::Angle => "angle",
            Self::Position => "position",
            Self::Marks => "marks",
            Self::Number => "number",
            Self::Letter => "letter",
            Self::Day => "day",
            Self::Thing => "thing",
            Self::Basket => "basket",
        }
    }
}

impl Kind {
    /// Every value, in order.
    pub fn values(self) -> impl Iterator<Item = u8> {
        match self {
            Self::Category { values } => 0..=values - 1,
            Self::Ordered { min, max } | Self::Number { min, max } => min..=max,
            Self::Cycle { steps } => 0..=steps - 1,
            Self::Set { members } => 0..=((1_u16 << members) - 1) as u8,
        }
    }

    /// Whether `value` is one of its values.
    #[must_use]
    pub fn holds(self, value: i16) -> bool {
        let (min, max) = match self {
            Self::Category { values } => (0, i16::from(values) - 1),
            Self::Ordered { min, max } | Self::Number { min, max } => (min.into(), max.into()),
            Self::Cycle { steps } => (0, i16::from(steps) - 1),
            Self::Set { members } => (0, (1 << members) - 1),
        };
        (min..=max).contains(&value)
    }
}

/// One cell of a matrix: a value for each attribute in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cell {
    values: [Option<u8>; Attribute::ALL.len()],
}

impl Cell {
    /// The value of an attribute; `None` when this item does not use it.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Option<u8> {
        self.values[attribute as usize]
    }

    /// The cell with one value set.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, value: u8) -> Self {
        self.values[attribute as usize] = Some(value);
        self
    }

    /// The attributes in use, in the order of [`Attribute::ALL`].
    pub fn attributes(&self) -> impl Iterator<Item = Attribute> {
        Attribute::ALL.into_iter().filter(|a| self.get(*a).is_some())
    }
}

/// An empty or a nearly full set would stand out: sets at the end have one to six members.
pub(super) fn acceptable(kind: Kind, value: u8) -> bool {
    !matches!(kind, Kind::Set { .. }) || (1..=6).contains(&value.count_ones())
}

#[cfg(test)]
mod tests {
    use crate::logic::attribute::*;

    #[test]
    fn every_attribute_has_its_own_place() {
        for (place, attribute) in Attribute::ALL.into_iter().enumerate() {
            assert_eq!(attribute as usize, place);
        }
    }

    #[test]
    fn values_and_holds_agree() {
        for attribute in Attribute::ALL {
            let kind = attribute.kind();
            let held = (0..=255).filter(|v| kind.holds(*v)).count();
            assert_eq!(kind.values().count(), held, "{attribute:?}");
            assert!(held >= 4, "{attribute:?} has too few values for four options");
        }
    }
}
