//! From a URL to an open, migrated database; the settings of each connection.

use super::connect::{OpenError, connect_postgres, one_line, postgres_refused, without_password};
use super::encoding;
use super::pooler::{self, Manager};
use super::postgres_url::with_limits;
use super::probe::Probe;
use super::pulse::Pulse;
use super::{Backend, Conn, Db, MigrationError, migrate, private, sharing, writer::Writer};
use crate::blocking::Lane;
use diesel::Connection as _;
use diesel::connection::{CacheSize, SimpleConnection};
use diesel::r2d2::{CustomizeConnection, Pool};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a statement waits for a lock that another process holds.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Connections for reading. SQLite answers from the page cache; a few suffice.
const READERS: u32 = 8;

/// Connections to PostgreSQL, for reading and writing.
const POSTGRES_CONNECTIONS: u32 = 16;

/// How long one connection to PostgreSQL may take.
const RECONNECT: Duration = Duration::from_secs(4);

pub(super) fn open(url: &str) -> Result<Db, OpenError> {
    if let Some(path) = sqlite_path(url) { open_sqlite(path) } else { open_postgres(url) }
}

/// How a database is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is made at the first start.
    New,
    /// It is as this version wants it.
    Current,
    /// So many migrations are to be made.
    Pending(usize),
}

/// Looks at a database without changing it.
///
/// # Errors
/// What would keep the portal from opening it.
pub fn inspect(url: &str) -> Result<State, OpenError> {
    let pending = if let Some(path) = sqlite_path(url) {
        folder_of(path)?;
        if !path.exists() {
            return Ok(State::New);
        }
        let is_writable = std::fs::File::options().append(true).open(path);
        is_writable.map_err(|source| file_refused(path, source))?;
        let refused = |reason: String| OpenError::Refused { target: path.display().to_string(), reason };
        let mut conn = diesel::SqliteConnection::establish(&path.to_string_lossy())
            .map_err(|e| refused(one_line(&e.to_string())))?;
        // A program that just ended may still be closing the file.
        conn.batch_execute(&format!("PRAGMA busy_timeout = {};", BUSY.as_millis()))
            .map_err(|e| refused(one_line(&e.to_string())))?;
        migrate::pending_sqlite(&mut conn)?
    } else {
        let (url, is_pooled) = pooler::split(url);
        sharing::check(&url, is_pooled)?;
        if is_pooled {
            sharing::check_size(&url)?;
        }
        let mut conn = connect_postgres(&url)?;
        check_encoding(&url, &mut conn)?;
        migrate::pending_postgres(&mut conn)?
    };
    Ok(if pending == 0 { State::Current } else { State::Pending(pending) })
}

/// The file of a `sqlite://` URL.
pub fn sqlite_path(url: &str) -> Option<&Path> {
    url.strip_prefix("sqlite://").map(Path::new)
}

/// That it is a file, and that its folder is there.
pub(super) fn folder_of(path: &Path) -> Result<(), OpenError> {
    let name = path.to_string_lossy();
    let is_no_file = name.is_empty() || name.contains(":memory:") || name.starts_with("file:");
    if is_no_file || ((name.contains('?') || name.ends_with('/')) && !path.is_file()) {
        // What stands behind the question mark may be a password.
        let shown =
            name.split_once('?').map_or_else(|| name.to_string(), |(file, _)| format!("{file}?\u{2026}"));
        return Err(OpenError::NoFile(shown));
    }
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => {
            Err(OpenError::NoFolder(folder.to_owned()))
        }
        _ => Ok(()),
    }
}

/// What to say when a file of the database, or one beside it, cannot be written.
pub(super) fn file_refused(path: &Path, source: std::io::Error) -> OpenError {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match source.kind() {
        PermissionDenied | ReadOnlyFilesystem => OpenError::ReadOnly(path.to_owned()),
        _ => OpenError::Refused { target: path.display().to_string(), reason: source.to_string() },
    }
}

