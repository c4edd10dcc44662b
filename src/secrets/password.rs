//! Passwords: Argon2id with the crate's defaults (OWASP's recommendation), and a strength check.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::LazyLock;

/// Shorter ones are refused before their strength is looked at.
const SHORTEST: usize = 10;

/// Longer ones only cost time (Argon2 would take them).
const LONGEST: usize = 200;

/// Why a new password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than the minimum.
    #[error("Use at least {SHORTEST} characters.")]
    TooShort,
    /// More characters than the maximum.
    #[error("Use at most {LONGEST} characters.")]
    TooLong,
    /// Guessed too quickly; says why where it is known.
    #[error("This password is too easy to guess. {0}")]
    TooWeak(String),
    /// The hash could not be computed.
    #[error("The password could not be stored.")]
    Hashing,
}

/// Looks at a new password. `about` holds words that the person is likely to use: name, address.
///
/// # Errors
/// Says what to do better.
pub fn check_strength(password: &SecretString, about: &[&str]) -> Result<(), PasswordError> {
    let text = password.expose_secret();
    match text.chars().count() {
        n if n < SHORTEST => return Err(PasswordError::TooShort),
        n if n > LONGEST => return Err(PasswordError::TooLong),
        _ => {}
    }
    let estimate = zxcvbn::zxcvbn(text, about);
    if estimate.score() < zxcvbn::Score::Three {
        let advice = estimate.feedback().and_then(|f| f.warning()).map(|w| w.to_string());
        return Err(PasswordError::TooWeak(
            advice.unwrap_or_else(|| "A few uncommon words make a good one.".into()),
        ));
    }
    Ok(())
}

/// Hashes a password with a fresh salt. Takes tens of milliseconds: call it off the server's threads.
///
/// # Errors
/// Only when the system has no randomness.
pub fn hash_password(password: &SecretString) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
    Ok(hash.map_err(|_| PasswordError::Hashing)?.to_string())
}

/// Whether `password` is the one that was hashed. Takes as long as hashing.
pub fn verify_password(password: &SecretString, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
    })
}

/// Takes the time of a check: an unknown address must not be told from a wrong password by the clock.
pub fn spend_time_of_a_check(password: &SecretString) {
    static SOME_HASH: LazyLock<Option<String>> =
        LazyLock::new(|| hash_password(&SecretString::from(super::random_text(16))).ok());
    if let Some(hash) = SOME_HASH.as_deref() {
        verify_password(password, hash);
    }
}
