//! The present, in ms since 1970 UTC: by the machine's clock. The demo makes a history with `--with-history`: meanwhile
//! its clock is behind. Packages are built without the demo, and there nothing can set the clock.

#[cfg(feature = "demo")]
use std::sync::atomic::{AtomicI64, Ordering};

/// How many ms the clock is behind the machine's.
#[cfg(feature = "demo")]
static BEHIND: AtomicI64 = AtomicI64::new(0);

/// Now.
pub fn now_ms() -> i64 {
    #[cfg(feature = "demo")]
    return machine_ms() - BEHIND.load(Ordering::Relaxed);
    #[cfg(not(feature = "demo"))]
    machine_ms()
}

/// Now, by the machine's clock.
pub fn machine_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Sets the clock of this process so many ms behind the machine's.
#[cfg(feature = "demo")]
pub fn set_behind(ms: i64) {
    BEHIND.store(ms, Ordering::Relaxed);
}
