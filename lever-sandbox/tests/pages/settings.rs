//! Integrations and API: what the page says, takes and refuses.

use lever_sandbox::{Options, TokenMode};
use reqwest::StatusCode;
use serde_json::json;

use crate::receiver::Receiver;
use crate::support::{wait, world};
use crate::webhooks::{HERE, MOVED, add, token_of};

#[tokio::test]
async fn the_page_has_the_guide_s_words() {
    let mut world = world(Options { token_mode: TokenMode::Account, ..Options::default() }).await;
    let page = world.browser.get(HERE).await;
    assert_eq!(page.texts("h1"), ["Integrations and API"]);
    let tabs = page.texts(".tabs a");
    for tab in ["Webhooks", "Authorized Apps", "API Credentials"] {
        assert!(tabs.contains(&tab.to_owned()), "{tabs:?}");
    }
    let headings = page.texts("h2");
    let wanted = ["Application Created", "Candidate Stage Change", "Candidate Hired", "Candidate Deleted"];
    assert_eq!(headings[..4], wanted);
    assert!(headings.contains(&"Webhook signing token".to_owned()));
    assert!(page.texts("button").contains(&"regenerate token".to_owned()));
    let labels = page.texts("label");
    assert!(labels.contains(&"Webhook URL for Candidate Stage Change".to_owned()));
    let ticked = page.attrs("#candidateStageChange input[type=checkbox][checked]", "value");
    assert_eq!(ticked, ["applied", "sourced", "referred", "university", "agency", "internal"]);
    assert!(page.attrs("#candidateDeleted input[type=checkbox]", "value").is_empty());
}

#[tokio::test]
async fn the_first_webhook_turns_its_event_on() {
    let receiver = Receiver::start();
    let mut world = world(Options { events_on: false, ..Options::default() }).await;
    let page = world.browser.get(HERE).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["false"]);
    let page = add(&mut world, MOVED, &receiver.url).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["true"]);
    assert_eq!(page.attrs("#candidateHired .switch", "aria-checked"), ["false"]);
}

#[tokio::test]
async fn only_https_and_this_machine_are_taken_as_urls() {
    let mut world = world(Options::default()).await;
    for url in ["http://example.com/hook", "ftp://example.com", "example.com/hook", "https://"] {
        let page = add(&mut world, MOVED, url).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert_eq!(page.attrs("#candidateStageChange-url", "value"), [url]);
        assert_eq!(page.attrs("#candidateStageChange-url", "aria-invalid"), ["true"]);
        assert_eq!(page.attrs("#candidateStageChange details[open]", "open").len(), 1);
    }
    assert_eq!(add(&mut world, MOVED, "https://example.com/hook").await.status, StatusCode::OK);
    let again = add(&mut world, MOVED, "https://example.com/hook").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text().contains("already goes to that URL"));
}

#[tokio::test]
async fn without_the_flag_plain_http_is_refused_even_here() {
    let mut world = world(Options { allow_http: false, ..Options::default() }).await;
    let page = add(&mut world, MOVED, "http://127.0.0.1:9/hook").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().contains("HTTPS addresses only"));
}

#[tokio::test]
async fn one_url_goes_to_several_events_at_once() {
    let mut world = world(Options::default()).await;
    let form = world.browser.get(HERE).await.form("/settings/integrations/webhooks/several");
    let ticked: Vec<&str> =
        form.fields.iter().filter(|(name, _)| name == "event").map(|(_, event)| event.as_str()).collect();
    assert_eq!(ticked, ["applicationCreated", MOVED, "candidateHired", "candidateDeleted"]);
    let page = world.browser.submit(&form, &[("url", "https://example.com/hook")]).await;
    for event in ticked {
        assert_eq!(page.texts(&format!("#{event} .url")), ["https://example.com/hook"]);
    }
    let form = page.form_with_button("#candidateHired", "Remove");
    assert!(world.browser.submit(&form, &[]).await.texts("#candidateHired .url").is_empty());
}

#[tokio::test]
async fn what_the_api_made_a_person_can_only_look_at() {
    let mut world = world(Options::default()).await;
    let answer = reqwest::Client::new()
        .post(format!("{}/v1/webhooks", world.lever.url))
        .basic_auth(&world.lever.api_key, Some(""))
        .json(&json!({"event": MOVED, "url": "https://example.com/api"}))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let made: serde_json::Value = answer.json().await.unwrap();
    let id = made["data"]["id"].as_str().unwrap();

    let page = world.browser.get(HERE).await;
    let text = page.texts("#candidateStageChange li").join(" ");
    assert!(text.contains("Made by API") && text.contains("can only be changed through the API"), "{text}");
    let csrf = page.form("/logout").fields[0].1.clone();
    for what in ["remove", "token", "origins"] {
        let fields = [("csrf", csrf.as_str()), ("origin", "agency")];
        let page = world.browser.post(&format!("{HERE}/webhooks/{id}/{what}"), &fields).await;
        assert!(page.texts(".note.bad").join(" ").contains("made through the API"), "{what}");
    }
    assert_eq!(
        world.browser.get(HERE).await.texts("#candidateStageChange .url"),
        ["https://example.com/api"]
    );
}

#[tokio::test]
async fn a_key_is_made_shown_once_used_and_deleted() {
    let mut world = world(Options::default()).await;
    let page = world.browser.get("/settings/integrations?tab=credentials").await;
    let page =
        world.browser.submit(&page.form("/settings/integrations/keys"), &[("name", "Nightly export")]).await;
    let key = token_of(&page, ".note");
    let call = async |key: &str| {
        let request = reqwest::Client::new().get(format!("{}/v1/stages", world.lever.url));
        request.basic_auth(key, Some("")).send().await.unwrap().status()
    };
    assert_eq!(call(&key).await, StatusCode::OK);

    let mut browser = world.browser;
    let page = browser.get("/settings/integrations?tab=credentials").await;
    assert!(!page.body.contains(&key));
    let rows = page.texts("tbody tr");
    let mine = rows.iter().position(|row| row.contains("Nightly export")).unwrap();
    let deletions: Vec<_> =
        page.forms().into_iter().filter(|form| form.action.ends_with("/delete")).collect();
    let page = browser.submit(&deletions[mine], &[]).await;
    assert!(!page.texts("tbody tr").join(" ").contains("Nightly export"));
    let refused = async || call(&key).await == StatusCode::UNAUTHORIZED;
    wait("the key to be refused", refused).await;
}
