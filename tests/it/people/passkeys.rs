//! Passkeys: added, used to log in and to confirm, lost; and answers that no passkey gave.

mod browser;

use super::PASSWORD;
use super::confirm::entered;
use crate::support::device::Device;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::DbError;
use alva_portal::db::schema::{answered_challenges, companies, passkeys, sessions};
use alva_portal::people::{Company, Role};
use alva_portal::secrets::Sealed;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use std::collections::HashMap;

const PAGE: &str = "/account/passkeys";
const NEW: &str = "/account/passkeys/new";
const HOME: &str = "/settings/integrations";

fn options(page: &Page) -> Value {
    let asked = page.attribute("button[data-passkey]", "data-passkey-options");
    serde_json::from_str(&asked.unwrap_or_else(|| panic!("{}", page.html))).unwrap()
}

/// The page that asks the browser for a new one of this name.
async fn begin(visitor: &Visitor, name: &str) -> Page {
    let page = visitor.get(PAGE).await;
    visitor.press(&page, "Add a passkey", &[("passkey_name", name)]).await.leads_to(NEW);
    visitor.get(NEW).await
}

/// Adds a passkey of this name. Answers its device, and the page that follows.
async fn add(portal: &Portal, visitor: &Visitor, name: &str) -> (Device, Page) {
    let mut device = Device::at(&portal.running.url);
    let made = device.make(&options(&begin(visitor, name).await));
    let page = visitor.post(NEW, &[("passkey", &made)]).await;
    assert!(page.status == StatusCode::OK || page.location.as_deref() == Some(PAGE), "{}", page.html);
    (device, page)
}

/// What the log-in asks this visitor's browser.
async fn question(visitor: &Visitor) -> Value {
    let asked = visitor.post("/login/passkey/ask", &[]).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.html);
    serde_json::from_str(&asked.html).unwrap()
}

async fn log_in(visitor: &Visitor, device: &mut Device) -> Page {
    let answer = device.answer(&question(visitor).await);
    visitor.post("/login/passkey", &[("passkey", &answer)]).await
}

/// That this answer is refused with these words, and nobody is logged in by it.
async fn refused(visitor: &Visitor, page: &Page, why: &str) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", page.html);
    assert!(page.text(".error-summary").contains(why), "{why}: {}", page.text(".error-summary"));
    assert!(!visitor.is_signed_in().await, "{why}");
}

async fn mailed(portal: &Portal, subject: &str) -> String {
    until(subject, PATIENCE, async || {
        portal.letters.lock().unwrap().iter().find(|letter| letter.contains(subject)).cloned()
    })
    .await
}

async fn ada(portal: &Portal) -> (Company, Visitor) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    (acme, portal.signed_in("ada@acme.example").await)
}

