//! §5: writes to opportunities and contacts.

use reqwest::Method;
use serde_json::{Value, json};

use super::support::{Lever, assert_error, reply};

fn strings(value: &Value) -> Vec<&str> {
    let all = value.as_array().unwrap().iter();
    all.map(|one| one.as_str().unwrap()).collect()
}

#[tokio::test]
async fn s5_create() {
    let lever = Lever::start().await;
    let admin = lever.admin().await;
    let posting = lever.all("/v1/postings?tag=Alva:%20Screening").await[0].clone();
    let path = format!("/v1/opportunities?perform_as={admin}");
    let (status, body) = lever
        .post(
            &path,
            json!({
                "name": "Ada Lovelace",
                "headline": "Analyst",
                "emails": ["ada@example.com"],
                "phones": [{"type": "mobile", "value": "+46 70 174 06 05"}],
                "links": ["https://example.com/ada"],
                "tags": ["Math"],
                "sources": ["Conference"],
                "origin": "referred",
                "stage": "lead-responded",
                "postings": [posting["id"]],
            }),
        )
        .await;
    assert_eq!(status, 201, "{body}");
    let made = &body["data"];
    assert_eq!(made["name"], "Ada Lovelace");
    assert_eq!(made["origin"], "referred");
    assert_eq!(made["stage"], "lead-responded");
    assert_eq!(made["phones"][0]["type"], "mobile");
    assert_eq!(made["applications"].as_array().unwrap().len(), 1);
    // Lever copies a posting's tags to each opportunity linked to it (§5).
    assert!(strings(&made["tags"]).contains(&"Math"));
    assert!(strings(&made["tags"]).contains(&"Alva: Screening"));

    // The same person again: one contact (§4).
    let again = json!({"name": "Ada L.", "emails": ["ADA@example.com"]});
    let (_, second) = lever.post(&path, again).await;
    assert_eq!(second["data"]["contact"], made["contact"]);
    assert_ne!(second["data"]["id"], made["id"]);

    let refused = async |body: Value| assert_error(&lever.post(&path, body).await, 400);
    refused(json!({"stage": "nowhere"})).await;
    refused(json!({"origin": "moon"})).await;
    refused(json!({"owner": "nobody"})).await;
    refused(json!({"postings": ["none"]})).await;
    refused(json!({"postings": [posting["id"], posting["id"]]})).await;
    refused(json!({"emails": "ada@example.com"})).await;
}

#[tokio::test]
async fn s5_move() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/stage");
    let goal = lever.stage("Assessment").await;
    let admin = lever.admin().await;
    let performed = format!("{path}?perform_as={admin}");
    let (status, body) = lever.put(&performed, json!({"stage": goal})).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["stage"], goal.as_str());
    let last = body["data"]["stageChanges"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["toStageId"], goal.as_str());
    assert_eq!(last["userId"], admin.as_str());
    assert_eq!(body["data"]["updatedAt"], last["updatedAt"]);
    // perform_as is optional here (§3).
    let (status, body) = lever.put(&path, json!({"stage": "offer"})).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["stage"], "offer");
    assert_error(&lever.put(&path, json!({"stage": "nowhere"})).await, 400);
    assert_error(&lever.put(&path, json!({})).await, 400);
    let nobody = "/v1/opportunities/nobody/stage";
    assert_error(&lever.put(nobody, json!({"stage": "offer"})).await, 404);
}

#[tokio::test]
async fn s5_archive_and_hire() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/archived");
    let reason = lever.reason("Withdrew").await;
    let (status, body) = lever.put(&path, json!({"reason": reason})).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["archived"]["reason"], reason.as_str());
    assert!(body["data"]["archived"]["archivedAt"].is_i64());
    let (_, body) = lever.put(&path, json!({"reason": null})).await;
    assert!(body["data"]["archived"].is_null());
    let hired = lever.reason("Hired").await;
    let requisition = lever.data("/v1/requisitions").await[0]["id"].clone();
    let full = json!({"reason": hired, "cleanInterviews": true, "requisitionId": requisition});
    let (status, body) = lever.put(&path, full).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["archived"]["reason"], hired.as_str());
    assert_error(&lever.put(&path, json!({"reason": "none"})).await, 400);
}

