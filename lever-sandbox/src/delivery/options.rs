//! How deliveries are made.

use std::time::Duration;

use crate::options::TokenMode;

/// How deliveries are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOptions {
    /// One signing token per webhook, or one for the account.
    pub token_mode: TokenMode,
    /// How long an answer may take, in real time.
    pub timeout: Duration,
    /// The wait before each retry, in ms by the sandbox's clock; its length is their number.
    pub retry_after_ms: Vec<i64>,
    /// Whether a retry gets a new token, time and signature instead of repeating them.
    pub fresh_retries: bool,
}

impl Default for DeliveryOptions {
    /// 10 s for the answer; retries after 1, 5, 25, 125 and 625 s that repeat the token.
    fn default() -> Self {
        Self {
            token_mode: TokenMode::PerWebhook,
            timeout: Duration::from_secs(10),
            retry_after_ms: vec![1_000, 5_000, 25_000, 125_000, 625_000],
            fresh_retries: false,
        }
    }
}
