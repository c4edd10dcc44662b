//! Whether a database answers at all, asked only while somebody waits for it.
//!
//! A connection can stay while nothing answers: a network that was cut, a machine that stands still, a pooler whose
//! server is gone. Who waits longer than [`PATIENT`] asks the pulse; when that does not answer either, the database is
//! away. When it does, the statement is a slow one, or waits for another's lock, and is waited for.

use super::{Conn, DbError, connect};
use crate::db::pooler;
use diesel::connection::SimpleConnection as _;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// So long nobody doubts that the database answers.
pub(super) const PATIENT: Duration = Duration::from_millis(800);

/// A pulse that takes longer is none. Together with [`PATIENT`] it is less than the two seconds within which a page is
/// to answer.
const LIMIT: Duration = Duration::from_millis(800);

/// A lock that another program holds for longer keeps everybody waiting.
const LOCKED: Duration = Duration::from_millis(500);

/// So long an answer is good for everybody who asks.
const FRESH: Duration = Duration::from_secs(1);

/// So long the connection for asking is kept without a question.
const UNUSED: Duration = Duration::from_secs(30);

/// How a server, or a pooler, says that it is there and takes no more connections.
const CROWDED: [&str; 3] = ["too many", "remaining connection slots", "no more connections allowed"];

/// What asks, and the last answer. Clones share it.
#[derive(Clone)]
pub(super) struct Pulse {
    kind: Arc<Kind>,
    last: Arc<tokio::sync::Mutex<Option<(Instant, bool)>>>,
}

enum Kind {
    /// A connection of its own, on a thread of its own.
    Server(Asker),
    /// An SQLite file: since when the writer waits for a lock that another program holds.
    File(LockWait),
}

/// Since when something waits. Clones share it.
#[derive(Clone, Default)]
pub(super) struct LockWait(Arc<Mutex<Option<Instant>>>);

impl LockWait {
    /// Runs `wait`, which waits for the lock. One that is refused it waits on: the next one tries again.
    pub(super) fn during<T, E>(&self, wait: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.since().get_or_insert_with(Instant::now);
        let done = wait();
        if done.is_ok() {
            *self.since() = None;
        }
        done
    }

    fn is_long(&self) -> bool {
        self.since().is_some_and(|since| since.elapsed() >= LOCKED)
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the thread that asks.
struct Asker {
    questions: SyncSender<()>,
    /// How often it was answered, and what came of the last question.
    answers: watch::Receiver<(u64, bool)>,
}

impl Pulse {
    /// Of a PostgreSQL server. Connects when it is asked for the first time.
    pub(super) fn of_server(url: &str, is_pooled: bool) -> std::io::Result<Self> {
        let (questions, asked) = sync_channel(1);
        let (told, answers) = watch::channel((0, true));
        let url = url.to_owned();
        std::thread::Builder::new()
            .name("postgres-pulse".to_owned())
            .spawn(move || keep_asking(&url, is_pooled, &asked, &told))?;
        Ok(Self { kind: Arc::new(Kind::Server(Asker { questions, answers })), last: Arc::default() })
    }

    /// Of an SQLite file whose writer waits so.
    pub(super) fn of_file(waiting: LockWait) -> Self {
        Self { kind: Arc::new(Kind::File(waiting)), last: Arc::default() }
    }

    /// Waits for `work` while the database answers.
    ///
    /// # Errors
    /// What `work` answers, or that the database is away; then `left` is set, and what goes on without anybody is not
    /// committed.
    pub(super) async fn watch<T, E: From<DbError>>(
        &self,
        left: &Left,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let mut work = pin!(work);
        let mut wait = PATIENT;
        loop {
            tokio::select! {
                biased;
                outcome = &mut work => return outcome,
                () = tokio::time::sleep(wait) => {}
            }
            tokio::select! {
                biased;
                outcome = &mut work => return outcome,
                beats = self.beats() => if let Err(away) = beats {
                    left.set();
                    return Err(away.into());
                },
            }
            wait = FRESH;
        }
    }

    /// Whether the database answers. Who asks meanwhile waits for the same answer.
    async fn beats(&self) -> Result<(), DbError> {
        let asker = match &*self.kind {
            Kind::Server(asker) => asker,
            Kind::File(waiting) if waiting.is_long() => return Err(DbError::Locked),
            Kind::File(_) => return Ok(()),
        };
        let mut last = self.last.lock().await;
        let beats = match *last {
            Some((at, beats)) if at.elapsed() < FRESH => beats,
            _ => {
                let beats = tokio::time::timeout(LIMIT, asker.ask()).await.unwrap_or(false);
                *last = Some((Instant::now(), beats));
                beats
            }
        };
        if beats { Ok(()) } else { Err(DbError::Away) }
    }
}

impl Asker {
    async fn ask(&self) -> bool {
        let mut answers = self.answers.clone();
        answers.mark_unchanged();
        // A question that is under way already is as good.
        let _ = self.questions.try_send(());
        answers.changed().await.is_ok() && answers.borrow().1
    }
}

fn keep_asking(url: &str, is_pooled: bool, asked: &Receiver<()>, told: &watch::Sender<(u64, bool)>) {
    let mut conn = None;
    loop {
        match asked.recv_timeout(UNUSED) {
            Ok(()) => {
                // A connection that ended meanwhile says nothing about the server.
                let beats = question(url, is_pooled, &mut conn) || question(url, is_pooled, &mut conn);
                told.send_modify(|(count, last)| (*count, *last) = (*count + 1, beats));
            }
            Err(RecvTimeoutError::Timeout) => conn = None,
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Asks once. After a failure there is no connection any more.
fn question(url: &str, is_pooled: bool, conn: &mut Option<Conn>) -> bool {
    let mut open = match conn.take() {
        Some(open) => open,
        None => match connect::connect_postgres(url) {
            Ok(open) => pooler::unprepared(Conn::Postgres(open), is_pooled),
            // It answers; it has no room for one more.
            Err(failure) => return CROWDED.iter().any(|words| failure.to_string().contains(words)),
        },
    };
    let beats = open.batch_execute("SELECT 1").is_ok();
    if beats {
        *conn = Some(open);
    }
    beats
}

/// Set when nobody waits for a piece of work any more, because the database seemed away: it is not committed then.
#[derive(Clone, Default)]
pub(super) struct Left(Arc<AtomicBool>);

impl Left {
    fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// # Errors
    /// When nobody waits any more.
    pub(super) fn check(&self) -> Result<(), DbError> {
        if self.0.load(Ordering::SeqCst) { Err(DbError::Away) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_writer_that_waits_for_a_lock_too_long_has_no_pulse() {
        let waiting = LockWait::default();
        let pulse = Pulse::of_file(waiting.clone());
        let slow = async {
            tokio::time::sleep(PATIENT * 2).await;
            Ok::<_, DbError>(7)
        };
        let left = Left::default();
        assert_eq!(pulse.watch(&left, slow).await.expect("slow is not away"), 7);
        assert!(left.check().is_ok());
        let asked = Instant::now().checked_sub(LOCKED).expect("the machine runs for longer");
        *waiting.since() = Some(asked);
        assert!(waiting.during(|| Err::<(), _>("locked")).is_err());
        let never = std::future::pending::<Result<(), DbError>>();
        let failure = pulse.watch(&left, never).await.expect_err("the lock is another's");
        assert!(matches!(failure, DbError::Locked) && left.check().is_err());
        assert_eq!(waiting.during(|| Ok::<_, ()>(8)), Ok(8));
        assert!(!waiting.is_long(), "it had the lock");
    }
}
