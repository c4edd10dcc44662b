//! The mails that arrived.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::message::{Envelope, Mail};
use super::read::read;

/// How many mails are kept; beyond it the oldest goes.
const KEPT: usize = 10_000;

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

    /// Says where mail for it is taken; a second server leaves the first one's address.
    pub(super) fn set_address(&self, address: SocketAddr) {
        let _ = self.address.set(address);
    }

    /// Reads a message as it came over SMTP and keeps it.
    pub fn receive(&self, envelope: &Envelope, raw: &[u8], received_at: i64) -> Mail {
        let mut mail = read(envelope, raw);
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
