//! The sentences of an old database are codes afterwards.

use super::*;
use crate::support::on_both_databases;
use reqwest::StatusCode;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Where version 0.1 stored sentences.
const SENTENCES: [(&str, &str); 13] = [
    ("events", "reason"),
    ("event_steps", "detail"),
    ("actions", "reason"),
    ("invitations", "reason"),
    ("invitations", "mail_failure"),
    ("invitations", "ended_reason"),
    ("integrations", "state_reason"),
    ("completeness_gaps", "detail"),
    ("completeness_days", "failure"),
    ("reconciliations", "failure"),
    ("chores", "failure"),
    ("watches", "check_failure"),
    ("alert_posts", "answer"),
];

on_both_databases!(async |backend| Old::load(backend) => every_sentence_becomes_a_code);
/// Each is a code with its parameters, and none is lost.
async fn every_sentence_becomes_a_code(old: Old) {
    old.asleep();
    let stored = |old: &Old| -> Vec<Vec<String>> {
        let all = |(table, column): &(&str, &str)| {
            old.texts(&format!("SELECT {column} AS text FROM {table} WHERE {column} <> '' ORDER BY 1"))
        };
        SENTENCES.iter().map(all).collect()
    };
    let before = stored(&old);
    assert!(before.iter().map(Vec::len).sum::<usize>() > 500);
    // What a receiver of alerts answered may be JSON of its own.
    assert!(before.iter().flatten().all(|text| !text.starts_with("{\"code\":\"")), "sentences");
    let checkups = old.count("checkups");
    let today = old.start(NOWHERE, None).await;
    let after = stored(&today.old);
    for ((place, before), after) in SENTENCES.iter().zip(&before).zip(&after) {
        assert_eq!(before.len(), after.len(), "{place:?}");
        let kept: Vec<&String> = after.iter().filter(|text| !text.starts_with("{\"code\":\"")).collect();
        assert_eq!(kept, Vec::<&String>::new(), "{place:?}: not known to the mapping");
    }
    let phrases = today.old.texts("SELECT DISTINCT kind AS text FROM event_steps WHERE kind LIKE '% %'");
    assert_eq!(phrases, Vec::<String>::new());
    let coded = today.old.count("checkups WHERE points LIKE '%\"found\"%' AND points NOT LIKE '%\"words\"%'");
    assert!(checkups > 0 && coded == checkups, "{coded} of {checkups}");
    // People read the sentences again.
    let otto = today.signed_in("otto@acme.example").await;
    let page = otto.get("/events").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("{&quot;code") && !page.html.contains("{&#34;code"), "{}", page.html);
}
