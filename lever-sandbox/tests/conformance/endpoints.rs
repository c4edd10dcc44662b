//! §8: endpoints that recorded answers and the documentation have.

use reqwest::Method;
use serde_json::{Value, json};

use super::objects::check;
use super::support::{Lever, assert_error};

#[tokio::test]
async fn s8_disposition_stages() {
    let lever = Lever::start().await;
    let both = lever.data("/v1/disposition_stages").await;
    let stages = both["stages"].as_array().unwrap();
    for stage in stages {
        check(stage, "id:s text:s pipeline:s rank:n hasInterview:b");
    }
    let plain: Vec<Value> = lever.all("/v1/stages").await.iter().map(|stage| stage["id"].clone()).collect();
    assert_eq!(stages.iter().map(|stage| stage["id"].clone()).collect::<Vec<_>>(), plain);
    let ranks: Vec<i64> = stages.iter().map(|stage| stage["rank"].as_i64().unwrap()).collect();
    assert!(ranks.is_sorted());
    let of = |id: &str| stages.iter().find(|stage| stage["id"] == id).unwrap()["pipeline"].clone();
    assert_eq!(of("lead-new"), "lead");
    assert_eq!(of("applicant-new"), "applicant");
    assert_eq!(of(&lever.stage("Recruiter screen").await), "screen");
    assert_eq!(of("offer"), "offer");
    let reasons = both["archiveReasons"].as_array().unwrap();
    for reason in reasons {
        check(reason, "id:s text:s type:s? status:s");
    }
    assert_eq!(reasons.iter().filter(|reason| reason["type"] == "hired").count(), 1);
}

#[tokio::test]
async fn s8_postings_that_were_deleted() {
    let lever = Lever::start().await;
    assert!(lever.all("/v1/postings/deleted").await.is_empty());
    let posting = lever.data("/v1/postings").await[0].clone();
    let id = posting["id"].as_str().unwrap();
    let candidate = lever.candidate(json!({"posting": id})).await;
    assert_eq!(lever.control(Method::DELETE, &format!("postings/{id}"), json!({})).await.0, 204);
    assert_error(&lever.get(&format!("/v1/postings/{id}")).await, 404);
    let deleted = lever.all("/v1/postings/deleted").await;
    assert_eq!(deleted[0]["id"], id);
    let at = deleted[0]["deletedAt"].as_i64().unwrap();
    assert_eq!(lever.all(&format!("/v1/postings/deleted?deleted_at_start={at}")).await.len(), 1);
    assert!(lever.all(&format!("/v1/postings/deleted?deleted_at_end={}", at - 1)).await.is_empty());
    // Applications to it go on naming it.
    let path = format!("/v1/opportunities/{candidate}?expand=applications");
    assert_eq!(lever.data(&path).await["applications"][0]["posting"], id);
}

#[tokio::test]
async fn s8_who_may_see_a_posting_comes_without_data_around_it() {
    let lever = Lever::start().await;
    let posting = lever.data("/v1/postings").await[0].clone();
    let id = posting["id"].as_str().unwrap();
    let (status, body) = lever.get(&format!("/v1/postings/{id}/users")).await;
    assert_eq!(status, 200);
    check(&body, "posting:o users:a roles:a");
    assert_eq!(body["posting"], json!({"id": id, "text": posting["text"]}));
    for user in body["users"].as_array().unwrap() {
        check(user, "id:s name:s email:s");
    }
    for role in body["roles"].as_array().unwrap() {
        check(role, "id:s name:s isReadOnly:b !conditions:o");
    }
    assert_error(&lever.get("/v1/postings/none/users").await, 404);
}

#[tokio::test]
async fn s8_what_a_posting_asks_applicants() {
    let lever = Lever::start().await;
    let posting = lever.data("/v1/postings").await[0].clone();
    let path = format!("/v1/postings/{}/apply", posting["id"].as_str().unwrap());
    let form = lever.data(&path).await;
    check(&form, "id:s text:s customQuestions:a eeoQuestions:o personalInformation:a urls:a");
    for list in ["personalInformation", "urls"] {
        for question in form[list].as_array().unwrap() {
            check(question, "text:s name:s type:s required:b value:s?");
        }
    }
    // Answered as it asks, it is taken.
    let answers: Vec<Value> = form["personalInformation"]
        .as_array()
        .unwrap()
        .iter()
        .map(|question| json!({"name": question["name"], "value": format!("x@{}.example", question["name"])}))
        .collect();
    assert_eq!(lever.post(&path, json!({"personalInformation": answers})).await.0, 201);
}

