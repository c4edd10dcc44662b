//! How a company lets its people in: when sessions end.

use super::{Company, Role, ValueError, company};
use crate::audit::{self, Actor};
use crate::db::schema::companies;
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::{number, portal};
use crate::ids::CompanyId;
use crate::text_enum;
use crate::time::Timestamp;
use diesel::prelude::*;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;
use std::time::Duration;

text_enum! {
    /// Of whom a company asks for a second factor.
    FactorDemand {
        /// Everybody may have one.
        Nobody => "nobody",
        /// Of admins.
        Admins => "admins",
        /// Of everybody.
        Everybody => "everybody",
    }
}

impl FactorDemand {
    /// For people.
    pub fn label(self) -> String {
        portal().name("factor-demand", self.as_str())
    }

    fn is_on(self, role: Role) -> bool {
        match self {
            Self::Nobody => false,
            Self::Admins => role == Role::Admin,
            Self::Everybody => true,
        }
    }
}

/// What a company chose.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = companies, treat_none_as_null = true)]
pub struct AccessPolicy {
    /// A session ends after so many minutes without a request.
    pub idle_minutes: i32,
    /// A session ends so many hours after the log-in, whatever happens in it.
    pub session_hours: i32,
    /// Of whom a second factor is asked.
    pub second_factor_for: FactorDemand,
    /// From when on who has none sets one up before anything else.
    pub second_factor_from: Option<Timestamp>,
}

impl AccessPolicy {
    /// Minutes without a request: a quarter of an hour to seven days.
    pub const IDLE: RangeInclusive<i32> = 15..=10_080;

    /// Hours after the log-in: one hour to fourteen days.
    pub const ABSOLUTE: RangeInclusive<i32> = 1..=336;

    /// Days between the demand for a second factor and the day on which nothing opens without.
    pub const GRACE: RangeInclusive<i32> = 0..=30;

    /// A number of days.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_grace(text: &str) -> Result<i32, ValueError> {
        within(text, &Self::GRACE, "Enter a whole number of days from 0 to 30.")
    }

    /// From when on somebody of this role needs a second factor; none while nobody asks.
    pub fn factor_due(&self, role: Role) -> Option<Timestamp> {
        self.second_factor_from.filter(|_| self.second_factor_for.is_on(role))
    }

    /// The same policy with this demand. Another demand begins after so many days; the same one keeps its date.
    #[must_use]
    pub fn demanding(self, whom: FactorDemand, grace_days: i32, now: Timestamp) -> Self {
        if whom == self.second_factor_for {
            return self;
        }
        let days = u64::try_from(grace_days).unwrap_or(0);
        let from = now.plus(Duration::from_secs(days * 86_400));
        let from = (whom != FactorDemand::Nobody).then_some(from);
        Self { second_factor_for: whom, second_factor_from: from, ..self }
    }

    /// A number of minutes.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_idle(text: &str) -> Result<i32, ValueError> {
        within(text, &Self::IDLE, "Enter a whole number of minutes from 15 to 10080.")
    }

    /// A number of hours.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_absolute(text: &str) -> Result<i32, ValueError> {
        within(text, &Self::ABSOLUTE, "Enter a whole number of hours from 1 to 336.")
    }

    /// When a session ends that began and was seen last at these times.
    pub(super) fn end(&self, begun_at: Timestamp, seen_at: Timestamp) -> Timestamp {
        let whole = |number: i32, seconds: u64| {
            Duration::from_secs(u64::try_from(number).unwrap_or(0).saturating_mul(seconds))
        };
        let idle = seen_at.plus(whole(self.idle_minutes, 60));
        idle.min(begun_at.plus(whole(self.session_hours, 3_600)))
    }

    /// When sessions end, in one sentence.
    pub fn time_outs_sentence(&self) -> String {
        let span = |minutes: i32| match minutes {
            m if m % 1_440 == 0 => portal().message("access-days", &[("days", number(m / 1_440))]),
            m if m % 60 == 0 => portal().message("access-hours", &[("hours", number(m / 60))]),
            m => portal().message("policy-minutes", &[("minutes", number(m))]),
        };
        let (idle, whole) = (span(self.idle_minutes), span(self.session_hours.saturating_mul(60)));
        portal().message("access-time_outs", &[("idle", idle.into()), ("whole", whole.into())])
    }

    /// A session is noted as seen at most this often (ms): a tenth of the idle time, from one to five minutes, so
    /// that not each page writes.
    pub fn noted_every(&self) -> i64 {
        (i64::from(self.idle_minutes) * 6_000).clamp(60_000, 300_000)
    }
}

