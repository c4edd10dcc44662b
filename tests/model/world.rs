//! One sequence's world: a Lever of its own, a portal of its own beside it, and an admin.

use super::client::Client;
use super::ground::{ADMIN, CLIENT_ID, CLIENT_SECRET, Database, Ground, log_in};
use super::plan::{Plan, Posting, Stage};
use super::process::{LeverAt, Port, Portal};
use alva_portal::db::schema::{actions, candidates, events, integrations, invitations, reconciliations};
use alva_portal::db::{Conn, Db, DbResult};
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::State as AccountState;
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::actions::ActionState;
use alva_portal::secrets::{Sealed, Sealer};
use alva_portal::time::Timestamp;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a world has to come to rest: a dead worker's lease on PostgreSQL alone lasts 20 s.
const REST: Duration = Duration::from_secs(240);
const REST_SOON: Duration = Duration::from_secs(4);
const GLANCE: Duration = Duration::from_millis(60);

/// Waits before Lever tries a delivery again, so that a sequence lasts seconds, not a quarter of an hour.
const RETRIES: [u64; 5] = [150, 300, 600, 1_200, 2_000];

/// Then there is no rest to be had.
const NO_ACCESS: &str = "the account is";

/// Somebody wishes a candidate to be invited who has this tag.
pub const WISH: &str = "Please test";

/// The events that Alva's guide has switched on.
pub const EVENTS: [&str; 4] =
    ["applicationCreated", "candidateStageChange", "candidateHired", "candidateDeleted"];

pub struct World {
    pub lever: lever_sandbox::Running,
    pub portal: Arc<Portal>,
    pub admin: Client,
    pub integration: IntegrationId,
    pub db: Db,
    /// Ids in Lever.
    pub stages: BTreeMap<&'static str, String>,
    pub postings: Vec<Value>,
    /// What must stand in no log.
    pub secrets: Mutex<BTreeSet<String>>,
    sealer: Sealer,
    http: reqwest::Client,
    pub progression: bool,
    _folder: tempfile::TempDir,
    _database: Database,
}

/// An invitation as the portal keeps it.
#[derive(Debug, Clone)]
pub struct Row {
    pub opportunity: String,
    pub state: InvitationState,
}

impl World {
    /// Connected, its webhooks set up, inviting from the stage "Assessment".
    pub async fn make(ground: &Ground, plan: &Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = ground.database(folder.path());
        let port = Port::free();
        let client = lever_sandbox::Client {
            id: CLIENT_ID.into(),
            secret: CLIENT_SECRET.into(),
            name: "Alva Labs".into(),
            redirect_uris: vec![format!("http://127.0.0.1:{}/oauth/lever/callback", port.0)],
        };
        let mode = if plan.account_token {
            lever_sandbox::TokenMode::Account
        } else {
            lever_sandbox::TokenMode::PerWebhook
        };
        let options = lever_sandbox::Options {
            clients: vec![client],
            opportunities: 0,
            token_mode: mode,
            retry_schedule: RETRIES.map(Duration::from_millis).to_vec(),
            ..lever_sandbox::Options::default()
        };
        let lever = lever_sandbox::start(options).await.unwrap();
        let at = LeverAt { url: lever.url.clone(), smtp: format!("smtp://{}", lever.smtp_addr) };
        let key = ground.folder.path().join("key");
        let portal = Arc::new(Portal::start(&key, &database.url, folder.path(), port, Some(at)).await);
        let url = database.url.clone();
        let db = tokio::task::spawn_blocking(move || Db::open(&url)).await.unwrap().unwrap();
        let admin = Client::of(portal.url.clone(), None);
        log_in(&admin).await;
        let cookie = admin.cookie().expect("a session");
        let mut world = Self {
            admin,
            lever,
            portal,
            integration: IntegrationId::new(),
            db,
            stages: BTreeMap::new(),
            postings: Vec::new(),
            secrets: Mutex::new([CLIENT_SECRET.to_owned(), cookie].into()),
            sealer: Sealer::from_file(&key).unwrap(),
            // The sandbox closes what stays idle for seconds, just when it is used again.
            http: reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap(),
            progression: plan.progression,
            _folder: folder,
            _database: database,
        };
        world.look_around().await;
        world.integration = world.grant(("environment", "custom")).await.expect("the first grant");
        world.set_up(plan).await;
        world
    }