#[tokio::test]
async fn s8_file_actions() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let (status, list) = lever.get(&format!("/v1/opportunities/{id}/file_actions")).await;
    assert_eq!(status, 200);
    assert_eq!(list, json!({"data": [], "hasNext": false}));
    assert_error(&lever.get("/v1/opportunities/none/file_actions").await, 404);
}

const USER: &str = "id:s name:s username:s email:s accessRole:s photo:s? createdAt:n deactivatedAt:n? \
         externalDirectoryId:s? linkedContactIds:a? jobTitle:s? managerId:s?";

#[tokio::test]
async fn s8_users_are_added_changed_shut_out_and_let_in() {
    let lever = Lever::start().await;
    let body = json!({"name": "New User", "email": "new.user@acme.example"});
    let (status, made) = lever.post("/v1/users", body.clone()).await;
    assert_eq!(status, 201, "{made}");
    check(&made["data"], USER);
    assert_eq!(made["data"]["accessRole"], "interviewer");
    assert_eq!(made["data"]["username"], "new.user");
    let id = made["data"]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/users/{id}");
    assert_eq!(lever.data(&path).await, made["data"]);

    let admin = lever.admin().await;
    let more = json!({
        "name": "Newer", "email": "newer@acme.example", "accessRole": "super admin", "jobTitle": "Lead",
        "externalDirectoryId": "7", "managerId": admin,
    });
    let (status, changed) = lever.put(&path, more).await;
    assert_eq!(status, 200);
    assert_eq!(changed["data"]["jobTitle"], "Lead");
    assert_eq!(lever.all("/v1/users?external_directory_id=7").await[0]["id"], id.as_str());
    // What is left out goes.
    let (_, changed) = lever.put(&path, json!({"name": "Newer", "email": "newer@acme.example"})).await;
    assert_eq!(changed["data"]["accessRole"], "interviewer");
    assert!(changed["data"]["jobTitle"].is_null() && changed["data"]["managerId"].is_null());

    let (status, gone) = lever.post(&format!("{path}/deactivate"), json!({})).await;
    assert_eq!(status, 200);
    assert!(gone["data"]["deactivatedAt"].is_i64());
    assert!(lever.all("/v1/users").await.iter().all(|user| user["id"] != id.as_str()));
    let candidate = lever.candidate(json!({})).await;
    let write = format!("/v1/opportunities/{candidate}/addTags?perform_as={id}");
    assert_error(&lever.post(&write, json!({"tags": ["x"]})).await, 400);
    let (_, back) = lever.post(&format!("{path}/reactivate"), json!({})).await;
    assert!(back["data"]["deactivatedAt"].is_null());
    assert_eq!(lever.post(&write, json!({"tags": ["x"]})).await.0, 200);

    for wrong in [
        json!({"name": "x"}),
        json!({"name": "", "email": "x@acme.example"}),
        json!({"name": "x", "email": "nowhere"}),
        json!({"name": "x", "email": "DANA@acme.example"}),
        json!({"name": "x", "email": "x@acme.example", "accessRole": "king"}),
        json!({"name": "x", "email": "x@acme.example", "managerId": "nobody"}),
    ] {
        assert_error(&lever.post("/v1/users", wrong).await, 400);
    }
    assert_error(&lever.post("/v1/users/none/deactivate", json!({})).await, 404);
    // Somebody has to be able to let apps in.
    let last = json!({"name": "Dana", "email": "dana@acme.example", "accessRole": "admin"});
    assert_error(&lever.put(&format!("/v1/users/{admin}"), last).await, 400);
}

#[tokio::test]
async fn s8_requisition_fields() {
    let lever = Lever::start().await;
    let (_, list) = lever.get("/v1/requisition_fields").await;
    assert_eq!(list.as_object().unwrap().len(), 1, "no word on pages");
    for field in list["data"].as_array().unwrap() {
        check(field, "id:s text:s type:s isRequired:b");
    }
    let one = lever.data("/v1/requisition_fields/target_hire_date").await;
    assert_eq!(one["type"], "date");
    assert_eq!(lever.data("/v1/requisition_fields?type=date").await.as_array().unwrap().len(), 2);
    assert_eq!(lever.data("/v1/requisition_fields?isRequired=true").await, json!([]));
}

