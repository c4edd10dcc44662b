//! How many deliveries a second the portal keeps: signed ones, each of them new, from 64
//! connections that each wait for their answer. Everything is on 127.0.0.1.
//!
//!   cargo bench --bench webhooks                      SQLite
//!   TEST_POSTGRES_URL=postgres://… cargo bench --bench webhooks    PostgreSQL as well
//!
//! Beside the program itself run, by the same server and against the same database, a handler that
//! only checks the signature, and one that keeps each delivery in a transaction of its own.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod load;
mod rivals;

use alva_portal::audit::Actor;
use alva_portal::db::{Conn, Db};
use alva_portal::ids::{CompanyId, IntegrationId};
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{Environment, Integration, SigningToken, store};
use alva_portal::people::{self, CompanySettings, Name};
use alva_portal::secrets::Sealer;
use diesel::{Connection as _, RunQueryDsl as _};
use lever_client::Hosts;
use load::{Load, TOKEN};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long each of them is measured.
const SPAN: Duration = Duration::from_secs(8);

fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let load = Load::prepare();
    let folder = tempfile::tempdir().unwrap();
    measure("SQLite", &format!("sqlite://{}", folder.path().join("portal.sqlite").display()), &load);
    if let Ok(cluster) = std::env::var("TEST_POSTGRES_URL") {
        let database = TestDatabase::create(cluster);
        measure("PostgreSQL", &database.url(), &load);
    }
}

fn measure(what: &str, database_url: &str, load: &Load) {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let db = Db::open(database_url).unwrap();
    let (company, integration) = runtime.block_on(account(&db, &Sealer::from_file(&key).unwrap()));
    println!("{what}, {} connections, {} s each", load::CONNECTIONS, SPAN.as_secs());

    let began = Instant::now();
    let (portal, port) = start(database_url, &key, folder.path());
    println!("  start to first answer       {:>8} ms", began.elapsed().as_millis());
    println!("  resident memory, idle       {:>8} kB", resident(&portal));
    let kept = load.run(port, &format!("/webhooks/lever/key-{integration}"), "portal", SPAN);
    println!("  the portal                  {kept}");
    println!("  resident memory, after it   {:>8} kB", resident(&portal));
    end(portal);

    let check = rivals::check_only();
    let checked = load.run(check.port, "/", "check", SPAN);
    println!("  signature check alone       {checked}");
    let single = rivals::transaction_each(&runtime, db, company, integration);
    let one_by_one = load.run(single.port, "/", "single", SPAN);
    println!("  a transaction per delivery  {one_by_one}");
    println!(
        "  ratio                       {:>8.2} of the check alone, {:.1} times one transaction each",
        kept.per_second / checked.per_second,
        kept.per_second / one_by_one.per_second
    );
}

/// An account with a token that the worker leaves alone, because it is being set up.
async fn account(db: &Db, sealer: &Sealer) -> (CompanyId, IntegrationId) {
    let id = IntegrationId::new();
    let token = SigningToken::new(&id, &TOKEN.to_owned().into(), sealer);
    let insert = move |conn: &mut Conn| {
        let settings = CompanySettings::new(Name::parse("Acme Inc").unwrap());
        let company = people::found_company(conn, &Actor::CommandLine, &settings)?.id;
        let hosts = serde_json::to_string(&Hosts::production()).unwrap();
        let new = Integration::new(&company, "Acme in Lever", Environment::Production, &hosts);
        let row = Integration { webhook_key: format!("key-{id}"), id, ..new };
        store::insert(conn, &row)?;
        tokens::add(conn, &token)?;
        Ok::<_, people::PeopleError>((company, id))
    };
    db.try_write(insert).await.unwrap()
}

fn start(database_url: &str, key: &Path, folder: &Path) -> (Child, u16) {
    let mut portal = Command::new(env!("CARGO_BIN_EXE_alva-portal"))
        .arg("--json")
        .env_clear()
        .env("DATABASE_URL", database_url)
        .env("SECRET_KEY_FILE", key)
        .env("BIND", "127.0.0.1:0")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(portal.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let url: url::Url = said["portal"].as_str().unwrap().parse().unwrap();
    (portal, url.port().unwrap())
}

fn end(mut portal: Child) {
    Command::new("kill").args(["-s", "TERM", &portal.id().to_string()]).status().unwrap();
    assert!(portal.wait().unwrap().success());
}

/// Linux only; elsewhere nought.
fn resident(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// A database of this run's own.
struct TestDatabase {
    cluster: url::Url,
    name: String,
}

impl TestDatabase {
    fn create(cluster: String) -> Self {
        let name = format!("alva_bench_{}", uuid::Uuid::new_v4().simple());
        let this = Self { cluster: cluster.parse().unwrap(), name };
        this.run(&format!("CREATE DATABASE {}", this.name));
        this
    }

    fn url(&self) -> String {
        let mut url = self.cluster.clone();
        url.set_path(&self.name);
        url.into()
    }

    fn run(&self, statement: &str) {
        let mut conn = diesel::PgConnection::establish(self.cluster.as_str()).unwrap();
        diesel::sql_query(statement).execute(&mut conn).unwrap();
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
