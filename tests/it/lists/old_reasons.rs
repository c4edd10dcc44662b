//! Sentences that version 0.1 stored become codes when a newer version opens the database.

use super::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::schema::{data_migrations, event_steps, events};
use alva_portal::db::{Db, DbError};
use alva_portal::events::{Event, NewStep, Outcome, State, StepKind, StepStatus, steps};
use alva_portal::reasons::{Actor, Reason};
use diesel::prelude::*;

const HIRED: &str = "is hired; 2 open invitations ended";

/// Opens the database once more, as the next start does.
async fn open_again(portal: &Portal) {
    let url = portal.database_url().to_owned();
    tokio::task::spawn_blocking(move || Db::open(&url).map(drop)).await.unwrap().unwrap();
}

async fn stored(portal: &Portal) -> Vec<(String, String, String)> {
    let columns = (events::id, events::outcome, events::reason);
    let read = move |conn: &mut alva_portal::db::Conn| {
        Ok::<_, DbError>(events::table.order(events::id.asc()).select(columns).load(conn)?)
    };
    portal.running.db.try_read(read).await.unwrap()
}

on_both_databases!(Portal::start => sentences_of_version_0_1_become_codes);
async fn sentences_of_version_0_1_become_codes(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    // More than one transaction takes.
    let mut kept: Vec<Event> =
        (0..1100).map(|ago| Event { reason: Reason::Text(HIRED.into()), ..acme.event(ago + 1) }).collect();
    kept.sort_by_key(|event| event.id);
    kept[700].reason = Reason::Text("somebody wrote this".into());
    kept[701].state = State::Malformed;
    kept[701].reason = Reason::Text("event is missing".into());
    let (place, erased, last) = (kept[299].id, kept[800].id, kept[1099].id);
    let phrase = NewStep::new(
        StepKind::Other("taken back".into()),
        Reason::Text("taken back with the others of this move by ada@acme.example".into()),
        StepStatus::Attention,
    );
    let unknown = NewStep::good(StepKind::Other("danced".into()), Reason::Text("all night".into()));
    acme.keep(kept).await;
    portal
        .write(move |conn| {
            steps::add(conn, &last, phrase)?;
            steps::add(conn, &last, unknown)?;
            diesel::update(events::table.find(erased))
                .set(events::outcome.eq("erased"))
                .execute(conn)
                .map_err(DbError::from)?;
            // It stopped half-way.
            diesel::delete(data_migrations::table).execute(conn).map_err(DbError::from)?;
            diesel::insert_into(data_migrations::table)
                .values((
                    data_migrations::name.eq("reason_codes.events"),
                    data_migrations::after_id.eq(place.as_str()),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    open_again(&portal).await;
    let rows = stored(&portal).await;
    let hired = r#"{"code":"hired","params":{"ended":2}}"#;
    assert!(rows[..300].iter().all(|row| row.2 == HIRED), "what is before the place is not looked at again");
    for (n, row) in rows.iter().enumerate().skip(300) {
        let expected = match n {
            700 => "somebody wrote this",
            701 => r#"{"code":"unreadable","params":{"detail":"event is missing"}}"#,
            _ => hired,
        };
        assert_eq!(row.2, expected, "{n}");
    }
    assert_eq!(rows[800].1, Outcome::Erased.as_str(), "outcomes were codes before");

    let shown = acme.auditor().await.get(&format!("/events/{last}")).await;
    assert!(shown.text("main").contains(HIRED), "{}", shown.text("main"));
    let timeline = shown.text("ol.timeline");
    assert!(
        timeline.contains("undone, together with the rest of this move, by ada@acme.example"),
        "{timeline}"
    );
    assert!(timeline.contains("danced") && timeline.contains("all night"), "{timeline}");
    let of_last = event_steps::table.filter(event_steps::event_id.eq(last)).order(event_steps::id.asc());
    let steps: Vec<(StepKind, Reason)> = portal
        .running
        .db
        .try_read(move |conn| {
            Ok::<_, DbError>(of_last.select((event_steps::kind, event_steps::detail)).load(conn)?)
        })
        .await
        .unwrap();
    let by = Actor::User("ada@acme.example".into());
    assert_eq!(
        steps,
        [
            (StepKind::TakenBack, Reason::TakenBack { by }),
            (StepKind::Other("danced".into()), Reason::Text("all night".into())),
        ]
    );

    open_again(&portal).await;
    assert_eq!(stored(&portal).await, rows, "once is enough");
}
