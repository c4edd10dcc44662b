//! `alva-portal assessment`: the proof that the tests measure what they say, and the way from answers to parameters.

use super::CliError;
use crate::config::Config;
use crate::test_sessions::answers;
use assessment::Calibration;
use assessment::calibrate::{Answers, FEWEST, LeftOut, TooFew, calibrate, enough, tables};
use assessment::calibration::name_problem;
use assessment::personality::Questionnaire;
use assessment::simulate::simulate;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

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
    /// Export the answers of people who agreed to it as tables for R (mirt, TAM), without names; at least 30 people for each test
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
/// When there is no database, too few people agreed, or a file cannot be written.
pub async fn run(command: AssessmentCommand, config: Config) -> Result<(), CliError> {
    if let Some(done) = command.compute(&config.calibration) {
        return done;
    }
    // What cannot be written is said before anything is computed.
    command.check_target()?;
    let (db, sealer) = super::open_as_it_is(&config).await?;
    let people = db.read(move |conn| answers::of_those_who_agreed(conn, &sealer)).await?;
    let took_part = people.len();
    let (people, left_out) = enough(people);
    if people.is_empty() {
        let most = left_out.iter().map(|left| left.people).max().unwrap_or(0);
        let few = if took_part < FEWEST { took_part } else { most };
        return Err(CliError::Refused(TooFew(few).to_string()));
    }
    let base = config.calibration;
    match command {
        AssessmentCommand::Simulate { .. } => Ok(()),
        AssessmentCommand::Export { to } => export(&people, &left_out, &base, &to),
        AssessmentCommand::Calibrate { to, name } => {
            let found = calibrate(&people, &base, &name).map_err(|few| CliError::Refused(few.to_string()))?;
            say(&format!("{}\n{}", found.report, without(&left_out)))?;
            if !found.is_new {
                return Err(CliError::Refused(format!(
                    "no file is written: these answers replace nothing, and {name:?} would stand for what is not theirs"
                )));
            }
            let json = serde_json::to_string_pretty(&found.calibration).map_err(std::io::Error::other)?;
            let written = std::fs::File::create_new(&to).and_then(|mut file| file.write_all(json.as_bytes()));
            written.map_err(|failure| cannot_write(&to, &failure))?;
            Ok(say(&format!("The calibration is in {}.\n", to.display()))?)
        }
    }
}

/// Writes the tables of the tests that enough people took.
fn export(people: &[Answers], left_out: &[LeftOut], base: &Calibration, to: &Path) -> Result<(), CliError> {
    let tables = tables(people, &base.logic);
    std::fs::create_dir_all(to).map_err(|failure| cannot_write(to, &failure))?;
    let took = |asked: Questionnaire| people.iter().any(|one| one.personality.len() == asked.count());
    let has_logic = people.iter().any(|one| !one.logic.is_empty());
    for (name, text, is_there) in [
        ("logic.csv", tables.logic, has_logic),
        ("times.csv", tables.times, has_logic),
        ("pilots.csv", tables.pilots, has_logic),
        ("items.csv", tables.items, has_logic),
        ("personality.csv", tables.personality, took(Questionnaire::Own)),
        ("neo.csv", tables.neo, took(Questionnaire::IpipNeo)),
    ] {
        let file = to.join(name);
        if is_there {
            std::fs::write(&file, text).map_err(|failure| cannot_write(&file, &failure))?;
        } else if let Err(failure) = std::fs::remove_file(&file)
            && failure.kind() != ErrorKind::NotFound
        {
            // An earlier export's table would stand beside those of other people.
            return Err(cannot_write(&file, &failure));
        }
    }
    let done = format!("The answers of {} people are in {}.\n", people.len(), to.display());
    Ok(say(&(done + &without(left_out)))?)
}

/// What is left out, a line for each test.
fn without(left_out: &[LeftOut]) -> String {
    let line = |left: &LeftOut| {
        format!("Left out: {}, of {} people; it takes at least {FEWEST}.\n", left.name, left.people)
    };
    left_out.iter().map(line).collect()
}

fn cannot_write(path: &Path, failure: &std::io::Error) -> CliError {
    CliError::Refused(format!("{} cannot be written: {failure}", path.display()))
}

impl AssessmentCommand {
    /// Whether what is asked for can be written where it is to be.
    fn check_target(&self) -> Result<(), CliError> {
        let refused = |why: String| Err(CliError::Refused(why));
        match self {
            Self::Simulate { .. } => Ok(()),
            Self::Export { to } if to.exists() && !to.is_dir() => {
                refused(format!("{} is a file; name a directory", to.display()))
            }
            Self::Export { .. } => Ok(()),
            Self::Calibrate { to, .. } if to.exists() => {
                refused(format!("{} is there already; name a file that is not", to.display()))
            }
            Self::Calibrate { to, name } => {
                if let Some(wrong) = name_problem(name) {
                    return refused(wrong);
                }
                match to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                    Some(folder) if !folder.is_dir() => {
                        refused(format!("there is no directory {}", folder.display()))
                    }
                    _ => Ok(()),
                }
            }
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
