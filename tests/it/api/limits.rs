//! How many calls a token may make: draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4.

use super::program;
use crate::lists::Tenant;
use crate::lists::slow::{ON_FILE, ON_SERVER};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::{Backend, Conn, DbError};
use diesel::connection::SimpleConnection as _;
use reqwest::StatusCode;

/// `r` and `t` of a `RateLimit` header.
fn left(header: &str) -> (u32, u32) {
    let rest = header
        .strip_prefix("\"token\";r=")
        .unwrap_or_else(|| panic!("the policy and what is left: {header}"));
    let (calls, seconds) = rest.split_once(";t=").unwrap();
    (calls.parse().unwrap(), seconds.parse().unwrap())
}

on_both_databases!(Portal::start => a_token_has_a_bucket_and_every_answer_says_what_is_left);
async fn a_token_has_a_bucket_and_every_answer_says_what_is_left(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let (busy, other) = (program(&acme).await, program(&acme).await);
    let first = busy.get("/api/v1/integrations").await;
    assert_eq!(first.header("ratelimit-policy"), "\"token\";q=120;w=60");
    assert_eq!(left(first.header("ratelimit")), (119, 1));
    let refused = busy.get("/api/v1/nothing").await;
    assert_eq!(refused.header("ratelimit"), "", "what nobody asked a token for counts for none");
    let wrong = busy.get("/api/v1/events?limit=0").await;
    assert!(left(wrong.header("ratelimit")).0 < 119, "errors count as well");
    let mut calls = 2;
    let over = loop {
        let answer = busy.get("/api/v1/events?limit=0").await;
        calls += 1;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        assert!(calls < 2_000, "a token calls without end");
    };
    assert!(calls > 120, "{calls}");
    over.is_problem(429, "too_many_calls");
    let wait: u32 = over.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(left(over.header("ratelimit")), (0, 60));
    assert_eq!(other.get("/api/v1/integrations").await.status, StatusCode::OK, "others are not held up");
}

on_both_databases!(Portal::start => a_list_that_takes_too_long_is_stopped);
async fn a_list_that_takes_too_long_is_stopped(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    // The call is in the log for this hour, so the log itself is read alone from now on.
    program.get("/api/v1/audit").await.data();
    let endless = match portal.running.db.backend() {
        Backend::Sqlite => ON_FILE,
        Backend::Postgres => ON_SERVER,
    };
    let make = move |conn: &mut Conn| Ok::<_, DbError>(conn.batch_execute(endless)?);
    portal.running.db.write(make).await.unwrap();
    let said = program.get("/api/v1/audit").await.is_problem(503, "too_slow");
    assert!(said.contains("after 5 seconds"), "{said}");
}
