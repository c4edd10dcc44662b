//! What every call to Lever has in common below its meaning: the HTTP client, bounded bodies,
//! `Retry-After`, and plain words for what went wrong on the way.

use std::sync::{Arc, OnceLock};
use std::{error::Error as StdError, time::Duration};

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{
    Response,
    header::{DATE, HeaderMap, RETRY_AFTER},
    redirect,
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore};

/// A server that asks for a longer wait than this is asked again after it all the same.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Stands where a secret was.
const NOT_SHOWN: &str = "(not shown)";

/// How an HTTP client for Lever is made; see [`client`] for the usual one.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For the whole answer.
    pub timeout: Duration,
    /// How the client names itself, such as `my-integration/1.0`.
    pub user_agent: String,
    /// More certificates to trust, in PEM: those of a company's own authority. May be empty.
    pub extra_roots: Vec<u8>,
}

/// The HTTP client can't be made.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The certificates to trust besides the usual ones can't be read.
    #[error("the certificates to trust can't be read: {0}")]
    Roots(String),
    /// There is no certificate among what is to be trusted.
    #[error("the file of certificates to trust holds no certificate in PEM")]
    NoRoots,
    /// TLS can't be set up.
    #[error("TLS can't be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The client can't be set up.
    #[error("the HTTP client can't be set up: {0}")]
    Client(#[from] reqwest::Error),
}

impl Settings {
    /// The usual settings, with this time for an answer.
    pub fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            user_agent: concat!("lever-client/", env!("CARGO_PKG_VERSION")).to_owned(),
            extra_roots: Vec::new(),
        }
    }

    /// An HTTP client fit for Lever: rustls, 5 s to connect, redirects off, since this crate follows them
    /// itself. It trusts Mozilla's list, what the system trusts, and [`Settings::extra_roots`].
    ///
    /// # Errors
    /// When the certificates can't be read or TLS can't be set up.
    pub fn client(&self) -> Result<reqwest::Client, HttpError> {
        let client = reqwest::Client::builder()
            .user_agent(&self.user_agent)
            .redirect(redirect::Policy::none())
            .connect_timeout(Duration::from_secs(5))
            .timeout(self.timeout)
            .use_preconfigured_tls(tls(&self.extra_roots)?);
        Ok(client.build()?)
    }
}

/// The usual HTTP client: [`Settings::new`] with nothing changed.
///
/// # Errors
/// When TLS can't be set up.
pub fn client(timeout: Duration) -> Result<reqwest::Client, HttpError> {
    Settings::new(timeout).client()
}

/// TLS that trusts Mozilla's list, what the system trusts, and these in PEM, which may be none: for clients
/// that are made elsewhere.
///
/// # Errors
/// When the certificates can't be read or TLS can't be set up.
pub fn tls(extra_roots: &[u8]) -> Result<ClientConfig, HttpError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(system().iter().cloned());
    for certificate in read_roots(extra_roots)? {
        roots.add(certificate).map_err(|error| HttpError::Roots(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// What the system trusts and these in PEM, each in DER: for a library that has a TLS of its own.
///
/// # Errors
/// When the certificates can't be read.
pub fn authorities(extra_roots: &[u8]) -> Result<Vec<Vec<u8>>, HttpError> {
    let is_usable = |root: &&CertificateDer<'static>| RootCertStore::empty().add((*root).clone()).is_ok();
    let extra = read_roots(extra_roots)?;
    let all = system().iter().filter(is_usable).chain(&extra);
    Ok(all.map(|certificate| certificate.to_vec()).collect())
}

/// What the system trusts, as far as it can be read. That takes a while, and is the same for all clients.
fn system() -> &'static [CertificateDer<'static>] {
    static SYSTEM: OnceLock<Vec<CertificateDer<'static>>> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let system = rustls_native_certs::load_native_certs();
        for error in &system.errors {
            tracing::warn!(%error, "some of the system's certificates can't be read");
        }
        system.certs
    })
}

fn read_roots(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, HttpError> {
    let unreadable = |error: String| HttpError::Roots(error);
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|error| unreadable(error.to_string()))?;
    for root in &read {
        RootCertStore::empty().add(root.clone()).map_err(|error| unreadable(error.to_string()))?;
    }
    if read.is_empty() && !pem.is_empty() { Err(HttpError::NoRoots) } else { Ok(read) }
}

