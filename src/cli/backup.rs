//! `alva-portal backup PATH`: a copy of an SQLite database, while it is being served.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use crate::config::Config;
use crate::db;
use secrecy::ExposeSecret as _;
use std::path::PathBuf;

/// Where the copy goes.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// The file to create; it must not exist yet
    path: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// When the file is there already or cannot be written, or the database is PostgreSQL's.
pub async fn run(args: BackupArgs, config: Config) -> Result<(), CliError> {
    let shown = args.path.display().to_string();
    tokio::task::spawn_blocking(move || db::backup(config.database_url.expose_secret(), &args.path))
        .await
        .map_err(std::io::Error::other)??;
    println!("The database was copied to {shown}.");
    println!(
        "Its stored secrets can only be opened with the key in {}; keep a copy of that too.",
        config.secret_key_file.display()
    );
    Ok(())
}
