//! The mail that invites a candidate.

use super::battery::Tests;
use crate::mail::Message;
use askama::Template;

/// What the mail says.
#[derive(Template)]
#[template(path = "mail/invitation.html")]
pub struct Letter<'l> {
    /// The company that invites.
    pub company: &'l str,
    /// The candidate's name; may be empty.
    pub name: &'l str,
    /// For which job; may be empty.
    pub posting: &'l str,
    /// Where to go.
    pub link: &'l str,
    /// Until when the link is good, as a date.
    pub until: &'l str,
    /// Where to ask; may be empty.
    pub support: &'l str,
    /// To which tests.
    pub tests: Tests,
}

#[derive(Template)]
#[template(path = "mail/invitation.txt")]
struct PlainLetter<'l> {
    letter: &'l Letter<'l>,
}

impl Letter<'_> {
    /// The subject: who invites, and for what.
    pub fn subject(&self) -> String {
        if self.posting.is_empty() {
            format!("{} invites you to {}", self.company, self.tests.invited_to())
        } else {
            format!("{} invites you to {}: {}", self.company, self.tests.invited_to(), self.posting)
        }
    }

    /// As a mail to this address, with this `Message-ID`.
    ///
    /// # Errors
    /// When a template fails, which is our fault.
    pub fn to_mail(&self, to: &str, message_id: String) -> Result<Message, askama::Error> {
        Ok(Message {
            to: to.to_owned(),
            to_name: self.name.to_owned(),
            subject: self.subject(),
            text: PlainLetter { letter: self }.render()?,
            html: Some(self.render()?),
            message_id: Some(message_id),
        })
    }
}
