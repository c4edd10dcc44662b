//! The lists in a real browser: how much stands on a screen, what a row and a key lead to, and what nobody may push
//! aside.

use super::Tenant;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::portal::Portal;
use alva_portal::audit::{self, Action, Actor};
use alva_portal::db::Backend;
use alva_portal::db::schema::sessions;
use alva_portal::events::Event;
use alva_portal::ids::CandidateId;
use alva_portal::invitations::InvitationState;
use diesel::prelude::*;
use fantoccini::key::Key;
use serde_json::{Value, json};

const LISTS: [&str; 3] = ["/events", "/candidates", "/audit"];

/// Letters of the longest values that Lever, or a colleague, may bring.
const LONG: usize = 300;

/// 20 candidates with an event and an invitation each; answers the newest of them.
async fn fill(acme: &Tenant<'_>, name: &str, posting: &str) -> CandidateId {
    let mut newest = None;
    for n in 0..20 {
        let opportunity = format!("o{n}");
        let candidate = acme.candidate(&opportunity, name, posting).await;
        acme.invitation(&candidate, posting, InvitationState::Sent).await;
        let event = Event { opportunity_id: Some(opportunity), ..acme.event(100 - n) };
        acme.keep(vec![event]).await;
        newest = Some(candidate);
    }
    newest.unwrap()
}

/// Where the rows of a list stand: for each, its top and its bottom.
async fn rows(browser: &Browser) -> Vec<(f64, f64)> {
    let found = browser
        .run(
            "return [...document.querySelectorAll('table.rows tbody tr')].map((row) => {
               const box = row.getBoundingClientRect();
               return [box.top + scrollY, box.bottom + scrollY];
             })",
            vec![],
        )
        .await;
    serde_json::from_value(found).unwrap()
}

async fn at_desk(portal: &Portal, email: &str) -> Browser {
    let browser = Browser::open().await;
    log_in(&browser, portal, email).await;
    browser
}

#[actix_web::test]
async fn fifteen_rows_stand_on_a_desks_screen_and_the_first_in_the_upper_half_of_a_phones() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = Tenant::of(&portal, "Acme").await;
    fill(&acme, "Ada Byron", "Backend Engineer").await;
    // The log of who did what: as long.
    let company = acme.company.id;
    portal
        .write(move |conn| {
            for _ in 0..20 {
                audit::record(conn, &company, &Actor::Portal, Action::TeamInvited, "Sam Smith", &json!({}))?;
            }
            Ok(())
        })
        .await;
    let browser = at_desk(&portal, "dana@acme.example").await;
    for list in LISTS {
        browser.look(DESKTOP).await;
        browser.goto(portal.running.url.join(list).unwrap()).await;
        let there = rows(&browser).await;
        let seen = there.iter().filter(|(_, bottom)| *bottom <= 800.0).count();
        assert!(seen >= 15, "{list}: {seen} rows of {there:?}");
        assert!(there.iter().all(|(top, bottom)| bottom - top <= 41.0), "{list}: one line each: {there:?}");

        browser.look(PHONE).await;
        browser.reload().await;
        let there = rows(&browser).await;
        let half = f64::from(PHONE.size.1) / 2.0;
        assert!(there[0].0 <= half, "{list}: the first row begins at {}", there[0].0);
        if list != "/audit" {
            assert!(there.iter().all(|(top, bottom)| bottom - top <= 66.0), "{list}: two lines: {there:?}");
        }
        // The filters wait behind their disclosure.
        assert_eq!(filter_is_seen(&browser).await, false, "{list}");
        browser.press("Filter").await;
        assert_eq!(filter_is_seen(&browser).await, true, "{list}");
        everyone_can_use(&browser, &format!("list{}", list.replace('/', "-"))).await;
    }
}

async fn filter_is_seen(browser: &Browser) -> Value {
    let seen = "return document.querySelector('#q').checkVisibility({contentVisibilityAuto: true})";
    browser.run(seen, vec![]).await
}

