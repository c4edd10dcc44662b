//! What becomes of a database of an earlier version: nothing that stood there is lost, and everything that waited
//! is done, once. What is expected is read from the old rows themselves before the portal sees them.

mod old;
mod pending;
mod reasons;
mod shows;

use old::{Old, Today};
