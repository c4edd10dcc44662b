//! The mails that candidates get, in the company's words or in those that are built in.
//!
//! A company changes subject and text for each kind of mail and each language. Placeholders stand for
//! what differs from candidate to candidate; the button that leads to the tests is always there. What
//! is filled in is one line of plain text, so it can break neither header nor markup.

pub(crate) mod greeting;
mod message;
mod settings;
mod store;
pub(crate) mod template;

pub use message::{About, EmailMessage, sender};
pub use settings::{Languages, MailSettings};
pub use store::{CustomText, configure, forget_text, own_texts, save_text, settings, text};
pub use template::{PLACEHOLDERS, Placeholder, Text, TextError};

use crate::i18n::portal;
use crate::text_enum;

text_enum! {
    /// What a mail is for.
    EmailKind {
        /// Brings the link.
        Invitation => "invitation",
        /// Brings it to mind.
        Reminder => "reminder",
        /// Answers a request for more time.
        Time => "time",
    }
}

impl EmailKind {
    /// For people.
    pub fn label(self) -> String {
        portal().name("mail", self.as_str())
    }

    /// When it is sent, in a sentence.
    pub fn explanation(self) -> String {
        portal().name("mail-explanation", self.as_str())
    }
}
