//! The command line of the portal.

use std::process::ExitCode;
use std::time::Duration;

/// So long work that blocks a thread may go on at the end: a database that does not answer holds nobody up.
const LAST: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(failure) => {
            #[allow(clippy::print_stderr, reason = "there is no log yet")]
            {
                eprintln!("alva-portal: threads could not be started: {failure}");
            }
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(alva_portal::cli::main());
    runtime.shutdown_timeout(LAST);
    ended
}
