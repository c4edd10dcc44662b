//! How much memory and disk a flood of junk deliveries takes, in a process of its own: what the sender needs, and other
//! tests, is not counted.

use crate::process::place::{Account, Place, Process, delivery};
use crate::support::on_both_databases;
use crate::support::wait::until;
use alva_portal::db::schema::events;
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::integrations::SigningToken;
use alva_portal::integrations::signing::{catch_up, tokens};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use futures_util::StreamExt as _;
use lever_client::signature::sign;
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// What Lever signs with, and what is saved only after the flood.
const NEW: &str = "the-regenerated-token";

/// What a flood may take above what the process has when nothing happens (KiB).
const MOST: u64 = 32 * 1024;

/// Requests that are under way at once.
const AT_ONCE: usize = 64;

/// Memory of a process in KiB: its own, and with the pages of its program that were read so far. An unoptimized program is
/// ten times as large, and the system takes such pages back when it needs room.
fn memory(process: &Process) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("Linux says it");
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()
    };
    (of("RssAnon:"), of("VmRSS:"))
}

fn signed(key: &str, token: &str, more: usize) -> Value {
    let at = Timestamp::now().0;
    json!({
        "id": format!("id-{token}"), "event": "candidateStageChange", "triggeredAt": at, "token": token,
        "signature": sign(key.as_bytes(), token, &at.to_string()),
        "data": {"opportunityId": format!("o-{token}"), "contactId": "c1", "fromStageId": "lead-new", "toStageId": "s2"},
        "more": "x".repeat(more),
    })
}

struct Flood {
    place: Place,
    account: Account,
    process: Process,
    idle: (u64, u64),
    peak: Cell<(u64, u64)>,
}

impl Flood {
    /// The portal at rest: each kind of request was made once.
    async fn before(place: Place) -> Self {
        let account = place.account("http://127.0.0.1:9").await;
        let process = place.start().await;
        let client = reqwest::Client::new();
        for path in ["login", "healthz", "readyz"] {
            client.get(process.url.join(path).unwrap()).send().await.unwrap();
        }
        for number in 0..20 {
            let body = delivery("interviewCreated", &format!("warm-{number}"));
            let sent = client.post(account.url(&process)).json(&body).send().await.unwrap();
            assert_eq!(sent.status(), 200);
        }
        account.worked().await;
        let idle = memory(&process);
        Self { place, account, process, idle, peak: Cell::new(idle) }
    }

    fn sample(&self) {
        let (now, peak) = (memory(&self.process), self.peak.get());
        self.peak.set((peak.0.max(now.0), peak.1.max(now.1)));
    }

    /// Sends junk of 2 KiB from so many networks, and genuine deliveries before, between and after it.
    async fn pour(&self, junk: usize, genuine: usize, networks: usize) {
        let (client, url) = (reqwest::Client::new(), self.account.url(&self.process));
        let every = junk / genuine;
        let place = |number: usize| match number % networks {
            _ if networks == 1 => format!("198.51.100.{}", number % 250),
            n => format!("{}.{}.7.1", 20 + n / 200, n % 200),
        };
        let all = (0..junk).flat_map(|number| {
            let good = (number % every == every / 2)
                .then(|| ("203.0.113.9".to_owned(), signed(NEW, &format!("genuine-{}", number / every), 0)));
            let junk = (place(number), signed("nobody's", &format!("junk-{number}"), 1_700));
            [Some(junk), good].into_iter().flatten()
        });
        let sent = futures_util::stream::iter(all).for_each_concurrent(AT_ONCE, async |(place, body)| {
            let request = client.post(&url).header("x-forwarded-for", place).body(body.to_string());
            assert_eq!(request.send().await.unwrap().status(), 401);
        });
        let mut sampled = tokio::time::interval(Duration::from_millis(50));
        tokio::pin!(sent);
        loop {
            tokio::select! {
                () = &mut sent => break,
                _ = sampled.tick() => self.sample(),
            }
        }
    }

