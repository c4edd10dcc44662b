//! How people come in, what they may do, and how they leave; through the front door.

mod addresses;
mod company;
mod doors;
mod faces;
mod reset;
mod setup;
mod tabs;
mod team;
mod terminal;
