//! Passwords: Argon2id with the crate's defaults (OWASP's recommendation). [`super::turns`] says whose turn it is.

use super::argon;
use super::refusal::PasswordError;
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::LazyLock;

/// Hashes a password with a fresh salt. Takes tens of milliseconds: call it off the server's threads.
///
/// # Errors
/// Only when the memory cannot be had.
pub fn hash_password(password: &SecretString) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    rand::fill(&mut salt);
    argon::hash(password.expose_secret().as_bytes(), &salt).ok_or(PasswordError::Hashing)
}

/// Whether `password` is the one that was hashed. Takes as long as hashing.
pub fn verify_password(password: &SecretString, hash: &str) -> bool {
    argon::verify(password.expose_secret().as_bytes(), hash) == Some(true)
}

/// Takes the time of a check: an unknown address must not be told from a wrong password by the clock.
pub fn spend_time_of_a_check(password: &SecretString) {
    static SOME_HASH: LazyLock<Option<String>> =
        LazyLock::new(|| hash_password(&SecretString::from(super::random_text(16))).ok());
    if let Some(hash) = SOME_HASH.as_deref() {
        verify_password(password, hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In memory that another check had before, and by what the crate itself says.
    #[test]
    fn a_check_in_used_memory_says_the_same() {
        use argon2::password_hash::phc::PasswordHash;
        use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
        use argon2::{Algorithm, Argon2, Params, Version};
        let (right, wrong) =
            (SecretString::from("walrus-lantern-orbit"), SecretString::from("walrus-lantern"));
        let hash = hash_password(&right).expect("there is randomness");
        for _ in 0..3 {
            assert!(verify_password(&right, &hash));
            assert!(!verify_password(&wrong, &hash));
        }
        let parsed = PasswordHash::new(&hash).expect("a hash");
        assert!(Argon2::default().verify_password(b"walrus-lantern-orbit", &parsed).is_ok());
        // With parameters of its own, as an older version may have had.
        let params = Params::new(64, 3, 1, None).expect("small ones");
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let small = small.hash_password(b"walrus-lantern-orbit").expect("a hash").to_string();
        assert!(verify_password(&right, &small) && !verify_password(&wrong, &small));
        assert!(verify_password(&right, &hash), "the next one has enough memory again");
        for broken in ["", "walrus", "$argon2id$v=19$m=64,t=3,p=1"] {
            assert!(!verify_password(&right, broken), "{broken}");
        }
    }
}