#[tokio::test]
async fn s8_feedback_is_made_from_a_template() {
    let lever = Lever::start().await;
    let templates = lever.all("/v1/feedback_templates").await;
    let template = &templates[0];
    check(template, "id:s text:s group:o? instructions:s fields:a createdAt:n? stage:o? updatedAt:n?");
    let rating = &template["fields"][0];
    check(rating, "id:s type:s text:s description:s required:b prompt:s options:a");
    assert_eq!(rating["type"], "score-system");
    let one = format!("/v1/feedback_templates/{}", template["id"].as_str().unwrap());
    assert_eq!(lever.data(&one).await, *template);
    assert_error(&lever.get("/v1/feedback_templates/none").await, 404);

    let id = lever.candidate(json!({})).await;
    let admin = lever.admin().await;
    let list = format!("/v1/opportunities/{id}/feedback");
    let named = format!("{list}?perform_as={admin}");
    let values = json!([{"id": rating["id"], "value": "3 - Hire"}]);
    let (status, made) =
        lever.post(&named, json!({"baseTemplateId": template["id"], "fieldValues": values})).await;
    assert_eq!(status, 201, "{made}");
    let made = &made["data"];
    assert_eq!(made["text"], template["text"]);
    assert_eq!(made["user"], admin.as_str());
    assert_eq!(made["fields"][0]["value"], "3 - Hire");
    assert_eq!(made["fields"][0]["options"], rating["options"]);
    assert!(made["fields"][1]["value"].is_null());
    assert_eq!(lever.all(&list).await, std::slice::from_ref(made));
    let one = format!("{list}/{}?perform_as={admin}", made["id"].as_str().unwrap());
    let change = json!({"completedAt": 5, "fieldValues": [{"id": rating["id"], "value": "2 - No Hire"}]});
    let (status, changed) = lever.put(&one, change).await;
    assert_eq!(status, 200);
    assert_eq!(changed["data"]["completedAt"], 5);
    assert_eq!(changed["data"]["fields"][0]["value"], "2 - No Hire");
    for wrong in [
        json!({"baseTemplateId": "none"}),
        json!({"baseTemplateId": template["id"], "panel": "none", "interview": "none"}),
        json!({"baseTemplateId": template["id"], "interview": "none"}),
        json!({"baseTemplateId": template["id"], "fieldValues": [{"id": "none", "value": 1}]}),
    ] {
        assert_error(&lever.post(&named, wrong).await, 400);
    }
    assert_eq!(lever.delete(&one).await.0, 204);
    assert!(lever.all(&list).await.is_empty());
    assert_error(&lever.delete(&one).await, 404);
}

#[tokio::test]
async fn s8_panels_are_scheduled_changed_and_taken_away() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let admin = lever.admin().await;
    let list = format!("/v1/opportunities/{id}/panels");
    let named = format!("{list}?perform_as={admin}");
    let talk = json!({"interviewers": [{"id": admin}], "date": 1_900_000_000_000_i64, "duration": 60});
    let (status, made) = lever.post(&named, json!({"timezone": "Europe/Oslo", "interviews": [talk]})).await;
    assert_eq!(status, 201, "{made}");
    let made = &made["data"];
    assert_eq!(made["externallyManaged"], true);
    assert_eq!(made["start"], 1_900_000_000_000_i64);
    assert_eq!(made["end"], 1_900_003_600_000_i64);
    assert_eq!(made["feedbackReminder"], "daily");
    check(
        &made["interviews"][0],
        "id:s date:n duration:n feedbackReminder:s feedbackTemplate:s interviewers:a location:s? note:s subject:s",
    );
    check(
        &made["interviews"][0]["interviewers"][0],
        "id:s name:s email:s responseStatus:s feedbackTemplate:s",
    );
    let one = format!("{list}/{}?perform_as={admin}", made["id"].as_str().unwrap());
    let kept = &made["interviews"][0]["id"];
    let later = json!({"id": kept, "interviewers": [], "date": 1_900_000_500_000_i64, "duration": 30});
    let other = json!({"interviewers": [], "date": 1_900_009_000_000_i64, "duration": 30});
    let (status, changed) =
        lever.put(&one, json!({"timezone": "Europe/Oslo", "interviews": [later, other]})).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(changed["data"]["interviews"][0]["id"], *kept);
    assert_eq!(changed["data"]["interviews"].as_array().unwrap().len(), 2);
    for wrong in [
        json!({"timezone": "Europe/Oslo", "interviews": []}),
        json!({"timezone": "Europe/Oslo", "interviews": [{"interviewers": [], "date": 1, "duration": 0}]}),
        json!({"timezone": "x", "feedbackReminder": "hourly", "interviews": [talk]}),
    ] {
        assert_error(&lever.post(&named, wrong).await, 400);
    }
    assert_eq!(lever.delete(&one).await.0, 204);
    assert!(lever.all(&list).await.is_empty());
    assert!(lever.all(&format!("/v1/opportunities/{id}/interviews")).await.is_empty());
}

