//! A portal with people in it, and visitors who talk HTTP to it.

use super::fixture::Fixture;
use super::mailbox::Refusals;
use super::visitor::Visitor;
use super::{postgres, wait};
use alva_portal::app::{self, Running};
use alva_portal::audit::{self, Actor};
use alva_portal::config::Settings;
use alva_portal::db::Backend;
use alva_portal::ids::CompanyId;
use alva_portal::people::{
    self, Company, CompanySettings, Email, Name, NewPassword, PeopleError, Role, User,
};
use alva_portal::secrets::{Asker, PasswordChecks, Sealer};
use diesel::prelude::*;
use reqwest::StatusCode;
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Strong enough for everyone here.
pub const PASSWORD: &str = "lantern-orbit-walrus-42";

/// A portal that runs, with an empty database and a mail server of its own.
pub struct Portal {
    pub running: Running,
    pub letters: Arc<Mutex<Vec<String>>>,
    /// Whom its mail server refuses; without a Lever sandbox's inbox only.
    pub refusals: Refusals,
    folder: tempfile::TempDir,
    database_url: String,
    database: Option<postgres::TestDatabase>,
}

impl Portal {
    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Without a Lever.
    pub async fn start(backend: Backend) -> Self {
        Fixture::on(backend).alone().await
    }

    /// Runs with these settings on an empty database, and takes the mail that is sent to `letters`.
    pub(super) async fn run(
        backend: Backend,
        (letters, refusals): (Arc<Mutex<Vec<String>>>, Refusals),
        listener: TcpListener,
        calibration: &str,
        settings: Settings,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = (backend == Backend::Postgres).then(postgres::create);
        let sqlite = || format!("sqlite://{}", folder.path().join("portal.sqlite").display());
        let database_url = database.as_ref().map_or_else(sqlite, |database| database.url.clone());
        let calibration_file = folder.path().join("calibration.json");
        std::fs::write(&calibration_file, calibration).unwrap();
        let settings = Settings {
            database_url: Some(database_url.clone()),
            secret_key_file: Some(folder.path().join("key")),
            calibration_file: Some(calibration_file),
            ..settings
        };
        let running = app::start(settings.check().unwrap(), listener).await.unwrap();
        Self { running, letters, refusals, folder, database_url, database }
    }

