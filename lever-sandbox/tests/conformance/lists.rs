//! §5: the filters of opportunity lists, confidentiality, deleted ones.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Lever, assert_error, options, reply};

/// Asserts that a filter answers exactly those of all that `wanted` picks, and some.
async fn check(lever: &Lever, query: &str, wanted: impl Fn(&Value) -> bool) {
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    let expected: Vec<&Value> = all.iter().filter(|one| wanted(one)).collect();
    assert!(!expected.is_empty(), "{query} would find nothing");
    assert!(expected.len() < all.len(), "{query} would find everything");
    let path = format!("/v1/opportunities?confidentiality=all&{query}");
    let found = lever.all(&path).await;
    assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
}

fn has(one: &Value, field: &str, value: &str) -> bool {
    let mut there = one[field].as_array().unwrap().iter();
    there.any(|there| there == value)
}

#[tokio::test]
async fn s5_filters_by_what_an_opportunity_has() {
    let lever = Lever::start().await;
    check(&lever, "tag=Rust", |one| has(one, "tags", "Rust")).await;
    check(&lever, "tag=Rust&tag=Sales", |one| has(one, "tags", "Rust") || has(one, "tags", "Sales")).await;
    check(&lever, "source=LinkedIn", |one| has(one, "sources", "LinkedIn")).await;
    check(&lever, "origin=applied", |one| one["origin"] == "applied").await;
    check(&lever, "origin=applied&origin=agency", |one| {
        one["origin"] == "applied" || one["origin"] == "agency"
    })
    .await;
    check(&lever, "stage_id=applicant-new", |one| one["stage"] == "applicant-new").await;
    let screen = lever.stage("Recruiter screen").await;
    check(&lever, &format!("stage_id={screen}&stage_id=lead-new"), |one| {
        one["stage"] == screen.as_str() || one["stage"] == "lead-new"
    })
    .await;
    check(&lever, "origin=applied&stage_id=applicant-new", |one| {
        one["origin"] == "applied" && one["stage"] == "applicant-new"
    })
    .await;
}

#[tokio::test]
async fn s5_filters_by_person() {
    let lever = Lever::start().await;
    let one = lever.data("/v1/opportunities?limit=1").await[0].clone();
    let email = one["emails"][0].as_str().unwrap();
    check(&lever, &format!("email={email}"), |one| has(one, "emails", email)).await;
    check(&lever, &format!("email={}", email.to_uppercase()), |one| has(one, "emails", email)).await;
    let contact = one["contact"].as_str().unwrap();
    check(&lever, &format!("contact_id={contact}"), |one| one["contact"] == contact).await;
}

#[tokio::test]
async fn s4_one_contact_can_have_several_opportunities() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    let twice = all.iter().find(|one| {
        let mut others = all.iter().filter(|other| other["id"] != one["id"]);
        others.any(|other| other["contact"] == one["contact"])
    });
    let contact = twice.unwrap()["contact"].as_str().unwrap();
    let path = format!("/v1/opportunities?confidentiality=all&contact_id={contact}");
    assert_eq!(lever.all(&path).await.len(), 2);
}

#[tokio::test]
async fn s5_filters_by_posting_and_archive() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all&expand=applications").await;
    let archived = all.iter().find(|one| !one["archived"].is_null() && one["applications"] != json!([]));
    let posting = archived.unwrap()["applications"][0]["posting"].as_str().unwrap();
    let of_posting: Vec<String> = all
        .iter()
        .filter(|one| one["applications"][0]["posting"] == posting)
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    let in_posting = |one: &Value| of_posting.iter().any(|id| one["id"] == id.as_str());
    check(&lever, &format!("posting_id={posting}"), in_posting).await;
    check(&lever, &format!("archived_posting_id={posting}"), |one| {
        in_posting(one) && !one["archived"].is_null()
    })
    .await;
    check(&lever, "archived=true", |one| !one["archived"].is_null()).await;
    check(&lever, "archived=false", |one| one["archived"].is_null()).await;
    let hired = lever.reason("Hired").await;
    check(&lever, &format!("archive_reason_id={hired}"), |one| one["archived"]["reason"] == hired.as_str())
        .await;
    check(&lever, "snoozed=true", |one| !one["snoozedUntil"].is_null()).await;
}

#[tokio::test]
async fn s5_filters_by_time() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    let middle = &all[all.len() / 2];
    for (filter, field) in
        [("created_at", "createdAt"), ("updated_at", "updatedAt"), ("advanced_at", "lastAdvancedAt")]
    {
        let at = middle[field].as_i64().unwrap();
        // What was untouched for too long has no such time.
        let time = |one: &Value| one[field].as_i64();
        check(&lever, &format!("{filter}_start={at}"), |one| time(one).is_some_and(|it| it >= at)).await;
        check(&lever, &format!("{filter}_end={at}"), |one| time(one).is_some_and(|it| it <= at)).await;
    }
    let archived = all.iter().find(|one| !one["archived"].is_null()).unwrap();
    let at = archived["archived"]["archivedAt"].as_i64().unwrap();
    check(&lever, &format!("archived_at_start={at}"), |one| {
        one["archived"]["archivedAt"].as_i64().is_some_and(|there| there >= at)
    })
    .await;
    let wrong = lever.get("/v1/opportunities?created_at_start=yesterday").await;
    assert_error(&wrong, 400);
}

#[tokio::test]
async fn s5_lists_are_newest_first() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all&limit=9").await;
    let times: Vec<i64> = all.iter().map(|one| one["createdAt"].as_i64().unwrap()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next));
}

