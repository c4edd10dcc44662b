//! Rewrites the sentences of version 0.1 as codes with parameters, once, when the schema is brought up to
//! date. Each table is walked in the order of its ids, some rows a transaction, and the place is kept with
//! them: what was interrupted goes on from there. A row that holds a code already, or a sentence that is
//! not known, stays as it is.

use super::schema::{
    actions, alert_hooks, alert_posts, checkups, chores, completeness_days, completeness_gaps,
    data_migrations, event_steps, events, integrations, invitations, jobs, reconciliations, watches,
};
use super::{Conn, DbError, DbResult};
use crate::reasons::{Reason, old};
use crate::time::Timestamp;
use diesel::prelude::*;

/// Rows in one transaction.
const AT_ONCE: i64 = 500;

/// Rewrites some rows behind an id; answers the last of them, none when there were none.
type Batch = fn(&mut Conn, &str, i64) -> DbResult<Option<String>>;

/// The tables with sentences.
const TABLES: [(&str, Batch); 12] = [
    ("reason_codes.events", events_behind),
    ("reason_codes.event_steps", steps_behind),
    ("reason_codes.actions", actions_behind),
    ("reason_codes.invitations", invitations_behind),
    ("reason_codes.integrations", integrations_behind),
    ("reason_codes.completeness_gaps", gaps_behind),
    ("reason_codes.schedules", schedules_behind),
    ("reason_codes.reconciliations", reconciliations_behind),
    ("reason_codes.jobs", jobs_behind),
    ("reason_codes.checkups", checkups_behind),
    ("reason_codes.alert_posts", posts_behind),
    ("reason_codes.alert_hooks", hooks_behind),
];

/// Rewrites what is left.
///
/// # Errors
/// When the database refuses; what was rewritten until then stays so.
pub(super) fn encode(conn: &mut Conn) -> DbResult<()> {
    for (name, batch) in TABLES {
        while encode_some(conn, name, batch, AT_ONCE)? {}
    }
    Ok(())
}

/// One transaction of a table. `false`: the table is done.
fn encode_some(conn: &mut Conn, name: &str, batch: Batch, limit: i64) -> DbResult<bool> {
    conn.transaction::<_, DbError, _>(|conn| {
        let place: Option<(String, Option<i64>)> = data_migrations::table
            .find(name)
            .select((data_migrations::after_id, data_migrations::finished_at))
            .first(conn)
            .optional()?;
        let after = match place {
            Some((_, Some(_))) => return Ok(false),
            Some((after, None)) => after,
            None => {
                diesel::insert_into(data_migrations::table)
                    .values((data_migrations::name.eq(name), data_migrations::after_id.eq("")))
                    .execute(conn)?;
                String::new()
            }
        };
        let last = batch(conn, &after, limit)?;
        let finished = last.is_none().then(|| Timestamp::now().0);
        diesel::update(data_migrations::table.find(name))
            .set((
                data_migrations::after_id.eq(last.as_deref().unwrap_or(&after)),
                data_migrations::finished_at.eq(finished),
            ))
            .execute(conn)?;
        Ok(last.is_some())
    })
}

/// A sentence as it is to be stored; none when it stays as it is.
fn changed(before: &str, map: impl Fn(&str) -> Reason) -> Option<String> {
    if Reason::is_coded(before) {
        return None;
    }
    Some(map(before).stored()).filter(|after| after != before)
}