    /// Runs a command of the portal's on the same database, as at the server's terminal. Answers
    /// whether it succeeded and what it printed.
    pub async fn command(&self, arguments: &[&str]) -> (bool, String) {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_alva-portal"))
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &self.database_url)
            .env("SECRET_KEY_FILE", self.folder.path().join("key"))
            .env("BASE_URL", self.running.url.as_str())
            .current_dir(self.folder.path())
            .output()
            .await
            .unwrap();
        let printed = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(printed).unwrap())
    }

    /// Opens what this portal sealed.
    pub fn sealer(&self) -> Sealer {
        Sealer::from_file(&self.folder.path().join("key")).unwrap()
    }

    /// Whether a text stands anywhere in the database: in the bytes of SQLite's files, or in any row of
    /// any of PostgreSQL's tables.
    pub async fn stored_anywhere(&self, text: &str) -> bool {
        let Some(database) = &self.database else {
            let files = std::fs::read_dir(self.folder.path()).unwrap();
            let mut bytes = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap_or_default());
            return memmem(&bytes.by_ref().collect::<Vec<u8>>(), text.as_bytes());
        };
        postgres::dump(&database.url).contains(text)
    }

    /// Every row of every table, as text.
    pub async fn rows(&self) -> BTreeMap<String, BTreeSet<String>> {
        #[derive(diesel::QueryableByName)]
        struct Line {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        fn lines(conn: &mut alva_portal::db::Conn, sql: &str) -> Vec<String> {
            let found: Vec<Line> = diesel::sql_query(sql).load(conn).unwrap();
            found.into_iter().map(|line| line.text).collect()
        }
        let is_postgres = self.database.is_some();
        self.write(move |conn| {
            let tables = if is_postgres {
                "SELECT tablename::text AS text FROM pg_tables WHERE schemaname = 'public'"
            } else {
                "SELECT name AS text FROM sqlite_master WHERE type = 'table'"
            };
            let mut all = BTreeMap::new();
            for table in lines(conn, tables) {
                let row = if is_postgres {
                    "t::text".to_owned()
                } else {
                    let columns = format!(
                        "SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}')"
                    );
                    lines(conn, &columns).join(" || ',' || ")
                };
                let rows = lines(conn, &format!("SELECT {row} AS text FROM \"{table}\" t"));
                all.insert(table, rows.into_iter().collect());
            }
            Ok(all)
        })
        .await
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::of(self.running.url.clone())
    }

    pub async fn company(&self, name: &str) -> Company {
        let settings = CompanySettings::new(Name::parse(name).unwrap());
        self.write(move |conn| Ok(people::found_company(conn, &Actor::CommandLine, &settings)?)).await
    }

    /// Somebody of this company who can log in with [`PASSWORD`].
    pub async fn person(&self, company: &Company, email: &str, role: Role) -> User {
        // Hashed once: it costs more than most tests do.
        static HASHED: tokio::sync::OnceCell<NewPassword> = tokio::sync::OnceCell::const_new();
        let hashed = async || {
            let checks = PasswordChecks::default();
            let hashed = NewPassword::parse(&checks, Asker::Stranger, PASSWORD.to_owned().into(), vec![]);
            hashed.await.unwrap()
        };
        let password = HASHED.get_or_init(hashed).await;
        let (company, email) = (company.id, Email::parse(email).unwrap());
        let name = Name::parse(email.as_str().split('@').next().unwrap()).unwrap();
        let actor = Actor::CommandLine;
        self.write(move |conn| people::add(conn, &actor, &company, &email, &name, role, password)).await
    }

    /// Somebody who is logged in.
    pub async fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.visitor();
        let answer = visitor.log_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email} logs in: {}", answer.html);
        visitor
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut alva_portal::db::Conn) -> Result<T, PeopleError> + Send + 'static,
    ) -> T {
        self.running.db.try_write(work).await.unwrap()
    }

    /// The address of everyone in the company, with their role, in the order in which they came.
    pub async fn team(&self, company: &CompanyId) -> Vec<(String, Role)> {
        let company = *company;
        let members = self.running.db.read(move |conn| people::members(conn, &company)).await.unwrap();
        members.into_iter().map(|member| (member.user.email, member.user.role)).collect()
    }

    /// What the company's audit log says was done, oldest first.
    pub async fn audit(&self, company: &CompanyId) -> Vec<String> {
        let id = *company;
        // Verified between two readings, so that a row which is written just now fits one of them.
        let all = async || self.running.db.read(move |conn| audit::page(conn, &id, None, 100)).await.unwrap();
        let (before, company) = (all().await.len() as i64, *company);
        let verdict = self.running.db.read(move |conn| audit::verify(conn, &company)).await.unwrap();
        let rows = all().await;
        let fits = |count: i64| (before..=rows.len() as i64).contains(&count);
        assert!(matches!(&verdict, audit::Verdict::Intact(whole) if fits(whole.rows)), "{verdict:?}");
        rows.into_iter().rev().map(|row| row.action).collect()
    }

    /// The mails to this address that were sent so far.
    pub fn mails_to(&self, to: &str) -> Vec<String> {
        let is_to =
            |letter: &&String| letter.lines().any(|line| line.starts_with("To: ") && line.contains(to));
        self.letters.lock().unwrap().iter().filter(is_to).cloned().collect()
    }

    /// Waits for a mail with a link to this address and answers the first link in it.
    pub async fn mailed_link(&self, to: &str) -> String {
        let is_to = |letter: &String| {
            letter.lines().find(|line| line.starts_with("To: ")).is_some_and(|line| line.contains(to))
                && letter.lines().any(|line| line.starts_with("http"))
        };
        let letter = wait::until(&format!("a mail to {to}"), wait::PATIENCE, async || {
            self.letters.lock().unwrap().iter().rev().find(|letter| is_to(letter)).cloned()
        })
        .await;
        let line = letter.lines().find(|line| line.starts_with("http")).expect("a link in the mail");
        line.strip_prefix(self.running.url.as_str().trim_end_matches('/')).expect("our link").to_owned()
    }
}

fn memmem(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
