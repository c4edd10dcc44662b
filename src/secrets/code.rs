//! Random codes that open something, and the hash under which they are stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Bytes of randomness in a code: 192 bits.
const BYTES: usize = 24;

/// A code that opens something to whoever holds it: set-up, an invitation, a session. It is handed
/// out once; the database keeps [`Code::hash`]. It prints as `…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A new code from the system's randomness.
    pub fn random() -> Self {
        Self(random_text(BYTES))
    }

    /// A code that someone brought: a path, a form. What no code has at its ends is dropped: white space, and the
    /// dots, commas and brackets that mail programs take into a link, or that come along when it is copied.
    pub fn given(text: &str) -> Self {
        let is_of_code = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        Self(text.trim_matches(|c| !is_of_code(c)).to_owned())
    }

    /// What the database keeps. The codes have 192 random bits, so a plain hash cannot be reversed
    /// by guessing.
    pub fn hash(&self) -> String {
        hash_of(&self.0)
    }

    /// The code itself, for a link or a terminal.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// SHA-256 as lower-case hex.
pub fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// This many random bytes as text that is safe in an address.
pub fn random_text(bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    rand::fill(&mut buffer[..]);
    URL_SAFE_NO_PAD.encode(buffer)
}
