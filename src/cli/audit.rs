//! `alva-portal audit verify`: walks the hash chain of every company's log, or of one that was exported.

#![allow(clippy::print_stdout, reason = "what a command answers goes to standard output")]

use super::CliError;
use crate::audit::{self, Companies, Verdict, verify};
use crate::checkpoints::note::PublicKey;
use crate::checkpoints::offline;
use crate::config::Config;
use crate::people;
use crate::secrets::Sealer;
use crate::secrets::rotation::RotationError;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// What to do with the audit log.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Check that no row was changed or removed; fails at the first break
    Verify(VerifyArgs),
}

/// What is checked: the log in the database, or an export of it on a machine that has nothing else.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// An exported log (CSV or NDJSON) to check without the database and the secret key
    #[arg(long, value_name = "FILE", requires = "checkpoint", requires = "public_key")]
    export: Option<PathBuf>,
    /// A signed checkpoint that you kept; can be given several times
    #[arg(long, value_name = "FILE", requires = "export")]
    checkpoint: Vec<PathBuf>,
    /// The public key to verify its signature, as shown on the checkpoints page
    #[arg(long, value_name = "NAME+ID+KEY", requires = "export")]
    public_key: Option<String>,
}

impl AuditCommand {
    /// Does what needs neither settings nor a database; nothing when it needs them.
    pub fn offline(&self) -> Option<Result<(), CliError>> {
        let Self::Verify(VerifyArgs { export: Some(export), checkpoint, public_key: Some(key) }) = self
        else {
            return None;
        };
        Some(check_export(export, checkpoint, key))
    }
}

fn check_export(export: &Path, checkpoints: &[PathBuf], key: &str) -> Result<(), CliError> {
    let refused = |path: &Path, why: &dyn std::fmt::Display| {
        CliError::Refused(format!("NOT PROVEN: {}: {why}", path.display()))
    };
    let key = PublicKey::parse(key).map_err(|why| CliError::Refused(why.to_string()))?;
    let mut read = Vec::with_capacity(checkpoints.len());
    for path in checkpoints {
        let note = std::fs::read_to_string(path).map_err(|failure| refused(path, &failure))?;
        read.push(key.open(&note).map_err(|why| refused(path, &why))?);
    }
    let file = std::fs::File::open(export).map_err(|failure| refused(export, &failure))?;
    let proven = offline::check(BufReader::new(file), &read).map_err(|why| refused(export, &why))?;
    println!("Rows {} to {} follow from each other, and none was changed.", proven.first, proven.last);
    println!(
        "action_text and subject_text are translations of what was checked, and were not checked themselves."
    );
    println!("{} checkpoints are signed with this key and match, up to row {}.", read.len(), proven.attested);
    if proven.first > 1 {
        println!("Rows before row {} are not in this export.", proven.first);
    }
    if proven.last > proven.attested {
        println!("Rows after row {} are chained, but no checkpoint here covers them.", proven.attested);
    }
    Ok(())
}

/// Runs the command.
///
/// # Errors
/// When a chain is broken, the key is not there, or the database cannot be asked.
pub async fn run(config: Config) -> Result<(), CliError> {
    let sealer = Sealer::existing(&config.secret_key_file).map_err(RotationError::from)?;
    let Some(sealer) = sealer else {
        return Err(CliError::Refused(format!(
            "there is no key file {} (SECRET_KEY_FILE): without it, nobody can tell who wrote a row",
            config.secret_key_file.display()
        )));
    };
    super::state(&config).await?;
    let db = super::open(&config).await?;
    audit::keys::carry(&db, &sealer).await?;
    let (verdicts, whole) = db
        .try_read(|conn| {
            let companies = people::companies(conn)?;
            let verdicts =
                companies.into_iter().map(|company| Ok((verify(conn, &company.id)?, company.name)));
            let verdicts = verdicts.collect::<Result<Vec<_>, CliError>>()?;
            Ok::<_, CliError>((verdicts, audit::compare_companies(conn)?))
        })
        .await?;
    if verdicts.is_empty() {
        return Err(CliError::Refused(
            "NOT PROVEN: this database has no company, so there is no log to check. If the portal was set up \
             before, its companies and their logs were removed: compare with a checkpoint or a backup"
                .to_owned(),
        ));
    }
    let mut broken = 0;
    for (verdict, company) in verdicts {
        match verdict {
            Verdict::Intact(intact) => {
                println!("{company}: intact, {} rows; the last has the hash {}", intact.rows, intact.hash);
                if let Some(later) = intact.later {
                    println!(
                        "  {} rows, the last of them row {}, got their codes later, on {}: before that, only \
                         their hashes protect them",
                        later.rows,
                        later.last,
                        later.at.rfc3339()
                    );
                }
            }
            Verdict::BrokenAt { row, fault } => {
                broken += 1;
                println!("{company}: BROKEN at row {row}: {}", fault.sentence());
            }
        }
    }
    let missing = missing(whole);
    let wrong = (broken > 0).then(|| format!("{broken} audit logs are broken"));
    let wrong: Vec<String> = missing.into_iter().chain(wrong).collect();
    if wrong.is_empty() { Ok(()) } else { Err(CliError::Refused(wrong.join("; "))) }
}

/// What is to be said of companies that are gone together with their logs.
fn missing(companies: Companies) -> Option<String> {
    let why = match companies {
        Companies::AllThere => return None,
        Companies::Missing { counted, there } => format!(
            "companies counted: {counted}, companies here: {there}. Missing companies were removed together \
             with their logs: compare with a checkpoint or a backup"
        ),
        Companies::Unknown => {
            "the count of companies was removed or rewritten, so a company may be missing together with its \
             log: compare with a checkpoint or a backup"
                .to_owned()
        }
        Companies::NotCounted => {
            "companies have not been counted yet, so one may be missing together with its log: start the \
             portal once, then check again"
                .to_owned()
        }
    };
    Some(format!("NOT PROVEN: {why}"))
}
