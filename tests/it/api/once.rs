//! `Idempotency-Key`: what is asked for twice is done once (draft-ietf-httpapi-idempotency-key-header-07).

use super::{Program, program};
use crate::lists::Tenant;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::api_tokens::idempotency;
use alva_portal::db::DbError;
use alva_portal::db::schema::{events, idempotency_keys};
use alva_portal::invitations::erasure;
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// A key as the draft writes one.
const KEY: &str = "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"";

fn both() -> Value {
    json!({"tests": "both"})
}

/// How many events there are, and how many keys.
async fn counted(portal: &Portal) -> (i64, i64) {
    let found = portal.running.db.read(|conn| {
        let events = events::table.count().get_result(conn)?;
        Ok::<_, DbError>((events, idempotency_keys::table.count().get_result(conn)?))
    });
    found.await.unwrap()
}

/// All keys look as if they had come so long ago; those that run have no answer.
async fn aged(portal: &Portal, seconds: u64, is_running: bool) {
    portal
        .write(move |conn| {
            let at = Timestamp::now().minus(Duration::from_secs(seconds));
            diesel::update(idempotency_keys::table)
                .set(idempotency_keys::created_at.eq(at))
                .execute(conn)
                .map_err(DbError::from)?;
            if is_running {
                diesel::update(idempotency_keys::table)
                    .set((
                        idempotency_keys::status.eq(None::<i32>),
                        idempotency_keys::body.eq(None::<String>),
                    ))
                    .execute(conn)
                    .map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
}

on_both_databases!(Portal::start => the_same_call_is_answered_the_same_and_done_once);
async fn the_same_call_is_answered_the_same_and_done_once(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let (one, other) = (program(&acme).await, program(&acme).await);
    let (ada, grace) = (acme.candidate("o1", "Ada", "Job").await, acme.candidate("o2", "Grace", "Job").await);
    let path = |id| format!("/api/v1/candidates/{id}/invitations");
    let first = one.post_once(&path(ada), KEY, &both()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    assert_eq!(first.header("content-type"), "application/json");
    assert_eq!(counted(&portal).await, (1, 1));
    for _ in 0..2 {
        let again = one.post_once(&path(ada), KEY, &both()).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert_eq!(again.header("content-type"), "application/json");
    }
    assert_eq!(counted(&portal).await, (1, 1), "it was done once");
    let log = portal.audit(&acme.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "candidate.invited_by_hand").count(), 1, "{log:?}");

    // Another body, or another address.
    let reused = "idempotency_key_reused";
    one.post_once(&path(ada), KEY, &json!({"tests": "logic"})).await.is_problem(422, reused);
    one.post_once(&path(grace), KEY, &both()).await.is_problem(422, reused);
    // Keys of one program are none of another's.
    assert_eq!(other.post_once(&path(grace), KEY, &both()).await.status, StatusCode::ACCEPTED);
    assert_eq!(counted(&portal).await, (2, 2));
    assert!(!portal.stored_anywhere("8e03978e-40d5-43dd-bc93").await, "the key itself is kept nowhere");

    // A refusal is an answer, too: with its type, and the same the next time.
    let invited = acme.candidate("o3", "Kim", "Job").await;
    acme.invitation(&invited, "p1", alva_portal::invitations::InvitationState::Completed).await;
    let id = one.get(&format!("/api/v1/invitations?candidate={invited}")).await.each("id").remove(0);
    let resend = format!("/api/v1/invitations/{id}/resend");
    for _ in 0..2 {
        one.post_once(&resend, "\"k3\"", &json!({})).await.is_problem(409, "tests_done");
    }
    // What is refused before anything is done takes no key.
    one.post_once(&path(grace), "\"k4\"", &json!({"tests": "all"})).await.is_problem(422, "bad_field");
    let answer = one.post_once(&path(grace), "\"k4\"", &json!({"tests": "logic"})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text);
    for wrong in ["", "abc", "\"\"", "\"a", "\"a\", \"b\"", "\"a\";b"] {
        one.post_once(&path(ada), wrong, &both()).await.is_problem(400, "bad_idempotency_key");
    }
}

on_both_databases!(Portal::start => calls_at_the_same_time_are_one);
async fn calls_at_the_same_time_are_one(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let ada = acme.candidate("o1", "Ada", "Job").await;
    let path = format!("/api/v1/candidates/{ada}/invitations");
    let body = both();
    let call = || program.post_once(&path, KEY, &body);
    let (a, b, c, d) = tokio::join!(call(), call(), call(), call());
    let mut answers = Vec::new();
    for answer in [a, b, c, d] {
        match answer.status {
            StatusCode::ACCEPTED => answers.push(answer.text),
            _ => {
                answer.is_problem(409, "still_running");
                assert_eq!(answer.header("retry-after"), "2");
            }
        }
    }
    assert!(!answers.is_empty());
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(counted(&portal).await, (1, 1));
}

on_both_databases!(Portal::start => a_key_is_taken_while_its_call_runs_and_for_a_day);
async fn a_key_is_taken_while_its_call_runs_and_for_a_day(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program = program(&acme).await;
    let ada = acme.candidate("o1", "Ada", "Job").await;
    let path = format!("/api/v1/candidates/{ada}/invitations");
    let first = program.post_once(&path, KEY, &both()).await;
    assert_eq!(first.status, StatusCode::ACCEPTED, "{}", first.text);
    aged(&portal, 0, true).await;
    program.post_once(&path, KEY, &both()).await.is_problem(409, "still_running");
    program.post_once(&path, KEY, &json!({"tests": "logic"})).await.is_problem(422, "idempotency_key_reused");
    // The process died before anything was done: the same call may come again.
    aged(&portal, 121, true).await;
    assert_eq!(program.post_once(&path, KEY, &both()).await.status, StatusCode::ACCEPTED);
    aged(&portal, 86_399 - 60, false).await;
    program.post_once(&path, KEY, &json!({"tests": "logic"})).await.is_problem(422, "idempotency_key_reused");
    aged(&portal, 86_401, false).await;
    let other = program.post_once(&path, KEY, &json!({"tests": "logic"})).await;
    assert_eq!(other.status, StatusCode::ACCEPTED, "after a day the key means another call: {}", other.text);
    // The hourly sweep.
    assert_eq!(counted(&portal).await.1, 1);
    for (hours, left) in [(23, 1), (25, 0)] {
        let then = Timestamp::now().plus(Duration::from_secs(hours * 3600));
        portal.write(move |conn| Ok(idempotency::age_out(conn, then)?)).await;
        assert_eq!(counted(&portal).await.1, left, "after {hours} hours");
    }
}

on_both_databases!(Portal::start => an_answer_goes_with_whom_it_names);
async fn an_answer_goes_with_whom_it_names(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let program: Program = program(&acme).await;
    let ada = acme.candidate("o1", "Ada", "Job").await;
    let grace = acme.candidate("o2", "Grace", "Job").await;
    for (id, key) in [(ada, "\"a\""), (grace, "\"g\"")] {
        let path = format!("/api/v1/candidates/{id}/invitations");
        assert_eq!(program.post_once(&path, key, &both()).await.status, StatusCode::ACCEPTED);
    }
    assert_eq!(counted(&portal).await.1, 2);
    let account = acme.account;
    portal.write(move |conn| Ok(erasure::erase(conn, &account, "o1", &Reason::ErasedDeleted, None)?)).await;
    assert_eq!(counted(&portal).await.1, 1);
    let path = format!("/api/v1/candidates/{ada}/invitations");
    program.post_once(&path, "\"a\"", &both()).await.is_problem(404, "not_found");
    assert_eq!(counted(&portal).await.1, 1, "nothing is kept of a call about nobody");
}
