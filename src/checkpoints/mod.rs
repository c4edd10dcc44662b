//! Checkpoints: signed statements of how many rows a company's audit log has and what the last of them is. Once one has
//! left the building, nobody can rewrite or cut the log before it without being found out: not with the database, and not
//! with the secret key either.

mod email;
pub mod note;
pub mod offline;
mod store;

pub use email::{Reader, message};
pub use store::{
    AGAIN, CheckpointError, Kept, Settings, address, asked, configure, find, first_for, is_due, list, make,
    newest, public_key, settings,
};

use crate::db::schema::{companies, jobs};
use crate::db::{Conn, DbResult};
use crate::ids::CompanyId;
use crate::job_queue::{self, JobKind, NewJob};
use crate::time::Timestamp;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// A company that was just made has nothing worth a signature yet.
const FIRST: Duration = Duration::from_secs(600);

/// The companies that nobody signs for yet, and when they were made.
pub fn unplanned(conn: &mut Conn) -> DbResult<Vec<(CompanyId, Timestamp)>> {
    let planned = jobs::table
        .filter(jobs::kind.eq(JobKind::SignCheckpoint.as_str()))
        .filter(jobs::key.eq(companies::id));
    let missing = companies::table.filter(not(exists(planned)));
    Ok(missing.select((companies::id, companies::created_at)).load(conn)?)
}

/// Sees to it that each of these companies has a checkpoint every day.
pub fn plan(conn: &mut Conn, companies: Vec<(CompanyId, Timestamp)>) -> DbResult<()> {
    companies.into_iter().try_for_each(|(company, made)| {
        let daily = NewJob {
            company,
            integration: None,
            kind: JobKind::SignCheckpoint,
            key: company.to_string(),
            payload: json!({}),
            due: Timestamp::now().max(made.plus(FIRST)),
        };
        job_queue::add_missing(conn, daily)
    })
}

/// Asks for a checkpoint to be sent to where the company's go.
pub fn send(conn: &mut Conn, kept: &Kept) -> DbResult<()> {
    let settings = settings(conn, &kept.company_id)?;
    let ways = [("mail", settings.does_mail()), ("post", settings.url_sealed.is_some())];
    for (way, _) in ways.into_iter().filter(|(_, is_wanted)| *is_wanted) {
        let job = NewJob {
            company: kept.company_id,
            integration: None,
            kind: JobKind::SendCheckpoint,
            key: format!("{}/{way}", kept.id),
            payload: json!({"checkpoint": kept.id, "way": way}),
            due: Timestamp::now(),
        };
        job_queue::add(conn, job)?;
    }
    Ok(())
}
