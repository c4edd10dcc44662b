//! Who serves a database. An SQLite file has one server: a second would take the first one's leases
//! away. PostgreSQL has as many as one likes. And while stored secrets change their key, nobody serves.
//!
//! The locks are the system's and the server's, so they end with the process that holds them.

use super::connect::{OpenError, connect_postgres, postgres_refused};
use super::open;
use super::{pooler, private, sharing};
use diesel::connection::{CacheSize, SimpleConnection as _};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Any number that no one else uses as an advisory lock in this database.
const ADVISORY_LOCK: i64 = 0x616c_7662;

/// Holds a database for as long as it lives.
pub struct Serving {
    _held: Held,
}

enum Held {
    /// The system forgets a lock when its file is closed.
    File { _file: File },
    /// The server forgets a lock when its session ends.
    Session { _conn: Box<PgConnection> },
}

impl Serving {
    /// To serve the database: alone on SQLite, beside others on PostgreSQL.
    ///
    /// # Errors
    /// When another process serves this file, or the key of this database is being changed.
    pub fn begin(url: &str) -> Result<Self, OpenError> {
        match open::sqlite_path(url) {
            Some(path) => Self::file(path),
            None => Self::session(url, "pg_try_advisory_lock_shared", OpenError::KeyChanges),
        }
    }

    /// To have the database alone.
    ///
    /// # Errors
    /// When somebody serves it.
    pub fn alone(url: &str) -> Result<Self, OpenError> {
        match open::sqlite_path(url) {
            Some(path) => Self::file(path),
            None => Self::session(url, "pg_try_advisory_lock", OpenError::ServedByOthers),
        }
    }

    fn file(path: &Path) -> Result<Self, OpenError> {
        open::folder_of(path)?;
        let lock = PathBuf::from(format!("{}.serve.lock", path.display()));
        let file = private::lock_file(&lock).map_err(|source| open::file_refused(path, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _held: Held::File { _file: file } }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Served { path: path.to_owned(), lock }),
            Err(TryLockError::Error(source)) => Err(open::file_refused(path, source)),
        }
    }

    fn session(url: &str, lock: &str, taken: OpenError) -> Result<Self, OpenError> {
        #[derive(QueryableByName)]
        struct Locked {
            #[diesel(sql_type = Bool)]
            locked: bool,
        }
        let (url, is_pooled) = pooler::split(url);
        let url = url.as_str();
        let mut conn = connect_postgres(url)?;
        let mut lock = lock.to_owned();
        if is_pooled {
            sharing::check(url, is_pooled)?;
            // A transaction that stays open keeps its connection to the server, and so its locks.
            conn.set_prepared_statement_cache_size(CacheSize::Disabled);
            conn.batch_execute("BEGIN").map_err(|failure| postgres_refused(url, &failure))?;
            lock = lock.replace("_lock", "_xact_lock");
        }
        let locked: Locked = diesel::sql_query(format!("SELECT {lock}($1) AS locked"))
            .bind::<BigInt, _>(ADVISORY_LOCK)
            .get_result(&mut conn)
            .map_err(|failure| postgres_refused(url, &failure))?;
        if !locked.locked {
            return Err(taken);
        }
        if is_pooled {
            // While this one is kept.
            sharing::check_second(url)?;
        }
        Ok(Self { _held: Held::Session { _conn: Box::new(conn) } })
    }
}
