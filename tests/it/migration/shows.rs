//! Pages, exports and links of an old database, while nothing in it is due.

use super::*;
use crate::support::on_both_databases;
use crate::support::visitor::{Page, Visitor};
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeMap;

/// Nothing listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Every table whose rows are facts, and are all there afterwards.
const KEPT: [&str; 33] = [
    "actions",
    "alert_hooks",
    "alert_posts",
    "alerts",
    "batch_events",
    "batches",
    "candidates",
    "checkups",
    "codes",
    "companies",
    "completeness_counts",
    "completeness_days",
    "completeness_gaps",
    "event_steps",
    "events",
    "integrations",
    "invitations",
    "lever_stages",
    "lever_webhooks",
    "mail_settings",
    "mail_texts",
    "oauth_flows",
    "postings",
    "profiled_postings",
    "reconciliation_findings",
    "reconciliations",
    "replaced_links",
    "role_profiles",
    "rules",
    "signing_tokens",
    "sittings",
    "test_orders",
    "users",
];

/// Tables that looking at pages adds to: log-ins, and what changed in Lever since.
const GROWING: [&str; 2] = ["audit_log", "stage_changes"];

/// What of Acme's rows has a page of its own.
struct Paths {
    /// For everybody of the company.
    all: Vec<String>,
    /// For admins and auditors.
    logs: Vec<String>,
}

impl Paths {
    fn of(old: &Old) -> Self {
        let of_company = "company_id = (SELECT id FROM companies WHERE name = 'Acme Inc')";
        let mut all: Vec<String> = [
            "/candidates",
            "/candidates/why?q=Sven",
            "/settings/integrations",
            "/settings/company",
            "/settings/company/alerts",
            "/settings/team",
            "/settings/mail",
            "/settings/mail/invitation/en",
            "/settings/mail/reminder/sv",
            "/settings/profiles",
        ]
        .map(str::to_owned)
        .into();
        let mut logs: Vec<String> =
            ["/events", "/audit", "/audit/verify", "/events.csv", "/events.ndjson", "/audit.csv"]
                .map(str::to_owned)
                .into();
        all.extend(
            old.texts(&format!("SELECT '/candidates/' || id AS text FROM candidates WHERE {of_company}")),
        );
        logs.extend(old.texts(&format!("SELECT '/events/' || id AS text FROM events WHERE {of_company}")));
        for account in old.texts(&format!("SELECT id AS text FROM integrations WHERE {of_company}")) {
            let page = format!("/settings/integrations/{account}");
            let below = [
                "",
                "/webhooks",
                "/rules",
                "/postings",
                "/activity",
                "/settings",
                "/reconciliations",
                "/completeness",
            ];
            all.extend(below.map(|part| format!("{page}{part}")));
            for (part, table, id) in [
                ("reconciliations", "reconciliations", "id"),
                ("completeness", "completeness_days", "day"),
                ("batches", "batches", "id"),
            ] {
                all.extend(old.texts(&format!(
                    "SELECT '{page}/{part}/' || {id} AS text FROM {table} WHERE integration_id = '{account}'"
                )));
            }
        }
        Self { all, logs }
    }
}

/// What a text names: in quotes, as a mail address, as a number.
fn named(text: &str) -> Vec<String> {
    let quoted = text.split('\u{201c}').skip(1).filter_map(|rest| rest.split('\u{201d}').next());
    let mut all: Vec<String> = quoted.map(str::to_owned).collect();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':'));
    let words = words.map(|word| word.trim_end_matches('.'));
    all.extend(words.filter(|word| word.contains('@')).map(str::to_owned));
    all
}

async fn open(who: &Visitor, path: &str) -> Page {
    let page = who.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.html);
    page
}

