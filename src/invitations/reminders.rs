//! Reminders: daily on the first three days after the mail, then every three days, up to the company's
//! number; at the time of day of the mail. Each is an action that plans the next one.

use super::Refusal;
use super::actions::{self, Action, ActionKind};
use super::store::{self, InvitationState};
use crate::db::schema::invitations;
use crate::db::{Conn, DbResult};
use crate::ids::InvitationId;
use crate::time::Timestamp;
use crate::{candidate_email, people};
use diesel::prelude::*;
use jiff::tz::TimeZone;
use lever_client::Opportunity;
use serde_json::json;
use std::time::Duration;

/// A reminder comes this long after the one before at the earliest: one that was late is not followed by
/// those that it overtook.
const APART: Duration = Duration::from_secs(12 * 3600);

/// States in which there is something to be reminded of.
pub const REMINDED: [InvitationState; 3] =
    [InvitationState::Sent, InvitationState::Opened, InvitationState::Started];

/// The day of a reminder, counted from the mail.
fn day(number: i32) -> i64 {
    i64::from(if number <= 3 { number } else { 3 + 3 * (number - 3) })
}

/// The reminder after this one, with its time; `None` when it was the last.
fn next(
    mailed: Timestamp,
    after: i32,
    now: Timestamp,
    until: Timestamp,
    most: i32,
    zone: &TimeZone,
) -> Option<(i32, Timestamp)> {
    let earliest = if after == 0 { now } else { now.plus(APART) };
    (after + 1..=most)
        .map(|number| (number, mailed.days_later(day(number), zone)))
        .find(|(_, at)| *at >= earliest)
        .filter(|(_, at)| *at < until)
}

/// Plans the reminder after this one.
pub fn plan(conn: &mut Conn, id: &InvitationId, after: i32) -> DbResult<()> {
    let Some(invitation) = store::invitation(conn, id)? else { return Ok(()) };
    let Some(mailed) = invitation.sent_at.filter(|_| REMINDED.contains(&invitation.state)) else {
        return Ok(());
    };
    let settings = candidate_email::settings(conn, &invitation.company_id)?;
    let zone = people::company(conn, &invitation.company_id)?.zone();
    let now = Timestamp::now();
    let next = next(mailed, after, now, invitation.expires_at, settings.reminders_most, &zone);
    if let Some((number, at)) = next {
        let mailing = store::mail_state(conn, id)?.mailing;
        let action = Action::new(ActionKind::MailReminder, &invitation, &format!("{mailing}-{number}"));
        let payload = json!({ "number": number }).to_string();
        actions::add_new(conn, &Action { next_attempt_at: at, payload, ..action })?;
    }
    Ok(())
}

/// The number of a planned reminder; `None` for one that somebody asked for.
pub fn number(action: &Action) -> Option<i32> {
    let payload: serde_json::Value = serde_json::from_str(&action.payload).ok()?;
    payload["number"].as_i64().and_then(|number| i32::try_from(number).ok())
}

/// A reminder is out.
pub fn reminded(conn: &mut Conn, id: &InvitationId) -> DbResult<()> {
    diesel::update(invitations::table.find(id))
        .set((
            invitations::reminded_at.eq(Some(Timestamp::now())),
            invitations::mail_failure.eq(crate::reasons::Reason::None),
        ))
        .execute(conn)?;
    Ok(())
}

/// What stands against writing to somebody whom Lever describes so now. The order is the one in which a
/// person would want to know.
pub fn against(opportunity: &Opportunity) -> Option<Refusal> {
    if opportunity.is_anonymized {
        return Some(Refusal::Anonymized);
    }
    if opportunity.archived.is_some() {
        return Some(Refusal::Archived);
    }
    if opportunity.is_confidential() {
        return Some(Refusal::Confidential);
    }
    opportunity.email().is_none_or(|email| email.trim().is_empty()).then_some(Refusal::NoEmail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn days(from: i64, most: i32, until: i64) -> Vec<i64> {
        let (mut after, mut now, mut days) = (0, Timestamp(from), Vec::new());
        while let Some((number, at)) = next(Timestamp(0), after, now, Timestamp(until), most, &TimeZone::UTC)
        {
            days.push(at.0 / DAY);
            // It goes out a little late.
            (after, now) = (number, Timestamp(at.0 + 5_000));
        }
        days
    }

    #[test]
    fn daily_for_three_days_then_every_three_days() {
        assert_eq!(days(0, 6, 30 * DAY), [1, 2, 3, 6, 9, 12]);
        assert_eq!(days(0, 2, 30 * DAY), [1, 2]);
        assert_eq!(days(0, 0, 30 * DAY), Vec::<i64>::new());
        assert_eq!(days(0, 6, 6 * DAY), [1, 2, 3], "never at the end or after it");
    }

    #[test]
    fn one_that_was_late_overtakes_others() {
        let late = Timestamp(5 * DAY + DAY / 4);
        let (number, at) =
            next(Timestamp(0), 1, late, Timestamp(30 * DAY), 6, &TimeZone::UTC).expect("one more");
        assert_eq!((number, at.0 / DAY), (4, 6));
    }

    #[test]
    fn the_time_of_day_stays_when_the_clocks_change() {
        let zone = TimeZone::get("Europe/Stockholm").expect("a zone");
        // 2026-10-24 12:00 in Stockholm; the clocks go back in the night.
        let noon: jiff::Timestamp = "2026-10-24T10:00:00Z".parse().expect("a time");
        let mailed = Timestamp(noon.as_millisecond());
        let (_, at) = next(mailed, 0, mailed, Timestamp(i64::MAX), 6, &zone).expect("a reminder");
        assert_eq!(at.rfc3339(), "2026-10-25T11:00:00.000Z");
    }
}
