//! The shorter tables of the settings are as dense as the logs: a line a row at a desk, two on a phone, and the whole row
//! opens.

use super::Tenant;
use crate::support::browser::{Browser, DESKTOP, PHONE};
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::portal::Portal;
use alva_portal::db::schema::{batches, reconciliations};
use alva_portal::db::{Backend, DbError};
use alva_portal::events::Event;
use alva_portal::ids::{BulkMoveId, ReconciliationId};
use alva_portal::integrations::schedule::runs::{RunCause, RunStep};
use alva_portal::invitations::bulk_moves::detect::{BulkMoveState, HoldCause};
use alva_portal::invitations::bulk_moves::{self, BulkMove};
use alva_portal::job_queue::{self, JobKind, NewJob};
use alva_portal::people::Role;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use serde_json::json;
use std::time::Duration;

/// Rows of each table.
const ROWS: usize = 18;

/// Twenty reconciliations, as many planned jobs, and a mass move; answers the path of its page.
async fn fill(acme: &Tenant<'_>) -> String {
    let (company, account) = (acme.company.id, acme.account);
    let mut moved = Vec::new();
    for n in 0..ROWS {
        let opportunity = format!("o{n}");
        acme.candidate(&opportunity, "Ada Byron", "Backend Engineer").await;
        let event = Event { opportunity_id: Some(opportunity), ..acme.event(60) };
        moved.push(event.id);
        acme.keep(vec![event]).await;
    }
    let now = Timestamp::now();
    let bulk_move = BulkMove {
        id: BulkMoveId::new(),
        company_id: company,
        integration_id: account,
        stage_id: "s2".to_owned(),
        first_at: now,
        last_at: now,
        opened_at: now,
        release_at: now,
        state: BulkMoveState::Sent,
        sent_at: Some(now),
        undone_at: None,
        ended_by: None,
        cause: HoldCause::MassMove,
    };
    let path = format!("/settings/integrations/{account}/batches/{}", bulk_move.id);
    acme.portal
        .write(move |conn| {
            diesel::insert_into(batches::table).values(&bulk_move).execute(conn).map_err(DbError::from)?;
            for event in &moved {
                bulk_moves::join(conn, &bulk_move.id, event, now)?;
            }
            for n in 0..ROWS {
                let run = (
                    (
                        reconciliations::id.eq(ReconciliationId::new()),
                        reconciliations::company_id.eq(company),
                        reconciliations::integration_id.eq(account),
                        reconciliations::cause.eq(RunCause::Schedule),
                        reconciliations::since.eq(now),
                        reconciliations::started_at.eq(now),
                        reconciliations::finished_at.eq(Some(now)),
                    ),
                    (
                        reconciliations::step.eq(RunStep::Deleted),
                        reconciliations::listed.eq(12),
                        reconciliations::missing.eq(0),
                        reconciliations::failure.eq(Reason::None),
                        reconciliations::unreadable.eq(0),
                        reconciliations::unreadable_ids.eq("[]"),
                        reconciliations::planned.eq(0),
                        reconciliations::reported.eq(0),
                    ),
                );
                diesel::insert_into(reconciliations::table)
                    .values(run)
                    .execute(conn)
                    .map_err(DbError::from)?;
                let job = NewJob {
                    company,
                    integration: Some(account),
                    kind: JobKind::CountDay,
                    key: format!("a day {n}"),
                    payload: json!({}),
                    due: now.plus(Duration::from_secs(86_400)),
                };
                job_queue::add(conn, job)?;
            }
            Ok(())
        })
        .await;
    path
}

#[actix_web::test]
async fn the_tables_of_the_settings_are_dense_too() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = Tenant::of(&portal, "Acme").await;
    for n in 0..ROWS {
        portal.person(&acme.company, &format!("colleague-{n}@acme.example"), Role::Member).await;
    }
    let bulk_move = fill(&acme).await;
    let browser = Browser::open().await;
    log_in(&browser, &portal, "dana@acme.example").await;
    let runs = format!("/settings/integrations/{}/reconciliations", acme.account);
    let heights = "return [...document.querySelectorAll('table.rows tbody tr')].map((row) => row.getBoundingClientRect().height)";
    for (path, opens, on_a_phone) in [
        ("/settings/team", true, 92.0),
        (runs.as_str(), true, 72.0),
        // With a button to a row, and words that are not cut.
        ("/settings/background-work?show=waiting", false, 160.0),
        (bulk_move.as_str(), true, 92.0),
    ] {
        for (look, most) in [(DESKTOP, 41.0), (PHONE, on_a_phone)] {
            browser.look(look).await;
            browser.goto(portal.running.url.join(path).unwrap()).await;
            let heights: Vec<f64> = serde_json::from_value(browser.run(heights, vec![]).await).unwrap();
            assert!(heights.len() >= ROWS, "{path}: {} rows", heights.len());
            assert!(heights.iter().all(|height| *height <= most), "{path}, {look:?}: {heights:?}");
            let wide = browser.run("return document.documentElement.scrollWidth", vec![]).await;
            assert!(wide.as_u64().unwrap() <= u64::from(look.size.0), "{path} scrolls sideways");
        }
        everyone_can_use(&browser, &format!("dense-{}", path.rsplit('/').next().unwrap())).await;
        browser.look(DESKTOP).await;
        if opens {
            // A click beside the words of a row opens it.
            let click = "const row = document.querySelector('table.rows tbody tr:has(a.opens)').getBoundingClientRect();
                const there = document.elementFromPoint(row.right - 8, row.top + row.height - 4);
                return there.closest('a') && there.closest('a').classList.contains('opens')";
            assert_eq!(browser.run(click, vec![]).await, true, "{path}");
        }
    }
}
