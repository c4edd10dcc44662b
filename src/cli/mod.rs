//! The command line: one small file per command.

pub mod audit;
pub mod user;

use crate::config::Config;
use crate::db::{Db, DbError, OpenError};

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked makes no sense here; says what would.
    #[error("{0}")]
    Refused(String),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Opens the database that the configuration names.
async fn open(config: &Config) -> Result<Db, CliError> {
    use secrecy::ExposeSecret as _;
    let url = config.database_url.expose_secret().to_owned();
    tokio::task::spawn_blocking(move || Db::open(&url))
        .await
        .map_err(|_| DbError::Stopped)?
        .map_err(Into::into)
}
