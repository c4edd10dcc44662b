//! Lets the held invitations of a bulk move go once their time has come.

use super::JobContext;
use super::job::{Job, JobResult, Needs, Next};
use crate::ids::BulkMoveId;
use crate::invitations::bulk_moves::{self, release};
use crate::job_queue::{JobKind, JobRow};
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
    const TRIGGER: &'static str = "a bulk move is held; due when the company's hold is over";
    const BEFORE_EVENTS: bool = true;

    async fn run(&self, ctx: &JobContext, _: &JobRow) -> JobResult {
        let id = self.bulk_move;
        ctx.db
            .write(move |conn| match bulk_moves::by_id(conn, &id)? {
                // A person may have been quicker.
                Some(bulk_move) => release::send(conn, &bulk_move, None).map(|_| ()),
                None => Ok(()),
            })
            .await?;
        Ok(Next::Done)
    }
}
