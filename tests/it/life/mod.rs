//! The life of a connected account: access that ends and comes back, webhooks that are lost, and
//! what the portal notices by itself.

mod access;
mod alerts;
mod archive;
mod background;
mod beside;
mod completeness;
mod doctor;
mod erased;
mod faces;
mod health;
mod heartbeat;
mod not_yet;
mod permissions;
mod reconcile;
mod rows;
mod stages;
mod unseen;
mod verdict;
mod why;

use crate::support::lever::{Connected, events};
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Backend, DbError, schema};
use alva_portal::events::{Event, State};
use alva_portal::integrations::schedule::nightly;
use alva_portal::integrations::schedule::nightly::ChoreKind;
use alva_portal::integrations::{self, Integration, store};
use alva_portal::job_queue::{self, JobKind};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The stage that invites, in the sandbox's account.
pub const TRIGGER: &str = "Assessment";

/// A portal whose account works: webhooks made by the portal, trigger stage chosen.
pub struct Working {
    pub there: Connected,
}

impl Working {
    pub async fn start(backend: Backend) -> Self {
        let there = Connected::start(backend).await;
        let working = Self { there };
        working.set_up().await;
        working
    }

    pub fn page(&self) -> String {
        format!("/settings/integrations/{}", self.there.integration)
    }

