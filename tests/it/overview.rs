//! `/`, and the counts that it shows: what the log says, after whatever happened to it.

use crate::support::lever::unconnected;
use crate::support::lever::{Connected, TRIGGER};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::schema::{event_counts, events};
use alva_portal::db::{Conn, DbError, DbResult};
use alva_portal::events::store::keep_new;
use alva_portal::events::{Event, EventKind, State, hourly};
use alva_portal::ids::{EventId, IntegrationId};
use alva_portal::integrations;
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::dsl::count_star;
use diesel::prelude::*;
use reqwest::StatusCode;
use std::collections::BTreeMap;
use std::time::Duration;

type Counts = BTreeMap<(i64, String, bool), i64>;

/// What the table of counts says of an account, over all writers.
fn counted(conn: &mut Conn, id: &IntegrationId) -> DbResult<Counts> {
    use event_counts::dsl;
    let rows: Vec<(i64, String, i32, i64)> = dsl::event_counts
        .filter(dsl::integration_id.eq(id))
        .select((dsl::hour, dsl::state, dsl::own, dsl::counted))
        .load(conn)?;
    let mut counts = Counts::new();
    for (hour, state, own, count) in rows {
        *counts.entry((hour, state, own == 1)).or_default() += count;
    }
    counts.retain(|_, count| *count != 0);
    Ok(counts)
}

/// What the log says of it, counted one by one.
fn logged(conn: &mut Conn, id: &IntegrationId) -> DbResult<Counts> {
    let rows: Vec<(Timestamp, State, i32)> = events::table
        .filter(events::integration_id.eq(id))
        .select((events::received_at, events::state, events::answered_status))
        .load(conn)?;
    let mut counts = Counts::new();
    for (at, state, status) in rows {
        *counts.entry((at.0 / hourly::HOUR, state.to_string(), status == 0)).or_default() += 1;
    }
    Ok(counts)
}

async fn agree(portal: &Portal, accounts: &[IntegrationId], when: &str) {
    for id in accounts {
        let id = *id;
        let read = move |conn: &mut Conn| Ok((counted(conn, &id)?, logged(conn, &id)?));
        let (counted, logged) = portal.running.db.read(read).await.unwrap();
        assert!(!logged.is_empty(), "{when}");
        assert_eq!(counted, logged, "{when}");
    }
}

/// Numbers that only look random, the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }

    fn state(&mut self) -> State {
        State::ALL[usize::try_from(self.below(State::ALL.len() as u64)).unwrap()]
    }
}

/// One change of the log, as any part of the portal may make it: new deliveries, some known already, states of one and
/// of many, and removal.
fn change(
    conn: &mut Conn,
    company: &alva_portal::ids::CompanyId,
    id: &IntegrationId,
    dice: &mut Dice,
) -> DbResult<()> {
    let mine = || events::table.filter(events::integration_id.eq(id));
    match dice.below(6) {
        0..=2 => {
            let mut rows: Vec<Event> = Vec::new();
            for n in 0..=dice.below(8) {
                let at = Timestamp::now().minus(Duration::from_secs(dice.below(4 * 3_600)));
                let status = if dice.below(4) == 0 { 0 } else { 200 };
                // Some come twice, in one statement and in several.
                let key = format!("{n}-{}", dice.below(40));
                let own = Event::of_our_own(
                    EventKind::CandidateHired,
                    |_| key,
                    (company, id),
                    ("o", None),
                    Vec::new(),
                );
                rows.push(Event { state: dice.state(), received_at: at, answered_status: status, ..own });
            }
            keep_new(conn, &rows)?;
        }
        3 | 4 => {
            let ids: Vec<EventId> =
                mine().select(events::id).limit(1 + i64::try_from(dice.below(9)).unwrap()).load(conn)?;
            // Also to the state that it has.
            diesel::update(events::table.filter(events::id.eq_any(&ids)))
                .set(events::state.eq(dice.state()))
                .execute(conn)?;
        }
        _ => {
            let ids: Vec<EventId> = mine().order(events::id.desc()).select(events::id).limit(2).load(conn)?;
            diesel::delete(events::table.filter(events::id.eq_any(&ids))).execute(conn)?;
        }
    }
    Ok(())
}

