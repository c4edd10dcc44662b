//! Setting an account up: tokens, rules, and what bad input gets.

use crate::support::lever::{Connected, events};
use crate::support::on_both_databases;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::lever_stages;
use alva_portal::db::{Backend, DbError};
use alva_portal::events::State as EventState;
use alva_portal::integrations::signing::tokens;
use alva_portal::integrations::stages::KnownStage;
use alva_portal::integrations::{SigningToken, State, stages};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sha2::Sha256;
use std::ops::Deref;

const TOKEN: &str = "0f3b7c21d5a94e6688aa";
const OTHER: &str = "c4c4c4c4d5a94e668811";

/// A connected account whose setting up goes on.
struct Setup {
    there: Connected,
    path: String,
    trigger: String,
    progression: String,
}

impl Deref for Setup {
    type Target = Connected;

    fn deref(&self) -> &Connected {
        &self.there
    }
}

impl Setup {
    async fn begin(backend: Backend) -> Self {
        let there = Connected::start(backend).await;
        let path = format!("/settings/integrations/{}", there.integration);
        let id = there.integration;
        let known: Vec<KnownStage> =
            there.portal.running.db.read(move |conn| stages::all(conn, &id)).await.unwrap();
        let named = |name: &str| known.iter().find(|stage| stage.name == name).unwrap().stage_id.clone();
        Self { trigger: named("Assessment"), progression: named("Phone interview"), there, path }
    }

    async fn tokens(&self) -> Vec<SigningToken> {
        let id = self.integration;
        self.portal.running.db.read(move |conn| tokens::valid(conn, &id)).await.unwrap()
    }

    async fn secrets(&self) -> Vec<String> {
        let sealer = self.portal.sealer();
        let open = |token: SigningToken| token.open(&sealer).unwrap().expose_secret().to_owned();
        self.tokens().await.into_iter().map(open).collect()
    }

    /// Sends the form with the settings as they are, a trigger stage, and these fields.
    async fn save(&self, fields: &[(&str, &str)]) -> Page {
        let version = self.account().await.settings_version.to_string();
        let mut all = vec![("version", version.as_str()), ("trigger_stage", self.trigger.as_str())];
        all.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
        all.extend_from_slice(fields);
        let answer = self.admin.post(&self.path, &all).await;
        self.admin.agree(answer).await
    }

    /// What the page says after a form was taken.
    async fn flash_after(&self, saved: Page) -> String {
        saved.leads_to(&self.path);
        self.page().await.text(".flash")
    }

    async fn page(&self) -> Page {
        self.admin.get(&self.path).await
    }

    /// Lever tells of something, signed with this key.
    async fn deliver(&self, kind: &str, key: &str) -> u16 {
        let (at, token) = (Timestamp::now().0, alva_portal::secrets::random_text(12));
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(format!("{token}{at}").as_bytes());
        let body = json!({
            "event": kind, "triggeredAt": at, "token": token,
            "signature": hex::encode(mac.finalize().into_bytes()),
            "data": {"opportunityId": "o1", "contactId": "c1"},
        });
        let url = self.portal.running.url.join(&self.account().await.webhook_path()).unwrap();
        let client = reqwest::Client::new();
        client.post(url).json(&body).send().await.unwrap().status().as_u16()
    }
}

