//! How the databases find what pages and jobs ask for. A statement that reads all of a table that grows without end is
//! quick in a test and slow in a company's third year; here it fails by its plan, whatever the size.
//!
//! SQLite plans with the shapes of the tables at ten million events, which its migrations wrote down. PostgreSQL plans
//! for any value (`force_generic_plan`), as it does for statements that it has prepared, and is told to avoid reading
//! a whole table wherever an index can be used at all.

use crate::api;
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::statements;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use alva_portal::integrations::schedule::nightly::ChoreKind;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Tables that grow with candidates and time.
const GROWING: [&str; 29] = [
    "actions",
    "alerts",
    "alert_posts",
    "answered_challenges",
    "api_tokens",
    "audit_log",
    "batch_events",
    "batches",
    "candidates",
    "completeness_gaps",
    "event_steps",
    "events",
    "idempotency_keys",
    "invitations",
    "noted_accesses",
    "passkeys",
    "person_devices",
    "questions",
    "reconciliation_findings",
    "reconciliations",
    "replaced_links",
    "sessions",
    "sittings",
    "sso_identities",
    "sso_sessions",
    "test_callbacks",
    "test_orders",
    "unverified_deliveries",
    "verifications",
];

/// Statements that may read a whole table, by a part of their text, and why.
const ALLOWED: [(&str, &str); 1] =
    [("WHERE (1=0)", "nothing is asked for, and the condition is looked at before the first row")];

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

/// The lines of a plan that read all of a growing table.
fn whole_tables(plan: &[String], marks: [&str; 2]) -> Vec<String> {
    let reads_all = |line: &&String| {
        marks.iter().any(|mark| {
            let Some((_, rest)) = line.split_once(mark) else { return false };
            let table = rest.split([' ', ';']).next().unwrap_or_default();
            GROWING.contains(&table)
        })
    };
    plan.iter().filter(reads_all).cloned().collect()
}

/// How SQLite would do it.
fn sqlite_plan(conn: &mut SqliteConnection, statement: &str) -> Result<Vec<String>, String> {
    let steps = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load::<SqliteStep>(conn);
    Ok(steps.map_err(|e| e.to_string())?.into_iter().map(|step| step.detail).collect())
}

/// How PostgreSQL would do it, not knowing the values.
fn postgres_plan(conn: &mut PgConnection, statement: &str) -> Result<Vec<String>, String> {
    let count = (1..).take_while(|n| statement.contains(&format!("${n}"))).count();
    let values = if count == 0 { String::new() } else { format!("({})", vec!["NULL"; count].join(", ")) };
    conn.batch_execute(&format!("PREPARE asked AS {statement}")).map_err(|e| e.to_string())?;
    let plan = diesel::sql_query(format!("EXPLAIN EXECUTE asked{values}")).load::<PostgresStep>(conn);
    conn.batch_execute("DEALLOCATE asked").map_err(|e| e.to_string())?;
    Ok(plan.map_err(|e| e.to_string())?.into_iter().map(|step| step.line).collect())
}

/// Statements that read a whole table, with the lines of their plans that say so.
fn faults(backend: Backend, database_url: &str, heard: &BTreeSet<String>) -> Vec<String> {
    let is_query = |statement: &&String| {
        let word = statement.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        ["SELECT", "UPDATE", "DELETE", "INSERT", "WITH"].contains(&word.as_str())
    };
    let mut found = Vec::new();
    let mut look = |statement: &String, plan: Result<Vec<String>, String>| {
        let marks = if backend == Backend::Sqlite {
            ["SCAN ", "SCAN TABLE "]
        } else {
            ["Seq Scan on ", "Seq Scan on public."]
        };
        let wrong = match plan {
            Ok(plan) => whole_tables(&plan, marks),
            Err(refused) => vec![format!("no plan: {refused}")],
        };
        if !wrong.is_empty() && !ALLOWED.iter().any(|(part, _)| statement.contains(part)) {
            found.push(format!("{statement}\n    {}", wrong.join("\n    ")));
        }
    };
    match backend {
        Backend::Sqlite => {
            let path = database_url.strip_prefix("sqlite://").unwrap();
            let mut conn = SqliteConnection::establish(path).unwrap();
            for statement in heard.iter().filter(is_query) {
                look(statement, sqlite_plan(&mut conn, statement));
            }
        }
        Backend::Postgres => {
            let mut conn = PgConnection::establish(database_url).unwrap();
            conn.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").unwrap();
            for statement in heard.iter().filter(is_query) {
                look(statement, postgres_plan(&mut conn, statement));
            }
        }
    }
    found
}

