//! A configuration file with secrets is for its owner and its group; nobody else on the machine may read it.

use super::{ConfigError, Settings};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::Path;
use url::Url;

/// Refuses a file with a secret in it that others than its owner and group can read. The group may, since packages
/// install it as root's, readable by the portal's own group.
///
/// # Errors
/// Names the first setting that is a secret.
pub(super) fn refuse(path: &Path, settings: &Settings) -> Result<(), ConfigError> {
    match (secret_in(settings), mode(path)) {
        (Some(setting), Some(mode)) if mode & 0o007 != 0 => {
            Err(ConfigError::Readable { path: path.to_owned(), setting, mode })
        }
        _ => Ok(()),
    }
}

/// The first setting that others must not read.
fn secret_in(settings: &Settings) -> Option<&'static str> {
    let smtp = settings.smtp_url.as_ref().map(SecretString::expose_secret);
    [
        ("DATABASE_URL", settings.database_url.as_deref().is_some_and(has_password)),
        ("LEVER_CLIENT_SECRET", settings.lever_client_secret.is_some()),
        ("SMTP_URL", smtp.is_some_and(has_password)),
        ("TESTS_TOKEN", settings.tests_token.is_some()),
        ("TESTS_SIGNING_SECRET", settings.tests_signing_secret.is_some()),
        ("METRICS_TOKEN", settings.metrics_token.is_some()),
    ]
    .into_iter()
    .find_map(|(name, is_secret)| is_secret.then_some(name))
}

/// Whether an address holds a password: before its host, or as libpq's parameter. What cannot be read may hold one.
fn has_password(address: &str) -> bool {
    Url::parse(address).map_or(address.contains('@'), |url| {
        url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password")
    })
}

/// The file's permissions, where files have them.
#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).ok().map(|file| file.permissions().mode() & 0o777)
}

/// Where files have no such rights.
#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}
