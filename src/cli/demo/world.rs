//! What the demo's history is made with: the portal and the sandbox, over their own addresses, and one clock for both.

use super::visitor::{Page, Visitor, attribute, stopped};
use crate::cli::CliError;
use crate::clock;
use crate::db::Db;
use crate::events::queue;
use crate::jobs;
use crate::people::trial::PASSWORD;
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use url::Url;

/// Longer than anything takes that the history waits for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks.
const GLANCE: Duration = Duration::from_millis(25);

pub(super) struct World {
    pub portal: Url,
    pub lever: Url,
    /// Who consents in Lever: address and password.
    pub consents: (String, String),
    pub db: Db,
    http: reqwest::Client,
    /// What the clock of portal and Lever shows, ms.
    now: i64,
}

impl World {
    pub(super) fn new(portal: &Url, lever: &lever_sandbox::Running, db: &Db) -> Result<Self, CliError> {
        let lever_url = Url::parse(&lever.url).map_err(|cause| stopped(&lever.url, &cause))?;
        Ok(Self {
            portal: portal.clone(),
            lever: lever_url,
            consents: (lever.admin_email.clone(), lever.admin_password.clone()),
            db: db.clone(),
            http: reqwest::Client::new(),
            now: clock::now_ms(),
        })
    }

    /// The control API of the sandbox.
    pub(super) async fn control(&self, method: Method, path: &str, body: Value) -> Result<Value, CliError> {
        let address = format!("/sandbox/{path}");
        let url = self.lever.join(address.trim_end_matches('/')).map_err(|cause| stopped(path, &cause))?;
        let mut request = self.http.request(method, url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let text = match answer {
            Ok(answer) => answer.text().await.map_err(|cause| stopped(path, &cause))?,
            Err(cause) => return Err(stopped(path, &cause)),
        };
        let answer: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(answer["data"].clone())
    }

    /// It is this time now, in the portal and in Lever. Time does not go back.
    pub(super) async fn go_to(&mut self, at: i64) -> Result<(), CliError> {
        self.now = at.max(self.now);
        clock::set_behind(clock::machine_ms() - self.now);
        self.control(Method::POST, "clock", json!({ "now": self.now })).await.map(drop)
    }

    /// So much time passes.
    pub(super) async fn pass(&mut self, span: Duration) -> Result<(), CliError> {
        let span = i64::try_from(span.as_millis()).unwrap_or(0);
        self.go_to(self.now + span).await
    }

    /// Both clocks show what the machine's does.
    pub(super) async fn come_to_the_present(&mut self) -> Result<(), CliError> {
        clock::set_behind(0);
        let behind = self.control(Method::GET, "clock", Value::Null).await?["offset_ms"].as_i64();
        self.control(Method::POST, "clock", json!({ "advance_ms": -behind.unwrap_or(0) })).await.map(drop)
    }

    /// Waits until Lever has delivered everything and the portal has done what can be done now.
    pub(super) async fn settle(&self) -> Result<(), CliError> {
        let since = Instant::now();
        loop {
            let deliveries = self.control(Method::GET, "deliveries", Value::Null).await?;
            let is_out = |one: &Value| one["attempts"].as_array().is_some_and(|all| !all.is_empty());
            if deliveries.as_array().is_none_or(|all| all.iter().all(is_out))
                && self.db.read(jobs::is_idle).await?
            {
                return Ok(());
            }
            if since.elapsed() > PATIENCE {
                let waiting = self.db.read(queue::length).await?;
                return Err(CliError::Refused(format!("the demo's history stops: {waiting} events wait")));
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Somebody who has logged in to the portal.
    pub(super) async fn signed_in(&self, email: &str) -> Result<Visitor, CliError> {
        let visitor = Visitor::new(&self.portal)?;
        let page = visitor.get("/login").await?;
        let fields = [("email", email), ("password", PASSWORD)];
        visitor.submit(&page, r#"name="password""#, &fields).await?.leads()?;
        Ok(visitor)
    }

    /// Sends a form, and agrees where a page then asks.
    pub(super) async fn save(
        &self,
        visitor: &Visitor,
        page: &Page,
        mark: &str,
        fields: &[(&str, &str)],
    ) -> Result<(), CliError> {
        let answer = visitor.submit(page, mark, fields).await?;
        let asked = answer.html.split("<input").find(|input| input.contains(r#"name="confirmed""#));
        let agreed = asked.and_then(|input| attribute(input.split('>').next().unwrap_or_default(), "value"));
        match agreed {
            Some(count) => {
                let fields = [("confirmed", count.as_str())];
                visitor.submit(&answer, r#"name="confirmed""#, &fields).await?.leads().map(drop)
            }
            None => answer.leads().map(drop),
        }
    }
}
