//! Signed callbacks, after the Standard Webhooks specification: HMAC-SHA256 over
//! `{id}.{timestamp}.{body}`, as base64 behind `v1,`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use crate::provider::Reference;

/// How far the sender's clock may be from ours (seconds), and so how long a callback can be repeated.
pub const TOLERANCE_S: i64 = 300;

/// What every secret begins with.
const PREFIX: &str = "whsec_";

/// The secret that callbacks are signed with.
#[derive(Clone)]
pub struct SigningSecret(SecretSlice<u8>);

/// Why a secret cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must be whsec_ followed by 24 to 64 bytes in base64")]
pub struct NotASecret;

impl SigningSecret {
    /// Reads `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks writes it.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &SecretString) -> Result<Self, NotASecret> {
        let encoded = text.expose_secret().trim().strip_prefix(PREFIX).ok_or(NotASecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NotASecret)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(NotASecret);
        }
        Ok(Self(bytes.into()))
    }

    fn mac(&self, id: &str, timestamp: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()).expect("HMAC takes any key");
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        mac
    }

    /// The signature of a callback, for those who send one.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        format!("v1,{}", STANDARD.encode(self.mac(id, timestamp, body).finalize().into_bytes()))
    }
}

/// A callback as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Arrived<'a> {
    /// `webhook-id`: the same for every repetition.
    pub id: &'a str,
    /// `webhook-timestamp`: seconds since 1970, UTC.
    pub timestamp: &'a str,
    /// `webhook-signature`: one or more, separated by spaces.
    pub signature: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// What a callback says: something has changed about this order. No more is believed of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hint {
    /// Which order.
    pub reference: Reference,
}

/// Why a callback is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One of the three headers is missing or makes no sense.
    #[error("webhook-id, webhook-timestamp and webhook-signature are needed")]
    Headers,
    /// Its time is too far from ours.
    #[error("the timestamp is more than 5 minutes from the time here")]
    TooOld,
    /// No signature is one that the secret gives.
    #[error("the signature does not match")]
    Signature,
    /// Genuine, but not what it should be.
    #[error("the body must be JSON with a reference")]
    Body,
}

/// Checks a callback. The signature is compared in constant time.
///
/// # Errors
/// Says why it is not taken.
pub fn verify(secret: &SigningSecret, arrived: Arrived<'_>, now_s: i64) -> Result<Hint, Refused> {
    let is_plain = !arrived.id.is_empty() && arrived.id.len() <= 200 && arrived.id.is_ascii();
    let timestamp: i64 = arrived.timestamp.parse().map_err(|_| Refused::Headers)?;
    if !is_plain || arrived.signature.is_empty() {
        return Err(Refused::Headers);
    }
    // A secret that is being changed signs twice; a few are looked at, not any number.
    let given = arrived.signature.split(' ').filter_map(|one| one.strip_prefix("v1,")).take(8);
    let mac = secret.mac(arrived.id, timestamp, arrived.body);
    let is_genuine = given
        .filter_map(|encoded| STANDARD.decode(encoded).ok())
        .any(|signature| mac.clone().verify_slice(&signature).is_ok());
    if !is_genuine {
        return Err(Refused::Signature);
    }
    if now_s.abs_diff(timestamp) > TOLERANCE_S.unsigned_abs() {
        return Err(Refused::TooOld);
    }
    serde_json::from_slice(arrived.body).map_err(|_| Refused::Body)
}

#[cfg(test)]
mod tests {
    use crate::http_provider::callback::*;

    fn secret() -> SigningSecret {
        SigningSecret::parse(&SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).expect("a secret")
    }

    #[test]
    fn signs_as_the_specification_s_example() {
        let signature =
            secret().sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn takes_what_is_genuine_and_in_time_and_nothing_else() {
        let (body, now) = (br#"{"type":"order.changed","reference":"r1"}"#.as_slice(), 1_800_000_000);
        let good = secret().sign("id", now, body);
        let arrived = |id, timestamp, signature, body| Arrived { id, timestamp, signature, body };
        let stamp = now.to_string();
        let check = |arrived, now| verify(&secret(), arrived, now);
        let taken = Ok(Hint { reference: Reference("r1".into()) });
        assert_eq!(check(arrived("id", &stamp, &good, body), now), taken);
        assert_eq!(check(arrived("id", &stamp, &good, body), now + 300), taken);
        let two = format!("v1,AAAA v2,x {good}");
        assert_eq!(check(arrived("id", &stamp, &two, body), now - 300), taken);

        assert_eq!(check(arrived("id", &stamp, &good, body), now + 301), Err(Refused::TooOld));
        assert_eq!(check(arrived("id", &stamp, &good, body), now - 301), Err(Refused::TooOld));
        assert_eq!(check(arrived("other", &stamp, &good, body), now), Err(Refused::Signature));
        let later = (now + 1).to_string();
        assert_eq!(check(arrived("id", &later, &good, body), now), Err(Refused::Signature));
        let other = br#"{"type":"order.changed","reference":"r2"}"#;
        assert_eq!(check(arrived("id", &stamp, &good, other), now), Err(Refused::Signature));
        for (id, stamp, signature) in
            [("", stamp.as_str(), good.as_str()), ("id", "soon", &good), ("id", &stamp, "")]
        {
            assert_eq!(check(arrived(id, stamp, signature, body), now), Err(Refused::Headers));
        }
        let empty = secret().sign("id", now, b"{}");
        assert_eq!(check(arrived("id", &stamp, &empty, b"{}"), now), Err(Refused::Body));
    }

    #[test]
    fn secrets_are_written_as_the_specification_writes_them() {
        for wrong in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            assert!(SigningSecret::parse(&SecretString::from(wrong)).is_err(), "{wrong}");
        }
    }
}
