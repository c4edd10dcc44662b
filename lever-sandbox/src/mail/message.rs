//! One mail, and what SMTP says around it.

use serde::Serialize;

/// One mail as it was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Counts up from 1 in the order of arrival.
    pub id: u64,
    /// When it arrived, in ms UTC by the sandbox's clock.
    pub received_at: i64,
    /// The sender: the `From` header's address, else the envelope's.
    pub from: String,
    /// The recipients of the envelope, separated by `, `.
    pub to: String,
    /// The decoded subject; empty when there is none.
    pub subject: String,
    /// The plain text body, made from the HTML when the mail has only that.
    pub text: String,
    /// The HTML body, if the mail has one.
    pub html: Option<String>,
    /// Every http(s) link of both bodies, each once, in order of appearance.
    pub links: Vec<String>,
}

/// Who sends to whom, as the SMTP dialogue names them.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// `MAIL FROM`, without the angle brackets.
    pub from: String,
    /// Each `RCPT TO`, without the angle brackets.
    pub to: Vec<String>,
}
