//! The outbox of notices to admins and auditors: who was written to about what. A mail that failed half-way is not sent twice to
//! those who have it.

use super::{Member, Role, User, team};
use crate::db::schema::admin_notices::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::{AlertId, BulkMoveId, CheckpointId, CompanyId, UserId};
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;

text_enum! {
    /// What kind of thing a notice says.
    NoticeKind {
        /// Something is wrong with an integration.
        AlertBegun => "alert_begun",
        /// It is over.
        AlertOver => "alert_over",
        /// The invitations of a bulk move are held.
        BulkMove => "bulk_move",
        /// A checkpoint of the audit log; this one is for auditors.
        Checkpoint => "checkpoint",
    }
}

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// An alert that began.
    AlertBegun(AlertId),
    /// An alert that is over.
    AlertOver(AlertId),
    /// A bulk move that is held.
    BulkMove(BulkMoveId),
    /// A checkpoint of the audit log.
    Checkpoint(CheckpointId),
}

impl Notice {
    fn kind(self) -> NoticeKind {
        match self {
            Self::AlertBegun(_) => NoticeKind::AlertBegun,
            Self::AlertOver(_) => NoticeKind::AlertOver,
            Self::BulkMove(_) => NoticeKind::BulkMove,
            Self::Checkpoint(_) => NoticeKind::Checkpoint,
        }
    }

    /// Whom it is for.
    fn role(self) -> Role {
        match self {
            Self::AlertBegun(_) | Self::AlertOver(_) | Self::BulkMove(_) => Role::Admin,
            Self::Checkpoint(_) => Role::Auditor,
        }
    }

    fn subject(&self) -> &str {
        match self {
            Self::AlertBegun(id) | Self::AlertOver(id) => id.as_str(),
            Self::BulkMove(id) => id.as_str(),
            Self::Checkpoint(id) => id.as_str(),
        }
    }
}

/// The admins of a company, or the auditors for a checkpoint, who were not written to about this yet.
pub fn unnotified(conn: &mut Conn, company: &CompanyId, notice: Notice) -> DbResult<Vec<User>> {
    let written: Vec<UserId> = admin_notices::table
        .filter(dsl::about.eq(notice.kind()).and(dsl::subject_id.eq(notice.subject())))
        .select(dsl::user_id)
        .load(conn)?;
    let is_reader = |member: &Member| member.has_joined() && member.user.role == notice.role();
    let admins = team::members(conn, company)?.into_iter().filter(is_reader).map(|member| member.user);
    Ok(admins.filter(|user| !written.contains(&user.id)).collect())
}

/// One of them was written to.
pub fn notified(conn: &mut Conn, notice: Notice, user: &UserId) -> DbResult<()> {
    diesel::insert_into(admin_notices::table)
        .values((
            dsl::about.eq(notice.kind()),
            dsl::subject_id.eq(notice.subject()),
            dsl::user_id.eq(user),
            dsl::sent_at.eq(Timestamp::now()),
        ))
        .execute(conn)?;
    Ok(())
}
