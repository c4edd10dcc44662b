//! After a full run, nothing secret stands in anything that was written: the log, standard output, the database, what
//! is downloaded, and a backup.

use crate::process::place::{Place, Process};
use crate::support::lever::consent::grant;
use crate::support::visitor::{Visitor, bare_token};
use crate::support::wait::{PATIENCE, until};
use crate::support::{on_both_databases, postgres};
use alva_portal::audit::Actor;
use alva_portal::db::{Backend, Conn, DbError};
use alva_portal::ids::IntegrationId;
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::store;
use alva_portal::people::{self, Email, Name, NewPassword, PeopleError, Role};
use alva_portal::secrets::{Asker, PasswordChecks};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpListener;

const PASSWORD: &str = "lantern-orbit-walrus-42";
const AUDITORS: &str = "violin-harbor-cactus-81";
const CLIENT_SECRET: &str = "the-secret-of-this-lever-app";
const METRICS_TOKEN: &str = "the-token-of-the-metrics";
const GUESS: &str = "a-guess-at-a-password";

/// What must not be written, by what it is.
type Secrets = BTreeMap<String, String>;

struct Run {
    place: Place,
    process: Process,
    lever: lever_sandbox::Running,
    secrets: Secrets,
}

impl Run {
    /// Starts the program beside a Lever of its own.
    async fn start(place: Place) -> Self {
        // Lever sends people back to an address that it knows before the program starts.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let base = format!("http://127.0.0.1:{port}");
        let client = lever_sandbox::Client {
            id: "test-client".into(),
            secret: CLIENT_SECRET.into(),
            name: "Alva Labs".into(),
            redirect_uris: vec![format!("{base}/oauth/lever/callback")],
        };
        let options =
            lever_sandbox::Options { opportunities: 0, clients: vec![client], ..Default::default() };
        let lever = lever_sandbox::start(options).await.unwrap();
        let mut command = place.command(&["--json"]);
        command.envs([
            ("BIND", format!("127.0.0.1:{port}")),
            ("BASE_URL", base),
            ("LEVER_CLIENT_ID", "test-client".to_owned()),
            ("LEVER_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("LEVER_AUTH_URL", lever.url.clone()),
            ("LEVER_API_URL", lever.url.clone()),
            ("SMTP_URL", format!("smtp://{}", lever.smtp_addr)),
            ("METRICS_TOKEN", METRICS_TOKEN.to_owned()),
            ("RUST_LOG", "info,alva_portal=debug,lever_client=debug".to_owned()),
        ]);
        let process = Process::of(command).await;
        let given = [
            ("password", PASSWORD),
            ("auditor's password", AUDITORS),
            ("client secret", CLIENT_SECRET),
            ("token of the metrics", METRICS_TOKEN),
            ("guessed password", GUESS),
        ];
        let secrets = given.map(|(what, secret)| (what.to_owned(), secret.to_owned())).into();
        Self { place, process, lever, secrets }
    }

    fn keep(&mut self, what: &str, secret: &str) {
        assert!(secret.len() >= 16, "too short to be searched for: {what}");
        self.secrets.insert(what.to_owned(), secret.to_owned());
    }

    fn keep_session(&mut self, of: &str, visitor: &Visitor) {
        let cookie = visitor.cookie().expect("a session");
        self.keep(&format!("session of {of}"), cookie.split_once('=').unwrap().1);
    }

    fn visitor(&self) -> Visitor {
        Visitor::of(self.process.url.clone())
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox/{path}", self.lever.url);
        let answer = reqwest::Client::new().request(method, url).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// The first link in the newest mail to this address whose subject has this text.
    async fn mailed(&self, to: &str, subject: &str) -> url::Url {
        let what = format!("{subject} to {to}");
        let link = until(&what, PATIENCE, async || {
            let mails = self.control(Method::GET, "mail", Value::Null).await;
            let has = |mail: &&Value| {
                mail["to"].to_string().contains(to) && mail["subject"].to_string().contains(subject)
            };
            let mail = mails["data"].as_array().unwrap().iter().rfind(has).cloned()?;
            Some(mail["links"][0].as_str()?.to_owned())
        });
        link.await.parse().unwrap()
    }

    async fn add_auditor(&self) {
        let checks = PasswordChecks::default();
        let password = NewPassword::parse(&checks, Asker::Stranger, AUDITORS.to_owned().into(), vec![]);
        let password = password.await.unwrap();
        let add = move |conn: &mut Conn| {
            let company = people::companies(conn)?.remove(0);
            let (email, name) = (Email::parse("otto@acme.example").unwrap(), Name::parse("Otto").unwrap());
            people::add(conn, &Actor::CommandLine, &company.id, &email, &name, Role::Auditor, &password)
        };
        self.place.db().await.try_write::<_, PeopleError, _>(add).await.unwrap();
    }

    /// Tokens that the portal keeps sealed.
    async fn keep_sealed(&mut self, id: IntegrationId) {
        let sealer = self.place.sealer();
        let read = move |conn: &mut Conn| {
            let row = store::get(conn, &id)?;
            let mut all = Vec::new();
            for (column, sealed) in
                [("access_token", row.access_token_sealed), ("refresh_token", row.refresh_token_sealed)]
            {
                all.push((
                    column.to_owned(),
                    sealer.open(&sealed.unwrap(), &store::place(column, &id)).unwrap(),
                ));
            }
            for token in tokens::valid(conn, &id)? {
                all.push((format!("signing token {}", token.id), token.open(&sealer).unwrap()));
            }
            Ok::<_, DbError>(all)
        };
        for (what, secret) in self.place.db().await.read(read).await.unwrap() {
            self.keep(&what, secret.expose_secret());
        }
    }

    /// What an admin, a candidate, a stranger and an auditor do; answers what the auditor downloaded.
    async fn play(&mut self) -> String {
        let code = self.process.said["setup_code"].as_str().unwrap().to_owned();
        self.keep("set-up code", &code);
        let admin = self.visitor();
        let fields = [
            ("setup_code", code.as_str()),
            ("company_name", "Acme Inc"),
            ("your_name", "Ada"),
            ("email", "ada@acme.example"),
            ("password", PASSWORD),
        ];
        admin.post("/setup", &fields).await.leads_to("/settings/integrations");
        self.keep_session("the admin", &admin);
        self.keep("token of the forms", &bare_token(&admin.token().await));
        self.add_auditor().await;
        let id = grant(&self.lever, &admin).await;
        let page = format!("/settings/integrations/{id}");
        admin.post(&format!("{page}/webhooks"), &[]).await;
        let form = admin.get(&page).await;
        let door = form.attribute("#webhook_url", "value").expect("the address of the webhook");
        let stages = reqwest::Client::new()
            .get(format!("{}/v1/stages", self.lever.url))
            .basic_auth(&self.lever.api_key, Some(""));
        let stages: Value = stages.send().await.unwrap().json().await.unwrap();
        let stage = stages["data"].as_array().unwrap().iter().find(|stage| stage["text"] == "Assessment");
        let stage = stage.unwrap()["id"].as_str().unwrap();
        assert_eq!(admin.press(&form, "Save", &[("trigger_stage", stage)]).await.status, 303);
        let alerts = "https://hooks.receiver.example/services/alert-capability-0123456789";
        let shown = admin.post("/settings/company/alerts", &[("alert_url", alerts)]).await;
        self.keep("address of alerts", alerts);
        self.keep("secret of alerts", &shown.attribute("#signing_secret", "value").expect("shown once"));
        self.keep_sealed(id).await;

        let person = json!({"name": "Cleo", "email": "cleo@people.example", "origin": "applied", "stage": "applicant-new"});
        let made = self.control(Method::POST, "opportunities", person).await;
        let made = if made["data"].is_array() { &made["data"][0] } else { &made["data"] };
        let to_tests = format!("opportunities/{}/move", made["id"].as_str().unwrap());
        self.control(Method::POST, &to_tests, json!({"stage": "Assessment"})).await;
        let link = self.mailed("cleo@people.example", "invites you").await;
        self.keep("link to the tests", link.path().rsplit('/').next().unwrap());
        let candidate = self.visitor();
        let page = candidate.get(link.path()).await;
        candidate.press(&page, "I agree, begin", &[]).await;

        self.visitor().log_in("ada@acme.example", GUESS).await;
        self.visitor().post("/password/forgot", &[("email", "ada@acme.example")]).await;
        let reset = self.mailed("ada@acme.example", "assword").await;
        self.keep("link for a new password", reset.path().rsplit('/').next().unwrap());
        self.visitor().get(reset.path()).await;
        let metrics = reqwest::Client::new().get(self.process.url.join("/metrics").unwrap());
        assert_eq!(metrics.bearer_auth(METRICS_TOKEN).send().await.unwrap().status(), 200);

        let otto = self.visitor();
        otto.log_in("otto@acme.example", AUDITORS).await;
        self.keep_session("the auditor", &otto);
        let mut taken = String::new();
        for path in ["/audit.csv", "/events.csv", "/events.ndjson", "/candidates", "/settings/company/alerts"]
        {
            let page = otto.get(path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.html);
            taken.push_str(&page.html);
        }
        let deliveries = self.control(Method::GET, "deliveries", Value::Null).await;
        let mut proofs = vec![door.rsplit('/').next().unwrap().to_owned()];
        for delivery in deliveries["data"].as_array().unwrap() {
            proofs.extend(delivery["body"]["signature"].as_str().map(str::to_owned));
        }
        assert!(proofs.len() > 1, "{deliveries}");
        // Verifying needs them, so the database has them; auditors and the log do not.
        let log = self.process.shown_log();
        for proof in proofs {
            assert!(!taken.contains(&proof), "a proof of a delivery is in what an auditor took");
            assert!(!log.contains(&proof), "a proof of a delivery is in the log");
        }
        taken
    }
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

on_both_databases!(threads: Place::new => nothing_secret_is_written);
async fn nothing_secret_is_written(place: Place) {
    let mut run = Run::start(place).await;
    let taken = run.play().await;
    let key = std::fs::read_to_string(run.place.file("key")).unwrap();
    run.keep("key", key.lines().find(|line| line.len() == 64).unwrap());
    let Run { place, process, secrets, lever } = run;
    let mut written = vec![("what an auditor took", taken.into_bytes())];
    if place.backend == Backend::Sqlite {
        let copy = place.file("copy.backup");
        let done = place.run(&["backup", copy.to_str().unwrap()]).await;
        assert!(done.status.success(), "{done:?}");
        written.push(("the backup", std::fs::read(copy).unwrap()));
        for file in ["portal.sqlite", "portal.sqlite-wal"] {
            written.push(("the database", std::fs::read(place.file(file)).unwrap()));
        }
    } else {
        written.push(("the database", postgres::dump(&place.database_url).into_bytes()));
    }
    // The search finds what is there.
    assert!(written.iter().any(|(_, bytes)| has(bytes, "cleo@people.example")));
    process.signal("TERM").await;
    let log = process.shown_log();
    assert!(!log.is_empty(), "the program logs");
    let (_, printed) = process.end().await;
    written.push(("the log", log.into_bytes()));
    written.push(("standard output", printed.into_bytes()));
    drop(lever);
    let mut found = Vec::new();
    for (what, bytes) in &written {
        found.extend(secrets.iter().filter(|(_, secret)| has(bytes, secret)).map(|(name, _)| (name, what)));
    }
    // The first start prints the way in for the person who started it; it opens nothing once there is a company.
    found.retain(|(name, what)| (name.as_str(), **what) != ("set-up code", "the log"));
    assert!(found.is_empty(), "{found:?}");
}
