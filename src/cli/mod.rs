//! The command line: one small file per command.

pub mod assessment;
pub mod audit;
#[cfg(feature = "demo")]
pub mod demo;
mod logging;
pub mod serve;
pub mod user;

use crate::app::StartError;
use crate::config::{Config, ConfigError, Settings};
use crate::db::{Db, DbError, OpenError};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Connects Alva's assessments to the applicant tracking system Lever.
#[derive(Debug, Parser)]
#[command(name = "alva-portal", version, about, disable_help_subcommand = true)]
struct Cli {
    /// Configuration file, TOML [default: alva-portal.toml, when there is one]
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Print one line of JSON on standard output when the portal answers
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
    /// Portal and Lever sandbox together, seeded, with throw-away data
    #[cfg(feature = "demo")]
    Demo(demo::DemoArgs),
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// People of a company
    #[command(subcommand)]
    User(user::UserCommand),
    /// The audit log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// The tests that candidates take
    #[command(subcommand)]
    Assessment(assessment::AssessmentCommand),
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
    /// The system refused.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// Does what the command line says.
pub async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stderr, reason = "the command line's way to say what is wrong")]
fn complain(failure: &CliError) {
    eprintln!("alva-portal: {failure}");
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let settings = cli.settings;
    let command = match cli.command {
        // The demo brings its own settings: what is configured for real use is none of its business.
        #[cfg(feature = "demo")]
        Some(Command::Demo(args)) => {
            return demo::run(demo::DemoArgs { json: args.json || cli.json, ..args }).await;
        }
        // It computes, and needs no setting.
        Some(Command::Assessment(command)) => return assessment::run(&command),
        other => other.unwrap_or(Command::Serve),
    };
    let config = settings.with_file(cli.config.as_deref())?.check()?;
    match command {
        Command::Serve => serve::run(config, cli.json).await,
        Command::Migrate => open(&config).await.map(|_| ()),
        Command::User(command) => user::run(command, config).await,
        Command::Audit(command) => audit::run(command, config).await,
        Command::Assessment(command) => assessment::run(&command),
        #[cfg(feature = "demo")]
        Command::Demo(_) => Ok(()),
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
