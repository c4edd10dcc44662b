//! Codes that say who wrote something (HMAC with SHA-256, RFC 2104), under a key that follows from the secret key for
//! this purpose alone.

use super::keys::{BLOCK, KeyId, hmac};
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use subtle::ConstantTimeEq as _;

#[derive(Clone)]
struct MacKey {
    id: String,
    key: [u8; BLOCK],
}

/// The key that makes codes, and those before it, which check codes of their time. Prints no key.
#[derive(Clone)]
pub struct MacKeys {
    current: MacKey,
    older: Vec<MacKey>,
}

impl fmt::Debug for MacKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKeys(…)")
    }
}

impl MacKeys {
    pub(super) fn new(id: KeyId, key: [u8; BLOCK]) -> Self {
        Self { current: MacKey { id: hex::encode(id), key }, older: Vec::new() }
    }

    pub(super) fn and_older(mut self, id: KeyId, key: [u8; BLOCK]) -> Self {
        self.older.push(MacKey { id: hex::encode(id), key });
        self
    }

    /// A key of former times that was kept; see [`MacKeys::secret`]. One that cannot be read is left out.
    pub fn add_older(&mut self, id: &str, secret: &SecretString) {
        let key = hex::decode(secret.expose_secret()).ok().and_then(|key| key.try_into().ok());
        if let Some(key) = key {
            self.older.push(MacKey { id: id.to_owned(), key });
        }
    }

    /// Names the key that makes codes: eight hexadecimal digits that say nothing about it.
    pub fn id(&self) -> &str {
        &self.current.id
    }

    /// The key that makes codes, to be sealed.
    pub fn secret(&self) -> SecretString {
        hex::encode(self.current.key).into()
    }

    /// The code of a text, as hexadecimal digits. The parts stand one behind the other: give all but one a length that
    /// is known.
    pub fn code(&self, parts: &[&[u8]]) -> String {
        hex::encode(hmac(&self.current.key, parts))
    }

    /// Whether this is the code of a text under the key of this name, which is one of these.
    pub fn is_code(&self, code: &str, key: &str, parts: &[&[u8]]) -> bool {
        let mut keys = std::iter::once(&self.current).chain(&self.older).filter(|one| one.id == key);
        keys.any(|one| hex::encode(hmac(&one.key, parts)).as_bytes().ct_eq(code.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 1 (its key is padded with zeros, as HMAC does).
    #[test]
    fn codes_are_made_as_the_standard_says() {
        let mut key = [0; BLOCK];
        key[..20].fill(0x0b);
        let keys = MacKeys::new([1, 2, 3, 4], key);
        let code = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(keys.code(&[b"Hi ", b"There"]), code);
        assert!(keys.is_code(code, "01020304", &[b"Hi There"]));
        assert!(!keys.is_code(code, "01020305", &[b"Hi There"]), "the key of another name");
        assert!(!keys.is_code(code, "01020304", &[b"Hi there"]));
    }

    #[test]
    fn a_key_that_was_kept_checks_what_it_made() {
        let (old, mut new) = (MacKeys::new([1; 4], [7; BLOCK]), MacKeys::new([2; 4], [8; BLOCK]));
        let code = old.code(&[b"x"]);
        assert!(!new.is_code(&code, old.id(), &[b"x"]));
        new.add_older(old.id(), &old.secret());
        assert!(new.is_code(&code, old.id(), &[b"x"]));
    }
}
