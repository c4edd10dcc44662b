//! Deliveries that nobody vouches for, by the thousand, and the address that they come to.

mod address;
mod alarm;

use crate::support::lever::{events, unconnected};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::wait;
use alva_portal::db::schema::{events as event_rows, integrations, reverifications, unverified_deliveries};
use alva_portal::db::{Conn, DbError};
use alva_portal::events::State as EventState;
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::signing::{catch_up, ring, tokens};
use alva_portal::integrations::{SigningToken, State};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use futures_util::StreamExt as _;
use lever_client::signature::sign;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::time::Duration;

/// What Lever signs with once its token was regenerated.
const NEW: &str = "the-regenerated-token";

/// Requests that are under way at once.
const AT_ONCE: usize = 32;

struct Door<'p> {
    portal: &'p Portal,
    integration: IntegrationId,
    url: url::Url,
    client: reqwest::Client,
}

impl<'p> Door<'p> {
    async fn of(portal: &'p Portal, state: State, secrets: &[&str]) -> Self {
        let company = portal.company("Acme Inc").await;
        portal.person(&company, "ada@acme.example", Role::Admin).await;
        portal.person(&company, "max@acme.example", Role::Auditor).await;
        let integration = unconnected(portal, &company, state, secrets).await;
        let url = portal.running.url.join(&format!("/webhooks/lever/key-{integration}")).unwrap();
        Self { portal, integration, url, client: reqwest::Client::new() }
    }

    async fn send_from(&self, place: &str, body: &Value) -> StatusCode {
        let request = self.client.post(self.url.clone()).header("x-forwarded-for", place);
        request.body(body.to_string()).send().await.unwrap().status()
    }

    /// Many at once.
    async fn flood(&self, bodies: impl Iterator<Item = (String, Value)>) {
        let sent = futures_util::stream::iter(bodies).for_each_concurrent(AT_ONCE, async |(place, body)| {
            assert_eq!(self.send_from(&place, &body).await, StatusCode::UNAUTHORIZED);
        });
        sent.await;
    }

    async fn in_ring(&self) -> i64 {
        let id = self.integration;
        let count = move |conn: &mut Conn| {
            let of = unverified_deliveries::table.filter(unverified_deliveries::integration_id.eq(id));
            Ok::<i64, DbError>(of.count().get_result(conn)?)
        };
        self.portal.running.db.read(count).await.unwrap()
    }

    async fn in_state(&self, state: EventState) -> i64 {
        let id = self.integration;
        let count = move |conn: &mut Conn| {
            let of =
                event_rows::table.filter(event_rows::integration_id.eq(id).and(event_rows::state.eq(state)));
            Ok::<i64, DbError>(of.count().get_result(conn)?)
        };
        self.portal.running.db.read(count).await.unwrap()
    }

    /// Saves the token that Lever signs with now.
    async fn save(&self, secret: &str) -> catch_up::Reverified {
        self.begin(secret).await;
        catch_up::run(&self.portal.running.db, &self.portal.sealer(), &self.integration).await.unwrap()
    }

    /// Saves it, and verifies nothing yet.
    async fn begin(&self, secret: &str) {
        let id = self.integration;
        let token = SigningToken::new(&id, &SecretString::from(secret), &self.portal.sealer());
        self.portal
            .write(move |conn| {
                tokens::add(conn, &token)?;
                Ok(catch_up::begin(conn, &id)?)
            })
            .await;
    }

    /// The account's address now.
    async fn present_url(&self) -> url::Url {
        let id = self.integration;
        let read = move |conn: &mut Conn| alva_portal::integrations::store::get(conn, &id);
        let path = self.portal.running.db.read(read).await.unwrap().webhook_path();
        self.portal.running.url.join(&path).unwrap()
    }

