//! The database: SQLite (embedded, the default) or PostgreSQL, chosen by the URL.
//!
//! Two doors: [`Db::read`] and [`Db::write`]. Both run Diesel's blocking code off the server's
//! threads. A write is one transaction, always: on SQLite it waits its turn at the single writer
//! (two writers would only fail with `SQLITE_BUSY`), on PostgreSQL it takes a connection of the
//! pool. Code inside never opens a transaction of its own.
//!
//! Where the two databases differ in SQL, the difference stands in [`dialect`] and nowhere else.

mod backup;
mod carried;
mod conn;
mod connect;
pub mod dialect;
mod encoding;
mod encryption;
pub mod keyset;
pub mod limit;
mod migrate;
mod open;
pub mod pooler;
mod postgres_url;
mod private;
mod probe;
mod pulse;
mod reason_codes;
pub mod schema;
pub mod search;
mod serving;
mod sharing;
mod writer;

pub use backup::{BackupError, backup};
pub use carried::carried;
pub use conn::Conn;
pub use connect::OpenError;
pub use migrate::MigrationError;
pub use open::{State, inspect, sqlite_path};
pub use serving::Serving;

use crate::blocking::{Lane, Turn};
use diesel::r2d2::{Pool, PooledConnection};
use pooler::Manager;
use probe::Probe;
use pulse::{Left, Pulse};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use writer::Writer;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file, in this process.
    Sqlite,
    /// A server.
    Postgres,
}

/// Diesel's name for "either database", for queries that are passed around.
pub type AnyBackend = <Conn as diesel::Connection>::Backend;

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database refused the statement.
    #[error("the database refused a statement: {}", open::explain(.0))]
    Query(#[from] diesel::result::Error),
    /// No connection could be had in time.
    #[error("no database connection could be had: {0}")]
    Pool(#[from] diesel::r2d2::PoolError),
    /// There is no connection at all, and others wait for one already; or nothing answers.
    #[error("the database is away: it did not answer")]
    Away,
    /// The SQLite file did not take a write for long, because another program holds its lock.
    #[error("the database did not answer: it is locked by another program; close that program and try again")]
    Locked,
    /// All connections are in use, for long.
    #[error("all database connections are in use")]
    Busy,
    /// The writer or a worker thread is gone: the process is stopping.
    #[error("the database is shutting down")]
    Stopped,
}

impl DbError {
    /// Whether the database is out of reach, so that any statement would fail: the connection is gone, the server
    /// starts or stops, the file is locked, the disk is full. Otherwise the database answers and refused this one
    /// statement, which it may refuse each time.
    ///
    /// Diesel passes on no SQLSTATE, so the servers' words are compared. Words that are not known (another
    /// language of PostgreSQL's messages) count as a refusal, which is tried again too, and ends some time.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Pool(_) | Self::Away | Self::Locked | Self::Busy | Self::Stopped => true,
            Self::Query(refused) => is_outage_of(refused),
        }
    }

    /// Whether a statement was ended because it took longer than its page may: see [`limit`].
    pub fn is_too_slow(&self) -> bool {
        matches!(self, Self::Query(refused) if is_too_slow_of(refused))
    }

    /// Whether a row with the same unique key is there already.
    pub fn is_duplicate(&self) -> bool {
        use diesel::result::{DatabaseErrorKind::UniqueViolation, Error::DatabaseError};
        matches!(self, Self::Query(DatabaseError(UniqueViolation, _)))
    }
}

fn is_outage_of(refused: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind as Kind, Error};
    match refused {
        Error::DatabaseError(
            Kind::ClosedConnection | Kind::UnableToSendCommand | Kind::ReadOnlyTransaction,
            _,
        )
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(Kind::Unknown, info) => {
            OUTAGES.iter().chain(&FULL).any(|words| info.message().contains(words))
        }
        _ => false,
    }
}

/// How PostgreSQL, its client library and SQLite say that they cannot work at all now.
const OUTAGES: [&str; 10] = [
    "server closed the connection",
    "no connection to the server",
    "connection not open",
    "could not receive data from server",
    "could not send data to server",
    "terminating connection",
    "the database system is",
    "database is locked",
    "disk I/O error",
    "attempt to write a readonly database",
];