async fn watched(backend: Backend) -> (Backend, Connected) {
    statements::listen();
    let working = Connected::active(backend).await;
    statements::watch(working.portal.database_url());
    (backend, working)
}

impl Connected {
    async fn looks(&self, path: &str) {
        let page = self.admin.get(path).await;
        assert!(
            page.status.is_success() || page.status.is_redirection(),
            "{path}: {} {}",
            page.status,
            page.text("main")
        );
    }

    /// Each list with each of its filters and pairs of them, back and forth.
    async fn look_at_lists(&self, event: &str, candidate: &str) {
        let integration = format!("integration={}", self.integration);
        let filters = [
            "state=done",
            "state=failed",
            "event=candidateStageChange",
            &integration,
            "from=2026-01-01",
            "to=2036-01-01",
            "q=ada",
            "q=ada%40people.example",
        ];
        for (number, one) in filters.iter().enumerate() {
            self.looks(&format!("/events?{one}")).await;
            self.looks(&format!("/events?{one}&after={event}")).await;
            self.looks(&format!("/events?{one}&before={event}")).await;
            let name = |filter: &str| filter.split('=').next().unwrap().to_owned();
            for two in filters[number + 1..].iter().filter(|two| name(two) != name(one)) {
                self.looks(&format!("/events?{one}&{two}")).await;
            }
        }
        for path in [
            "/events.csv",
            "/events.ndjson",
            "/audit",
            "/audit.csv",
            "/audit/verify",
            "/audit?who=ada",
            "/audit?action=candidate.erased",
            "/audit?from=2026-01-01",
            "/audit?who=ada&action=person.logged_in",
            "/candidates",
            "/candidates?state=sent",
            "/candidates?state=waiting",
            "/candidates?state=waiting&q=ada",
            "/candidates?state=completed",
            "/candidates?q=ada",
            "/candidates?q=ada%40people.example&state=sent",
            "/candidates/why?q=ada%40people.example",
            "/candidates/why?q=Ada",
            "/settings/background-work",
            "/settings/background-work?show=failed",
            "/settings/background-work?show=waiting",
            "/settings/team",
            "/settings/company",
            "/settings/company/alerts",
            "/settings/company/api-tokens",
            "/settings/company/groups",
            "/settings/integrations",
            "/settings/mail",
            "/settings/profiles",
            "/",
            "/readyz",
        ] {
            self.looks(path).await;
        }
        for cursor in ["after", "before"] {
            self.looks(&format!("/candidates?{cursor}={candidate}")).await;
            self.looks(&format!("/candidates?state=sent&{cursor}={candidate}")).await;
        }
        for part in [
            "",
            "/reconciliations",
            "/postings",
            "/postings?show=all",
            "/postings?show=alva",
            "/completeness",
            "/rules",
            "/disconnect",
            "/live",
        ] {
            self.looks(&format!("{}{part}", self.page())).await;
        }
    }
}

