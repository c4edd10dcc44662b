//! Whether something that the portal writes is in Lever already. Lever may list it in other shapes than it was sent:
//! a file's name without its ending, cut, or with other signs between its words; a note's text in parts. So things
//! are known by what is unique in them, and where that is cut off by size and time.

use crate::ids::InvitationId;
use crate::invitations::Invitation;
use crate::time::Timestamp;
use lever_client::{File, Note};
use std::time::Duration;

/// What the name of a summary begins with.
const TITLE: &str = "Alva test summary";

/// So much of the unique part tells it from any other, in characters: one in sixteen millions.
const ENOUGH: usize = 6;

/// So much of a note is no accident, in characters.
const LONG_ENOUGH: usize = 40;

/// Lever's clock may differ from ours by this much.
const NEAR: Duration = Duration::from_secs(600);

/// Letters and digits, in small: what is left of a name or an address whatever Lever does to the signs between.
fn plain(text: &str) -> String {
    let text = text.replace("%20", " ");
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What tells an invitation's file from others. The last part of the id is chance; the first is time, which many may
/// share.
fn unique(invitation: &InvitationId) -> &str {
    invitation.as_str().rsplit('-').next().unwrap_or_default()
}

/// The name of an invitation's summary: unique to the invitation, so that a file that is there already is recognised.
pub(super) fn file_name(invitation: &Invitation) -> String {
    format!("{TITLE} {}.pdf", unique(&invitation.id))
}

/// Whether a file is an invitation's summary, by its name.
pub(super) fn is_named(file: &File, invitation: &InvitationId) -> bool {
    let name = plain(file.name.as_deref().unwrap_or_default());
    let (name, unique) = (name.strip_suffix("pdf").unwrap_or(&name), unique(invitation));
    let left = name.strip_prefix(plain(TITLE).as_str());
    name.contains(unique) || left.is_some_and(|left| left.len() >= ENOUGH && unique.starts_with(left))
}

/// Whether a file is an invitation's summary of `size` bytes, which was first to be written at `since`: by its name,
/// or by size and time where Lever's name says too little.
pub(super) fn is_summary(file: &File, invitation: &InvitationId, size: usize, since: Timestamp) -> bool {
    if is_named(file, invitation) {
        return true;
    }
    let name = plain(file.name.as_deref().unwrap_or_default());
    let name = name.strip_suffix("pdf").unwrap_or(&name);
    let title = plain(TITLE);
    let is_cut = title.starts_with(name)
        || name.strip_prefix(title.as_str()).is_some_and(|left| unique(invitation).starts_with(left));
    let is_pdf = file.ext.as_deref().is_none_or(|ext| matches!(plain(ext).as_str(), "" | "pdf"));
    is_cut
        && is_pdf
        && file.size.is_some_and(|there| usize::try_from(there) == Ok(size))
        && is_since(file.uploaded_at, since)
}

/// Whether an address that Lever shows is that of an invitation's result.
pub(super) fn names_result(text: &str, invitation: &InvitationId) -> bool {
    plain(text).contains(&plain(invitation.as_str()))
}

/// Whether a note is that of an invitation's result: its address stands in it.
pub(super) fn is_of_result(note: &Note, invitation: &InvitationId) -> bool {
    note.deleted_at.is_none() && note.texts().iter().any(|text| names_result(text, invitation))
}

/// Whether a note is `written`, which was first to be written at `since`. Where Lever cuts it before the address, by
/// its beginning and its time.
pub(super) fn is_written(note: &Note, invitation: &InvitationId, written: &str, since: Timestamp) -> bool {
    if is_of_result(note, invitation) {
        return true;
    }
    let written = plain(written);
    let begins = |text: &&str| {
        let text = plain(text);
        text.chars().count() >= LONG_ENOUGH && written.starts_with(&text)
    };
    note.deleted_at.is_none() && is_since(note.created_at, since) && note.texts().iter().any(begins)
}

fn is_since(at: Option<jiff::Timestamp>, since: Timestamp) -> bool {
    at.is_some_and(|at| Timestamp(at.as_millisecond()) >= since.minus(NEAR))
}
