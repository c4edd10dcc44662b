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
             You are invited to the Alva portal of {company}, as {role}.\n\
             Choose your name and password here. The link works once, for seven days:\n\n\
             {link}\n\n\
             If you did not expect this, you can ignore this email.\n",
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
            "Hello,\n\nYou are invited to the Alva portal of {company}, as {role}.\nYou already log in to \
             another company with this address, and an address can only be used for one company. We don't \
             tell {company} about this.\n\nTo join, ask them to invite another of your addresses. Or have an \
             admin of your current company remove you from its team, then ask {company} to invite you \
             again.\n\nIf you did not expect this, you can ignore this email: nothing has changed.\n",
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
            "Hello {name},\n\nSomebody, probably you, asked to reset your password. Set a new one here. The \
             link works once, for one hour:\n\n{link}\n\nIf it wasn't you, you can ignore this email: \
             nothing has changed.\n",
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