on_both_databases!(Setup::begin => what_came_before_the_token_is_verified_on_save);
async fn what_came_before_the_token_is_verified_on_save(setup: Setup) {
    assert_eq!(setup.deliver("candidateHired", TOKEN).await, 200);
    assert_eq!(setup.deliver("candidateDeleted", TOKEN).await, 200);
    let live = setup.admin.get(&format!("{}/live", setup.path)).await;
    assert!(live.text("#checklist").contains("waiting for the token"), "{}", live.html);
    assert!(live.text("#state").contains("Setting up, 2 of 4"), "{}", live.html);

    let pasted = format!("  {TOKEN}\r\n ");
    let fields = [
        ("webhook_signature_token", pasted.as_str()),
        ("progression_stage", &setup.progression),
        ("blocked_origins", "internal"),
        ("blocked_origins", "agency"),
    ];
    let flash = setup.flash_after(setup.save(&fields).await).await;
    assert_eq!(flash, "Saved. The integration is active. Token matches 2 received events.");

    let account = setup.account().await;
    assert_eq!(account.state, State::Active);
    assert_eq!(account.settings.trigger_stage_id.as_ref(), Some(&setup.trigger));
    assert_eq!(account.settings.progression_stage_id.as_ref(), Some(&setup.progression));
    assert_eq!(account.settings.blocked_origins, "agency internal");
    assert_eq!(setup.secrets().await, [TOKEN]);
    for event in events(&setup.portal, &setup.integration).await {
        assert!(event.signing_token_id.is_some() && event.state != EventState::Waiting, "{event:?}");
    }
    let page = setup.admin.get(&format!("{}/webhooks", setup.path)).await;
    assert!(!page.html.contains(TOKEN), "a saved token is never shown");
    assert!(page.text("main").contains("saved, ending …aa"), "{}", page.text("main"));
    assert!(page.text("#checklist").contains("verified"));
    let log = setup.portal.audit(&setup.company.id).await;
    assert!(log.contains(&"integration.configured".to_owned()));
}

on_both_databases!(Setup::begin => the_checklist_counts_lever_s_test_and_each_webhook);
async fn the_checklist_counts_lever_s_test_and_each_webhook(setup: Setup) {
    let url = setup.portal.running.url.join(&setup.account().await.webhook_path()).unwrap();
    let hook = json!({"event": "applicationCreated", "url": url.as_str()});
    let hook = setup.control(Method::POST, "webhooks", hook).await["data"]["id"].as_str().unwrap().to_owned();
    let page = setup.page().await;
    assert!(!page.text("#checklist").contains("connection test received"));
    assert_eq!(page.text("#checklist .badge"), "waiting\nwaiting\nwaiting\nwaiting");
    setup.control(Method::POST, &format!("webhooks/{hook}/verify"), json!({})).await;
    let live = setup.admin.get(&format!("{}/live", setup.path)).await;
    assert!(live.text("#checklist").contains("connection test received"), "{}", live.html);
    assert!(live.text("#state").contains("1 of 4"), "Lever's test was heard, though it is no event");
    assert_eq!(live.attribute("#checklist", "data-live"), Some(format!("{}/live", setup.path)));
}

