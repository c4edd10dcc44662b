//! The candidates' mail: a real SMTP server on this machine and what arrived at it.
//!
//! Anything may be sent to any address; nothing is ever delivered further. The
//! inbox page and the control API read the [`Mailbox`].

mod read;
mod server;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Serialize;

pub use server::SmtpServer;

/// How many mails are kept; beyond it the oldest goes.
const KEPT: usize = 10_000;

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

/// The mails that arrived, oldest first.
#[derive(Debug, Default)]
pub struct Mailbox {
    inner: Mutex<Inner>,
    address: OnceLock<SocketAddr>,
}

#[derive(Debug, Default)]
struct Inner {
    last_id: u64,
    mails: VecDeque<Mail>,
}

impl Mailbox {
    /// All mails, oldest first.
    pub fn list(&self) -> Vec<Mail> {
        self.lock().mails.iter().cloned().collect()
    }

    /// The newest mails, newest first.
    pub fn newest(&self, count: usize) -> Vec<Mail> {
        self.lock().mails.iter().rev().take(count).cloned().collect()
    }

    /// One mail by its number.
    pub fn get(&self, id: u64) -> Option<Mail> {
        self.lock().mails.iter().find(|mail| mail.id == id).cloned()
    }

    /// Forgets every mail. Numbers go on counting, so that an old link never shows a new mail.
    pub fn clear(&self) {
        self.lock().mails.clear();
    }

    /// Where mail for it is taken, once its server runs.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address.get().copied()
    }

    /// Reads a message as it came over SMTP and keeps it.
    pub fn receive(&self, envelope: &Envelope, raw: &[u8], received_at: i64) -> Mail {
        let mut mail = read::read(envelope, raw);
        let mut inner = self.lock();
        inner.last_id += 1;
        mail.id = inner.last_id;
        mail.received_at = received_at;
        if inner.mails.len() == KEPT {
            inner.mails.pop_front();
        }
        inner.mails.push_back(mail.clone());
        mail
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves a list of mails as good as before.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who sends to whom, as the SMTP dialogue names them.
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// `MAIL FROM`, without the angle brackets.
    pub from: String,
    /// Each `RCPT TO`, without the angle brackets.
    pub to: Vec<String>,
}
