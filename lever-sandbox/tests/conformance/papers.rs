//! §5: notes, files, resumes, offers, referrals, interviews, feedback.

use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::objects::check;
use super::support::{Lever, assert_error, reply};

#[tokio::test]
async fn s5_notes_are_made_and_deleted() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/notes");
    assert!(lever.all(&path).await.is_empty());
    let admin = lever.admin().await;
    let body = json!({
        "value": "Assessment sent ✓", "secret": true, "score": 3,
        "notifyFollowers": false, "createdAt": 1_700_000_000_000_i64,
    });
    let performed = format!("{path}?perform_as={admin}");
    let (status, body) = lever.post(&performed, body).await;
    assert_eq!(status, 201, "{body}");
    let note = &body["data"];
    check(
        note,
        "id:s text:s fields:a user:s? secret:b completedAt:n? createdAt:n \
         deletedAt:n?",
    );
    assert_eq!(note["text"], "Assessment sent ✓");
    assert_eq!(note["fields"][0]["value"], "Assessment sent ✓");
    assert_eq!(note["user"], admin.as_str());
    assert_eq!(note["secret"], true);
    assert_eq!(note["createdAt"], 1_700_000_000_000_i64);
    assert_eq!(lever.all(&path).await[0], *note);
    let one = format!("{path}/{}", note["id"].as_str().unwrap());
    assert_eq!(lever.data(&one).await, *note);
    // Notes can't be edited.
    assert_error(&lever.put(&one, json!({"value": "x"})).await, 405);
    assert_eq!(lever.delete(&one).await.0, 204);
    assert!(lever.all(&path).await.is_empty());
    assert_error(&lever.get(&one).await, 404);
    assert_error(&lever.delete(&one).await, 404);
    assert_error(&lever.post(&path, json!({"value": ""})).await, 400);
    assert_error(&lever.post(&path, json!({})).await, 400);
}

#[tokio::test]
async fn s5_files_come_as_multipart() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/files");
    let upload = |name: &'static str| {
        let part = multipart::Part::bytes(b"%PDF-1.7 report".to_vec()).file_name(name);
        let form = multipart::Form::new().part("file", part);
        lever.key(Method::POST, &path).multipart(form)
    };
    let (status, body) = reply(upload("report.pdf")).await;
    assert_eq!(status, 201, "{body}");
    let file = &body["data"];
    check(file, "id:s name:s ext:s downloadUrl:s uploadedAt:n status:s size:n");
    assert_eq!(file["name"], "report.pdf");
    assert_eq!(file["ext"], "pdf");
    assert_eq!(file["size"], 15);
    assert_eq!(lever.all(&path).await[0], *file);
    let download =
        lever.http.get(file["downloadUrl"].as_str().unwrap()).basic_auth(&lever.running.api_key, Some(""));
    let bytes = download.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"%PDF-1.7 report");
    assert_error(&reply(upload("virus.exe")).await, 400);
    let empty = multipart::Form::new().text("other", "x");
    let request = lever.key(Method::POST, &path).multipart(empty);
    assert_error(&reply(request).await, 400);
    let one = format!("{path}/{}", file["id"].as_str().unwrap());
    assert_eq!(lever.delete(&one).await.0, 204);
    assert_error(&lever.get(&one).await, 404);
}

#[tokio::test]
async fn s5_files_can_be_fetched_from_a_download_url() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/files");
    // Any server does; this one's stylesheet isn't a kind that is taken, so that both
    // the fetching and the refusal show.
    let refused = json!({"downloadUrl": lever.url("/static/sandbox.css")});
    let reply = lever.post(&path, refused).await;
    assert_error(&reply, 400);
    assert!(reply.1["message"].as_str().unwrap().contains("sandbox.css"));
    let gone = json!({"downloadUrl": lever.url("/sandbox/none.pdf")});
    assert_error(&lever.post(&path, gone).await, 400);
    assert_error(&lever.post(&path, json!({"downloadUrl": "x"})).await, 400);
}

