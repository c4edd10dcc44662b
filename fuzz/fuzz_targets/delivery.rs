//! The body of a webhook.
#![no_main]

#[allow(dead_code, reason = "each target uses one")]
#[path = "../targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    targets::delivery(bytes);
});
