//! By what a delivery that came before is recognised.

use crate::secrets::hash_of;
use lever_client::Delivery;

/// What the key of a delivery begins with that is known by its signed text.
pub const SIGNED: &str = "signed:";

/// The key of a delivery: a hash of its signed text, `token` and `triggeredAt` as one. So digits that are moved from
/// one to the other make no new delivery. None where nothing is signed.
pub fn signed_key(delivery: &Delivery) -> Option<String> {
    (!delivery.token.is_empty()).then(|| format!("{SIGNED}{}", hex::encode(delivery.fingerprint())))
}

/// The key of what has no signed text, or says what no delivery of Lever's does: its bytes.
pub fn body_key(body: &[u8]) -> String {
    format!("body:{}", hash_of(&hex::encode(body)))
}
