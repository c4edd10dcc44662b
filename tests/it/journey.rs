//! The published guide, word for word, in a real browser: from the log-in to the candidate's page.

use crate::support::browser::Browser;
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::fixture::Fixture;
use crate::support::on_both_databases;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::Backend;
use alva_portal::people::Role;
use lever_sandbox::{Options, TokenMode};
use serde_json::Value;

const EVENTS: [(&str, &str); 4] = [
    ("applicationCreated", "Application Created"),
    ("candidateStageChange", "Candidate Stage Change"),
    ("candidateHired", "Candidate Hired"),
    ("candidateDeleted", "Candidate Deleted"),
];

on_both_databases!(std::future::ready => with_a_token_per_webhook);
async fn with_a_token_per_webhook(backend: Backend) {
    follow_the_guide(backend, TokenMode::PerWebhook).await;
}

on_both_databases!(std::future::ready => with_one_token_for_the_account);
async fn with_one_token_for_the_account(backend: Backend) {
    follow_the_guide(backend, TokenMode::Account).await;
}

async fn follow_the_guide(backend: Backend, mode: TokenMode) {
    let there =
        Fixture::on(backend).lever(Options { token_mode: mode, ..Options::default() }).beside_lever().await;
    let (portal, lever) = (there.portal, there.lever);
    let company = portal.company("Northwind Traders").await;
    portal.person(&company, "ada@northwind.example", Role::Admin).await;
    let looks = backend == Backend::Sqlite && mode == TokenMode::PerWebhook;
    let browser = Browser::open().await;

    // 1. Company settings, Integrations, Add Integration, Lever, Add.
    log_in(&browser, &portal, "ada@northwind.example").await;
    browser.press("Company").await;
    browser.press("Integrations").await;
    browser.sees("No integration yet").await;
    if looks {
        everyone_can_use(&browser, "journey-integrations-empty").await;
    }
    browser.press("Add Integration").await;
    browser.press("Add").await;
    browser.sees("Alva will be able to").await;
    if looks {
        everyone_can_use(&browser, "journey-connect-lever").await;
    }
    // 2. and 3. Grant Access; Lever: log in, review, Accept.
    browser.press("Grant Access").await;
    browser.fill("Email", &lever.admin_email).await;
    browser.fill("Password", &lever.admin_password).await;
    browser.press("Log in").await;
    browser.sees("Alva Labs").await;
    browser.press("Accept").await;
    // 4. Back on the integration's page: copy the Webhook URL.
    browser.sees("Setting up").await;
    let account_page = browser.url().await;
    for (_, label) in EVENTS {
        browser.sees(label).await;
    }
    if looks {
        everyone_can_use(&browser, "journey-setting-up").await;
    }
    browser.press("Copy").await;
    let webhook_url = browser.clipboard().await;
    assert_eq!(webhook_url, browser.value("Webhook URL").await);
    assert!(webhook_url.starts_with(portal.running.url.as_str()), "{webhook_url}");
    // In Lever: paste it for the four events, verify, and copy the token.
    let portal_tab = browser.new_tab().await;
    browser.goto(format!("{}/settings/integrations", lever.url)).await;
    for (event, label) in EVENTS {
        browser.press_at(label, "+ Add webhook").await;
        browser.fill(&format!("Webhook URL for {label}"), &webhook_url).await;
        browser.press_at(&format!("Webhook URL for {label}"), "Save webhook").await;
        browser.sees(&webhook_url).await;
        let section = format!("return !!document.querySelector('#{event} .secret, #{event}')");
        assert_eq!(browser.run(&section, vec![]).await, true);
    }
    browser.press_at("Candidate Stage Change", "Verify Connection").await;
    browser.sees("Verified").await;
    let tokens =
        "return [...new Set([...document.querySelectorAll('.secret code')].map(c => c.textContent.trim()))]";
    let tokens: Vec<String> = serde_json::from_value(browser.run(tokens, vec![]).await).unwrap();
    assert_eq!(tokens.len(), if mode == TokenMode::Account { 1 } else { 4 }, "{tokens:?}");
    // An event arrives before the token is pasted: it is kept, and verified on Save.
    let early = opportunity(&lever, "applicant-new", 0).await;
    move_to(&lever, &early, "Recruiter screen").await;
    browser.client().close_window().await.unwrap();
    browser.turn_to(portal_tab).await;
    browser.sees("waiting for the token").await;
    browser.sees("connection test received").await;
    // Paste the token, choose the stages, Save.
    browser.fill("Webhook signature token", &tokens.join("\n")).await;
    browser.choose("Trigger stage", "Assessment").await;
    browser.choose("Progression stage", "Phone interview").await;
    browser.check("agency").await;
    browser.press("Save").await;
    browser.sees("Active").await;
    browser.sees("received events").await;
    if looks {
        everyone_can_use(&browser, "journey-active").await;
    }
    // 5. Somebody is moved to the trigger stage in Lever.
    let moved = invitable(&lever).await;
    let name = moved["name"].as_str().unwrap();
    if looks {
        let portal_page = browser.url().await;
        on_the_board(&browser, &lever, &moved).await;
        browser.choose(&format!("Stage for {name}"), "Assessment").await;
        browser.press_at(name, "Move").await;
        is_in_column(&browser, &moved, "Assessment").await;
        browser.goto(portal_page).await;
    } else {
        move_to(&lever, &moved, "Assessment").await;
    }
    browser.press("Events").await;
    browser.sees(name).await;
    browser.sees("invited").await;
    if looks {
        everyone_can_use(&browser, "journey-events").await;
    }
    let link = format!(
        "const row = [...document.querySelectorAll('tr')].find(r => r.textContent.includes({name:?})); row.querySelector('a').click()"
    );
    browser.run(&link, vec![]).await;
    for step in
        ["received", "verified", "kept", "fetched from Lever", "decided", "invitation emailed", "tag added"]
    {
        browser.sees(step).await;
    }
    if looks {
        everyone_can_use(&browser, "journey-event").await;
    }
    // The mail is in the inbox, and its link opens the candidate's page.
    let mail = until("the invitation's mail", PATIENCE, async || {
        let mails: Value = sandbox(&lever, "mail").await;
        let to = moved["emails"][0].as_str().unwrap().to_owned();
        mails["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|mail| mail["to"].as_str().unwrap().contains(&to))
            .cloned()
    })
    .await;
    assert!(mail["subject"].as_str().unwrap().contains("Northwind Traders"), "{mail}");
    let link = mail["links"][0].as_str().unwrap().to_owned();
    browser.press("Candidates").await;
    browser.sees(name).await;
    if looks {
        everyone_can_use(&browser, "journey-candidates").await;
    }
    browser.goto(&link).await;
    browser.sees("Northwind Traders").await;
    if looks {
        everyone_can_use(&browser, "journey-assessment").await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
    // Lever shows that the candidate was invited.
    until("the tag in Lever", PATIENCE, async || {
        let there = api(&lever, &format!("opportunities/{}", moved["id"].as_str().unwrap())).await;
        there["data"]["tags"].as_array().unwrap().iter().any(|tag| tag == "Alva: Invited").then_some(())
    })
    .await;
    if looks {
        back_to_lever(&browser, &lever, &moved).await;
    }
    browser.goto(format!("{account_page}/webhooks")).await;
    browser.sees("verified").await;
    lever.stop().await;
}

/// The candidate takes both tests; Lever then has the result, and the candidate is a stage further.
async fn back_to_lever(browser: &Browser, lever: &lever_sandbox::Running, person: &Value) {
    crate::assessment::browser::take_both(browser, false).await;
    let id = person["id"].as_str().unwrap();
    let goal = api(lever, "stages").await;
    let goal =
        goal["data"].as_array().unwrap().iter().find(|s| s["text"] == "Phone interview").unwrap()["id"]
            .clone();
    let there = until("the progression stage", PATIENCE, async || {
        let there = api(lever, &format!("opportunities/{id}")).await["data"].take();
        (there["stage"] == goal).then_some(there)
    })
    .await;
    let tags: Vec<&str> = there["tags"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(tags.contains(&"Alva: Completed") && !tags.contains(&"Alva: Invited"), "{tags:?}");
    let notes = api(lever, &format!("opportunities/{id}/notes")).await.to_string();
    assert!(notes.contains("Full result: "), "{notes}");
    // The note's link leads the admin to the report.
    let link =
        there["links"].as_array().unwrap().iter().filter_map(Value::as_str).find(|l| l.contains("#result-"));
    browser.goto(link.expect("the link to the result")).await;
    browser.sees("Role fit: ").await;
    browser.sees("Write the result as a note in Lever").await;
    browser.sees("Attach the summary as a PDF in Lever").await;
    // In Lever, who looks at the candidate sees the file.
    browser.goto(format!("{}/opportunities/{id}", lever.url)).await;
    browser.sees("Alva test summary").await;
    browser.sees("Alva: tests completed").await;
    // And on the board, in which column and with which tag.
    on_the_board(browser, lever, person).await;
    is_in_column(browser, person, "Phone interview").await;
    browser.sees("Alva: Completed").await;
}

/// Lever's board, with this person on it.
async fn on_the_board(browser: &Browser, lever: &lever_sandbox::Running, person: &Value) {
    let mut board = url::Url::parse(&lever.url).unwrap();
    board.query_pairs_mut().append_pair("q", person["emails"][0].as_str().unwrap());
    browser.goto(board).await;
    browser.sees(person["name"].as_str().unwrap()).await;
}

async fn is_in_column(browser: &Browser, person: &Value, stage: &str) {
    let (id, what) = (&person["id"], format!("the card to be in the column {stage}"));
    let card = format!(
        "return document.querySelector('[data-id={id}]')?.closest('.column').querySelector('h2').textContent.includes({stage:?}) ?? false"
    );
    browser.until(&card, &what).await;
}

async fn sandbox(lever: &lever_sandbox::Running, path: &str) -> Value {
    let answer = reqwest::get(format!("{}/sandbox/{path}", lever.url)).await.unwrap();
    answer.json().await.unwrap()
}

async fn api(lever: &lever_sandbox::Running, path: &str) -> Value {
    // The key has ten calls a second, and a test that waits for something asks for more.
    let answer = until("a call that Lever has room for", PATIENCE, async || {
        let request = reqwest::Client::new().get(format!("{}/v1/{path}", lever.url));
        let answer = request.basic_auth(&lever.api_key, Some("")).send().await.unwrap();
        (answer.status() != reqwest::StatusCode::TOO_MANY_REQUESTS).then_some(answer)
    });
    answer.await.json().await.unwrap()
}

async fn opportunity(lever: &lever_sandbox::Running, stage: &str, nth: usize) -> Value {
    api(lever, &format!("opportunities?stage_id={stage}&archived=false")).await["data"][nth].clone()
}

/// Somebody whom nothing keeps from being invited.
async fn invitable(lever: &lever_sandbox::Running) -> Value {
    let there = api(lever, "opportunities?archived=false").await;
    let is_good = |person: &&Value| {
        person["origin"] == "applied"
            && person["emails"][0].is_string()
            && person["isAnonymized"] == false
            && person["confidentiality"] == "non-confidential"
            && !person["applications"].as_array().unwrap().is_empty()
            && person["stage"] == "applicant-new"
    };
    there["data"].as_array().unwrap().iter().rfind(is_good).expect("somebody to invite").clone()
}

async fn move_to(lever: &lever_sandbox::Running, person: &Value, stage: &str) {
    let stages = api(lever, "stages").await;
    let id =
        stages["data"].as_array().unwrap().iter().find(|there| there["text"] == stage).unwrap()["id"].clone();
    let url = format!("{}/v1/opportunities/{}/stage", lever.url, person["id"].as_str().unwrap());
    let request = reqwest::Client::new().put(url).basic_auth(&lever.api_key, Some(""));
    let answer = request.json(&serde_json::json!({ "stage": id })).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}
