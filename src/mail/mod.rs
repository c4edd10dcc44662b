//! Mail: one message to one person, handed to the configured SMTP server.

pub mod address;
mod entities;
pub mod links;
mod plain;
mod server;

use crate::metrics::metrics;
use crate::reasons::Reason;
use lettre::address::Envelope;
use lettre::message::{Mailbox, MultiPart, header};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, Message as Mime};
use lever_client::http::{certificate_fault, certificate_remedy};
use secrecy::SecretString;
use server::{Failure, Server};
use std::time::Duration;

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail to send.
pub struct Message {
    /// The address; a name is added by `to_name`.
    pub to: String,
    /// The person's name; may be empty.
    pub to_name: String,
    pub subject: String,
    /// The text; always there.
    pub text: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// `Message-ID` without angle brackets. A mail that is sent again after a crash keeps it, so that
    /// the reader's mail program shows it once.
    pub message_id: Option<String>,
}

/// In whose name a mail is sent.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Whoever writes, as one line; the portal's own name stands behind it.
    pub name: String,
    /// Where answers go.
    pub reply_to: Option<Address>,
}

/// What the server said when it took the mail: `250 OK`.
#[derive(Debug, Clone)]
pub struct Accepted(pub String);

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Not a mail address.
    #[error("{0:?} is not an email address")]
    Address(String),
    /// The part before the `@` has letters that the server cannot send.
    #[error(
        "{0:?} has characters before the @ that the mail server cannot handle (it does not support \
         SMTPUTF8); use another address for this person"
    )]
    Letters(String),
    /// The message cannot be written as a mail.
    #[error("the email could not be composed: {0}")]
    Compose(#[from] lettre::error::Error),
    /// The server refuses for good: the reason is in its words.
    #[error("the mail server refused it: {0}")]
    Refused(String),
    /// The server is not to be reached, or says to try later.
    #[error("the mail server cannot accept it right now: {0}")]
    TryAgain(String),
}

impl MailError {
    /// Whether its words say already what to do: about a certificate, or a setting.
    pub fn has_remedy(&self) -> bool {
        let words = self.to_string();
        ["certificate", "SMTP_URL", "EXTRA_CA_FILE", "intercepting"].iter().any(|word| words.contains(word))
    }
}

impl From<&MailError> for Reason {
    fn from(cause: &MailError) -> Self {
        match cause {
            MailError::Address(address) => Self::MailAddress { address: address.clone() },
            MailError::Letters(address) => Self::MailLetters { address: address.clone() },
            MailError::Compose(cause) => Self::MailNotComposed { detail: cause.to_string() },
            MailError::Refused(detail) => Self::MailRefused { detail: detail.clone() },
            MailError::TryAgain(detail) => Self::MailLater { detail: detail.clone() },
        }
    }
}

/// The mail server cannot be used as it is set. The setting is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The address makes no sense.
    #[error("SMTP_URL is invalid: {0}; it must look like smtp://127.0.0.1:25 or smtps://user:password@host")]
    Url(String),
    /// Everybody on the way could read along, and nobody said that this is meant.
    #[error(
        "SMTP_URL leads to another machine without encryption, where anyone in between can read candidates' \
         links and the password; write smtps://…, or add ?tls=required for STARTTLS, or ?tls=none if you \
         trust that network"
    )]
    Open,
    /// What is trusted cannot be read.
    #[error(transparent)]
    Authorities(#[from] lever_client::http::HttpError),
    /// TLS cannot be set up.
    #[error("TLS to the mail server cannot be set up: {0}")]
    Tls(#[from] lettre::transport::smtp::Error),
}

/// Sends mail, each over a connection of its own. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    server: Server,
    from: Mailbox,
}

impl Mailer {
    /// For a server at `smtps://…` or `smtp://…` (`?tls=required` for STARTTLS; `?tls=none` for another machine in
    /// the open), from this sender. `authorities`, in PEM, are trusted beside the system's.
    ///
    /// # Errors
    /// When the address makes no sense, or would send in the open without a word.
    pub fn new(url: &SecretString, from: Mailbox, authorities: &[u8]) -> Result<Self, MailerError> {
        let email = address::parse(from.email.as_ref()).unwrap_or(from.email);
        let from = Mailbox { email, ..from };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let server = Server::parse(url, hello, authorities)?;
        Ok(Self { server, from })
    }