    async fn is_alarmed(&self) -> bool {
        let id = self.integration;
        let since = move |conn: &mut Conn| {
            let row = integrations::table.find(id).select(integrations::signature_failing_since);
            Ok::<Option<Timestamp>, DbError>(row.first(conn)?)
        };
        self.portal.running.db.read(since).await.unwrap().is_some()
    }
}

fn signed(key: &str, token: &str) -> Value {
    let at = Timestamp::now().0;
    json!({
        "id": format!("id-{token}"), "event": "candidateStageChange", "triggeredAt": at, "token": token,
        "signature": sign(key.as_bytes(), token, &at.to_string()),
        "data": {"opportunityId": format!("o-{token}"), "contactId": "c1", "fromStageId": "lead-new", "toStageId": "s2"},
    })
}

/// Two KiB with a signature that looks like Lever's.
fn junk(number: usize) -> Value {
    let mut body = signed("nobody's", &format!("junk-{number}"));
    body["more"] = "x".repeat(1_700).into();
    body
}

fn genuine(number: usize) -> Value {
    signed(NEW, &format!("genuine-{number}"))
}

/// Junk before, between and after genuine deliveries, of which each must be verified when the token is saved.
async fn flooded(portal: &Portal, junk_count: usize, genuine_count: usize) -> Door<'_> {
    let door = Door::of(portal, State::Active, &["the-old-token"]).await;
    let every = junk_count / genuine_count;
    let place = |number: usize| format!("198.51.100.{}", number % 250);
    let junk = (0..junk_count).flat_map(|number| {
        let genuine =
            (number % every == every / 2).then(|| ("203.0.113.9".to_owned(), genuine(number / every)));
        [Some((place(number), junk(number))), genuine].into_iter().flatten()
    });
    door.flood(junk).await;
    door
}

on_both_databases!(Portal::start => junk_drowns_no_genuine_delivery);
async fn junk_drowns_no_genuine_delivery(portal: Portal) {
    let (junk_count, genuine_count) = (2_000, 20);
    let door = flooded(&portal, junk_count, genuine_count).await;
    assert_eq!(door.in_state(EventState::Quarantined).await, 500, "the log shows so many");
    let kept = door.in_ring().await;
    assert_eq!(kept, (junk_count + genuine_count) as i64 - 500);
    let page = portal
        .signed_in("max@acme.example")
        .await
        .get(&format!("/settings/integrations/{}/webhooks", door.integration))
        .await;
    assert!(
        page.text("main").contains(&format!("{kept} deliveries from 2 networks")),
        "{}",
        page.text("main")
    );
    let done = door.save(NEW).await;
    assert_eq!((done.verified, done.unmatched), (genuine_count as i64, junk_count as i64));
    assert_eq!(door.in_state(EventState::Queued).await, genuine_count as i64);
    let verified = events(&portal, &door.integration).await;
    let mut genuine: Vec<String> = verified
        .into_iter()
        .filter(|event| event.state == EventState::Queued)
        .filter_map(|e| e.opportunity_id)
        .collect();
    genuine.sort();
    let mut expected: Vec<String> = (0..genuine_count).map(|n| format!("o-genuine-{n}")).collect();
    expected.sort();
    assert_eq!(genuine, expected);
    // Lever sends one of them once more: it is known.
    assert_eq!(door.save(NEW).await.verified, 0, "nothing is taken twice");
}