fn events_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String, String)> = events::table
        .filter(events::id.gt(after))
        .order(events::id.asc())
        .limit(limit)
        .select((events::id, events::state, events::reason))
        .load(conn)?;
    for (id, state, sentence) in &rows {
        if let Some(reason) = changed(sentence, |text| old::event(state, text)) {
            diesel::update(events::table.find(id)).set(events::reason.eq(reason)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn steps_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String, String)> = event_steps::table
        .filter(event_steps::id.gt(after))
        .order(event_steps::id.asc())
        .limit(limit)
        .select((event_steps::id, event_steps::kind, event_steps::detail))
        .load(conn)?;
    for (id, phrase, detail) in &rows {
        let kind = old::step_kind(phrase);
        let reason = changed(detail, |text| old::step_detail(phrase, text));
        if kind != phrase || reason.is_some() {
            diesel::update(event_steps::table.find(id))
                .set((event_steps::kind.eq(kind), event_steps::detail.eq(reason.as_ref().unwrap_or(detail))))
                .execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn actions_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = actions::table
        .filter(actions::id.gt(after))
        .order(actions::id.asc())
        .limit(limit)
        .select((actions::id, actions::reason))
        .load(conn)?;
    for (id, sentence) in &rows {
        if let Some(reason) = changed(sentence, old::reason) {
            diesel::update(actions::table.find(id)).set(actions::reason.eq(reason)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn invitations_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String, String, String)> = invitations::table
        .filter(invitations::id.gt(after))
        .order(invitations::id.asc())
        .limit(limit)
        .select((invitations::id, invitations::reason, invitations::mail_failure, invitations::ended_reason))
        .load(conn)?;
    for (id, reason, failure, ended) in &rows {
        let new =
            (changed(reason, old::invitation), changed(failure, old::reason), changed(ended, old::reason));
        if new != (None, None, None) {
            diesel::update(invitations::table.find(id))
                .set((
                    invitations::reason.eq(new.0.as_ref().unwrap_or(reason)),
                    invitations::mail_failure.eq(new.1.as_ref().unwrap_or(failure)),
                    invitations::ended_reason.eq(new.2.as_ref().unwrap_or(ended)),
                ))
                .execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn integrations_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = integrations::table
        .filter(integrations::id.gt(after))
        .order(integrations::id.asc())
        .limit(limit)
        .select((integrations::id, integrations::state_reason))
        .load(conn)?;
    for (id, sentence) in &rows {
        if let Some(reason) = changed(sentence, old::reason) {
            diesel::update(integrations::table.find(id))
                .set(integrations::state_reason.eq(reason))
                .execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn gaps_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = completeness_gaps::table
        .filter(completeness_gaps::id.gt(after))
        .order(completeness_gaps::id.asc())
        .limit(limit)
        .select((completeness_gaps::id, completeness_gaps::detail))
        .load(conn)?;
    for (id, sentence) in &rows {
        if let Some(reason) = changed(sentence, old::gap) {
            diesel::update(completeness_gaps::table.find(id))
                .set(completeness_gaps::detail.eq(reason))
                .execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

/// What watches, chores and counted days of an integration say of their last run. Their keys begin with the
/// integration, so its id is the place.
fn schedules_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let ids: Vec<String> = integrations::table
        .filter(integrations::id.gt(after))
        .order(integrations::id.asc())
        .limit(limit)
        .select(integrations::id)
        .load(conn)?;
    for id in &ids {
        let checks: Vec<String> = watches::table.find(id).select(watches::check_failure).load(conn)?;
        for sentence in checks {
            if let Some(reason) = changed(&sentence, old::reason) {
                diesel::update(watches::table.find(id))
                    .set(watches::check_failure.eq(reason))
                    .execute(conn)?;
            }
        }
        let done: Vec<(String, String)> = chores::table
            .filter(chores::integration_id.eq(id).and(chores::failure.ne("")))
            .select((chores::kind, chores::failure))
            .load(conn)?;
        for (kind, sentence) in &done {
            if let Some(reason) = changed(sentence, |text| old::chore(kind, text)) {
                diesel::update(chores::table.find((id, kind)))
                    .set(chores::failure.eq(reason))
                    .execute(conn)?;
            }
        }
        let days: Vec<(String, String)> = completeness_days::table
            .filter(completeness_days::integration_id.eq(id).and(completeness_days::failure.ne("")))
            .select((completeness_days::day, completeness_days::failure))
            .load(conn)?;
        for (day, sentence) in &days {
            if let Some(reason) = changed(sentence, old::reason) {
                diesel::update(completeness_days::table.find((id, day)))
                    .set(completeness_days::failure.eq(reason))
                    .execute(conn)?;
            }
        }
    }
    Ok(ids.into_iter().last())
}

fn reconciliations_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = reconciliations::table
        .filter(reconciliations::id.gt(after))
        .order(reconciliations::id.asc())
        .limit(limit)
        .select((reconciliations::id, reconciliations::failure))
        .load(conn)?;
    for (id, sentence) in &rows {
        if let Some(reason) = changed(sentence, old::reason) {
            diesel::update(reconciliations::table.find(id))
                .set(reconciliations::failure.eq(reason))
                .execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn jobs_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = jobs::table
        .filter(jobs::id.gt(after))
        .order(jobs::id.asc())
        .limit(limit)
        .select((jobs::id, jobs::error))
        .load(conn)?;
    for (id, sentence) in &rows {
        if let Some(reason) = changed(sentence, old::reason) {
            diesel::update(jobs::table.find(id)).set(jobs::error.eq(reason)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn checkups_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = checkups::table
        .filter(checkups::integration_id.gt(after))
        .order(checkups::integration_id.asc())
        .limit(limit)
        .select((checkups::integration_id, checkups::points))
        .load(conn)?;
    for (id, stored) in &rows {
        if let Some(points) = old::points(stored) {
            diesel::update(checkups::table.find(id)).set(checkups::points.eq(points)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn posts_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, Option<i32>, String)> = alert_posts::table
        .filter(alert_posts::id.gt(after))
        .order(alert_posts::id.asc())
        .limit(limit)
        .select((alert_posts::id, alert_posts::status, alert_posts::answer))
        .load(conn)?;
    for (id, status, text) in &rows {
        if let Some(answer) = changed(text, |text| old::answer(*status, text)) {
            diesel::update(alert_posts::table.find(id)).set(alert_posts::answer.eq(answer)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}

fn hooks_behind(conn: &mut Conn, after: &str, limit: i64) -> DbResult<Option<String>> {
    let rows: Vec<(String, String)> = alert_hooks::table
        .filter(alert_hooks::company_id.gt(after))
        .order(alert_hooks::company_id.asc())
        .limit(limit)
        .select((alert_hooks::company_id, alert_hooks::turned_off))
        .load(conn)?;
    for (id, text) in &rows {
        if let Some(why) = changed(text, old::turned_off) {
            diesel::update(alert_hooks::table.find(id)).set(alert_hooks::turned_off.eq(why)).execute(conn)?;
        }
    }
    Ok(rows.into_iter().last().map(|row| row.0))
}
