//! Whether an integration is well: health in a sentence, the doctor for tags and stages, and **Test it**.

pub mod check;
pub mod diagnostics;
pub mod health;
