//! What follows from one key: a key of its own for each purpose (HKDF with SHA-256, RFC 5869), so that nothing which
//! one of them gives away says anything about another.

use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use hmac::{Hmac, Mac as _};
use sha2::{Sha256, Sha512};

/// Bytes of a key as its file holds it.
pub(super) const KEY: usize = 32;

/// Bytes of a key for cookies.
pub(super) const COOKIE_KEY: usize = 64;

/// Bytes of an id.
pub(super) const ID: usize = 4;

/// Names a key, and says nothing about it.
pub type KeyId = [u8; ID];

/// Bytes that SHA-256 gives.
pub(super) const BLOCK: usize = 32;

/// The keys that follow from one.
pub(super) struct Key {
    pub(super) id: KeyId,
    /// Seals.
    pub(super) cipher: XChaCha20Poly1305,
    /// Opens what was sealed under the key itself, before each purpose had one of its own.
    pub(super) cipher_without_id: XChaCha20Poly1305,
    /// Signs session cookies.
    pub(super) cookie_key: [u8; COOKIE_KEY],
    /// The tasks of the logic test follow from it.
    pub(super) item_salt: u64,
    /// Authenticates rows of the audit log.
    pub(super) audit_key: [u8; BLOCK],
}

impl Key {
    pub(super) fn new(key: &[u8; KEY]) -> Self {
        let mut cookie_key = [0; COOKIE_KEY];
        hkdf(key, b"session cookies", &mut cookie_key);
        let (mut id, mut sealing, mut audit_key) = ([0; ID], [0; KEY], [0; BLOCK]);
        hkdf(key, b"audit log", &mut audit_key);
        hkdf(key, b"key id", &mut id);
        hkdf(key, b"sealing", &mut sealing);
        Self {
            id,
            cipher: XChaCha20Poly1305::new(&sealing.into()),
            cipher_without_id: XChaCha20Poly1305::new(key.into()),
            cookie_key,
            item_salt: item_salt(key),
            audit_key,
        }
    }
}

/// Derived as version 0.1 did it, apart from the others already: with another number, candidates who are in the middle
/// of a test would go on with other tasks.
fn item_salt(key: &[u8; KEY]) -> u64 {
    let mut mac =
        <Hmac<Sha512> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(b"tasks of the logic test");
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 64]>::from(mac.finalize().into_bytes());
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// HKDF with SHA-256 and without salt (RFC 5869): a key for a purpose, as long as `out`.
fn hkdf(key: &[u8], purpose: &[u8], out: &mut [u8]) {
    let extracted = hmac(&[0; BLOCK], &[key]);
    let mut block = Vec::new();
    for (number, part) in (1u8..).zip(out.chunks_mut(BLOCK)) {
        block = hmac(&extracted, &[&block, purpose, &[number]]).to_vec();
        part.copy_from_slice(&block[..part.len()]);
    }
}

pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; BLOCK] {
    let mut mac =
        <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5869, appendix A.3: without salt and purpose.
    #[test]
    fn keys_are_derived_as_the_standard_says() {
        let mut out = [0; 42];
        hkdf(&[0x0b; 22], b"", &mut out);
        assert_eq!(
            hex::encode(out),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        );
    }

    #[test]
    fn each_purpose_has_a_key_of_its_own() {
        let key = Key::new(&[7; KEY]);
        let mut sealing = [0; KEY];
        hkdf(&[7; KEY], b"sealing", &mut sealing);
        assert_ne!(key.cookie_key[..KEY], sealing);
        assert_ne!(sealing, [7; KEY]);
        assert!(![[7; KEY], sealing].contains(&key.audit_key) && key.cookie_key[..KEY] != key.audit_key);
        assert_ne!(key.id, Key::new(&[8; KEY]).id);
    }
}