impl Connected {
    /// The lists as programs read them, with each filter and a second page.
    async fn read_over_the_api(&self, event: &str, candidate: &str) {
        let (portal, integration) = (&self.portal, self.integration);
        let token = api::made(portal, &self.company.id, &api::ALL).await;
        let program = api::Program::of(portal, Some(&token));
        for path in [
            "integrations",
            "events?limit=1",
            "events?limit=1&state=done",
            "events?limit=1&event=candidateStageChange",
            "events?limit=1&q=ada",
            &format!("events?limit=1&integration={integration}"),
            &format!("events/{event}"),
            "candidates?limit=1",
            "candidates?limit=1&q=people.example",
            "candidates?limit=1&state=sent",
            "candidates?limit=1&state=none",
            "candidates?limit=1&state=waiting",
            &format!("candidates/{candidate}"),
            "invitations?limit=1",
            "invitations?limit=1&state=sent",
            &format!("invitations?limit=1&candidate={candidate}"),
            "audit?limit=1",
            "audit?limit=1&who=ada&from=2026-01-01",
            &format!("completeness?integration={integration}&limit=1"),
        ] {
            let mut next = Some(format!("/api/v1/{path}"));
            for _ in 0..2 {
                let Some(path) = next.take() else { break };
                let answer = program.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
                next = answer.json()["next"].as_str().map(str::to_owned);
            }
        }
        // What is asked for again, and what cannot be.
        let path = format!("/api/v1/candidates/{candidate}/invitations");
        for _ in 0..2 {
            let answer = program.post_once(&path, "\"again\"", &json!({"tests": "both"})).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        }
    }
}

on_both_databases!(watched => no_page_and_no_job_reads_all_of_a_table_that_grows);
/// A company's ordinary week: people are invited, missed, resent to, deleted; every list is looked at with its filters;
/// every job runs.
async fn no_page_and_no_job_reads_all_of_a_table_that_grows((backend, working): (Backend, Connected)) {
    let ada = working.person("Ada", "applicant-new").await;
    let grace = working.person("Grace", "applicant-new").await;
    for (person, mail) in [(&ada, "ada@people.example"), (&grace, "grace@people.example")] {
        working.move_to(person, crate::support::lever::TRIGGER).await;
        working.mailed(mail, "invites you").await;
    }
    let link = working.mails_to("ada@people.example").await[0]["links"][0].as_str().unwrap().to_owned();
    let visitor = working.portal.visitor();
    assert_eq!(visitor.get(&link).await.status, StatusCode::OK);
    let list = working.admin.get("/candidates").await;
    let is_id = |text: &&str| text.len() == 36 && uuid::Uuid::parse_str(text).is_ok();
    let mut ids = list.html.split("href=\"/candidates/").filter_map(|rest| rest.get(..36));
    let id = ids.find(is_id).unwrap_or_else(|| panic!("somebody in {}", list.html)).to_owned();
    let candidate = format!("/candidates/{id}");
    let page = working.admin.get(&candidate).await;
    assert_eq!(page.status, StatusCode::OK);
    let events = working.events().await;
    let event = events.last().unwrap().id.to_string();
    working.looks(&format!("/events/{event}")).await;
    working.looks(&format!("/events/{event}/body")).await;
    working.look_at_lists(&event, &id).await;
    working.read_over_the_api(&event, &id).await;
    working.admin.press(&page, "Resend invitation", &[]).await;
    working.sync().await;
    for kind in ChoreKind::ALL {
        working.nightly(*kind).await;
    }
    working.control(Method::DELETE, &format!("opportunities/{grace}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    working.control(Method::POST, &format!("opportunities/{ada}/hire"), json!({})).await;
    until("the hire", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "hired").then_some(())
    })
    .await;
    let url = working.portal.database_url().to_owned();
    let heard = statements::heard(&url);
    // What asks by a column without an index is seen.
    let slow = if backend == Backend::Sqlite {
        "SELECT id FROM events WHERE token = ?"
    } else {
        "SELECT id FROM events WHERE token = $1"
    };
    let slow = BTreeSet::from([slow.to_owned()]);
    let seen = tokio::task::spawn_blocking({
        let url = url.clone();
        move || faults(backend, &url, &slow)
    })
    .await
    .unwrap();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(heard.len() > 150, "a week asks for more than {} statements", heard.len());
    let found = tokio::task::spawn_blocking(move || faults(backend, &url, &heard)).await.unwrap();
    assert!(found.is_empty(), "{} statements read a whole table:\n\n{}", found.len(), found.join("\n\n"));
}
