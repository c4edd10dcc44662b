//! How an integration is doing: one verdict, the worst of its parts. Pages, navigation, titles, metrics and alerts take
//! it from here; nothing else computes a state for people.
//!
//! [`known::load`] reads what is known, and [`judge`] says what follows from it. The second is pure: it reads no clock
//! and no database.

pub mod known;
mod parts;
#[cfg(test)]
mod table;
#[cfg(test)]
mod tests;

pub use known::{Judged, Known, count, of_company, of_integration};

use crate::i18n::{Arg, number, portal};
use crate::integrations::State as IntegrationState;
use crate::integrations::alerts::AlertKind;
use crate::text_enum;
use crate::time::Timestamp;

text_enum! {
    /// What a verdict is made of, in the order in which people are told.
    PartCode {
        /// Whether Lever answers and accepts the portal.
        Access => "access",
        /// This machine's clock beside Lever's.
        Clock => "clock",
        /// What Lever grants.
        Permissions => "permissions",
        /// In whose name the portal writes.
        WritesAs => "writes_as",
        /// The same Lever account, connected twice.
        SameAccount => "same_account",
        /// Whether each of the four webhooks has been heard from.
        Webhooks => "webhooks",
        /// Whether deliveries match the saved tokens.
        Signatures => "signatures",
        /// The stage that invites.
        Trigger => "trigger",
        /// The other stages that somebody chose.
        Stages => "stages",
        /// What waits for a colleague's decision.
        Decisions => "decisions",
        /// Events that were given up.
        Failures => "failures",
        /// Events that wait.
        Queue => "queue",
        /// Invitations whose mail failed.
        Mail => "mail",
        /// What could not be written to Lever.
        WriteBacks => "write_backs",
        /// Lever's list against what was received.
        Reconciliation => "reconciliation",
        /// Day by day, the same in numbers.
        Completeness => "completeness",
        /// Background jobs that were given up.
        BackgroundWork => "background_work",
        /// What only **Test it** can know.
        Test => "test",
        /// Postings whose tags are not what they seem.
        Postings => "postings",
    }
}

impl PartCode {
    /// For people.
    pub fn label(self) -> String {
        portal().name("part", self.as_str())
    }

    /// The part that an alert is about.
    pub fn of_alert(kind: AlertKind) -> Self {
        match kind {
            AlertKind::AccessRevoked => Self::Access,
            AlertKind::SignaturesFailing => Self::Signatures,
            AlertKind::EventsFailing => Self::Failures,
            AlertKind::TriggerGone => Self::Trigger,
            AlertKind::StagesGone => Self::Stages,
            AlertKind::PermissionsMissing => Self::Permissions,
            AlertKind::CheckFailing => Self::Test,
        }
    }
}

/// How a part is, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It was looked at and is as it should be.
    Good,
    /// Nothing speaks against it, and nothing has shown that it works.
    Unproven,
    /// Somebody should do something.
    Attention,
    /// Nobody is invited while it is so.
    Failed,
}

/// Who can use a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Anybody of the company.
    Everybody,
    /// Who may change settings.
    Admins,
    /// Who may see the logs.
    Auditing,
}

/// How a fix is begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A page to go to.
    Link,
    /// A form without fields that is sent.
    Button,
    /// The form that grants access, for this integration.
    Grant,
}

/// What puts a part right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// On the link or button.
    pub words: String,
    /// Where it leads or is sent.
    pub path: String,
    pub by: By,
    pub who: For,
}

impl Fix {
    /// Whether it is a page to go to.
    pub fn is_link(&self) -> bool {
        self.by == By::Link
    }

    /// Whether it grants access, for which the form names the integration.
    pub fn is_grant(&self) -> bool {
        self.by == By::Grant
    }
}

/// A part of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub code: PartCode,
    pub level: Level,
    /// What is so, in one or two sentences.
    pub words: String,
    /// Since when, as far as that is known.
    pub since: Option<Timestamp>,
    /// What puts it right; none for a part that is good, or that time alone puts right.
    pub fix: Option<Fix>,
}

impl Part {
    /// Whether somebody should do something about it.
    pub fn needs_somebody(&self) -> bool {
        self.level >= Level::Attention
    }
}

