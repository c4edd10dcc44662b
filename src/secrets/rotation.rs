//! A new key for everything that is sealed.
//!
//! The key file and the database cannot change in one step, so the new key first lies beside the
//! old one as `FILE.new`. The database then changes in one transaction, and after it the file. Should
//! the process die in between, whichever of the two keys opens the database is the right one
//! ([`settle`]).

pub use super::seal::old_file;
use super::seal::{beside, write_private};
use super::{KeyError, SealError, Sealed, Sealer};
use crate::db::schema::sessions;
use crate::db::{Conn, Db, DbError, DbResult};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A column of sealed values, and what its values are sealed for: `place:<key of the row>`.
///
/// Keys of the audit log are sealed by `audit::keys`, which keeps one more each time. Sessions are not among them: they are signed with a key that is derived from the old one, so
/// they end.
struct Column {
    table: &'static str,
    key: &'static str,
    column: &'static str,
    place: &'static str,
}

const COLUMNS: [Column; 18] = [
    Column { table: "alert_hooks", key: "company_id", column: "url_sealed", place: "alert_hooks.url" },
    Column { table: "alert_hooks", key: "company_id", column: "secret_sealed", place: "alert_hooks.secret" },
    Column {
        table: "alert_hooks",
        key: "company_id",
        column: "previous_sealed",
        place: "alert_hooks.previous",
    },
    Column {
        table: "checkpoint_settings",
        key: "company_id",
        column: "url_sealed",
        place: "checkpoint_settings.url",
    },
    Column {
        table: "integrations",
        key: "id",
        column: "access_token_sealed",
        place: "integrations.access_token",
    },
    Column {
        table: "integrations",
        key: "id",
        column: "refresh_token_sealed",
        place: "integrations.refresh_token",
    },
    Column {
        table: "second_factors",
        key: "user_id",
        column: "secret_sealed",
        place: "second_factors.secret",
    },
    Column { table: "passkeys", key: "id", column: "credential_sealed", place: "passkeys.credential" },
    Column {
        table: "sso_providers",
        key: "company_id",
        column: "client_secret_sealed",
        place: "sso_providers.client_secret",
    },
    Column { table: "signing_tokens", key: "id", column: "token_sealed", place: "signing_tokens.token" },
    Column {
        table: "oauth_flows",
        key: "state_hash",
        column: "verifier_sealed",
        place: "oauth_flows.verifier",
    },
    Column { table: "invitations", key: "id", column: "code_sealed", place: "invitations.code" },
    Column { table: "invitations", key: "id", column: "met_sealed", place: "invitations.met" },
    Column { table: "sittings", key: "invitation_id", column: "answers_sealed", place: "sittings.answers" },
    Column { table: "sittings", key: "invitation_id", column: "result_sealed", place: "sittings.result" },
    Column { table: "sittings", key: "invitation_id", column: "review_sealed", place: "sittings.review" },
    Column {
        table: "verifications",
        key: "invitation_id",
        column: "answers_sealed",
        place: "verifications.answers",
    },
    Column {
        table: "verifications",
        key: "invitation_id",
        column: "result_sealed",
        place: "verifications.result",
    },
];

/// Rows that are in memory at a time.
const AT_ONCE: i64 = 500;

/// Rows of each column that are tried to find out whether a key is the right one.
const SAMPLE: i64 = 3;

/// Why the key could not be changed, or is not the right one.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It holds a key, but not the one that the database was sealed under.
    #[error(
        "the key in {} (SECRET_KEY_FILE) does not open the secrets that are stored in the database \
         (DATABASE_URL); put back the key file that belongs to it", .0.display()
    )]
    WrongKey(PathBuf),
    /// One stored secret does not open.
    #[error("{table}.{column} of the row {row}: {cause}; nothing was changed")]
    Sealed {
        table: &'static str,
        column: &'static str,
        row: String,
        /// Why.
        cause: SealError,
    },
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for RotationError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Db(cause.into())
    }
}

/// Where the next key lies until it is in use.
pub fn next_file(file: &Path) -> PathBuf {
    beside(file, ".new")
}

/// The sealer for a database: made from the key file, after a change of the key that was
/// interrupted has been brought to its end. Makes the file when there is none.
///
/// # Errors
/// When the file holds no key, or another database's.
pub async fn settle(db: &Db, file: &Path) -> Result<Sealer, RotationError> {
    let next = next_file(file);
    if let Some(sealer) = Sealer::existing(&next)? {
        if opens(db, &sealer).await? == Some(true) {
            adopt(file)?;
        } else {
            remove(&next)?;
        }
    }
    let sealer = Sealer::from_file(file)?;
    match opens(db, &sealer).await? {
        Some(false) => Err(RotationError::WrongKey(file.to_owned())),
        _ => Ok(sealer),
    }
}

