//! A folder and a database for the program, and the program running there.

use crate::support::lever::account;
use crate::support::visitor::Visitor;
use crate::support::{postgres, wait};
use alva_portal::audit::Actor;
use alva_portal::db::{Backend, Conn, Db, DbError};
use alva_portal::events::Event;
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::{SigningToken, State, store};
use alva_portal::people::{self, CompanySettings, Name};
use alva_portal::secrets::Sealer;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lever_client::Hosts;
use serde_json::{Value, json};
use sha2::Sha256;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// What deliveries are signed with.
pub const TOKEN: &str = "the-signing-token";

/// Where the program runs: an empty folder and an empty database.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub database_url: String,
    pub backend: Backend,
    _database: Option<postgres::TestDatabase>,
}

/// How a program ended that was not meant to stay.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (backend == Backend::Postgres).then(postgres::create);
        let sqlite = || format!("sqlite://{}", folder.path().join("portal.sqlite").display());
        let database_url = database.as_ref().map_or_else(sqlite, |database| database.url.clone());
        Self { folder, database_url, backend, _database: database }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a key file here that its owner alone can read.
    pub fn write_key(&self, content: impl AsRef<[u8]>) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(self.file("key"), content).unwrap();
        std::fs::set_permissions(self.file("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// The program here, with nothing from the environment of the test.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_alva-portal"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &self.database_url)
            .env("SECRET_KEY_FILE", self.file("key"))
            .env("BIND", "127.0.0.1:0")
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Starts it and waits until it answers.
    pub async fn start(&self) -> Process {
        Process::of(self.command(&["--json"])).await
    }

    /// Runs it to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        ended(self.command(arguments)).await
    }

    /// The database, beside the program.
    pub async fn db(&self) -> Db {
        let url = self.database_url.clone();
        tokio::task::spawn_blocking(move || Db::open(&url)).await.unwrap().unwrap()
    }

    pub fn sealer(&self) -> Sealer {
        Sealer::from_file(&self.file("key")).unwrap()
    }

    /// An active account in a company of its own, whose Lever is at this address.
    pub async fn account(&self, lever: &str) -> Account {
        let (db, sealer) = (self.db().await, self.sealer());
        let id = IntegrationId::new();
        let hosts = serde_json::to_string(&Hosts::from_settings(lever, lever, None).unwrap()).unwrap();
        let integration = id;
        let insert = move |conn: &mut Conn| {
            let settings = CompanySettings::new(Name::parse("Acme Inc").unwrap());
            let company = people::found_company(conn, &Actor::CommandLine, &settings).unwrap();
            let access =
                sealer.seal(&"access".to_owned().into(), &store::place("access_token", &integration));
            let row = store::Integration {
                hosts,
                access_token_sealed: Some(access),
                access_expires_at: Some(Timestamp(i64::MAX)),
                ..account(integration, company.id, State::Active)
            };
            store::insert(conn, &row)?;
            tokens::add(conn, &SigningToken::new(&integration, &TOKEN.to_owned().into(), &sealer))
        };
        db.write(insert).await.unwrap();
        Account { id, db }
    }
}

/// An account whose deliveries a test sends.
#[derive(Clone)]
pub struct Account {
    pub id: IntegrationId,
    pub db: Db,
}

impl Account {
    pub fn url(&self, process: &Process) -> String {
        format!("{}webhooks/lever/key-{}", process.url, self.id)
    }

    /// Its events, oldest first.
    pub async fn events(&self) -> Vec<Event> {
        use alva_portal::db::schema::events::dsl;
        let id = self.id;
        let load = move |conn: &mut Conn| {
            let of_account = dsl::events.filter(dsl::integration_id.eq(&id)).order(dsl::id.asc());
            Ok::<_, DbError>(of_account.select(Event::as_select()).load(conn)?)
        };
        self.db.read(load).await.unwrap()
    }

    pub async fn row(&self) -> store::Integration {
        let id = self.id;
        self.db.read(move |conn| store::get(conn, &id)).await.unwrap()
    }

    /// As if so much time had passed that a dead process's lease has run out.
    pub async fn let_lease_run_out(&self) {
        use alva_portal::db::schema::integrations::dsl;
        let id = self.id;
        let change = move |conn: &mut Conn| {
            let row = diesel::update(dsl::integrations.find(&id));
            Ok::<_, DbError>(row.set(dsl::lease_until.eq(Timestamp(0))).execute(conn)?)
        };
        self.db.write(change).await.unwrap();
    }

    /// Waits until every event is dealt with, and answers them.
    pub async fn worked(&self) -> Vec<Event> {
        wait::until("the queue to be empty", wait::PATIENCE, async || {
            let events = self.events().await;
            events.iter().all(|event| event.finished_at.is_some()).then_some(events)
        })
        .await
    }
}

/// A signed delivery of yesterday, which Lever sends again: what Lever does not know then is final.
pub fn delivery(event: &str, token: &str) -> Value {
    let at = Timestamp::now().0 - 86_400_000;
    let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(format!("{token}{at}").as_bytes());
    json!({
        "event": event, "triggeredAt": at, "token": token,
        "signature": hex::encode(mac.finalize().into_bytes()),
        "data": {"opportunityId": format!("o-{token}")},
    })
}

/// The program, answering.
pub struct Process {
    pub url: url::Url,
    /// The line of JSON that it printed.
    pub said: Value,
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub log: Arc<Mutex<String>>,
}

impl Process {
    /// Waits until it says that it answers.
    pub async fn of(command: Command) -> Self {
        Self::within(wait::PATIENCE, command).await
    }

    /// The same for one that does much before it answers.
    pub async fn within(patience: std::time::Duration, mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let log = Arc::<Mutex<String>>::default();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let kept = log.clone();
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let read = tokio::time::timeout(patience, stdout.read_line(&mut line)).await;
        assert!(matches!(read, Ok(Ok(1..))), "it says nothing; its log: {}", log.lock().unwrap());
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let url = said["portal"].as_str().unwrap().replace("localhost", "127.0.0.1").parse().unwrap();
        Self { url, said, child, stdout, log }
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Makes the first company, Acme Inc, with Ada as its admin; the visitor is signed in afterwards.
    pub async fn set_up(&self, visitor: &Visitor, password: &str) {
        let code = self.said["setup_code"].as_str().expect("nobody set it up before");
        let fields = [
            ("setup_code", code),
            ("company_name", "Acme Inc"),
            ("your_name", "Ada"),
            ("email", "ada@acme.example"),
            ("password", password),
        ];
        visitor.post("/setup", &fields).await.leads_to("/settings/integrations");
    }

    pub fn shown_log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends a signal to it and to nobody else.
    pub async fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().await.unwrap().success());
    }

    /// Waits for its end; answers how it ended and what else it printed.
    pub async fn end(mut self) -> (ExitStatus, String) {
        let status = tokio::time::timeout(wait::PATIENCE, self.child.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("it does not end: {}", self.shown_log())).unwrap();
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).await.unwrap();
        (status, rest)
    }
}

/// Waits for the end of a program that is not meant to stay.
pub async fn ended(mut command: Command) -> Ended {
    let output = tokio::time::timeout(wait::PATIENCE * 2, command.output()).await;
    let output = output.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}
