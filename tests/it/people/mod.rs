//! How people come in, what they may do, and how they leave; through the front door.

mod account;
mod addresses;
mod browser;
mod company;
pub mod confirm;
mod doors;
pub mod factor;
mod passkeys;
mod refused;
mod reset;
mod sessions;
mod setup;
mod tabs;
mod team;
mod terminal;

use crate::support::portal::PASSWORD;
