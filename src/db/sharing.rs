//! How a pooler between the portal and PostgreSQL shares its connections, found by trying.

use super::connect::{OpenError, connect_postgres, postgres_refused};
use diesel::connection::{CacheSize, Connection as _, SimpleConnection as _};
use diesel::{PgConnection, RunQueryDsl as _};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// So long a pooler may take to give a connection; it makes one when it has none.
const PATIENCE: Duration = Duration::from_secs(5);

/// That what is between, if anything, is known, and gives a transaction one connection.
///
/// # Errors
/// What to set.
pub(super) fn check(url: &str, is_pooled: bool) -> Result<(), OpenError> {
    if is_pooled {
        let mut conn = pooled(url)?;
        return transaction(url, &mut conn).map(|_| ());
    }
    if shares_connections(url)? { Err(OpenError::Pooler) } else { Ok(()) }
}

/// That the pooler has a second connection beside one that is kept.
///
/// # Errors
/// What to set.
pub(super) fn check_size(url: &str) -> Result<(), OpenError> {
    let mut kept = pooled(url)?;
    let failed = |failure: diesel::result::Error| postgres_refused(url, &failure);
    kept.batch_execute("BEGIN; SELECT 1").map_err(failed)?;
    let has_second = check_second(url);
    let _ = kept.batch_execute("ROLLBACK");
    has_second
}

/// That the pooler has a connection beside those that are in use now.
///
/// # Errors
/// What to set.
pub(super) fn check_second(url: &str) -> Result<(), OpenError> {
    let (done, outcome) = channel();
    let asked = url.to_owned();
    // The pooler answers after minutes; the thread waits for it, and nobody for the thread.
    std::thread::spawn(move || {
        let tried = pooled(&asked).and_then(|mut conn| {
            conn.batch_execute("SELECT 1").map_err(|failure| postgres_refused(&asked, &failure))
        });
        let _ = done.send(tried);
    });
    match outcome.recv_timeout(PATIENCE) {
        Ok(tried) => tried,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err(OpenError::SmallPool { seconds: PATIENCE.as_secs() })
        }
    }
}

fn pooled(url: &str) -> Result<PgConnection, OpenError> {
    let mut conn = connect_postgres(url)?;
    conn.set_prepared_statement_cache_size(CacheSize::Disabled);
    Ok(conn)
}

#[derive(diesel::QueryableByName)]
struct Probed {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    value: Option<String>,
}

/// What a mark of [`shares_connections`] is in a transaction.
fn transaction(url: &str, conn: &mut PgConnection) -> Result<Option<String>, OpenError> {
    let found = conn.transaction(|conn| {
        diesel::sql_query("SELECT current_setting('alva.probe', true) AS value").get_result(conn)
    });
    let failure = match found {
        Ok(Probed { value }) => return Ok(value),
        Err(failure) => postgres_refused(url, &failure),
    };
    // What refuses a transaction and takes a statement gives each statement another connection.
    let takes_statements = pooled(url).is_ok_and(|mut conn| conn.batch_execute("SELECT 1").is_ok());
    Err(if takes_statements { OpenError::StatementPooler } else { failure })
}

/// Whether two connections to this address are one at the server: what one of them sets, the other finds.
fn shares_connections(url: &str) -> Result<bool, OpenError> {
    let failed = |failure: diesel::result::Error| postgres_refused(url, &failure);
    let mut one = connect_postgres(url)?;
    let mut other = connect_postgres(url)?;
    let mark = uuid::Uuid::new_v4().simple().to_string();
    other.batch_execute(&format!("SELECT set_config('alva.probe', '{mark}', false)")).map_err(failed)?;
    let found = transaction(url, &mut one)?;
    other.batch_execute("SELECT set_config('alva.probe', '', false)").map_err(failed)?;
    Ok(found.as_deref() == Some(mark.as_str()))
}
