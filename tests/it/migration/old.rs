//! A database of version 0.1 (`tests/fixtures/v0.1`), read as it was, and a portal of today on it.

use crate::support::mailbox::{Refusals, take_mail};
use crate::support::postgres;
use crate::support::visitor::Visitor;
use crate::support::wait;
use alva_portal::app::{self, Running};
use alva_portal::config::Settings;
use alva_portal::db::Backend;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Everything that waits is done within this, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// The tests are as short as when the fixture was made.
const FEW: &str = r#"{"name": "a short test (no norm sample)",
    "logic": {"bank_size": 40, "stop": {"min_items": 3, "max_items": 3, "precision": 0.3}}}"#;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    text: String,
}

/// A database of version 0.1 on this machine, with what only people had.
pub struct Old {
    pub notes: Value,
    /// The mails that the portal of today sends.
    pub letters: Arc<Mutex<Vec<String>>>,
    backend: Backend,
    folder: tempfile::TempDir,
    database: Option<postgres::TestDatabase>,
}

impl Old {
    /// As the script left it.
    pub fn load(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(fixture("key"), folder.path().join("key")).unwrap();
        // A checkout's files can be read by others; a key that can is refused.
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(folder.path().join("key"), private).unwrap();
        std::fs::write(folder.path().join("calibration.json"), FEW).unwrap();
        let notes = std::fs::read_to_string(fixture(&format!("notes.{}.json", named(backend)))).unwrap();
        let database = (backend == Backend::Postgres).then(postgres::create);
        let old = Self {
            notes: serde_json::from_str(&notes).unwrap(),
            letters: Arc::default(),
            backend,
            folder,
            database,
        };
        old.run(&std::fs::read_to_string(fixture(&format!("portal.{}.sql", named(backend)))).unwrap());
        old
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database_url(&self) -> String {
        let sqlite = || format!("sqlite://{}", self.path("portal.sqlite").display());
        self.database.as_ref().map_or_else(sqlite, |database| database.url.clone())
    }

    /// Runs SQL of the kind that both databases know.
    pub fn run(&self, sql: &str) {
        let done = match &self.database {
            Some(database) => PgConnection::establish(&database.url).unwrap().batch_execute(sql),
            None => self.sqlite().batch_execute(sql),
        };
        done.unwrap_or_else(|failure| panic!("{failure}: {}", &sql[..sql.len().min(300)]));
    }

    fn sqlite(&self) -> SqliteConnection {
        let mut line = SqliteConnection::establish(self.path("portal.sqlite").to_str().unwrap()).unwrap();
        line.batch_execute("PRAGMA busy_timeout = 30000").unwrap();
        line
    }

    /// The texts of one column, which is called `text`.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let query = diesel::sql_query(sql);
        let found: Result<Vec<Line>, _> = match &self.database {
            Some(database) => query.load(&mut PgConnection::establish(&database.url).unwrap()),
            None => query.load(&mut self.sqlite()),
        };
        found.unwrap_or_else(|failure| panic!("{failure}: {sql}")).into_iter().map(|line| line.text).collect()
    }

    pub fn text(&self, sql: &str) -> String {
        self.texts(sql).pop().unwrap_or_else(|| panic!("nothing: {sql}"))
    }

    /// How many rows.
    pub fn count(&self, what: &str) -> usize {
        self.text(&format!("SELECT CAST(COUNT(*) AS TEXT) AS text FROM {what}")).parse().unwrap()
    }

