//! Brings the schema up to date at start, under a lock, so that several instances can start at once.

use super::{Conn, private, reason_codes};
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::{Connection as _, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::{Path, PathBuf};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Any number that no one else uses as an advisory lock in this database.
const ADVISORY_LOCK: i64 = 0x616c_7661;

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// A newer portal has used this database.
    #[error(
        "the database (DATABASE_URL) was made by a newer version of the portal (it has migration {0}, which this version does not know); \
         start that version, or restore a backup"
    )]
    Newer(String),
    /// The lock file beside the database cannot be used.
    #[error("the lock file {} cannot be used: {source}", .path.display())]
    Lock {
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A migration failed; the ones before it stand.
    #[error("the database (DATABASE_URL) could not be brought up to date: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<diesel::result::Error> for MigrationError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Failed(cause.into())
    }
}

/// Migrates an SQLite database; `lock` is a file beside it, which the system unlocks should this
/// process die.
pub(super) fn sqlite(conn: &mut Conn, lock: &Path) -> Result<(), MigrationError> {
    let locked = |source| MigrationError::Lock { path: lock.to_owned(), source };
    let file = private::lock_file(lock).map_err(locked)?;
    file.lock().map_err(locked)?;
    let whole = conn;
    let Conn::Sqlite(conn) = whole else {
        return Ok(());
    };
    run::<diesel::sqlite::Sqlite, _>(conn, SQLITE)?;
    encode(whole)
}

/// Migrates a PostgreSQL database under an advisory lock of the session.
/// One that is pooled has no session: there one transaction holds the lock, and all migrations.
pub(super) fn postgres(conn: &mut Conn, is_pooled: bool) -> Result<(), MigrationError> {
    let whole = conn;
    if is_pooled {
        return whole.transaction(|whole| {
            whole.batch_execute(&format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))?;
            if let Conn::Postgres(conn) = whole {
                run::<diesel::pg::Pg, _>(conn, POSTGRES)?;
            }
            encode(whole)
        });
    }
    let failed = |e: diesel::result::Error| MigrationError::Failed(e.into());
    whole.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})")).map_err(failed)?;
    let outcome = match whole {
        Conn::Postgres(conn) => run::<diesel::pg::Pg, _>(conn, POSTGRES),
        Conn::Sqlite(_) => Ok(()),
    };
    let outcome = outcome.and_then(|()| encode(whole));
    whole.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})")).map_err(failed)?;
    outcome
}

/// How many migrations an SQLite database lacks. Asking changes nothing.
pub(super) fn pending_sqlite(conn: &mut diesel::SqliteConnection) -> Result<usize, MigrationError> {
    let known = names::<diesel::sqlite::Sqlite>(&SQLITE)?;
    let applied = "SELECT version AS name FROM __diesel_schema_migrations";
    lacking(&known, diesel::sql_query(applied).load(conn))
}

/// How many migrations a PostgreSQL database lacks. Asking changes nothing.
pub(super) fn pending_postgres(conn: &mut diesel::PgConnection) -> Result<usize, MigrationError> {
    let known = names::<diesel::pg::Pg>(&POSTGRES)?;
    let applied = "SELECT version::text AS name FROM __diesel_schema_migrations";
    let applied = conn.transaction(|conn| diesel::sql_query(applied).load(conn));
    lacking(&known, applied)
}

#[derive(diesel::QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

fn names<DB: diesel::backend::Backend>(
    migrations: &EmbeddedMigrations,
) -> Result<Vec<String>, MigrationError> {
    let known = MigrationSource::<DB>::migrations(migrations).map_err(MigrationError::Failed)?;
    Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
}

fn lacking(known: &[String], applied: diesel::QueryResult<Vec<Applied>>) -> Result<usize, MigrationError> {
    let applied = match applied {
        Ok(applied) => applied,
        // A database that the portal has not used yet has no such table.
        Err(failure) if failure.to_string().contains("__diesel_schema_migrations") => Vec::new(),
        Err(failure) => return Err(MigrationError::Failed(failure.into())),
    };
    match applied.iter().find(|applied| !known.contains(&applied.name)) {
        Some(unknown) => Err(MigrationError::Newer(unknown.name.clone())),
        None => Ok(known.len() - applied.len()),
    }
}

/// Rewrites rows where a change of the schema is not enough.
fn encode(conn: &mut Conn) -> Result<(), MigrationError> {
    reason_codes::encode(conn).map_err(|failure| MigrationError::Failed(failure.into()))
}

fn run<DB, C>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<(), MigrationError>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = MigrationSource::<DB>::migrations(&migrations).map_err(MigrationError::Failed)?;
    let applied = conn.applied_migrations().map_err(MigrationError::Failed)?;
    let unknown = applied.iter().find(|version| known.iter().all(|m| m.name().version() != **version));
    if let Some(version) = unknown {
        return Err(MigrationError::Newer(version.to_string()));
    }
    conn.run_pending_migrations(migrations).map_err(MigrationError::Failed)?;
    Ok(())
}