    async fn look_around(&mut self) {
        let account = self.control(Method::GET, "", Value::Null).await;
        for stage in Stage::ALL {
            let all = account["stages"].as_array().unwrap();
            let there = all.iter().find(|there| there["text"] == stage.name()).unwrap();
            self.stages.insert(stage.name(), there["id"].as_str().unwrap().to_owned());
        }
        self.postings = self.api("postings?confidentiality=all").await.as_array().unwrap().clone();
    }

    /// A posting of this kind; there is none of the kind `None`.
    pub fn posting(&self, kind: Posting) -> Option<&Value> {
        let is_tagged = |p: &Value| p["tags"].to_string().contains("\"Alva: Screening\"");
        let is_confidential = |p: &Value| p["confidentiality"] == "confidential";
        let is_plain = |p: &&Value| !is_tagged(p) && !is_confidential(p);
        let mut all = self.postings.iter();
        let found = match kind {
            Posting::None => return None,
            Posting::Plain => all.find(is_plain),
            Posting::Ruled => all.filter(is_plain).nth(1),
            Posting::Untested => all.filter(is_plain).nth(2),
            Posting::Screening => all.find(|p| is_tagged(p) && !is_confidential(p)),
            Posting::Confidential => all.find(|p| is_confidential(p)),
        };
        assert!(found.is_some(), "the sandbox has a posting that is {kind:?}");
        found
    }

    /// The event log, as an auditor takes it home.
    pub async fn log(&self) -> Vec<Value> {
        let file = self.admin.get("/events.ndjson").await.unwrap();
        assert_eq!(file.status, 200, "{}", file.html);
        file.html.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The sandbox's control API; answers `data`.
    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        self.try_control(method, path, body).await.unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// The same, when it may be refused.
    pub async fn try_control(&self, method: Method, path: &str, body: Value) -> Result<Value, String> {
        let url = format!("{}/sandbox/{path}", self.lever.url);
        let url = url.trim_end_matches('/');
        let send = || self.http.request(method.clone(), url).json(&body).send();
        let mut answer = send().await;
        // On a machine that is busy the sandbox closes a connection that was not used at once; a question is asked again.
        for _ in 0..5 {
            if answer.is_ok() || method != Method::GET {
                break;
            }
            answer = send().await;
        }
        let answer = answer.map_err(|e| format!("{e:?}"))?;
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        if !status.is_success() {
            return Err(format!("{status} {text}"));
        }
        Ok(serde_json::from_str::<Value>(&text).unwrap_or_default()["data"].take())
    }

    /// Lever's API, as a customer's script reads it; answers `data`.
    pub async fn api(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}/v1/{path}", self.lever.url));
        let answer = request.basic_auth(&self.lever.api_key, Some("")).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json::<Value>().await.unwrap()["data"].take()
    }

    /// Adds a tag as a customer's script does.
    pub async fn tag(&self, opportunity: &str, tag: &str) -> Result<(), String> {
        let url = format!("{}/v1/opportunities/{opportunity}/addTags", self.lever.url);
        let request = self.http.post(url).basic_auth(&self.lever.api_key, Some(""));
        let answer = request.json(&json!({"tags": [tag]})).send().await.map_err(|e| e.to_string())?;
        if answer.status().is_success() { Ok(()) } else { Err(answer.status().to_string()) }
    }