on_both_databases!(Portal::start => counts_agree_with_the_log_after_random_work);
/// Several writers at once, on several integrations, some of whose work is undone.
async fn counts_agree_with_the_log_after_random_work(portal: Portal) {
    let acme = portal.company("Acme").await;
    let (first, second) = (
        unconnected(&portal, &acme, integrations::State::SettingUp, &[]).await,
        unconnected(&portal, &acme, integrations::State::SettingUp, &[]).await,
    );
    let company = acme.id;
    let worker = async |seed: u64| {
        let mut dice = Dice(seed);
        for _ in 0..60 {
            let (id, fails) = (if dice.below(2) == 0 { first } else { second }, dice.below(5) == 0);
            let mut own = Dice(dice.below(u64::MAX) | 1);
            let done = portal
                .running
                .db
                .write(move |conn| {
                    change(conn, &company, &id, &mut own)?;
                    change(conn, &company, &id, &mut own)?;
                    if fails {
                        Err(DbError::Query(diesel::result::Error::RollbackTransaction))
                    } else {
                        Ok(())
                    }
                })
                .await;
            // Of two that wait for each other PostgreSQL undoes one, which is as if it had failed.
            let is_deadlock = format!("{done:?}").contains("deadlock detected");
            assert!(is_deadlock || done.is_err() == fails, "{done:?}");
        }
    };
    tokio::join!(worker(3), worker(77), worker(1_234_567));
    agree(&portal, &[first, second], "after the work").await;
    // Summed up, it is the same, and what is summed up is one row for each count.
    let later = Timestamp::now().plus(Duration::from_secs(6 * 3_600));
    let more = tokio::join!(worker(99), async {
        while portal.running.db.write(move |conn| hourly::sum_up(conn, later)).await.unwrap() {}
    });
    let ((), ()) = more;
    agree(&portal, &[first, second], "while it is summed up").await;
    while portal.running.db.write(move |conn| hourly::sum_up(conn, later)).await.unwrap() {}
    let split = portal.write(|conn| {
        let split = event_counts::table.filter(event_counts::writer.ne(0)).select(count_star());
        Ok(split.first::<i64>(conn).map_err(DbError::from)?)
    });
    assert_eq!(split.await, 0);
    agree(&portal, &[first, second], "summed up").await;
}

impl Connected {
    async fn overview(&self) -> crate::support::visitor::Page {
        let page = self.admin.get("/").await;
        assert_eq!(page.status, StatusCode::OK);
        page
    }
}