/// How they say that there is no room.
const FULL: [&str; 2] = ["No space left on device", "database or disk is full"];

fn is_too_slow_of(refused: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind::Unknown, Error::DatabaseError};
    matches!(refused, DatabaseError(Unknown, info) if TOO_SLOW.contains(&info.message()))
}

/// How SQLite and PostgreSQL say that a statement was ended.
const TOO_SLOW: [&str; 2] = ["interrupted", "canceling statement due to statement timeout"];

/// What a statement answers.
pub type DbResult<T> = Result<T, DbError>;

/// A database to which nobody has a connection for so long is away.
const AWAY: Duration = Duration::from_millis(800);

/// So long one waits for a connection that others use.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether an error comes of a database that is out of reach; also when it stands behind others.
pub fn is_outage(failure: &anyhow::Error) -> bool {
    failure.chain().any(|cause| {
        let refused = |query: &diesel::result::Error| is_outage_of(query);
        cause.is::<diesel::r2d2::PoolError>()
            || cause.downcast_ref::<DbError>().is_some_and(DbError::is_outage)
            || cause.downcast_ref::<diesel::result::Error>().is_some_and(refused)
    })
}

/// Whether an error comes of a statement that took longer than its page may; also when it stands behind others.
pub fn is_too_slow(failure: &anyhow::Error) -> bool {
    failure.chain().any(|cause| {
        cause.downcast_ref::<DbError>().is_some_and(DbError::is_too_slow)
            || cause.downcast_ref::<diesel::result::Error>().is_some_and(is_too_slow_of)
    })
}

/// Whether an outage is a disk without room.
pub fn is_full(failure: &anyhow::Error) -> bool {
    let said = format!("{failure:#}");
    FULL.iter().any(|words| said.contains(words))
}

/// The database, shared by everything in the process. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    /// As many turns as the pool has connections.
    lane: Lane,
    writer: Option<Writer>,
    backend: Backend,
    /// Behind a pooler: see [`pooler`].
    is_pooled: bool,
    pulse: Pulse,
    probe: Arc<Probe>,
    carried: Arc<OnceLock<carried::Carried>>,
}