fn within(text: &str, range: &RangeInclusive<i32>, right: &'static str) -> Result<i32, ValueError> {
    text.trim().parse().ok().filter(|number| range.contains(number)).ok_or(ValueError::Other(right))
}

/// What a company chose.
///
/// # Errors
/// When there is no such company, or the database cannot be asked.
pub fn access_policy(conn: &mut Conn, company: &CompanyId) -> DbResult<AccessPolicy> {
    Ok(companies::table.find(company).select(AccessPolicy::as_select()).first(conn)?)
}

/// A company, and what it chose.
///
/// # Errors
/// When there is no such company, or the database cannot be asked.
pub fn company_and_access(conn: &mut Conn, id: &CompanyId) -> DbResult<(Company, AccessPolicy)> {
    let both = (Company::as_select(), AccessPolicy::as_select());
    Ok(companies::table.find(id).select(both).first(conn)?)
}

/// Changes it. `false`: it was so already, and nothing is logged.
pub fn set_access_policy(
    conn: &mut Conn,
    actor: &Actor,
    company_id: &CompanyId,
    new: &AccessPolicy,
) -> DbResult<bool> {
    dialect::lock_company(conn, company_id)?;
    let old = access_policy(conn, company_id)?;
    let changes: Map<String, Value> = [
        ("idle_minutes", json!(old.idle_minutes), json!(new.idle_minutes)),
        ("session_hours", json!(old.session_hours), json!(new.session_hours)),
        ("second_factor_for", json!(old.second_factor_for.as_str()), json!(new.second_factor_for.as_str())),
        ("second_factor_from", date(old.second_factor_from), date(new.second_factor_from)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field.to_owned(), json!({ "from": before, "to": after })))
    .collect();
    if changes.is_empty() {
        return Ok(false);
    }
    diesel::update(companies::table.find(company_id)).set(new).execute(conn)?;
    let name = company(conn, company_id)?.name;
    audit::record(conn, company_id, actor, audit::Action::CompanyConfigured, &name, &changes.into())?;
    Ok(true)
}

fn date(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| json!(at.rfc3339()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn policy(idle_minutes: i32, session_hours: i32) -> AccessPolicy {
        let second_factor_for = FactorDemand::Nobody;
        AccessPolicy { idle_minutes, session_hours, second_factor_for, second_factor_from: None }
    }

    #[test]
    fn a_demand_begins_after_the_days_of_grace() {
        const DAY: i64 = 86_400_000;
        let asked = policy(30, 2).demanding(FactorDemand::Admins, 7, Timestamp(0));
        assert_eq!(asked.factor_due(Role::Admin), Some(Timestamp(7 * DAY)));
        assert_eq!(asked.factor_due(Role::Member), None);
        let again = asked.clone().demanding(FactorDemand::Admins, 30, Timestamp(DAY));
        assert_eq!(again, asked, "the same demand keeps its date");
        let all = asked.demanding(FactorDemand::Everybody, 0, Timestamp(DAY));
        assert_eq!(all.factor_due(Role::Auditor), Some(Timestamp(DAY)));
        assert_eq!(all.demanding(FactorDemand::Nobody, 0, Timestamp(DAY)), policy(30, 2));
    }

    #[test]
    fn a_session_ends_at_the_earlier_of_the_two() {
        let policy = policy(30, 2);
        assert_eq!(policy.end(Timestamp(0), Timestamp(10 * MINUTE)), Timestamp(40 * MINUTE), "idle");
        assert_eq!(
            policy.end(Timestamp(0), Timestamp(110 * MINUTE)),
            Timestamp(120 * MINUTE),
            "two hours after the log-in"
        );
    }

    #[test]
    fn numbers_outside_are_refused() {
        assert_eq!(AccessPolicy::parse_idle(" 15 "), Ok(15));
        assert_eq!(AccessPolicy::parse_idle("10080"), Ok(10_080));
        for wrong in ["", "14", "10081", "-1", "x", "1.5"] {
            assert!(AccessPolicy::parse_idle(wrong).is_err(), "{wrong}");
        }
        assert_eq!(AccessPolicy::parse_absolute("336"), Ok(336));
        for wrong in ["0", "337", ""] {
            assert!(AccessPolicy::parse_absolute(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_session_is_not_noted_at_each_page() {
        let every = |idle_minutes| policy(idle_minutes, 1).noted_every();
        let words = policy(720, 168).time_outs_sentence();
        assert_eq!(words, "You are logged out after 12 hours of inactivity, and 7 days after logging in.");
        assert_eq!([every(15), every(30), every(720)], [90_000, 180_000, 300_000]);
    }
}
