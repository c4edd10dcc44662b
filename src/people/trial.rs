//! The accounts that `alva-portal demo` makes. Their password is public: it must open nothing but a
//! demo on somebody's own machine.

use super::{NewPassword, Role};
use crate::db::{Db, DbResult};
use crate::secrets;
use secrecy::SecretString;

/// An account of the demo.
pub struct TrialAccount {
    /// What the person is called.
    pub name: &'static str,
    /// The address to log in with.
    pub email: &'static str,
    /// What the person may do.
    pub role: Role,
}

/// The password of all of them.
pub const PASSWORD: &str = "alva demo password";

/// One of each role.
pub const ACCOUNTS: [TrialAccount; 3] = [
    TrialAccount { name: "Alma Admin", email: "admin@alva.example", role: Role::Admin },
    TrialAccount { name: "Moa Member", email: "member@alva.example", role: Role::Member },
    TrialAccount { name: "Axel Auditor", email: "auditor@alva.example", role: Role::Auditor },
];

/// The password of all of them, as it is stored.
///
/// # Errors
/// Only when the system has no randomness.
pub fn password() -> Result<NewPassword, secrets::PasswordError> {
    NewPassword::of_demo(&SecretString::from(PASSWORD))
}

/// The address of an account that the demo's password opens.
pub async fn open_account(db: &Db) -> DbResult<Option<&'static str>> {
    for account in &ACCOUNTS {
        let known = db.read(|conn| super::user_by_email(conn, account.email)).await?;
        let Some(hash) = known.and_then(|user| user.password_hash) else { continue };
        if secrets::verify_password(&SecretString::from(PASSWORD), &hash) {
            return Ok(Some(account.email));
        }
    }
    Ok(None)
}
