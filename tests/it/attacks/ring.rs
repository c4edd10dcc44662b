//! Strangers with thousands of networks, and what of a genuine sender's deliveries remains in the ring.

use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::schema::{events, unverified_deliveries};
use alva_portal::db::{Conn, DbError};
use alva_portal::ids::{EventId, IntegrationId};
use alva_portal::integrations::signing::compact::CompactDelivery;
use alva_portal::integrations::signing::ring::{self, NetworkShare, Unverified};
use alva_portal::integrations::signing::{catch_up, tokens};
use alva_portal::integrations::{SigningToken, State};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use lever_client::signature::sign;
use secrecy::SecretString;
use serde_json::{Value, json};

/// What a ring holds.
const BOUND: i64 = 25 << 20;

/// The network of the genuine sender.
const LEVER: &str = "203.0.113.0/24";

/// What Lever signs with.
const KEY: &str = "the-token-that-is-saved-afterwards";

fn body(number: usize) -> Value {
    let (at, token) = (Timestamp::now().0, format!("genuine-{number}"));
    let id = format!("{number:08}-4f5c-4c9d-9f5b-7c9f2f6a7b1e");
    json!({
        "id": id, "event": "candidateStageChange", "triggeredAt": at, "token": token,
        "signature": sign(KEY.as_bytes(), &token, &at.to_string()),
        "data": {"opportunityId": id, "contactId": id, "fromStageId": "lead-new", "toStageId": id},
    })
}

fn row(integration: IntegrationId, network: &str, delivery: Vec<u8>) -> Unverified {
    let network = network.to_owned();
    let (id, received_at) = (EventId::new(), Timestamp::now());
    Unverified { integration_id: integration, network, id, received_at, answered_status: 200, delivery }
}

fn genuine(integration: IntegrationId, network: &str, number: usize) -> Unverified {
    let delivery = lever_client::delivery::parse(body(number).to_string().as_bytes()).unwrap();
    row(integration, network, CompactDelivery::of_delivery(&delivery).unwrap().to_bytes())
}

/// As large as a stranger's delivery may be.
fn junk(integration: IntegrationId, network: &str) -> Unverified {
    row(integration, network, vec![b'x'; 2_000])
}

/// A network far from all others.
fn far(number: usize) -> String {
    format!("{}.{}.7.0/24", 1 + number / 200, number % 200)
}

async fn keep(portal: &Portal, id: IntegrationId, rows: Vec<Unverified>) {
    for rows in rows.chunks(512) {
        let rows = rows.to_vec();
        portal.write(move |conn| Ok(ring::keep(conn, &id, &rows)?)).await;
    }
}

/// The parts of the ring, which fit what it holds and its bound.
async fn shares(portal: &Portal, id: IntegrationId) -> Vec<NetworkShare> {
    let read = move |conn: &mut Conn| {
        let of = unverified_deliveries::table.filter(unverified_deliveries::integration_id.eq(id));
        let rows: i64 = of.count().get_result(conn)?;
        Ok::<_, DbError>((ring::shares(conn, &id)?, ring::totals(conn, &id)?, rows))
    };
    let (shares, totals, rows) = portal.running.db.read(read).await.unwrap();
    assert_eq!(totals.kept, rows);
    assert_eq!(totals.kept, shares.iter().map(|share| share.kept).sum::<i64>());
    assert_eq!(totals.kept_bytes, shares.iter().map(|share| share.kept_bytes).sum::<i64>());
    assert_eq!(totals.parts, shares.len() as i64);
    assert!(totals.kept_bytes <= BOUND, "{totals:?}");
    shares
}

async fn kept_of(portal: &Portal, id: IntegrationId, network: &str) -> i64 {
    let shares = shares(portal, id).await;
    shares.iter().find(|share| share.network == network).map_or(0, |share| share.kept)
}

async fn begin(portal: &Portal, id: IntegrationId) {
    let token = SigningToken::new(&id, &SecretString::from(KEY), &portal.sealer());
    portal
        .write(move |conn| {
            tokens::add(conn, &token)?;
            Ok(catch_up::begin(conn, &id)?)
        })
        .await;
}

async fn save_token(portal: &Portal, id: IntegrationId) -> catch_up::Reverified {
    begin(portal, id).await;
    catch_up::run(&portal.running.db, &portal.sealer(), &id).await.unwrap()
}