on_both_databases!(async |backend| Old::load(backend) => every_page_opens_for_those_who_may_see_it);
/// Every page that a role may see opens, and nobody else's; no row is lost on the way.
async fn every_page_opens_for_those_who_may_see_it(old: Old) {
    old.asleep();
    let (paths, before, grow) = (Paths::of(&old), old.counts(&KEPT), old.counts(&GROWING));
    let of_globex = old.texts("SELECT '/candidates/' || c.id AS text FROM candidates c JOIN companies o ON o.id = c.company_id WHERE o.name = 'Globex'");
    assert!(paths.all.len() > 100 && paths.logs.len() > 100 && !of_globex.is_empty());
    let today = old.start(NOWHERE, None).await;
    for email in ["ada@acme.example", "moa@acme.example", "otto@acme.example"] {
        let who = today.signed_in(email).await;
        for path in &paths.all {
            open(&who, path).await;
        }
        for path in &paths.logs {
            let wanted = if email.starts_with("moa") { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(who.ask(reqwest::Method::GET, path).await.status, wanted, "{email}: {path}");
        }
        for path in &of_globex {
            assert_eq!(who.get(path).await.status, StatusCode::NOT_FOUND, "{email}: {path}");
        }
    }
    assert_eq!(today.old.counts(&KEPT), before);
    for ((table, now), (_, then)) in today.old.counts(&GROWING).into_iter().zip(grow) {
        assert!(now >= then, "{table}: {now} rows, and there were {then}");
    }
    assert!(today.old.letters.lock().unwrap().is_empty(), "nobody is written to");
}

/// A line of the export, by its id.
fn exported(text: &str) -> BTreeMap<String, Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["id"].as_str().unwrap().to_owned(), line)).collect()
}

