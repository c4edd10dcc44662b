//! Lets held invitations go once their time has come: those of a bulk move, and those above the daily limit as far
//! as there is room.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next};
use crate::db::{Conn, DbResult};
use crate::ids::BulkMoveId;
use crate::invitations::bulk_moves::detect::HoldCause;
use crate::invitations::bulk_moves::{self, daily, release};
use crate::job_queue::{JobKind, JobRow};
use crate::time::Timestamp;
use serde::Deserialize;

/// See the module.
#[derive(Deserialize)]
pub(in crate::jobs) struct ReleaseBulkMove {
    bulk_move: BulkMoveId,
}

impl Job for ReleaseBulkMove {
    const KIND: JobKind = JobKind::ReleaseBulkMove;
    const NEEDS: Needs = Needs::Active;
    const ONE_PER: &'static str = "bulk move";
    const TRIGGER: &'static str =
        "a bulk move is held; due when the company's hold is over, or the daily limit has room again";
    const BEFORE_EVENTS: bool = true;

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        let id = self.bulk_move;
        let again = ctx.db.write(move |conn| next_look(conn, &id)).await?;
        Ok(again.map_or(Next::Done, Next::At))
    }
}

/// Answers when to look again.
fn next_look(conn: &mut Conn, id: &BulkMoveId) -> DbResult<Option<Timestamp>> {
    match bulk_moves::by_id(conn, id)? {
        Some(bulk_move) if bulk_move.cause == HoldCause::DailyLimit => daily::release(conn, &bulk_move),
        // A person may have been quicker.
        Some(bulk_move) => release::send(conn, &bulk_move, None).map(|_| None),
        None => Ok(None),
    }
}
