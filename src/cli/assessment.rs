//! `alva-portal assessment`: the proof that the tests measure what they say, and the way from answers to parameters.

use super::CliError;
use crate::config::Config;
use crate::secrets::rotation;
use crate::test_sessions::answers;
use assessment::Calibration;
use assessment::calibrate::{FEWEST, TooFew, calibrate, tables};
use assessment::simulate::simulate;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;

/// What to do with the tests.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum AssessmentCommand {
    /// Let simulated people with known abilities take the tests; fails if a promise is not kept
    Simulate {
        /// The same seed gives the same figures
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many people; ten times as many tasks are checked
        #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
        takers: u32,
    },
    /// Export the answers of people who agreed to it as tables for R (mirt, TAM), without names; at least 30 people
    Export {
        /// The directory to write to; created if it does not exist
        #[arg(long)]
        to: PathBuf,
    },
    /// Estimate parameters and norms from the answers of people who agreed to it, and write a calibration file
    Calibrate {
        /// The file to write; must not exist
        #[arg(long)]
        to: PathBuf,
        /// The name of the norms shown in results, such as "Applicants 2027"
        #[arg(long)]
        name: String,
    },
}

impl AssessmentCommand {
    /// Runs the commands that only compute; answers `None` for those that need the database.
    ///
    /// # Errors
    /// When the figures do not keep what `docs/assessment-manual.md` promises.
    pub fn compute(&self, calibration: &Calibration) -> Option<Result<(), CliError>> {
        let Self::Simulate { seed, takers } = *self else { return None };
        let report = simulate(seed, takers as usize, calibration);
        let kept = || match report.keeps_promises() {
            true => Ok(()),
            false => {
                Err(CliError::Refused("some promises are not kept; the last lines above list them".into()))
            }
        };
        Some(say(&report.to_string()).map_err(CliError::from).and_then(|()| kept()))
    }
}

/// Runs the commands that need the kept answers.
///
/// # Errors
/// When too few people agreed, or a file cannot be written.
pub async fn run(command: AssessmentCommand, config: Config) -> Result<(), CliError> {
    if let Some(done) = command.compute(&config.calibration) {
        return done;
    }
    let db = super::open(&config).await?;
    let sealer = rotation::settle(&db, &config.secret_key_file).await?;
    let people = db.read(move |conn| answers::of_those_who_agreed(conn, &sealer)).await?;
    let base = config.calibration;
    match command {
        AssessmentCommand::Simulate { .. } => Ok(()),
        AssessmentCommand::Export { to } => {
            if people.len() < FEWEST {
                return Err(CliError::Refused(TooFew(people.len()).to_string()));
            }
            let tables = tables(&people, &base.logic);
            std::fs::create_dir_all(&to)?;
            for (name, text) in [
                ("logic.csv", tables.logic),
                ("times.csv", tables.times),
                ("pilots.csv", tables.pilots),
                ("items.csv", tables.items),
                ("personality.csv", tables.personality),
                ("neo.csv", tables.neo),
            ] {
                std::fs::write(to.join(name), text)?;
            }
            Ok(say(&format!("The answers of {} people are in {}.\n", people.len(), to.display()))?)
        }
        AssessmentCommand::Calibrate { to, name } => {
            let found = calibrate(&people, &base, &name).map_err(|few| CliError::Refused(few.to_string()))?;
            let json = serde_json::to_string_pretty(&found.calibration).map_err(std::io::Error::other)?;
            std::fs::File::create_new(&to)?.write_all(json.as_bytes())?;
            Ok(say(&format!("{}\nThe calibration is in {}.\n", found.report, to.display()))?)
        }
    }
}

/// Writes to standard output. Who stops reading (`| head`) has read enough.
fn say(text: &str) -> std::io::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(failure) if failure.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}
