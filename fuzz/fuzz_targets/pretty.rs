//! A body as people read it.
#![no_main]

use alva_portal::events::pretty;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = pretty::json(body);
    let _ = pretty::hex(body);
});