    pub async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Conn) -> DbResult<T> + Send + 'static,
    ) -> T {
        self.db.read(query).await.unwrap()
    }

    pub async fn account_state(&self) -> (AccountState, String) {
        let id = self.integration;
        let columns = (integrations::state, integrations::state_reason);
        self.read(move |conn| Ok(integrations::table.find(&id).select(columns).first(conn)?)).await
    }

    /// Whether the account works, as far as the portal knows.
    pub async fn is_connected(&self) -> bool {
        self.account_state().await.0 == AccountState::Active
    }

    /// All invitations.
    pub async fn rows(&self) -> Vec<Row> {
        let columns = (invitations::opportunity_id, invitations::state);
        let rows: Vec<(String, InvitationState)> =
            self.read(move |conn| Ok(invitations::table.select(columns).load(conn)?)).await;
        rows.into_iter().map(|(opportunity, state)| Row { opportunity, state }).collect()
    }

    /// The opportunities that the portal keeps a candidate of.
    pub async fn known(&self) -> BTreeSet<String> {
        let query = |conn: &mut Conn| Ok(candidates::table.select(candidates::opportunity_id).load(conn)?);
        self.read::<Vec<String>>(query).await.into_iter().collect()
    }

    /// The tokens for Lever that the portal keeps now.
    pub async fn keep_tokens_secret(&self) {
        use alva_portal::integrations::store::place;
        let id = self.integration;
        let columns = (integrations::access_token_sealed, integrations::refresh_token_sealed);
        let (access, refresh): (Option<Sealed>, Option<Sealed>) =
            self.read(move |conn| Ok(integrations::table.find(&id).select(columns).first(conn)?)).await;
        for (column, sealed) in [("access_token", access), ("refresh_token", refresh)] {
            let opened =
                sealed.and_then(|sealed| self.sealer.open(&sealed, &place(column, &self.integration)).ok());
            self.secrets.lock().unwrap().extend(opened.map(|token| token.expose_secret().to_owned()));
        }
    }

    /// What is still on its way; empty when the world is at rest.
    async fn on_its_way(&self) -> Vec<String> {
        let mut there = Vec::new();
        let deliveries = self.control(Method::GET, "deliveries", Value::Null).await;
        let waiting = deliveries.as_array().unwrap().iter().filter(|d| d["state"] == "waiting");
        there.extend(
            waiting.map(|delivery| format!("delivery {} {}", delivery["event"], delivery["attempts"])),
        );
        let (state, why) = self.account_state().await;
        if state != AccountState::Active {
            there.push(format!("{NO_ACCESS} {}: {why}", state.as_str()));
        }
        let query = |conn: &mut Conn| {
            use alva_portal::events::State as S;
            let mut there = Vec::new();
            let queued: Vec<(String, String, i32)> = events::table
                .filter(events::state.eq_any([S::Queued, S::Waiting]))
                .select((events::kind, events::reason, events::attempts))
                .load(conn)?;
            there.extend(queued.into_iter().map(|event| format!("event {event:?}")));
            let planned: Vec<(String, String, i32)> = actions::table
                .filter(actions::kind.ne("mail_reminder")) // due in days
                .filter(actions::state.eq(ActionState::Planned))
                .select((actions::dedupe_key, actions::reason, actions::attempts))
                .load(conn)?;
            there.extend(planned.into_iter().map(|action| format!("action {action:?}")));
            let runs: i64 = reconciliations::table
                .filter(reconciliations::finished_at.is_null())
                .count()
                .get_result(conn)?;
            there.extend((runs > 0).then(|| "a reconciliation".to_owned()));
            Ok(there)
        };
        there.extend(self.read(query).await);
        there
    }

    /// Waits until nothing is on its way.
    pub async fn rest(&self) -> Result<(), String> {
        self.rest_within(REST).await
    }

    /// The same in the middle of a sequence, where there may be no rest to be had.
    pub async fn rest_soon(&self) -> Result<(), String> {
        self.rest_within(REST_SOON).await
    }

    /// As if ten minutes had passed for what Lever does not show: the last look at it is due, and the next attempt at what
    /// it refused. Lever is never behind here, so what it says is final.
    async fn let_looks_pass(&self) {
        let long_ago = Timestamp::now().minus(Duration::from_secs(700));
        let age = move |conn: &mut Conn| {
            let waiting = events::table
                .filter(events::state.eq(alva_portal::events::State::Queued))
                .filter(events::reason.like("%\"not_yet\"%"))
                .filter(events::received_at.gt(long_ago));
            diesel::update(waiting)
                .set((events::received_at.eq(long_ago), events::next_attempt_at.eq(Timestamp(0))))
                .execute(conn)?;
            // What Lever refuses, it goes on to refuse here: those attempts need not wait for each other.
            diesel::update(actions::table.filter(actions::state.eq(ActionState::Planned)))
                .filter(actions::reason.like("%\"lever_forbids\"%"))
                .set(actions::next_attempt_at.eq(Timestamp(0)))
                .execute(conn)?;
            diesel::update(events::table.filter(events::state.eq(alva_portal::events::State::Queued)))
                .filter(events::reason.like("%\"lever_forbids\"%"))
                .set(events::next_attempt_at.eq(Timestamp(0)))
                .execute(conn)?;
            Ok(())
        };
        // A database that is busy has its turn at the next glance.
        let _ = self.db.write(age).await;
    }

    /// The portal's database refuses to store a candidate of this name; `number` tells refusals apart.
    pub async fn refuse(&self, name: &str, number: usize) {
        let sqlite = format!(
            "CREATE TRIGGER IF NOT EXISTS refused_{number} BEFORE INSERT ON candidates WHEN NEW.name = '{name}' \
             BEGIN SELECT RAISE(ABORT, 'refused for the test'); END"
        );
        let postgres = format!(
            "CREATE OR REPLACE FUNCTION refuse_{number}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF NEW.name = '{name}' THEN RAISE EXCEPTION 'refused for the test'; END IF; RETURN NEW; END $$; \
             CREATE OR REPLACE TRIGGER refused_{number} BEFORE INSERT ON candidates FOR EACH ROW \
             EXECUTE FUNCTION refuse_{number}()"
        );
        self.change(move |is_sqlite| if is_sqlite { sqlite.clone() } else { postgres.clone() }).await;
    }

    /// The end of all refusals.
    pub async fn refuse_nobody(&self) {
        let drop = |is_sqlite: bool| -> String {
            let end = if is_sqlite { "" } else { " ON candidates" };
            let all = (0..64).map(|number| format!("DROP TRIGGER IF EXISTS refused_{number}{end};"));
            all.collect()
        };
        self.change(drop).await;
    }

    async fn change(&self, statement: impl Fn(bool) -> String + Send + Clone + 'static) {
        // A database that is busy has its turn a moment later.
        for _ in 0..20 {
            let statement = statement.clone();
            let work = move |conn: &mut Conn| {
                let text = statement(matches!(conn, Conn::Sqlite(_)));
                Ok(conn.batch_execute(&text)?)
            };
            if self.db.write(work).await.is_ok() {
                return;
            }
            tokio::time::sleep(GLANCE).await;
        }
        panic!("the database was not changed");
    }

    async fn rest_within(&self, patience: Duration) -> Result<(), String> {
        let began = Instant::now();
        loop {
            self.let_looks_pass().await;
            let there = self.on_its_way().await;
            if there.is_empty() {
                return Ok(());
            }
            if began.elapsed() > patience || there.iter().any(|what| what.starts_with(NO_ACCESS)) {
                return Err(format!("it does not come to rest: {}", there.join("; ")));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// The link in the mail that invites this address.
    pub async fn link(&self, email: &str) -> Option<String> {
        let mails = self.control(Method::GET, "mail", Value::Null).await;
        let mail = mails.as_array().unwrap().iter().rfind(|mail| mail["to"] == email)?;
        link_in(mail)
    }

    /// Whether a mail is for the portal's people and not for a candidate.
    pub fn is_for_admins(mail: &Value) -> bool {
        mail["to"] == ADMIN
    }
}

/// The link to the tests in a mail.
pub fn link_in(mail: &Value) -> Option<String> {
    let mut links = mail["links"].as_array()?.iter().filter_map(Value::as_str);
    links.find(|link| link.contains("/assessment/")).map(str::to_owned)
}
