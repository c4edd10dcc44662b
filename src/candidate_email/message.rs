//! One mail to one candidate.

use super::{EmailKind, Text, greeting};
use crate::i18n::Messages;
use crate::mail::{Message, Sender, address};
use crate::people::Company;
use crate::time::Timestamp;
use askama::Template;

/// What a mail is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'l> {
    /// Who invites.
    pub company: &'l Company,
    /// The candidate's name; may be empty.
    pub name: &'l str,
    /// For which job; may be empty.
    pub posting: &'l str,
    /// The logic test is asked for.
    pub logic: bool,
    /// The personality test is asked for.
    pub personality: bool,
    /// Until when the link is good.
    pub until: Timestamp,
    /// Where to go.
    pub link: &'l str,
    /// The candidate has begun.
    pub is_started: bool,
    /// Time for each task of the logic test, in percent of the usual; 0: no limit.
    pub time_percent: i32,
}

/// A mail as it is sent.
#[derive(Template)]
#[template(path = "emails/candidate.html")]
pub struct EmailMessage<'l> {
    words: &'static Messages,
    /// One line.
    pub subject: String,
    paragraphs: Vec<Vec<String>>,
    button: String,
    link: &'l str,
}

#[derive(Template)]
#[template(path = "emails/candidate.txt")]
struct Plain<'l> {
    message: &'l EmailMessage<'l>,
}

/// As one line of characters that can be seen: nothing in it ends a header or a paragraph.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

impl<'l> EmailMessage<'l> {
    /// Fills a text.
    pub fn new(kind: EmailKind, text: &Text, words: &'static Messages, about: About<'l>) -> Self {
        // Without a limit most people take the usual time.
        let logic = if about.time_percent == 0 { 20 } else { 20 * about.time_percent / 100 };
        let tests = match (about.logic, about.personality) {
            (true, false) => ("mail-tests-logic", logic),
            (false, true) => ("mail-tests-personality", 10),
            _ => ("mail-tests-both", logic + 10),
        };
        let posting = one_line(&greeting::title(about.posting));
        let values = [
            one_line(&greeting::name(about.name)),
            one_line(&about.company.name),
            if posting.is_empty() { words.say("mail-no-posting") } else { posting },
            words.say(tests.0),
            tests.1.to_string(),
            words.day(about.until, &about.company.zone()),
            one_line(&about.company.support_contact),
        ];
        let mut paragraphs = text.fill_body(&values);
        let is_reminder = kind == EmailKind::Reminder && about.is_started;
        if is_reminder {
            paragraphs.push(vec![words.say("mail-started")]);
        }
        if kind == EmailKind::Time {
            let time = match about.time_percent {
                0 => words.say("mail-time-none"),
                ..=100 => words.say("mail-time-usual"),
                percent => words.say1("mail-time-more", "percent", percent - 100),
            };
            paragraphs.insert(paragraphs.len().min(2), vec![time]);
        }
        let button = words.say(if is_reminder { "mail-continue" } else { "mail-button" });
        Self { words, subject: text.fill_subject(&values), paragraphs, button, link: about.link }
    }

    /// The part for programs that show HTML.
    pub fn html(&self) -> Result<String, askama::Error> {
        self.render()
    }

    /// The part for programs that do not.
    pub fn plain(&self) -> Result<String, askama::Error> {
        Plain { message: self }.render()
    }

    /// As a mail to this person, with this `Message-ID`.
    pub fn to_mail(&self, to: &str, name: &str, message_id: String) -> Result<Message, askama::Error> {
        Ok(Message {
            to: to.trim().to_owned(),
            to_name: one_line(&greeting::name(name)),
            subject: self.subject.clone(),
            text: self.plain()?,
            html: Some(self.html()?),
            message_id: Some(message_id),
        })
    }
}

/// In whose name candidates are written to. Answers go to the support contact when that is a mail address.
pub fn sender(company: &Company) -> Sender {
    Sender { name: one_line(&company.name), reply_to: address::parse(&company.support_contact) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::CompanyId;

    fn company() -> Company {
        Company {
            id: CompanyId::new(),
            name: "Acme <b>&\r\nBcc: eve@example.com".into(),
            support_contact: "jobs@acme.example".into(),
            time_zone: "Europe/Stockholm".into(),
            retention_months: 24,
            created_at: Timestamp(0),
            default_tests: crate::test_selection::Tests::Both,
            ask_again_above: 20,
            privacy_url: String::new(),
            data_notice: String::new(),
            questionnaire: crate::test_selection::Questionnaire::Own,
            norm_group: crate::test_selection::NormGroup::General,
            counts_groups: 0,
            pilot_tasks: 0,
        }
    }

    fn about(company: &Company) -> About<'_> {
        About {
            company,
            name: "Ada <script>",
            posting: "",
            logic: true,
            personality: true,
            until: Timestamp(1_795_474_799_000),
            link: "https://portal.example/assessment/x",
            is_started: true,
            time_percent: 100,
        }
    }

    #[test]
    fn what_is_filled_in_is_text_and_nothing_more() {
        let company = company();
        let words = Messages::find("sv").expect("Swedish");
        let text =
            Text { subject: "{company}: {posting}".into(), body: "Hej {name},\n<i>{until}</i>".into() };
        let message = EmailMessage::new(EmailKind::Reminder, &text, words, about(&company));
        assert_eq!(message.subject, "Acme <b>& Bcc: eve@example.com: din ansökan");
        let (html, plain) = (message.html().expect("HTML"), message.plain().expect("text"));
        assert!(
            html.contains("Ada &#60;script&#62;") && html.contains("&#60;i&#62;23 november 2026"),
            "{html}"
        );
        assert!(plain.contains("Hej Ada <script>,\n<i>23 november 2026</i>\n"), "{plain}");
        assert!(plain.contains("Fortsätt"), "{plain}");
        assert_eq!(sender(&company).name, "Acme <b>& Bcc: eve@example.com");
        assert!(sender(&company).reply_to.is_some());
    }
}
