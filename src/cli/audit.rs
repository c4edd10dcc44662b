//! `alva-portal audit verify`: walks the hash chain of every company's log.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use crate::audit::{Verdict, verify};
use crate::config::Config;
use crate::people;

/// What to do with the audit log.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Check that no row was changed or removed; fails at the first break
    Verify,
}

/// Runs the command.
///
/// # Errors
/// When a chain is broken, or the database cannot be asked.
pub async fn run(command: AuditCommand, config: Config) -> Result<(), CliError> {
    let AuditCommand::Verify = command;
    let db = super::open(&config).await?;
    let verdicts = db
        .try_read(|conn| {
            let companies = people::companies(conn)?;
            let verdicts =
                companies.into_iter().map(|company| Ok((verify(conn, &company.id)?, company.name)));
            verdicts.collect::<Result<Vec<_>, CliError>>()
        })
        .await?;
    let mut broken = 0;
    for (verdict, company) in verdicts {
        match verdict {
            Verdict::Intact(rows) => println!("{company}: intact, {rows} rows"),
            Verdict::BrokenAt(row) => {
                broken += 1;
                println!("{company}: BROKEN at row {row}: it was changed, or the row before it is missing");
            }
        }
    }
    if broken == 0 { Ok(()) } else { Err(CliError::Refused(format!("{broken} audit logs are broken"))) }
}