#[tokio::test]
async fn s5_tags_links_and_sources_are_idempotent() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    for (noun, field, one, other) in [
        ("Tags", "tags", "Alva: Invited", "Second"),
        ("Links", "links", "https://example.com/a", "https://example.com/b"),
        ("Sources", "sources", "Alva", "Fair"),
    ] {
        let add = format!("/v1/opportunities/{id}/add{noun}");
        let remove = format!("/v1/opportunities/{id}/remove{noun}");
        for _ in 0..2 {
            let (status, body) = lever.post(&add, json!({field: [one]})).await;
            assert_eq!(status, 200);
            assert_eq!(strings(&body["data"][field]), [one]);
        }
        let both = lever.post(&add, json!({field: [other, one]})).await.1;
        assert_eq!(strings(&both["data"][field]), [one, other]);
        for _ in 0..2 {
            let (status, body) = lever.post(&remove, json!({field: [one]})).await;
            assert_eq!(status, 200);
            assert_eq!(strings(&body["data"][field]), [other]);
        }
        assert_error(&lever.post(&add, json!({})).await, 400);
    }
}

#[tokio::test]
async fn s5_there_is_no_put_of_tags_or_sources() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    for field in ["tags", "sources"] {
        let path = lever.performed(&format!("/v1/opportunities/{id}/{field}")).await;
        assert_error(&lever.put(&path, json!({field: ["Only"]})).await, 404);
    }
}

#[tokio::test]
async fn s8_most_writes_answer_a_blank_person() {
    let lever = Lever::start().await;
    let posting = lever.data("/v1/postings").await[0]["text"].clone();
    let id = lever
        .candidate(json!({
            "name": "Ada", "email": "ada@example.com", "phone": "1", "headline": "Analyst",
            "location": "Oslo", "links": ["https://example.com/ada"], "posting": posting,
        }))
        .await;
    let path = format!("/v1/opportunities/{id}");
    let whole = lever.data(&path).await;
    let reason = lever.reason("Withdrew").await;
    let put =
        async |what: &str, body: Value| lever.put(&format!("{path}/{what}"), body).await.1["data"].clone();
    let post =
        async |what: &str, body: Value| lever.post(&format!("{path}/{what}"), body).await.1["data"].clone();
    for answer in [
        put("stage", json!({"stage": "offer"})).await,
        post("addTags", json!({"tags": ["x"]})).await,
        post("removeTags", json!({"tags": ["x"]})).await,
        post("addSources", json!({"sources": ["x"]})).await,
        post("removeSources", json!({"sources": ["x"]})).await,
        put("archived", json!({"reason": reason})).await,
        put("archived", json!({"reason": null})).await,
    ] {
        for (field, blank) in [
            ("name", json!("")),
            ("headline", json!("")),
            ("location", json!("")),
            ("emails", json!([])),
            ("phones", json!([])),
            ("links", json!([])),
        ] {
            assert_eq!(answer[field], blank, "{field}");
        }
        assert!(answer.get("opportunityLocation").is_none());
        assert_eq!(answer["contact"], whole["contact"]);
    }
    let linked = post("addLinks", json!({"links": ["https://example.com/x"]})).await;
    assert_eq!(linked["name"], "Ada");
    assert_eq!(strings(&linked["links"]), ["https://example.com/ada", "https://example.com/x"]);
    for answer in
        [post("removeLinks", json!({"links": ["https://example.com/x"]})).await, lever.data(&path).await]
    {
        for field in ["name", "headline", "location", "emails", "phones", "links", "opportunityLocation"] {
            assert_eq!(answer[field], whole[field], "{field}");
        }
    }
}

