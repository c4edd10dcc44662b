//! The database is there and does not answer: everybody is told so soon, no threads pile up, and it is over as soon as
//! the database answers again. What is only slow is waited for.

use super::away::{Relay, SOON, somebody};
use super::place::{Account, Place, Process, delivery, ended};
use super::pooler::Pooler;
use crate::support::visitor::Visitor;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Backend, Conn, DbError};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, RunQueryDsl as _};
use reqwest::StatusCode;
use std::time::{Duration, Instant};

/// So soon Lever has an answer: a delivery may come while those before it are being kept.
const DOOR: Duration = Duration::from_secs(4);

/// Before Lever would give up.
const WAY: Duration = Duration::from_secs(20);

/// A portal whose database stops answering.
struct There {
    process: Process,
    account: Account,
    dana: Visitor,
    client: reqwest::Client,
}

impl There {
    async fn at(place: &Place, url: &str) -> Self {
        let account = place.account("http://127.0.0.1:9").await;
        let mut command = place.command(&["--json"]);
        command.env("DATABASE_URL", url);
        let process = Process::of(command).await;
        let dana = somebody(place, &process).await;
        let client = reqwest::Client::builder().timeout(WAY).build().unwrap();
        let there = Self { process, account, dana, client };
        assert_eq!(there.deliver("t-before").await.0, StatusCode::OK);
        there
    }

    async fn deliver(&self, token: &str) -> (StatusCode, Duration) {
        let body = delivery("candidateDeleted", token).to_string();
        let began = Instant::now();
        let answer = self.client.post(self.account.url(&self.process)).body(body).send().await;
        (answer.expect("an answer, before Lever gives up").status(), began.elapsed())
    }

    fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.process.pid())).unwrap().count()
    }

    /// Pages, the candidate's link, the probe and deliveries, many at once.
    async fn everybody_is_told(&self, how: &str) {
        let stranger = Visitor::of(self.process.url.clone());
        let before = self.threads();
        // An answer of a second ago is good.
        until(how, PATIENCE, async || {
            (stranger.get("/readyz").await.status == StatusCode::SERVICE_UNAVAILABLE).then_some(())
        })
        .await;
        for round in 0..3 {
            let pages = (0..40).map(|number| {
                let (who, path) = match number % 5 {
                    0 => (&stranger, "/login"),
                    1 => (&stranger, "/assessment/x"),
                    2 => (&self.dana, "/settings/team"),
                    3 => (&self.dana, "/events.csv"),
                    _ => (&stranger, "/readyz"),
                };
                async move {
                    let began = Instant::now();
                    let page = tokio::time::timeout(WAY, who.get(path)).await;
                    let page = page.unwrap_or_else(|_| panic!("{how}: {path} has no answer"));
                    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{how}: {path}: {}", page.html);
                    assert!(began.elapsed() < SOON, "{how}: {path} in round {round}: {:?}", began.elapsed());
                }
            });
            let deliveries = (0..10).map(|number| async move {
                let (status, took) = self.deliver(&format!("t-{round}-{number}")).await;
                assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{how}: a delivery");
                assert!(took < DOOR, "{how}: a delivery in round {round}: {took:?}");
            });
            tokio::join!(futures_util::future::join_all(pages), futures_util::future::join_all(deliveries));
        }
        // Those that hold a connection each, and a few of the runtime.
        let more = self.threads().saturating_sub(before);
        assert!(more < 30, "{how}: {more} threads more");
    }

    async fn it_is_over(&self, how: &str) {
        let stranger = Visitor::of(self.process.url.clone());
        until(how, PATIENCE, async || (stranger.get("/readyz").await.status == StatusCode::OK).then_some(()))
            .await;
        until(how, PATIENCE, async || self.dana.is_signed_in().await.then_some(())).await;
        let after = format!("t-after-{}", how.replace(' ', "-"));
        assert_eq!(self.deliver(&after).await.0, StatusCode::OK, "{how}");
        let events = self.account.events().await;
        let refused = events
            .iter()
            .filter(|event| event.opportunity_id.as_deref().is_some_and(|id| id.starts_with("o-t-0")));
        assert_eq!(refused.count(), 0, "{how}: what was refused is not kept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_away() {
    let place = Place::new(Backend::Postgres);
    let relay = Relay::before(&place.database_url).await;
    let there = There::at(&place, &relay.url).await;
    relay.freeze();
    there.everybody_is_told("frozen").await;
    relay.thaw();
    there.it_is_over("thawed").await;
    // It ends while its database is frozen, too.
    relay.freeze();
    there.everybody_is_told("frozen again").await;
    there.process.signal("TERM").await;
    there.process.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_behind_a_pooler_that_does_not_answer_is_away() {
    let place = Place::new(Backend::Postgres);
    let relay = Relay::before(&place.database_url).await;
    let Some(pooler) = Pooler::of(&relay.url, "transaction", 4).await else { return };
    let there = There::at(&place, &format!("{}?pgbouncer=true", pooler.url)).await;
    relay.freeze();
    there.everybody_is_told("frozen behind the pooler").await;
    relay.thaw();
    there.it_is_over("thawed behind the pooler").await;
    relay.cut();
    there.everybody_is_told("refused behind the pooler").await;
    relay.remedy().await;
    there.it_is_over("back behind the pooler").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_is_only_slow_is_waited_for() {
    let place = Place::new(Backend::Postgres);
    let there = There::at(&place, &place.database_url).await;
    let mut other = diesel::PgConnection::establish(&place.database_url).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").unwrap();
    let page = there.dana.get("/settings/team");
    tokio::pin!(page);
    let early = tokio::time::timeout(SOON + SOON / 4, &mut page).await;
    assert!(early.is_err(), "an answer though the rows were another's: {:?}", early.map(|page| page.status));
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(page.await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_another_program_holds_is_away_for_who_writes() {
    let place = Place::new(Backend::Sqlite);
    let there = There::at(&place, &place.database_url).await;
    let mut other =
        diesel::SqliteConnection::establish(place.file("portal.sqlite").to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    for round in 0..3 {
        assert_eq!(there.dana.get("/settings/team").await.status, StatusCode::OK, "reading goes on");
        let there = &there;
        let forms = (0..5).map(|number| async move {
            let email = format!("kim{round}{number}@acme.example");
            let began = Instant::now();
            let form = [("email", email.as_str()), ("role", "member")];
            let page = there.dana.post("/settings/team/invite", &form).await;
            assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.html);
            assert_eq!(page.retry_after, Some(5));
            assert!(began.elapsed() < SOON, "a form in round {round}: {:?}", began.elapsed());
        });
        futures_util::future::join_all(forms).await;
        let (status, took) = there.deliver(&format!("t-0-{round}")).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(took < DOOR, "a delivery in round {round}: {took:?}");
    }
    other.batch_execute("ROLLBACK").unwrap();
    there.it_is_over("the lock was given back").await;
    assert!(
        !there.dana.get("/settings/team").await.html.contains("kim"),
        "what was refused is not done later"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_that_cannot_do_is_refused_with_what_to_set() {
    let place = Place::new(Backend::Postgres);
    drop(place.db().await);
    for (mode, size, word) in
        [("statement", 4, "pool_mode=transaction"), ("transaction", 1, "default_pool_size")]
    {
        let Some(pooler) = Pooler::of(&place.database_url, mode, size).await else { return };
        for arguments in [&["--json"][..], &["check"]] {
            for parameter in ["?pgbouncer=true", ""] {
                if parameter.is_empty() && mode == "transaction" {
                    continue;
                }
                let mut command = place.command(arguments);
                command.env("DATABASE_URL", format!("{}{parameter}", pooler.url));
                let began = Instant::now();
                let done = ended(command).await;
                let said = format!("{}{}", done.stdout, done.stderr);
                assert!(!done.status.success() && said.contains(word), "{mode} {arguments:?}: {done:?}");
                assert!(began.elapsed() < WAY, "{mode} {arguments:?}: {:?}", began.elapsed());
            }
        }
    }
    // The smallest that will do.
    let Some(pooler) = Pooler::of(&place.database_url, "transaction", 2).await else { return };
    let mut command = place.command(&["--json"]);
    command.env("DATABASE_URL", format!("{}?pgbouncer=true", pooler.url));
    let process = Process::of(command).await;
    assert_eq!(Visitor::of(process.url.clone()).get("/readyz").await.status, StatusCode::OK);
}

/// What was given up because the database seemed away is not done afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_refused_is_not_done_later() {
    let place = Place::new(Backend::Postgres);
    let relay = Relay::before(&place.database_url).await;
    let url = relay.url.clone();
    let db = tokio::task::spawn_blocking(move || alva_portal::db::Db::open(&url)).await.unwrap().unwrap();
    let count = |conn: &mut Conn| -> Result<i64, DbError> {
        use alva_portal::db::schema::companies::dsl;
        Ok(diesel::QueryDsl::count(dsl::companies).get_result(conn)?)
    };
    let (begun, waits) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let (over, is_over) = tokio::sync::oneshot::channel::<()>();
    let found = move |conn: &mut Conn| -> Result<(), DbError> {
        let settings =
            alva_portal::people::CompanySettings::new(alva_portal::people::Name::parse("Acme").unwrap());
        alva_portal::people::found_company(conn, &alva_portal::audit::Actor::CommandLine, &settings).unwrap();
        let _ = begun.send(());
        let _ = may_go_on.recv();
        drop(over);
        Ok(())
    };
    let (refused, ()) = tokio::join!(db.write(found), async {
        waits.await.unwrap();
        relay.freeze();
    });
    assert!(matches!(refused, Err(DbError::Away)), "{refused:?}");
    relay.thaw();
    go_on.send(()).unwrap();
    let _ = is_over.await;
    until("the database to answer", PATIENCE, async || db.read(count).await.ok()).await;
    // Every connection was given back, so the transaction has ended.
    let direct = place.db().await;
    let lock = |conn: &mut Conn| -> Result<(), DbError> {
        Ok(conn.batch_execute("LOCK TABLE companies IN ACCESS EXCLUSIVE MODE")?)
    };
    direct.write(lock).await.unwrap();
    assert_eq!(direct.read(count).await.unwrap(), 0);
}
