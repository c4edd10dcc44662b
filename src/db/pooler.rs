//! PostgreSQL behind a pooler that gives each transaction another connection of its own to the server, as PgBouncer
//! does with `pool_mode=transaction`.
//!
//! What a connection keeps between two transactions is another's there: prepared statements, locks of the session.
//! With `?pgbouncer=true` in the URL nothing is kept: no statement has a name, reading takes a transaction too, and
//! locks are held by transactions.

use super::Conn;
use diesel::connection::{CacheSize, Connection as _, SimpleConnection as _};
use diesel::r2d2::{ConnectionManager, Error, ManageConnection};

/// The parameter of the URL.
const PARAMETER: &str = "pgbouncer";

/// A URL without the parameter, which the client library does not know, and whether it says that there is a pooler.
pub fn split(url: &str) -> (String, bool) {
    let Some((address, query)) = url.split_once('?') else { return (url.to_owned(), false) };
    let is_ours = |part: &&str| part.split('=').next() == Some(PARAMETER);
    let is_pooled =
        query.split('&').filter(is_ours).any(|part| part.ends_with("=true") || part.ends_with("=1"));
    let rest: Vec<&str> = query.split('&').filter(|part| !is_ours(part)).collect();
    let url = if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
    (url, is_pooled)
}

/// A connection that gives no statement a name, when it is pooled.
pub(super) fn unprepared(mut conn: Conn, is_pooled: bool) -> Conn {
    if is_pooled {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    }
    conn
}

/// Makes the connections of the pool.
pub(super) struct Manager {
    inner: ConnectionManager<Conn>,
    is_pooled: bool,
}

impl Manager {
    pub(super) fn new(url: &str, is_pooled: bool) -> Self {
        Self { inner: ConnectionManager::new(url), is_pooled }
    }
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = Error;

    fn connect(&self) -> Result<Conn, Error> {
        Ok(unprepared(self.inner.connect()?, self.is_pooled))
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Error> {
        // Diesel's own question is a prepared statement outside of a transaction.
        if self.is_pooled {
            conn.batch_execute("SELECT 1").map_err(Error::QueryError)
        } else {
            self.inner.is_valid(conn)
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        self.inner.has_broken(conn)
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn the_parameter_is_ours_and_the_rest_is_the_client_librarys() {
        for (url, rest, is_pooled) in [
            ("postgres://u:p@h/n", "postgres://u:p@h/n", false),
            ("postgres://u:p@h/n?pgbouncer=true", "postgres://u:p@h/n", true),
            ("postgres://u:p@h/n?sslmode=require&pgbouncer=true", "postgres://u:p@h/n?sslmode=require", true),
            ("postgres://h/n?pgbouncer=false&connect_timeout=3", "postgres://h/n?connect_timeout=3", false),
            ("postgres://h/n?pgbouncer=1", "postgres://h/n", true),
            ("sqlite://x.sqlite", "sqlite://x.sqlite", false),
        ] {
            assert_eq!(split(url), (rest.to_owned(), is_pooled), "{url}");
        }
    }
}