text_enum! {
    /// The verdict in one word.
    VerdictState {
        /// Everything was looked at and is as it should be.
        Active => "active",
        /// It is active, and not every part of it has been seen to work.
        Unproven => "unproven",
        /// It works, and somebody should do something.
        NeedsYou => "needs_you",
        /// Nobody is invited.
        NotWorking => "not_working",
        /// It is not set up yet.
        SettingUp => "setting_up",
        /// Access ended in Lever.
        Disconnected => "disconnected",
        /// A colleague ended access.
        Ended => "ended",
    }
}

impl VerdictState {
    /// Whether somebody should look, wherever they are in the portal.
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::NeedsYou | Self::NotWorking | Self::Disconnected)
    }

    /// The worse, the higher.
    pub fn weight(self) -> u8 {
        match self {
            Self::Ended => 0,
            Self::Active => 1,
            Self::SettingUp => 2,
            Self::Unproven => 3,
            Self::NeedsYou => 4,
            Self::NotWorking => 5,
            Self::Disconnected => 6,
        }
    }
}

/// How an integration is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub state: VerdictState,
    /// In words, for badges.
    pub label: String,
    /// Why, in a sentence or two.
    pub words: String,
    /// The figures of an active one: last event, queue, how quickly Lever answers. Empty for others.
    pub figures: String,
    /// All parts that were looked at, the worst first.
    pub parts: Vec<Part>,
}

impl Verdict {
    /// The parts that are not good, the worst first.
    pub fn open(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.level > Level::Good)
    }

    /// How many parts need somebody.
    pub fn needing(&self) -> usize {
        self.parts.iter().filter(|part| part.needs_somebody()).count()
    }

    /// Why, and how much more there is.
    pub fn summary(&self) -> String {
        let more = self.needing().saturating_sub(1);
        match more {
            0 => self.words.clone(),
            more => format!("{} {}", self.words, say("verdict-more", &[("count", number(more))])),
        }
    }

    /// How a part is: the worst of what is said of it, good when nothing is.
    pub fn level(&self, code: PartCode) -> Level {
        let of = self.parts.iter().filter(|part| part.code == code).map(|part| part.level);
        of.max().unwrap_or(Level::Good)
    }

    /// The worst of what is said of a part, when that is not good.
    pub fn said_of(&self, code: PartCode) -> Option<&Part> {
        self.open().find(|part| part.code == code)
    }
}

/// What follows from what is known.
pub fn judge(known: &Known) -> Verdict {
    let mut parts = parts::all(known);
    // Stable: parts of one level keep the order in which people are told.
    parts.sort_by_key(|part| std::cmp::Reverse(part.level));
    let worst = parts.first().map_or(Level::Good, |part| part.level);
    let state = match (known.state, worst) {
        (IntegrationState::Disconnected, _) if known.state_reason.is_none() => VerdictState::Ended,
        (IntegrationState::Disconnected, _) => VerdictState::Disconnected,
        (IntegrationState::SettingUp, _) => VerdictState::SettingUp,
        (IntegrationState::Active, Level::Failed) => VerdictState::NotWorking,
        (IntegrationState::Active, Level::Attention) => VerdictState::NeedsYou,
        (IntegrationState::Active, Level::Unproven) => VerdictState::Unproven,
        (IntegrationState::Active, Level::Good) => VerdictState::Active,
    };
    let heard = known.webhooks.iter().filter(|webhook| webhook.is_heard()).count();
    let label = say(&format!("verdict-{state}"), &[("heard", number(heard))]);
    let figures = if known.state == IntegrationState::Active { figures(known) } else { String::new() };
    let words = match (state, parts.first()) {
        (VerdictState::Active, _) | (_, None) => say("verdict-well", &[]),
        (VerdictState::SettingUp, Some(part)) => say("verdict-not_yet", &[("why", (&part.words).into())]),
        (_, Some(part)) => part.words.clone(),
    };
    Verdict { state, label, words, figures, parts }
}

/// Last event, queue, how quickly Lever answers.
fn figures(known: &Known) -> String {
    let last = match known.last_event() {
        Some(at) => say("figures-last", &[("ago", at.relative_to(known.now).into())]),
        None => say("figures-no_event", &[]),
    };
    let queue = say("figures-queue", &[("count", number(known.queue.depth))]);
    match known.answer_ms {
        Some(ms) => {
            say("figures-answers", &[("last", last.into()), ("queue", queue.into()), ("ms", number(ms))])
        }
        None => say("figures", &[("last", last.into()), ("queue", queue.into())]),
    }
}

fn say(id: &str, values: &[(&str, Arg)]) -> String {
    portal().message(id, values)
}
