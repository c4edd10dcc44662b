//! Sealing of stored secrets: XChaCha20-Poly1305 under a key that lies outside the database.
//!
//! A sealed value is `2 (1 byte) ‖ id of the key (4 bytes) ‖ nonce (24 bytes) ‖ ciphertext and tag`. What it
//! belongs to (table, column and row) is authenticated with it, so that a value copied to another row does not
//! open. The id says which of several keys opens it. Values of earlier versions begin with 1 and have no id: they
//! are tried with each key.

use super::keys::{self, KEY, Key, KeyId};
use super::mac::MacKeys;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a value begins with that names its key, and one that does not.
const VERSION: u8 = 2;
const WITHOUT_ID: u8 = 1;
const NONCE: usize = 24;
const COOKIE_KEY: usize = keys::COOKIE_KEY;

/// What a key file begins with that the portal made by itself: nobody knows of it, so nobody keeps it safe.
const GENERATED: &str = "# made at the first start, for trying the portal out";

/// How a key file begins that `alva-portal demo` made.
const OF_DEMO: &str = "# made by alva-portal demo, for trying the portal out";

/// A secret as the database holds it.
#[derive(Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// As a cookie holds it: base64 for addresses, without padding (RFC 4648 §5).
    pub fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.0)
    }

    /// What [`Sealed::to_cookie`] gave; what was altered cannot be opened. `None`: it is no base64.
    pub fn from_cookie(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text).ok().map(Self)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl<DB: Backend> FromSql<Binary, DB> for Sealed
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Vec::from_sql(bytes).map(Self)
    }
}

impl<DB: Backend> ToSql<Binary, DB> for Sealed
where
    Vec<u8>: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// Why a sealed value did not open.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Another key, another row, or altered bytes.
    #[error("a stored secret does not open with this key (SECRET_KEY_FILE); was the key file replaced?")]
    DoesNotOpen,
}

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read or made.
    #[error("the key file {} (SECRET_KEY_FILE) cannot be used: {source}", .path.display())]
    File {
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It does not hold a key.
    #[error("the key file {} (SECRET_KEY_FILE) must contain 64 hexadecimal digits (32 bytes)", .0.display())]
    Malformed(PathBuf),
    /// Others on the machine can read it.
    #[error(
        "the key file {path} (SECRET_KEY_FILE) can be read by others on this machine (its mode is {mode:o}): run \
         chmod 600 {path}",
        path = .path.display()
    )]
    Readable {
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

/// Seals and opens. Cheap to clone; prints no key.
#[derive(Clone)]
pub struct Sealer {
    /// What seals, and opens.
    current: Arc<Key>,
    /// What only opens.
    older: Arc<[Key]>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// Seals under this key.
    pub fn new(key: &[u8; KEY]) -> Self {
        Self { current: Arc::new(Key::new(key)), older: Arc::new([]) }
    }

    /// A key of its own for signing session cookies, derived from the sealing key.
    pub fn cookie_key(&self) -> &[u8; COOKIE_KEY] {
        &self.current.cookie_key
    }

    /// The secret number of this installation that the logic test's tasks follow from.
    pub fn item_salt(&self) -> u64 {
        self.current.item_salt
    }

    /// The keys that authenticate rows of the audit log, derived from those that seal and sealed.
    pub fn audit_keys(&self) -> MacKeys {
        let current = MacKeys::new(self.current.id, self.current.audit_key);
        self.older.iter().fold(current, |keys, older| keys.and_older(older.id, older.audit_key))
    }

    /// Reads the key from a file of 64 hexadecimal digits; makes the file, readable by its owner
    /// alone, when there is none. Lines that begin with `#` are remarks.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        match Self::existing(path)? {
            Some(sealer) => Ok(sealer),
            None => Self::make(path, &format!("{GENERATED}\n")),
        }
    }

    /// The same, when the file is there.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn existing(path: &Path) -> Result<Option<Self>, KeyError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(None),
            Err(binary) if binary.kind() == ErrorKind::InvalidData => {
                return Err(KeyError::Malformed(path.to_owned()));
            }
            Err(source) => return Err(KeyError::File { path: path.to_owned(), source }),
        };
        refuse_readable(path)?;
        let digits: String = text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
        let key = key_of(&digits).ok_or_else(|| KeyError::Malformed(path.to_owned()))?;
        Ok(Some(Self { older: older(path)?.into(), ..Self::new(&key) }))
    }

    /// Makes the key file of a demo, unless it is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create_for_demo(path: &Path) -> Result<(), KeyError> {
        if !path.exists() {
            Self::make(path, &format!("{OF_DEMO}\n"))?;
        }
        Ok(())
    }

    /// Whether the demo made this key file.
    pub fn is_of_demo(path: &Path) -> bool {
        std::fs::read_to_string(path).is_ok_and(|text| text.starts_with(OF_DEMO))
    }

    /// Makes a key file with a new key, which must not be there yet.
    ///
    /// # Errors
    /// When it is, or cannot be written.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        Self::make(path, "")
    }

    fn make(path: &Path, remark: &str) -> Result<Self, KeyError> {
        let mut key = [0u8; KEY];
        rand::fill(&mut key[..]);
        write_private(path, &format!("{remark}{}\n", hex::encode(key)))
            .map_err(|source| KeyError::File { path: path.to_owned(), source })?;
        Ok(Self::new(&key))
    }

    /// Whether the portal made this key file by itself.
    pub fn was_generated(path: &Path) -> bool {
        std::fs::read_to_string(path)
            .is_ok_and(|text| text.starts_with(GENERATED) || text.starts_with(OF_DEMO))
    }

    /// Seals a secret for one place, such as `integrations.access_token:<id>`.
    pub fn seal(&self, secret: &SecretString, place: &str) -> Sealed {
        let mut nonce = [0u8; NONCE];
        rand::fill(&mut nonce[..]);
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: place.as_bytes() };
        let ciphertext = self
            .current
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .expect("only a message beyond 256 GiB cannot be sealed");
        Sealed([&[VERSION][..], &self.current.id, &nonce, &ciphertext].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed under another key or for another place, or was altered.
    pub fn open(&self, sealed: &Sealed, place: &str) -> Result<SecretString, SealError> {
        let mut keys = std::iter::once(&*self.current).chain(self.older.iter());
        let secret = match sealed.0.split_first() {
            Some((&VERSION, rest)) => {
                let (id, rest) = rest.split_first_chunk::<{ keys::ID }>().ok_or(SealError::DoesNotOpen)?;
                keys.find(|key| key.id == *id).and_then(|key| open(&key.cipher, rest, place))
            }
            Some((&WITHOUT_ID, rest)) => keys.find_map(|key| open(&key.cipher_without_id, rest, place)),
            _ => None,
        };
        String::from_utf8(secret.ok_or(SealError::DoesNotOpen)?)
            .map(SecretString::from)
            .map_err(|_| SealError::DoesNotOpen)
    }

    /// The id of the key that seals, as in each value.
    pub fn key_id(&self) -> KeyId {
        self.current.id
    }
}

