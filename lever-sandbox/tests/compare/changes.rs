//! Each change is found, and only it.

mod behaviour;

use lever_sandbox::compare::{Aspect, Difference, Report};
use serde_json::{Value, json};

use crate::support::{Answer, Asked, FAST, Proxy, only, places, sandbox, through, try_through};

/// Whether it is a call of opportunities, but for those that were deleted.
fn of_opportunities(asked: &Asked) -> bool {
    let rest = asked.path.strip_prefix("/v1/opportunities");
    rest.is_some_and(|rest| rest.is_empty() || (rest.matches('/').count() == 1 && rest != "/deleted"))
}

/// Whether an object is an opportunity in full.
fn is_opportunity(object: &Value) -> bool {
    object.get("stageChanges").is_some()
}

/// The sandbox compared with itself, every opportunity changed on the way.
async fn with_opportunities(change: fn(&mut Value, usize)) -> Report {
    let sandbox = sandbox().await;
    through(&sandbox, move |asked, answer| {
        let mut nth = 0;
        if of_opportunities(asked) {
            answer.each(|object| {
                if is_opportunity(object) {
                    change(object, nth);
                    nth += 1;
                }
            });
        }
    })
    .await
}

fn sides(one: &Difference) -> [&str; 2] {
    [&one.against, &one.with]
}

#[tokio::test]
async fn compare_finds_a_status() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path.starts_with("/v1/stages/lead-") {
            answer.status = 202;
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.subject.as_str(), one.aspect, one.certain), ("statuses", Aspect::Status, true));
    assert_eq!(sides(one), ["202", "200"]);
    assert_eq!(one.calls, ["GET /stages/{id}"]);
    let text = report.to_string();
    assert!(text.contains("! status: there 202, here 200\n      in GET /stages/{id}\n"), "{text}");
}

#[tokio::test]
async fn compare_says_that_a_key_may_explain_a_403() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/requisitions" {
            answer.status = 403;
            answer.set_json(&json!({"code": "Forbidden", "message": "no"}));
        }
    })
    .await;
    assert!(report.differences.iter().all(|one| one.aspect == Aspect::Status && !one.certain), "{report}");
    let sides: Vec<_> = report.differences.iter().map(sides).collect();
    assert_eq!(sides, [["403", "200"]], "{report}");
}

#[tokio::test]
async fn compare_finds_a_field_that_is_removed() {
    let report = with_opportunities(|object, _| {
        object.as_object_mut().unwrap().remove("headline");
    })
    .await;
    let one = only(&report);
    assert_eq!((one.subject.as_str(), one.path.as_str()), ("opportunity", "headline"));
    assert_eq!((one.aspect, one.certain, one.everywhere), (Aspect::Field, true, true));
    assert!(one.against.starts_with("never (0 of "), "{}", one.against);
    assert!(one.with.starts_with("always ("), "{}", one.with);
}

#[tokio::test]
async fn compare_finds_a_field_that_is_removed_now_and_then() {
    let report = with_opportunities(|object, nth| {
        if nth % 7 == 3 {
            object.as_object_mut().unwrap().remove("headline");
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect, one.certain), ("headline", Aspect::Field, false));
    assert!(one.against.starts_with("sometimes ("), "{}", one.against);
}

#[tokio::test]
async fn compare_finds_a_field_that_is_added_deep_inside() {
    let report = with_opportunities(|object, _| {
        for change in object["stageChanges"].as_array_mut().unwrap() {
            change["reason"] = json!({"by": 1});
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect), ("stageChanges[].reason", Aspect::Field));
}

#[tokio::test]
async fn compare_finds_a_type() {
    let report =
        with_opportunities(|object, _| object["lastInteractionAt"] = json!("2026-01-01T00:00:00Z")).await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect, one.certain), ("lastInteractionAt", Aspect::Type, true));
    assert_eq!(sides(one), ["text", "integer"]);

    let report = with_opportunities(|object, _| object["urls"] = json!([object["urls"].clone()])).await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), sides(one)), ("urls", ["list", "object"]));
}

#[tokio::test]
async fn compare_finds_times_in_seconds() {
    let report = with_opportunities(|object, _| {
        object["lastInteractionAt"] = json!(object["lastInteractionAt"].as_i64().unwrap() / 1_000);
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect, one.certain), ("lastInteractionAt", Aspect::Form, true));
    assert_eq!(sides(one), ["a time in seconds", "a time in milliseconds"]);
}

#[tokio::test]
async fn compare_finds_ids_of_another_form() {
    let report = with_opportunities(|object, nth| object["contact"] = json!(format!("contact-{nth}"))).await;
    let is_meant = |one: &&Difference| one.path == "contact" && one.aspect == Aspect::Form;
    let one = report.differences.iter().find(is_meant).unwrap_or_else(|| panic!("{report}"));
    assert!(!one.certain, "the data may explain it");
    assert_eq!(sides(one), ["text", "a UUID"]);
}

