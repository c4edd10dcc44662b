//! The log goes to standard error, so that standard output stays for machines.

use crate::config::LogFormat;
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` chooses how much; the default is `info`.
pub(super) fn start(format: LogFormat) {
    // What is no HTTP is answered with 400; a line for each would be a stranger's to write.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn,actix_http=off,tracing_actix_web=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (a test) keeps the first.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