fn open(cipher: &XChaCha20Poly1305, rest: &[u8], place: &str) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    cipher.decrypt(&XNonce::from(*nonce), Payload { msg: ciphertext, aad: place.as_bytes() }).ok()
}

fn key_of(digits: &str) -> Option<[u8; KEY]> {
    hex::decode(digits).ok().and_then(|key| <[u8; KEY]>::try_from(key).ok())
}

/// Where the keys before lie, the newest first: values of a backup from their time open with them.
pub fn old_file(file: &Path) -> PathBuf {
    beside(file, ".old")
}

pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = std::ffi::OsString::from(file);
    name.push(ending);
    name.into()
}

/// The keys that were used before, a line each, when they are kept.
fn older(file: &Path) -> Result<Vec<Key>, KeyError> {
    let path = old_file(file);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(KeyError::File { path, source }),
    };
    refuse_readable(&path)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let keys: Option<Vec<Key>> = lines.map(|line| key_of(line).map(|key| Key::new(&key))).collect();
    keys.ok_or(KeyError::Malformed(path))
}

/// A credential of systemd belongs to root, and the service reads it by a rule of its own, which shows as bits of the
/// group (systemd.exec(5), `LoadCredential=`).
fn refuse_readable(path: &Path) -> Result<(), KeyError> {
    let file = std::fs::metadata(path);
    let mode = file.as_ref().map(|file| file.permissions().mode() & 0o777).unwrap_or_default();
    // Kubernetes and newer versions of systemd give a secret out as root's, readable by the group of who gets it.
    let is_given = file.is_ok_and(|file| file.uid() == 0) && !rustix::process::geteuid().is_root();
    let others = if super::credential::is_one(path) || is_given { 0o037 } else { 0o077 };
    if mode & others != 0 {
        return Err(KeyError::Readable { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Writes a new file that its owner alone can read.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_in_its_place() {
        let sealer = Sealer::new(&[7; KEY]);
        let sealed = sealer.seal(&SecretString::from("lever token"), "a:1");
        assert_eq!(sealer.open(&sealed, "a:1").expect("opens").expose_secret(), "lever token");
        assert!(sealer.open(&sealed, "a:2").is_err());
        assert!(Sealer::new(&[8; KEY]).open(&sealed, "a:1").is_err());
        assert!(!sealed.0.windows(5).any(|w| w == b"lever"));
    }

    fn with_older(current: u8, older: &[u8]) -> Sealer {
        let older = older.iter().map(|byte| Key::new(&[*byte; KEY])).collect();
        Sealer { older, ..Sealer::new(&[current; KEY]) }
    }

    #[test]
    fn values_of_older_keys_open_by_their_id() {
        let sealed = Sealer::new(&[7; KEY]).seal(&SecretString::from("lever token"), "a:1");
        let newer = with_older(9, &[8, 7]);
        assert_eq!(newer.open(&sealed, "a:1").expect("opens").expose_secret(), "lever token");
        assert!(with_older(9, &[8]).open(&sealed, "a:1").is_err());
        let fresh = newer.seal(&SecretString::from("x"), "a:1");
        assert_eq!(fresh.0[1..=keys::ID], newer.key_id(), "sealed under the current key");
        assert!(Sealer::new(&[7; KEY]).open(&fresh, "a:1").is_err());
        let mut renamed = sealed.clone();
        renamed.0[1..=keys::ID].copy_from_slice(&newer.key_id());
        assert!(newer.open(&renamed, "a:1").is_err(), "an id alone opens nothing");
    }

    #[test]
    fn values_of_earlier_versions_open_without_an_id() {
        use chacha20poly1305::KeyInit as _;
        let nonce = [3u8; NONCE];
        let ciphertext = XChaCha20Poly1305::new(&[7; KEY].into())
            .encrypt(&XNonce::from(nonce), Payload { msg: b"from 0.1", aad: b"a:1" })
            .expect("sealed");
        let sealed = Sealed([&[WITHOUT_ID][..], &nonce, &ciphertext].concat());
        for sealer in [Sealer::new(&[7; KEY]), with_older(9, &[8, 7])] {
            assert_eq!(sealer.open(&sealed, "a:1").expect("opens").expose_secret(), "from 0.1");
        }
        assert!(with_older(9, &[8]).open(&sealed, "a:1").is_err());
    }
}
