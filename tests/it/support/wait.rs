//! Waiting for a condition, never for a time.

use std::panic::Location;
use std::time::{Duration, Instant};

/// How long a test gives something that should happen at once, on a machine
/// that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(20);

const INTERVAL: Duration = Duration::from_millis(20);

/// Tries again and again until `attempt` yields a value.
///
/// # Panics
/// When `timeout` has passed; the message says what was waited for, and where.
#[track_caller]
pub fn until<T, A>(what: &str, timeout: Duration, attempt: A) -> impl Future<Output = T>
where
    A: AsyncFnMut() -> Option<T>,
{
    let caller = Location::caller();
    async move {
        match within(timeout, attempt).await {
            Some(value) => value,
            None => panic!("waited {timeout:?} in vain for {what} ({caller})"),
        }
    }
}

/// Like [`until`], but leaves it to the caller what to make of a `None` after `timeout`.
pub async fn within<T>(timeout: Duration, mut attempt: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + timeout;
    loop {
        let value = attempt().await;
        if value.is_some() || Instant::now() >= deadline {
            return value;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}
