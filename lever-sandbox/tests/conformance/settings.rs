//! §5: the account's lists and their filters.

use serde_json::json;

use super::support::{Lever, assert_error};

#[tokio::test]
async fn s5_users_by_email_role_and_whether_they_left() {
    let lever = Lever::start().await;
    let dana = lever.all("/v1/users?email=DANA@acme.example").await;
    assert_eq!(dana.len(), 1);
    assert_eq!(dana[0]["name"], "Dana Smith");
    assert_eq!(dana[0]["accessRole"], "super admin");
    assert!(lever.all("/v1/users?email=nobody@acme.example").await.is_empty());
    let active = lever.all("/v1/users").await;
    let all = lever.all("/v1/users?includeDeactivated=true").await;
    assert!(active.iter().all(|user| user["deactivatedAt"].is_null()));
    assert!(all.len() > active.len());
    // As a widely used connector writes it.
    let written = lever.all("/v1/users?includeDeactivated=True").await;
    assert_eq!(written, all);
    let admins = lever.all("/v1/users?accessRole=admin").await;
    assert!(admins.iter().all(|user| user["accessRole"] == "admin"));
    assert_eq!(admins.len(), 1);
    let id = dana[0]["id"].as_str().unwrap();
    assert_eq!(lever.data(&format!("/v1/users/{id}")).await, dana[0]);
    assert_error(&lever.get("/v1/users/nobody").await, 404);
}

#[tokio::test]
async fn s5_archive_reasons_by_type() {
    let lever = Lever::start().await;
    let hired = lever.all("/v1/archive_reasons?type=hired").await;
    assert_eq!(hired.len(), 1);
    let rest = lever.all("/v1/archive_reasons?type=non-hired").await;
    let all = lever.all("/v1/archive_reasons").await;
    assert_eq!(hired.len() + rest.len(), all.len());
    let id = hired[0]["id"].as_str().unwrap();
    let one = lever.data(&format!("/v1/archive_reasons/{id}")).await;
    assert_eq!(one, hired[0]);
    assert_error(&lever.get("/v1/archive_reasons?type=maybe").await, 400);
}

#[tokio::test]
async fn s5_postings_by_state_tag_and_category() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/postings?confidentiality=all").await;
    for (query, field, value) in [
        ("state=published", "/state", "published"),
        ("team=Platform", "/categories/team", "Platform"),
        ("department=Engineering", "/categories/department", "Engineering"),
        ("location=Stockholm", "/categories/location", "Stockholm"),
        ("commitment=Internship", "/categories/commitment", "Internship"),
        ("level=Senior", "/categories/level", "Senior"),
        ("tag=Rust", "/tags/0", "Rust"),
    ] {
        let path = format!("/v1/postings?confidentiality=all&distributionChannel=public&{query}");
        let found = lever.all(&path).await;
        let expected: Vec<_> =
            all.iter().filter(|posting| posting.pointer(field) == Some(&json!(value))).cloned().collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{query}");
    }
    assert_error(&lever.get("/v1/postings?state=lost").await, 400);
    let open = lever.all("/v1/postings").await;
    assert_eq!(open.len(), all.len() - 1);
}

#[tokio::test]
async fn s5_a_confidential_posting_needs_the_scope() {
    let lever = Lever::start().await;
    let secret = lever.all("/v1/postings?confidentiality=confidential").await;
    let path = format!("/v1/postings/{}", secret[0]["id"].as_str().unwrap());
    let plain = lever.token("postings:read:admin").await;
    assert_eq!(lever.status_for(&plain, &path).await, 403);
    let both = "postings:read:admin confidential:access:admin";
    let both = lever.token(both).await;
    assert_eq!(lever.status_for(&both, &path).await, 200);
}

#[tokio::test]
async fn s5_counts_of_sources_and_tags_are_those_of_opportunities() {
    let lever = Lever::start().await;
    let all = lever.all("/v1/opportunities?confidentiality=all").await;
    for (list, field) in [("/v1/sources", "sources"), ("/v1/tags", "tags")] {
        for one in lever.all(list).await {
            let having = all.iter().filter(|opportunity| {
                let there = opportunity[field].as_array().unwrap();
                there.contains(&one["text"])
            });
            assert_eq!(one["count"], having.count(), "{one}");
        }
    }
}