on_both_databases!(Portal::start => the_ring_gives_way_to_newer_ones_and_spares_other_networks);
async fn the_ring_gives_way_to_newer_ones_and_spares_other_networks(portal: Portal) {
    let door = Door::of(&portal, State::Active, &[]).await;
    let (id, bound) = (door.integration, 90_000);
    let make = move |network: &str, count: usize| -> Vec<ring::Unverified> {
        let row = |_| ring::Unverified {
            integration_id: id,
            network: network.to_owned(),
            id: alva_portal::ids::EventId::new(),
            received_at: Timestamp::now(),
            answered_status: 401,
            delivery: b"[]".to_vec(),
        };
        (0..count).map(row).collect()
    };
    let genuine = make("203.0.113.0/24", 100);
    let first = genuine[0].id;
    portal.write(move |conn| Ok(ring::keep(conn, &id, &genuine)?)).await;
    for _ in 0..25 {
        let junk = make("198.51.100.0/24", 5_000);
        portal.write(move |conn| Ok(ring::keep(conn, &id, &junk)?)).await;
    }
    assert!(door.in_ring().await <= bound, "{}", door.in_ring().await);
    let (shares, dropped) =
        portal.write(move |conn| Ok((ring::shares(conn, &id)?, ring::dropped(conn, &id)?))).await;
    let genuine = shares.iter().find(|share| share.network == "203.0.113.0/24").unwrap();
    assert_eq!(genuine.kept, 100, "they are the oldest, and another network pushed");
    assert!(dropped >= 5_100, "{dropped}");
    let is_there = move |conn: &mut Conn| {
        let row = unverified_deliveries::table.filter(unverified_deliveries::id.eq(first));
        Ok::<i64, DbError>(row.count().get_result(conn)?)
    };
    assert_eq!(portal.running.db.read(is_there).await.unwrap(), 1);
    // After two weeks they go by themselves.
    let later = Timestamp::now().plus(Duration::from_secs(15 * 86_400));
    while portal.write(move |conn| Ok(ring::age_out(conn, later)?)).await > 0 {}
    assert_eq!(door.in_ring().await, 0);
}

/// Whether nothing says any more that deliveries are to be verified.
async fn is_caught_up(portal: &Portal, id: IntegrationId) -> Option<()> {
    let left =
        move |conn: &mut Conn| Ok::<i64, DbError>(reverifications::table.find(id).count().get_result(conn)?);
    (portal.running.db.read(left).await.unwrap() == 0).then_some(())
}

on_both_databases!(Portal::start => what_was_kept_is_verified_a_part_at_a_time);
/// Each part is a transaction of its own and looks at 500 deliveries at most: others write between. What a process that
/// ends leaves undone is done by a job.
async fn what_was_kept_is_verified_a_part_at_a_time(portal: Portal) {
    let (junk_count, genuine_count) = (3_000, 30);
    let door = flooded(&portal, junk_count, genuine_count).await;
    door.begin(NEW).await;
    let (id, sealer) = (door.integration, portal.sealer());
    let until = async |until: Timestamp| {
        let of = reverifications::table.find(id);
        let set =
            move |conn: &mut Conn| diesel::update(of).set(reverifications::until.eq(until)).execute(conn);
        portal.write(move |conn| set(conn).map_err(|e| DbError::from(e).into())).await
    };
    // The job that does what is left comes when the request should be done: not yet.
    until(Timestamp::now().plus(Duration::from_secs(3600))).await;
    let one = async || {
        let sealer = sealer.clone();
        portal.write(move |conn| Ok(catch_up::batch(conn, &sealer, &id)?)).await
    };
    let (mut before, mut parts) = (0, 0);
    while let Some(so_far) = one().await {
        let seen = so_far.verified + so_far.unmatched;
        assert!(seen - before <= catch_up::AT_ONCE, "{before} → {seen}");
        (before, parts) = (seen, parts + 1);
        if seen > 1_500 {
            break;
        }
    }
    assert!((1_501..2_500).contains(&before) && parts > 2, "{before} in {parts} parts");
    // Between two parts somebody else writes, and the same tokens judge what arrives.
    assert_eq!(door.send_from("203.0.113.9", &signed(NEW, "between")).await, StatusCode::OK);
    let left = async || door.in_state(EventState::Quarantined).await + door.in_ring().await;
    let verified = genuine_count as i64 - (left().await - junk_count as i64);
    assert_eq!(
        door.in_state(EventState::Queued).await,
        verified + 1,
        "nothing is in both, nothing in neither"
    );
    // The request ended in between, with its process or its database: a job does the rest.
    until(Timestamp::now()).await;
    let lease = diesel::update(integrations::table.find(id)).set(integrations::lease_until.eq(Timestamp(0)));
    portal.write(move |conn| lease.execute(conn).map_err(|e| DbError::from(e).into())).await;
    wait::until("all is looked at", wait::PATIENCE, async || is_caught_up(&portal, id).await).await;
    assert_eq!(left().await, junk_count as i64);
    // The worker has the events now.
    let log = move |conn: &mut Conn| {
        let of = event_rows::table.filter(event_rows::integration_id.eq(id)).count();
        Ok::<i64, DbError>(of.get_result(conn)?)
    };
    let all = portal.running.db.read(log).await.unwrap();
    assert_eq!(all - door.in_state(EventState::Quarantined).await, genuine_count as i64 + 1);
}

