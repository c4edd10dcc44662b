//! Whether an integration is well: one verdict from everything that is known, the figures beside it, and **Test it**.

pub mod check;
pub mod health;
pub mod verdict;