async fn account(portal: &Portal, company: &str) -> IntegrationId {
    let company = portal.company(company).await;
    unconnected(portal, &company, State::Active, &[]).await
}

on_both_databases!(Portal::start => two_thousand_networks_push_out_no_genuine_delivery);
async fn two_thousand_networks_push_out_no_genuine_delivery(portal: Portal) {
    let id = account(&portal, "Acme Inc").await;
    // Before, between and after: twice what the ring holds.
    for round in 0..100 {
        let mut rows: Vec<Unverified> = (0..260).map(|n| junk(id, &far((round * 260 + n) % 2_000))).collect();
        rows.insert(130, genuine(id, LEVER, round));
        keep(&portal, id, rows).await;
    }
    let shares = shares(&portal, id).await;
    assert_eq!(shares.len(), 2_001, "each network has a part");
    let dropped = portal.write(move |conn| Ok(ring::dropped(conn, &id)?)).await;
    assert!((12_800..15_100).contains(&dropped), "what is too much goes, and not more: {dropped}");
    assert_eq!(save_token(&portal, id).await.verified, 100);
}

on_both_databases!(Portal::start => a_network_that_comes_last_keeps_its_newest);
async fn a_network_that_comes_last_keeps_its_newest(portal: Portal) {
    let id = account(&portal, "Acme Inc").await;
    keep(&portal, id, (0..22_000).map(|n| junk(id, &far(n % 4_500))).collect()).await;
    let parts = shares(&portal, id).await.len();
    assert!(parts <= 4_001, "those that come when there are too many share one: {parts}");
    // 104 is not among theirs: the networks above stop at 23.x.
    let late = "104.16.7.0/24";
    for round in 0..100 {
        let mut rows: Vec<Unverified> = (0..50).map(|n| junk(id, &far((round * 50 + n) % 4_000))).collect();
        rows.push(genuine(id, late, round));
        keep(&portal, id, rows).await;
    }
    // Many families came before: it is among the others.
    let (kept, others) = (kept_of(&portal, id, late).await, kept_of(&portal, id, "others").await);
    assert_eq!(kept, 0, "no part of its own is left");
    assert!(others >= 10, "{others}");
    // Fewer than that, and a network that comes last has a part, in which its newest stay.
    portal.write(move |conn| Ok(ring::empty(conn, &id)?)).await;
    keep(&portal, id, (0..22_000).map(|n| junk(id, &far(n % 1_900))).collect()).await;
    for round in 0..100 {
        let mut rows: Vec<Unverified> = (0..50).map(|n| junk(id, &far((round * 50 + n) % 1_900))).collect();
        rows.push(genuine(id, late, round));
        keep(&portal, id, rows).await;
    }
    let kept = kept_of(&portal, id, late).await;
    assert!(kept >= 10, "{kept}");
    assert_eq!(save_token(&portal, id).await.verified, kept);
}

on_both_databases!(Portal::start => networks_next_to_each_other_are_one_stranger);
async fn networks_next_to_each_other_are_one_stranger(portal: Portal) {
    let id = account(&portal, "Acme Inc").await;
    let v6 = |n: usize| format!("2001:db8:{n:x}::/48");
    let v4 = |n: usize| format!("198.51.{}.0/24", n % 256);
    let neighbours = (0..2_000).flat_map(|n| [junk(id, &v6(n)), junk(id, &v4(n))]);
    keep(&portal, id, neighbours.collect()).await;
    keep(&portal, id, (0..100).map(|n| genuine(id, LEVER, n)).collect()).await;
    let shares = shares(&portal, id).await;
    let named = |name: &str| shares.iter().find(|share| share.network == name).map(|share| share.kept);
    // 16 of each have their own part; the rest is in one.
    assert_eq!(shares.len(), 16 + 1 + 16 + 1 + 1);
    assert_eq!(named("2001:db8::/32"), Some(2_000 - 16));
    let own: i64 =
        shares.iter().filter(|share| share.family == "198.51.0.0/16").map(|share| share.kept).sum();
    assert_eq!(named("198.51.0.0/16").unwrap() + own, 2_000);
    keep(&portal, id, (0..30_000).map(|n| junk(id, &v6(n % 2_000))).collect()).await;
    assert_eq!(kept_of(&portal, id, LEVER).await, 100);
}

