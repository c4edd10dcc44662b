//! One transaction per piece of work; on SQLite, one thread that runs them in turn.

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
        Ok(Self { jobs })
    }

    /// Queues `work` and waits until its transaction is on disk.
    pub(super) async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            // A panic must not take the writer away from everyone else.
            let outcome = catch_unwind(AssertUnwindSafe(|| in_transaction(conn, work)));
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
/// SQLite's transaction begins as a writing one: one that begins as a read and writes later fails
/// when another process (the command line beside the server) wrote in between.
pub(super) fn in_transaction<T, E, F>(conn: &mut Conn, work: F) -> Result<T, E>
where
    F: FnOnce(&mut Conn) -> Result<T, E>,
    E: From<DbError>,
{
    let begin = match conn {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN",
    };
    conn.batch_execute(begin).map_err(DbError::from)?;
    let mut open = Open(Some(conn));
    let conn = open.0.as_deref_mut().expect("taken only below");
    let outcome = work(conn)?;
    conn.batch_execute("COMMIT").map_err(DbError::from)?;
    open.0 = None;
    Ok(outcome)
}