#[tokio::test]
async fn s5_confidential_ones_are_left_out_without_the_scope() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({"confidential": true})).await;
    let path = format!("/v1/opportunities/{id}");
    let plain = lever.token("opportunities:read:admin").await;
    let secret = "opportunities:read:admin confidential:access:admin";
    let secret = lever.token(secret).await;
    let ids = async |token: &str, query: &str| {
        let list = format!("/v1/opportunities?{query}");
        let (status, body) = reply(lever.bearer(token, Method::GET, &list)).await;
        assert_eq!(status, 200);
        let all = body["data"].as_array().unwrap();
        all.iter().any(|one| one["id"] == id.as_str())
    };
    assert!(!ids(&plain, "").await);
    assert!(!ids(&plain, "confidentiality=all").await);
    assert!(!ids(&secret, "").await);
    assert!(ids(&secret, "confidentiality=all").await);
    assert!(ids(&secret, "confidentiality=confidential").await);
    assert_eq!(lever.status_for(&plain, &path).await, 403);
    assert_eq!(lever.status_for(&secret, &path).await, 200);
    let asked = "/v1/opportunities?confidentiality=confidential";
    assert_eq!(lever.status_for(&plain, asked).await, 403);
    assert_error(&lever.get("/v1/opportunities?confidentiality=x").await, 400);
}

#[tokio::test]
async fn s7_confidential_ones_can_answer_404_too() {
    let lever = Lever::with(lever_sandbox::Options { confidential_status: 404, ..options() }).await;
    let id = lever.candidate(json!({"confidential": true})).await;
    let plain = lever.token("opportunities:read:admin notes:read:admin").await;
    for path in [format!("/v1/opportunities/{id}"), format!("/v1/opportunities/{id}/notes")] {
        assert_eq!(lever.status_for(&plain, &path).await, 404);
    }
}

#[tokio::test]
async fn s5_deleted_opportunities_are_listed_without_a_bound() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let lever = Lever::start().await;
    let id = lever.candidate(json!({"name": "Gone"})).await;
    let path = format!("opportunities/{id}");
    assert_eq!(lever.control(Method::DELETE, &path, json!({})).await.0, 204);
    assert_error(&lever.get(&format!("/v1/{path}")).await, 404);
    let deleted = lever.all("/v1/opportunities/deleted").await;
    assert_eq!(deleted[0]["id"], id.as_str());
    assert_eq!(deleted[0]["name"], "Gone");
    assert_eq!(deleted[0]["deletedBy"], lever.admin().await.as_str());
    let at = deleted[0]["deletedAt"].as_i64().unwrap();
    let within = async |range: String| lever.get(&format!("/v1/opportunities/deleted?{range}")).await.1;
    let between = |start: i64, end: i64| format!("deleted_at_start={start}&deleted_at_end={end}");
    assert_eq!(within(between(at, at)).await["data"][0]["id"], id.as_str());
    assert_eq!(within(between(at - DAY, at - 1)).await["data"], json!([]));
    assert_eq!(within(between(1, at)).await["data"][0]["id"], id.as_str());
    assert_eq!(within("deleted_at_start=1".into()).await["data"][0]["id"], id.as_str());
    assert_eq!(within(format!("deleted_at_end={at}")).await["data"][0]["id"], id.as_str());
    lever.advance(400 * DAY).await;
    assert_eq!(lever.all("/v1/opportunities/deleted").await[0]["id"], id.as_str());
}

#[tokio::test]
async fn s5_deleted_applications_are_listed_for_30_days() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let lever = Lever::start().await;
    let posting = lever.data("/v1/postings").await[0].clone();
    let id = lever.candidate(json!({"posting": posting["text"]})).await;
    lever.control(Method::DELETE, &format!("opportunities/{id}"), json!({})).await;
    let deleted = lever.all("/v1/applications/deleted").await;
    assert_eq!(deleted.len(), 1);
    assert_eq!(deleted[0]["opportunityId"], id.as_str());
    assert_eq!(deleted[0]["posting"], posting["id"]);
    let at = deleted[0]["deletedAt"].as_i64().unwrap();
    let long = format!("/v1/applications/deleted?deleted_at_start={}&deleted_at_end={at}", at - 31 * DAY);
    assert_error(&lever.get(&long).await, 400);
    lever.advance(31 * DAY).await;
    assert!(lever.all("/v1/applications/deleted").await.is_empty());
}

#[tokio::test]
async fn s5_candidates_are_the_old_form_with_emails_as_objects() {
    let lever = Lever::start().await;
    let new = lever.data("/v1/opportunities?limit=5").await;
    let old = lever.data("/v1/candidates?limit=5").await;
    for (new, old) in new.as_array().unwrap().iter().zip(old.as_array().unwrap()) {
        assert_eq!(old["id"], new["id"]);
        assert_eq!(old["emails"][0]["value"], new["emails"][0]);
        let resumes = lever.all(&format!("/v1/opportunities/{}/resumes", new["id"].as_str().unwrap())).await;
        assert_eq!(old["resume"]["id"].as_str(), resumes.first().and_then(|first| first["id"].as_str()));
    }
    let id = new[0]["id"].as_str().unwrap();
    let one = lever.data(&format!("/v1/candidates/{id}")).await;
    assert_eq!(one, old[0]);
    let notes = format!("/v1/candidates/{id}/notes");
    assert_eq!(lever.get(&notes).await.0, 200);
}
