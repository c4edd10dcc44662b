//! Role profiles: what a posting asks for, and what that does to role fit.

use super::*;
use crate::support::axe::assert_accessible;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::lever::{Connected, unconnected};
use crate::support::on_both_databases;
use crate::support::portal::PASSWORD;
use alva_portal::db::Backend;
use alva_portal::integrations::State;
use alva_portal::people::Role;
use alva_portal::profiles;

const LIST: &str = "/settings/profiles";

/// The address of a profile's page, from the list.
fn address(list: &Page, name: &str) -> String {
    let html = scraper::Html::parse_document(&list.html);
    let rows = scraper::Selector::parse("table tbody tr").unwrap();
    let row = html.select(&rows).find(|row| row.text().collect::<String>().trim().starts_with(name));
    let link = scraper::Selector::parse("a").unwrap();
    row.unwrap().select(&link).next().unwrap().attr("href").unwrap().to_owned()
}

/// The value of an option of the first select that the selector finds.
fn option(page: &Page, select: &str, text: &str) -> String {
    let html = scraper::Html::parse_document(&page.html);
    let options = scraper::Selector::parse(&format!("{select} option")).unwrap();
    let found = html.select(&options).find(|option| option.text().collect::<String>().contains(text));
    found.unwrap_or_else(|| panic!("{text} in {}", page.html)).attr("value").unwrap().to_owned()
}

