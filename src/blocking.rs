//! Work that blocks a thread, so many at once. Who waits for a turn holds no thread: the runtime's blocking threads
//! are shared, and a hundred slow pages must not keep a log-in or a delivery from having one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinError;

/// One kind of work, with its own number of turns. Clones share it.
#[derive(Debug, Clone)]
pub struct Lane {
    turns: Arc<Semaphore>,
}

/// A turn; given back when dropped.
#[derive(Debug)]
pub struct Turn {
    _permit: OwnedSemaphorePermit,
}

impl Lane {
    /// At most `at_once` of this kind run at the same time.
    pub fn new(at_once: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)) }
    }

    /// As many as there are cores: for work that computes.
    pub fn of_cores() -> Self {
        Self::new(std::thread::available_parallelism().map_or(2, usize::from))
    }

    /// Waits for a turn.
    pub async fn turn(&self) -> Turn {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Turn { _permit: turn.expect("nobody closes the semaphore") }
    }

    /// Waits for a turn for so long.
    pub async fn turn_within(&self, patience: Duration) -> Option<Turn> {
        tokio::time::timeout(patience, self.turn()).await.ok()
    }

    /// Does `work` off the server's threads, in its turn.
    ///
    /// # Errors
    /// When the work panics, or the process is stopping.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        self.turn().await.run(work).await
    }
}

impl Turn {
    /// Does `work` off the server's threads. The turn ends with the work, also when nobody waits for it any more.
    ///
    /// # Errors
    /// As [`Lane::run`].
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        tokio::task::spawn_blocking(move || {
            let _until_the_end = self;
            work()
        })
        .await
    }
}

/// What goes on for long, so much at once for each of those who ask for it: nobody takes all that there is.
#[derive(Debug, Clone)]
pub struct Few<K> {
    most: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

/// One of the few; given back when dropped.
#[derive(Debug)]
pub struct OneOfFew<K: Eq + Hash> {
    few: Few<K>,
    key: K,
}

impl<K: Eq + Hash + Clone> Few<K> {
    /// At most so many at once for each key.
    pub fn new(most: usize) -> Self {
        Self { most, held: Arc::default() }
    }

    /// One more for this key; none when it has as many as it may.
    pub fn one_more(&self, key: K) -> Option<OneOfFew<K>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key.clone()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(OneOfFew { few: self.clone(), key })
    }
}

impl<K: Eq + Hash> Drop for OneOfFew<K> {
    fn drop(&mut self) {
        let mut held = self.few.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn each_has_a_few_and_nothing_is_remembered() {
        let few = Few::new(2);
        let held = [few.one_more("acme"), few.one_more("acme")];
        assert!(held.iter().all(Option::is_some));
        assert!(few.one_more("acme").is_none(), "a third one");
        let other = few.one_more("other");
        assert!(other.is_some(), "somebody else");
        drop(held);
        assert!(few.one_more("acme").is_some());
        drop(other);
        assert!(few.held.lock().expect("no panic").is_empty());
    }

    #[tokio::test]
    async fn others_wait_for_their_turn_and_a_caller_who_left_gives_none_away() {
        let lane = Lane::new(1);
        let (end, ended) = mpsc::channel::<()>();
        let (began, begun) = tokio::sync::oneshot::channel();
        let first = tokio::spawn({
            let lane = lane.clone();
            async move {
                lane.run(move || {
                    let _ = began.send(());
                    ended.recv()
                })
                .await
            }
        });
        begun.await.expect("it began");
        assert!(lane.turn_within(Duration::ZERO).await.is_none(), "the only turn is taken");
        // Who asked is gone (a closed browser); the work goes on, and so does its turn.
        first.abort();
        assert!(first.await.expect_err("aborted").is_cancelled());
        assert!(lane.turn_within(Duration::ZERO).await.is_none(), "still at work");
        end.send(()).expect("the work waits");
        assert_eq!(lane.run(|| 7).await.expect("no panic"), 7);
        // A panic gives the turn back, too.
        assert!(lane.run(|| panic!("on purpose")).await.is_err());
        assert_eq!(lane.run(|| 8).await.expect("no panic"), 8);
    }
}
