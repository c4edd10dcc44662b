//! What auditors see of a body: never a token or a signature that a reader of the body would find.
#![no_main]

use alva_portal::events::masked::masked;
use lever_client::delivery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let shown = masked(body);
    let Ok(read) = delivery::parse(body) else { return };
    if read.token.len() > 20 {
        assert!(!shown.windows(read.token.len()).any(|part| part == read.token.as_bytes()));
    }
});
