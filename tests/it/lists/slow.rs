//! A page whose query does not end: it is stopped, says so, and keeps nobody else waiting.

use super::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::{Backend, Conn, DbError};
use diesel::connection::SimpleConnection as _;
use reqwest::StatusCode;
use std::time::Instant;

/// The audit log as nobody can read it to the end.
pub const ON_FILE: &str = "ALTER TABLE audit_log RENAME TO kept_log; \
    CREATE VIEW audit_log AS SELECT kept_log.* FROM kept_log, ( \
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0)";
pub const ON_SERVER: &str = "ALTER TABLE audit_log RENAME TO kept_log; \
    CREATE VIEW audit_log AS SELECT kept_log.* FROM kept_log, (SELECT pg_sleep(3600)) AS slow";

on_both_databases!(Portal::start => a_page_that_takes_too_long_is_stopped_and_others_are_not);
async fn a_page_that_takes_too_long_is_stopped_and_others_are_not(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let auditor = acme.auditor().await;
    assert_eq!(auditor.get("/audit").await.status, StatusCode::OK);
    let endless = match portal.running.db.backend() {
        Backend::Sqlite => ON_FILE,
        Backend::Postgres => ON_SERVER,
    };
    let make = move |conn: &mut Conn| Ok::<_, DbError>(conn.batch_execute(endless)?);
    portal.running.db.write(make).await.unwrap();

    let began = Instant::now();
    let slow = async || {
        let page = auditor.get("/audit").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.html);
        assert_eq!(page.text("h1"), "This page took too long");
        assert!(page.text("main").contains("Choose a shorter time span"), "{}", page.html);
        assert!(page.text("nav").contains("Audit"), "the navigation stays");
        began.elapsed()
    };
    let other = async {
        let mut answered = Vec::new();
        for path in ["/events", "/settings/team", "/readyz"] {
            assert_eq!(auditor.get(path).await.status, StatusCode::OK, "{path}");
            answered.push(began.elapsed());
        }
        answered
    };
    let (first, second, third, others) = tokio::join!(slow(), slow(), slow(), other);
    let soonest = first.min(second).min(third);
    assert!(others.iter().all(|answered| *answered < soonest), "{others:?} {soonest:?}");
    // The connections are as good as before.
    for _ in 0..20 {
        assert_eq!(auditor.get("/events").await.status, StatusCode::OK);
    }
}
