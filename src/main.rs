//! The command line of the portal.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    alva_portal::cli::main().await
}
