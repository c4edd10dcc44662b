//! `lever-sandbox compare`: the comparison as a command.

use std::convert::Infallible;
use std::fmt;
use std::io::{BufRead, Read, Write};
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::report::Report;
use super::{CompareError, Key, Limits, Target, With, compare_until};
use crate::Options;

/// Nothing differs.
const SAME: u8 = 0;
/// Something differs.
const DIFFERENT: u8 = 1;
/// There was nothing to compare.
const FAILED: u8 = 2;

const KEY_VARIABLE: &str = "LEVER_COMPARE_KEY";
const WITH_KEY_VARIABLE: &str = "LEVER_COMPARE_WITH_KEY";

/// Say where a Lever account, or another sandbox, answers otherwise than this sandbox.
///
/// Asks both the same questions and prints where statuses, headers, fields, types, nulls
/// and errors differ. No value of either account is printed: the report can be passed on.
///
/// It only reads, unless --write is given. A sandbox is started for the comparison; the
/// settings before `compare`, such as --seed and --confidential-404, are its settings.
///
/// Exit status: 0 nothing differs, 1 something differs, 2 they could not be compared.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The account to compare: the URL of its API, such as https://api.lever.co/v1.
    #[arg(long, value_name = "URL")]
    against: String,
    /// An API key of that account. Others on this machine can read it in the list of
    /// processes: better set the variable, or give "-" and write it to standard input.
    #[arg(long, value_name = "KEY", env = KEY_VARIABLE, hide_env_values = true, value_parser = given)]
    key: Option<Given>,
    /// Compare with this account, not with a sandbox started for the purpose.
    #[arg(long, value_name = "URL")]
    with: Option<String>,
    /// An API key of the account that --with names; "-" reads it from standard input,
    /// after the other key if both come from there.
    #[arg(long, value_name = "KEY", env = WITH_KEY_VARIABLE, hide_env_values = true, value_parser = given)]
    with_key: Option<Given>,
    /// Write too: an opportunity that ends archived, with notes, a file, tags, and a
    /// webhook, which are removed.
    #[arg(long)]
    write: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Calls a second to each side, 10 at most.
    #[arg(long, value_name = "CALLS", default_value_t = Limits::default().per_second,
        value_parser = clap::value_parser!(u32).range(1..=10))]
    per_second: u32,
    /// The most calls to each side.
    #[arg(long, value_name = "CALLS", default_value_t = Limits::default().calls,
        value_parser = clap::value_parser!(u32).range(10..=5_000))]
    calls: u32,
}

/// A key as it was given. It is looked at later: what clap finds wrong, it prints.
#[derive(Clone)]
struct Given(String);

impl fmt::Debug for Given {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Given(hidden)")
    }
}

#[expect(clippy::unnecessary_wraps, reason = "clap's parsers answer with a Result")]
fn given(text: &str) -> Result<Given, Infallible> {
    Ok(Given(text.to_owned()))
}

/// Runs the command; `options` are those of the sandbox that is started. The report goes
/// to standard output, anything else to standard error.
pub async fn main(arguments: Arguments, options: Options) -> ExitCode {
    let as_json = arguments.json;
    match run(arguments, options).await {
        Ok(report) => {
            let text = if as_json { json(&report) } else { report.to_string() };
            say(&mut std::io::stdout(), &text);
            ExitCode::from(if report.same { SAME } else { DIFFERENT })
        }
        Err(error) => {
            say(&mut std::io::stderr(), &format!("lever-sandbox compare: {error}"));
            ExitCode::from(FAILED)
        }
    }
}

async fn run(arguments: Arguments, options: Options) -> Result<Report, CompareError> {
    let mut input = std::io::stdin().lock();
    let key = key(arguments.key, "--key", KEY_VARIABLE, &mut input)?;
    let against = Target::new(&arguments.against, key)?;
    let with = match arguments.with {
        None => With::Sandbox(Box::new(options)),
        Some(url) => {
            let key = self::key(arguments.with_key, "--with-key", WITH_KEY_VARIABLE, &mut input)?;
            With::Target(Target::new(&url, key)?)
        }
    };
    let Arguments { per_second, calls, write, .. } = arguments;
    let hint = format!("Asking {}, at most {per_second} calls a second and {calls} in all …", against.base());
    say(&mut std::io::stderr(), &hint);
    let stop = stop_when_told()?;
    compare_until(stop, against, with, Limits { per_second, calls, write }).await
}

/// Cancelled by Ctrl-C and SIGTERM.
fn stop_when_told() -> Result<CancellationToken, CompareError> {
    let heard = |kind| signal(kind).map_err(CompareError::Signal);
    let (mut interrupted, mut terminated) =
        (heard(SignalKind::interrupt())?, heard(SignalKind::terminate())?);
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

/// The key itself, from where it was said to be.
fn key(
    given: Option<Given>,
    option: &'static str,
    variable: &'static str,
    input: &mut dyn BufRead,
) -> Result<Key, CompareError> {
    match given {
        None => Err(CompareError::KeyMissing { option, variable }),
        Some(Given(text)) if text == "-" => {
            let mut line = String::new();
            input.take(1_024).read_line(&mut line).map_err(CompareError::KeyInput)?;
            line.parse()
        }
        Some(Given(text)) => text.parse(),
    }
}

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).expect("text, numbers and booleans serialize")
}

/// A reader that went away is no reason to fail.
fn say(out: &mut dyn Write, text: &str) {
    let _ = writeln!(out, "{text}");
}
