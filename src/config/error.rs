//! Why the settings cannot be used.

use assessment::calibration::CalibrationError;
use lever_client::HostsError;
use std::path::PathBuf;
use url::Url;

/// A setting that cannot be used: which, what was read, what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {source}", .path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// The file is no TOML, or has a setting that nobody knows.
    #[error("the configuration file {} is invalid: {reason}", .path.display())]
    Syntax {
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// The file holds passwords, and others than its owner and group can read it.
    #[error(
        "the configuration file {} holds {setting} and has the mode {mode:04o}, so everyone on this machine \
         can read it; run: chmod o= {}", .path.display(), .path.display()
    )]
    Readable {
        path: PathBuf,
        /// The first setting with a secret.
        setting: &'static str,
        /// The file's permissions.
        mode: u32,
    },
    /// One setting has a value that makes no sense.
    #[error("{name} is {value:?}: {expected}")]
    Value {
        name: &'static str,
        /// What was read; secrets are left out.
        value: String,
        /// What would be right.
        expected: String,
    },
    /// The calibration cannot be used.
    #[error("{} (CALIBRATION_FILE): {source}", .path.display())]
    Calibration {
        path: PathBuf,
        /// What is wrong with it.
        source: CalibrationError,
    },
    /// Part of what belongs together is set.
    #[error("{set} is set but {missing} is not; they belong together")]
    Half {
        /// The one that is there.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// Lever's addresses make no sense.
    #[error("Lever's addresses (LEVER_AUTH_URL, LEVER_API_URL, LEVER_AUDIENCE) are invalid: {0}")]
    Lever(#[from] HostsError),
    /// An https portal must not run on what was made for trying it out.
    #[error("BASE_URL is {base_url}, so this is a real installation: {reason}")]
    NotForProduction {
        base_url: Url,
        /// What must be set first.
        reason: String,
    },
}