    /// Makes the webhooks and chooses the stage, as an admin does.
    pub async fn set_up(&self) {
        let made = self.there.admin.post(&format!("{}/webhooks", self.page()), &[]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.html);
        let stage = self.stage(TRIGGER).await;
        let form = self.there.admin.get(&self.page()).await;
        let saved = self.there.admin.press(&form, "Save", &[("trigger_stage", &stage)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        assert_eq!(self.account().await.state, integrations::State::Active);
    }

    pub async fn account(&self) -> Integration {
        let id = self.there.integration;
        self.there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
    }

    /// Lever's API, as the customer's own scripts call it.
    pub async fn api(&self, method: Method, path: &str, body: &Value) -> Value {
        let lever = &self.there.lever;
        let request = reqwest::Client::new().request(method, format!("{}/v1/{path}", lever.url));
        let answer = request.basic_auth(&lever.api_key, Some("")).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        serde_json::from_str(&answer.text().await.unwrap()).unwrap_or(Value::Null)
    }

    pub async fn stage(&self, name: &str) -> String {
        let stages = self.api(Method::GET, "stages", &Value::Null).await;
        let all = stages["data"].as_array().unwrap();
        all.iter().find(|stage| stage["text"] == name).unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Somebody new in Lever, about whom no webhook tells.
    pub async fn person(&self, name: &str, stage: &str) -> String {
        let email = format!("{}@people.example", name.to_lowercase());
        let body = json!({"name": name, "email": email, "origin": "applied", "stage": stage, "silent": true});
        let made = self.there.control(Method::POST, "opportunities", body).await;
        let made = if made["data"].is_array() { &made["data"][0] } else { &made["data"] };
        made["id"].as_str().unwrap_or_else(|| panic!("an opportunity: {made}")).to_owned()
    }

    pub async fn move_to(&self, opportunity: &str, stage: &str) {
        self.there
            .control(Method::POST, &format!("opportunities/{opportunity}/move"), json!({"stage": stage}))
            .await;
    }

    /// Chooses a trigger stage while Lever does not tell who is in it; answers what the page says.
    pub async fn save_unseen(&self, stage: &str) -> String {
        let stage = self.stage(stage).await;
        let form = self.there.admin.get(&format!("{}/settings", self.page())).await;
        self.fault(json!({"target": "api", "kind": "close_before", "match": "/v1/opportunities"})).await;
        let saved = self.there.admin.press(&form, "Save", &[("trigger_stage", &stage)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        self.there.control(Method::DELETE, "faults", Value::Null).await;
        self.there.admin.get(&self.page()).await.text(".flash")
    }

    pub async fn fault(&self, fault: Value) {
        self.there.control(Method::POST, "faults", fault).await;
    }

    /// Makes a chore due now.
    pub async fn make_due(&self, what: Due) {
        let id = self.there.integration;
        let kind = match what {
            Due::Check => JobKind::CheckAccess,
            Due::Reconciliation => JobKind::PlanReconciliation,
        };
        self.there
            .portal
            .write(move |conn| {
                let is_there = job_queue::hasten(conn, kind, id.as_str(), Timestamp(0))?;
                assert!(is_there, "the account is watched");
                Ok(())
            })
            .await;
    }

    pub async fn events(&self) -> Vec<Event> {
        events(&self.there.portal, &self.there.integration).await
    }

    /// Presses **Sync now** and waits for the end of the run; answers its page.
    pub async fn sync(&self) -> Page {
        let list = self.there.admin.get(&format!("{}/reconciliations", self.page())).await;
        let begun = self.there.admin.press(&list, "Sync now", &[]).await;
        let path = begun.location.unwrap_or_else(|| panic!("to the run: {}", begun.html));
        self.ended(&path).await
    }

    /// Waits for the end of a run and of what it found; answers its page.
    pub async fn ended(&self, path: &str) -> Page {
        until("the end of the reconciliation", PATIENCE, async || {
            // The events first: the page, asked later, then says what came of them.
            let in_work = self.events().await.iter().any(|event| event.state == State::Queued);
            let page = self.there.admin.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.html);
            (!page.html.contains("data-live=") && !in_work).then_some(page)
        })
        .await
    }

    /// How many mails went to this address, of those whose subject has this text.
    pub async fn mails(&self, to: &str, subject: &str) -> usize {
        let mails = self.there.control(Method::GET, "mail", Value::Null).await;
        let has = |mail: &&Value, field: &str, text: &str| mail[field].to_string().contains(text);
        let all = mails["data"].as_array().unwrap();
        all.iter().filter(|mail| has(mail, "to", to) && has(mail, "subject", subject)).count()
    }

    /// Waits for such a mail.
    pub async fn mailed(&self, to: &str, subject: &str) {
        until(&format!("{subject} to {to}"), PATIENCE, async || {
            (self.mails(to, subject).await > 0).then_some(())
        })
        .await;
    }

    /// How many invitations a candidate has.
    pub async fn invitations(&self, opportunity: &str) -> i64 {
        use schema::invitations::dsl;
        let (id, opportunity) = (self.there.integration, opportunity.to_owned());
        let count = move |conn: &mut alva_portal::db::Conn| {
            let of = dsl::invitations
                .filter(dsl::integration_id.eq(&id).and(dsl::opportunity_id.eq(&opportunity)));
            Ok::<_, DbError>(of.count().get_result(conn)?)
        };
        self.there.portal.running.db.read(count).await.unwrap()
    }

    pub async fn audit(&self) -> Vec<String> {
        self.there.portal.audit(&self.there.company.id).await
    }
}

impl Working {
    /// Makes a nightly chore due now.
    pub async fn make_nightly_due(&self, kind: ChoreKind) {
        let id = self.there.integration;
        self.there
            .portal
            .write(move |conn| {
                assert!(nightly::ask(conn, &id, kind)?, "the account has chores");
                Ok(())
            })
            .await;
    }

    /// Waits until a nightly chore was done since then.
    pub async fn nightly_done(&self, kind: ChoreKind, since: Timestamp) {
        until(&format!("the end of {kind}"), PATIENCE, async || {
            let id = self.there.integration;
            let chore = self
                .there
                .portal
                .running
                .db
                .read(move |conn| nightly::of_integration(conn, &id, kind))
                .await
                .unwrap();
            chore.unwrap().done_at.filter(|at| *at >= since).map(|_| ())
        })
        .await;
    }

    /// Does a nightly chore and waits for its end.
    pub async fn nightly(&self, kind: ChoreKind) {
        let since = Timestamp::now();
        self.make_nightly_due(kind).await;
        self.nightly_done(kind, since).await;
    }

    /// The pipeline as Lever has it.
    pub async fn pipeline(&self) -> Vec<Value> {
        self.api(Method::GET, "stages", &Value::Null).await["data"].as_array().unwrap().clone()
    }

    /// Changes the pipeline in Lever, and has the portal look.
    pub async fn set_pipeline(&self, stages: Vec<Value>) {
        self.there.control(Method::POST, "stages", json!({ "stages": stages })).await;
        self.make_due(Due::Check).await;
    }

    /// Adds tags to a posting in Lever, or makes it confidential.
    pub async fn posting(&self, title: &str, change: Value) {
        let path: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
        self.there.control(Method::POST, &format!("postings/{}", path.replace('+', "%20")), change).await;
    }
}

/// A chore of the worker.
#[derive(Clone, Copy)]
pub enum Due {
    Check,
    Reconciliation,
}