    /// Saves the token that Lever signs with; the portal verifies what it kept.
    async fn save(&self, genuine: i64, patience: Duration) {
        let (id, sealer) = (self.account.id, self.place.sealer());
        let token = SigningToken::new(&id, &NEW.to_owned().into(), &sealer);
        let add = move |conn: &mut Conn| {
            tokens::add(conn, &token)?;
            catch_up::begin(conn, &id)
        };
        self.account.db.write(add).await.unwrap();
        let verified = move |conn: &mut Conn| {
            let of = events::table.filter(events::integration_id.eq(id));
            let of =
                of.filter(events::opportunity_id.like("o-genuine-%").and(events::verified_at.is_not_null()));
            Ok::<i64, DbError>(of.count().get_result(conn)?)
        };
        until("each genuine one to be verified", patience, async || {
            self.sample();
            (self.account.db.read(verified).await.unwrap() == genuine).then_some(())
        })
        .await;
    }

    /// Bytes on the disk.
    async fn disk(&self) -> u64 {
        #[derive(QueryableByName)]
        struct Size {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            size: i64,
        }
        if self.place.backend == Backend::Sqlite {
            let files = std::fs::read_dir(self.place.folder.path()).unwrap();
            let database = files
                .map(Result::unwrap)
                .filter(|file| file.file_name().to_string_lossy().contains("sqlite"));
            return database.map(|file| file.metadata().unwrap().len()).sum();
        }
        let ask = |conn: &mut Conn| {
            let size = "SELECT pg_database_size(current_database()) AS size";
            Ok::<_, DbError>(diesel::sql_query(size).get_result::<Size>(conn)?.size)
        };
        self.account.db.read(ask).await.unwrap() as u64
    }

    /// How much more memory it took than at rest, at most: its own, and with its program's pages (KiB).
    fn more(&self) -> (u64, u64) {
        let (idle, peak) = (self.idle, self.peak.get());
        (peak.0 - idle.0, peak.1 - idle.1)
    }
}

on_both_databases!(threads: Place::new => a_flood_of_junk_takes_little_memory);
async fn a_flood_of_junk_takes_little_memory(place: Place) {
    let flood = Flood::before(place).await;
    flood.pour(4_000, 20, 50).await;
    flood.save(20, Duration::from_secs(60)).await;
    let (own, _) = flood.more();
    assert!(own <= MOST, "{own} KiB more than the {} KiB of a portal at rest", flood.idle.0);
}

/// `ALVA_NETWORKS=2000 cargo test --test it -- --ignored memory::a_hundred_thousand --nocapture`
#[allow(clippy::print_stdout, reason = "the figures are what it is run for")]
async fn measured(backend: Backend) {
    let networks = std::env::var("ALVA_NETWORKS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let flood = Flood::before(Place::new(backend)).await;
    let before = flood.disk().await;
    let began = Instant::now();
    flood.pour(100_000, 100, networks).await;
    let (poured, while_it) = (began.elapsed(), flood.more());
    let disk = flood.disk().await - before;
    let began = Instant::now();
    flood.save(100, Duration::from_secs(300)).await;
    let (saved, own) = (began.elapsed(), flood.more());
    let after = flood.disk().await - before;
    println!(
        "{backend:?}, {networks} networks: 100,000 in {poured:?}; disk {disk} bytes, after saving {after}; memory at rest \
         {:?} KiB, more while it came {while_it:?}, with saving {own:?} (own, with the program's pages); saved in {saved:?}",
        flood.idle,
    );
    assert!(disk.max(after) < 64_000_000, "{disk}, {after}");
    assert!(own.0 <= MOST, "{} KiB", own.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of minutes; its figures are printed"]
async fn a_hundred_thousand_on_sqlite() {
    measured(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of minutes; its figures are printed"]
async fn a_hundred_thousand_on_postgresql() {
    measured(Backend::Postgres).await;
}
