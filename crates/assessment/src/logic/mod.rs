//! The logic test: matrices made by rules.
//!
//! An item is a 3×3 matrix whose ninth cell is missing, and twelve options. [`spec`] draws which
//! rules govern which attributes, [`item`] makes the cells and throws away whatever the
//! [`solver`] finds ambiguous, [`options`] breaks rules to make the wrong answers, [`bank`]
//! holds many items with their parameters and picks the next one, [`response`] says how likely each answer is.

pub mod attribute;
mod balance;
pub mod bank;
pub mod conduct;
pub mod describe;
pub mod draw;
pub mod explain;
mod form;
pub mod item;
mod options;
pub mod response;
pub mod rule;
mod shapes;
pub mod solver;
pub mod spec;

#[cfg(test)]
mod tests;

pub use attribute::{Attribute, Cell, Kind};
pub use balance::SAME_RULE;
pub use bank::{Bank, BankItem, PRACTICE, Wanted};
pub use form::{Edition, Form};
pub use item::{Item, ItemId};
pub use options::OPTIONS;
pub use rule::Rule;