#[tokio::test]
async fn s8_eeo_responses_of_the_last_week() {
    let lever = Lever::start().await;
    let made = lever.order("apply", json!({"name": "Ada"})).await;
    let plain = lever.all("/v1/eeo/responses").await;
    assert_eq!(plain.len(), 1);
    let frame = "applicationArchivedAt:n? applicationArchivedBy:s? applicationArchiveReason:s? \
         applicationTitle:s? appliedAt:n currentStage:s?";
    check(&plain[0], frame);
    let full = lever.all("/v1/eeo/responses/pii").await;
    check(
        &full[0],
        &format!(
            "{frame} id:s applicationId:s contact:s eeoResponseSource:s eeoSurveyRespondedAt:n? hiredDate:n? \
             hiringManager:s? opportunityId:s opportunityOwner:s? origin:s posting:s sources:a"
        ),
    );
    assert_eq!(full[0]["opportunityId"], made["opportunityId"]);
    let at = full[0]["appliedAt"].as_i64().unwrap();
    assert!(lever.all(&format!("/v1/eeo/responses?fromDate=1&toDate={}", at - 1)).await.len() > 1);
    assert!(lever.all(&format!("/v1/eeo/responses/pii?created_at_start={}", at + 1)).await.is_empty());
    lever.advance(8 * 24 * 60 * 60 * 1_000).await;
    assert!(lever.all("/v1/eeo/responses").await.is_empty());
}

#[tokio::test]
async fn s8_published_postings_are_those_of_the_public_site() {
    let lever = Lever::start().await;
    let before = lever.all("/v1/postings?state=published").await;
    let id = before[0]["id"].as_str().unwrap();
    let inside = json!({"distribution_channels": ["internal"]});
    lever.order(&format!("postings/{id}"), inside).await;
    let has = async |query: &str| {
        let all = lever.all(&format!("/v1/postings?{query}")).await;
        all.iter().any(|posting| posting["id"] == id)
    };
    assert!(!has("state=published").await);
    assert!(!has("").await);
    assert!(!has("distributionChannel=public").await);
    assert!(has("distributionChannel=internal").await);
    assert!(has("state=published&distributionChannel=public&distributionChannel=internal").await);
    assert_eq!(lever.data(&format!("/v1/postings/{id}")).await["distributionChannels"], json!(["internal"]));
    assert_error(&lever.get("/v1/postings?distributionChannel=moon").await, 400);
    let by_team = lever.all("/v1/postings?group=team").await;
    let teams: Vec<&str> = by_team.iter().map(|one| one["categories"]["team"].as_str().unwrap()).collect();
    assert!(teams.is_sorted());
    assert_error(&lever.get("/v1/postings?group=moon").await, 400);
}

#[tokio::test]
async fn s8_updated_at_stands_beside_confidentiality_only() {
    let lever = Lever::start().await;
    assert_eq!(lever.get("/v1/postings?updated_at_start=1&confidentiality=all&limit=5").await.0, 200);
    for query in
        ["state=published", "tag=Rust", "team=Platform", "created_at_start=1", "distributionChannel=public"]
    {
        assert_error(&lever.get(&format!("/v1/postings?updated_at_start=1&{query}")).await, 400);
    }
}