#[tokio::test]
async fn s8_a_stage_change_leaves_an_archived_one_archived() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({"archived": "Withdrew"})).await;
    let path = lever.performed(&format!("/v1/opportunities/{id}/stage")).await;
    let (status, moved) = lever.put(&path, json!({"stage": "offer"})).await;
    assert_eq!(status, 200);
    assert_eq!(moved["data"]["stage"], "offer");
    assert!(moved["data"]["archived"].is_object());
}

#[tokio::test]
async fn s8_create_says_whether_somebody_was_known() {
    let lever = Lever::start().await;
    let admin = lever.admin().await;
    let path = lever.performed("/v1/opportunities").await;
    let body = json!({"name": "Ada", "emails": ["ada@example.com"]});
    let (_, first) = lever.post(&path, body.clone()).await;
    assert_eq!(first["deduped"], false);
    // Who makes somebody a candidate follows them.
    assert_eq!(first["data"]["followers"], json!([admin]));
    let (_, second) = lever.post(&path, json!({"name": "Other", "emails": ["ADA@example.com"]})).await;
    assert_eq!(second["deduped"], true);
    // What is known of the person wins.
    assert_eq!(second["data"]["name"], "Ada");
    let contact = first["data"]["contact"].clone();
    let more = json!({"contact": contact, "emails": ["ada@example.org"]});
    let (_, third) = lever.post(&path, more).await;
    assert_eq!(third["deduped"], true);
    assert_eq!(third["data"]["emails"], json!(["ada@example.com", "ada@example.org"]));
}

#[tokio::test]
async fn s8_create_looks_at_times_owners_and_places() {
    let lever = Lever::start().await;
    let path = lever.performed("/v1/opportunities").await;
    let posting = lever.all("/v1/postings?tag=Alva:%20Screening").await[0].clone();
    let refused = async |body: Value| assert_error(&lever.post(&path, body).await, 400);
    refused(json!({"createdAt": 4_000_000_000_000_i64})).await;
    let reason = lever.reason("Withdrew").await;
    refused(json!({"archived": {"reason": reason, "archivedAt": 1}})).await;
    refused(json!({"createdAt": 2, "archived": {"reason": reason, "archivedAt": 1}})).await;
    let owner = format!("{path}&perform_as_posting_owner=true");
    assert_error(&lever.post(&owner, json!({})).await, 400);
    let body = json!({"postings": [posting["id"]], "opportunityLocation": "Remote"});
    let (_, made) = lever.post(&owner, body).await;
    assert_eq!(made["data"]["owner"], posting["owner"]);
    assert_eq!(made["data"]["opportunityLocation"], "Remote");
}

#[tokio::test]
async fn s8_create_takes_a_form_with_files() {
    let lever = Lever::start().await;
    let path = lever.performed("/v1/opportunities").await;
    let pdf = |name: &'static str| reqwest::multipart::Part::bytes(b"%PDF-1.7".to_vec()).file_name(name);
    let form = reqwest::multipart::Form::new()
        .text("name", "Ada")
        .text("emails[]", "ada@example.com")
        .text("emails[]", "ada@example.org")
        .text("phones[0][value]", "1")
        .part("resumeFile", pdf("cv.pdf"))
        .part("files[]", pdf("letter.pdf"));
    let (status, made) = reply(lever.key(Method::POST, &path).multipart(form)).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["data"]["emails"], json!(["ada@example.com", "ada@example.org"]));
    assert_eq!(made["data"]["phones"], json!([{"value": "1"}]));
    let below = format!("/v1/opportunities/{}", made["data"]["id"].as_str().unwrap());
    assert_eq!(lever.all(&format!("{below}/resumes")).await[0]["file"]["name"], "cv.pdf");
    assert_eq!(lever.all(&format!("{below}/files")).await[0]["name"], "letter.pdf");
}

