//! The mail server: its address, how the way there is encrypted, and whether it takes the portal's mail.

use super::plain::Plain;
use super::{MailError, MailerError, PATIENCE};
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters};
use lettre::transport::smtp::commands::{Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use lettre::transport::smtp::{Error, SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;
use tokio::net::TcpStream;
use url::{Host, Url};

/// So long handing over one mail may take, whatever the server does.
const WHOLE: Duration = Duration::from_secs(120);

/// So long a server's goodbye is waited for.
const GOODBYE: Duration = Duration::from_secs(2);

/// Where mail is handed over.
#[derive(Clone)]
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
}

impl Server {
    /// Reads `smtps://…`, `smtp://…?tls=required` (STARTTLS), `?tls=opportunistic` or `?tls=none`.
    pub(super) fn parse(
        url: &SecretString,
        hello: ClientId,
        authorities: &[u8],
    ) -> Result<Self, MailerError> {
        let url = Url::parse(url.expose_secret()).map_err(|failure| MailerError::Url(failure.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| MailerError::Url("it names no host".to_owned()))?.to_owned();
        let word = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, word)| word.into_owned());
        let parameters = || parameters(&host, authorities);
        let (tls, port) = match (url.scheme(), word.as_deref()) {
            ("smtps", _) => (Tls::Wrapper(parameters()?), SUBMISSIONS_PORT),
            ("smtp", Some("required")) => (Tls::Required(parameters()?), SUBMISSION_PORT),
            ("smtp", Some("opportunistic")) => (Tls::Opportunistic(parameters()?), SUBMISSION_PORT),
            ("smtp", Some("none")) => (Tls::None, SMTP_PORT),
            ("smtp", None) if is_this_machine(&url) => (Tls::None, SMTP_PORT),
            ("smtp", None) => return Err(MailerError::Open),
            ("smtp", Some(_)) => {
                return Err(MailerError::Url("tls must be required, opportunistic or none".to_owned()));
            }
            _ => return Err(MailerError::Url("it must begin with smtp:// or smtps://".to_owned())),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials =
            url.password().map(|password| Credentials::new(decoded(url.username()), decoded(password)));
        Ok(Self { port: url.port().unwrap_or(port), host, tls, credentials, hello })
    }

    /// Hands over a mail.
    pub(super) async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<Response, Failure> {
        let handing_over = async {
            let mut conn = self.connect().await?;
            if let Some(credentials) = &self.credentials {
                conn.auth(DEFAULT_MECHANISMS, credentials).await?;
            }
            let answer = conn.send(envelope, mail).await?;
            Ok::<_, Failure>((answer, conn))
        };
        let handed_over = tokio::time::timeout(WHOLE, handing_over).await.unwrap_or(Err(Failure::Late));
        let (answer, mut conn) = handed_over?;
        // It has the mail, whether or not it says goodbye.
        let _ = tokio::time::timeout(GOODBYE, conn.abort()).await;
        Ok(answer)
    }

    /// Goes as far as a mail from this address to itself goes, and takes it back before a word of it is sent.
    /// Answers how the way there is protected.
    pub(super) async fn try_sending(&self, from: &Address) -> Result<String, MailError> {
        let mut conn = self.connect().await.map_err(|failure| explain(&failure, None))?;
        let offers = conn.can_starttls();
        let is_encrypted = conn.is_encrypted();
        let hint = move |failure: Error| explain(&failure.into(), (!is_encrypted).then_some(offers));
        if let Some(credentials) = &self.credentials {
            conn.auth(DEFAULT_MECHANISMS, credentials).await.map_err(hint)?;
        }
        conn.command(Mail::new(Some(from.clone()), vec![])).await.map_err(hint)?;
        conn.command(Rcpt::new(from.clone(), vec![])).await.map_err(hint)?;
        conn.command(Rset).await.map_err(hint)?;
        conn.abort().await;
        Ok(match (is_encrypted, offers, &self.tls) {
            (true, _, Tls::Wrapper(_)) => "encrypted".to_owned(),
            (true, ..) => "encrypted with STARTTLS".to_owned(),
            (false, true, _) => {
                "not encrypted, although it offers STARTTLS: add ?tls=required to SMTP_URL".to_owned()
            }
            (false, false, _) => "not encrypted".to_owned(),
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let at = (self.host.as_str(), self.port);
        if let Tls::Wrapper(parameters) = &self.tls {
            let parameters = Some(parameters.clone());
            return Ok(AsyncSmtpConnection::connect_tokio1(
                at,
                Some(PATIENCE),
                &self.hello,
                parameters,
                None,
            )
            .await?);
        }
        let tcp = tokio::time::timeout(PATIENCE, TcpStream::connect(at)).await.map_err(|_| Failure::Late)?;
        let stream = Box::new(Plain::new(tcp.map_err(Failure::Tcp)?));
        let mut conn = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await?;
        match &self.tls {
            Tls::Required(parameters) => conn.starttls(parameters.clone(), &self.hello).await?,
            Tls::Opportunistic(parameters) if conn.can_starttls() => {
                conn.starttls(parameters.clone(), &self.hello).await?;
            }
            _ => {}
        }
        Ok(conn)
    }
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// What the server said, or a fault of the way there.
    #[error(transparent)]
    Smtp(#[from] Error),
    /// There is no connection.
    #[error("no connection: {0}")]
    Tcp(#[source] std::io::Error),
    /// It took too long.
    #[error("no answer in time")]
    Late,
}

impl Failure {
    fn smtp(&self) -> Option<&Error> {
        match self {
            Self::Smtp(failure) => Some(failure),
            Self::Tcp(_) | Self::Late => None,
        }
    }

    /// The number of the server's refusal.
    pub(super) fn status(&self) -> Option<u16> {
        self.smtp().and_then(Error::status).map(u16::from)
    }

    /// Whether the server refuses for good.
    pub(super) fn is_permanent(&self) -> bool {
        self.smtp().is_some_and(Error::is_permanent)
    }

    /// Whether it was found before anything was sent.
    pub(super) fn is_client(&self) -> bool {
        self.smtp().is_some_and(Error::is_client)
    }
}

/// What a server's refusal means for who runs the portal; `open`: the way is not encrypted, and whether the server
/// offers STARTTLS.
fn explain(failure: &Failure, open: Option<bool>) -> MailError {
    let words = super::describe_failure(failure);
    let wants_tls = words.to_ascii_uppercase().contains("STARTTLS");
    let is_for_us = failure.status().is_some_and(|code| (530..540).contains(&code));
    match open {
        Some(offers) if wants_tls || (is_for_us && offers) => MailError::TryAgain(format!(
            "{words}; it only accepts mail over an encrypted connection: add ?tls=required to SMTP_URL"
        )),
        _ if is_for_us => MailError::TryAgain(format!("{words}; set its user and password in SMTP_URL")),
        _ if failure.is_permanent() => MailError::Refused(words),
        _ => MailError::TryAgain(words),
    }
}

fn parameters(host: &str, authorities: &[u8]) -> Result<TlsParameters, MailerError> {
    let mut builder = TlsParameters::builder(host.to_owned());
    for authority in lever_client::http::authorities(authorities)? {
        builder = builder.add_root_certificate(Certificate::from_der(authority)?);
    }
    Ok(builder.build()?)
}

/// Whether what is sent there leaves this machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        // The url crate reads no IPv4 address in a scheme of its own.
        Some(Host::Domain(name)) => {
            name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
                || name == "localhost"
                || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Server, MailerError> {
        Server::parse(&SecretString::from(url), ClientId::Domain("portal.example".into()), &[])
    }

    #[test]
    fn what_leaves_the_machine_is_encrypted_or_said_to_be_open() {
        for (url, port) in [
            ("smtp://127.0.0.1", 25),
            ("smtp://127.0.0.1:2525", 2525),
            ("smtp://localhost", 25),
            ("smtp://[::1]:25", 25),
            ("smtp://mail.localhost", 25),
            ("smtp://mail.example?tls=none", 25),
            ("smtp://u:p@mail.example:26?tls=none", 26),
            ("smtp://mail.example?tls=required", 587),
            ("smtp://mail.example?tls=opportunistic", 587),
            ("smtps://u:p%2Fa@mail.example", 465),
        ] {
            assert_eq!(parse(url).map(|server| server.port).ok(), Some(port), "{url}");
        }
        for open in
            ["smtp://mail.example", "smtp://u:p@mail.example", "smtp://10.0.0.1:25", "smtp://mail:1025"]
        {
            assert!(matches!(parse(open), Err(MailerError::Open)), "{open}");
        }
        for wrong in ["smtp://mail.example?tls=yes", "http://mail.example", "smtp://", "mail.example"] {
            assert!(matches!(parse(wrong), Err(MailerError::Url(_))), "{wrong}");
        }
        let said = parse("smtp://user:GEHEIM@mail.example").err().map(|refused| refused.to_string());
        assert!(said.is_some_and(|said| !said.contains("GEHEIM") && said.contains("?tls=none")));
    }
}