on_both_databases!(Portal::start => one_is_added_named_and_removed);
async fn one_is_added_named_and_removed(portal: Portal) {
    let (acme, ada) = ada(&portal).await;
    assert!(ada.get("/account").await.text("main").contains("None: you log in with your password."));
    ada.get(NEW).await.leads_to(PAGE);
    let unnamed = ada.press(&ada.get(PAGE).await, "Add a passkey", &[("passkey_name", " ")]).await;
    assert_eq!(unnamed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!unnamed.text("#passkey_name-error").is_empty());
    // The first second factor comes with recovery codes, the next one does not.
    let (mut laptop, codes) = add(&portal, &ada, "Work laptop").await;
    assert_eq!(codes.text(".codes code").lines().count(), 10);
    let letter = mailed(&portal, "New passkey").await;
    assert!(letter.contains("ada@acme.example") && letter.contains("Work laptop"), "{letter}");
    add(&portal, &ada, "Key <1>").await;
    let page = ada.get(PAGE).await;
    assert_eq!(page.text("tbody td:first-child"), "Work laptop\nKey <1>");
    assert_eq!(page.text("tbody tr:first-child td[data-label='Last used']"), "never");
    assert!(ada.get("/account").await.text("main").contains("On: you can log in with a passkey"));
    // A device that is asked again knows which there are.
    let asked = options(&begin(&ada, "Work laptop").await);
    assert_eq!(asked["publicKey"]["excludeCredentials"].as_array().unwrap().len(), 2);
    log_in(&portal.visitor(), &mut laptop).await.leads_to(HOME);
    let page = ada.get(PAGE).await;
    assert_ne!(page.text("tbody tr:first-child td[data-label='Last used']"), "never");
    let renamed = ada.press(&page, "Save name", &[("name", "Laptop")]).await;
    renamed.leads_to(PAGE);
    let wrong = ada.press(&page, "Save name", &[("name", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = ada.get(PAGE).await;
    assert_eq!(page.text("tbody td:first-child"), "Laptop\nKey <1>");
    // Removed, it logs in no more; without any, the password alone does again.
    entered(&portal, 601).await;
    let asked = ada.press(&page, "Remove Laptop", &[]).await;
    assert_eq!(asked.text("h1"), "Confirm that it is you");
    entered(&portal, 0).await;
    ada.press(&page, "Remove Laptop", &[]).await.leads_to(PAGE);
    assert!(mailed(&portal, "Passkey removed").await.contains("Laptop"));
    let there = portal.visitor();
    let late = log_in(&there, &mut laptop).await;
    refused(&there, &late, "The portal does not know this passkey.").await;
    ada.press(&page, "Remove Key <1>", &[]).await.leads_to(PAGE);
    assert!(portal.signed_in("ada@acme.example").await.is_signed_in().await);
    // To add one is confirmed too: a session that was left open gets no passkey of a stranger's.
    entered(&portal, 601).await;
    let begun = ada.press(&ada.get(PAGE).await, "Add a passkey", &[("passkey_name", "Eve's")]).await;
    assert_eq!(begun.text("h1"), "Confirm that it is you");
    let log = portal.audit(&acme.id).await;
    let count = |action: &str| log.iter().filter(|done| *done == action).count();
    let counts = ["added", "renamed", "removed"].map(|what| count(&format!("person.passkey_{what}")));
    assert_eq!(counts, [2, 1, 2], "{log:?}");
}

on_both_databases!(Portal::start => it_counts_as_both_factors_and_the_password_as_one);
async fn it_counts_as_both_factors_and_the_password_as_one(portal: Portal) {
    let (_, ada) = ada(&portal).await;
    let (mut device, codes) = add(&portal, &ada, "Laptop").await;
    let code = codes.text(".codes code").lines().next().unwrap().to_owned();
    // With the passkey at once, and on to the page that was asked for.
    let there = portal.visitor();
    let answer = device.answer(&question(&there).await);
    let form = [("passkey", answer.as_str()), ("next", "/candidates?q=x")];
    there.post("/login/passkey", &form).await.leads_to("/candidates?q=x");
    assert!(there.is_signed_in().await);
    let elsewhere = portal.visitor();
    let answer = device.answer(&question(&elsewhere).await);
    elsewhere
        .post("/login/passkey", &[("passkey", &answer), ("next", "//evil.example")])
        .await
        .leads_to(HOME);
    // With the password, the passkey or a recovery code comes after it.
    let half = portal.visitor();
    half.log_in("ada@acme.example", PASSWORD).await.leads_to("/login/code");
    assert!(!half.is_signed_in().await);
    let page = half.get("/login/code").await;
    assert_eq!(page.text("h1"), "Use your passkey");
    assert!(
        page.text("main").contains("Log in with a passkey") && page.text("main").contains("Recovery code")
    );
    let wrong = half.press(&page, "Log in", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    log_in(&half, &mut device).await.leads_to(HOME);
    let half = portal.visitor();
    half.log_in("ada@acme.example", PASSWORD).await.leads_to("/login/code");
    half.post("/login/code", &[("code", &code)]).await.leads_to(HOME);
    assert!(ada.get(PAGE).await.text("main").contains("9 of 10 are left"));
    let fresh = ada.press(&ada.get(PAGE).await, "Make new recovery codes", &[]).await;
    assert_eq!(fresh.text(".codes code").lines().count(), 10);
    // An app beside it; when the app is gone, the passkey is asked for as before.
    let (_, _, _) = super::factor::set_up(&ada).await;
    ada.post("/account/second-factor/off", &[]).await.leads_to("/account/second-factor");
    portal.visitor().log_in("ada@acme.example", PASSWORD).await.leads_to("/login/code");
    assert!(ada.get(PAGE).await.text("main").contains("10 of 10 are left"));
}

on_both_databases!(Portal::start => it_confirms_within_ten_minutes);
async fn it_confirms_within_ten_minutes(portal: Portal) {
    let (acme, ada) = ada(&portal).await;
    let (mut device, _) = add(&portal, &ada, "Laptop").await;
    portal.person(&acme, "eve@acme.example", Role::Member).await;
    let eve = portal.signed_in("eve@acme.example").await;
    let (mut eves, _) = add(&portal, &eve, "Phone").await;
    entered(&portal, 601).await;
    let page = ada.get(PAGE).await;
    let asked = ada.press(&page, "Remove Laptop", &[]).await;
    let question = async || -> Value {
        serde_json::from_str(&ada.post("/account/confirm/passkey", &[]).await.html).unwrap()
    };
    // It asks for the person's own, and takes no other.
    let options = question().await;
    assert_eq!(options["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);
    let wrong = ada.press(&asked, "Confirm", &[("confirm_passkey", &eves.answer(&options))]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text(".error-summary").contains("another person's"), "{}", wrong.html);
    // A question is gone with its first answer.
    let late = ada.press(&asked, "Confirm", &[("confirm_passkey", &device.answer(&options))]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ada.get(PAGE).await.text("tbody td:first-child"), "Laptop");
    let right = device.answer(&question().await);
    let confirmed = ada.press(&late, "Confirm", &[("confirm_passkey", &right)]).await;
    assert_eq!(confirmed.status, StatusCode::TEMPORARY_REDIRECT, "{}", confirmed.html);
    ada.post(confirmed.location.as_deref().unwrap(), &[]).await.leads_to(PAGE);
    assert!(ada.get(PAGE).await.text("tbody td:first-child").is_empty(), "asked no more");
    assert!(portal.audit(&acme.id).await.contains(&"person.confirmed".to_owned()));
}

on_both_databases!(Portal::start => what_no_passkey_answered_opens_nothing);
async fn what_no_passkey_answered_opens_nothing(portal: Portal) {
    let (acme, ada) = ada(&portal).await;
    let (mut device, _) = add(&portal, &ada, "Laptop").await;
    device.counter = 7;
    log_in(&portal.visitor(), &mut device).await.leads_to(HOME);
    let eve = portal.visitor();
    // Nothing, junk, and an answer to no question.
    for junk in ["", "{}", "\u{1f511}", "[1]"] {
        let page = eve.post("/login/passkey", &[("passkey", junk)]).await;
        refused(&eve, &page, "This passkey was refused.").await;
    }
    device.counter = 8;
    let asked = question(&eve).await;
    let unasked = portal.visitor();
    let answer = device.answer(&asked);
    let page = unasked.post("/login/passkey", &[("passkey", &answer)]).await;
    refused(&unasked, &page, "took too long").await;
    // The same answer twice: the browser brings its own session, and so the question, once more.
    let (before, spy) = (eve.cookie(), portal.visitor());
    eve.post("/login/passkey", &[("passkey", &answer)]).await.leads_to(HOME);
    eve.post("/logout", &[]).await;
    spy.set_cookie(before);
    let page = spy.post("/login/passkey", &[("passkey", &answer)]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", page.html);
    assert!(!spy.is_signed_in().await, "who copied question and answer has no use for them");
    // A page of another address, a device that did not look, a key of somebody else's, another's name.
    device.counter = 9;
    device.origin = "https://evil.example".to_owned();
    let page = log_in(&eve, &mut device).await;
    refused(&eve, &page, "a page at another address").await;
    device.origin = portal.running.url.origin().ascii_serialization();
    device.looks = false;
    let page = log_in(&eve, &mut device).await;
    refused(&eve, &page, "This passkey was refused.").await;
    device.looks = true;
    let own = std::mem::replace(&mut device.handle, vec![7; 16]);
    let page = log_in(&eve, &mut device).await;
    refused(&eve, &page, "another person's").await;
    device.handle = own;
    let mut stranger = Device::at(&portal.running.url);
    stranger.handle = device.handle.clone();
    let page = log_in(&eve, &mut stranger).await;
    refused(&eve, &page, "does not know this passkey").await;
    let metrics = portal.running.url.join("/metrics").unwrap();
    let metrics = reqwest::get(metrics).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("alva_refused_total{kind=\"passkey\"}"), "{metrics}");
    // Its counter went back: somebody is written to, and the next right one is taken.
    device.counter = 8;
    let page = log_in(&eve, &mut device).await;
    refused(&eve, &page, "there may be a copy").await;
    let letter = mailed(&portal, "Passkey refused").await;
    assert!(letter.contains("ada@acme.example") && letter.contains("Laptop"), "{letter}");
    device.counter = 10;
    log_in(&eve, &mut device).await.leads_to(HOME);
    let log = portal.audit(&acme.id).await;
    for action in ["person.passkey_failed", "person.passkey_copied"] {
        assert_eq!(log.iter().filter(|done| *done == action).count(), 1, "{action}: {log:?}");
    }
}

on_both_databases!(Portal::start => a_question_is_answered_once_also_without_a_counter);
async fn a_question_is_answered_once_also_without_a_counter(portal: Portal) {
    let (_, ada) = ada(&portal).await;
    // As those do that are kept in several places: they count nothing.
    let (mut device, _) = add(&portal, &ada, "Synced").await;
    let there = portal.visitor();
    let answer = device.answer(&question(&there).await);
    let kept: i64 =
        portal.write(|conn| Ok(sessions::table.count().get_result(conn).map_err(DbError::from)?)).await;
    assert_eq!(kept, 1, "a stranger who asks costs no row");
    let (before, spy) = (there.cookie(), portal.visitor());
    there.post("/login/passkey", &[("passkey", &answer)]).await.leads_to(HOME);
    spy.set_cookie(before);
    let page = spy.post("/login/passkey", &[("passkey", &answer)]).await;
    refused(&spy, &page, "was already used").await;
    // What was answered is kept as long as it could be answered again.
    let count = async || {
        portal
            .write(|conn| {
                let old = answered_challenges::answered_at.eq(Timestamp::now().0 - 301_000);
                diesel::update(answered_challenges::table).set(old).execute(conn).map_err(DbError::from)?;
                let swept = alva_portal::people::passkeys::sweep_challenges(conn, Timestamp::now())?;
                let left: i64 = answered_challenges::table.count().get_result(conn).map_err(DbError::from)?;
                Ok((swept, left))
            })
            .await
    };
    assert_eq!(count().await, (1, 0));
}

/// What sessions wait for under this key was asked so many seconds ago.
async fn aged(portal: &Portal, key: &'static str, seconds: i64) {
    let sealer = portal.sealer();
    portal
        .write(move |conn| {
            let columns = (sessions::key_hash, sessions::state_sealed);
            let rows: Vec<(String, Sealed)> =
                sessions::table.select(columns).load(conn).map_err(DbError::from)?;
            for (hash, sealed) in rows {
                let place = format!("sessions.state:{hash}");
                let json = sealer.open(&sealed, &place).unwrap();
                let mut state: HashMap<String, String> = serde_json::from_str(json.expose_secret()).unwrap();
                let Some(held) = state.get_mut(key) else { continue };
                let mut asked: Value = serde_json::from_str(held).unwrap();
                asked["asked_at"] = (asked["asked_at"].as_i64().unwrap() - seconds * 1000).into();
                *held = asked.to_string();
                let json = serde_json::to_string(&state).unwrap().into();
                let older = sessions::state_sealed.eq(sealer.seal(&json, &place));
                diesel::update(sessions::table.find(&hash))
                    .set(older)
                    .execute(conn)
                    .map_err(DbError::from)?;
            }
            Ok(())
        })
        .await;
}

on_both_databases!(Portal::start => a_question_is_good_for_five_minutes);
async fn a_question_is_good_for_five_minutes(portal: Portal) {
    let (_, ada) = ada(&portal).await;
    let mut device = Device::at(&portal.running.url);
    for (seconds, status) in [(301, StatusCode::UNPROCESSABLE_ENTITY), (299, StatusCode::OK)] {
        let made = device.make(&options(&begin(&ada, "Laptop").await));
        aged(&portal, "new_passkey", seconds).await;
        let page = ada.post(NEW, &[("passkey", &made)]).await;
        assert_eq!(page.status, status, "{seconds}: {}", page.html);
        assert_eq!(page.text(".error-summary").contains("took too long"), seconds > 300, "{}", page.html);
    }
    for (seconds, status) in [(301, StatusCode::UNPROCESSABLE_ENTITY), (299, StatusCode::OK)] {
        let asked = ada.post("/account/confirm/passkey", &[]).await;
        let answer = device.answer(&serde_json::from_str(&asked.html).unwrap());
        aged(&portal, "passkey", seconds).await;
        let page = ada.post("/account/confirm", &[("confirm_to", PAGE), ("confirm_passkey", &answer)]).await;
        assert_eq!(page.status, status, "{seconds}: {}", page.html);
    }
}

on_both_databases!(Portal::start => a_demanded_second_factor_may_be_a_passkey);
async fn a_demanded_second_factor_may_be_a_passkey(portal: Portal) {
    let (_, ada) = ada(&portal).await;
    portal
        .write(|conn| {
            let now =
                (companies::second_factor_for.eq("everybody"), companies::second_factor_from.eq(Some(1_i64)));
            diesel::update(companies::table).set(now).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    ada.get("/candidates?q=x").await.leads_to("/account/second-factor?next=%2Fcandidates%3Fq%3Dx");
    let page = ada.get("/account/second-factor?next=%2Fcandidates%3Fq%3Dx").await;
    let link = page.attribute("main a[href^='/account/passkeys']", "href").unwrap();
    let page = ada.get(&link).await;
    let begun = ada.press(&page, "Add a passkey", &[("passkey_name", "Laptop")]).await;
    let mut device = Device::at(&portal.running.url);
    let made = device.make(&options(&ada.get(begun.location.as_deref().unwrap()).await));
    let codes = ada.post(NEW, &[("passkey", &made)]).await;
    assert_eq!(codes.attribute("main a.primary", "href").as_deref(), Some("/candidates?q=x"), "and on");
    assert_eq!(ada.get("/candidates?q=x").await.status, StatusCode::OK);
    let there = portal.visitor();
    log_in(&there, &mut device).await.leads_to(HOME);
    assert_eq!(there.get("/candidates").await.status, StatusCode::OK);
}

on_both_databases!(Portal::start => an_admin_resets_lost_passkeys_and_one_belongs_to_one_person);
async fn an_admin_resets_lost_passkeys_and_one_belongs_to_one_person(portal: Portal) {
    let (acme, ada) = ada(&portal).await;
    let id = portal.person(&acme, "max@acme.example", Role::Member).await.id;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let (dana, max) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("max@acme.example").await);
    let (mut device, _) = add(&portal, &max, "Phone").await;
    // The same passkey is nobody else's, and another person's row is not there for anybody.
    let row: String = portal
        .write(|conn| Ok(passkeys::table.select(passkeys::id).first(conn).map_err(DbError::from)?))
        .await;
    ada.post(&format!("{PAGE}/{row}/rename"), &[("name", "Mine")]).await.leads_to(PAGE);
    ada.post(&format!("{PAGE}/{row}/remove"), &[]).await.leads_to(PAGE);
    assert_eq!(max.get(PAGE).await.text("tbody td:first-child"), "Phone");
    let page = ada.press(&ada.get(PAGE).await, "Add a passkey", &[("passkey_name", "Same")]).await;
    let asked = options(&ada.get(page.location.as_deref().unwrap()).await);
    let same = device.make(&asked);
    let known = ada.post(NEW, &[("passkey", &same)]).await;
    assert_eq!(known.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(known.text(".error-summary").contains("already in use"), "{}", known.html);
    let again = ada.post(NEW, &[("passkey", &same)]).await;
    again.leads_to(PAGE);
    // Lost: an admin resets it, and the server's terminal does.
    let path = format!("/settings/team/{id}");
    let page = dana.get(&path).await;
    assert!(page.text("main").contains("their app and passkeys are removed"));
    dana.press(&page, "Reset second factor", &[]).await.leads_to(&path);
    assert!(!max.is_signed_in().await, "logged out everywhere");
    let there = portal.visitor();
    let late = log_in(&there, &mut device).await;
    refused(&there, &late, "does not know this passkey").await;
    let max = portal.signed_in("max@acme.example").await;
    let (mut device, _) = add(&portal, &max, "Phone").await;
    let (done, said) = portal.command(&["user", "reset-second-factor", "max@acme.example"]).await;
    assert!(done, "{said}");
    let late = log_in(&there, &mut device).await;
    refused(&there, &late, "does not know this passkey").await;
    // Removed from the team, nothing of theirs opens.
    let max = portal.signed_in("max@acme.example").await;
    let (mut device, _) = add(&portal, &max, "Phone").await;
    dana.post(&format!("{path}/remove"), &[]).await.leads_to("/settings/team");
    let late = log_in(&there, &mut device).await;
    refused(&there, &late, "does not know this passkey").await;
}
