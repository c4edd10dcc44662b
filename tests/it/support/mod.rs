//! What the tests stand on.

pub mod axe;
pub mod browser;
pub mod chromedriver;
pub mod postgres;
pub mod wait;
