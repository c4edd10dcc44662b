//! The life of a connected account: access that ends and comes back, webhooks that are lost, and
//! what the portal notices by itself.

mod access;
mod alerts;
mod archive;
mod background;
mod beside;
mod browser;
mod completeness;
mod diagnostics;
mod erased;
mod health;
mod heartbeat;
mod merged;
mod not_yet;
mod permissions;
mod reconcile;
mod refused;
mod rows;
mod stages;
mod unseen;
mod verdict;
mod why;

use crate::support::lever::Connected;
pub use crate::support::lever::TRIGGER;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::{Backend, DbError, schema};
use alva_portal::events::{Event, State};
use alva_portal::integrations;
use alva_portal::integrations::schedule::nightly;
use alva_portal::integrations::schedule::nightly::ChoreKind;
use alva_portal::job_queue::{self, JobKind};
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

impl Connected {
    /// Chooses a trigger stage while Lever does not tell who is in it; answers what the page says.
    pub async fn save_unseen(&self, stage: &str) -> String {
        let stage = self.stage(stage).await;
        let form = self.admin.get(&format!("{}/settings", self.page())).await;
        self.fault(json!({"target": "api", "kind": "close_before", "match": "/v1/opportunities"})).await;
        let asked = self.admin.press(&form, "Save", &[("trigger_stage", &stage)]).await;
        assert!(
            asked.text(".banner").contains("Lever could not be asked who is already there"),
            "{}",
            asked.html
        );
        let saved = self.admin.agree(asked).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
        self.control(Method::DELETE, "faults", Value::Null).await;
        self.admin.get(&self.page()).await.text(".flash")
    }

    /// Makes a chore due now.
    pub async fn make_due(&self, what: Due) {
        let id = self.integration;
        let kind = match what {
            Due::Check => JobKind::CheckAccess,
            Due::Reconciliation => JobKind::PlanReconciliation,
        };
        self.portal
            .write(move |conn| {
                let is_there = job_queue::hasten(conn, kind, id.as_str(), Timestamp(0))?;
                assert!(is_there, "the account is watched");
                Ok(())
            })
            .await;
    }

    /// Makes a nightly chore due now.
    pub async fn make_nightly_due(&self, kind: ChoreKind) {
        let id = self.integration;
        self.portal
            .write(move |conn| {
                assert!(nightly::ask(conn, &id, kind)?, "the account has chores");
                Ok(())
            })
            .await;
    }

    /// Waits until a nightly chore was done since then.
    pub async fn nightly_done(&self, kind: ChoreKind, since: Timestamp) {
        until(&format!("the end of {kind}"), PATIENCE, async || {
            let id = self.integration;
            let chore = self
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
        self.api(Method::GET, "stages", Value::Null).await["data"].as_array().unwrap().clone()
    }

    /// Changes the pipeline in Lever, and has the portal look.
    pub async fn set_pipeline(&self, stages: Vec<Value>) {
        self.control(Method::POST, "stages", json!({ "stages": stages })).await;
        self.make_due(Due::Check).await;
    }

    /// Adds tags to a posting in Lever, or makes it confidential.
    pub async fn posting(&self, title: &str, change: Value) {
        let path: String = url::form_urlencoded::byte_serialize(title.as_bytes()).collect();
        self.control(Method::POST, &format!("postings/{}", path.replace('+', "%20")), change).await;
    }
}

/// A chore of the worker.
#[derive(Clone, Copy)]
pub enum Due {
    Check,
    Reconciliation,
}