on_both_databases!(async |backend| Old::load(backend) => the_event_log_is_whole);
/// The log, its exports and every timeline say of each event what the rows said, by name and number.
async fn the_event_log_is_whole(old: Old) {
    old.asleep();
    let of_acme = "company_id = (SELECT id FROM companies WHERE name = 'Acme Inc')";
    let column = |name: &str| {
        let sql = format!(
            "SELECT id || '\u{1f}' || CAST(COALESCE({name}, '') AS TEXT) AS text FROM events WHERE {of_acme} ORDER BY id"
        );
        let cells = old.texts(&sql);
        let cells = cells.iter().map(|cell| cell.split_once('\u{1f}').unwrap());
        cells.map(|(id, cell)| (id.to_owned(), cell.to_owned())).collect::<BTreeMap<String, String>>()
    };
    let same = [
        "kind",
        "state",
        "outcome",
        "opportunity_id",
        "contact_id",
        "from_stage_id",
        "to_stage_id",
        "lever_id",
        "dedupe_key",
        "signing_token_id",
    ];
    let cells: Vec<(&str, BTreeMap<String, String>)> =
        same.iter().map(|name| (*name, column(name))).collect();
    let reasons = column("reason");
    let steps: Vec<(String, String)> = old
            .texts(&format!("SELECT s.event_id || '\u{1f}' || s.kind || ' ' || s.detail AS text FROM event_steps s JOIN events e ON e.id = s.event_id WHERE e.{of_acme} ORDER BY s.id"))
            .iter()
            .map(|line| line.split_once('\u{1f}').unwrap())
            .map(|(id, text)| (id.to_owned(), text.to_owned()))
            .collect();
    let today = old.start(NOWHERE, None).await;
    // Auditors do not see what another delivery could be made of.
    let ada = today.signed_in("ada@acme.example").await;
    let (status, _, _, lines) = ada.file("/events.ndjson").await;
    assert_eq!(status, StatusCode::OK);
    let lines = exported(&String::from_utf8(lines).unwrap());
    assert_eq!(lines.keys().collect::<Vec<_>>(), reasons.keys().collect::<Vec<_>>());
    for (name, column) in &cells {
        let shown = if *name == "kind" { "event" } else { name };
        for (id, cell) in column {
            assert_eq!(lines[id][shown].as_str().unwrap_or_default(), cell, "{shown} of {id}");
        }
    }
    let (status, _, _, csv) = ada.file("/events.csv").await;
    assert_eq!(status, StatusCode::OK);
    let csv = String::from_utf8(csv).unwrap();
    let otto = today.signed_in("otto@acme.example").await;
    for id in reasons.keys() {
        assert_eq!(csv.lines().filter(|line| line.contains(id.as_str())).count(), 1, "{id} in the CSV file");
    }
    // The pages of the list, from the newest to the oldest.
    let (mut path, mut listed) = ("/events".to_owned(), Vec::new());
    loop {
        let page = open(&otto, &path).await;
        let html = page.html.clone();
        listed
            .extend(html.split("id=\"event-").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        match page.attribute("a[rel=next]", "href") {
            Some(next) => path = next,
            None => break,
        }
    }
    listed.reverse();
    assert_eq!(listed, reasons.keys().cloned().collect::<Vec<_>>());
    // Each event with its timeline.
    for (id, reason) in &reasons {
        let page = open(&otto, &format!("/events/{id}")).await;
        let of_it: Vec<&str> =
            steps.iter().filter(|(of, _)| of == id).map(|(_, text)| text.as_str()).collect();
        let lines = page.text("ol.timeline li").lines().count();
        assert!(lines >= of_it.len(), "{lines} lines for {} steps: {id}", of_it.len());
        let (timeline, main) = (page.text("ol.timeline"), page.text("main"));
        for (text, shown) in of_it.iter().map(|text| (*text, &timeline)).chain([(reason.as_str(), &main)]) {
            for name in named(text) {
                assert!(shown.contains(name.as_str()), "{name}, of {text}: {shown}");
            }
        }
    }
}

on_both_databases!(async |backend| Old::load(backend) => candidates_moves_and_accounts_are_shown);
/// Candidates with their invitations, results and reports; the held move; accounts with what is wrong.
async fn candidates_moves_and_accounts_are_shown(old: Old) {
    old.asleep();
    let of_acme = "company_id = (SELECT id FROM companies WHERE name = 'Acme Inc')";
    let candidates =
        old.texts(&format!("SELECT id || '\u{1f}' || name AS text FROM candidates WHERE {of_acme}"));
    let invitations = old.texts(&format!("SELECT candidate_id || '\u{1f}' || posting_title || '\u{1f}' || ended_reason AS text FROM invitations WHERE {of_acme}"));
    let results = old.texts(&format!("SELECT i.candidate_id || '\u{1f}' || i.id AS text FROM sittings s JOIN invitations i ON i.id = s.invitation_id WHERE i.{of_acme} AND s.result IS NOT NULL"));
    assert!(candidates.len() > 50 && invitations.len() > 50 && results.len() > 3);
    let held = old.texts("SELECT '/settings/integrations/' || integration_id || '/batches/' || id AS text FROM batches WHERE state = 'held'");
    let movers = old.texts("SELECT c.name AS text FROM batches b JOIN batch_events m ON m.batch_id = b.id JOIN events e ON e.id = m.event_id JOIN candidates c ON c.opportunity_id = e.opportunity_id WHERE b.state = 'held'");
    let globex = old.text("SELECT id AS text FROM integrations WHERE account_name = 'Globex'");
    let alerts =
        old.texts("SELECT integration_id || ' ' || kind AS text FROM alerts WHERE recovered_at IS NULL");
    let revoked = old.text("SELECT id AS text FROM integrations WHERE account_name = 'Acme, revoked'");
    let audit = old.count(&format!("audit_log WHERE {of_acme}"));
    let (cookie, links) =
        (old.notes["cookie of Ada"].as_str().unwrap().to_owned(), old.notes["links"].clone());
    let (invite, reset) =
        (old.notes["invite"].as_str().unwrap().to_owned(), old.notes["reset"].as_str().unwrap().to_owned());
    let today = old.start(NOWHERE, None).await;
    // Where the address has a port, the cookie is named by it and sealed under that name: she logs in once more.
    let ada = today.visitor();
    ada.set_cookie(Some(cookie));
    assert!(!ada.is_signed_in().await);
    let ada = today.signed_in("ada@acme.example").await;
    let pages: BTreeMap<String, Page> = {
        let mut pages = BTreeMap::new();
        for candidate in &candidates {
            let (id, name) = candidate.split_once('\u{1f}').unwrap();
            let page = open(&ada, &format!("/candidates/{id}")).await;
            assert!(page.text("h1").contains(name), "{name}: {}", page.text("h1"));
            pages.insert(id.to_owned(), page);
        }
        pages
    };
    for invitation in &invitations {
        let parts: Vec<&str> = invitation.split('\u{1f}').collect();
        let text = pages[parts[0]].text("main");
        assert!(text.contains(parts[1]), "{}: {text}", parts[1]);
        for name in named(parts[2]) {
            assert!(text.contains(&name), "{name}: {text}");
        }
    }
    for result in &results {
        let (candidate, invitation) = result.split_once('\u{1f}').unwrap();
        let report = pages[candidate].text(&format!("[id='result-{invitation}']"));
        assert!(report.contains("Scored with the profile"), "{report}");
    }
    assert_eq!((held.len(), movers.len()), (1, 4));
    let page = open(&ada, &held[0]).await;
    for mover in &movers {
        assert!(page.text("tbody").contains(mover.as_str()), "{mover}: {}", page.html);
    }
    assert!(page.html.contains("Send now"));
    let bob = today.signed_in("bob@globex.example").await;
    assert!(alerts.len() >= 4, "{alerts:?}");
    for (account, kind) in alerts.iter().map(|alert| alert.split_once(' ').unwrap()) {
        let who = if account == globex { &bob } else { &ada };
        let page = open(who, &format!("/settings/integrations/{account}")).await.text("main");
        let word = match kind {
            "access_revoked" => "revoked",
            "stages_gone" => "Reference check",
            "permissions_missing" => "Read job postings",
            // The page says what the test found, and when.
            "check_failing" => "Last test",
            other => panic!("{other}"),
        };
        assert!(page.contains(word), "{kind}: {page}");
    }
    let page = open(&ada, &format!("/settings/integrations/{revoked}")).await;
    assert!(page.text("main").contains("evoked"), "{}", page.text("main"));
    // The chain is whole, also for the command.
    let rows = today.old.count(&format!("audit_log WHERE {of_acme}"));
    assert!(rows > audit, "what Ada looked at is written down: {rows}, {audit} before");
    let page = open(&ada, "/audit/verify").await;
    assert!(page.text(".banner.good").contains(&format!("rows 1 to {rows} ")), "{}", page.text(".banner"));
    let verified = tokio::process::Command::new(env!("CARGO_BIN_EXE_alva-portal"))
        .args(["audit", "verify"])
        .env_clear()
        .env("DATABASE_URL", today.old.database_url())
        .env("SECRET_KEY_FILE", today.old.path("key"))
        .output()
        .await
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
    // Links in mails of that time.
    let somebody = today.visitor();
    assert!(open(&somebody, &invite).await.html.contains("Join Acme Inc"));
    assert!(open(&somebody, &reset).await.html.contains("Set password"));
    for (name, wanted) in [
        ("Sven Sent", "I agree, begin"),
        ("Stig Started", "Personality, page 1 of 15"),
        ("Carla Complete", "Your result"),
    ] {
        let page = open(&somebody, links[name].as_str().unwrap()).await;
        assert!(page.html.contains(wanted), "{name}: {}", page.text("main"));
    }
    let gone = somebody.get(links["Wera Withdrawn"].as_str().unwrap()).await;
    assert_eq!(gone.status, StatusCode::GONE, "{}", gone.html);
}

on_both_databases!(async |backend| Old::load(backend) => events_are_counted_by_the_hour);
/// The migration counts the events that are there: every account, hour and state.
async fn events_are_counted_by_the_hour(old: Old) {
    old.asleep();
    let logged = "SELECT integration_id || ' ' || CAST(received_at / 3600000 AS TEXT) || ' ' || state || ' ' || \
                  CAST(COUNT(*) AS TEXT) AS text FROM events GROUP BY integration_id, received_at / 3600000, state \
                  ORDER BY 1";
    let before = old.texts(logged);
    assert!(before.len() > 5, "{before:?}");
    let today = old.start(NOWHERE, None).await;
    let counted = today.old.texts(
        "SELECT integration_id || ' ' || CAST(hour AS TEXT) || ' ' || state || ' ' || CAST(SUM(counted) AS TEXT) AS text \
         FROM event_counts GROUP BY integration_id, hour, state HAVING SUM(counted) <> 0 ORDER BY 1",
    );
    assert_eq!(counted, before);
}
