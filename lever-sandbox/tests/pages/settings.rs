//! Integrations and API: webhooks with their switches and tokens, apps, credentials.

use lever_sandbox::{Options, TokenMode};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Page, Receiver, SelfSigned, World, quick, wait, world};

const HERE: &str = "/settings/integrations";
const MOVED: &str = "candidateStageChange";

async fn add(world: &mut World, event: &str, url: &str) -> Page {
    let form = world.browser.get(HERE).await.form_with_button(&format!("#{event}"), "Save webhook");
    world.browser.submit(&form, &[("url", url)]).await
}

/// Moves the first card that is not in the last stage there.
async fn move_someone(world: &mut World) {
    let board = world.browser.get("/").await;
    let last = board.attrs(".column", "data-stage").pop().unwrap();
    let card = board.attrs(&format!(".column:not([data-stage=\"{last}\"]) .person"), "data-id")[0].clone();
    let page =
        world.browser.submit(&board.form(&format!("/opportunities/{card}/move")), &[("stage", &last)]).await;
    assert!(page.text().contains("Moved "));
}

fn token_of(page: &Page, place: &str) -> String {
    page.texts(&format!("{place} .secret code"))[0].clone()
}

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
async fn each_webhook_signs_with_its_own_token() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let mut world = world(Options::default()).await;
    add(&mut world, MOVED, &receiver.url).await;
    let page = add(&mut world, MOVED, &other.url).await;
    let tokens = page.texts("#candidateStageChange .secret code");
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    move_someone(&mut world).await;
    let (one, two) = (receiver.wait_for(1).await.remove(0), other.wait_for(1).await.remove(0));
    assert!(one.signed_with(&tokens[0]) && !one.signed_with(&tokens[1]));
    assert!(two.signed_with(&tokens[1]));
    assert_ne!(one.body["token"], two.body["token"]);
}

#[tokio::test]
async fn the_account_s_token_signs_everything_until_it_is_regenerated() {
    let receiver = Receiver::start();
    let mut world = world(Options { token_mode: TokenMode::Account, ..Options::default() }).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    assert!(page.texts("#candidateStageChange .secret").is_empty());
    let old = token_of(&page, "#signing-token");
    move_someone(&mut world).await;
    assert!(receiver.wait_for(1).await[0].signed_with(&old));

    let page = world.browser.submit(&page.form_with_button("#signing-token", "regenerate token"), &[]).await;
    let new = token_of(&page, "#signing-token");
    assert_ne!(old, new);
    move_someone(&mut world).await;
    let call = &receiver.wait_for(2).await[1];
    assert!(call.signed_with(&new) && !call.signed_with(&old));
}

#[tokio::test]
async fn a_webhook_s_own_token_is_regenerated_too() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let old = token_of(&page, "#candidateStageChange");
    let page =
        world.browser.submit(&page.form_with_button("#candidateStageChange", "regenerate token"), &[]).await;
    let new = token_of(&page, "#candidateStageChange");
    assert_ne!(old, new);
    move_someone(&mut world).await;
    assert!(receiver.wait_for(1).await[0].signed_with(&new));
}

#[tokio::test]
async fn verify_connection_is_a_signed_call_about_nobody() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &format!("{}/hook", receiver.url)).await;
    assert!(page.texts("#candidateStageChange .badge").contains(&"◌ Not verified".to_owned()));
    let token = token_of(&page, "#candidateStageChange");
    let page =
        world.browser.submit(&page.form_with_button("#candidateStageChange", "Verify Connection"), &[]).await;
    assert!(page.texts("#candidateStageChange .badge").contains(&"✓ Verified".to_owned()));
    let call = receiver.wait_for(1).await.remove(0);
    assert_eq!(call.path, "/hook");
    assert_eq!(call.body["event"], MOVED);
    assert!(call.body["data"].get("opportunityId").is_none());
    assert!(call.signed_with(&token));
}

