//! The log goes to standard error, so that standard output stays for machines.

use crate::config::LogFormat;
use tracing_subscriber::EnvFilter;

/// What is logged unless `RUST_LOG` says otherwise. What is no HTTP is answered with 400, a session's cookie that is not ours
/// is no session, and a wrong passkey is answered with 422: a line for each would be a stranger's to write.
const DEFAULT: &str = "info,actix_server=warn,actix_http=off,actix_session=error,tracing_actix_web=warn,webauthn_rs=off,webauthn_rs_core=off";

/// Starts logging. `RUST_LOG` chooses how much; the default is `info`.
pub(super) fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (a test) keeps the first.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
