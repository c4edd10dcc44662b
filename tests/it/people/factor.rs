//! The second factor: set up, asked for at the log-in, lost, demanded by the company.

mod app;

use super::PASSWORD;
use super::confirm::entered;
use crate::support::browser::Browser;
use crate::support::faces::everyone_can_use;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::{companies, second_factors, sessions};
use alva_portal::db::{Backend, DbError};
use alva_portal::people::Role;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;
use totp_rs::{Builder, Secret};

const PAGE: &str = "/account/second-factor";

/// The code that an app with this secret shows so many seconds from now. `secrets::totp` compares the codes with those
/// of RFC 6238.
fn code(secret: &str, seconds: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate((Timestamp::now().0 / 1000 + seconds) as u64).to_string()
}

/// A code of six digits that is none of the next or last steps.
pub fn wrong_code(secret: &str) -> String {
    let near = [-60, -30, 0, 30, 60].map(|seconds| code(secret, seconds));
    (0..10).map(|digit| digit.to_string().repeat(6)).find(|code| !near.contains(code)).unwrap()
}

/// The app and the portal forget what was entered: the next code of the same step is taken. For tests that cannot wait
/// thirty seconds.
async fn next_step(portal: &Portal) {
    portal
        .write(|conn| {
            let none = second_factors::last_step.eq(0);
            diesel::update(second_factors::table).set(none).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// Sets the second factor up. Answers its secret and the recovery codes.
pub async fn set_up(visitor: &Visitor) -> (String, Vec<String>, Page) {
    let page = visitor.get(PAGE).await;
    let begun = visitor.press(&page, "Set up", &[]).await;
    let page = visitor.get(begun.location.as_deref().expect("a page with the secret")).await;
    let secret = page.text("#secret").replace(' ', "");
    let codes = visitor.press(&page, "Turn on", &[("code", &code(&secret, 0))]).await;
    assert_eq!(codes.status, StatusCode::OK, "{}", codes.html);
    let list = codes.text(".codes code").lines().map(str::to_owned).collect();
    (secret, list, codes)
}

/// The first step of a log-in: leads to the page that asks for the code.
async fn half_way(portal: &Portal, email: &str) -> Visitor {
    let visitor = portal.visitor();
    visitor.log_in(email, PASSWORD).await.leads_to("/login/code");
    visitor
}

async fn mailed(portal: &Portal, subject: &str) -> String {
    until(subject, PATIENCE, async || {
        portal.letters.lock().unwrap().iter().find(|letter| letter.contains(subject)).cloned()
    })
    .await
}

on_both_databases!(Portal::start => an_app_is_set_up_and_asked_at_the_log_in);
async fn an_app_is_set_up_and_asked_at_the_log_in(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let page = ada.get(PAGE).await;
    assert_eq!(page.text(".badge"), "Off");
    ada.get(&format!("{PAGE}/set-up")).await.leads_to(PAGE);
    let begun = ada.press(&page, "Set up", &[]).await;
    let page = ada.get(begun.location.as_deref().unwrap()).await;
    let secret = page.text("#secret").replace(' ', "");
    assert_eq!(secret.len(), 32, "160 bits in base 32");
    let wrong = ada.press(&page, "Turn on", &[("code", &wrong_code(&secret))]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("#code-error").contains("not the current code"));
    assert_eq!(wrong.text("#secret").replace(' ', ""), secret, "the same secret is shown again");
    assert_eq!(ada.get(PAGE).await.text(".badge"), "Off");
    let codes = ada.press(&wrong, "Turn on", &[("code", &code(&secret, 0))]).await;
    assert_eq!(codes.text(".codes code").lines().count(), 10);
    assert_eq!(ada.get(PAGE).await.text(".badge"), "On");
    assert!(
        !ada.get(PAGE).await.html.contains(codes.text(".codes code").lines().next().unwrap()),
        "shown once"
    );
    assert!(mailed(&portal, "Second factor on").await.contains("ada@acme.example"));
    // Neither the secret nor a recovery code is stored as it is.
    assert!(!portal.stored_anywhere(&secret).await);
    let plain = codes.text(".codes code").lines().next().unwrap().replace('-', "");
    assert!(!portal.stored_anywhere(&plain).await);

    // The password alone opens nothing.
    let there = half_way(&portal, "ada@acme.example").await;
    assert!(!there.is_signed_in().await);
    let asked = there.get("/login/code").await;
    assert_eq!(asked.text("h1"), "Enter your code");
    let wrong = there.press(&asked, "Log in", &[("code", &wrong_code(&secret))]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!there.is_signed_in().await);
    // The code that turned it on was used; the next one is taken, from a clock that is ahead, and once.
    let enrolled = step_of_enrolment(&portal).await;
    let used = there.press(&asked, "Log in", &[("code", &code(&secret, 0))]).await;
    if Timestamp::now().0 / 30_000 == enrolled {
        assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
    }
    let there = half_way(&portal, "ada@acme.example").await;
    next_step(&portal).await;
    let shown = code(&secret, 0);
    there.post("/login/code", &[("code", &shown)]).await.leads_to("/settings/integrations");
    assert!(there.is_signed_in().await);
    let eve = half_way(&portal, "ada@acme.example").await;
    let again = eve.post("/login/code", &[("code", &shown)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "who saw the code has no use for it");
    let log = portal.audit(&acme.id).await;
    for action in ["person.second_factor_on", "person.code_failed"] {
        assert_eq!(log.iter().filter(|done| *done == action).count(), 1, "{action}");
    }
}

async fn step_of_enrolment(portal: &Portal) -> i64 {
    portal
        .write(|conn| {
            let step = second_factors::table.select(second_factors::last_step).first(conn);
            Ok(step.map_err(DbError::from)?)
        })
        .await
}

on_both_databases!(Portal::start => the_second_step_needs_the_first);
async fn the_second_step_needs_the_first(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (secret, _, _) = set_up(&ada).await;
    next_step(&portal).await;
    let eve = portal.visitor();
    eve.get("/login/code").await.leads_to("/login");
    eve.post("/login/code", &[("code", &code(&secret, 0))]).await.leads_to("/login");
    // Another password ends a log-in that is half way.
    let there = half_way(&portal, "ada@acme.example").await;
    let form = [("current_password", PASSWORD), ("new_password", "velvet-canyon-otter-77")];
    ada.post("/account/password", &form).await.leads_to("/account");
    there.post("/login/code", &[("code", &code(&secret, 0))]).await.leads_to("/login");
    // The page that was asked for first comes last.
    let there = portal.visitor();
    let form =
        [("email", "ada@acme.example"), ("password", "velvet-canyon-otter-77"), ("next", "/candidates?q=x")];
    there.post("/login", &form).await.leads_to("/login/code");
    there.post("/login/code", &[("code", &code(&secret, 0))]).await.leads_to("/candidates?q=x");
}

on_both_databases!(Portal::start => codes_are_not_guessed_at);
async fn codes_are_not_guessed_at(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (secret, _, _) = set_up(&ada).await;
    let eve = half_way(&portal, "ada@acme.example").await;
    let mut guesses = 0;
    while eve.post("/login/code", &[("code", &wrong_code(&secret))]).await.status
        != StatusCode::TOO_MANY_REQUESTS
    {
        guesses += 1;
        assert!(guesses <= 11, "six digits may be guessed without end");
    }
    let letter = mailed(&portal, "Many wrong codes").await;
    assert!(letter.contains("They know your password") && letter.contains("127.0.0.0/24"), "{letter}");
    // Ada's own device has attempts of its own.
    ada.post("/logout", &[]).await;
    next_step(&portal).await;
    ada.log_in("ada@acme.example", PASSWORD).await.leads_to("/login/code");
    ada.post("/login/code", &[("code", &code(&secret, 0))]).await.leads_to("/settings/integrations");
}

on_both_databases!(Portal::start => recovery_codes_are_used_once_and_made_again);
async fn recovery_codes_are_used_once_and_made_again(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (_, codes, _) = set_up(&ada).await;
    let there = half_way(&portal, "ada@acme.example").await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    there.post("/login/code", &[("code", &typed)]).await.leads_to("/settings/integrations");
    assert!(mailed(&portal, "Recovery code used").await.contains("9 are left"));
    assert!(there.get(PAGE).await.text("main").contains("9 of 10 are left"));
    let eve = half_way(&portal, "ada@acme.example").await;
    let again = eve.post("/login/code", &[("code", &codes[3])]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "used");
    // New ones, after the password, in the place of the old.
    entered(&portal, 601).await;
    let page = ada.get(PAGE).await;
    let asked = ada.press(&page, "Make new recovery codes", &[]).await;
    assert_eq!(asked.text("h1"), "Confirm that it is you");
    entered(&portal, 0).await;
    let fresh = ada.press(&page, "Make new recovery codes", &[]).await.text(".codes code");
    assert_eq!(fresh.lines().count(), 10);
    let old = eve.post("/login/code", &[("code", &codes[4])]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY, "the old ones are gone");
    eve.post("/login/code", &[("code", fresh.lines().next().unwrap())])
        .await
        .leads_to("/settings/integrations");
}

on_both_databases!(Portal::start => a_code_confirms_and_turning_off_is_confirmed);
async fn a_code_confirms_and_turning_off_is_confirmed(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let (secret, _, _) = set_up(&ada).await;
    next_step(&portal).await;
    entered(&portal, 601).await;
    let page = ada.get(PAGE).await;
    let asked = ada.press(&page, "Turn off the second factor", &[]).await;
    assert_eq!(asked.text("h1"), "Confirm that it is you");
    let wrong = ada.press(&asked, "Confirm", &[("confirm_code", &wrong_code(&secret))]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("#confirm_code-error").contains("wrong"));
    assert_eq!(ada.get(PAGE).await.text(".badge"), "On");
    let confirmed = ada.press(&asked, "Confirm", &[("confirm_code", &code(&secret, 0))]).await;
    assert_eq!(confirmed.status, StatusCode::TEMPORARY_REDIRECT);
    ada.post(&format!("{PAGE}/off"), &[]).await.leads_to(PAGE);
    assert_eq!(ada.get(PAGE).await.text(".badge"), "Off");
    assert!(mailed(&portal, "Second factor off").await.contains("ada@acme.example"));
    portal.signed_in("ada@acme.example").await;
    assert!(portal.audit(&acme.id).await.contains(&"person.second_factor_off".to_owned()));
    // To begin is confirmed too: a session that was left open gets no factor of a stranger's.
    entered(&portal, 601).await;
    let page = ada.get(PAGE).await;
    assert_eq!(ada.press(&page, "Set up", &[]).await.text("h1"), "Confirm that it is you");
}

on_both_databases!(Portal::start => another_admin_resets_a_lost_factor);
async fn another_admin_resets_a_lost_factor(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let dana_id = portal.person(&acme, "dana@acme.example", Role::Admin).await.id;
    let ada_id = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "olga@other.example", Role::Admin).await;
    let (dana, ada) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("ada@acme.example").await);
    let olga = portal.signed_in("olga@other.example").await;
    set_up(&ada).await;
    let path = format!("/settings/team/{ada_id}");
    let reset = format!("{path}/second-factor/reset");
    assert_eq!(ada.post(&reset, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(olga.post(&reset, &[]).await.status, StatusCode::NOT_FOUND);
    entered(&portal, 601).await;
    let page = dana.get(&path).await;
    assert_eq!(dana.press(&page, "Reset second factor", &[]).await.text("h1"), "Confirm that it is you");
    half_way(&portal, "ada@acme.example").await;
    entered(&portal, 0).await;
    dana.press(&page, "Reset second factor", &[]).await.leads_to(&path);
    assert!(!ada.is_signed_in().await, "logged out everywhere");
    let letter = mailed(&portal, "Second factor reset").await;
    assert!(letter.contains("ada@acme.example") && letter.contains("dana reset"), "{letter}");
    portal.signed_in("ada@acme.example").await;
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "team.second_factor_reset").count(), 1);
    // One's own is turned off on one's own page; the only admin's at the server's terminal.
    set_up(&dana).await;
    let own = format!("/settings/team/{dana_id}/second-factor/reset");
    dana.post(&own, &[]).await.leads_to(PAGE);
    half_way(&portal, "dana@acme.example").await;
    let (done, said) = portal.command(&["user", "reset-second-factor", "Dana@acme.example"]).await;
    assert!(done && said.contains("dana@acme.example now logs in with only the password"), "{said}");
    portal.signed_in("dana@acme.example").await;
    let (done, said) = portal.command(&["user", "reset-second-factor", "dana@acme.example"]).await;
    assert!(!done && said.contains("has no second factor"), "{said}");
}

on_both_databases!(Portal::start => a_company_asks_for_a_second_factor);
async fn a_company_asks_for_a_second_factor(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (who, role) in [("dana", Role::Admin), ("max", Role::Member)] {
        portal.person(&acme, &format!("{who}@acme.example"), role).await;
    }
    let (dana, max) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("max@acme.example").await);
    let access = "/settings/company/access";
    let page = dana.get(access).await;
    let ask = async |whom: &str, days: &str| {
        dana.press(&page, "Save", &[("second_factor", whom), ("grace_days", days)]).await
    };
    for (whom, days, field) in [("everyone", "7", "second_factor"), ("admins", "31", "grace_days")] {
        let wrong = ask(whom, days).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!wrong.text(&format!("#{field}-error")).is_empty(), "{field}");
    }
    ask("everybody", "3").await.leads_to(access);
    // In the days of grace everything opens, and the log-in says so.
    assert!(max.is_signed_in().await);
    let again = portal.signed_in("max@acme.example").await;
    assert!(again.get("/account").await.text(".flash").contains("your company requires a second factor"));
    // The days are over.
    let from = portal
        .write(|conn| {
            let from: Option<i64> =
                companies::table.select(companies::second_factor_from).first(conn).map_err(DbError::from)?;
            let now = companies::second_factor_from.eq(Some(Timestamp::now().0));
            diesel::update(companies::table).set(now).execute(conn).map_err(DbError::from)?;
            Ok(from.unwrap())
        })
        .await;
    let days = (from - Timestamp::now().0) as f64 / 86_400_000.0;
    assert!((2.9..=3.0).contains(&days), "{days}");
    let to = "/account/second-factor?next=%2Fcandidates%3Fq%3Dx";
    max.get("/candidates?q=x").await.leads_to(to);
    max.get("/").await.leads_to("/account/second-factor?next=%2F");
    max.get("/login").await.leads_to("/settings/integrations");
    assert!(max.post("/account/name", &[("your_name", "Max")]).await.location.unwrap().starts_with(PAGE));
    assert_eq!(max.get(to).await.status, StatusCode::OK);
    let page = max.get(to).await;
    assert!(page.text("main").contains("Your company requires a second factor."));
    let begun = max.press(&page, "Set up", &[]).await;
    let page = max.get(begun.location.as_deref().unwrap()).await;
    let secret = page.text("#secret").replace(' ', "");
    let codes = max.press(&page, "Turn on", &[("code", &code(&secret, 0))]).await;
    assert_eq!(codes.attribute("main a.primary", "href").as_deref(), Some("/candidates?q=x"), "and on");
    assert_eq!(max.get("/candidates?q=x").await.status, StatusCode::OK);
    // Logging out is open to everybody.
    dana.get(access).await.leads_to("/account/second-factor?next=%2Fsettings%2Fcompany%2Faccess");
    let token = dana.get(PAGE).await.attribute("input[name=csrf]", "value").unwrap();
    dana.post_as_is("/logout", &[("csrf", &token)]).await.leads_to("/login");
    // Asked of admins, members go on without.
    portal
        .write(|conn| {
            let admins = companies::second_factor_for.eq("admins");
            diesel::update(companies::table).set(admins).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    portal.person(&acme, "kim@acme.example", Role::Member).await;
    assert!(portal.signed_in("kim@acme.example").await.is_signed_in().await);
    portal
        .signed_in("dana@acme.example")
        .await
        .get("/candidates")
        .await
        .leads_to("/account/second-factor?next=%2Fcandidates");
}