#[tokio::test]
async fn a_failed_verification_says_why() {
    let mut world = world(Options::default()).await;
    // Nothing listens on port 9 of this machine; a redirect does not count as success.
    let redirecting = Receiver::answering(&[302]);
    for (event, url, why) in [
        (MOVED, "http://127.0.0.1:9/hook", "could not connect"),
        ("candidateHired", &redirecting.url, "the URL answered 302"),
    ] {
        let page = add(&mut world, event, url).await;
        let page = world
            .browser
            .submit(&page.form_with_button(&format!("#{event}"), "Verify Connection"), &[])
            .await;
        let alert = page.texts(&format!("#{event} [role=alert]")).join(" ");
        assert!(alert.contains(why), "{alert}");
        assert!(page.texts(&format!("#{event} .badge")).contains(&"◌ Not verified".to_owned()));
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let receiver = SelfSigned::start().await;
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let form = page.form_with_button("#candidateStageChange", "Verify Connection");
    let page = world.browser.submit(&form, &[]).await;
    let alert = page.texts("#candidateStageChange [role=alert]").join(" ");
    assert!(alert.contains("certificate"), "{alert}");
}

#[tokio::test]
async fn a_switch_that_is_off_silences_the_event() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let switch = page.form("/settings/integrations/events/candidateStageChange/switch");
    let page = world.browser.submit(&switch, &[]).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["false"]);
    move_someone(&mut world).await;

    // Adding another webhook does not turn on what a person turned off.
    let page = add(&mut world, MOVED, &format!("{}/second", receiver.url)).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["false"]);

    let page = world
        .browser
        .submit(&page.form("/settings/integrations/events/candidateStageChange/switch"), &[])
        .await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["true"]);
    move_someone(&mut world).await;
    let calls = receiver.wait_for(2).await;
    let first = &calls[0].body["data"]["opportunityId"];
    assert!(
        calls.iter().all(|call| call.body["data"]["opportunityId"] == *first),
        "the silent move was told"
    );
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
async fn origins_limit_whom_a_webhook_hears_of() {
    let (all, only_agency) = (Receiver::start(), Receiver::start());
    let mut world = world(Options::default()).await;
    add(&mut world, "applicationCreated", &all.url).await;
    let form = world.browser.get(HERE).await.form_with_button("#applicationCreated", "Save webhook");
    let page = world.browser.submit(&form, &[("url", &only_agency.url), ("origin", "agency")]).await;
    assert!(page.texts("#applicationCreated li").iter().any(|text| text.contains("Origins: agency")));

    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    for (name, origin) in [("One", "applied"), ("Two", "agency")] {
        let form = world.browser.get(&posting).await.form(&format!("{posting}/apply"));
        world.browser.submit(&form, &[("name", name), ("origin", origin)]).await;
    }
    let heard = all.wait_for(2).await;
    let agency = only_agency.wait_for(1).await;
    assert_eq!(agency.len(), 1);
    assert_eq!(agency[0].body["data"], heard[1].body["data"]);
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
    assert!(text.contains("Made by API") && text.contains("can be changed through the API only"), "{text}");
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
async fn a_delivery_can_be_looked_at_and_sent_again() {
    let receiver = Receiver::answering(&[500]);
    let mut world = world(quick()).await;
    add(&mut world, MOVED, &receiver.url).await;
    move_someone(&mut world).await;
    receiver.wait_for(2).await;
    let list = world.browser.get("/settings/deliveries").await;
    let path = list.attrs("td a", "href")[0].clone();
    let mut page = world.browser.get(&path).await;
    for _ in 0..100 {
        if page.texts(".head .badge") == ["Delivered"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        page = world.browser.get(&path).await;
    }
    assert_eq!(page.texts("ol .badge"), ["answered 500", "answered 200"]);
    assert!(page.texts("pre")[0].contains("\"event\": \"candidateStageChange\""));

    let page = world.browser.submit(&page.form_with_button("main", "Send again"), &[]).await;
    assert_eq!(page.texts("ol .badge"), ["answered 500", "answered 200", "answered 200"]);
    let calls = receiver.wait_for(3).await;
    assert_eq!(calls[0].body, calls[2].body);
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
