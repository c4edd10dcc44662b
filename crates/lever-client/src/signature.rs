//! The signature of a webhook delivery: HMAC-SHA256 over `token` followed by `triggeredAt`.
//!
//! It proves who sent the delivery and when, and nothing of the rest: the body isn't covered
//! (Lever's wire notes §6).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn mac(key: &[u8], token: &str, triggered_at: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(token.as_bytes());
    mac.update(triggered_at.as_bytes());
    mac
}

/// Signs as Lever does: 64 lower-case hexadecimal digits. `triggered_at` is the text as it stands in the body.
pub fn sign(key: &[u8], token: &str, triggered_at: &str) -> String {
    hex::encode(mac(key, token, triggered_at).finalize().into_bytes())
}

/// Whether `signature` is the one of `key` for this token and time.
///
/// White space around the signature and the case of its letters don't matter; the comparison takes
/// the same time wherever the first difference is.
pub fn verify(key: &[u8], token: &str, triggered_at: &str, signature: &str) -> bool {
    // Decoding takes both cases of letters, so lower-casing first would change nothing.
    hex::decode(signature.trim())
        .is_ok_and(|given| mac(key, token, triggered_at).verify_slice(&given).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::signature::*;

    /// RFC 4231, test cases 1, 2, 3, 4, 6 and 7: key, data, HMAC-SHA-256.
    fn vectors() -> Vec<(Vec<u8>, Vec<u8>, &'static str)> {
        vec![
            (
                vec![0x0b; 20],
                b"Hi There".to_vec(),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe".to_vec(),
                b"what do ya want for nothing?".to_vec(),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                vec![0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                vec![0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.".to_vec(),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ]
    }

    #[test]
    fn follows_rfc_4231_wherever_the_message_is_split() {
        for (key, data, expected) in vectors() {
            let data = String::from_utf8(data).unwrap();
            for at in [0, 1, data.len() / 2, data.len()] {
                let (token, time) = data.split_at(at);
                assert_eq!(sign(&key, token, time), expected);
                assert!(verify(&key, token, time, expected));
            }
        }
    }

    /// Computed with `openssl dgst -sha256 -hmac`.
    const SIGNATURE: &str = "40b4cb177f616ea6b91d9e5221629cdb29f2c0c0a4a2cc35683c8c905761fbc0";
    const KEY: &[u8] = b"0f3b7c21d5a94e6688aa";
    const TOKEN: &str = "35632d60e5f14dbdb2f6d4f0a0b9a5a1";
    const TIME: &str = "1795403634284";

    #[test]
    fn signs_a_delivery_as_openssl_does() {
        assert_eq!(sign(KEY, TOKEN, TIME), SIGNATURE);
        assert!(verify(KEY, TOKEN, TIME, SIGNATURE));
        assert!(verify(KEY, TOKEN, TIME, &SIGNATURE.to_uppercase()));
        assert!(verify(KEY, TOKEN, TIME, &format!(" {SIGNATURE}\r\n")));
    }

    #[test]
    fn refuses_everything_else() {
        let other = sign(b"another key", TOKEN, TIME);
        let longer = format!("{SIGNATURE}00");
        for signature in ["", "0", "zz", &SIGNATURE[..62], &longer, &other, "é"] {
            assert!(!verify(KEY, TOKEN, TIME, signature), "{signature}");
        }
        assert!(!verify(KEY, TOKEN, "1795403634285", SIGNATURE));
        assert!(!verify(KEY, "35632d60", TIME, SIGNATURE));
        assert!(!verify(b"", TOKEN, TIME, SIGNATURE));
    }
}
