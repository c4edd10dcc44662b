//! Changes in how a call behaves.

use super::*;

#[tokio::test]
async fn compare_finds_has_next_missing() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/tags" && answer.status == 200 {
            answer.edit(|body| {
                body.as_object_mut().unwrap().remove("hasNext");
            });
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.subject.as_str(), one.path.as_str(), one.aspect), ("lists", "hasNext", Aspect::Paging));
    assert_eq!(sides(one), ["missing", "a boolean"]);
    assert!(one.calls.contains(&"GET /tags".to_owned()));
}

#[tokio::test]
async fn compare_finds_next_where_there_is_no_next_page() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/tags" && asked.query.is_empty() {
            answer.edit(|body| body["next"] = Value::Null);
        }
    })
    .await;
    let one = only(&report);
    assert_eq!(one.path, "next beside hasNext false");
    assert_eq!((sides(one), one.calls.as_slice()), (["null", "missing"], &["GET /tags".to_owned()][..]));
}

#[tokio::test]
async fn compare_finds_another_form_of_offset_token() {
    let sandbox = sandbox().await;
    // As Lever makes them: JSON, percent-encoded, and encoded once more when it is sent.
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let unwrap = |query: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).map(|(name, value)| {
            let once = format!("a={value}");
            let token = url::form_urlencoded::parse(once.as_bytes()).next().unwrap().1.into_owned();
            let parts: Value = serde_json::from_str(&token).unwrap_or_default();
            let value = parts[1].as_str().map_or(value.into_owned(), str::to_owned);
            (name.into_owned(), value)
        });
        let pairs: Vec<_> = pairs.collect();
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let proxy = Proxy::rewriting(&sandbox.url, unwrap, move |_, answer| {
        if answer.json()["next"].is_string() {
            answer.edit(|body| body["next"] = encoded(&json!([3, body["next"]]).to_string()).into());
        }
    });
    let report = try_through(&sandbox, &proxy, FAST).await.unwrap();
    assert!(!report.differences.is_empty());
    for one in &report.differences {
        assert_eq!((one.path.as_str(), one.aspect), ("next", Aspect::Offset), "{report}");
        assert_eq!(one.against, "percent-encoded JSON: [integer, text]");
    }
}

#[tokio::test]
async fn compare_finds_a_body_that_is_no_json_and_says_what_was_not_seen() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/tags" {
            answer.header("content-type", Some("text/html"));
            answer.body = b"<h1>Down for maintenance</h1>".to_vec();
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.aspect, sides(one)), (Aspect::Body, ["no JSON", "a JSON object"]));
    let tag = report.not_seen.iter().find(|missing| missing.what == "tag").unwrap();
    assert!(!tag.against && tag.with);
}

#[tokio::test]
async fn compare_finds_an_answer_nested_twice() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        // A slash at the end asks for the list.
        let is_one = asked.path.strip_prefix("/v1/stages/").is_some_and(|id| !id.is_empty());
        if is_one && answer.status == 200 {
            answer.edit(|body| *body = json!({ "data": body.clone() }));
        }
    })
    .await;
    let one = only(&report);
    assert_eq!(
        (one.subject.as_str(), one.path.as_str(), one.aspect),
        ("answers 2xx", "data.data", Aspect::Field)
    );
}

/// The sandbox compared with itself, one parameter dropped on the way.
async fn without(parameter: &'static str) -> Report {
    let sandbox = sandbox().await;
    let drop = move |query: &str| {
        let pairs = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != parameter);
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    let proxy = Proxy::rewriting(&sandbox.url, drop, |_, _| {});
    try_through(&sandbox, &proxy, FAST).await.unwrap()
}

/// What is said of a call's behaviour.
fn behaviour<'a>(report: &'a Report, call: &str) -> [&'a str; 2] {
    let mut found = report.differences.iter().filter(|one| one.aspect == Aspect::Behaviour);
    let one = found.find(|one| one.calls.iter().any(|there| there == call));
    sides(one.unwrap_or_else(|| panic!("nothing is said of {call}\n{report}")))
}

