//! After a full run, nothing secret stands in anything that was written: the log, standard output, the database, what
//! is downloaded, mails to others, answers of the API, what commands print, and a backup.

use crate::api::{ALL, handed_out};
use crate::lists::checkpoints::kept::unpacked;
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
const NEW_PASSWORD: &str = "walrus-lantern-orbit-77";
const SMTP_PASSWORD: &str = "the-password-of-the-mail-server";
const DATABASE_PASSWORD: &str = "the-password-of-the-database";
const TESTS_TOKEN: &str = "the-token-of-the-tests-0123456789";
const TESTS_SECRET: &str = "whsec_dGhlLXNlY3JldC1vZi10aGUtdGVzdHMtMDEyMzQ1Njc4OQ==";
const OAUTH_CODE: &str = "a-code-that-lever-never-gave";

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
            ("DATABASE_URL", with_password(&place.database_url)),
            ("RUST_LOG", "info,alva_portal=debug,lever_client=debug".to_owned()),
        ]);
        let process = Process::of(command).await;
        let given = [
            ("password", PASSWORD),
            ("auditor's password", AUDITORS),
            ("client secret", CLIENT_SECRET),
            ("token of the metrics", METRICS_TOKEN),
            ("guessed password", GUESS),
            ("new password", NEW_PASSWORD),
            ("password of the mail server", SMTP_PASSWORD),
            ("password of the database", DATABASE_PASSWORD),
            ("token of the tests", TESTS_TOKEN),
            ("secret of the tests", TESTS_SECRET),
            ("code of OAuth", OAUTH_CODE),
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
        self.process.set_up(&admin, PASSWORD).await;
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
        let rotated = admin.post("/settings/company/alerts/secret", &[]).await;
        self.keep(
            "new secret of alerts",
            &rotated.attribute("#signing_secret", "value").expect("shown once"),
        );
        let checkpoints = "https://hooks.receiver.example/services/checkpoint-capability-0123456789";
        admin.post("/audit/checkpoints/settings", &[("checkpoint_url", checkpoints)]).await;
        self.keep("address of checkpoints", checkpoints);
        self.keep_sealed(id).await;
        let token = handed_out(&admin, "Reporting", &ALL).await;
        self.keep("token of the API", &token);
        self.keep("device of the admin", admin.device().expect("a device").split_once('=').unwrap().1);
        admin.post("/settings/team/invite", &[("email", "kim@acme.example"), ("role", "member")]).await;
        let invited = self.mailed("kim@acme.example", "").await;
        self.keep("link to the team", invited.path().rsplit('/').next().unwrap());
        // Somebody comes back from Lever with a code that Lever does not know.
        let asked = admin.post("/settings/integrations/lever/grant", &[("environment", "custom")]).await;
        let asked: url::Url = asked.location.expect("to Lever").parse().unwrap();
        let state = asked.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        self.keep("state of OAuth", &state);
        admin.get(&format!("/oauth/lever/callback?state={state}&code={OAUTH_CODE}")).await;

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
        let visitor = self.visitor();
        visitor.post(reset.path(), &[("password", NEW_PASSWORD)]).await.leads_to("/login");
        let metrics = reqwest::Client::new().get(self.process.url.join("/metrics").unwrap());
        assert_eq!(metrics.bearer_auth(METRICS_TOKEN).send().await.unwrap().status(), 200);

        let otto = self.visitor();
        otto.log_in("otto@acme.example", AUDITORS).await;
        self.keep_session("the auditor", &otto);
        let (seed, codes, _) = crate::people::factor::set_up(&otto).await;
        self.keep("secret of the second factor", &seed);
        for (number, code) in codes.iter().enumerate() {
            self.keep(&format!("recovery code {number}"), code);
        }
        let mut taken = String::new();
        let form = otto.token().await;
        let pack = unpacked(&otto.download("/audit/evidence.zip", &[("csrf", &form)]).await).await;
        for file in ["events.ndjson", "timelines.ndjson", "actions.ndjson", "audit.ndjson", "README.txt"] {
            taken.push_str(&std::fs::read_to_string(pack.path().join(file)).unwrap());
        }
        for path in ["events", "candidates", "integrations", "audit"] {
            let asked =
                reqwest::Client::new().get(self.process.url.join(&format!("/api/v1/{path}")).unwrap());
            let answer = asked.bearer_auth(&token).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            taken.push_str(&answer.text().await.unwrap());
        }
        for path in ["/audit.csv", "/events.csv", "/events.ndjson", "/candidates", "/settings/company/alerts"]
        {
            let page = otto.get(path).await;
            assert_eq!(page.status, 200, "{path}: {}", page.html);
            taken.push_str(&page.html);
        }
        let deliveries = self.control(Method::GET, "deliveries", Value::Null).await;
        let old = door.rsplit('/').next().unwrap().to_owned();
        let ada = self.visitor();
        ada.log_in("ada@acme.example", NEW_PASSWORD).await.leads_to("/settings/integrations");
        ada.post(&format!("/settings/integrations/{id}/webhook-url"), &[("answers_for", "24")]).await;
        let form = ada.get(&format!("/settings/integrations/{id}/webhooks")).await;
        let door = form.attribute("#webhook_url", "value").expect("the new address of the webhook");
        assert!(!door.ends_with(&old), "it was replaced");
        taken.push_str(&otto.get(&format!("/settings/integrations/{id}/webhooks")).await.html);
        let mut proofs = vec![old, door.rsplit('/').next().unwrap().to_owned()];
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

/// The same server, asked with a password: it trusts everybody here, and the portal must not tell it.
fn with_password(database_url: &str) -> String {
    let Ok(mut url) = database_url.parse::<url::Url>() else { return database_url.to_owned() };
    if url.scheme().starts_with("postgres") {
        url.set_password(Some(DATABASE_PASSWORD)).unwrap();
    }
    url.into()
}

/// What a mail may hold, by whom it is to.
fn is_for(name: &str, to: &str) -> bool {
    [("link to the tests", "cleo@"), ("link for a new password", "ada@"), ("link to the team", "kim@")]
        .iter()
        .any(|(what, whom)| *what == name && to.contains(whom))
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
    let mails = run.control(Method::GET, "mail", Value::Null).await;
    let Run { place, process, mut secrets, lever } = run;
    let mut written = vec![("what an auditor took", taken.into_bytes())];
    let mut wrong_mails = Vec::new();
    for mail in mails["data"].as_array().unwrap() {
        let (text, to) = (mail.to_string(), mail["to"].to_string());
        let held = secrets.iter().filter(|(name, secret)| text.contains(*secret) && !is_for(name, &to));
        wrong_mails.extend(held.map(|(name, _)| format!("{name} in a mail to {to}")));
    }
    assert!(mails["data"].as_array().unwrap().len() > 3 && wrong_mails.is_empty(), "{wrong_mails:?}");
    // What is wrong with the settings is told without them.
    let mut check = place.command(&["check"]);
    check.envs([
        ("DATABASE_URL", with_password(&place.database_url)),
        ("LEVER_CLIENT_ID", "test-client".to_owned()),
        ("LEVER_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("LEVER_AUTH_URL", "http://127.0.0.1:9".to_owned()),
        ("LEVER_API_URL", "http://127.0.0.1:9".to_owned()),
        ("METRICS_TOKEN", METRICS_TOKEN.to_owned()),
        ("SMTP_URL", format!("smtp://user:{SMTP_PASSWORD}@127.0.0.1:9")),
        ("TESTS_URL", "http://127.0.0.1:9/tests".to_owned()),
        ("TESTS_TOKEN", TESTS_TOKEN.to_owned()),
        ("TESTS_SIGNING_SECRET", TESTS_SECRET.to_owned()),
        ("RUST_LOG", "debug".to_owned()),
    ]);
    let checked = crate::process::place::ended(check).await;
    assert!(
        checked.stdout.contains("mail server") && checked.stdout.contains("test provider"),
        "{checked:?}"
    );
    written.push(("what a check prints", format!("{}{}", checked.stdout, checked.stderr).into_bytes()));
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
    // The key that goes, and the one that comes.
    let rotated = place.run(&["keys", "rotate"]).await;
    assert!(rotated.status.success(), "{rotated:?}");
    written.push(("what the rotation prints", format!("{}{}", rotated.stdout, rotated.stderr).into_bytes()));
    let key = std::fs::read_to_string(place.file("key")).unwrap();
    let new = key.lines().find(|line| line.len() == 64).unwrap().to_owned();
    assert!(secrets.values().all(|known| *known != new), "another key");
    secrets.insert("new key".to_owned(), new);
    if place.backend == Backend::Sqlite {
        written.push(("the database with another key", std::fs::read(place.file("portal.sqlite")).unwrap()));
    } else {
        written.push(("the database with another key", postgres::dump(&place.database_url).into_bytes()));
    }
    let mut found = Vec::new();
    for (what, bytes) in &written {
        found.extend(secrets.iter().filter(|(_, secret)| has(bytes, secret)).map(|(name, _)| (name, what)));
    }
    // The first start prints the way in for the person who started it; it opens nothing once there is a company.
    found.retain(|(name, what)| (name.as_str(), **what) != ("set-up code", "the log"));
    assert!(found.is_empty(), "{found:?}");
}