on_both_databases!(Connected::active => the_first_page_says_how_it_goes);
/// The verdict, what needs somebody, what arrived and how far people came are what the other pages say.
async fn the_first_page_says_how_it_goes(working: Connected) {
    let page = working.overview().await;
    assert_eq!(page.text("nav[aria-label=Main] a[aria-current]"), "Overview");
    assert_eq!(page.text("a.card .badge"), "Active, not verified yet");
    assert_eq!(page.text("section[aria-labelledby=needs-you] p"), "Nothing.");
    assert!(page.text("section[aria-labelledby=deliveries]").contains("Nothing arrived in this period."));
    assert!(page.text("section[aria-labelledby=funnel]").contains("Nobody was invited in this period."));

    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    let (company, id) = (working.company.id, working.integration);
    let page = crate::support::wait::until("the event's end", crate::support::wait::PATIENCE, async || {
        let page = working.overview().await;
        page.text("ul.legend li").contains("1 Processed").then_some(page)
    })
    .await;
    assert_eq!(page.text("a.card .badge"), "Active");
    assert_eq!(page.text("ul.legend li"), "1 Received\n1 Processed\n0 Waiting\n0 Failed\n0 Refused");
    assert_eq!(page.text("ol.funnel .step"), "Invited\nOpened\nStarted\nCompleted\nResult in Lever");
    assert_eq!(page.text("ol.funnel strong"), "1\n0\n0\n0\n0");

    // One that failed, one that nobody vouches for, and one that the portal made itself, which did not arrive.
    let (mut rows, now) = (Vec::new(), Timestamp::now());
    for (key, state, status) in
        [("f", State::Failed, 200), ("q", State::Quarantined, 401), ("o", State::Done, 0)]
    {
        let own = Event::of_our_own(
            EventKind::CandidateHired,
            |_| key.into(),
            (&company, &id),
            ("o", None),
            b"{}".to_vec(),
        );
        rows.push(Event {
            state,
            answered_status: status,
            finished_at: Some(now),
            verified_at: (status == 200).then_some(now),
            ..own
        });
    }
    working
        .portal
        .write(move |conn| {
            keep_new(conn, &rows)?;
            Ok(())
        })
        .await;
    for path in ["/", "/?span=week"] {
        let page = working.admin.get(path).await;
        assert_eq!(
            page.text("ul.legend li"),
            "3 Received\n1 Processed\n0 Waiting\n1 Failed\n1 Refused",
            "{path}"
        );
        assert_eq!(page.attribute("svg.stacked", "role").as_deref(), Some("img"));
        let bars =
            page.text("svg.stacked title").lines().filter(|bar| bar.contains("1 failed, 1 refused")).count();
        assert_eq!(bars, 1, "{path}: {}", page.text("svg.stacked title"));
        let sums: i64 =
            page.text("#deliveries-table td").lines().map(|count| count.trim().parse::<i64>().unwrap()).sum();
        assert_eq!(sums, 3, "the table says the same");
    }
    let page = working.overview().await;
    assert_eq!(page.text("a.card .badge"), "Needs you");
    let needs = page.text("section[aria-labelledby=needs-you] li");
    assert!(needs.contains("1 event failed in the last 7 days"), "{needs}");
    assert_eq!(
        page.attribute("section[aria-labelledby=needs-you] a", "href"),
        Some(format!("/events?integration={id}&state=failed"))
    );
    let changes = page.text("section[aria-labelledby=changes] li");
    assert!(changes.contains("ada@acme.example"), "{changes}");
    assert!(!changes.to_lowercase().contains("logged in"), "looking and coming are no changes: {changes}");

    // Members do not see the logs, auditors change nothing.
    let there = &working;
    there.portal.person(&there.company, "max@acme.example", Role::Member).await;
    there.portal.person(&there.company, "eva@acme.example", Role::Auditor).await;
    for (who, sees_logs) in [("max@acme.example", false), ("eva@acme.example", true)] {
        let page = there.portal.signed_in(who).await.get("/").await;
        assert_eq!(page.text("a.card .badge"), "Needs you", "{who}");
        assert_eq!(page.attribute("svg.stacked", "role").is_some(), sees_logs, "{who}");
        assert_eq!(page.attribute("main a[href^='/events']", "href").is_some(), sees_logs, "{who}");
        assert_eq!(page.attribute("section[aria-labelledby=changes]", "class").is_some(), sees_logs, "{who}");
        assert_eq!(page.attribute("main form", "action"), None, "{who} has no button");
        assert_eq!(page.text("ol.funnel strong"), "1\n0\n0\n0\n0", "{who}");
    }
}

on_both_databases!(Portal::start => a_new_company_is_led_to_its_first_integration);
/// Nobody is logged in: to the log-in page. A company without an integration: to Add Integration, for who may.
async fn a_new_company_is_led_to_its_first_integration(portal: Portal) {
    portal.visitor().get("/").await.leads_to("/login");
    let acme = portal.company("Acme").await;
    for (who, role) in [("dana", Role::Admin), ("max", Role::Member), ("eva", Role::Auditor)] {
        portal.person(&acme, &format!("{who}@acme.example"), role).await;
    }
    let page = portal.signed_in("dana@acme.example").await.get("/").await;
    assert_eq!(page.text(".empty h2"), "No integration yet");
    assert_eq!(page.attribute(".empty a", "href").as_deref(), Some("/settings/integrations/add"));
    for who in ["max@acme.example", "eva@acme.example"] {
        let page = portal.signed_in(who).await.get("/").await;
        assert_eq!(page.attribute("main a", "href"), None, "{who}");
        assert!(page.text(".empty").contains("Admins of your company can add one."), "{who}");
    }
    // Another company's figures are nobody else's.
    let other = portal.company("Other").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    unconnected(&portal, &other, integrations::State::Active, &[]).await;
    assert_eq!(
        portal.signed_in("dana@acme.example").await.get("/").await.text(".empty h2"),
        "No integration yet"
    );
}
