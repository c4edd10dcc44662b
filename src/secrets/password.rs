//! Passwords: Argon2id with the crate's defaults (OWASP's recommendation), in turns.

use super::argon;
use super::refusal::{Overloaded, PasswordError};
use secrecy::{ExposeSecret as _, SecretString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;

/// More checks than so many, with those that run, do not wait for their turn: they would be answered too late to be of
/// use.
const QUEUE: usize = 24;

type Job = Box<dyn FnOnce() + Send>;

/// Checks of passwords that strangers may ask for. Each takes 19 MiB and a core for tens of milliseconds,
/// so as many run at once as there are cores, with a short queue, on threads of their own. Clones share it.
#[derive(Debug, Clone)]
pub struct PasswordChecks {
    work: mpsc::Sender<Job>,
    waiting: Arc<AtomicUsize>,
    running: Arc<Running>,
}

/// How many run, and how many ran at most at the same time.
#[derive(Debug, Default)]
struct Running {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Default for PasswordChecks {
    fn default() -> Self {
        let (work, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let running = Arc::new(Running::default());
        for _ in 0..Self::at_once() {
            let (queue, running) = (Arc::clone(&queue), Arc::clone(&running));
            let check = move || {
                // Until the last handle is dropped.
                while let Ok(job) = { queue.lock().unwrap_or_else(PoisonError::into_inner).recv() } {
                    let now = running.now.fetch_add(1, Ordering::AcqRel) + 1;
                    running.most.fetch_max(now, Ordering::AcqRel);
                    job();
                    running.now.fetch_sub(1, Ordering::AcqRel);
                }
            };
            // Without one more thread there is still the first; without any, all are overloaded.
            let _ = std::thread::Builder::new().name("passwords".to_owned()).spawn(check);
        }
        Self { work, waiting: Arc::default(), running }
    }
}

/// A place in the queue, given back at the end.
struct Place<'q>(&'q AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl PasswordChecks {
    /// So many run at the same time: one for each core.
    pub fn at_once() -> usize {
        argon::cores()
    }

    /// So many ran at the same time at most, since the start.
    pub fn most_at_once(&self) -> usize {
        self.running.most.load(Ordering::Acquire)
    }

    /// Does a check off the server's threads, in its turn.
    ///
    /// # Errors
    /// When the queue is full.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let _place = Place(&self.waiting);
        if before >= QUEUE {
            return Err(Overloaded);
        }
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move || {
            // A panic must not take the thread away from others.
            if let Ok(done) = catch_unwind(AssertUnwindSafe(work)) {
                let _ = answer.send(done);
            }
        });
        self.work.send(job).map_err(|_| Overloaded)?;
        answered.await.map_err(|_| Overloaded)
    }
}

/// Hashes a password with a fresh salt. Takes tens of milliseconds: call it off the server's threads.
///
/// # Errors
/// Only when the memory cannot be had.
pub fn hash_password(password: &SecretString) -> Result<String, PasswordError> {
    let mut salt = [0; 16];
    rand::fill(&mut salt);
    argon::hash(password.expose_secret().as_bytes(), &salt).ok_or(PasswordError::Hashing)
}

/// Whether `password` is the one that was hashed. Takes as long as hashing.
pub fn verify_password(password: &SecretString, hash: &str) -> bool {
    argon::verify(password.expose_secret().as_bytes(), hash) == Some(true)
}

/// Takes the time of a check: an unknown address must not be told from a wrong password by the clock.
pub fn spend_time_of_a_check(password: &SecretString) {
    static SOME_HASH: LazyLock<Option<String>> =
        LazyLock::new(|| hash_password(&SecretString::from(super::random_text(16))).ok());
    if let Some(hash) = SOME_HASH.as_deref() {
        verify_password(password, hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::Pin;
    use std::sync::Barrier;

    type Turn = Pin<Box<dyn Future<Output = Result<(), Overloaded>> + Send>>;

    /// While nothing ends, so many run as there are cores, so many wait as there is room, and the rest is told at once.
    #[tokio::test]
    async fn as_many_run_as_there_are_cores_and_the_queue_is_short() {
        let checks = PasswordChecks::default();
        let cores = PasswordChecks::at_once();
        let gate = Arc::new(Barrier::new(cores + 1));
        let mut waiting: Vec<Turn> = Vec::new();
        for number in 0..400 {
            let gate = Arc::clone(&gate);
            let blocks = move || {
                if number < cores {
                    gate.wait();
                }
            };
            let checks = checks.clone();
            let mut check = Box::pin(async move { checks.in_turn(blocks).await });
            match futures_util::poll!(check.as_mut()) {
                std::task::Poll::Ready(answer) => assert_eq!(answer, Err(Overloaded), "number {number}"),
                std::task::Poll::Pending => waiting.push(check),
            }
        }
        assert_eq!(waiting.len(), QUEUE.max(cores), "who runs, and who waits");
        tokio::task::spawn_blocking(move || gate.wait()).await.expect("the gate opens");
        for check in waiting {
            assert_eq!(check.await, Ok(()));
        }
        assert_eq!(checks.most_at_once(), cores);
        assert_eq!(checks.in_turn(|| 7).await, Ok(7), "there is room again");
    }

    /// In memory that another check had before, and by what the crate itself says.
    #[test]
    fn a_check_in_used_memory_says_the_same() {
        use argon2::password_hash::phc::PasswordHash;
        use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
        use argon2::{Algorithm, Argon2, Params, Version};
        let (right, wrong) =
            (SecretString::from("walrus-lantern-orbit"), SecretString::from("walrus-lantern"));
        let hash = hash_password(&right).expect("there is randomness");
        for _ in 0..3 {
            assert!(verify_password(&right, &hash));
            assert!(!verify_password(&wrong, &hash));
        }
        let parsed = PasswordHash::new(&hash).expect("a hash");
        assert!(Argon2::default().verify_password(b"walrus-lantern-orbit", &parsed).is_ok());
        // With parameters of its own, as an older version may have had.
        let params = Params::new(64, 3, 1, None).expect("small ones");
        let small = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let small = small.hash_password(b"walrus-lantern-orbit").expect("a hash").to_string();
        assert!(verify_password(&right, &small) && !verify_password(&wrong, &small));
        assert!(verify_password(&right, &hash), "the next one has enough memory again");
        for broken in ["", "walrus", "$argon2id$v=19$m=64,t=3,p=1"] {
            assert!(!verify_password(&right, broken), "{broken}");
        }
    }
}
