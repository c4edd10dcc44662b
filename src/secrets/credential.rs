//! The key as a credential that systemd hands to the service (`LoadCredential=`, `LoadCredentialEncrypted=`): a file in
//! a folder that the service alone reads and that is never written to disk in the open.

use std::path::{Component, Path, PathBuf};

/// Where systemd puts credentials.
const FOLDER: &str = "CREDENTIALS_DIRECTORY";

fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Whether a file is a credential.
pub fn is_one(file: &Path) -> bool {
    folder().is_some_and(|folder| file.starts_with(folder))
}

/// The file of this name: the credential of that name, unless there is such a file in the working directory. A path
/// stays as it is.
pub fn or_file(name: PathBuf) -> PathBuf {
    found(name, folder().as_deref())
}

fn found(name: PathBuf, folder: Option<&Path>) -> PathBuf {
    let is_bare = matches!(name.components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    let credential = folder.map(|folder| folder.join(&name)).filter(|file| file.is_file());
    match credential {
        Some(credential) if is_bare && !name.is_file() => credential,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_a_credential_and_a_path_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let credential = folder.path().join("portal-key-of-this-test");
        std::fs::write(&credential, "x").expect("written");
        let name = PathBuf::from("portal-key-of-this-test");
        assert_eq!(found(name.clone(), Some(folder.path())), credential);
        assert_eq!(found(name.clone(), None), name);
        let missing = PathBuf::from("another-name");
        assert_eq!(found(missing.clone(), Some(folder.path())), missing);
        let path = PathBuf::from("./portal-key-of-this-test/..").join("portal-key-of-this-test");
        assert_eq!(found(path.clone(), Some(folder.path())), path);
    }
}
