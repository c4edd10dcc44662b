//! From a URL to an open, migrated database; the settings of each connection.

use super::{Backend, Conn, Db, MigrationError, migrate, writer::Writer};
use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database we know.
    #[error(
        "DATABASE_URL is {0:?}; it must begin with sqlite:// or postgres://, such as sqlite://alva-portal.sqlite"
    )]
    UnknownUrl(String),
    /// The folder for the SQLite file is missing.
    #[error("the folder {} of the database does not exist; create it, or name another file in DATABASE_URL", .0.display())]
    NoFolder(PathBuf),
    /// The file or server refused the connection.
    #[error("the database {target} cannot be opened: {reason}")]
    Refused {
        /// The file, or the URL without its password.
        target: String,
        /// What the database said.
        reason: String,
    },
    /// The SQLite file may be read but not written.
    #[error("the database {} is read-only; the portal must be able to write to it and to its folder", .0.display())]
    ReadOnly(PathBuf),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// How long a statement waits for a lock that another process holds.
const BUSY: Duration = Duration::from_secs(10);

/// Connections for reading. SQLite answers from the page cache; a few suffice.
const READERS: u32 = 8;

/// Connections to PostgreSQL, for reading and writing.
const POSTGRES_CONNECTIONS: u32 = 16;

pub(super) fn open(url: &str) -> Result<Db, OpenError> {
    if let Some(path) = url.strip_prefix("sqlite://") {
        open_sqlite(Path::new(path))
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        open_postgres(url)
    } else {
        Err(OpenError::UnknownUrl(url.to_owned()))
    }
}

fn open_sqlite(path: &Path) -> Result<Db, OpenError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(OpenError::NoFolder(folder.to_owned()));
    }
    let refused = |reason: String| OpenError::Refused { target: path.display().to_string(), reason };
    let is_read_only = |e: &dyn std::fmt::Display| e.to_string().contains("readonly");
    let name = path.to_string_lossy();
    let conn = diesel::SqliteConnection::establish(&name).map_err(|e| refused(e.to_string()))?;
    let mut conn = Conn::Sqlite(conn);
    configure(&mut conn, false).map_err(|e| {
        if is_read_only(&e) { OpenError::ReadOnly(path.to_owned()) } else { refused(explain(&e)) }
    })?;
    let lock = path.with_extension("migrate.lock");
    migrate::sqlite(&mut conn, &lock)
        .map_err(|e| if is_read_only(&e) { OpenError::ReadOnly(path.to_owned()) } else { e.into() })?;
    let pool = Pool::builder()
        .max_size(READERS)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_customizer(Box::new(Configure))
        .build(ConnectionManager::new(name))
        .map_err(|e| refused(e.to_string()))?;
    let writer = Writer::start(conn).map_err(|e| refused(e.to_string()))?;
    Ok(Db { pool, writer: Some(writer), backend: Backend::Sqlite })
}

fn open_postgres(url: &str) -> Result<Db, OpenError> {
    let refused = |reason: String| OpenError::Refused { target: without_password(url), reason };
    let conn = diesel::PgConnection::establish(url).map_err(|e| refused(e.to_string()))?;
    migrate::postgres(&mut Conn::Postgres(conn))?;
    let pool = Pool::builder()
        .max_size(POSTGRES_CONNECTIONS)
        .min_idle(Some(1))
        .build(ConnectionManager::new(url))
        .map_err(|e| refused(e.to_string()))?;
    Ok(Db { pool, writer: None, backend: Backend::Postgres })
}

fn without_password(url: &str) -> String {
    url::Url::parse(url).map_or_else(
        |_| "postgres://…".to_owned(),
        |mut url| {
            let _ = url.set_password(None);
            url.to_string()
        },
    )
}

fn explain(failure: &diesel::result::Error) -> String {
    let text = failure.to_string();
    if text.contains("locked") {
        format!("{text}; another program holds it. Close that program and start again")
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
        if read_only {
            conn.batch_execute("PRAGMA query_only = ON;")?;
        }
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