    /// Hands a mail to the server.
    ///
    /// # Errors
    /// Says whether trying again makes sense.
    pub async fn send(&self, message: Message) -> Result<Accepted, MailError> {
        self.send_from(message, self.from.clone(), None).await
    }

    /// Hands a mail to the server that is sent in somebody's name: `Acme Inc via Alva`. The address stays
    /// the portal's own, which the mail server may send for.
    ///
    /// # Errors
    /// Says whether trying again makes sense.
    pub async fn send_as(&self, sender: Sender, message: Message) -> Result<Accepted, MailError> {
        let from = Mailbox::new(Some(self.name_of(&sender)), self.from.email.clone());
        self.send_from(message, from, sender.reply_to.map(|address| Mailbox::new(None, address))).await
    }

    /// The name that readers see.
    pub fn name_of(&self, sender: &Sender) -> String {
        format!("{} via {}", sender.name, self.from.name.as_deref().unwrap_or("Alva"))
    }

    async fn send_from(
        &self,
        message: Message,
        from: Mailbox,
        reply_to: Option<Mailbox>,
    ) -> Result<Accepted, MailError> {
        let address = address::parse(&message.to).ok_or_else(|| MailError::Address(message.to.clone()))?;
        let is_ascii = address.user().is_ascii();
        let name = Some(message.to_name).filter(|name| !name.is_empty());
        // Said apart from the headers, out of which not every address in quotes is read again.
        let envelope = Envelope::new(Some(from.email.clone()), vec![address.clone()])?;
        let mut mail = Mime::builder()
            .envelope(envelope)
            .from(from)
            .to(Mailbox::new(name, address))
            .subject(message.subject)
            .header(AutoSubmitted);
        if let Some(id) = message.message_id {
            mail = mail.message_id(Some(format!("<{id}>")));
        }
        if let Some(reply_to) = reply_to {
            mail = mail.reply_to(reply_to);
        }
        let mail = match message.html {
            Some(html) => mail.multipart(MultiPart::alternative_plain_html(message.text, html))?,
            None => mail.header(header::ContentType::TEXT_PLAIN).body(message.text)?,
        };
        let sent = self.server.send(mail.envelope(), &mail.formatted()).await;
        metrics().mailed(match &sent {
            Ok(_) => "sent",
            Err(refusal) if is_for_good(refusal) || (refusal.is_client() && !is_ascii) => "refused",
            Err(_) => "postponed",
        });
        match sent {
            Ok(answer) => {
                Ok(Accepted(format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))))
            }
            Err(refusal) if is_for_good(&refusal) => Err(MailError::Refused(describe_failure(&refusal))),
            // Said by lettre before anything goes out; no later try would end otherwise.
            Err(other) if other.is_client() && !is_ascii => Err(MailError::Letters(message.to)),
            Err(other) => Err(MailError::TryAgain(describe_failure(&other))),
        }
    }
}

/// What went wrong, in words; a certificate that is not trusted is told as one.
fn describe_failure(failure: &Failure) -> String {
    match certificate_fault(failure) {
        Some(why) => format!("its certificate is not trusted ({why}); {}", certificate_remedy(&why)),
        None => failure.to_string(),
    }
}

/// Whether the server refuses this mail for good. That it does not know the portal (RFC 4954: 530, 534,
/// 535, 538) says nothing about the mail: the operator mends that, and the mail goes out.
fn is_for_good(refusal: &Failure) -> bool {
    let is_about_us = refusal.status().is_some_and(|code| (530..540).contains(&code));
    refusal.is_permanent() && !is_about_us
}

impl Mailer {
    /// Tries to send as far as it can be taken back, to find out whether the server takes the portal's mail: with
    /// its user, its sender and a recipient. Answers how the way there is protected.
    ///
    /// # Errors
    /// Says why it would not.
    pub async fn try_sending(&self) -> Result<String, MailError> {
        self.server.try_sending(&self.from.email).await
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834): tells out-of-office programs not to answer.
#[derive(Debug, Clone, Copy)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
