//! One transaction per piece of work; on SQLite, one thread that runs them in turn.

use super::pulse::{Left, LockWait};
use super::{Conn, DbError, DbResult};
use diesel::connection::SimpleConnection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::{mpsc, oneshot};

type Job = Box<dyn FnOnce(&mut Conn) + Send>;

/// How many writes may wait for the writer before further ones wait to be queued.
const WAITING: usize = 1024;

/// The one thread that writes to an SQLite database. It ends when the last handle is dropped,
/// after the work that was queued.
#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Since when it waits for a lock that another program holds.
    waiting: LockWait,
}

impl Writer {
    /// Starts the thread on its own connection.
    pub(super) fn start(mut conn: Conn) -> std::io::Result<Self> {
        let (jobs, mut queue) = mpsc::channel::<Job>(WAITING);
        std::thread::Builder::new().name("sqlite-writer".to_owned()).spawn(move || {
            while let Some(job) = queue.blocking_recv() {
                job(&mut conn);
            }
        })?;
        Ok(Self { jobs, waiting: LockWait::default() })
    }

    /// Since when it waits for another program's lock.
    pub(super) fn waiting(&self) -> LockWait {
        self.waiting.clone()
    }

    /// Queues `work` and waits until its transaction is on disk. When everybody `left`, it is not done.
    pub(super) async fn run<T, E, F>(&self, left: Left, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let waiting = self.waiting.clone();
        let job: Job = Box::new(move |conn| {
            // A panic must not take the writer away from everyone else.
            let outcome = catch_unwind(AssertUnwindSafe(|| on_file(conn, &waiting, &left, work)));
            let _ = answer.send(outcome);
        });
        self.jobs.send(job).await.map_err(|_| DbError::Stopped)?;
        match answered.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => Err(DbError::Stopped.into()),
        }
    }
}

impl Writer {
    /// Moves the write-ahead log into the database file and empties it.
    pub(super) async fn checkpoint(&self) -> DbResult<()> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let _ = answer.send(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)"));
        });
        self.jobs.send(job).await.map_err(|_| DbError::Stopped)?;
        Ok(answered.await.map_err(|_| DbError::Stopped)??)
    }
}

/// Undoes the transaction unless it was committed: also when the work panics.
struct Open<'c>(Option<&'c mut Conn>);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take()
            && let Err(failure) = conn.batch_execute("ROLLBACK")
        {
            tracing::warn!(%failure, "a transaction could not be rolled back");
        }
    }
}

/// Runs `work` between `BEGIN` and `COMMIT`.
///
/// When nobody waits for it any more, it is undone: who asked was answered already that it did not happen.
pub(super) fn in_transaction<T, E, F>(conn: &mut Conn, left: &Left, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E>,
    E: From<DbError>,
{
    left.check()?;
    conn.batch_execute("BEGIN").map_err(DbError::from)?;
    begun(conn, left, work)
}

/// As [`in_transaction`], of the one writer of a file. The transaction begins as a writing one: one that begins as a
/// read and writes later fails when another process (the command line beside the server) wrote in between.
fn on_file<T, E, F>(conn: &mut Conn, waiting: &LockWait, left: &Left, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E>,
    E: From<DbError>,
{
    left.check()?;
    waiting.during(|| conn.batch_execute("BEGIN IMMEDIATE")).map_err(DbError::from)?;
    begun(conn, left, work)
}

fn begun<T, E, F>(conn: &mut Conn, left: &Left, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E>,
    E: From<DbError>,
{
    let mut open = Open(Some(conn));
    let conn = open.0.as_deref_mut().expect("taken only below");
    let outcome = work(conn)?;
    left.check()?;
    conn.batch_execute("COMMIT").map_err(DbError::from)?;
    open.0 = None;
    Ok(outcome)
}