#[tokio::test]
async fn compare_finds_null_for_a_value() {
    let report = with_opportunities(|object, nth| {
        if nth == 1 {
            object["lastInteractionAt"] = Value::Null;
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect, one.certain), ("lastInteractionAt", Aspect::Null, false));
    assert!(one.with.starts_with("never (0 of "), "{}", one.with);

    let report = with_opportunities(|object, _| object["urls"] = Value::Null).await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect), ("urls", Aspect::Null));
    assert!(one.against.starts_with("always ("), "{}", one.against);
}

#[tokio::test]
async fn compare_finds_a_change_in_one_call_and_names_it() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path.starts_with("/v1/users/") {
            answer.each(|user| user["name"] = Value::Null);
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.subject.as_str(), one.path.as_str(), one.aspect), ("user", "name", Aspect::Null));
    assert_eq!((one.calls.as_slice(), one.everywhere), (&["GET /users/{id}".to_owned()][..], false));
}

#[tokio::test]
async fn compare_finds_text_that_is_always_empty() {
    let report = with_opportunities(|object, _| object["origin"] = object["origin"].take()).await;
    assert!(report.same, "{report}");
    let report = with_opportunities(|object, _| object["confidentiality"] = json!("")).await;
    let found = places(&report);
    assert!(found.contains(&"opportunity: confidentiality".to_owned()), "{report}");
    assert!(report.differences.iter().any(|one| one.aspect == Aspect::Empty), "{report}");
}

#[tokio::test]
async fn compare_finds_a_word_outside_the_vocabulary() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path.starts_with("/v1/archive_reasons/") {
            answer.each(|reason| reason["status"] = json!("somewhere-else"));
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect), ("status", Aspect::Word));
    assert!(one.against.contains("another word") && !one.with.contains("another word"), "{report}");
}

#[tokio::test]
async fn compare_finds_headers_that_are_removed_and_added() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |_, answer| answer.header("x-request-id", None)).await;
    assert!(report.differences.iter().all(|one| one.path == "x-request-id" && one.certain), "{report}");
    let good = report.differences.iter().find(|one| one.subject == "answers 2xx").unwrap();
    assert_eq!((good.aspect, good.everywhere, sides(good)), (Aspect::Header, true, ["not sent", "sent"]));
    for subject in ["answers 400", "answers 401", "answers 404"] {
        assert!(places(&report).contains(&format!("{subject}: x-request-id")), "{subject}");
    }

    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/tags" {
            answer.header("x-lever-region", Some("global"));
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), sides(one)), ("x-lever-region", ["sent", "not sent"]));
    assert!(one.calls.iter().all(|call| call.starts_with("GET /tags")), "{report}");
}

#[tokio::test]
async fn compare_finds_another_content_type() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/sources" {
            answer.header("content-type", Some("Text/Plain;charset=utf-8"));
        }
    })
    .await;
    let one = only(&report);
    assert_eq!(one.aspect, Aspect::MediaType);
    assert_eq!(one.against, "text/plain; charset=utf-8");
}

/// What one error answer is changed to, and what is said of it.
async fn error_changed(change: fn(&mut Answer)) -> (String, Aspect, [String; 2]) {
    let sandbox = sandbox().await;
    let report = through(&sandbox, move |asked, answer| {
        if asked.path.starts_with("/v1/users/0000") {
            change(answer);
        }
    })
    .await;
    let one = only(&report);
    assert_eq!(one.calls, ["GET /users/{unknown}"]);
    assert_eq!(one.subject, "answers 404");
    (one.path.clone(), one.aspect, [one.against.clone(), one.with.clone()])
}

#[tokio::test]
async fn compare_finds_another_error_body() {
    let (path, aspect, sides) = error_changed(|answer| {
        answer.edit(|body| body["code"] = json!("RequestTimeout"));
    })
    .await;
    assert_eq!((path.as_str(), aspect), ("code", Aspect::Word));
    assert_eq!(sides[0], "“RequestTimeout”");
    assert!(sides[1].starts_with('“') && sides[1] != sides[0], "{sides:?}");

    let (path, aspect, sides) = error_changed(|answer| {
        answer.edit(|body| body["message"] = json!("gone"));
    })
    .await;
    assert_eq!((path.as_str(), aspect), ("message", Aspect::Word));
    assert_eq!(sides, ["no known word", "“not found”"]);

    let (path, aspect, _) = error_changed(|answer| {
        answer.edit(|body| {
            body.as_object_mut().unwrap().remove("message");
        });
    })
    .await;
    assert_eq!((path.as_str(), aspect), ("message", Aspect::Field));

    let (_, aspect, sides) = error_changed(|answer| answer.body = b"<h1>Not found</h1>".to_vec()).await;
    assert_eq!((aspect, sides), (Aspect::Body, ["no JSON", "a JSON object"].map(str::to_owned)));

    let (_, aspect, sides) = error_changed(|answer| answer.body.clear()).await;
    assert_eq!((aspect, sides[0].as_str()), (Aspect::Body, "empty"));
}
