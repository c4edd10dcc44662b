//! The mail with which an auditor gets a checkpoint.

use super::Kept;
use crate::i18n::{number, portal};
use crate::mail::Message;
use crate::time::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

/// To whom a checkpoint is mailed.
pub struct Reader<'r> {
    /// The address.
    pub email: &'r str,
    /// The name; may be empty.
    pub name: &'r str,
    /// How they are called in the letter.
    pub called: &'r str,
}

/// A letter to one auditor; `page`: the checkpoints in the portal.
pub fn message(to: &Reader<'_>, company: &str, zone: &TimeZone, kept: &Kept, page: &Url) -> Message {
    let at = Timestamp(kept.made_at.0).exact_in(zone);
    let values = [
        ("person", to.called.to_owned().into()),
        ("company", company.to_owned().into()),
        ("rows", number(kept.seq)),
        ("at", at.into()),
        ("page", page.as_str().to_owned().into()),
    ];
    let host = page.host_str().unwrap_or("localhost");
    // The note stands alone and unbroken, so that it can be cut out byte for byte.
    let text = format!("{}\n\n{}", portal().message("checkpoint-mail-body", &values), kept.note);
    Message {
        to: to.email.to_owned(),
        to_name: to.name.to_owned(),
        subject: portal().message("checkpoint-mail-subject", &values),
        text,
        html: None,
        message_id: Some(format!("checkpoint-{}-{}@{host}", kept.id, hex_of(to.email))),
    }
}

/// The address as part of a message's id.
fn hex_of(email: &str) -> String {
    crate::secrets::hash_of(email)[..16].to_owned()
}