#[actix_web::test]
async fn long_values_push_no_list_aside() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = Tenant::of(&portal, "Acme").await;
    let (name, posting) = ("N".repeat(LONG), "Ünbreakable".repeat(LONG / 11));
    let newest = fill(&acme, &name, &posting).await;
    let address = format!("{}@{}.example", "a".repeat(64), "long-label".repeat(6));
    portal.person(&acme.company, &address, alva_portal::people::Role::Auditor).await;
    let browser = at_desk(&portal, &address).await;
    let more = [format!("/candidates/{newest}"), "/settings/team".into(), format!("/events?q={name}")];
    let parts = ["", "/webhooks", "/rules", "/postings", "/activity", "/settings"];
    let parts = parts.map(|part| format!("/settings/integrations/{}{part}", acme.account));
    for path in LISTS.iter().map(|list| (*list).to_owned()).chain(more).chain(parts) {
        for width in [320u32, 390, 768, 1280, 1920] {
            browser.look(Look { size: (width, 900), ..DESKTOP }).await;
            browser.goto(portal.running.url.join(&path).unwrap()).await;
            let wide = browser.run("return document.documentElement.scrollWidth", vec![]).await;
            assert!(wide.as_u64().unwrap() <= u64::from(width), "{path} is {wide} wide at {width}");
        }
    }
}

#[actix_web::test]
async fn rows_keys_and_chips_lead_on() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = Tenant::of(&portal, "Acme").await;
    fill(&acme, "Ada Byron", "Backend Engineer").await;
    let browser = at_desk(&portal, "dana@acme.example").await;
    let events = portal.running.url.join("/events").unwrap();
    browser.goto(&events).await;

    // A click beside every word of the row opens it; the name is a link of its own.
    let place = "const cell = document.querySelector('tbody tr td[data-label=Time]').getBoundingClientRect();
                 const there = document.elementFromPoint(cell.right - 4, cell.top + 20);
                 there.click(); return there.getAttribute('href')";
    let opened = browser.run(place, vec![]).await;
    browser.is_at(opened.as_str().unwrap()).await;
    browser.back().await;
    browser.press("Ada Byron").await;
    browser.until("return location.pathname.startsWith('/candidates/')", "the candidate's page").await;

    // The keys.
    browser.goto(&events).await;
    browser.types("jj").await;
    let second = "return [...document.querySelectorAll('a.opens')].indexOf(document.activeElement)";
    assert_eq!(browser.run(second, vec![]).await, 1);
    browser.types("k").await;
    assert_eq!(browser.run(second, vec![]).await, 0);
    browser.key(Key::Enter).await;
    browser.until("return /^\\/events\\/./.test(location.pathname)", "the first event's page").await;
    browser.types("gc").await;
    browser.is_at("/candidates").await;
    browser.types("/").await;
    assert_eq!(browser.run("return document.activeElement.id", vec![]).await, "q");
    // In a field letters are letters.
    browser.types("ge?").await;
    assert_eq!(browser.run("return document.activeElement.value", vec![]).await, "ge?");
    browser.goto(&events).await;
    browser.types("?").await;
    browser.sees("Keyboard shortcuts").await;
    everyone_can_use(&browser, "keys").await;
    browser.uncheck("Use these shortcuts in this browser").await;
    browser.press("Close").await;
    browser.reload().await;
    browser.types("gc").await;
    browser.types("?").await;
    browser.sees_no("Keyboard shortcuts").await;
    browser.is_at("/events").await;

    // A chip takes its filter away, and leaves the others.
    let filtered = "/events?state=done&q=Ada";
    browser.goto(portal.running.url.join(filtered).unwrap()).await;
    browser.press("Remove Ada").await;
    browser.is_at("/events").await;
    assert_eq!(browser.url().await.query(), Some("state=done"));
}

#[actix_web::test]
async fn what_was_typed_outlives_a_session_that_ended() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = Tenant::of(&portal, "Acme").await;
    let browser = at_desk(&portal, "dana@acme.example").await;
    browser.goto(portal.running.url.join("/settings/company").unwrap()).await;
    browser.fill("Support contact", "jobs@acme.example").await;
    portal
        .write(|conn| {
            diesel::delete(sessions::table).execute(conn).map_err(alva_portal::db::DbError::from)?;
            Ok(())
        })
        .await;
    browser.press("Save settings").await;
    browser.is_at("/login").await;
    browser.fill("Email", "dana@acme.example").await;
    browser.fill("Password", crate::support::portal::PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/company").await;
    browser.sees("What you typed is back in the form. It is not saved yet.").await;
    assert_eq!(browser.value("Support contact").await, "jobs@acme.example");
    let company = acme.company.id;
    let saved = move |conn: &mut alva_portal::db::Conn| alva_portal::people::company(conn, &company);
    assert_eq!(portal.running.db.read(saved).await.unwrap().support_contact, "");
    browser.press("Save settings").await;
    browser.sees("Saved.").await;
    assert_eq!(browser.value("Support contact").await, "jobs@acme.example");
    // Once.
    browser.reload().await;
    browser.sees_no("What you typed is back in the form.").await;
    let kept = browser.run("return sessionStorage.length", vec![]).await;
    assert_eq!(kept, json!(0));
}
