//! Argon2id in memory that is used again: what the allocator was given back once, it would keep beside what it gives
//! to the next, on each thread, so that every password which is checked made the process larger.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Mutex, PoisonError};

/// Memory of checks that are over, for those that come. As many as were ever under way at once, which
/// the checks bound by the number of cores.
static SPARE: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Memory for one hash; given back at the end, empty of what depends on the password.
struct Memory(Vec<Block>);

impl Memory {
    fn with_blocks(blocks: usize) -> Self {
        let spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut memory = spare.unwrap_or_default();
        if memory.len() < blocks {
            // Not grown, which would copy it.
            memory = vec![Block::default(); blocks];
        }
        Self(memory)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.0);
        // A hash of other settings may have taken more: that is not kept.
        if memory.len() <= Params::DEFAULT.block_count() {
            memory.fill(Block::default());
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            if spare.len() < cores() {
                spare.push(memory);
            }
        }
    }
}

/// So many passwords are checked at the same time.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn derive(argon: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Option<Output> {
    let params = argon.params();
    let mut out = [0; Output::MAX_LENGTH];
    let out = out.get_mut(..params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    let mut memory = Memory::with_blocks(params.block_count());
    let blocks = memory.0.get_mut(..params.block_count())?;
    argon.hash_password_into_with_memory(password, salt, out, blocks).ok()?;
    Output::new(out).ok()
}

/// Hashes a password under this salt, by the crate's defaults.
pub(super) fn hash(password: &[u8], salt: &[u8; Salt::RECOMMENDED_LENGTH]) -> Option<String> {
    let argon = Argon2::default();
    let hash = PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(argon.params()).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(derive(&argon, password, salt)?),
    };
    Some(hash.to_string())
}

/// Whether a password is the one of this hash, by the hash's own settings.
pub(super) fn verify(password: &[u8], hash: &str) -> Option<bool> {
    let hash = PasswordHash::new(hash).ok()?;
    let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
    let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let argon = Argon2::new(algorithm, version, Params::try_from(&hash).ok()?);
    let derived = derive(&argon, password, hash.salt.as_ref()?)?;
    // Outputs are compared in a time that says nothing.
    Some(hash.hash.as_ref()? == &derived)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};

    #[test]
    fn hashes_are_those_of_the_crate() {
        let salt = *b"sixteen bytes of";
        let ours = hash(b"walrus-lantern", &salt).expect("a hash");
        let theirs = Argon2::default().hash_password_with_salt(b"walrus-lantern", &salt).expect("a hash");
        assert_eq!(ours, theirs.to_string());
        assert!(ours.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{ours}");
        assert!(Argon2::default().verify_password(b"walrus-lantern", ours.as_str()).is_ok());
        assert_eq!(verify(b"walrus-lantern", &ours), Some(true));
        assert_eq!(verify(b"walrus-lanterm", &ours), Some(false));
        assert_eq!(verify(b"walrus-lantern", "$argon2id$v=19$m=19456"), None);
        // Memory that was larger, and memory that held another password, change nothing.
        let small = Argon2::from(Params::new(64, 1, 1, None).expect("settings"));
        let small = small.hash_password_with_salt(b"another", &salt).expect("a hash").to_string();
        assert_eq!(verify(b"another", &small), Some(true));
        assert_eq!(verify(b"walrus-lantern", &ours), Some(true));
    }
}
