//! The mails that people of a company get. An invitation goes to whatever address an admin typed, in the operator's name:
//! the name that the company gave itself leads nowhere.

use super::{Company, User};
use crate::mail::{Message, links};
use url::Url;

/// Invites a person into the team.
pub fn invitation_email(user: &User, company: &Company, link: &Url) -> Message {
    message(
        user,
        format!("Join {} on Alva", links::spaced(&company.name)),
        format!(
            "Hello,\n\n\
             you are invited to the Alva portal of {company}, as {role}.\n\
             Choose your name and a password here; the link works once, for seven days:\n\n\
             {link}\n\n\
             If you did not expect this, you can ignore it.\n",
            company = links::spaced(&company.name),
            role = user.role.label().to_lowercase(),
        ),
    )
}

/// Invites a person whose address logs in to another company: what they can do. It has no link, since none would work.
pub fn known_elsewhere_email(user: &User, company: &Company) -> Message {
    message(
        user,
        format!("Join {} on Alva", links::spaced(&company.name)),
        format!(
            "Hello,\n\n\
             you are invited to the Alva portal of {company}, as {role}.\n\
             You log in to another company with this address already, and an address can log in to one company only. \
             The people of {company} do not learn this from us.\n\n\
             To join, ask them to invite another address of yours. Or have an admin of your present company remove you \
             from its team, and then ask {company} to invite you again.\n\n\
             If you did not expect this, you can ignore it: nothing has changed.\n",
            company = links::spaced(&company.name),
            role = user.role.label().to_lowercase(),
        ),
    )
}

/// Brings the link with which a person sets a new password.
pub fn reset_email(user: &User, link: &Url) -> Message {
    message(
        user,
        "Set a new password for Alva".to_owned(),
        format!(
            "Hello {name},\n\n\
             somebody, probably you, asked for a new password. Set it here; the link works once, \
             for one hour:\n\n\
             {link}\n\n\
             If it was not you, nothing has changed and you can ignore this.\n",
            name = user.called(),
        ),
    )
}

fn message(user: &User, subject: String, text: String) -> Message {
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject,
        text,
        html: None,
        message_id: None,
    }
}
