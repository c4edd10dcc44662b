//! What is done for an account by schedule, beside its checks and reconciliations: how far the one that is under
//! way came, and how the last one went. When each is due stands with its job.

use crate::db::schema::chores::{self, dsl};
use crate::db::{Conn, DbResult};
use crate::ids::IntegrationId;
use crate::integrations::schedule::unreadable::Unreadable;
use crate::integrations::{Integration, store};
use crate::job_queue::{self, JobKind, NewJob};
use crate::people;
use crate::reasons::Reason;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use std::time::Duration;

/// A new account's postings are read this long after it was connected: by then it is set up.
const FIRST: Duration = Duration::from_secs(10 * 60);

/// Nightly chores begin at this hour, by the company's clock.
const NIGHT: i8 = 2;

/// They are spread over so many minutes, each account having its own.
const SPREAD: u32 = 180;

text_enum! {
    /// What is done.
    ChoreKind {
        /// Reads all postings, for their tags.
        Postings => "postings",
        /// The whole of **Test it**.
        Heartbeat => "heartbeat",
        /// Asks for the days to be counted that have ended.
        Completeness => "completeness",
        /// Looks for candidates whom Lever does not know any more.
        Unseen => "unseen",
    }
}

impl ChoreKind {
    /// The job that does it.
    pub fn job(self) -> JobKind {
        match self {
            Self::Postings => JobKind::ReadPostings,
            Self::Heartbeat => JobKind::TestIntegration,
            Self::Completeness => JobKind::PlanDayCounts,
            Self::Unseen => JobKind::FindUnknownCandidates,
        }
    }
}

/// A chore of an account.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = chores)]
pub struct Chore {
    pub integration_id: IntegrationId,
    /// What is done.
    pub kind: ChoreKind,
    /// When the one that is under way began.
    pub began_at: Option<Timestamp>,
    /// Lever's token of the page to read next.
    pub page: Option<String>,
    /// When it was done last, or given up.
    pub done_at: Option<Timestamp>,
    /// What was wrong then; none when nothing was.
    pub failure: Reason,
    /// Rows of Lever's list that could not be read, in the one that is under way or the last.
    pub unreadable: i32,
    /// What names and counts them: see [`Chore::left_out`].
    unreadable_ids: String,
}

impl Chore {
    /// The rows that could not be read, by their ids or in numbers.
    pub fn left_out(&self) -> Unreadable {
        Unreadable::read(&self.unreadable_ids)
    }

    /// The same, with what one more page of the list brought. The first page begins anew.
    #[must_use]
    pub fn with_unreadable(self, count: usize, page: &Unreadable) -> Self {
        let (before, named) = match self.began_at {
            Some(_) => (self.unreadable, self.left_out()),
            None => (0, Unreadable::default()),
        };
        let unreadable = before.saturating_add(i32::try_from(count).unwrap_or(i32::MAX));
        Self { unreadable, unreadable_ids: named.and(page).kept(), ..self }
    }
}

/// Begins to do the chores of an account that is new.
pub(in crate::integrations) fn begin(
    conn: &mut Conn,
    integration: &Integration,
    zone: &TimeZone,
) -> DbResult<()> {
    let now = Timestamp::now();
    for kind in ChoreKind::ALL {
        let night = tonight(zone, now, &integration.id);
        let due = if *kind == ChoreKind::Postings { now.plus(FIRST) } else { night };
        let chore = Chore {
            integration_id: integration.id,
            kind: *kind,
            began_at: None,
            page: None,
            done_at: None,
            failure: Reason::None,
            unreadable: 0,
            unreadable_ids: "[]".to_owned(),
        };
        diesel::insert_into(chores::table).values(&chore).execute(conn)?;
        let job = NewJob::of_integration(kind.job(), integration.company_id, integration.id, due);
        job_queue::add(conn, job)?;
    }
    Ok(())
}

/// How a chore of an account stands; none for one that was never watched.
pub fn of_integration(conn: &mut Conn, id: &IntegrationId, kind: ChoreKind) -> DbResult<Option<Chore>> {
    Ok(dsl::chores.find((id, kind)).select(Chore::as_select()).first(conn).optional()?)
}

