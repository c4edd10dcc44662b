//! Alerts by webhook: a company may name an address, and the portal posts there what it tells the
//! admins by mail, signed as [Standard Webhooks](https://www.standardwebhooks.com) are.
//!
//! What is posted names an account and what is wrong with it, never a candidate.

mod address;
mod answer;
pub(crate) mod delivery;
pub mod guard;
pub mod signature;
mod store;

pub use address::{label, seal_addresses};
pub use answer::Answered;
pub use delivery::Sender;
pub use store::{
    AlertDelivery, AlertDeliveryKind, AlertWebhook, add_test, address, announce, by_company, delivery,
    give_up, last_deliveries, of_delivery, remove, rotate, save, tried, turn_off,
};

use crate::secrets::{SealError, Sealer};
use secrecy::SecretString;

/// The secrets that sign now: the current one, and for a day the one before.
///
/// # Errors
/// When they were sealed under another key.
pub fn secrets(webhook: &AlertWebhook, sealer: &Sealer) -> Result<Vec<SecretString>, SealError> {
    let mut all = vec![sealer.open(&webhook.secret_sealed, &address::place("secret", &webhook.company_id))?];
    let is_valid = webhook.previous_until.is_some_and(|until| until > crate::time::Timestamp::now());
    if let Some(previous) = webhook.previous_sealed.as_ref().filter(|_| is_valid) {
        all.push(sealer.open(previous, &address::place("previous", &webhook.company_id))?);
    }
    Ok(all)
}