#[tokio::test]
async fn compare_finds_parameters_that_do_nothing() {
    let report = without("contact_id").await;
    assert_eq!(behaviour(&report, "GET /opportunities?contact_id={…}"), ["some do not fit", "all fit"]);
    let named = |one: &Difference| one.calls.iter().all(|call| call.contains("contact_id"));
    assert!(report.differences.iter().all(named), "{report}");

    let report = without("expand").await;
    assert_eq!(behaviour(&report, "GET /opportunities?limit=50&expand=stage"), ["ids", "objects"]);
    let named = |one: &Difference| one.calls.iter().all(|call| call.contains("expand"));
    assert!(report.differences.iter().all(named), "{report}");

    let report = without("offset").await;
    let second = "GET /stages?limit=1&offset={…}";
    assert_eq!(behaviour(&report, second), ["repeats the page before", "goes on"]);
}

#[tokio::test]
async fn compare_finds_pages_that_are_longer_than_their_limit() {
    // Nobody's limit is heard: more rows come than were asked for.
    let report = without("limit").await;
    assert_eq!(behaviour(&report, "GET /stages?limit=1"), ["is not kept", "is kept"]);
    // Nor is Lever's own limit, where none was asked for.
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/tags" && asked.query.is_empty() {
            answer.edit(|body| {
                let rows = body["data"].as_array_mut().unwrap();
                for nth in rows.len()..101 {
                    rows.push(json!({"text": format!("zzz {nth:03}"), "count": 1}));
                }
            });
        }
    })
    .await;
    let one = only(&report);
    assert_eq!((one.path.as_str(), one.aspect, one.certain), ("limit", Aspect::Behaviour, true));
    assert_eq!(
        (sides(one), one.calls.as_slice()),
        (["is not kept", "is kept"], &["GET /tags".to_owned()][..])
    );
}

#[tokio::test]
async fn compare_finds_a_list_in_another_order() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/opportunities" {
            answer.edit(|body| {
                if let Some(Value::Array(rows)) = body.get_mut("data") {
                    rows.reverse();
                }
            });
        }
    })
    .await;
    assert_eq!(behaviour(&report, "GET /opportunities"), ["come oldest first", "come newest first"]);
    assert!(report.differences.iter().all(|one| one.aspect == Aspect::Behaviour), "{report}");

    // One that does not say when its rows were made: its first page of one row tells.
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/stages" {
            answer.edit(|body| {
                if let Some(Value::Array(rows)) = body.get_mut("data") {
                    rows.reverse();
                }
            });
        }
    })
    .await;
    let one = only(&report);
    assert_eq!(
        (one.path.as_str(), one.calls.as_slice()),
        ("the first row", &["GET /stages?limit=1".to_owned()][..])
    );
    assert_eq!(sides(one), ["is another than the list's first", "is the list's first"]);
}

/// What is said of one call's question.
fn answered<'a>(report: &'a Report, call: &str, question: &str) -> (bool, [&'a str; 2]) {
    let mut found = report.differences.iter().filter(|one| one.path == question);
    let one = found.find(|one| one.calls.iter().any(|there| there == call));
    let one = one.unwrap_or_else(|| panic!("nothing is said of {call}\n{report}"));
    (one.certain, sides(one))
}

/// Turns the list of an answer round, if it is one.
fn reverse(answer: &mut Answer) {
    answer.edit(|body| {
        if let Some(Value::Array(rows)) = body.get_mut("data") {
            rows.reverse();
        }
    });
}

#[tokio::test]
async fn compare_finds_rows_without_an_id_in_another_order() {
    let sandbox = sandbox().await;
    for path in ["/v1/tags", "/v1/sources"] {
        let report = through(&sandbox, move |asked, answer| {
            if asked.path == path {
                reverse(answer);
            }
        })
        .await;
        let call = format!("GET {}", path.trim_start_matches("/v1"));
        let turned = ["come in reverse alphabetical order", "come in alphabetical order"];
        assert_eq!(answered(&report, &call, "rows"), (true, turned), "{report}");
        let first = ["is another than the list's first", "is the list's first"];
        assert_eq!(answered(&report, &format!("{call}?limit=1"), "the first row"), (true, first));
        let named = |one: &Difference| one.calls.iter().all(|there| there.starts_with(&call));
        assert!(report.differences.iter().all(named), "{report}");
    }
}

#[tokio::test]
async fn compare_finds_another_order_under_a_filter() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.path == "/v1/opportunities" && asked.query.contains("archived=false") {
            reverse(answer);
        }
    })
    .await;
    let turned = ["come oldest first", "come newest first"];
    assert_eq!(answered(&report, "GET /opportunities?archived=false", "order"), (true, turned), "{report}");
}

