//! What a checkpoint looks like: a signed note (C2SP signed-note, version 1) whose text is that of a checkpoint (C2SP
//! tlog-checkpoint), with Ed25519 (RFC 8032).
//!
//! ```text
//! alva-portal/audit/<id of the company>
//! <number of rows>
//! <hash of the last row, base64>
//! company <name>
//! time <RFC 3339>
//!
//! — alva-portal/audit/<id of the company> <key id and signature, base64>
//! ```
//!
//! One thing differs from a transparency log: the hash is the last row's, which covers all rows before it one by one, and
//! not the root of a Merkle tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// What the origin of each company's log begins with.
const ORIGIN: &str = "alva-portal/audit/";

/// The algorithm's number in signed notes.
const ALGORITHM: u8 = 1;

/// Longer notes are not read (bytes).
const LONGEST: usize = 16 * 1024;

/// Why something is no checkpoint, or no key for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The public key.
    #[error(
        "this is not a public key: it must look like name+0123abcd+AbC…=, as shown on the checkpoints page"
    )]
    Key,
    /// The note as such.
    #[error(
        "this is not a checkpoint: a signed note consists of its text, an empty line and a signature line"
    )]
    Shape,
    /// The text.
    #[error(
        "this is not a checkpoint: its first lines must be the origin, the number of rows and a 32-byte hash"
    )]
    Text,
    /// The signature is of another key.
    #[error("the checkpoint is not signed by this public key")]
    OtherKey,
    /// The signature does not fit.
    #[error("the signature is invalid: the checkpoint was altered, or somebody else made it")]
    Signature,
}

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: [`origin`] of a company.
    pub origin: String,
    /// How many rows the log had.
    pub rows: i64,
    /// The hash of the last of them, as hexadecimal digits.
    pub hash: String,
    /// The lines behind, such as the company's name and the time.
    pub extensions: Vec<String>,
}

/// The name of a company's log, which is also the name of the key in its notes. It stays the same when the portal moves.
pub fn origin(company: &str) -> String {
    format!("{ORIGIN}{company}")
}

impl Checkpoint {
    /// The company's id in the origin.
    pub fn company(&self) -> &str {
        self.origin.strip_prefix(ORIGIN).unwrap_or_default()
    }

    /// When it was made, RFC 3339; empty where it does not say.
    pub fn time(&self) -> &str {
        self.extensions.iter().find_map(|line| line.strip_prefix("time ")).unwrap_or_default()
    }

    /// The text that is signed.
    fn text(&self) -> Option<String> {
        let hash = STANDARD.encode(hex::decode(&self.hash).ok()?);
        let mut text = format!("{}\n{}\n{hash}\n", self.origin, self.rows);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        Some(text)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, rows, hash) = (lines.next()?, lines.next()?, lines.next()?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        // Without leading zeros, sign or spaces: each number has one way to be written.
        let number: i64 =
            rows.parse().ok().filter(|number: &i64| *number >= 0 && number.to_string() == rows)?;
        let hash = STANDARD.decode(hash).ok().filter(|hash| hash.len() == 32)?;
        let is_whole = !origin.is_empty() && extensions.iter().all(|line| !line.is_empty());
        is_whole.then(|| Self {
            origin: origin.to_owned(),
            rows: number,
            hash: hex::encode(hash),
            extensions,
        })
    }
}

/// A key that signs. Prints nothing of it.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new secret: 32 random bytes as hexadecimal digits.
    pub fn generate() -> SecretString {
        hex::encode(rand::random::<[u8; 32]>()).into()
    }

    /// The key of a secret; none when it is not 64 hexadecimal digits.
    pub fn read(secret: &SecretString) -> Option<Self> {
        let seed = hex::decode(secret.expose_secret()).ok()?;
        Ed25519KeyPair::from_seed_unchecked(&seed).ok().map(Self)
    }

    /// What checks its signatures under a name.
    pub fn public(&self, name: &str) -> PublicKey {
        let key = self.0.public_key().as_ref().try_into().expect("an Ed25519 public key has 32 bytes");
        PublicKey { name: name.to_owned(), key }
    }

    /// Signs; none when the hash is no hash.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Option<String> {
        let text = checkpoint.text()?;
        let id = self.public(&checkpoint.origin).id();
        let signature = self.0.sign(text.as_bytes());
        let line = STANDARD.encode([&id[..], signature.as_ref()].concat());
        Some(format!("{text}\n\u{2014} {} {line}\n", checkpoint.origin))
    }
}

/// A key that checks signatures, and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: [u8; 32],
}

impl fmt::Display for PublicKey {
    /// As signed notes write it: `name+id+key`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode([&[ALGORITHM][..], &self.key].concat());
        write!(f, "{}+{}+{key}", self.name, hex::encode(self.id()))
    }
}

