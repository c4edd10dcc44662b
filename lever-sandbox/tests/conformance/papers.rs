//! §5: notes, files, resumes, offers, referrals, interviews, feedback.

use futures_util::StreamExt;
use lever_sandbox::Options;
use reqwest::{Method, multipart};
use serde_json::{Value, json};

use super::objects::check;
use super::support::{Lever, assert_error, options, reply};

const NOTE: &str = "id:s text:s fields:a user:s? secret:b completedAt:n? createdAt:n deletedAt:n? !noteId:s";

#[tokio::test]
async fn s8_notes_are_made_changed_and_deleted() {
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
    check(note, NOTE);
    // The words are in the fields; the create answer has the id twice.
    assert_eq!(note["text"], "Note");
    assert_eq!(note["noteId"], note["id"]);
    let field = &note["fields"][0];
    check(field, "createdAt:n score:n? stage:s? text:s type:s user:s? value:s");
    assert_eq!(field["value"], "Assessment sent ✓");
    assert_eq!(field["text"], "Comment");
    assert_eq!(field["type"], "note");
    assert_eq!(field["stage"], "lead-new");
    assert_eq!(field["score"], 3);
    assert_eq!(note["fields"].as_array().unwrap().len(), 1);
    assert_eq!(note["user"], admin.as_str());
    assert_eq!(note["secret"], true);
    assert_eq!(note["createdAt"], 1_700_000_000_000_i64);
    let listed = lever.all(&path).await[0].clone();
    check(&listed, NOTE);
    assert!(listed.get("noteId").is_none());
    assert_eq!(listed["fields"], note["fields"]);
    let note = note["id"].as_str().unwrap();
    let one = format!("{path}/{note}");
    assert_eq!(lever.data(&one).await, listed);

    // A comment goes to the note's thread, not beside it.
    let thread = format!("{performed}&note_id={note}");
    let (status, answer) = lever.post(&thread, json!({"value": "Second"})).await;
    assert_eq!(status, 201);
    assert_eq!(answer["data"]["noteId"], note);
    let all = lever.all(&path).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["fields"][1]["value"], "Second");
    assert_error(&lever.post(&format!("{performed}&note_id=none"), json!({"value": "x"})).await, 404);

    // A change replaces all of it.
    let (status, answer) = lever.put(&one, json!({"values": [{"value": "Only"}]})).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["data"], json!({"noteId": note}));
    let changed = lever.data(&one).await;
    assert_eq!(changed["fields"].as_array().unwrap().len(), 1);
    assert_eq!(changed["fields"][0]["value"], "Only");
    assert_eq!(changed["secret"], false);
    assert!(changed["fields"][0]["score"].is_null());
    for wrong in [json!({}), json!({"values": []}), json!({"values": [{"value": " "}]})] {
        assert_error(&lever.put(&one, wrong).await, 400);
    }

    assert_eq!(lever.delete(&one).await.0, 204);
    assert!(lever.all(&path).await.is_empty());
    assert_error(&lever.get(&one).await, 404);
    assert_error(&lever.delete(&one).await, 404);
    let now = lever.seen("clock").await["now"].as_i64().unwrap();
    for wrong in [
        json!({"value": ""}),
        json!({}),
        json!({"value": "x", "score": 5}),
        json!({"value": "x", "score": 0}),
        json!({"value": "x", "createdAt": now + 3_600_000}),
    ] {
        assert_error(&lever.post(&path, wrong).await, 400);
    }
}

#[tokio::test]
async fn s4_only_notes_that_the_api_made_can_be_changed_there() {
    let lever = Lever::start().await;
    let (path, note) = first(&lever, "notes").await;
    let one = format!("{path}/{}", note["id"].as_str().unwrap());
    assert_error(&lever.put(&one, json!({"values": [{"value": "x"}]})).await, 403);
    assert_error(&lever.delete(&one).await, 403);
    assert_eq!(lever.data(&one).await, note);
}

