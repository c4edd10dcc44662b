//! The command line: one small file per command.

pub mod assessment;
pub mod audit;
pub mod backup;
mod check;
#[cfg(feature = "demo")]
pub mod demo;
pub mod keys;
mod logging;
mod machine;
mod probe;
pub mod serve;
mod sources;
pub mod user;

use crate::app::StartError;
use crate::config::{Config, ConfigError, Settings};
use crate::db::{self, BackupError, Db, DbError, OpenError, State};
use crate::secrets::Sealer;
use crate::secrets::rotation::{self, RotationError};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use sources::Sources;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Connects Alva's assessments to the applicant tracking system Lever.
#[derive(Debug, Parser)]
#[command(name = "alva-portal", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Configuration file, TOML [default: alva-portal.toml, if it exists]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print one line of JSON on standard output once the portal answers
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the portal (the default)
    Serve,
    /// Run the portal and a Lever sandbox together, with throw-away data
    #[cfg(feature = "demo")]
    Demo(demo::DemoArgs),
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// Manage the people of a company
    #[command(subcommand)]
    User(user::UserCommand),
    /// Manage the key for stored secrets
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Copy an SQLite database while it is being served
    Backup(backup::BackupArgs),
    /// Show what is missing in the configuration, and how to fix it
    Check(check::CheckArgs),
    /// Check whether the portal on this machine answers; for container health checks
    Probe(probe::ProbeArgs),
    /// Verify the audit log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Simulate, export and calibrate the tests that candidates take
    #[command(subcommand)]
    Assessment(assessment::AssessmentCommand),
}

impl Cli {
    /// The demo ignores what is configured for real use.
    fn brings_its_settings(&self) -> bool {
        #[cfg(feature = "demo")]
        return matches!(self.command, Some(Command::Demo(_)));
        #[cfg(not(feature = "demo"))]
        false
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked makes no sense here; says what would.
    #[error("{0}")]
    Refused(String),
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The portal did not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The key.
    #[error(transparent)]
    Key(#[from] RotationError),
    /// The backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The system refused.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// Does what the command line says.
pub async fn main() -> ExitCode {
    let typed = Cli::command().get_matches();
    let cli = Cli::from_arg_matches(&typed).unwrap_or_else(|wrong| wrong.exit());
    let mut sources = Sources::new(&typed, None);
    let file = if cli.brings_its_settings() { Ok(None) } else { Settings::from_file(cli.config.as_deref()) };
    let outcome = match file {
        Ok(file) => {
            sources = Sources::new(&typed, file.as_ref());
            run(cli, file.map(|(_, settings)| settings).unwrap_or_default(), &sources).await
        }
        Err(failure) => Err(failure.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure, &sources);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "the command line's way to say what is wrong")]
fn complain(failure: &CliError, sources: &Sources) {
    let complaint = failure.to_string();
    match sources.of_what_is_named_in(&complaint) {
        Some(source) => eprintln!("alva-portal: {complaint} ({source})"),
        None => eprintln!("alva-portal: {complaint}"),
    }
}

async fn run(cli: Cli, file: Settings, sources: &Sources) -> Result<(), CliError> {
    let settings = cli.settings.or(file);
    let command = match cli.command {
        #[cfg(feature = "demo")]
        Some(Command::Demo(args)) => {
            return demo::run(demo::DemoArgs { json: args.json || cli.json, ..args }).await;
        }
        // An export is checked where nothing is set up.
        Some(Command::Audit(command)) => {
            if let Some(done) = command.offline() {
                return done;
            }
            Command::Audit(command)
        }
        // It computes, and needs no setting but the parameters.
        Some(Command::Assessment(command)) => {
            if let Some(done) = command.compute(&settings.calibration()?) {
                return done;
            }
            Command::Assessment(command)
        }
        other => other.unwrap_or(Command::Serve),
    };
    let command = match command {
        Command::Check(args) => {
            return check::run(check::CheckArgs { json: args.json || cli.json }, settings, sources).await;
        }
        other => other,
    };
    let config = settings.check()?;
    match command {
        Command::Serve => serve::run(config, cli.json).await,
        Command::Migrate => open(&config).await.map(|_| ()),
        Command::User(command) => user::run(command, config).await,
        Command::Audit(_) => audit::run(config).await,
        Command::Assessment(command) => assessment::run(command, config).await,
        Command::Keys(command) => keys::run(command, config).await,
        Command::Backup(args) => backup::run(args, config).await,
        Command::Probe(args) => probe::run(args, &config).await,
        Command::Check(_) => Ok(()),
        #[cfg(feature = "demo")]
        Command::Demo(_) => Ok(()),
    }
}

/// Opens the database that the configuration names, to write to its audit log or to check it.
async fn open_with_key(config: &Config) -> Result<Db, CliError> {
    let db = open(config).await?;
    let sealer = rotation::settle(&db, &config.secret_key_file).await?;
    crate::audit::keys::carry(&db, &sealer).await?;
    Ok(db)
}

/// Opens database and key as they are, for what only reads: none of them is made, and the schema stays.
async fn open_as_it_is(config: &Config) -> Result<(Db, Sealer), CliError> {
    let state = state(config).await?;
    if let State::Pending(_) = state {
        return Err(CliError::Refused(
            "the database (DATABASE_URL) does not have the schema of this version; `alva-portal migrate` brings it up to \
             date"
                .to_owned(),
        ));
    }
    let file = &config.secret_key_file;
    let key = |path: &Path| Sealer::existing(path).map_err(RotationError::from);
    if key(file)?.is_none() && key(&rotation::next_file(file))?.is_none() {
        return Err(CliError::Refused(format!(
            "there is no key file {} (SECRET_KEY_FILE), and nothing in the database can be read without it",
            file.display()
        )));
    }
    let db = open(config).await?;
    let sealer = rotation::settle(&db, file).await?;
    Ok((db, sealer))
}

/// How the database stands; refused if it does not exist.
async fn state(config: &Config) -> Result<State, CliError> {
    use secrecy::ExposeSecret as _;
    let url = config.database_url.expose_secret().to_owned();
    let (state, file) =
        tokio::task::spawn_blocking(move || (db::inspect(&url), db::sqlite_path(&url).map(Path::to_owned)))
            .await
            .map_err(|_| DbError::Stopped)?;
    match (state?, file) {
        (State::New, Some(file)) => Err(BackupError::NothingThere(file).into()),
        (state, _) => Ok(state),
    }
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