on_both_databases!(Setup::begin => a_token_that_matches_nothing_is_not_taken_for_the_right_one);
async fn a_token_that_matches_nothing_is_not_taken_for_the_right_one(setup: Setup) {
    setup.deliver("candidateHired", TOKEN).await;
    let wrong = setup.save(&[("webhook_signature_token", OTHER), ("blocked_origins", "sourced")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = wrong.text("#webhook_signature_token-error");
    assert!(error.contains("doesn't match the event received from Lever"), "{error}");
    assert_eq!(wrong.text("#webhook_signature_token"), OTHER, "what was typed stays");
    assert_eq!(wrong.attribute("#trigger_stage option[selected]", "value").as_ref(), Some(&setup.trigger));
    assert!(wrong.attribute("input[value=sourced]", "checked").is_some());
    assert!(setup.tokens().await.is_empty());

    // The person knows better: it is taken, and what does not match is said.
    let insisted = setup.save(&[("webhook_signature_token", OTHER), ("insist", "yes")]).await;
    let flash = setup.flash_after(insisted).await;
    assert!(flash.contains("matches none of the 1 events"), "{flash}");

    // A rotation: the right one is added, the other stays until it is removed.
    let both = setup.flash_after(setup.save(&[("webhook_signature_token", TOKEN)]).await).await;
    assert_eq!(both, "Saved. Token matches 1 received event.");
    assert_eq!(setup.secrets().await, [OTHER, TOKEN]);
    let old = setup.tokens().await[0].id.to_string();
    let removed = setup.flash_after(setup.save(&[("remove_token", &old)]).await).await;
    assert_eq!(removed, "Saved. 1 token was removed.");
    assert_eq!(setup.secrets().await, [TOKEN]);
    let last = setup.tokens().await[0].id.to_string();
    let none = setup.save(&[("remove_token", &last)]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        none.text("#webhook_signature_token-error").contains("Paste the new one before you remove the last")
    );
}

on_both_databases!(Setup::begin => a_regenerated_token_loses_nothing);
async fn a_regenerated_token_loses_nothing(setup: Setup) {
    setup.flash_after(setup.save(&[("webhook_signature_token", TOKEN)]).await).await;
    assert_eq!(setup.deliver("candidateHired", TOKEN).await, 200);
    for _ in 0..3 {
        assert_eq!(setup.deliver("candidateHired", OTHER).await, 401);
    }
    // Lever's list of webhooks is read first: it knows of nobody who added one.
    let page = until("why signatures fail", PATIENCE, async || {
        Some(setup.page().await).filter(|page| page.text(".banner").contains("probably regenerated"))
    })
    .await;
    assert!(page.text("#state").contains("Needs you"));
    let list = setup.admin.get("/settings/integrations").await;
    assert!(list.text("a.card").contains("signing token was probably regenerated"), "{}", list.html);
    let wrong = setup.save(&[("webhook_signature_token", "not-the-right-one")]).await;
    let error = wrong.text("#webhook_signature_token-error");
    assert!(error.contains("any of the 3 events") && error.contains("previous token is kept"), "{error}");
    assert_eq!(setup.secrets().await, [TOKEN]);
    let flash = setup.flash_after(setup.save(&[("webhook_signature_token", OTHER)]).await).await;
    assert_eq!(flash, "Saved. Token matches 3 received events.");
    assert!(!setup.page().await.text("main").contains("probably regenerated"));
    let portal = &setup.portal;
    let quarantined = |event: &alva_portal::events::Event| event.state == EventState::Quarantined;
    assert!(!events(portal, &setup.integration).await.iter().any(quarantined));
}

on_both_databases!(Setup::begin => what_is_unsigned_stands_against_no_token);
async fn what_is_unsigned_stands_against_no_token(setup: Setup) {
    setup.flash_after(setup.save(&[("webhook_signature_token", TOKEN)]).await).await;
    let forged = async |signature: Value| {
        let body = json!({
            "event": "candidateHired", "triggeredAt": Timestamp::now().0,
            "token": alva_portal::secrets::random_text(12), "signature": signature,
            "data": {"opportunityId": "o1"},
        });
        let url = setup.portal.running.url.join(&setup.account().await.webhook_path()).unwrap();
        reqwest::Client::new().post(url).json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(forged(Value::Null).await, 401);
    assert_eq!(forged(json!("not-hexadecimal")).await, 401);
    let flash = setup.flash_after(setup.save(&[("webhook_signature_token", OTHER)]).await).await;
    assert_eq!(
        flash, "Saved. The token is checked against the next event.",
        "nothing that was kept speaks against it"
    );
    assert_eq!(setup.secrets().await, [TOKEN, OTHER]);
    // What may be Lever's still does, and one that matches is enough.
    assert_eq!(setup.deliver("candidateHired", "the-newest-token").await, 401);
    let wrong = setup.save(&[("webhook_signature_token", "a-wrong-paste")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = wrong.text("#webhook_signature_token-error");
    assert!(error.contains("doesn't match the event") && error.contains("previous token is kept"), "{error}");
    assert_eq!(setup.deliver("candidateHired", "of-another-webhook").await, 401);
    let flash = setup.flash_after(setup.save(&[("webhook_signature_token", "the-newest-token")]).await).await;
    assert!(flash.contains("1 of 2 received events"), "{flash}");
}

on_both_databases!(Setup::begin => tokens_of_several_webhooks_are_told_apart);
async fn tokens_of_several_webhooks_are_told_apart(setup: Setup) {
    for (kind, key) in
        [("candidateHired", TOKEN), ("candidateDeleted", OTHER), ("applicationCreated", "third-token")]
    {
        setup.deliver(kind, key).await;
    }
    let pasted = format!("{OTHER}\n{TOKEN}\n{OTHER}");
    let flash = setup.flash_after(setup.save(&[("webhook_signature_token", &pasted)]).await).await;
    assert!(flash.contains("2 of 3 received events; 1 match no token"), "{flash}");
    assert_eq!(setup.secrets().await, [OTHER, TOKEN]);
    let again = setup.flash_after(setup.save(&[("webhook_signature_token", TOKEN)]).await).await;
    assert_eq!(again, "Saved. That token was already saved.");
}

on_both_databases!(Setup::begin => bad_input_is_given_back_with_what_was_typed);
async fn bad_input_is_given_back_with_what_was_typed(setup: Setup) {
    let long = "x".repeat(300);
    let ten_kilobytes = "n".repeat(10 * 1024);
    for (fields, field, words) in [
        (vec![], "webhook_signature_token", "the integration can't be active without it"),
        (vec![("webhook_signature_token", "short")], "webhook_signature_token", "too short"),
        (vec![("webhook_signature_token", long.as_str())], "webhook_signature_token", "too long"),
        (vec![("webhook_signature_token", "schlüsselwort")], "webhook_signature_token", "characters"),
        (vec![("trigger_stage", "")], "trigger_stage", "Choose the stage that sends the tests"),
        (vec![("trigger_stage", "not-a-stage")], "trigger_stage", "does not belong to this Lever account"),
        (
            vec![("progression_stage", "not-a-stage")],
            "progression_stage",
            "does not belong to this Lever account",
        ),
        (
            vec![("progression_stage", setup.trigger.as_str())],
            "progression_stage",
            "a stage other than the trigger",
        ),
        (vec![("blocked_origins", "mars")], "blocked_origins", "no such origin"),
    ] {
        let page = setup.save(&fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{fields:?}");
        let error = page.text(&format!("#{field}-error"));
        assert!(error.contains(words), "{fields:?}: {error:?}");
        assert!(page.attribute(".error-summary a", "href").is_some(), "a summary that leads to the field");
        assert!(page.attribute(&format!("#{field}[aria-invalid=true]"), "id").is_some(), "{field} is marked");
    }
    let name = setup.admin.post(&format!("{}/name", setup.path), &[("account_name", &ten_kilobytes)]).await;
    assert_eq!(name.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(name.text("#account_name-error").contains("1 to 80 characters"));
    let account = setup.account().await;
    assert_eq!((account.state, account.settings_version), (State::SettingUp, 0), "nothing was saved");
    let renamed = setup.admin.post(&format!("{}/name", setup.path), &[("account_name", " Acme  <b> ")]).await;
    setup.flash_after(renamed).await;
    assert_eq!(setup.page().await.text("h1"), "Lever · Acme <b>");
}

on_both_databases!(Setup::begin => two_people_at_once_do_not_undo_each_other);
async fn two_people_at_once_do_not_undo_each_other(setup: Setup) {
    setup.portal.person(&setup.company, "bea@acme.example", Role::Admin).await;
    let bea = setup.portal.signed_in("bea@acme.example").await;
    let fields = [("version", "0"), ("trigger_stage", &setup.trigger), ("webhook_signature_token", TOKEN)];
    bea.post(&setup.path, &fields).await.leads_to(&setup.path);
    let late = [("version", "0"), ("trigger_stage", &setup.progression), ("blocked_origins", "sourced")];
    let page = setup.admin.post(&setup.path, &late).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let told = page.text(".error-summary");
    assert!(told.contains("Somebody else has saved changes") && told.contains("“Assessment”"), "{told}");
    let typed = page.attribute("#trigger_stage option[selected]", "value");
    assert_eq!(typed.as_ref(), Some(&setup.progression), "what was typed stays");
    assert_eq!(setup.account().await.settings.trigger_stage_id.as_ref(), Some(&setup.trigger));
    let version = page.attribute("input[name=version]", "value").unwrap();
    let again = [("version", version.as_str()), ("trigger_stage", &setup.progression)];
    let asked = setup.admin.post(&setup.path, &again).await;
    assert_eq!(asked.text("#changes tbody td"), "Assessment\nPhone interview", "{}", asked.html);
    setup.admin.agree(asked).await.leads_to(&setup.path);
    assert_eq!(setup.account().await.settings.trigger_stage_id.as_ref(), Some(&setup.progression));
    assert_eq!(setup.account().await.state, State::Active, "the token stays");
}

on_both_databases!(Setup::begin => a_stage_that_is_gone_from_lever_is_named);
async fn a_stage_that_is_gone_from_lever_is_named(setup: Setup) {
    let id = setup.integration;
    let stage = KnownStage {
        integration_id: id,
        stage_id: "an-old-stage".into(),
        name: "Take-home test".into(),
        position: 99,
        seen_at: Timestamp(0),
        removed_at: None,
    };
    setup
        .there
        .portal
        .write(move |conn| {
            let failed = DbError::from;
            diesel::insert_into(lever_stages::table).values(&stage).execute(conn).map_err(failed)?;
            // As if Lever had been asked long ago.
            let long_ago = lever_stages::seen_at.eq(Timestamp(0));
            diesel::update(lever_stages::table).set(long_ago).execute(conn).map_err(failed)?;
            Ok(())
        })
        .await;
    let fields = [("trigger_stage", "an-old-stage"), ("webhook_signature_token", TOKEN)];
    setup.save(&fields).await.leads_to(&setup.path);
    let page = setup.page().await;
    let told = page.text(".banner");
    assert!(told.contains("The trigger stage “Take-home test” no longer exists in Lever"), "{told}");
    let page = setup.admin.get(&format!("{}/settings", setup.path)).await;
    assert!(page.text("#trigger_stage").contains("Take-home test (no longer in Lever)"));
    let kept = setup.save(&[("trigger_stage", "an-old-stage")]).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(kept.text("#trigger_stage-error").contains("“Take-home test” no longer exists"));
}

on_both_databases!(Setup::begin => a_preview_says_who_would_be_invited_and_saves_nothing);
async fn a_preview_says_who_would_be_invited_and_saves_nothing(setup: Setup) {
    let count = |page: &Page| {
        let head = page.text("#preview h3");
        head.split(' ').next().unwrap().parse::<usize>().unwrap_or_else(|_| panic!("{head}: {}", page.html))
    };
    let preview =
        async |fields: &[(&str, &str)]| setup.admin.post(&format!("{}/preview", setup.path), fields).await;
    let stage = ("trigger_stage", setup.trigger.as_str());
    let before = count(&preview(&[("version", "0"), stage]).await);
    for (name, more) in [
        ("Grace Preview", json!({"origin": "sourced"})),
        ("Inge Preview", json!({"origin": "internal"})),
        ("Nora Preview", json!({"emails": []})),
        ("Carl Preview", json!({"confidential": true})),
    ] {
        let mut candidate = json!({"name": name, "stage": "Assessment", "silent": true});
        candidate.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        setup.control(Method::POST, "opportunities", candidate).await;
    }
    let page = preview(&[("version", "0"), stage, ("blocked_origins", "internal")]).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text("#preview");
    assert!(text.contains("Grace Preview") && text.contains("Without a posting"), "{text}");
    assert!(text.contains("has no email address in Lever"), "{text}");
    assert!(text.contains("“internal”, which is blocked"), "{text}");
    for other in ["Inge Preview", "Nora Preview", "Carl Preview"] {
        assert!(!text.contains(other), "{other}: {text}");
    }
    assert!(page.attribute("input[value=internal]", "checked").is_some(), "what was typed stays");
    let all = count(&preview(&[("version", "0"), stage]).await);
    assert_eq!(all, before + 2, "Grace and Inge");
    assert_eq!(setup.account().await.settings_version, 0);
    let none = preview(&[("version", "0"), ("trigger_stage", "")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    setup.control(Method::POST, "faults", json!({"target": "api", "kind": "close_before"})).await;
    let down = preview(&[("version", "0"), stage]).await;
    assert!(down.text(".banner").contains("a preview is not possible"), "{}", down.text("main"));
}
