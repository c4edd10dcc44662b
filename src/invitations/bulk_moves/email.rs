//! The mail that tells admins of a mass move whose invitations are held.

use crate::invitations::bulk_moves::view::Summary;
use crate::mail::Message;
use crate::people::{Company, User};
use crate::time::Timestamp;
use url::Url;

/// A letter to one admin. `page`: the batch's page in the portal.
pub fn message(
    user: &User,
    company: &Company,
    integration: &str,
    bulk_move: &Summary,
    page: &Url,
) -> Message {
    let (zone, now) = (company.zone(), Timestamp::now());
    let minute = |at: Timestamp| at.minute_in(&zone, now);
    let text = format!(
        "Hello {name},\n\nmany candidates were moved to \u{201c}{stage}\u{201d} in Lever ({integration}) at {moved_at}: \
         {moved} so far. Their invitations are held; they go out at {until}.\n\nIf the move was a mistake, undo it \
         before then, and nobody hears of it. Or send them now:\n\n{page}\n\nTimes are in {zone_name}. This was \
         written once to each admin of {company}.\n",
        name = user.called(),
        stage = bulk_move.stage,
        moved_at = minute(bulk_move.bulk_move.first_at),
        moved = bulk_move.moved,
        until = minute(bulk_move.bulk_move.release_at),
        zone_name = company.time_zone,
        company = company.name,
    );
    let host = page.host_str().unwrap_or("localhost");
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject: format!(
            "Invitations are held: {} candidates moved to {} in Lever",
            bulk_move.moved, bulk_move.stage
        ),
        text,
        html: None,
        message_id: Some(format!("batch-{}-{}@{host}", bulk_move.bulk_move.id, user.id)),
    }
}
