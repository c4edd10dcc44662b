//! How a company deals with earlier results, with mass moves and with many invitations in a day.

use super::ValueError;
use crate::audit::{self, Actor};
use crate::db::schema::companies;
use crate::db::{Conn, DbResult, dialect};
use crate::i18n::{number, portal};
use crate::ids::CompanyId;
use diesel::prelude::*;
use serde_json::{Map, json};
use std::ops::RangeInclusive;
use std::time::Duration;

/// What a company chose.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = companies)]
pub struct InvitationPolicy {
    /// Results younger than so many months count for another posting; 0: none do.
    pub reuse_months: i32,
    /// When more candidates than this are moved at once, their invitations are held; 0: never.
    pub hold_above: i32,
    /// For so many minutes.
    pub hold_minutes: i32,
    /// An integration invites so many candidates in 24 hours; further invitations are held. 0: no limit.
    pub daily_limit: i32,
}

impl InvitationPolicy {
    /// Months for which results can count.
    pub const REUSE: RangeInclusive<i32> = 0..=120;

    /// Candidates above which a mass move can be held.
    pub const ABOVE: RangeInclusive<i32> = 0..=1000;

    /// Minutes for which it can be held: up to a day.
    pub const MINUTES: RangeInclusive<i32> = 1..=1440;

    /// Invitations of an integration in 24 hours.
    pub const DAILY: RangeInclusive<i32> = 0..=100_000;

    /// A number of months.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_reuse(text: &str) -> Result<i32, ValueError> {
        whole_number(
            text,
            &Self::REUSE,
            "Enter a whole number of months from 0 to 120; with 0 no result is reused.",
        )
    }

    /// A number of candidates.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_above(text: &str) -> Result<i32, ValueError> {
        whole_number(
            text,
            &Self::ABOVE,
            "Enter a whole number of candidates from 0 to 1000; with 0 nothing is held.",
        )
    }

    /// A number of minutes.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_minutes(text: &str) -> Result<i32, ValueError> {
        whole_number(text, &Self::MINUTES, "Enter a whole number of minutes from 1 to 1440.")
    }

    /// A number of invitations.
    ///
    /// # Errors
    /// Says what would be right.
    pub fn parse_daily(text: &str) -> Result<i32, ValueError> {
        whole_number(
            text,
            &Self::DAILY,
            "Enter a whole number of invitations from 0 to 100000; with 0 there is no limit.",
        )
    }

    /// How long a mass move is held.
    pub fn hold(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.hold_minutes).unwrap_or(0) * 60)
    }

    /// What becomes of earlier results, in one sentence.
    pub fn describe_reuse(&self) -> String {
        portal().message("policy-reuse", &[("months", number(self.reuse_months))])
    }

    /// What becomes of mass moves, in one sentence.
    pub fn describe_hold(&self) -> String {
        let minutes = portal().message("policy-minutes", &[("minutes", number(self.hold_minutes))]);
        portal().message("policy-hold", &[("people", number(self.hold_above)), ("minutes", minutes.into())])
    }
}

impl InvitationPolicy {
    /// What becomes of many invitations in a day, in one sentence.
    pub fn describe_daily_limit(&self) -> String {
        portal().message("policy-daily", &[("limit", number(self.daily_limit))])
    }
}

fn whole_number(text: &str, within: &RangeInclusive<i32>, right: &'static str) -> Result<i32, ValueError> {
    text.trim().parse().ok().filter(|number| within.contains(number)).ok_or(ValueError::Other(right))
}

/// What a company chose.
///
/// # Errors
/// When there is no such company, or the database cannot be asked.
pub fn invitation_policy(conn: &mut Conn, company: &CompanyId) -> DbResult<InvitationPolicy> {
    Ok(companies::table.find(company).select(InvitationPolicy::as_select()).first(conn)?)
}

/// Changes it. `false`: it was so already, and nothing is logged.
pub fn set_invitation_policy(
    conn: &mut Conn,
    actor: &Actor,
    company: &CompanyId,
    new: &InvitationPolicy,
) -> DbResult<bool> {
    dialect::lock_company(conn, company)?;
    let old = invitation_policy(conn, company)?;
    let changes: Map<String, serde_json::Value> = [
        ("reuse_months", old.reuse_months, new.reuse_months),
        ("hold_above", old.hold_above, new.hold_above),
        ("hold_minutes", old.hold_minutes, new.hold_minutes),
        ("daily_limit", old.daily_limit, new.daily_limit),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field.to_owned(), json!({ "from": before, "to": after })))
    .collect();
    if changes.is_empty() {
        return Ok(false);
    }
    diesel::update(companies::table.find(company)).set(new).execute(conn)?;
    let name = super::company(conn, company)?.name;
    audit::record(conn, company, actor, audit::Action::CompanyConfigured, &name, &changes.into())?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_said_in_words() {
        let invitation_policy =
            InvitationPolicy { reuse_months: 24, hold_above: 10, hold_minutes: 5, daily_limit: 500 };
        assert!(invitation_policy.describe_reuse().contains("24 months"));
        assert_eq!(
            invitation_policy.describe_hold(),
            "When more than 10 candidates are moved within two minutes, their invitations are held for 5 minutes and can be cancelled."
        );
        let off = InvitationPolicy { reuse_months: 0, hold_above: 0, hold_minutes: 5, daily_limit: 0 };
        assert!(invitation_policy.describe_daily_limit().contains("at most 500 candidates in 24 hours"));
        assert!(off.describe_daily_limit().contains("no limit on how many candidates"));
        assert!(off.describe_reuse().contains("no result is reused"));
        assert!(off.describe_hold().contains("immediately"));
    }

    #[test]
    fn numbers_outside_are_refused() {
        assert_eq!(InvitationPolicy::parse_reuse(" 0 "), Ok(0));
        for wrong in ["", "-1", "121", "two"] {
            assert!(InvitationPolicy::parse_reuse(wrong).is_err(), "{wrong}");
        }
        assert!(InvitationPolicy::parse_minutes("0").is_err());
        assert!(InvitationPolicy::parse_above("1001").is_err());
        assert_eq!(InvitationPolicy::parse_daily("100000"), Ok(100_000));
        assert!(InvitationPolicy::parse_daily("100001").is_err());
    }
}
