//! `alva-portal assessment simulate`: the proof that the tests measure what they say, in figures.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use assessment::simulate::simulate;

/// What to do with the tests.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum AssessmentCommand {
    /// Let simulated people, whose abilities are known, take the tests; fails when a promise is not kept
    Simulate {
        /// The same seed gives the same figures
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many people; ten times as many tasks are checked
        #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
        takers: u32,
    },
}

/// Runs the command.
///
/// # Errors
/// When the figures do not keep what `docs/assessments.md` promises.
pub fn run(command: &AssessmentCommand) -> Result<(), CliError> {
    let AssessmentCommand::Simulate { seed, takers } = *command;
    let report = simulate(seed, takers as usize);
    print!("{report}");
    if report.keeps_promises() {
        Ok(())
    } else {
        Err(CliError::Refused("the promises are not kept; the last line above names them".into()))
    }
}
