//! The page of an integration in parts: each has an address, forms lead back to the part that they come from, and the
//! set-up keeps what was chosen.

use super::*;
use crate::support::browser::{Browser, PHONE};
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::on_both_databases;

const PARTS: [(&str, &str); 6] = [
    ("", "Overview"),
    ("/webhooks", "Webhooks"),
    ("/rules", "Rules"),
    ("/postings", "Postings"),
    ("/activity", "Activity"),
    ("/settings", "Settings"),
];

fn page_of(there: &Connected) -> String {
    format!("/settings/integrations/{}", there.integration)
}

async fn account(there: &Connected) -> Integration {
    let id = there.integration;
    there.portal.running.db.read(move |conn| store::get(conn, &id)).await.unwrap()
}

fn current(page: &Page) -> String {
    page.text("nav[aria-label=Integration] [aria-current=page]")
}

on_both_databases!(Connected::active => each_part_has_an_address_and_a_title);
async fn each_part_has_an_address_and_a_title(there: Connected) {
    there.portal.person(&there.company, "max@acme.example", Role::Member).await;
    there.portal.person(&there.company, "eva@acme.example", Role::Auditor).await;
    let path = page_of(&there);
    for who in ["ada@acme.example", "max@acme.example", "eva@acme.example"] {
        let visitor = there.portal.signed_in(who).await;
        for (below, label) in PARTS {
            let page = visitor.get(&format!("{path}{below}")).await;
            assert_eq!(page.status, StatusCode::OK, "{who} {below}");
            assert_eq!(current(&page), label, "{who} {below}");
            let ways = page.text("nav[aria-label=Integration] a");
            assert_eq!(ways, "Overview\nWebhooks\nRules\nPostings\nActivity\nSettings", "{who} {below}");
            let title = if below.is_empty() {
                "Lever · Lever account".to_owned()
            } else {
                format!("Lever · Lever account – {label}")
            };
            assert_eq!(page.text("h1"), title, "{who} {below}");
            assert_eq!(page.text("title"), format!("{title} · Alva"), "{who} {below}");
            // What refreshes the page leaves its title as it is.
            let live = page.attribute("#standing", "data-live").expect("a live frame");
            let live = visitor.get(&live).await;
            assert_eq!(live.attribute("#standing", "data-window-title"), Some(format!("{title} · Alva")));
        }
    }
    let activity = there.admin.get(&format!("{path}/activity")).await;
    for way in [
        format!("/events?integration={}", there.integration),
        format!("{path}/reconciliations"),
        format!("{path}/completeness"),
    ] {
        let is_empty =
            activity.text("main").contains("No event has arrived yet.") && way.starts_with("/events");
        let link = activity.attribute(&format!("main a[href='{way}']"), "href");
        assert!(link.is_some() || is_empty, "{way}: {}", activity.html);
    }
}

