//! Codes of authenticator apps (TOTP, RFC 6238): six digits under HMAC-SHA-1, another one every thirty seconds. Apps
//! know no other kind for sure.

use super::hash_of;
use crate::time::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use totp_rs::{Builder, Secret, Totp};

/// A code of the step before and of the step after is taken too: clocks differ.
const SKEW: u16 = 1;

/// Bytes of a secret: as many as SHA-1 gives (RFC 4226, section 4, R6).
const BYTES: usize = 20;

/// Recovery codes of a person.
const RECOVERY_CODES: usize = 10;

/// Bytes of a recovery code: 120 bits, which nobody finds from its hash.
const RECOVERY_BYTES: usize = 15;

/// What an app and the portal share. Prints nothing.
pub struct TotpSecret(SecretString);

impl TotpSecret {
    /// A new one from the system's randomness.
    pub fn random() -> Self {
        Self(base32(BYTES).into())
    }

    /// One that was kept as text; `None` when it is none.
    pub fn parse(text: SecretString) -> Option<Self> {
        Secret::try_from_base32(text.expose_secret()).ok().map(|_| Self(text))
    }

    /// As text, to be kept.
    pub fn text(&self) -> &SecretString {
        &self.0
    }

    /// For people who type it: four letters at a time.
    pub fn grouped(&self) -> String {
        grouped(self.0.expose_secret(), 4, " ")
    }

    /// What a QR code says to an app (`otpauth:`, as authenticator apps read it).
    pub fn address(&self, account: &str) -> String {
        let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
        format!("otpauth://totp/Alva:{account}?secret={}&issuer=Alva", self.0.expose_secret())
    }

    /// The number of the step that a code belongs to, if it is one of now, or of a step beside it.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp()?.check(&digits, u64::try_from(now.0 / 1000).ok()?)?;
        i64::try_from(step).ok()
    }

    fn totp(&self) -> Option<Totp> {
        let secret = Secret::try_from_base32(self.0.expose_secret()).ok()?;
        Builder::new().with_secret(secret).with_skew(SKEW).build().ok()
    }
}

/// New recovery codes, for people to keep.
pub fn fresh_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| grouped(&base32(RECOVERY_BYTES).to_lowercase(), 6, "-")).collect()
}

/// What is kept of a recovery code, however it was typed.
pub fn recovery_hash(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_lowercase() {
        // Neither digit is in base 32.
        '0' => 'o',
        '1' => 'l',
        letter => letter,
    });
    hash_of(&letters.collect::<String>())
}

/// So many random bytes in base 32 (RFC 4648), without padding.
fn base32(bytes: usize) -> String {
    let mut buffer = vec![0u8; bytes];
    rand::fill(&mut buffer[..]);
    Secret::new(buffer.into()).to_base32()
}

fn grouped(text: &str, letters: usize, between: &str) -> String {
    let parts: Vec<String> =
        text.as_bytes().chunks(letters).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    parts.join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B, for SHA-1: "12345678901234567890" in base 32.
    fn of_the_rfc() -> TotpSecret {
        TotpSecret::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned().into()).expect("base 32")
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // Appendix B has eight digits; six are the last of them (RFC 4226, section 5.3).
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp(seconds * 1000);
            assert_eq!(of_the_rfc().step_of(code, now), Some(seconds / 30), "{seconds}");
            let (three, rest) = code.split_at(3);
            assert!(of_the_rfc().step_of(&format!(" {three} {rest} "), now).is_some(), "as apps show it");
        }
    }

    #[test]
    fn clocks_may_differ_by_a_step() {
        let at = |seconds: i64| of_the_rfc().step_of("005924", Timestamp(seconds * 1000));
        // Its step begins at 1234567890 and is number 41152263.
        assert_eq!(at(1_234_567_860), Some(41_152_263), "a step early");
        assert_eq!(at(1_234_567_949), Some(41_152_263), "a step late");
        assert_eq!((at(1_234_567_859), at(1_234_567_950)), (None, None));
        for wrong in ["", "5924", "0059240", "00592a", "+05924"] {
            assert_eq!(of_the_rfc().step_of(wrong, Timestamp(1_234_567_890_000)), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_are_160_bits_and_recovery_codes_120() {
        let secret = TotpSecret::random();
        assert_eq!(secret.text().expose_secret().len(), 32);
        assert_eq!(secret.grouped().split(' ').count(), 8);
        assert!(
            secret
                .address("ada@acme.example")
                .starts_with("otpauth://totp/Alva:ada%40acme%2Eexample?secret=")
        );
        let codes = fresh_recovery_codes();
        assert_eq!((codes.len(), codes[0].len()), (10, 27));
        let typed = codes[0].to_uppercase().replace('-', " ").replace('O', "0").replace('L', "1");
        assert_eq!(recovery_hash(&typed), recovery_hash(&codes[0]));
        assert_ne!(recovery_hash(&codes[0]), recovery_hash(&codes[1]));
    }
}
