//! How candidates are written to: language, how long a link is good, reminders.

use crate::i18n::Messages;
use std::time::Duration;

/// What a company chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailSettings {
    /// The language for candidates whose own is not known.
    pub language: String,
    /// Days from the mail to the end of the invitation.
    pub good_for_days: i32,
    /// Reminders for an invitation, at most; 0 sends none.
    pub reminders_most: i32,
}

/// The languages that there are.
pub struct Languages;

impl Languages {
    /// Each with its code and its name in itself.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        Messages::all().iter().map(|words| (words.code(), words.texts.name.as_str()))
    }
}

impl Default for MailSettings {
    fn default() -> Self {
        Self { language: Messages::fallback().code().to_owned(), good_for_days: 30, reminders_most: 6 }
    }
}

impl MailSettings {
    /// Days that can be chosen.
    pub const DAYS: std::ops::RangeInclusive<i32> = 1..=365;

    /// Reminders that can be chosen.
    pub const REMINDERS: std::ops::RangeInclusive<i32> = 1..=20;

    /// How long an invitation is good.
    pub fn good_for(&self) -> Duration {
        Duration::from_secs(u64::from(self.good_for_days.unsigned_abs()) * 86_400)
    }

    /// A language's code.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_language(typed: &str) -> Result<String, &'static str> {
        let known = Languages::all().find(|(code, _)| *code == typed.trim());
        known.map(|(code, _)| code.to_owned()).ok_or("Choose one of the languages.")
    }

    /// A number of days.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_days(typed: &str) -> Result<i32, &'static str> {
        let days = typed.trim().parse().ok().filter(|days| Self::DAYS.contains(days));
        days.ok_or("Enter a whole number of days from 1 to 365.")
    }

    /// A number of reminders.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_reminders(typed: &str) -> Result<i32, &'static str> {
        let most = typed.trim().parse().ok().filter(|most| Self::REMINDERS.contains(most));
        most.ok_or("Enter a whole number from 1 to 20.")
    }
}