#[tokio::test]
async fn compare_finds_rows_that_come_twice() {
    let sandbox = sandbox().await;
    for (path, query, call) in [
        ("/v1/opportunities", "tag=", "GET /opportunities?tag={…}"),
        ("/v1/opportunities", "expand=owner", "GET /opportunities?limit=50&expand=owner"),
        ("/v1/users", "", "GET /users"),
        ("/v1/users", "email=", "GET /users?email={…}"),
        ("/v1/tags", "", "GET /tags"),
        ("/v1/postings", "state=published", "GET /postings?state=published"),
    ] {
        let report = through(&sandbox, move |asked, answer| {
            let is_meant =
                if query.is_empty() { asked.query.is_empty() } else { asked.query.contains(query) };
            if asked.path == path && is_meant {
                answer.edit(|body| {
                    if let Some(Value::Array(rows)) = body.get_mut("data") {
                        rows.extend(rows.clone());
                    }
                });
            }
        })
        .await;
        assert_eq!(
            answered(&report, call, "the same row"),
            (true, ["comes twice", "comes once"]),
            "{report}"
        );
    }
}

#[tokio::test]
async fn compare_finds_a_filter_that_finds_nothing() {
    let sandbox = sandbox().await;
    for (path, query, call) in [
        ("/v1/archive_reasons", "type=hired", "GET /archive_reasons?type=hired"),
        ("/v1/archive_reasons", "type=non-hired", "GET /archive_reasons?type=non-hired"),
        ("/v1/postings", "state=published", "GET /postings?state=published"),
        ("/v1/users", "email=", "GET /users?email={…}"),
        ("/v1/users", "includeDeactivated", "GET /users?includeDeactivated=true"),
        ("/v1/requisitions", "status=open", "GET /requisitions?status=open"),
        ("/v1/opportunities", "archived=false", "GET /opportunities?archived=false"),
        ("/v1/opportunities", "snoozed=false", "GET /opportunities?snoozed=false"),
    ] {
        let report = through(&sandbox, move |asked, answer| {
            if asked.path == path && asked.query.starts_with(query) {
                answer.edit(|body| {
                    if body["data"].is_array() {
                        body["data"] = json!([]);
                    }
                });
            }
        })
        .await;
        let missed = ["what fits is not found", "all fit"];
        assert_eq!(answered(&report, call, "rows"), (true, missed), "{report}");
    }
}

#[tokio::test]
async fn compare_knows_that_no_data_makes_a_403_of_a_401() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |_, answer| {
        if answer.status == 401 {
            answer.status = 403;
        }
    })
    .await;
    let statuses: Vec<_> = report.differences.iter().filter(|one| one.aspect == Aspect::Status).collect();
    assert!(!statuses.is_empty() && statuses.iter().all(|one| one.certain), "{report}");
    assert!(statuses.iter().all(|one| sides(one) == ["403", "401"]), "{report}");
}

#[tokio::test]
async fn compare_finds_two_changes_as_two() {
    let sandbox = sandbox().await;
    let report = through(&sandbox, |asked, answer| {
        if asked.is_get() && asked.path == "/v1/tags" {
            answer.each(|tag| tag["count"] = json!("1"));
            answer.header("x-request-id", None);
        }
    })
    .await;
    assert_eq!(places(&report), ["answers 2xx: x-request-id", "tag: count"]);
}
