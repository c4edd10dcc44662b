//! `alva-portal keys rotate`: everything that is sealed, under a new key.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use crate::audit::{self, Actor};
use crate::config::Config;
use crate::db::Serving;
use crate::people;
use crate::secrets::rotation::{self, RotationError};
use crate::secrets::{Sealer, credential};
use crate::time::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::json;

/// What to do with the key.
#[derive(Debug, clap::Subcommand)]
pub enum KeysCommand {
    /// Create a new key and seal every stored secret with it; the portal must not be running
    Rotate,
}

/// Runs the command.
///
/// # Errors
/// When the portal is running, or a secret does not open with the old key: then nothing is changed.
pub async fn run(command: KeysCommand, config: Config) -> Result<(), CliError> {
    let KeysCommand::Rotate = command;
    let file = config.secret_key_file.clone();
    if credential::is_one(&file) {
        return Err(CliError::Refused(format!(
            "the key is a systemd credential ({}), which only systemd can replace: stop the portal, copy the \
             key to a folder of your own (mode 600), run `SECRET_KEY_FILE=/that/copy alva-portal keys \
             rotate` with the portal's other settings, and pass both files to the service as credentials \
             with the same names",
            file.display()
        )));
    }
    // A portal that runs would go on sealing under the old key.
    let alone = Serving::alone(config.database_url.expose_secret())?;
    let db = super::open(&config).await?;
    let old = rotation::settle(&db, &file).await?;
    audit::keys::carry(&db, &old).await?;
    let new = Sealer::create(&rotation::next_file(&file)).map_err(RotationError::from)?;
    let sealed = db
        .try_write(move |conn| {
            let sealed = rotation::reseal(conn, &old, &new)?;
            audit::keys::reseal(conn, &old, &new)?;
            for company in people::companies(conn)? {
                audit::record(
                    conn,
                    &company.id,
                    &Actor::CommandLine,
                    audit::Action::KeysRotated,
                    audit::Subject::SecretKey.as_str(),
                    &json!({}),
                )?;
            }
            Ok::<_, RotationError>(sealed)
        })
        .await?;
    rotation::adopt(&file).map_err(RotationError::from)?;
    drop(alone);
    println!(
        "{sealed} stored secrets are now sealed with the new key in {}; keep a copy of it.",
        file.display()
    );
    println!(
        "The old key is in {}. Nothing in the database needs it any longer, but the portal still reads it \
         for restored backups; delete its line once you keep no backup from before {}. Everyone has to log \
         in again.",
        rotation::old_file(&file).display(),
        Timestamp::now().rfc3339(),
    );
    Ok(())
}
