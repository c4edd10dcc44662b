//! A consistent copy of an SQLite database, while it is being served.

use super::connect;
use super::open::{self, BUSY};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::path::{Path, PathBuf};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// PostgreSQL has its own tool.
    #[error(
        "DATABASE_URL names a PostgreSQL database; back it up with PostgreSQL's pg_dump: \
         pg_dump --format=custom --file=PATH {0}"
    )]
    Postgres(String),
    /// There is nothing to back up.
    #[error("there is no database {} (DATABASE_URL) yet", .0.display())]
    NothingThere(PathBuf),
    /// A backup is never overwritten.
    #[error("{} already exists; name a file that does not", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{} cannot be written: {source}", .path.display())]
    File {
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database refused.
    #[error("the database {} (DATABASE_URL) cannot be copied: {reason}", .path.display())]
    Refused {
        path: PathBuf,
        /// What it said.
        reason: String,
    },
}

/// Copies the SQLite database at this URL to a new file that only its owner can read, as it is at
/// one moment. Whoever serves it goes on meanwhile.
///
/// # Errors
/// When there is no such database, or the file is there or cannot be written; none is left then.
pub fn backup(url: &str, to: &Path) -> Result<(), BackupError> {
    let Some(path) = open::sqlite_path(url) else {
        return Err(BackupError::Postgres(connect::without_password(url)));
    };
    if !path.is_file() {
        return Err(BackupError::NothingThere(path.to_owned()));
    }
    let failed = |source| BackupError::File { path: to.to_owned(), source };
    create_private(to).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => failed(source),
    })?;
    let copied = copy(path, to)
        .map_err(|reason| BackupError::Refused { path: path.to_owned(), reason })
        .and_then(|()| std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(failed));
    if copied.is_err() {
        // What is there is half a copy.
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn create_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let refused = |failure: diesel::result::Error| open::explain(&failure);
    let mut conn = diesel::SqliteConnection::establish(&from.to_string_lossy()).map_err(|e| e.to_string())?;
    conn.batch_execute(&format!("PRAGMA busy_timeout = {}", BUSY.as_millis())).map_err(refused)?;
    // SQLite takes an empty file as one that it may write.
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(to.to_string_lossy())
        .execute(&mut conn)
        .map_err(refused)?;
    Ok(())
}