fn open_sqlite(path: &Path) -> Result<Db, OpenError> {
    folder_of(path)?;
    // Before the first connection: later ones alone would have no limit.
    sqlite_time_limit::install().map_err(|failure| OpenError::Refused {
        target: path.display().to_string(),
        reason: failure.to_string(),
    })?;
    private::keep(path).map_err(|source| file_refused(path, source))?;
    let refused = |reason: String| OpenError::Refused { target: path.display().to_string(), reason };
    let is_read_only = |e: &dyn std::fmt::Display| e.to_string().contains("readonly");
    let name = path.to_string_lossy();
    let conn = diesel::SqliteConnection::establish(&name).map_err(|e| {
        refused(format!(
            "{}; the portal must be able to write to it and to its folder",
            one_line(&e.to_string())
        ))
    })?;
    let mut conn = Conn::Sqlite(conn);
    configure(&mut conn, false).map_err(|e| {
        if is_read_only(&e) { OpenError::ReadOnly(path.to_owned()) } else { refused(explain(&e)) }
    })?;
    let lock = path.with_extension("migrate.lock");
    migrate::sqlite(&mut conn, &lock).map_err(|e| match e {
        MigrationError::Lock { source, .. } => file_refused(path, source),
        other if is_read_only(&other) => OpenError::ReadOnly(path.to_owned()),
        other => other.into(),
    })?;
    let pool = Pool::builder()
        .max_size(READERS)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_customizer(Box::new(Configure))
        .build(Manager::new(&name, false))
        .map_err(|e| refused(e.to_string()))?;
    let writer = Writer::start(conn).map_err(|e| refused(e.to_string()))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let probe = Arc::new(Probe::new(Some(folder.to_owned())));
    let lane = Lane::new(READERS as usize);
    let pulse = Pulse::of_file(writer.waiting());
    Ok(Db {
        pool,
        lane,
        writer: Some(writer),
        backend: Backend::Sqlite,
        is_pooled: false,
        pulse,
        probe,
        carried: Arc::default(),
    })
}

fn open_postgres(url: &str) -> Result<Db, OpenError> {
    let (url, is_pooled) = pooler::split(url);
    let url = url.as_str();
    sharing::check(url, is_pooled)?;
    let mut conn = connect_postgres(url)?;
    if is_pooled {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    check_encoding(url, &mut conn)?;
    migrate::postgres(&mut Conn::Postgres(conn), is_pooled)?;
    let pool = Pool::builder()
        .max_size(POSTGRES_CONNECTIONS)
        .min_idle(Some(1))
        // A server that comes back is found again within half of it.
        .connection_timeout(RECONNECT)
        .build(Manager::new(&with_limits(url), is_pooled))
        .map_err(|e| postgres_refused(url, &e))?;
    let probe = Arc::new(Probe::new(None));
    let lane = Lane::new(POSTGRES_CONNECTIONS as usize);
    let pulse = Pulse::of_server(url, is_pooled).map_err(|e| postgres_refused(url, &e))?;
    let (writer, backend, carried) = (None, Backend::Postgres, Arc::default());
    Ok(Db { pool, lane, writer, backend, is_pooled, pulse, probe, carried })
}

/// That every letter can be kept.
fn check_encoding(url: &str, conn: &mut diesel::PgConnection) -> Result<(), OpenError> {
    match encoding::lacking(conn).map_err(|failure| postgres_refused(url, &failure))? {
        None => Ok(()),
        Some(encoding) => Err(OpenError::Encoding { target: without_password(url), encoding }),
    }
}

/// What a refused statement means, where there is something to do about it.
pub(super) fn explain(failure: &diesel::result::Error) -> String {
    let text = one_line(&failure.to_string());
    if text.contains("is locked") {
        format!("{text}: another program holds it; close that program and try again")
    } else if text.contains("readonly") {
        format!("{text}: the portal must be able to write to it and to its folder")
    } else {
        text
    }
}

/// The settings of a connection. WAL lets readers go on beside the writer; `synchronous=FULL`
/// makes a commit durable against power loss, which an acknowledged delivery is promised.
fn configure(conn: &mut Conn, read_only: bool) -> diesel::QueryResult<()> {
    if let Conn::Sqlite(_) = conn {
        conn.batch_execute(&format!("PRAGMA busy_timeout = {};", BUSY.as_millis()))?;
        conn.batch_execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        )?;
        conn.batch_execute(if read_only {
            "PRAGMA query_only = ON;"
        } else {
            // A batch of deliveries touches some thousand pages of indexes: with room for them (16 MB)
            // each is written once, and a log as large saves most of them a second time. A log that grew beyond that
            // while somebody read is cut.
            "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 16777216;"
        })?;
    }
    Ok(())
}

#[derive(Debug)]
struct Configure;

impl CustomizeConnection<Conn, diesel::r2d2::Error> for Configure {
    fn on_acquire(&self, conn: &mut Conn) -> Result<(), diesel::r2d2::Error> {
        configure(conn, true).map_err(diesel::r2d2::Error::QueryError)
    }
}
