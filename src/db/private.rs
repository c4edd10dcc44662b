//! The files of an SQLite database are their owner's alone: they hold names, addresses and results. SQLite gives the
//! log and the index beside the database the same rights.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes the file, when there is none, so that its owner alone reads it; takes it from others when they could.
///
/// # Errors
/// When it cannot be made or opened.
#[cfg(unix)]
pub(super) fn keep(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        for suffix in ["", "-wal", "-shm"] {
            let mut beside = path.as_os_str().to_owned();
            beside.push(suffix);
            // Somebody else's file keeps its rights: then its owner decides.
            let _ = std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600));
        }
    }
    Ok(())
}

/// The same where files have no such rights.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub(super) fn keep(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens a file that is there to be locked, and makes it when there is none. Only its owner may: everybody else who can
/// open it could lock it, and keep the portal from starting.
///
/// # Errors
/// When it cannot be made or opened.
pub(super) fn lock_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // One of an earlier version. Somebody else's keeps its rights: then its owner decides.
        let _ = file.set_permissions(std::fs::Permissions::from_mode(0o600));
    }
    Ok(file)
}