/// A failure on the way: no answer, or none that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// In plain words.
    pub why: String,
    /// Whether Lever may have got the request.
    pub maybe_sent: bool,
    /// Whether the server's certificate is the reason.
    pub is_certificate: bool,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold a person's e-mail, and the caller knows it anyway.
        let error = error.without_url();
        let fault = certificate_fault(&error);
        let is_certificate = fault.is_some();
        let why = fault.unwrap_or_else(|| describe(&error));
        Self { why, maybe_sent: !error.is_connect() && !error.is_builder(), is_certificate }
    }
}

/// What went wrong, in plain words.
fn describe(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    match () {
        () if error.is_connect() && error.is_timeout() => "no connection in time".to_owned(),
        () if error.is_connect() => format!("no connection: {cause}"),
        () if error.is_timeout() => "no answer in time".to_owned(),
        () => format!("the connection broke: {cause}"),
    }
}

/// What the TLS library says when a call failed because the server's certificate is not trusted; none when
/// it failed for another reason.
pub fn certificate_fault(error: &(dyn StdError + 'static)) -> Option<String> {
    let mut cause: &dyn StdError = error;
    let mut is_certificate = false;
    while let Some(deeper) = cause.source() {
        cause = deeper;
        is_certificate |= is_about_a_certificate(&cause.to_string());
    }
    is_certificate.then(|| cause.to_string())
}

/// What helps when a server's certificate is not trusted for this reason, in the words of [`certificate_fault`] or of
/// libpq: each fault has another remedy.
pub fn certificate_remedy(fault: &str) -> &'static str {
    let fault = fault.to_ascii_lowercase();
    let is_about = |words: &[&str]| words.iter().any(|word| fault.contains(word));
    match () {
        () if is_about(&["causedasendentity"]) => {
            "the server shows the certificate of an authority (CA:TRUE) as its own, which nobody may take, named in \
             EXTRA_CA_FILE or not: make the server one with basicConstraints CA:FALSE, and name that one, or the authority \
             that signs it, in EXTRA_CA_FILE"
        }
        () if is_about(&["expired", "notvalidafter"]) => "it is out of date: renew it on that server",
        () if is_about(&["not valid yet", "notvalidyet", "not yet valid"]) => {
            "it is not valid yet: look at the clocks of this machine and of that server"
        }
        () if is_about(&[
            "notvalidforname",
            "not valid for name",
            "does not match host name",
            "name mismatch",
        ]) =>
        {
            "it is for another name: write the server's address with a name that the certificate has, or give that server a \
             certificate for this one"
        }
        () if is_about(&["revoked"]) => "it was revoked: give that server a new one",
        () => {
            "when it is of an authority of your company's own, or of a proxy in between, name that authority's file in \
             EXTRA_CA_FILE"
        }
    }
}

/// Whether these are the words of a TLS library about a certificate: ours, or the other side's alert.
fn is_about_a_certificate(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    words.contains("certificate") || words.contains("unknownca") || words.contains("unknownissuer")
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn body(mut response: Response, limit: usize) -> Result<Vec<u8>, Broken> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            let why = format!("the answer is larger than {limit} bytes");
            return Err(Broken { why, maybe_sent: true, is_certificate: false });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// How long the server asks to be left alone: seconds or a date (RFC 9110 §10.2.3), at most an hour.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = DateTimeParser::new().parse_timestamp(text).ok()?;
            // A date that has passed means: now.
            Duration::try_from(until.duration_since(Timestamp::now())).unwrap_or_default()
        }
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

/// When the server answered, by its own clock (RFC 9110 §6.6.1).
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(headers.get(DATE)?.to_str().ok()?.trim()).ok()
}

/// The beginning of what a server sent, at most `limit` bytes of it, fit to be shown.
pub(crate) fn excerpt(bytes: &[u8], limit: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(limit + 4)]);
    let mut text: String = text.replace('\0', "\u{fffd}");
    if text.len() > limit || bytes.len() > limit {
        let end = (0..=limit.min(text.len())).rev().find(|&at| text.is_char_boundary(at));
        text.truncate(end.unwrap_or(0));
        text.push('…');
    }
    text
}

/// The text without these secrets, should a server have repeated them.
pub(crate) fn without(text: &str, secrets: &[&str]) -> String {
    // Shorter ones are no secrets, and replacing them would make words unreadable.
    let secrets = secrets.iter().filter(|secret| secret.len() >= 8);
    secrets.fold(text.to_owned(), |text, secret| text.replace(secret, NOT_SHOWN))
}

#[cfg(test)]
mod tests;