    /// How many rows each of these tables has.
    pub fn counts(&self, tables: &[&'static str]) -> Vec<(&'static str, usize)> {
        tables.iter().map(|table| (*table, self.count(table))).collect()
    }

    /// Nothing is due before the next century, so that the portal leaves the rows as they are.
    pub fn asleep(&self) {
        const FAR: i64 = 4_102_444_800_000;
        self.run(&format!(
            "UPDATE events SET next_attempt_at = {FAR} WHERE state = 'queued' AND next_attempt_at < {FAR};
             UPDATE actions SET next_attempt_at = {FAR} WHERE state = 'planned' AND next_attempt_at < {FAR};
             UPDATE alerts SET try_at = {FAR};
             UPDATE alert_posts SET next_attempt_at = {FAR} WHERE finished_at IS NULL;
             UPDATE batches SET release_at = {FAR}, tell_at = {FAR} WHERE state = 'held';
             UPDATE chores SET next_at = {FAR};
             UPDATE completeness_days SET next_attempt_at = {FAR} WHERE state = 'asked';
             UPDATE reconciliations SET next_attempt_at = {FAR} WHERE finished_at IS NULL;
             UPDATE test_orders SET next_at = {FAR};
             UPDATE watches SET next_check_at = {FAR}, next_reconcile_at = {FAR};
             UPDATE invitations SET expires_at = {FAR} WHERE expires_at < {FAR} AND state IN ('pending', 'sent', 'opened');"
        ));
    }

    fn lever_file(&self, name: &str, base: &str) -> PathBuf {
        let text = std::fs::read_to_string(fixture(&format!("{name}.{}.json", named(self.backend)))).unwrap();
        let path = self.path(&format!("{name}.json"));
        std::fs::write(&path, text.replace(self.address("portal"), base)).unwrap();
        path
    }

    /// An address of the time when the fixture was made.
    fn address(&self, of: &str) -> &str {
        self.notes["addresses"][of].as_str().unwrap()
    }

    /// The two Lever accounts, at the hour at which they were left, and the portal of today beside them.
    pub async fn start(self, receiver: &str, tests: Option<[&str; 3]>) -> Today {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let mut levers = Vec::new();
        for (name, address) in [("lever", "lever"), ("other-lever", "other lever")] {
            let client = lever_sandbox::Client {
                id: "test-client".into(),
                secret: "test-secret".into(),
                name: "Alva Labs".into(),
                redirect_uris: vec![format!("{base}/oauth/lever/callback")],
            };
            let options = lever_sandbox::Options {
                clients: vec![client],
                state_file: Some(self.lever_file(name, &base)),
                ..lever_sandbox::Options::default()
            };
            let lever = lever_sandbox::start(options).await.unwrap();
            // Its refresh tokens last for ninety days.
            let then = self.notes["made at"].as_i64().unwrap() + 60_000;
            control(&lever, reqwest::Method::POST, "clock", json!({ "now": then })).await;
            control(&lever, reqwest::Method::POST, "limits", json!({ "enabled": false })).await;
            let old = self.address(address);
            self.run(&format!("UPDATE integrations SET hosts = REPLACE(hosts, '{old}', '{}')", lever.url));
            levers.push(lever);
        }
        let old = self.address("receiver");
        self.run(&format!("UPDATE alert_hooks SET url = REPLACE(url, '{old}', '{receiver}')"));
        let smtp_url = take_mail(Arc::clone(&self.letters), Refusals::default()).await;
        let [tests_url, tests_token, tests_signing_secret] =
            tests.map_or([None, None, None], |tests| tests.map(|text| Some(text.to_owned())));
        let settings = Settings {
            database_url: Some(self.database_url()),
            secret_key_file: Some(self.path("key")),
            calibration_file: Some(self.path("calibration.json")),
            base_url: Some(base),
            lever_client_id: Some("test-client".into()),
            lever_client_secret: Some("test-secret".into()),
            lever_auth_url: Some(levers[0].url.clone()),
            lever_api_url: Some(levers[0].url.clone()),
            smtp_url: Some(smtp_url.into()),
            tests_url,
            tests_token: tests_token.map(Into::into),
            tests_signing_secret: tests_signing_secret.map(Into::into),
            ..Settings::default()
        };
        let running = app::start(settings.check().unwrap(), listener).await.unwrap();
        Today { running, levers, old: self }
    }
}

fn named(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    }
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/v0.1")).join(name)
}

/// Calls a sandbox's control API.
async fn control(lever: &lever_sandbox::Running, method: reqwest::Method, path: &str, body: Value) -> Value {
    let url = format!("{}/sandbox/{path}", lever.url);
    let answer = reqwest::Client::new().request(method, url).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
}

/// A portal of today on the old database.
pub struct Today {
    pub running: Running,
    /// Acme's Lever, and Globex's.
    pub levers: Vec<lever_sandbox::Running>,
    pub old: Old,
}

impl Today {
    /// Somebody who logs in with the password of that time.
    pub async fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.visitor();
        let password = self.old.notes["password"].as_str().unwrap();
        let answer = visitor.log_in(email, password).await;
        assert_eq!(answer.status, reqwest::StatusCode::SEE_OTHER, "{email} logs in: {}", answer.html);
        visitor
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::of(self.running.url.clone())
    }

    /// Asks Acme's Lever, as a customer's own script does.
    pub async fn lever(&self, path: &str) -> Value {
        let lever = &self.levers[0];
        let request = reqwest::Client::new().get(format!("{}/v1/{path}", lever.url));
        let answer = request.basic_auth(&lever.api_key, Some("")).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        let mut answer: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        answer["data"].take()
    }

    /// How often Acme's Lever was asked for what is at this path.
    pub async fn asked(&self, path: &str) -> usize {
        let log = control(&self.levers[0], reqwest::Method::GET, "requests", Value::Null).await;
        log["data"].as_array().unwrap().iter().filter(|call| call["path"] == path).count()
    }

    /// The mails to an address whose subject or text has these words.
    pub fn mails(&self, to: &str, words: &str) -> usize {
        let letters = self.old.letters.lock().unwrap();
        let is_to = |letter: &&String| {
            letter.lines().find(|line| line.starts_with("To: ")).is_some_and(|line| line.contains(to))
        };
        letters.iter().filter(is_to).filter(|letter| letter.contains(words)).count()
    }

    /// Waits until something is so.
    pub async fn until<T>(&self, what: &str, attempt: impl AsyncFnMut() -> Option<T>) -> T {
        wait::until(what, PATIENCE, attempt).await
    }
}