/// The first item of this list that any opportunity has, and its list's path.
async fn first(lever: &Lever, list: &str) -> (String, Value) {
    for one in lever.all("/v1/opportunities?confidentiality=all").await {
        let path = format!("/v1/opportunities/{}/{list}", one["id"].as_str().unwrap());
        if let Some(item) = lever.all(&path).await.into_iter().next() {
            return (path, item);
        }
    }
    panic!("no opportunity has {list}");
}

#[tokio::test]
async fn s5_a_seeded_account_has_papers_of_every_kind() {
    let lever = Lever::start().await;
    let kinds: [(&str, &str); 6] = [
        ("resumes", "id:s createdAt:n file:o parsedData:o"),
        (
            "offers",
            "id:s posting:s? status:s creator:s fields:a sentDocument:o? \
         signedDocument:o? createdAt:n sentAt:n? approved:b approvedAt:n?",
        ),
        (
            "referrals",
            "id:s type:s text:s instructions:s fields:a baseTemplateId:s \
         user:s referrer:s stage:s? createdAt:n completedAt:n?",
        ),
        (
            "interviews",
            "id:s panel:s subject:s note:s interviewers:a timezone:s \
         createdAt:n updatedAt:n date:n duration:n location:s \
         feedbackTemplate:s? feedbackForms:a feedbackReminder:s user:s \
         stage:s? canceledAt:n? postings:a",
        ),
        (
            "feedback",
            "id:s type:s text:s instructions:s fields:a baseTemplateId:s \
         interview:s? panel:s? user:s createdAt:n completedAt:n? \
         updatedAt:n deletedAt:n?",
        ),
        (
            "panels",
            "id:s applications:a canceledAt:n? createdAt:n start:n? end:n? \
         externallyManaged:b externalUrl:s? interviews:a note:s stage:s? \
         timezone:s user:s",
        ),
    ];
    for (list, fields) in kinds {
        let (path, item) = first(&lever, list).await;
        check(&item, fields);
        let one = format!("{path}/{}", item["id"].as_str().unwrap());
        assert_eq!(lever.data(&one).await, item);
        assert_error(&lever.get(&format!("{path}/none")).await, 404);
    }
    first(&lever, "notes").await;
    first(&lever, "files").await;
}

#[tokio::test]
async fn s5_a_resume_can_be_downloaded() {
    let lever = Lever::start().await;
    let (_, resume) = first(&lever, "resumes").await;
    let url = resume["file"]["downloadUrl"].as_str().unwrap();
    let request = lever.http.get(url).basic_auth(&lever.running.api_key, Some(""));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let size = answer.bytes().await.unwrap().len();
    assert_eq!(resume["file"]["size"], size);
}

#[tokio::test]
async fn s5_interviews_are_scheduled_moved_and_taken_away() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let admin = lever.admin().await;
    let path = format!("/v1/opportunities/{id}/interviews");
    let body = json!({
        "subject": "Talk", "interviewers": [{"id": admin}],
        "date": 1_900_000_000_000_i64, "duration": 30,
    });
    let short = json!({"interviewers": [], "date": 1, "duration": 0});
    assert_error(&lever.post(&path, short).await, 400);
    let performed = format!("{path}?perform_as={admin}");
    let (status, made) = lever.post(&performed, body.clone()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(made["data"]["interviewers"][0]["id"], admin.as_str());
    let interview = made["data"]["id"].as_str().unwrap();
    let one = format!("{path}/{interview}?perform_as={admin}");
    let later = json!({"date": 1_900_000_100_000_i64});
    let (status, moved) = lever.put(&one, later).await;
    assert_eq!(status, 200);
    assert_eq!(moved["data"]["date"], 1_900_000_100_000_i64);
    assert_eq!(moved["data"]["subject"], "Talk");
    assert_eq!(lever.delete(&one).await.0, 204);
    assert!(lever.all(&path).await.is_empty());
}
