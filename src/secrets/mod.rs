//! Secrets: sealing what is stored, hashing what is only compared, random codes. No type of this
//! room prints what it holds.

mod argon;
mod breached;
mod code;
pub mod credential;
mod keys;
mod mac;
mod password;
mod refusal;
pub mod rotation;
mod seal;
mod strength;
mod totp;
mod turns;

pub use code::{Code, hash_of, random_text};
pub use keys::KeyId;
pub use mac::MacKeys;
pub use password::{hash_password, spend_time_of_a_check, verify_password};
pub use refusal::{Overloaded, PasswordError};
pub use seal::{KeyError, SealError, Sealed, Sealer};
pub use strength::check_strength;
pub use totp::{TotpSecret, fresh_recovery_codes, recovery_hash};
pub use turns::{Asker, PasswordChecks};
