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
        "Hello {name},\n\nMany candidates were moved to \u{201c}{stage}\u{201d} in Lever ({integration}) at {moved_at}. \
         Candidates moved so far: {moved}. Invitations held: {held}. They go out at {until}.{before}\n\nIf the move was \
         a mistake, undo it before then, and the held invitations will never be sent. You can also send them \
         now:\n\n{page}\n\nTimes are in {zone_name}. Every admin of {company} gets this email once.\n",
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
            "Invitations held: {} moved to {} in Lever",
            if bulk_move.moved == 1 {
                "1 candidate".to_owned()
            } else {
                format!("{} candidates", bulk_move.moved)
            },
            bulk_move.stage
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
        "Hello {name},\n\nLever ({integration}) has reached the number of invitations that {company} allows within 24 \
         hours. Further invitations are held: {held} so far. They start going out at {until}, as soon as the limit \
         allows.\n\nCheck who they are, then send them now, or undo them if they are a mistake:\n\n{page}\n\nYou can \
         change the limit in the portal under Settings, Company. Times are in {zone_name}. Every admin of {company} gets \
         this email once.\n",
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
        subject: format!("Invitations held: daily limit reached in Lever ({integration})"),
        text,
        html: None,
        message_id: Some(format!("batch-{}-{}@{host}", held.bulk_move.id, user.id)),
    }
}