/// When a chore of an account is due next; none for one that was never watched.
///
/// # Errors
/// When the database cannot be asked.
pub fn next_time(conn: &mut Conn, id: &IntegrationId, kind: ChoreKind) -> DbResult<Option<Timestamp>> {
    Ok(job_queue::find(conn, kind.job(), id.as_str())?.map(|job| job.next_attempt_at))
}

/// Makes a chore due now. `false`: the account has no chores.
pub fn ask(conn: &mut Conn, id: &IntegrationId, kind: ChoreKind) -> DbResult<bool> {
    job_queue::hasten(conn, kind.job(), id.as_str(), Timestamp::now())
}

/// Keeps what a page of a list brought that could not be read.
///
/// # Errors
/// When the database refuses.
pub fn keep_unreadable(conn: &mut Conn, chore: &Chore) -> DbResult<()> {
    diesel::update(dsl::chores.find((&chore.integration_id, chore.kind)))
        .set((dsl::unreadable.eq(chore.unreadable), dsl::unreadable_ids.eq(&chore.unreadable_ids)))
        .execute(conn)?;
    Ok(())
}

/// Keeps the place after a step; `page` is the next one.
pub fn advance(conn: &mut Conn, chore: &Chore, began: Timestamp, page: &str) -> DbResult<()> {
    diesel::update(dsl::chores.find((&chore.integration_id, chore.kind)))
        .set((dsl::began_at.eq(Some(began)), dsl::page.eq(Some(page))))
        .execute(conn)?;
    Ok(())
}

/// Ends a chore; `failure` says what was wrong, or why it was given up.
///
/// # Errors
/// When the database refuses.
pub fn done(conn: &mut Conn, id: &IntegrationId, kind: ChoreKind, failure: &Reason) -> DbResult<()> {
    diesel::update(dsl::chores.find((id, kind)))
        .set((
            dsl::began_at.eq(None::<Timestamp>),
            dsl::page.eq(None::<String>),
            dsl::done_at.eq(Some(Timestamp::now())),
            dsl::failure.eq(failure),
        ))
        .execute(conn)?;
    Ok(())
}

/// Takes note that a chore was given up. Answers when it is due next; none when there is no such account.
///
/// # Errors
/// When the database refuses.
pub fn gave_up(
    conn: &mut Conn,
    id: Option<&IntegrationId>,
    kind: ChoreKind,
    why: &Reason,
) -> DbResult<Option<Timestamp>> {
    let Some(id) = id else { return Ok(None) };
    done(conn, id, kind, why)?;
    next_night(conn, id).map(Some)
}

/// When an account's chores are due next.
///
/// # Errors
/// When the database cannot be asked.
pub fn next_night(conn: &mut Conn, id: &IntegrationId) -> DbResult<Timestamp> {
    let integration = store::get(conn, id)?;
    let zone = people::company(conn, &integration.company_id)?.zone();
    Ok(tonight(&zone, Timestamp::now(), id))
}

/// The next night's time for an account's chores, by the company's clock. Each account has its own
/// minute, so that not all of Lever's customers come at once.
pub fn tonight(zone: &TimeZone, now: Timestamp, id: &IntegrationId) -> Timestamp {
    let minute = id.as_str().bytes().fold(0u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let minute = i64::from(minute % SPREAD);
    let today = now.zoned(zone).date();
    let at = |date: jiff::civil::Date| {
        let night = date.at(NIGHT, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        let night = night.checked_add(minute.minutes()).ok()?;
        Some(Timestamp(night.timestamp().as_millisecond()))
    };
    let tomorrow = today.tomorrow().ok().and_then(at);
    at(today).filter(|at| *at > now).or(tomorrow).unwrap_or_else(|| now.plus(Duration::from_secs(86_400)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_night_is_within_a_day_and_between_two_and_five() {
        let zone = TimeZone::get("Europe/Stockholm").expect("a zone");
        for hours in 0..48 {
            let now = Timestamp(1_795_403_634_284 + hours * 3_600_000);
            let id = IntegrationId::new();
            let night = tonight(&zone, now, &id);
            assert!(night > now && night.since(now) <= 27 * 3_600_000, "{hours}");
            let hour = night.zoned(&zone).hour();
            assert!((2..5).contains(&hour), "{hour}");
        }
    }
}