on_both_databases!(Portal::start => junk_takes_little_room_in_the_event_log);
/// Of what nobody vouches for the event log shows 500, with 4 KiB of each at most; what is more goes into the ring.
async fn junk_takes_little_room_in_the_event_log(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-present-token"]).await;
    let long = |number: usize| {
        let mut body = junk(number);
        body["more"] = "x".repeat(6_000).into();
        ("198.51.100.1".to_owned(), body)
    };
    door.flood((0..520).map(long)).await;
    assert_eq!((door.in_state(EventState::Quarantined).await, door.in_ring().await), (500, 20));
    let id = door.integration;
    let bodies = move |conn: &mut Conn| {
        let of = event_rows::table.filter(event_rows::integration_id.eq(id)).select(event_rows::body);
        Ok::<Vec<Vec<u8>>, DbError>(of.load(conn)?)
    };
    let longest = portal.running.db.read(bodies).await.unwrap().iter().map(Vec::len).max();
    assert!(longest.is_some_and(|bytes| bytes <= 4_096), "{longest:?}");
}

on_both_databases!(Portal::start => one_junk_delivery_alarms_nobody);
async fn one_junk_delivery_alarms_nobody(portal: Portal) {
    let door = Door::of(&portal, State::Active, &["the-token"]).await;
    assert_eq!(door.send_from("203.0.113.9", &signed("the-token", "t1")).await, StatusCode::OK);
    assert_eq!(door.send_from("198.51.100.1", &junk(1)).await, StatusCode::UNAUTHORIZED);
    assert!(!door.is_alarmed().await, "one says nothing");
    // From where genuine ones come, two do.
    assert_eq!(door.send_from("203.0.113.9", &genuine(1)).await, StatusCode::UNAUTHORIZED);
    assert!(door.is_alarmed().await);
    assert_eq!(door.send_from("203.0.113.9", &signed("the-token", "t2")).await, StatusCode::OK);
    assert!(!door.is_alarmed().await, "one that is verified ends it");
}

on_both_databases!(Portal::start => a_button_removes_what_nobody_vouches_for);
async fn a_button_removes_what_nobody_vouches_for(portal: Portal) {
    let door = flooded(&portal, 600, 1).await;
    assert_eq!(door.send_from("203.0.113.9", &signed("the-old-token", "kept")).await, StatusCode::OK);
    let ada = portal.signed_in("ada@acme.example").await;
    let path = format!("/settings/integrations/{}", door.integration);
    let max = portal.signed_in("max@acme.example").await;
    assert_eq!(max.post(&format!("{path}/unverified/empty"), &[]).await.status, StatusCode::FORBIDDEN);
    let page = max.get(&path).await;
    assert!(!page.html.contains("Remove them"), "the button is for admins");
    ada.post(&format!("{path}/unverified/empty"), &[]).await.leads_to(&path);
    assert_eq!((door.in_ring().await, door.in_state(EventState::Quarantined).await), (0, 0));
    assert_eq!(door.in_state(EventState::Queued).await, 1, "what was verified stays");
    assert!(ada.get(&path).await.text(".flash").contains("601 unverified deliveries"), "it says how many");
}