impl PublicKey {
    /// Reads `name+id+key`.
    ///
    /// # Errors
    /// When it is none, or its parts do not belong together.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next(), parts.next(), parts.next());
        let (Some(name), Some(id), Some(key)) = (name, id, key) else { return Err(NoteError::Key) };
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::Key)?;
        let Some((&ALGORITHM, key)) = bytes.split_first() else { return Err(NoteError::Key) };
        let key = key.try_into().map_err(|_| NoteError::Key)?;
        let public = Self { name: name.to_owned(), key };
        if name.is_empty() || hex::encode(public.id()) != id { Err(NoteError::Key) } else { Ok(public) }
    }

    /// Names the key in signatures: the beginning of SHA-256 over name, algorithm and key.
    fn id(&self) -> [u8; 4] {
        let mut hasher = Sha256::new();
        hasher.update(self.name.as_bytes());
        hasher.update([b'\n', ALGORITHM]);
        hasher.update(self.key);
        let [a, b, c, d, ..] = <[u8; 32]>::from(hasher.finalize());
        [a, b, c, d]
    }

    /// Reads a checkpoint that this key signed.
    ///
    /// # Errors
    /// When it is none, another key signed it, or it was altered.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::read(&self.signed_text(note)?).ok_or(NoteError::Text)?;
        // The same key serves all logs of an installation; each log has its name.
        if checkpoint.origin == self.name { Ok(checkpoint) } else { Err(NoteError::OtherKey) }
    }

    /// The text of a note that this key signed.
    fn signed_text(&self, note: &str) -> Result<String, NoteError> {
        if note.len() > LONGEST || !note.ends_with('\n') {
            return Err(NoteError::Shape);
        }
        // The text ends with its line break; the empty line behind it is not part of it.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Shape)?;
        let text = format!("{text}\n");
        let begin = format!("\u{2014} {} ", self.name);
        let mut ours = signatures.lines().filter_map(|line| STANDARD.decode(line.strip_prefix(&begin)?).ok());
        let signed = ours.find_map(|bytes| bytes.strip_prefix(&self.id()).map(<[u8]>::to_vec));
        let signature = signed.ok_or(NoteError::OtherKey)?;
        let checked = UnparsedPublicKey::new(&ED25519, self.key).verify(text.as_bytes(), &signature);
        checked.map(|()| text).map_err(|_| NoteError::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's package `golang.org/x/mod/sumdb/note`, which signed notes come from.
    #[test]
    fn a_published_note_is_read() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = PublicKey::parse(key).expect("a public key");
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let signature =
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=";
        let note = format!("{text}\n\u{2014} PeterNeumann {signature}\n");
        assert_eq!(key.signed_text(&note).as_deref(), Ok(text));
        assert_eq!(key.signed_text(&note.replace("think", "thank")), Err(NoteError::Signature));
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            origin: origin("0198c0de-0000-7000-8000-000000000000"),
            rows: 32,
            hash: "ab".repeat(32),
            extensions: vec!["company Acme Inc".into(), "time 2026-11-27T08:00:00.000Z".into()],
        }
    }

    #[test]
    fn what_is_signed_is_read_again_and_what_is_altered_is_not() {
        let key = SigningKey::read(&SigningKey::generate()).expect("a key");
        let checkpoint = checkpoint();
        let public = PublicKey::parse(&key.public(&checkpoint.origin).to_string()).expect("a public key");
        let note = key.sign(&checkpoint).expect("a note");
        assert_eq!(public.open(&note), Ok(checkpoint.clone()));
        assert_eq!(checkpoint.time(), "2026-11-27T08:00:00.000Z");
        for (from, to) in [("\n32\n", "\n31\n"), ("Acme", "Acne"), ("q6ur", "q6us"), ("T08", "T09")] {
            let altered = note.replacen(from, to, 1);
            assert_ne!(altered, note, "{from}");
            assert_eq!(public.open(&altered), Err(NoteError::Signature), "{to}");
        }
        assert_eq!(public.open("nothing"), Err(NoteError::Shape));
        let other = SigningKey::read(&SigningKey::generate()).expect("a key").public(&checkpoint.origin);
        assert_eq!(other.open(&note), Err(NoteError::OtherKey));
        let renamed = key.public("another log");
        assert_eq!(renamed.open(&note), Err(NoteError::OtherKey));
    }

    /// RFC 8032, section 7.1, test 1: the public key of this secret.
    #[test]
    fn keys_are_those_of_the_standard() {
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let key = SigningKey::read(&secret.to_owned().into()).expect("a key").public("x");
        assert_eq!(hex::encode(key.key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }
}
