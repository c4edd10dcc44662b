//! The mail to admins about a mass move, or about the daily limit: invitations are held.

use crate::invitations::bulk_moves::view::Summary;
use crate::mail::Message;
use crate::people::{Company, User};
use crate::time::Timestamp;
use url::Url;

/// An email to one admin. `page`: the bulk move's page in the portal.
pub fn message(
    user: &User,
    company: &Company,
    integration: &str,
    bulk_move: &Summary,
    page: &Url,
) -> Message {
    let (zone, now) = (company.zone(), Timestamp::now());
    let minute = |at: Timestamp| at.minute_in(&zone, now);
    if bulk_move.is_daily() {
        return above_limit(user, company, integration, bulk_move, page);
    }
    let text = format!(
        "Hello {name},\n\nMany candidates were moved to \u{201c}{stage}\u{201d} in Lever ({integration}) at {moved_at}: \
         {moved} so far. Invitations are held: {held}. They go out at {until}.{before}\n\nIf the move was a mistake, \
         undo it before then: what is held is never sent. Or send it now:\n\n{page}\n\nTimes are in {zone_name}. This was \
         written once to each admin of {company}.\n",
        name = user.called(),
        stage = bulk_move.stage,
        moved_at = minute(bulk_move.bulk_move.first_at),
        moved = bulk_move.moved,
        held = bulk_move.held,
        before = bulk_move.describe_sent_before(),
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

/// The same about invitations above the daily limit.
fn above_limit(user: &User, company: &Company, integration: &str, held: &Summary, page: &Url) -> Message {
    let (zone, now) = (company.zone(), Timestamp::now());
    let text = format!(
        "Hello {name},\n\nLever ({integration}) has invited as many candidates within 24 hours as {company} allows. \
         Further invitations are held: {held} so far. The first of them go out at {until}, as soon as there is \
         room.\n\nLook at who they are. Send them now, or undo them if nobody meant them:\n\n{page}\n\nThe limit \
         is in the portal under Settings, Company. Times are in {zone_name}. This was written once to each admin of \
         {company}.\n",
        name = user.called(),
        held = held.moved,
        until = held.bulk_move.release_at.minute_in(&zone, now),
        zone_name = company.time_zone,
        company = company.name,
    );
    let host = page.host_str().unwrap_or("localhost");
    Message {
        to: user.email.clone(),
        to_name: user.name.clone(),
        subject: format!("Invitations are held: daily limit reached in Lever ({integration})"),
        text,
        html: None,
        message_id: Some(format!("batch-{}-{}@{host}", held.bulk_move.id, user.id)),
    }
}