on_both_databases!(Connected::active => a_form_leads_back_to_the_part_that_it_comes_from);
async fn a_form_leads_back_to_the_part_that_it_comes_from(there: Connected) {
    let path = page_of(&there);
    let (webhooks, settings) = (format!("{path}/webhooks"), format!("{path}/settings"));
    let before = account(&there).await.settings;
    // A token alone: who is invited stays as it is.
    let form = there.admin.get(&webhooks).await;
    let wrong = there.admin.press(&form, "Save", &[("webhook_signature_token", "short")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(current(&wrong), "Webhooks");
    assert!(wrong.text("#webhook_signature_token-error").contains("too short"), "{}", wrong.html);
    assert_eq!(wrong.text("#webhook_signature_token"), "short", "what was typed stays");
    let token = "0f3b7c21d5a94e6688aa";
    there.admin.press(&form, "Save", &[("webhook_signature_token", token)]).await.leads_to(&webhooks);
    assert_eq!(account(&there).await.settings, before);
    assert!(there.admin.get(&webhooks).await.text("main").contains("saved, ending …aa"));
    // That form was open: somebody else's, here one's own, save made it stale.
    let stale = there.admin.press(&form, "Save", &[("webhook_signature_token", "another-token-0123")]).await;
    assert_eq!((stale.status, current(&stale).as_str()), (StatusCode::CONFLICT, "Webhooks"));
    // Who is invited alone: tokens stay as they are, also when the form brings some.
    let form = there.admin.get(&settings).await;
    let goal = there.stage("Phone interview").await;
    let fields = [("progression_stage", goal.as_str()), ("webhook_signature_token", "smuggled-token-01")];
    there.admin.press_and_agree(&form, "Save", &fields).await.leads_to(&settings);
    let saved = account(&there).await.settings;
    assert_eq!(
        (saved.progression_stage_id.as_ref(), &saved.trigger_stage_id),
        (Some(&goal), &before.trigger_stage_id)
    );
    assert!(!there.admin.get(&webhooks).await.text("main").contains("…01"));
    let wrong = there.admin.press(&form, "Save", &[("progression_stage", "")]).await;
    assert_eq!((wrong.status, current(&wrong).as_str()), (StatusCode::CONFLICT, "Settings"));
    let form = there.admin.get(&settings).await;
    let preview =
        there.admin.post(&format!("{path}/preview"), &[("part", "settings"), ("version", "9")]).await;
    assert_eq!(current(&preview), "Settings");
    there.admin.press(&form, "Save name", &[("account_name", "Acme")]).await.leads_to(&settings);
    there.admin.press(&form, "Save name", &[("account_name", "Lever account")]).await.leads_to(&settings);
    let form = there.admin.get(&webhooks).await;
    there.admin.press(&form, "Check webhooks", &[]).await.leads_to(&webhooks);
    there.admin.press(&form, "Replace the URL", &[]).await.leads_to(&webhooks);
    // A trigger stage that is gone is no reason to refuse the token that Lever signs with now.
    let fields = [("part", "webhooks"), ("version", "nonsense"), ("webhook_signature_token", token)];
    let stale = there.admin.post(&path, &fields).await;
    assert_eq!((stale.status, current(&stale).as_str()), (StatusCode::CONFLICT, "Webhooks"));
}

on_both_databases!(Connected::start => setting_webhooks_up_keeps_what_was_chosen);
async fn setting_webhooks_up_keeps_what_was_chosen(there: Connected) {
    let path = page_of(&there);
    let page = there.admin.get(&path).await;
    let primary = page.text("main button.primary");
    assert!(primary.starts_with("Set up webhooks for me"), "{primary}");
    for step in ["step-webhooks", "step-tokens", "step-who"] {
        assert!(page.attribute(&format!("#{step}[open]"), "id").is_some(), "{step} is to be done");
    }
    assert_eq!(page.text("#known-webhooks"), "0 of 4 webhooks have been heard from");
    assert!(page.text("#known-event").contains("none yet"), "{}", page.html);
    // What is to be done is found where it is now: in the set-up.
    let live = there.admin.get(&format!("{path}/live")).await;
    for id in ["webhook_signature_token", "trigger_stage"] {
        let way = format!("{path}#{id}");
        assert!(
            live.attribute(&format!("#diagnostics-now a[href='{way}']"), "href").is_some(),
            "{way}: {}",
            live.html
        );
        assert!(page.attribute(&format!("#{id}"), "id").is_some(), "{id}");
    }
    let (trigger, goal) = (there.stage("Assessment").await, there.stage("Phone interview").await);
    let version = page.attribute("#settings input[name=version]", "value").unwrap();
    let fields = [
        ("part", "overview"),
        ("version", version.as_str()),
        ("trigger_stage", &trigger),
        ("progression_stage", &goal),
        ("blocked_origins", "agency"),
        ("candidate_tag", "Our tag"),
    ];
    let kept = there.admin.post(&format!("{path}/webhooks"), &fields).await;
    assert_eq!((kept.status, current(&kept).as_str()), (StatusCode::OK, "Overview"));
    assert!(kept.text(".flash").contains("webhooks are set up in Lever"), "{}", kept.html);
    assert_eq!(kept.attribute("#trigger_stage option[selected]", "value"), Some(trigger.clone()));
    assert_eq!(kept.attribute("#progression_stage option[selected]", "value"), Some(goal));
    assert!(kept.attribute("input[value=agency][checked]", "value").is_some());
    assert_eq!(kept.attribute("#candidate_tag", "value").as_deref(), Some("Our tag"));
    // What is done is folded away, and its summary says what is known.
    for (step, is_open) in [("step-webhooks", false), ("step-tokens", false), ("step-who", true)] {
        assert_eq!(kept.attribute(&format!("#{step}[open]"), "id").is_some(), is_open, "{step}");
    }
    assert!(
        kept.text("#step-tokens summary").contains("5 of 5 tokens matched to their webhook"),
        "{}",
        kept.html
    );
    assert_eq!(account(&there).await.settings.trigger_stage_id, None, "nothing of it is saved yet");
    let saved = there.admin.press(&kept, "Save", &[]).await;
    saved.leads_to(&path);
    let account = account(&there).await;
    assert_eq!((account.state, account.settings.candidate_tag.as_str()), (State::Active, "Our tag"));
    assert_eq!(account.settings.trigger_stage_id, Some(trigger));
    // Nothing that is not saved: the button leads back to its part.
    there.admin.post(&format!("{path}/webhooks"), &[]).await.leads_to(&path);
    there
        .admin
        .post(&format!("{path}/webhooks"), &[("part", "webhooks")])
        .await
        .leads_to(&format!("{path}/webhooks"));
}

on_both_databases!(Connected::start => doing_it_by_hand_is_folded_away_until_somebody_does);
async fn doing_it_by_hand_is_folded_away_until_somebody_does(there: Connected) {
    let path = page_of(&there);
    let by_hand = |page: &Page| page.html.contains("<details open>\n  <summary>Set them up manually");
    assert!(!by_hand(&there.admin.get(&path).await));
    let wrong = there.admin.post(&path, &[("version", "0"), ("webhook_signature_token", "short")]).await;
    assert!(by_hand(&wrong), "{}", wrong.html);
    let version =
        [("part", "webhooks"), ("version", "0"), ("webhook_signature_token", "0f3b7c21d5a94e6688aa")];
    there.admin.post(&path, &version).await.leads_to(&format!("{path}/webhooks"));
    assert!(by_hand(&there.admin.get(&path).await), "a token of one's own is saved");
    assert_eq!(account(&there).await.state, State::SettingUp, "a token alone activates nothing");
}

#[actix_web::test]
async fn the_parts_are_for_everyone_and_one_row_on_a_phone() {
    let there = Connected::active(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &there.portal, "ada@acme.example").await;
    for (below, label) in PARTS {
        browser.goto(there.portal.running.url.join(&format!("{}{below}", page_of(&there))).unwrap()).await;
        browser.sees(label).await;
        everyone_can_use(&browser, &format!("parts-{}", label.to_lowercase())).await;
        let tall = "return document.documentElement.scrollHeight";
        let tall = browser.run(tall, vec![]).await.as_i64().unwrap();
        assert!(tall <= 1_800, "{label} is {tall} pixels tall");
    }
    browser.look(PHONE).await;
    let row = "const row = document.querySelector('nav[aria-label=Integration]');
        return new Set([...row.children].map((one) => one.getBoundingClientRect().top)).size";
    assert_eq!(browser.run(row, vec![]).await, 1, "one row");
}

/// Goes on with the Tab key until what has the focus is this: its id, or its words.
async fn tab_to(browser: &Browser, wanted: &str) {
    let focused = "const one = document.activeElement; return [one.id, one.textContent.trim()]";
    for _ in 0..80 {
        let on = browser.run(focused, vec![]).await;
        if on.as_array().unwrap().iter().any(|one| one == wanted) {
            return;
        }
        browser.key(fantoccini::key::Key::Tab).await;
    }
    panic!("the Tab key does not lead to {wanted:?}");
}

#[actix_web::test]
async fn the_set_up_is_done_by_keyboard_alone() {
    use fantoccini::key::Key;
    let there = Connected::start(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &there.portal, "ada@acme.example").await;
    browser.goto(there.portal.running.url.join(&page_of(&there)).unwrap()).await;
    // What was chosen before the button is pressed is kept by it.
    tab_to(&browser, "candidate_tag").await;
    browser.key(Key::End).await;
    browser.types("!").await;
    browser.run("document.activeElement.blur(); document.querySelector('#main').focus()", vec![]).await;
    tab_to(&browser, "Set up webhooks for me").await;
    browser.key(Key::Enter).await;
    browser.sees("The webhooks are set up in Lever").await;
    assert_eq!(browser.value("Candidate tag").await, "Alva: Invite!");
    browser.sees("5 of 5 tokens matched to their webhook").await;
    // A folded step opens with the keyboard.
    let is_open = "return document.querySelector('#step-webhooks').open";
    assert_eq!(browser.run(is_open, vec![]).await, false);
    let summary =
        browser.run("return document.querySelector('#step-webhooks summary').textContent.trim()", vec![]);
    let summary = summary.await.as_str().unwrap().to_owned();
    tab_to(&browser, &summary).await;
    browser.key(Key::Enter).await;
    assert_eq!(browser.run(is_open, vec![]).await, true);
    tab_to(&browser, "trigger_stage").await;
    browser.types("Assess").await;
    // Enter in a field saves; it does not press the first button of the page.
    tab_to(&browser, "candidate_tag").await;
    browser.key(Key::Enter).await;
    browser.sees("Saved. The integration is active.").await;
    let settings = account(&there).await.settings;
    assert_eq!(settings.candidate_tag, "Alva: Invite!");
    assert_eq!(settings.trigger_stage_id, Some(there.stage("Assessment").await));
}
