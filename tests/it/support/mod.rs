//! What the tests stand on.

pub mod axe;
pub mod browser;
pub mod chromedriver;
pub mod faces;
pub mod lever;
pub mod mailbox;
pub mod portal;
pub mod postgres;
pub mod proxy;
pub mod tls;
pub mod visitor;
pub mod wait;
