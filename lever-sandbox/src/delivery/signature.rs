//! The signature of a delivery (Lever's wire notes §6).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature over `token` followed by `triggered_at` (ms UTC) in decimal, nothing
/// between them: lower-case hex of HMAC-SHA256 under the webhook's signing token.
///
/// It does not cover the body: that is how Lever signs.
pub fn sign(signing_token: &str, token: &str, triggered_at: i64) -> String {
    hmac_hex(signing_token, &[token, &triggered_at.to_string()])
}

fn hmac_hex(key: &str, parts: &[&str]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part.as_bytes());
    }
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::{hmac_hex, sign};

    /// RFC 4231, test case 2.
    #[test]
    fn is_hmac_sha256() {
        assert_eq!(
            hmac_hex("Jefe", &["what do ya want ", "for nothing?"]),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    /// `printf %s 0123456789abcdef1795403634284 | openssl dgst -sha256 -hmac a-signing-token`
    #[test]
    fn signs_the_token_followed_by_the_time() {
        assert_eq!(
            sign("a-signing-token", "0123456789abcdef", 1_795_403_634_284),
            "8eee76e2b966df215b0f4477119cb6aedc055cb046fc37f9f5cb9c3913ecfb23"
        );
    }

    /// A key longer than SHA-256's block is hashed first (RFC 2104 §2); by openssl as above.
    #[test]
    fn takes_a_key_longer_than_a_block() {
        assert_eq!(
            sign(&"k".repeat(131), "t", 0),
            "a18c403105f14092d16536af297a4507facfdd2c492b4784fa32dacfac9d1dc9"
        );
    }
}