on_both_databases!(Portal::start => a_network_that_was_verified_for_another_account_gives_way_last);
async fn a_network_that_was_verified_for_another_account_gives_way_last(portal: Portal) {
    let (acme, other) = (account(&portal, "Acme Inc").await, account(&portal, "Other Inc").await);
    // Strangers came first, and fill the ring.
    keep(&portal, acme, (0..22_000).map(|n| junk(acme, &far(n % 1_900))).collect()).await;
    keep(&portal, acme, vec![genuine(acme, LEVER, 0)]).await;
    // Another account verifies what comes from there.
    let sealer = portal.sealer();
    let token = SigningToken::new(&other, &SecretString::from(KEY), &sealer);
    portal.write(move |conn| Ok(tokens::add(conn, &token)?)).await;
    let url = portal.running.url.join(&format!("/webhooks/lever/key-{other}")).unwrap();
    let request = reqwest::Client::new().post(url).header("x-forwarded-for", "203.0.113.9");
    let answer = request.body(body(1_000).to_string()).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    for round in 1..200 {
        let mut rows: Vec<Unverified> = (0..50).map(|n| junk(acme, &far((round * 50 + n) % 1_900))).collect();
        rows.push(genuine(acme, LEVER, round));
        keep(&portal, acme, rows).await;
    }
    assert_eq!(kept_of(&portal, acme, LEVER).await, 200);
    assert_eq!(save_token(&portal, acme).await.verified, 200);
}

on_both_databases!(Portal::start => headers_are_kept_short);
/// Also of what nobody vouches for, and of what is no delivery at all.
async fn headers_are_kept_short(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    let id = unconnected(&portal, &company, State::Active, &[]).await;
    let url = portal.running.url.join(&format!("/webhooks/lever/key-{id}")).unwrap();
    let client = reqwest::Client::new();
    let long = "x".repeat(20_000);
    for body in [body(1).to_string(), "no JSON".to_owned(), json!({"data": null}).to_string()] {
        let mut request = client.post(url.clone()).body(body);
        for name in ["user-agent", "via", "x-forwarded-for", "x-request-id", "date"] {
            request = request.header(name, &long);
        }
        request.send().await.unwrap();
    }
    let kept = move |conn: &mut Conn| {
        let of = events::table.filter(events::integration_id.eq(id)).select(events::headers);
        Ok::<Vec<String>, DbError>(of.load(conn)?)
    };
    let kept = portal.running.db.read(kept).await.unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|headers| headers.len() < 2_000), "{kept:?}");
}

on_both_databases!(Portal::start => large_deliveries_have_so_much_room_and_small_ones_their_own);
/// Lever's have some hundred bytes. Larger ones wait in memory, whoever sends them, so there are few at a time.
async fn large_deliveries_have_so_much_room_and_small_ones_their_own(portal: Portal) {
    let company = portal.company("Acme Inc").await;
    let id = unconnected(&portal, &company, State::Active, &[]).await;
    let url = portal.running.url.join(&format!("/webhooks/lever/key-{id}")).unwrap();
    let mut held: Vec<_> = std::iter::from_fn(|| portal.running.intake.room()).collect();
    assert_eq!(held.len() * (256 << 10), 16 << 20, "bytes");
    let client = reqwest::Client::new();
    let mut large = body(1);
    large["more"] = "x".repeat(20_000).into();
    let send = async |body: &Value| client.post(url.clone()).body(body.to_string()).send().await.unwrap();
    let answer = send(&large).await;
    assert_eq!(answer.status(), reqwest::StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(send(&body(2)).await.status(), reqwest::StatusCode::OK, "a small one has room");
    // The same of one whose length nobody announces.
    let chunked = async |body: &Value| {
        let parts = futures_util::stream::iter([Ok::<_, std::io::Error>(body.to_string())]);
        client.post(url.clone()).body(reqwest::Body::wrap_stream(parts)).send().await.unwrap()
    };
    assert_eq!(chunked(&body(3)).await.status(), reqwest::StatusCode::OK, "a small one in chunks has room");
    assert_eq!(chunked(&large).await.status(), reqwest::StatusCode::SERVICE_UNAVAILABLE);
    held.pop();
    assert_eq!(send(&large).await.status(), reqwest::StatusCode::OK);
    assert_eq!(portal.running.intake.room().iter().count(), 1, "the room is free again");
}
