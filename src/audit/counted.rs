//! What happens again and again, such as wrong passwords: a stranger must not fill the log, and nothing is left out.
//! The first in an hour is a row at once, for each of the first networks that it comes from; the others become one row
//! when the hour is over.

use super::{Action, Actor, record, record_code};
use crate::db::schema::noted_accesses::{self, dsl};
use crate::db::{Conn, DbResult, dialect};
use crate::ids::CompanyId;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;

/// An hour, in ms.
const HOUR: i64 = 3_600_000;

/// Networks that have rows of their own for one subject and action in an hour: a stranger may have thousands.
const NETWORKS: i64 = 20;

/// The network of all who come after those.
pub const OTHERS: &str = "others";

/// Hours that are summed up in one transaction.
const AT_ONCE: i64 = 200;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = noted_accesses)]
struct Noted {
    company_id: CompanyId,
    action: String,
    actor: String,
    subject: String,
    network: String,
    hour: Timestamp,
    times: i64,
    last_at: Timestamp,
}

/// Counts something that happened once. Answers as [`count_times`].
pub fn count(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &Actor,
    action: Action,
    subject: &str,
) -> DbResult<i64> {
    count_times(conn, company, actor, action, subject, 1)
}

/// Counts something that happened so many times. Answers how often it happened in this hour from there, these times included.
pub fn count_times(
    conn: &mut Conn,
    company: &CompanyId,
    actor: &Actor,
    action: Action,
    subject: &str,
    times: i64,
) -> DbResult<i64> {
    dialect::lock_company(conn, company)?;
    let now = Timestamp::now();
    let mut noted = Noted {
        company_id: *company,
        action: action.as_str().to_owned(),
        actor: actor.label().to_owned(),
        subject: subject.to_owned(),
        network: actor.circumstances().map(|seen| seen.network.clone()).unwrap_or_default(),
        hour: Timestamp(now.0 - now.0.rem_euclid(HOUR)),
        times,
        last_at: now,
    };
    if let Some(times) = noted.again(conn)? {
        return Ok(times);
    }
    let networks = noted_accesses::table
        .filter(dsl::company_id.eq(company).and(dsl::action.eq(&noted.action)))
        .filter(dsl::actor.eq(&noted.actor).and(dsl::subject.eq(&noted.subject)))
        .filter(dsl::hour.eq(noted.hour))
        .limit(NETWORKS)
        .select(dsl::network)
        .load::<String>(conn)?;
    let mut detail = json!({});
    if i64::try_from(networks.len()).is_ok_and(|networks| networks >= NETWORKS) {
        OTHERS.clone_into(&mut noted.network);
        if let Some(times) = noted.again(conn)? {
            return Ok(times);
        }
        detail = json!({ "network": OTHERS });
    }
    diesel::insert_into(noted_accesses::table).values(&noted).execute(conn)?;
    record(conn, company, actor, action, subject, &detail)?;
    Ok(times)
}

impl Noted {
    /// Counts it as often as it says, if it happened from this network in this hour: how often.
    fn again(&self, conn: &mut Conn) -> DbResult<Option<i64>> {
        let this = noted_accesses::table.find((
            &self.company_id,
            &self.action,
            &self.actor,
            &self.subject,
            &self.network,
            self.hour,
        ));
        let again = diesel::update(this)
            .set((dsl::times.eq(dsl::times + self.times), dsl::last_at.eq(self.last_at)))
            .execute(conn)?;
        if again == 0 {
            return Ok(None);
        }
        Ok(Some(this.select(dsl::times).first(conn)?))
    }
}

/// How often these happened to a subject in this hour, from all networks.
pub fn in_this_hour(
    conn: &mut Conn,
    company: &CompanyId,
    actions: &[Action],
    subject: &str,
) -> DbResult<i64> {
    let now = Timestamp::now();
    let actions: Vec<&str> = actions.iter().map(|action| action.as_str()).collect();
    let times: Vec<i64> = noted_accesses::table
        .filter(dsl::company_id.eq(company).and(dsl::action.eq_any(actions)).and(dsl::subject.eq(subject)))
        .filter(dsl::hour.eq(Timestamp(now.0 - now.0.rem_euclid(HOUR))))
        .select(dsl::times)
        .load(conn)?;
    Ok(times.into_iter().sum())
}

/// Writes down the hours that are over; answers how many there were.
pub fn sum_up(conn: &mut Conn, now: Timestamp) -> DbResult<usize> {
    let this_hour = Timestamp(now.0 - now.0.rem_euclid(HOUR));
    let over: Vec<Noted> = noted_accesses::table
        .filter(dsl::hour.lt(this_hour))
        .order(dsl::hour.asc())
        .limit(AT_ONCE)
        .select(Noted::as_select())
        .load(conn)?;
    for noted in &over {
        let row = noted_accesses::table.find((
            &noted.company_id,
            &noted.action,
            &noted.actor,
            &noted.subject,
            &noted.network,
            noted.hour,
        ));
        // Another instance may be at it: whoever takes the row writes it down.
        if diesel::delete(row).execute(conn)? == 0 || noted.times < 2 {
            continue;
        }
        let detail = json!({
            "by": noted.actor, "times": noted.times, "network": noted.network,
            "from": noted.hour.rfc3339(), "until": noted.last_at.rfc3339(),
        });
        record_code(conn, &noted.company_id, &Actor::Portal, &noted.action, &noted.subject, &detail)?;
    }
    Ok(over.len())
}
