//! What waited in an old database is done, once, and nobody is written to twice.

use super::*;
use crate::support::on_both_databases;
use alva_portal::time::Timestamp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// As the provider of tests knew the portal then.
const TESTS: [&str; 2] = ["t0ken-of-the-portal", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];

/// Whom the portal owed one mail: those in the queue, in the held move, those whose mail was put off, and those whom
/// only Lever's list still names in the trigger stage (two events that were given up, one who was erased while Lever did
/// not know him, and one whose invitation ended because Lever did not show him for a night).
const OWED: [&str; 16] = [
    "queue.one",
    "queue.two",
    "queue.three",
    "untried.una",
    "nils",
    "held.mover.0",
    "held.mover.1",
    "held.mover.2",
    "held.mover.3",
    "remind.waiting",
    "resend.waiting",
    "moved.mona",
    "often.olle",
    "refused.still",
    "gone.gustav",
    "unknown.ulf",
];

async fn receiver() -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(204)).mount(&server).await;
    server
}

/// A provider of tests where nobody has begun.
async fn provider() -> MockServer {
    let server = MockServer::start().await;
    let answer = |request: &Request| {
        let reference = request.url.path().trim_end_matches("/result").rsplit('/').next().unwrap().to_owned();
        match request.method.as_str() {
            "DELETE" => ResponseTemplate::new(204),
            "POST" => {
                let order: Value = serde_json::from_slice(&request.body).unwrap();
                let link = format!("http://tests.example/take/{}", order["reference"].as_str().unwrap());
                ResponseTemplate::new(201).set_body_json(json!({"reference": order["reference"], "link": link}))
            }
            _ => ResponseTemplate::new(200).set_body_json(
                json!({"reference": reference, "state": "started", "done": 0, "of": 2, "since_ms": 1_795_435_200_000_i64}),
            ),
        }
    };
    Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&server).await;
    server
}

/// The opportunity of a candidate.
fn opportunity(old: &Old, name: &str) -> String {
    old.text(&format!(
        "SELECT opportunity_id AS text FROM candidates WHERE name = '{name}' ORDER BY id LIMIT 1"
    ))
}

/// The ids of mails that must be sent: an alert's or a mass move's, with the admin who was not written to yet.
fn owed_to_admins(old: &Old) -> Vec<String> {
    let unwritten = |about: &str, of: &str| {
        format!(
            "SELECT 'alert-' || a.id || '-{about}-' || u.id || '@' AS text FROM alerts a JOIN users u ON u.company_id = a.company_id
             WHERE u.role = 'admin' AND u.password_hash IS NOT NULL AND {of} AND NOT EXISTS
               (SELECT 1 FROM alert_letters l WHERE l.alert_id = a.id AND l.user_id = u.id AND l.about = '{about}')"
        )
    };
    let mut owed = old.texts(&unwritten("begun", "a.told_at IS NULL AND a.recovered_at IS NULL"));
    owed.extend(old.texts(&unwritten(
        "over",
        "a.told_at IS NOT NULL AND a.recovered_at IS NOT NULL AND a.recovery_told_at IS NULL",
    )));
    owed
}

/// The addresses of candidates to whom mails went, each with how many.
fn written(today: &Today) -> BTreeMap<String, usize> {
    let mut written = BTreeMap::new();
    for letter in today.old.letters.lock().unwrap().iter() {
        let to = letter.lines().find(|line| line.starts_with("To: ")).unwrap();
        if let Some((before, _)) = to.split_once("@people.example") {
            let name = before.rsplit(['<', ' ']).next().unwrap();
            *written.entry(name.to_owned()).or_default() += 1;
        }
    }
    written
}

/// The tags of an opportunity in Lever that show how far the candidate is.
async fn progress(today: &Today, opportunity: &str) -> Vec<String> {
    let there = today.lever(&format!("opportunities/{opportunity}")).await;
    let tags: Vec<String> = serde_json::from_value(there["tags"].clone()).unwrap();
    tags.into_iter().filter(|tag| tag.starts_with("Alva: ") && tag != "Alva: Invite").collect()
}

