//! The mail that tells admins of a mass move whose invitations are held.

use crate::db::schema::{batch_letters, batches};
use crate::db::{Conn, DbResult};
use crate::ids::{BulkMoveId, IntegrationId, UserId};
use crate::invitations::bulk_moves::BulkMove;
use crate::invitations::bulk_moves::view::Summary;
use crate::mail::Message;
use crate::people::{self, Company, Role, User};
use crate::time::Timestamp;
use diesel::prelude::*;
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

/// A batch that admins have not been written to about and may be now.
pub fn untold(conn: &mut Conn, id: &IntegrationId, now: Timestamp) -> DbResult<Option<BulkMove>> {
    Ok(batches::table
        .filter(batches::integration_id.eq(id).and(batches::told_at.is_null()))
        .filter(batches::tell_at.le(now))
        .order(batches::id.asc())
        .select(BulkMove::as_select())
        .first(conn)
        .optional()?)
}

/// The admins who have not been written to about a batch yet.
pub fn readers(conn: &mut Conn, bulk_move: &BulkMove) -> DbResult<Vec<User>> {
    let written: Vec<UserId> = batch_letters::table
        .filter(batch_letters::batch_id.eq(&bulk_move.id))
        .select(batch_letters::user_id)
        .load(conn)?;
    let team = people::members(conn, &bulk_move.company_id)?;
    let is_reader = |member: &people::Member| member.has_joined() && member.user.role == Role::Admin;
    let admins = team.into_iter().filter(is_reader).map(|member| member.user);
    Ok(admins.filter(|user| !written.contains(&user.id)).collect())
}

/// One of them was written to.
pub fn written(conn: &mut Conn, bulk_move: &BulkMoveId, user: &UserId) -> DbResult<()> {
    diesel::insert_into(batch_letters::table)
        .values((
            batch_letters::batch_id.eq(bulk_move),
            batch_letters::user_id.eq(user),
            batch_letters::sent_at.eq(Timestamp::now()),
        ))
        .execute(conn)?;
    Ok(())
}

/// All were, or there is nothing more to say; with a time, they are tried again then.
pub fn told(conn: &mut Conn, bulk_move: &BulkMoveId, again: Option<Timestamp>) -> DbResult<()> {
    let row = diesel::update(batches::table.find(bulk_move));
    match again {
        Some(at) => row.set(batches::tell_at.eq(at)).execute(conn)?,
        None => row.set(batches::told_at.eq(Some(Timestamp::now()))).execute(conn)?,
    };
    Ok(())
}