/// Seals everything under the new key, in the transaction that `conn` is in. Answers how many
/// values that were.
///
/// # Errors
/// When one of them does not open with the old key.
pub fn reseal(conn: &mut Conn, old: &Sealer, new: &Sealer) -> Result<usize, RotationError> {
    diesel::delete(sessions::table).execute(conn)?;
    let mut done = 0;
    for column in &COLUMNS {
        let mut after = String::new();
        loop {
            let rows = column.rows(conn, &after, AT_ONCE)?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.key);
            done += rows.len();
            for row in rows {
                let place = format!("{}:{}", column.place, row.key);
                let secret = old.open(&row.sealed, &place).map_err(|cause| RotationError::Sealed {
                    table: column.table,
                    column: column.column,
                    row: row.key.clone(),
                    cause,
                })?;
                column.put(conn, &row.key, &new.seal(&secret, &place))?;
            }
        }
    }
    Ok(done)
}

/// Puts the new key in the old one's place.
///
/// # Errors
/// When the files cannot be written.
pub fn adopt(file: &Path) -> Result<(), KeyError> {
    let failed = |source| KeyError::File { path: file.to_owned(), source };
    let old = old_file(file);
    keep_old(file, &old).map_err(|source| KeyError::File { path: old, source })?;
    match std::fs::rename(next_file(file), file) {
        // Another instance that shares the file was quicker.
        Err(gone) if gone.kind() == ErrorKind::NotFound => Ok(()),
        outcome => outcome.map_err(failed),
    }
}

/// The key in use goes before those of former times; each stays once.
fn keep_old(file: &Path, old: &Path) -> std::io::Result<()> {
    let mut kept: Vec<String> = Vec::new();
    for from in [file, old] {
        let text = match std::fs::read_to_string(from) {
            Err(missing) if missing.kind() == ErrorKind::NotFound => String::new(),
            read => read?,
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !kept.iter().any(|known| known == line) {
                kept.push(line.to_owned());
            }
        }
    }
    let fresh = beside(old, ".new");
    match std::fs::remove_file(&fresh) {
        Err(failure) if failure.kind() != ErrorKind::NotFound => return Err(failure),
        _ => {}
    }
    write_private(&fresh, &format!("{}\n", kept.join("\n")))?;
    std::fs::rename(&fresh, old)
}

fn remove(file: &Path) -> Result<(), KeyError> {
    match std::fs::remove_file(file) {
        Err(source) if source.kind() != ErrorKind::NotFound => {
            Err(KeyError::File { path: file.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Whether this key opens what is stored; `None` when nothing is.
async fn opens(db: &Db, sealer: &Sealer) -> DbResult<Option<bool>> {
    let sealer = sealer.clone();
    db.read(move |conn| {
        let mut any = None;
        for column in &COLUMNS {
            for row in column.rows(conn, "", SAMPLE)? {
                let opened = sealer.open(&row.sealed, &format!("{}:{}", column.place, row.key)).is_ok();
                any = Some(any.unwrap_or(false) || opened);
            }
        }
        Ok(any)
    })
    .await
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    key: String,
    #[diesel(sql_type = Binary)]
    sealed: Sealed,
}

impl Column {
    /// Rows in the order of their keys, from behind one of them.
    fn rows(&self, conn: &mut Conn, after: &str, limit: i64) -> DbResult<Vec<Row>> {
        let Self { table, key, column, .. } = self;
        let query = format!(
            "SELECT {key} AS key, {column} AS sealed FROM {table} \
             WHERE {column} IS NOT NULL AND {key} > $1 ORDER BY {key} LIMIT $2"
        );
        let query = diesel::sql_query(query).bind::<Text, _>(after).bind::<BigInt, _>(limit);
        Ok(match conn {
            Conn::Postgres(pg) => query.load(pg)?,
            Conn::Sqlite(sqlite) => query.load(sqlite)?,
        })
    }

    fn put(&self, conn: &mut Conn, row: &str, sealed: &Sealed) -> DbResult<()> {
        let Self { table, key, column, .. } = self;
        let text = format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2");
        match conn {
            Conn::Postgres(pg) => {
                diesel::sql_query(text).bind::<Binary, _>(sealed).bind::<Text, _>(row).execute(pg)?
            }
            Conn::Sqlite(sqlite) => {
                diesel::sql_query(text).bind::<Binary, _>(sealed).bind::<Text, _>(row).execute(sqlite)?
            }
        };
        Ok(())
    }
}