#[tokio::test]
async fn s5_files_come_as_multipart() {
    let lever = Lever::start().await;
    let id = lever.candidate(json!({})).await;
    let path = format!("/v1/opportunities/{id}/files");
    let performed = lever.performed(&path).await;
    let upload = |name: &'static str, content: &'static [u8]| {
        let part = multipart::Part::bytes(content.to_vec()).file_name(name);
        let form = multipart::Form::new().part("file", part);
        lever.key(Method::POST, &performed).multipart(form)
    };
    let (status, body) = reply(upload("report.pdf", b"%PDF-1.7 report")).await;
    assert_eq!(status, 201, "{body}");
    let file = &body["data"];
    // Times and sizes of files are text, their kind has its dot (§8).
    check(file, "id:s name:s ext:s downloadUrl:s uploadedAt:s status:s size:s");
    assert_eq!(file["name"], "report.pdf");
    assert_eq!(file["ext"], ".pdf");
    assert_eq!(file["size"], "15");
    assert_eq!(file["status"], "processed");
    let at: i64 = file["uploadedAt"].as_str().unwrap().parse().unwrap();
    assert_eq!(lever.all(&path).await[0], *file);
    assert_eq!(lever.all(&format!("{path}?uploaded_at_start={at}")).await.len(), 1);
    assert!(lever.all(&format!("{path}?uploaded_at_end={}", at - 1)).await.is_empty());
    let download = |file: &Value| {
        lever.http.get(file["downloadUrl"].as_str().unwrap()).basic_auth(&lever.running.api_key, Some(""))
    };
    let bytes = download(file).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(&bytes[..], b"%PDF-1.7 report");
    assert_error(&reply(upload("virus.exe", b"x")).await, 400);
    assert_eq!(reply(upload("page.js", b"x")).await.0, 201);
    // One that isn't what its name says is kept, and can't be downloaded.
    let (status, broken) = reply(upload("broken.pdf", b"no PDF")).await;
    assert_eq!(status, 201);
    assert_eq!(broken["data"]["status"], "error");
    assert_error(&reply(download(&broken["data"])).await, 422);
    let empty = multipart::Form::new().text("other", "x");
    let request = lever.key(Method::POST, &performed).multipart(empty);
    assert_error(&reply(request).await, 400);
    // A file comes itself, never by its address.
    assert_error(&lever.post(&performed, json!({"downloadUrl": lever.url("/static/icon.svg")})).await, 400);
    let one = lever.performed(&format!("{path}/{}", file["id"].as_str().unwrap())).await;
    assert_eq!(lever.delete(&one).await.0, 204);
    assert_error(&lever.get(&one).await, 404);
}

#[tokio::test]
async fn s8_an_upload_that_takes_too_long_is_given_up() {
    let upload_timeout = std::time::Duration::from_millis(200);
    let lever = Lever::with(Options { upload_timeout, ..options() }).await;
    let id = lever.candidate(json!({})).await;
    let path = lever.performed(&format!("/v1/opportunities/{id}/files")).await;
    let begun =
        b"--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF".to_vec();
    // The first bytes come, the others never do.
    let stalled = futures_util::stream::once(async { Ok::<_, std::io::Error>(begun) })
        .chain(futures_util::stream::pending());
    let request = lever
        .key(Method::POST, &path)
        .header("content-type", "multipart/form-data; boundary=x")
        .body(reqwest::Body::wrap_stream(stalled));
    let refused = reply(request).await;
    assert_error(&refused, 408);
    assert_eq!(refused.1["code"], "RequestTimeout");
    assert!(lever.all(&format!("/v1/opportunities/{id}/files")).await.is_empty());
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
         signedDocument:o? createdAt:n sentAt:n? approved:s? signatures:o? approvedAt:n?",
        ),
        (
            "referrals",
            "id:s type:s text:s instructions:s fields:a baseTemplateId:s \
         user:s referrer:s stage:s? createdAt:n completedAt:n?",
        ),
        (
            "interviews",
            "id:s panel:s subject:s note:s interviewers:a timezone:s \
         createdAt:n date:n duration:n location:s? opportunityId:s \
         feedbackTemplate:s feedbackForms:a feedbackReminder:s user:s \
         stage:s? canceledAt:n? postings:a gcalEventUrl:s?",
        ),
        (
            "feedback",
            "id:s type:s text:s instructions:s fields:a baseTemplateId:s \
         interview:s? panel:s? user:s createdAt:n completedAt:n? \
         updatedAt:n? deletedAt:n?",
        ),
        (
            "panels",
            "id:s applications:a canceledAt:n? createdAt:n start:n? end:n? \
         externallyManaged:b externalUrl:s? feedbackReminder:s interviews:a \
         note:s? stage:s? timezone:s user:s",
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
    assert_eq!(resume["file"]["size"], size.to_string());
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
    let performed = format!("{path}?perform_as={admin}");
    let short = json!({"interviewers": [], "date": 1, "duration": 0});
    assert_error(&lever.post(&performed, short).await, 400);
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