on_both_databases!(async |backend| Old::load(backend) => what_waited_is_done_once);
/// Mails, effects in Lever, alerts, the held move, nightly chores, a reconciliation, orders of tests.
async fn what_waited_is_done_once(old: Old) {
    let acme = old.text("SELECT id AS text FROM integrations WHERE account_name = 'Acme'");
    let people: BTreeMap<&str, String> = [
        "Note Waiting",
        "Withdraw Waiting",
        "Replay Waiting",
        "Pending Per",
        "Undoable Mover 0",
        "Undoable Mover 1",
        "Undoable Mover 2",
        "Missed Maja",
        "Order Erasing",
    ]
    .into_iter()
    .map(|name| (name, opportunity(&old, name)))
    .collect();
    let waiting = old.text("SELECT i.id AS text FROM invitations i JOIN candidates c ON c.id = i.candidate_id WHERE c.name = 'Note Waiting'");
    let queued = old.texts(&format!(
        "SELECT id AS text FROM events WHERE state = 'queued' AND integration_id = '{acme}'"
    ));
    let put_by = old.text(&format!(
        "SELECT id AS text FROM events WHERE state = 'queued' AND integration_id <> '{acme}'"
    ));
    let (batch, told) = (old.text("SELECT id AS text FROM batches WHERE state = 'held'"), old.texts(
            "SELECT 'batch-' || l.batch_id || '-' || l.user_id AS text FROM batch_letters l JOIN batches b ON b.id = l.batch_id WHERE b.state = 'held'"));
    let owed = owed_to_admins(&old);
    let posts: BTreeMap<String, String> = old
        .texts("SELECT id || '\u{1f}' || body AS text FROM alert_posts WHERE finished_at IS NULL")
        .iter()
        .map(|post| post.split_once('\u{1f}').unwrap())
        .map(|(id, body)| (id.to_owned(), body.to_owned()))
        .collect();
    let run = old.text("SELECT id AS text FROM reconciliations WHERE finished_at IS NULL");
    let days = old.texts("SELECT day AS text FROM completeness_days WHERE state = 'asked'");
    let erasing = old.text("SELECT reference AS text FROM test_orders WHERE state = 'erasing'");
    let ordered = old.texts("SELECT reference AS text FROM test_orders WHERE state = 'open'");
    assert_eq!((queued.len(), owed.len(), posts.len(), days.len(), told.len()), (6, 5, 2, 4, 1));
    let (server, tests, began) = (receiver().await, provider().await, Timestamp::now().0);
    let url = format!("{}/v1", tests.uri());
    let today = old.start(&server.uri(), Some([&url, TESTS[0], TESTS[1]])).await;

    today
        .until("the end of all that waited", async || {
            let old = &today.old;
            let left = old.count(&format!("events WHERE state = 'queued' AND integration_id = '{acme}'"))
                + old.count(&format!(
                    "actions WHERE state = 'planned' AND next_attempt_at < {}",
                    Timestamp::now().0
                ))
                + old.count("batches WHERE state = 'held'")
                + old.count("reconciliations WHERE finished_at IS NULL")
                + old.count("completeness_days WHERE state = 'asked'")
                + old.count("test_orders WHERE state = 'erasing'")
                + old.count("alert_posts WHERE finished_at IS NULL")
                + old.count(&format!("candidates WHERE integration_id = '{acme}' AND looked_at < {began}"))
                + usize::from(
                    old.count(&format!("checkups WHERE integration_id = '{acme}' AND at >= {began}")) == 0,
                )
                + usize::from(written(&today).len() < OWED.len())
                + owed.iter().filter(|id| today.mails("", id) == 0).count();
            (left == 0).then_some(())
        })
        .await;

    // Candidates: those who were owed a mail have one, and nobody else has any.
    let wanted: BTreeMap<String, usize> = OWED.iter().map(|name| ((*name).to_owned(), 1)).collect();
    assert_eq!(written(&today), wanted);
    // Admins: each is told once of what they were not told of.
    for id in &owed {
        assert_eq!(today.mails("", id), 1, "{id}");
    }
    for id in &told {
        assert_eq!(today.mails("", id), 0, "{id} was told before");
    }
    assert_eq!(today.mails("", "Message-ID: <alert-"), owed.len(), "of nothing else");
    assert!(today.mails("anna@acme.example", &format!("batch-{batch}-")) <= 1);
    // The receiver of alerts: each post once, as it was written.
    let received: Vec<Request> = server.received_requests().await.unwrap();
    let received: BTreeMap<String, String> = received
        .iter()
        .map(|post| {
            (
                post.headers["webhook-id"].to_str().unwrap().to_owned(),
                String::from_utf8(post.body.clone()).unwrap(),
            )
        })
        .collect();
    assert_eq!(received, posts);
    assert_eq!(server.received_requests().await.unwrap().len(), posts.len(), "each once");

    // Lever: the result of one is there, that of another is gone; what was undone has no tag.
    let of = &people["Note Waiting"];
    let notes = today.lever(&format!("opportunities/{of}/notes")).await;
    let ours = notes.as_array().unwrap().iter().filter(|note| note.to_string().contains(&waiting)).count();
    assert_eq!(ours, 1, "{notes}");
    assert_eq!(today.lever(&format!("opportunities/{of}/files")).await.as_array().unwrap().len(), 1);
    assert!(today.lever(&format!("opportunities/{of}")).await["links"].to_string().contains(&waiting));
    let stage = today.lever(&format!("opportunities/{of}")).await["stage"].clone();
    let goal =
        today.old.text(&format!("SELECT progression_stage_id AS text FROM integrations WHERE id = '{acme}'"));
    assert_eq!(stage, goal.as_str());
    let of = &people["Withdraw Waiting"];
    assert_eq!(today.lever(&format!("opportunities/{of}/notes")).await, json!([]));
    assert_eq!(today.lever(&format!("opportunities/{of}/files")).await, json!([]));
    for (name, tags) in [
        ("Note Waiting", vec!["Alva: Completed"]),
        ("Withdraw Waiting", vec!["Alva: Withdrawn"]),
        ("Replay Waiting", vec!["Alva: Invited"]),
        ("Pending Per", vec!["Alva: Expired"]),
        ("Undoable Mover 0", vec![]),
        ("Undoable Mover 1", vec![]),
        ("Undoable Mover 2", vec![]),
        ("Missed Maja", vec![]),
        ("Order Erasing", vec![]),
    ] {
        assert_eq!(progress(&today, &people[name]).await, tags, "{name}");
    }

    // Events: all done, invited or as they were; the one that waits for a permission waits.
    let otto = today.signed_in("otto@acme.example").await;
    for id in &queued {
        let page = otto.get(&format!("/events/{id}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        assert!(page.text(".page-head .badge").contains("invited"), "{id}: {}", page.text("main"));
    }
    let gus = today.signed_in("gus@globex.example").await;
    let page = gus.get(&format!("/events/{put_by}")).await;
    assert!(page.text("ol.timeline").contains("Read job postings"), "{}", page.text("main"));
    assert_eq!(today.old.text(&format!("SELECT state AS text FROM events WHERE id = '{put_by}'")), "queued");
    // The run, the days, the orders.
    let page = otto.get(&format!("/settings/integrations/{acme}/reconciliations/{run}")).await;
    assert!(page.status == StatusCode::OK && !page.html.contains("data-live="), "{}", page.html);
    for day in &days {
        let state = format!(
            "SELECT state AS text FROM completeness_days WHERE day = '{day}' AND integration_id = '{acme}'"
        );
        assert_eq!(today.old.text(&state), "counted", "{day}");
    }
    let asked: Vec<String> = tests
        .received_requests()
        .await
        .unwrap()
        .iter()
        .map(|call| format!("{} {}", call.method, call.url.path()))
        .collect();
    assert_eq!(
        asked.iter().filter(|call| **call == format!("DELETE /v1/orders/{erasing}")).count(),
        1,
        "{asked:?}"
    );
    for reference in &ordered {
        assert!(asked.contains(&format!("GET /v1/orders/{reference}")), "{reference}: {asked:?}");
    }
    // The postings were read.
    assert!(today.asked("/v1/postings").await > 0);
    let verdict = otto.get("/audit/verify").await;
    assert!(verdict.text(".banner").contains("The log is intact"), "{}", verdict.text(".banner"));
}