on_both_databases!(Portal::start => role_fit_is_weighed_by_the_postings_profile);
async fn role_fit_is_weighed_by_the_postings_profile(portal: Portal) {
    let acme = portal.company("Acme").await;
    let other = portal.company("Other").await;
    for (company, who, role) in [
        (&acme, "ada@acme.example", Role::Admin),
        (&acme, "max@acme.example", Role::Member),
        (&acme, "aud@acme.example", Role::Auditor),
        (&other, "eve@other.example", Role::Admin),
    ] {
        portal.person(company, who, role).await;
    }
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let person = invite(&portal, &acme, &account, "o1").await;
    let company = acme.id;
    portal
        .write(move |conn| {
            profiles::seen(conn, &company, "p1", "Backend engineer")?;
            profiles::seen(conn, &company, "p2", "Sales")?;
            // Lever renames it.
            Ok(profiles::seen(conn, &company, "p2", "Sales lead")?)
        })
        .await;
    through_both(&portal.visitor(), &person).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let report = async || {
        let page = ada.get(&format!("/candidates/{}", person.candidate)).await;
        page.text("section[id^=result]")
    };
    assert!(report().await.contains("Scored with the profile Standard"), "{}", report().await);

    // What cannot be is said beside its field, and what was typed stays.
    let empty = ada.get(LIST).await;
    assert!(empty.text("main").contains("You have no profile of your own yet"));
    assert!(empty.text("main").contains("Logic 50 %, Conscientiousness 30 %, Emotional stability 20 %"));
    let form = ada.get(&format!("{LIST}/new")).await;
    let none =
        [("profile_name", " "), ("logic", "101"), ("conscientiousness", ""), ("emotional_stability", "")];
    let wrong = ada.press(&form, "Save profile", &none).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attribute("#logic", "value").as_deref(), Some("101"));
    assert!(wrong.text("#logic-error").contains("from 1 to 100"));
    assert!(wrong.text("#profile_name-error").contains("can't be empty"));
    let nothing =
        [("profile_name", "X"), ("logic", ""), ("conscientiousness", ""), ("emotional_stability", "")];
    let wrong = ada.press(&form, "Save profile", &nothing).await;
    assert!(wrong.text("#logic-error").contains("Give at least one scale a weight"));
    let wrong = ada.press(&form, "Save profile", &[("profile_name", "X"), ("order", "5")]).await;
    assert!(wrong.text("#order-error").contains("count twice"), "conscientiousness stands beside its facet");

    // Support asks for calm and for little assertiveness, at three to one.
    let support = [
        ("profile_name", "Support"),
        ("logic", "0"),
        ("conscientiousness", ""),
        ("emotional_stability", "75"),
        ("assertiveness", "25"),
        ("assertiveness-wish", "low"),
    ];
    ada.press(&form, "Save profile", &support).await.leads_to(LIST);
    for same in ["SUPPORT", "Ｓｕｐｐｏｒｔ", "\u{a0}support "] {
        let again = ada.press(&form, "Save profile", &[("profile_name", same)]).await;
        assert!(
            again.text("#profile_name-error").contains("Another profile already has this name"),
            "{same}"
        );
    }
    let list = ada.get(LIST).await;
    assert!(
        list.text("tbody").contains("Assertiveness (low) 25 %, Emotional stability 75 %"),
        "{}",
        list.text("tbody")
    );
    assert!(list.text("main").contains("Sales lead"));
    assert!(report().await.contains("with the profile Standard"), "nobody has chosen it yet");

    // As the default it counts for every posting; of its own, for one.
    let id = option(&list, "#default", "Support");
    ada.press(&list, "Save default", &[("profile", &id)]).await.leads_to(LIST);
    let weighed = report().await;
    assert!(weighed.contains("Scored with the profile Support"), "{weighed}");
    assert!(weighed.contains("of 75") && weighed.contains("of 25") && weighed.contains("low"), "{weighed}");
    let list = ada.get(LIST).await;
    ada.press(&list, "Save default", &[("profile", "")]).await.leads_to(LIST);
    let list = ada.get(LIST).await;
    let field = {
        let html = scraper::Html::parse_document(&list.html);
        let labels = scraper::Selector::parse("label").unwrap();
        let label =
            html.select(&labels).find(|l| l.text().collect::<String>() == "Profile of Backend engineer");
        label.unwrap().attr("for").unwrap().to_owned()
    };
    let saved = ada.press(&list, "Save postings", &[(field.as_str(), id.as_str())]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    assert!(report().await.contains("Scored with the profile Support"));
    let compared = ada.get("/candidates/compare?posting=p1").await.text("main");
    assert!(compared.contains("the profile Support: Assertiveness (low) 25 %"), "{compared}");

    // Others of the company see it; only admins change it; nobody else can name it.
    let edit = address(&ada.get(LIST).await, "Support");
    for who in ["max@acme.example", "aud@acme.example"] {
        let who = portal.signed_in(who).await;
        let list = who.get(LIST).await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(list.text("main").contains("Support") && !list.html.contains("Save postings"));
        for path in [&edit, &format!("{LIST}/new"), &format!("{edit}/delete")] {
            assert_eq!(who.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
            assert_eq!(who.post(path, &support).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["default", "postings"] {
            let refused = who.post(&format!("{LIST}/{path}"), &[(&field, "")]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    let eve = portal.signed_in("eve@other.example").await;
    assert!(!eve.get(LIST).await.html.contains("Sales lead"));
    assert_eq!(eve.get(&edit).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&edit, &support).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&format!("{edit}/delete"), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(eve.post(&format!("{LIST}/default"), &[("profile", &id)]).await.status, StatusCode::NOT_FOUND);
    eve.post(&format!("{LIST}/postings"), &[(&field, "")]).await.leads_to(LIST);
    assert!(report().await.contains("with the profile Support"), "another company's form changed it");

    // Deleting names what depends on it.
    let ask = ada.get(&format!("{edit}/delete")).await;
    assert!(ask.text("main").contains("Backend engineer"), "{}", ask.text("main"));
    ada.press(&ask, "Delete Support", &[]).await.leads_to(LIST);
    assert!(report().await.contains("with the profile Standard"));
    let done = portal.audit(&acme.id).await;
    for action in ["added", "default_set", "deleted"] {
        assert!(done.contains(&format!("role_profile.{action}")), "{action} in {done:?}");
    }
    assert!(done.contains(&"posting.profile_chosen".to_owned()));
}

on_both_databases!(Connected::active => a_posting_is_known_from_the_candidate_that_came_with_it);
async fn a_posting_is_known_from_the_candidate_that_came_with_it(there: Connected) {
    let postings = there.api(reqwest::Method::GET, "postings", serde_json::Value::Null).await;
    let is_open = |posting: &&serde_json::Value| posting["confidentiality"] == "non-confidential";
    let posting = postings["data"].as_array().unwrap().iter().find(is_open).unwrap();
    let person = there
        .candidate(serde_json::json!({ "name": "Ada Byron", "email": "ada@people.example",
            "origin": "applied", "stage": "New applicant", "posting": posting["id"], "silent": true }))
        .await;
    there.move_to(&person, "Assessment").await;
    there.worked(&person, 1).await;
    let list = there.admin.get(LIST).await;
    assert_eq!(list.text("form[action$=postings] tbody th"), posting["text"].as_str().unwrap());
}

#[actix_web::test]
async fn everyone_can_make_a_profile() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let company = acme.id;
    portal
        .write(move |conn| {
            for (id, title) in [("p1", "Backend engineer"), ("p2", "Customer support, evenings and weekends")]
            {
                profiles::seen(conn, &company, id, title)?;
            }
            Ok(())
        })
        .await;
    let browser = Browser::open().await;
    browser.goto(portal.running.url.join("/login").unwrap()).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Integrations").await;
    browser.press("Role profiles").await;
    browser.sees("You have no profile of your own yet").await;
    everyone_can_use(&browser, "empty").await;
    browser.press("Add a profile").await;
    browser.fill("Logic", "lots").await;
    browser.press("Save profile").await;
    browser.sees("There is a problem with your changes").await;
    everyone_can_use(&browser, "errors").await;
    browser.fill("Name", "Customer support").await;
    browser.fill("Logic", "20").await;
    browser.fill("Compassion", "40").await;
    browser.press("Save profile").await;
    browser.sees("Saved the profile Customer support.").await;
    browser.choose("Profile of Backend engineer", "Customer support").await;
    browser.press("Save postings").await;
    browser.sees("1 posting has a different profile").await;
    everyone_can_use(&browser, "list").await;
    browser.press("Delete Customer support").await;
    browser.sees("will use the default instead").await;
    everyone_can_use(&browser, "delete").await;
}

async fn everyone_can_use(browser: &Browser, name: &str) {
    for (kind, look) in [
        ("wide", DESKTOP),
        ("wide-dark", Look { dark: true, ..DESKTOP }),
        ("phone", PHONE),
        ("phone-dark", Look { dark: true, ..PHONE }),
    ] {
        browser.look(look).await;
        assert_accessible(browser).await;
        let wider = "return document.documentElement.scrollWidth > window.innerWidth";
        assert_eq!(browser.run(wider, vec![]).await, false, "{name} scrolls sideways, {kind}");
        browser.screenshot(format!("target/screenshots/profiles-{name}-{kind}.png")).await;
    }
    browser.look(DESKTOP).await;
}
