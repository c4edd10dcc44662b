//! Passwords: Argon2id with the crate's defaults (OWASP's recommendation), and a strength check.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization as _;

/// More checks than so many do not wait for their turn: they would be answered too late to be of use.
const QUEUE: usize = 24;

/// Too many passwords are checked at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are checked at the moment")]
pub struct Overloaded;

type Job = Box<dyn FnOnce() + Send>;

/// Checks of passwords that strangers may ask for. Each takes 19 MiB and a core for tens of milliseconds,
/// so as many run at once as there are cores, with a short queue. They run on threads of their own: the memory that
/// one of them had is the next one's, where each of the runtime's many threads would keep some. Clones share it.
#[derive(Debug, Clone)]
pub struct PasswordChecks {
    work: mpsc::Sender<Job>,
    waiting: Arc<AtomicUsize>,
}

impl Default for PasswordChecks {
    fn default() -> Self {
        let (work, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        for _ in 0..cores {
            let queue = Arc::clone(&queue);
            let check = move || {
                // Until the last handle is dropped.
                while let Ok(job) = { queue.lock().unwrap_or_else(PoisonError::into_inner).recv() } {
                    job();
                }
            };
            // Without one more thread there is still the first; without any, all are overloaded.
            let _ = std::thread::Builder::new().name("passwords".to_owned()).spawn(check);
        }
        Self { work, waiting: Arc::default() }
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

/// Shorter ones are refused before their strength is looked at.
const SHORTEST: usize = 10;

/// Longer ones only cost time (Argon2 would take them).
const LONGEST: usize = 200;

/// Why a new password is not taken.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Fewer characters than the minimum.
    #[error("Use at least {SHORTEST} characters.")]
    TooShort,
    /// More characters than the maximum.
    #[error("Use at most {LONGEST} characters.")]
    TooLong,
    /// Stands in a list of breached passwords.
    #[error("This password is known from breaches of other sites. Use one of your own.")]
    Breached,
    /// Guessed too quickly; says why where it is known.
    #[error("This password is too easy to guess. {0}")]
    TooWeak(String),
    /// The hash could not be computed.
    #[error("The password could not be stored.")]
    Hashing,
    /// It was not looked at.
    #[error("Too many passwords are checked at the moment. Wait a few seconds and try again.")]
    Overloaded(#[from] Overloaded),
}

/// Looks at a new password. `about` holds words that the person is likely to use: name, address.
///
/// # Errors
/// Says what to do better.
pub fn check_strength(password: &SecretString, about: &[&str]) -> Result<(), PasswordError> {
    let text = password.expose_secret();
    match text.chars().count() {
        n if n < SHORTEST => return Err(PasswordError::TooShort),
        n if n > LONGEST => return Err(PasswordError::TooLong),
        _ => {}
    }
    // A word of one's own surroundings adds nothing: what is left must be strong by itself.
    let estimate = zxcvbn::zxcvbn(&without_known_words(text, about), about);
    if estimate.score() < zxcvbn::Score::Three {
        let advice = estimate.feedback().and_then(|f| f.warning()).map(|w| w.to_string());
        return Err(PasswordError::TooWeak(
            advice.unwrap_or_else(|| "A few uncommon words make a good one.".into()),
        ));
    }
    if super::breached::is_breached(text) {
        return Err(PasswordError::Breached);
    }
    Ok(())
}

/// The password in lower case without the words that anybody would try first: the product's, and those
/// of the person and the company that have at least four letters.
fn without_known_words(password: &str, about: &[&str]) -> String {
    const PRODUCT: [&str; 5] = ["alva", "lever", "portal", "assessment", "demo"];
    /// What people append a year to.
    const USUAL: [&str; 14] = [
        "password",
        "welcome",
        "spring",
        "summer",
        "autumn",
        "winter",
        "monday",
        "friday",
        "january",
        "september",
        "october",
        "november",
        "december",
        "correcthorsebatterystaple",
    ];
    let folded = password.nfkc().collect::<String>().to_lowercase();
    let mut rest = folded.clone();
    let surroundings = about.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    for word in surroundings.map(str::to_lowercase).filter(|word| word.chars().count() >= 4) {
        rest = rest.replace(&word, "");
    }
    for word in PRODUCT.iter().chain(&USUAL) {
        rest = rest.replace(word, "");
    }
    if rest.len() == folded.len() { password.to_owned() } else { rest }
}

/// Hashes a password with a fresh salt. Takes tens of milliseconds: call it off the server's threads.
///
/// # Errors
/// Only when the system has no randomness.
pub fn hash_password(password: &SecretString) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
    Ok(hash.map_err(|_| PasswordError::Hashing)?.to_string())
}

/// Whether `password` is the one that was hashed. Takes as long as hashing.
pub fn verify_password(password: &SecretString, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &hash).is_ok()
    })
}

/// Takes the time of a check: an unknown address must not be told from a wrong password by the clock.
pub fn spend_time_of_a_check(password: &SecretString) {
    static SOME_HASH: LazyLock<Option<String>> =
        LazyLock::new(|| hash_password(&SecretString::from(super::random_text(16))).ok());
    if let Some(hash) = SOME_HASH.as_deref() {
        verify_password(password, hash);
    }
}
