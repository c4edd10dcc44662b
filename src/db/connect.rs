//! One connection to a PostgreSQL server, and why a database could not be opened.

use super::MigrationError;
use super::encryption::is_open_to_others;
use super::postgres_url::{is_unreadable, with_limits};
use diesel::Connection as _;
use std::path::PathBuf;

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database we know.
    #[error(
        "DATABASE_URL begins with {0:?}; it must begin with sqlite:// or postgres://, such as sqlite://alva-portal.sqlite"
    )]
    UnknownUrl(String),
    /// The URL has a letter that ends a password; its text is not repeated.
    #[error(
        "DATABASE_URL cannot be parsed; it is not shown, as it may contain a password. In a name or password, \
         write / as %2F, @ as %40, : as %3A and % as %25"
    )]
    UnreadableUrl,
    /// What follows `sqlite://` names no file.
    #[error(
        "DATABASE_URL is sqlite://{0}, which names no file: an in-memory database is lost when the portal \
         stops, and parameters are not supported; name a file, such as sqlite://alva-portal.sqlite"
    )]
    NoFile(String),
    /// The folder for the SQLite file is missing.
    #[error("the folder {} of the database does not exist; create it, or name another file in DATABASE_URL", .0.display())]
    NoFolder(PathBuf),
    /// The file or server refused the connection.
    #[error("the database {target} (DATABASE_URL) cannot be opened: {reason}")]
    Refused {
        /// The file, or the URL without its password.
        target: String,
        /// What the database said.
        reason: String,
    },
    /// The SQLite file may be read but not written.
    #[error("the database {} (DATABASE_URL) is read-only; the portal must be able to write to it and to its folder", .0.display())]
    ReadOnly(PathBuf),
    /// Another process serves the SQLite file.
    #[error(
        "the database {} (DATABASE_URL) is being served by another alva-portal, which holds {}; stop that one \
         first, or use PostgreSQL, which several can serve together", .path.display(), .lock.display()
    )]
    Served {
        path: PathBuf,
        /// The file that shows it.
        lock: PathBuf,
    },
    /// A pooler that shares connections, and nobody said so.
    #[error(
        "DATABASE_URL leads to a pooler that gives each transaction another connection (PgBouncer with \
         pool_mode=transaction); add pgbouncer=true to it, as in \
         postgres://USER:PASSWORD@HOST/NAME?pgbouncer=true, or connect directly to the server"
    )]
    Pooler,
    /// A pooler that gives each statement another connection.
    #[error(
        "DATABASE_URL leads to a pooler that gives each statement another connection (PgBouncer with \
         pool_mode=statement), and the portal needs transactions; set pool_mode=transaction there for its \
         database, or connect directly to the server"
    )]
    StatementPooler,
    /// A pooler with too few connections to work.
    #[error(
        "the pooler that DATABASE_URL leads to gave the portal one connection but no second one within \
         {seconds} s; each portal keeps one connection for itself and needs more to work: set \
         default_pool_size of PgBouncer (pool_size of the database) to at least 2 for each portal, \
         preferably 5"
    )]
    SmallPool {
        /// How long it was waited for.
        seconds: u64,
    },
    /// Names of people cannot be kept in it.
    #[error(
        "the database {target} (DATABASE_URL) has the encoding {encoding}, which can't store all letters in \
         people's names; create one with UTF8, as in: createdb --encoding=UTF8 --template=template0 NAME"
    )]
    Encoding {
        /// The URL without its password.
        target: String,
        /// The server's word for it.
        encoding: String,
    },
    /// The connection to PostgreSQL would be unencrypted, and nobody said that it may be.
    #[error(
        "the connection to {target} (DATABASE_URL; also PGHOST, PGHOSTADDR and PGSERVICE say where it goes) \
         might not be encrypted. Add ?sslmode=verify-full to the address (with a build that has TLS), or \
         ?sslmode=disable if nobody else is on the network in between"
    )]
    Plain { target: String },
    /// Processes serve the PostgreSQL database.
    #[error("the database (DATABASE_URL) is being served; stop every portal on it first")]
    ServedByOthers,
    /// `alva-portal keys rotate` is at work.
    #[error("the key of the database (DATABASE_URL) is being changed; start again when that is finished")]
    KeyChanges,
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// One connection to a `postgres://` URL.
pub(super) fn connect_postgres(url: &str) -> Result<diesel::PgConnection, OpenError> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        // Without what follows the scheme: it may hold a password.
        let is_scheme = |text: &str| {
            text.len() <= 20
                && text.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'+' | b'.' | b'-'))
        };
        let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| is_scheme(scheme));
        return Err(OpenError::UnknownUrl(scheme.unwrap_or("without a scheme").to_owned()));
    }
    if is_unreadable(url) {
        return Err(OpenError::UnreadableUrl);
    }
    if is_open_to_others(url) {
        return Err(OpenError::Plain { target: without_password(url) });
    }
    diesel::PgConnection::establish(&with_limits(url)).map_err(|e| postgres_refused(url, &e))
}

/// What a PostgreSQL server said, on one line, with what would help.
pub(super) fn postgres_refused(url: &str, failure: &dyn std::fmt::Display) -> OpenError {
    let mut reason = one_line(&failure.to_string());
    if reason.contains("not compiled in") {
        reason += "; this program was built without TLS to PostgreSQL, and EXTRA_CA_FILE has no effect on \
                   it: build it with --features postgres-tls";
    } else if reason.contains("certificate") {
        reason = format!("{reason}; {}", lever_client::http::certificate_remedy(&reason));
    } else if reason.contains("does not exist") {
        reason += "; create it, or name another one";
    } else if reason.contains("refused") || reason.contains("could not") {
        reason += "; is PostgreSQL running there?";
    }
    OpenError::Refused { target: without_password(url), reason }
}

/// A message of several lines as one.
pub(super) fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; ")
}

/// A URL that may be shown.
pub(super) fn without_password(url: &str) -> String {
    let Ok(mut url) = url::Url::parse(url) else {
        return "postgres://…".to_owned();
    };
    let _ = url.set_password(None);
    // libpq takes a password there too, and other secrets; none of it tells which database it is.
    url.set_query(None);
    url.into()
}
