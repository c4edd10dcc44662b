//! How an account stands, in a badge and one sentence; on its page and on those that look again by themselves.

use crate::db::{Conn, DbResult};
use crate::integrations::checklist::{self, Checklist};
use crate::integrations::schedule::watch;
use crate::integrations::{Integration, State};
use crate::web::{Layout, labels};

/// An account and what has arrived from it.
pub(super) struct Status {
    pub(super) integration: Integration,
    pub(super) checklist: Checklist,
    /// How many ms Lever took to answer the last check.
    pub(super) answer_ms: Option<i64>,
}

impl Status {
    pub(super) fn badge(&self) -> &'static str {
        if self.needs_token() { "attention" } else { labels::integration(self.integration.state).0 }
    }

    pub(super) fn label(&self) -> String {
        match self.integration.state {
            State::SettingUp => format!("Setting up, {} of 4", self.checklist.heard()),
            State::Active if self.needs_token() => "Needs you".to_owned(),
            state => labels::integration(state).1,
        }
    }

    fn needs_token(&self) -> bool {
        self.integration.state == State::Active && self.integration.signature_failing_since.is_some()
    }

    /// Whether all is well with a working account, and one sentence on it.
    pub(super) fn health(&self, layout: &Layout) -> Option<(bool, String)> {
        if self.integration.state != State::Active || self.needs_token() {
            return None;
        }
        let last = match self.checklist.last() {
            Some(at) => format!("last event {}", at.relative_to(layout.now)),
            None => "no event yet".to_owned(),
        };
        let queued = match self.checklist.queued {
            0 => "nothing waiting".to_owned(),
            1 => "1 event is being processed".to_owned(),
            many => format!("{many} events are being processed"),
        };
        let queued = match self.answer_ms {
            Some(ms) => format!("{queued}, Lever answers in {ms} ms"),
            None => queued,
        };
        Some(match self.checklist.failed {
            0 => (true, format!("All well: {last}, {queued}.")),
            1 => (false, format!("1 event failed; {last}, {queued}.")),
            many => (false, format!("{many} events failed; {last}, {queued}.")),
        })
    }
}

/// How an account stands.
pub(super) fn status(conn: &mut Conn, integration: Integration) -> DbResult<Status> {
    let answer_ms = watch::load(conn, &integration.id)?.and_then(|watch| watch.answer_ms);
    Ok(Status { checklist: checklist::load(conn, &integration)?, integration, answer_ms })
}
