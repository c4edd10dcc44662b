//! The body of a webhook: it is read or refused, and what is kept of it reads the same.
#![no_main]

use alva_portal::integrations::signing::compact::CompactDelivery;
use lever_client::delivery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let Ok(read) = delivery::parse(body) else { return };
    let _ = read.is_signed_by(b"key");
    let Some(compact) = CompactDelivery::of(&read) else { return };
    let kept = CompactDelivery::from_bytes(&compact.to_bytes()).expect("what was written reads");
    let again = delivery::parse(&kept.body()).expect("a body");
    assert_eq!(again.fingerprint(), read.fingerprint());
    assert_eq!(again.data.opportunity_id, read.data.opportunity_id);
});
