//! The pages of mass moves and reuse in a real browser.

use super::*;
use crate::support::axe::assert_accessible;
use crate::support::browser::{Browser, DESKTOP, Look, PHONE};
use crate::support::portal::PASSWORD;

const LOOKS: [Look; 4] = [DESKTOP, Look { dark: true, ..DESKTOP }, PHONE, Look { dark: true, ..PHONE }];

async fn everyone_can_use(browser: &Browser, picture: &str) {
    for look in LOOKS {
        browser.look(look).await;
        assert_accessible(browser).await;
        let wider = "return document.documentElement.scrollWidth > window.innerWidth";
        assert_eq!(browser.run(wider, vec![]).await, false, "{picture}: {look:?} scrolls sideways");
        // For a person who wants to look at them.
        if let Some(folder) = std::env::var_os("PICTURES") {
            let colours = if look.dark { "dark" } else { "light" };
            let file = format!("{picture}-{}-{colours}.png", look.size.0);
            browser.screenshot(std::path::Path::new(&folder).join(file)).await;
        }
    }
    browser.look(DESKTOP).await;
}

#[actix_web::test]
async fn a_mass_move_is_undone_in_the_browser() {
    let scene = scene(Backend::Sqlite).await;
    scene.choose(24, 3).await;
    let people = scene.people(6).await;
    for person in &people[..2] {
        scene.move_to(person, "Assessment").await;
        scene.outcomes(person, 1).await;
    }
    scene.move_together(&people[2..], "Assessment").await;
    scene.all(&people[2..], "held").await;
    let browser = Browser::open().await;
    let portal = |path: &str| scene.portal.running.url.join(path).unwrap();
    browser.goto(portal("/login")).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
    browser.goto(portal("/settings/company")).await;
    browser.sees("Earlier results, mass moves and the daily limit").await;
    everyone_can_use(&browser, "company").await;
    browser.goto(portal(&scene.page())).await;
    browser.sees("invitations go out at").await;
    everyone_can_use(&browser, "account-held").await;
    browser.goto(portal("/candidates")).await;
    browser.sees("6 candidates were moved to “Assessment” at").await;
    everyone_can_use(&browser, "candidates-held").await;
    browser.press("View candidates").await;
    browser.sees("Nobody is moved in Lever").await;
    everyone_can_use(&browser, "batch-held").await;
    browser.press("Cancel 4 held and 2 sent invitations").await;
    browser.sees("Cancelled 4 invitations on hold and 2 already sent.").await;
    everyone_can_use(&browser, "batch-undone").await;
    assert_eq!(scene.states(&people[5]).await, ["cancelled"]);
}

#[actix_web::test]
async fn retaking_is_allowed_in_the_browser() {
    use crate::assessment::{Invited, through_both};
    let scene = scene(Backend::Sqlite).await;
    let person = scene.people(1).await.remove(0);
    scene.move_to(&person, "Assessment").await;
    scene.outcomes(&person, 1).await;
    let link: url::Url =
        scene.invitation_mails(&person).await[0]["links"][0].as_str().unwrap().parse().unwrap();
    through_both(&scene.portal.visitor(), &Invited::at(link.path())).await;
    let browser = Browser::open().await;
    browser.goto(scene.portal.running.url.join("/login").unwrap()).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
    browser.goto(scene.portal.running.url.join("/candidates").unwrap()).await;
    let name = person["name"].as_str().unwrap();
    browser.press(name).await;
    browser.press("Allow retaking").await;
    browser.sees("this can't be undone").await;
    everyone_can_use(&browser, "retake").await;
    browser.fill("Full name", "Somebody Else").await;
    browser.press("Remove the results and invite again").await;
    browser.sees("This is not the candidate's full name").await;
    everyone_can_use(&browser, "retake-wrong").await;
    browser.fill("Full name", name).await;
    browser.press("Remove the results and invite again").await;
    browser.sees("a new invitation is on its way").await;
    everyone_can_use(&browser, "retaken").await;
}

#[actix_web::test]
async fn a_shared_address_is_decided_in_the_browser() {
    let scene = scene(Backend::Sqlite).await;
    let there = &scene;
    let anna = scene.applies_as("Anna Andersson", "candidates@agency.example", 0).await;
    scene.takes_the_tests(&anna).await;
    let bertil = scene.applies_at("Bertil Bengtsson", "candidates@agency.example", 1).await;
    scene.is(&bertil, "same_address").await;
    let browser = Browser::open().await;
    let portal = |path: &str| there.portal.running.url.join(path).unwrap();
    browser.goto(portal("/login")).await;
    browser.fill("Email", "ada@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
    browser.goto(portal("/candidates")).await;
    browser.press("Bertil Bengtsson").await;
    browser.sees("Anna Andersson has the same email address, and results of").await;
    everyone_can_use(&browser, "same-address").await;
    browser.press("Use these results").await;
    browser.sees("Checking with Lever, then sending").await;
    until("the results to be taken over", PATIENCE, async || {
        (scene.states(&bertil).await == ["completed"]).then_some(())
    })
    .await;
    browser.goto(portal("/candidates")).await;
    browser.press("Bertil Bengtsson").await;
    browser.sees("Reused from").await;
    everyone_can_use(&browser, "same-address-used").await;
}