#[tokio::test]
async fn s8_capital_letters_make_another_tag() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({"tags": ["Full-time"]})).await;
    let path = format!("/v1/opportunities/{id}");
    lever.post(&format!("{path}/addTags"), json!({"tags": ["Full-Time", "Full-time"]})).await;
    assert_eq!(lever.data(&path).await["tags"], json!(["Full-time", "Full-Time"]));
    let all = lever.all("/v1/tags").await;
    let texts: Vec<&str> = all.iter().map(|tag| tag["text"].as_str().unwrap()).collect();
    assert!(texts.contains(&"Full-Time") && texts.contains(&"Full-time"));
    assert!(texts.is_sorted_by_key(|text| text.to_lowercase()));
    assert_eq!(lever.all("/v1/opportunities?tag=Full-Time").await.len(), 1);
    lever.post(&format!("{path}/removeTags"), json!({"tags": ["full-time", "Full-time"]})).await;
    assert_eq!(lever.data(&path).await["tags"], json!(["Full-Time"]));
}

#[tokio::test]
async fn s5_new_tags_show_in_the_accounts_list() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let add = format!("/v1/opportunities/{id}/addTags");
    lever.post(&add, json!({"tags": ["Never used before"]})).await;
    let tags = lever.all("/v1/tags").await;
    let tag = tags.iter().find(|tag| tag["text"] == "Never used before");
    assert_eq!(tag.unwrap()["count"], 1);
}

#[tokio::test]
async fn s5_contacts_can_be_changed() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({"email": "old@example.com"})).await;
    let path = format!("/v1/opportunities/{id}");
    let contact = lever.data(&path).await["contact"].clone();
    let contact = format!("/v1/contacts/{}", contact.as_str().unwrap());
    let patch = json!({"name": "New Name", "emails": ["new@example.com"]});
    let (status, body) = lever.put(&contact, patch).await;
    assert_eq!(status, 200);
    assert_eq!(body["data"]["name"], "New Name");
    let changed = lever.data(&path).await;
    assert_eq!(changed["name"], "New Name");
    assert_eq!(changed["emails"], json!(["new@example.com"]));
    let found = lever.all("/v1/opportunities?email=new@example.com").await;
    assert_eq!(found[0]["id"], id.as_str());
    let gone = lever.all("/v1/opportunities?email=old@example.com").await;
    assert!(gone.is_empty());
    assert_error(&lever.get("/v1/contacts/nobody").await, 404);
}

#[tokio::test]
async fn s5_apply() {
    let lever = Lever::start().await;
    let posting = lever.all("/v1/postings?tag=Alva:%20Screening").await[0].clone();
    let path = format!("/v1/postings/{}/apply", posting["id"].as_str().unwrap());
    let body = json!({
        "personalInformation": [
            {"name": "fullName", "value": "Grace Hopper"},
            {"name": "email", "value": "grace@example.com"},
        ],
        "urls": [{"name": "Portfolio", "value": "https://example.com/grace"}],
    });
    let (status, body) = lever.post(&path, body).await;
    assert_eq!(status, 201);
    // The answer has the application's id and nothing else (§8).
    assert_eq!(body["data"].as_object().unwrap().len(), 1);
    let made = lever.all("/v1/opportunities?email=grace@example.com").await[0].clone();
    assert_eq!(made["origin"], "applied");
    assert_eq!(made["stage"], "applicant-new");
    assert_eq!(made["applications"][0], body["data"]["applicationId"]);
    assert!(strings(&made["tags"]).contains(&"Alva: Screening"));
    assert_error(&lever.post(&path, json!({})).await, 400);
    let inside = json!({
        "name": "Joan", "email": "joan@example.com", "origin": "internal", "ipAddress": "192.0.2.7",
    });
    assert_eq!(lever.post(&path, inside).await.0, 201);
    let joan = lever.all("/v1/opportunities?email=joan@example.com&expand=applications").await[0].clone();
    assert_eq!(joan["origin"], "internal");
    assert_eq!(joan["applications"][0]["ipAddress"], "192.0.2.7");
    let closed = lever.all("/v1/postings?state=closed").await[0].clone();
    let path = format!("/v1/postings/{}/apply", closed["id"].as_str().unwrap());
    let body = json!({"name": "Ada", "email": "ada@example.com"});
    assert_error(&lever.post(&path, body).await, 400);
    let none = "/v1/postings/none/apply";
    assert_error(&lever.post(none, json!({})).await, 404);
}
