//! The health of an account, and **Test it**.

use super::*;
use crate::support::on_both_databases;

impl Connected {
    async fn test_it(&self) -> Page {
        let page = self.admin.get(&self.page()).await;
        let report = self.admin.press(&page, "Test it", &[]).await;
        assert_eq!(report.status, StatusCode::OK, "{}", report.html);
        report
    }
}

on_both_databases!(Connected::active => the_page_shows_how_the_account_is);
/// The page says what arrived, what waits, and how the last reconciliation went.
async fn the_page_shows_how_the_account_is(working: Connected) {
    let person = working.person("Healthy", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("healthy@people.example", "invites you").await;
    working.sync().await;
    let page = working.admin.get(&working.page()).await;
    let health = page.text("section[aria-labelledby=health] :is(dt, dd)");
    for words in [
        "Candidate Stage Change\nlast delivery",
        "Candidate Hired\nno delivery yet",
        "Failures in the last day\nnone",
        "Queue\nempty",
        "nothing missed",
        "available",
    ] {
        assert!(health.contains(words), "{words}: {health}");
    }
    // A delivery that nobody can verify shows as a bar.
    let url = working.portal.running.url.join(&working.account().await.webhook_path()).unwrap();
    let body = json!({"event": "candidateHired", "triggeredAt": Timestamp::now().0, "token": "t", "signature": "00",
            "data": {"opportunityId": "o1"}});
    let sent = reqwest::Client::new().post(url).body(body.to_string()).send().await.unwrap();
    assert_eq!(sent.status(), 401);
    let page = working.admin.get(&working.page()).await;
    assert!(page.text("#failures-caption").starts_with("1 "), "{}", page.text("#failures-caption"));
    assert!(page.text("svg.bars title").contains("1 between 1 h and 0 h ago"));
}

on_both_databases!(Connected::active => a_test_says_what_is_wrong_and_how_to_mend_it);
/// Everything works, in one sentence; and each thing that is not, with its remedy.
async fn a_test_says_what_is_wrong_and_how_to_mend_it(working: Connected) {
    let report = working.test_it().await;
    assert!(report.text(".banner").starts_with("Everything works"), "{}", report.html);
    assert_eq!(report.text("td[data-label=Result]").lines().count(), 7);
    // A webhook that somebody removed.
    let hooks = working.control(Method::GET, "webhooks", Value::Null).await;
    let hired =
        hooks["data"].as_array().unwrap().iter().find(|hook| hook["event"] == "candidateHired").unwrap();
    let path = format!("webhooks/{}", hired["id"].as_str().unwrap());
    working.control(Method::DELETE, &path, Value::Null).await;
    let report = working.test_it().await;
    let sentence = report.text(".banner");
    assert!(sentence.contains("Candidate Hired is not registered"), "{sentence}");
    assert!(sentence.contains("Set up webhooks for me"), "{sentence}");
    // Access that is gone comes before everything else.
    working.control(Method::POST, "revoke", json!({"client_id": "test-client"})).await;
    let report = working.test_it().await;
    assert!(report.text(".banner").contains("revoked"), "{}", report.html);
    assert!(report.text(".banner").contains("Reconnect"), "{}", report.html);
}

on_both_databases!(Connected::active => a_webhook_made_by_hand_shows_by_what_came_to_the_present_address);
/// Lever lists no webhook that a person made: what came of it is said with its time, and counts only when it came to
/// the present address and was verified.
async fn a_webhook_made_by_hand_shows_by_what_came_to_the_present_address(working: Connected) {
    const MISSING: &str = "Candidate Hired is not registered";
    const HEARD: &str =
        "Candidate Hired was added manually in Lever, so Lever does not list it; its last event arrived";
    let url = async || working.portal.running.url.join(&working.account().await.webhook_path()).unwrap();
    let send = async |url: &url::Url, token: &str, is_signed: bool| {
        let body = json!({"event": "candidateHired", "triggeredAt": Timestamp::now().0, "token": token,
            "signature": "00", "data": {"opportunityId": "nobody"}});
        let body = if is_signed { working.signed("candidateHired", body).await } else { body };
        let sent = reqwest::Client::new().post(url.clone()).json(&body).send().await.unwrap();
        assert_eq!(sent.status() == StatusCode::OK, is_signed);
    };
    let without_the_hook = async || {
        let hooks = working.control(Method::GET, "webhooks", Value::Null).await;
        let hired = hooks["data"].as_array().unwrap().iter().find(|hook| hook["event"] == "candidateHired");
        let path = format!("webhooks/{}", hired.unwrap()["id"].as_str().unwrap());
        working.control(Method::DELETE, &path, Value::Null).await;
        working.test_it().await.text("td[data-label='What was found']")
    };
    let result = async || working.test_it().await.text("td[data-label='What was found']");
    // Who tests again and again, and asks Lever in between, meets the rate limit.
    working.control(Method::POST, "limits", json!({"enabled": false})).await;
    let first = url().await;
    assert!(without_the_hook().await.contains(MISSING));
    send(&first, "junk-1", false).await;
    assert!(result().await.contains(MISSING), "what nobody vouches for says nothing");
    send(&first, "hand-1", true).await;
    let heard = result().await;
    assert!(heard.contains(HEARD) && heard.contains("just now"), "{heard}");
    // Another address: what came to the former one is over, also while that still answers.
    let rotate = format!("{}/webhook-url", working.page());
    let rotated = working.admin.post(&rotate, &[("answers_for", "24")]).await;
    assert_eq!(rotated.status, StatusCode::SEE_OTHER);
    assert_ne!(url().await, first);
    let found = without_the_hook().await;
    assert!(found.contains(MISSING), "{found}");
    send(&first, "hand-2", true).await;
    assert!(result().await.contains(MISSING), "the former address is not the present one");
    send(&url().await, "hand-3", true).await;
    assert!(result().await.contains(HEARD));
}

on_both_databases!(Connected::active => a_test_tries_what_every_invitation_needs);
/// Lever answers about stages and webhooks, and not about candidates: nobody can be invited, whatever arrived last.
async fn a_test_tries_what_every_invitation_needs(working: Connected) {
    let person = working.person("Ada", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    assert!(working.test_it().await.text(".banner").contains("Everything works"));
    working
        .fault(json!({"target": "api", "kind": "status", "status": 503, "match": "/v1/opportunities"}))
        .await;
    let report = working.test_it().await;
    let sentence = report.text(".banner");
    assert!(sentence.contains("503") && !sentence.contains("Everything works"), "{sentence}");
    working.control(Method::DELETE, "faults", Value::Null).await;
    assert!(working.test_it().await.text(".banner").contains("Everything works"));
    // The list is refused, or a single candidate cannot be had.
    for (status, path) in
        [(403, "/v1/opportunities"), (503, "/v1/opportunities/"), (500, "/v1/opportunities/")]
    {
        let fault = json!({"target": "api", "kind": "status", "status": status, "match": path});
        working.fault(fault).await;
        let sentence = working.test_it().await.text(".banner");
        assert!(!sentence.contains("Everything works"), "{status} {path}: {sentence}");
        assert!(sentence.contains(&status.to_string()), "{status} {path}: {sentence}");
        working.control(Method::DELETE, "faults", Value::Null).await;
    }
    assert!(working.test_it().await.text(".banner").contains("Everything works"));
}

on_both_databases!(Connected::active => access_that_was_just_refused_is_not_said_to_be_ok);
/// Beside a failure of the last check no line says that access is good.
async fn access_that_was_just_refused_is_not_said_to_be_ok(working: Connected) {
    let line = async || {
        let page = working.admin.get(&working.page()).await;
        let health = page.text("section[aria-labelledby=health] dl");
        let line = health.split_once("Access to Lever").and_then(|(_, rest)| rest.split_once("Last test"));
        line.unwrap_or_else(|| panic!("a line of access: {health}")).0.trim().to_owned()
    };
    assert!(line().await.starts_with("OK, renews automatically"), "{}", line().await);
    working.fault(json!({"target": "api", "kind": "status", "status": 502})).await;
    working.make_due(Due::Check).await;
    let failing =
        until("the check's end", PATIENCE, async || Some(line().await).filter(|l| l.contains("502"))).await;
    assert!(failing.starts_with("not OK") && !failing.contains("renews"), "{failing}");
    working.control(Method::DELETE, "faults", Value::Null).await;
    working.make_due(Due::Check).await;
    until("access to be good", PATIENCE, async || line().await.starts_with("OK, renews").then_some(())).await;
}

on_both_databases!(Connected::active => after_a_check_that_failed_lever_is_asked_again_soon);
/// A check that failed is made again within a minute, so that the page does not say for long what is over.
async fn after_a_check_that_failed_lever_is_asked_again_soon(working: Connected) {
    let check = async || {
        working.make_due(Due::Check).await;
        let id = working.integration;
        until("the next check to be planned", PATIENCE, async || {
            let read = move |conn: &mut alva_portal::db::Conn| {
                job_queue::find(conn, JobKind::CheckAccess, id.as_str())
            };
            let job = working.portal.running.db.read(read).await.unwrap().unwrap();
            Some(job.next_attempt_at).filter(|at| *at > Timestamp::now())
        })
        .await
    };
    let minutes = |count: u64| Timestamp::now().plus(std::time::Duration::from_secs(60 * count));
    assert!(check().await > minutes(4), "every five minutes");
    working.fault(json!({"target": "api", "kind": "close_before", "match": "/v1/stages"})).await;
    assert!(check().await < minutes(1), "soon");
    let failing = working.admin.get(&working.page()).await;
    assert!(failing.html.contains("Not working"), "{}", failing.html);
    working.control(Method::DELETE, "faults", Value::Null).await;
    assert!(check().await > minutes(4));
    let good = working.admin.get(&working.page()).await;
    assert!(!good.html.contains("Not working"), "{}", good.html);
}

on_both_databases!(Connected::active => a_test_that_finds_nothing_hides_nothing_that_needs_somebody);
/// Lever, permissions, stages and webhooks are good, and an event failed: no page says that everything works.
async fn a_test_that_finds_nothing_hides_nothing_that_needs_somebody(working: Connected) {
    let person = working.person("Ada", "New applicant").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    until("the event to be processed", PATIENCE, async || {
        working.events().await.iter().all(|event| event.state == State::Done).then_some(())
    })
    .await;
    working
        .portal
        .write(|conn| {
            use schema::events::dsl;
            diesel::update(dsl::events)
                .set((dsl::state.eq(State::Failed), dsl::finished_at.eq(Some(Timestamp::now()))))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let report = working.test_it().await;
    let sentence = report.text(".banner");
    assert!(
        sentence.contains("The test found no problems") && sentence.contains("event failed"),
        "{sentence}"
    );
    let health = working.admin.get(&working.page()).await.text("section[aria-labelledby=health] dd");
    assert!(!health.contains("Everything works"), "{health}");
}
