//! Lever's door: receive → verify → keep → answer. What the kept events cause is the worker's.
//!
//! A delivery is answered only when it is on disk. Deliveries that arrive while the disk is busy
//! share the next transaction ([`Intake`]), and the tokens that verify them are read inside it: a token
//! that is being saved meanwhile is either seen there, or its saving sees the kept delivery.

mod delivery;
mod intake;
mod store;
pub mod test_event;

pub use delivery::{Answer, Arrival};
pub use intake::{Intake, MAX_BODY};
