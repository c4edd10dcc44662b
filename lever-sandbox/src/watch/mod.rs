//! Around every call: the address it came to, its id, the faults on order, redirects, the log.

mod address;
mod creates;
mod damage;
mod observe;
mod wire;

pub use address::tidy;
pub use observe::{api, oauth};
pub use wire::keep_hold;