impl Db {
    /// Opens the database at a `sqlite://…` or `postgres://…` URL and brings its schema up to date.
    ///
    /// # Errors
    /// Says what was wrong with the URL, the file or the server, and what would be right.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        open::open(url)
    }

    /// Puts in what all work on this database finds with [`carried`]. The first value stays.
    pub fn carry<T: Send + Sync + 'static>(&self, value: T) {
        let _ = self.carried.set(Arc::new(value));
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs `work` on a connection that is for reading.
    ///
    /// # Errors
    /// What `work` answers, or that no connection was to be had.
    pub async fn read<T, F>(&self, work: F) -> DbResult<T>
    where
        F: FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
        T: Send + 'static,
    {
        self.try_read(work).await
    }

    /// As [`Db::read`], for work that fails in a way of its own.
    ///
    /// # Errors
    /// What `work` answers, or that no connection was to be had.
    pub async fn try_read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (pool, is_pooled, carried) = (self.pool.clone(), self.is_pooled, self.carried.get().cloned());
        let (limit, backend) = (limit::of_this_task(), self.backend);
        let left = Left::default();
        let gone = left.clone();
        let reading = self.off_thread(move || {
            let _scope = carried::enter(carried);
            let mut conn = connection(&pool)?;
            gone.check()?;
            match (backend, limit) {
                (Backend::Sqlite, limit) => limit::on_file(limit, || work(&mut conn)),
                (Backend::Postgres, None) if !is_pooled => work(&mut conn),
                (Backend::Postgres, limit) => writer::in_transaction(&mut conn, &gone, |conn| {
                    limit.map_or(Ok(()), |limit| limit::on_server(conn, limit))?;
                    work(conn)
                }),
            }
        });
        match backend {
            // Nobody's lock keeps a reader waiting.
            Backend::Sqlite => reading.await,
            Backend::Postgres => self.pulse.watch(&left, reading).await,
        }
    }

    /// Runs `work` in a transaction of its own, which is committed to disk before this returns `Ok`
    /// and undone when `work` fails, or the database did not answer for so long that nobody waits any more.
    ///
    /// # Errors
    /// What `work` answers, or that the transaction could not be committed.
    pub async fn write<T, F>(&self, work: F) -> DbResult<T>
    where
        F: FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
        T: Send + 'static,
    {
        self.try_write(work).await
    }

    /// As [`Db::write`], for work that fails in a way of its own.
    ///
    /// # Errors
    /// What `work` answers, or that the transaction could not be committed.
    pub async fn try_write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let carried = self.carried.get().cloned();
        let work = move |conn: &mut Conn| {
            let _scope = carried::enter(carried);
            work(conn)
        };
        let left = Left::default();
        match &self.writer {
            Some(writer) => self.pulse.watch(&left, writer.run(left.clone(), work)).await,
            None => {
                let (pool, gone) = (self.pool.clone(), left.clone());
                let writing =
                    self.off_thread(move || writer::in_transaction(&mut *connection(&pool)?, &gone, work));
                self.pulse.watch(&left, writing).await
            }
        }
    }

    /// Runs `work`, which takes a connection of the pool, off the server's threads.
    async fn off_thread<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce() -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match self.turn().await?.run(work).await {
            Ok(answer) => answer,
            Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
            Err(_) => Err(DbError::Stopped.into()),
        }
    }

    /// Waits until a connection can be free. When there is none at all, the database is away, and nobody waits for
    /// long.
    async fn turn(&self) -> DbResult<Turn> {
        let began = Instant::now();
        loop {
            match self.lane.turn_within(AWAY).await {
                Some(turn) => return Ok(turn),
                None if self.pool.state().connections == 0 => return Err(DbError::Away),
                None if began.elapsed() >= PATIENCE => return Err(DbError::Busy),
                None => {}
            }
        }
    }

    /// After an erasure: writes everything into the SQLite file, whose freed pages are overwritten, and
    /// empties the write-ahead log, which still holds the rows as they were. PostgreSQL does as much by
    /// itself in its own time.
    ///
    /// # Errors
    /// When the database is shutting down, or a reader holds on to the log for too long.
    pub async fn forget_old_pages(&self) -> DbResult<()> {
        match &self.writer {
            Some(writer) => writer.checkpoint().await,
            None => Ok(()),
        }
    }
}

/// A connection of the pool. Waits while all are in use; when there is none at all, the database is away, and
/// nobody waits for long.
fn connection(pool: &Pool<Manager>) -> DbResult<PooledConnection<Manager>> {
    let began = Instant::now();
    loop {
        match pool.get_timeout(AWAY) {
            Ok(connection) => return Ok(connection),
            Err(none) if pool.state().connections == 0 || began.elapsed() >= PATIENCE => {
                return Err(none.into());
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::result::DatabaseErrorKind as Kind;

    fn failure(kind: Kind, message: &str) -> DbError {
        DbError::Query(diesel::result::Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn a_statement_that_is_refused_is_no_outage() {
        for refused in [
            failure(Kind::Unknown, "invalid byte sequence for encoding \"UTF8\": 0x00"),
            failure(Kind::Unknown, "index row size 4096 exceeds btree version 4 maximum 2704"),
            failure(Kind::UniqueViolation, "duplicate key value violates unique constraint"),
            failure(Kind::CheckViolation, "CHECK constraint failed"),
            DbError::Query(diesel::result::Error::NotFound),
        ] {
            assert!(!refused.is_outage(), "{refused}");
        }
    }

    #[test]
    fn a_database_that_is_gone_stopping_locked_or_full_is_an_outage() {
        for gone in [
            failure(Kind::ClosedConnection, "server closed the connection unexpectedly"),
            failure(Kind::Unknown, "terminating connection due to administrator command"),
            failure(Kind::Unknown, "the database system is shutting down"),
            failure(Kind::Unknown, "could not extend file \"base/1/2\": No space left on device"),
            failure(Kind::Unknown, "database is locked"),
            failure(Kind::Unknown, "database or disk is full"),
            DbError::Stopped,
        ] {
            assert!(gone.is_outage(), "{gone}");
        }
    }
}
