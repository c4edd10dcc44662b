//! Ends statements of SQLite that run longer than their thread allows.
//!
//! [`install`] once, before connections are opened; then [`within`] around the work.

use std::cell::Cell;
use std::fmt;
use std::time::{Duration, Instant};

mod hook;

thread_local! {
    /// When the work of this thread is to end.
    static DEADLINE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// SQLite did not take the hook; holds its result code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotInstalled(i32);

impl fmt::Display for NotInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SQLite takes no time limit (result code {})", self.0)
    }
}

impl std::error::Error for NotInstalled {}

/// From now on, each new connection of this process heeds [`within`]. Calling it again changes nothing.
///
/// # Errors
/// When SQLite refuses; it does so for want of memory only.
pub fn install() -> Result<(), NotInstalled> {
    hook::install().map_err(NotInstalled)
}

/// Runs `work`, whose statements end with SQLite's `interrupted` (`SQLITE_INTERRUPT`) when they run after `limit`. A
/// limit around it that is over sooner stays.
pub fn within<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    let before = DEADLINE.get();
    let deadline = Instant::now().checked_add(limit);
    DEADLINE.set(match (before, deadline) {
        (Some(before), Some(deadline)) => Some(before.min(deadline)),
        (before, deadline) => before.or(deadline),
    });
    let _restored = Restore(before);
    work()
}

/// Whether the time of this thread's work is over; `false` outside of [`within`].
pub fn is_over() -> bool {
    DEADLINE.get().is_some_and(|deadline| Instant::now() >= deadline)
}

/// Puts the limit before back, also after a panic.
struct Restore(Option<Instant>);

impl Drop for Restore {
    fn drop(&mut self) {
        DEADLINE.set(self.0);
    }
}
