//! Why a password is not taken, or not looked at.

/// Shorter ones are refused before their strength is looked at.
pub(super) const SHORTEST: usize = 10;

/// Longer ones only cost time (Argon2 would take them).
pub(super) const LONGEST: usize = 200;

/// Too many passwords are checked at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are checked at the moment")]
pub struct Overloaded;

/// Why a new password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than the minimum.
    #[error("Use at least {SHORTEST} characters.")]
    TooShort,
    /// More characters than the maximum.
    #[error("Use at most {LONGEST} characters.")]
    TooLong,
    /// Stands in a list of breached passwords.
    #[error("This password has appeared in data breaches. Choose a different one.")]
    Breached,
    /// Guessed too quickly; says why where it is known.
    #[error("This password is too easy to guess. {0}")]
    TooWeak(String),
    /// The hash could not be computed.
    #[error("The password could not be stored.")]
    Hashing,
    /// It was not looked at.
    #[error("The portal is busy checking passwords. Wait a few seconds and try again.")]
    Overloaded(#[from] Overloaded),
}
