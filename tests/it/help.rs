//! The help inside the portal: its pages, the search, and what admins alone see.

use crate::support::browser::{Browser, DESKTOP, Look};
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::visitor::Page;
use alva_portal::db::Backend;
use alva_portal::people::Role;
use reqwest::StatusCode;

const PAGES: [&str; 7] = ["set-up", "stages", "rules", "tags", "states", "faq", "single-sign-on"];

/// The sentence for each code, as pages show it.
fn labels(start: &str) -> Vec<&'static str> {
    let words = include_str!("../../locales/portal.en.ftl");
    let of = words.lines().filter(|line| line.starts_with(start)).filter_map(|line| line.split_once(" = "));
    of.map(|(_, label)| label).collect()
}

fn links(page: &Page, selector: &str) -> Vec<String> {
    let html = scraper::Html::parse_document(&page.html);
    let all = scraper::Selector::parse(selector).unwrap();
    html.select(&all).filter_map(|link| link.attr("href").map(str::to_owned)).collect()
}

on_both_databases!(Connected::active => the_help_has_this_portals_addresses);
async fn the_help_has_this_portals_addresses(there: Connected) {
    let portal = &there.portal;
    portal.person(&there.company, "max@acme.example", Role::Member).await;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let (max, eve) =
        (portal.signed_in("max@acme.example").await, portal.signed_in("eve@other.example").await);
    let webhooks = there.admin.get(&format!("/settings/integrations/{}/webhooks", there.integration)).await;
    let url = webhooks.attribute("#webhook_url", "value").expect("the webhook URL");
    let guide = there.admin.get("/help/set-up").await;
    assert_eq!((guide.status, guide.text("h1").as_str()), (StatusCode::OK, "Setting up Lever"));
    let base = portal.running.url.as_str().trim_end_matches('/');
    assert!(guide.text("article").contains(&format!("{base}/settings/integrations")), "{}", guide.html);
    assert!(!guide.html.contains("{portal}"));
    assert!(guide.text("main").contains(&url), "an admin's own URLs: {}", guide.html);
    // Who knows the URL can send events to it: neither members nor other companies see it.
    for visitor in [&max, &eve] {
        let guide = visitor.get("/help/set-up").await;
        assert_eq!(guide.status, StatusCode::OK);
        assert!(!guide.html.contains(&url), "{}", guide.html);
    }
    let stranger = portal.visitor().get("/help/set-up").await;
    assert!(stranger.location.is_some_and(|to| to.starts_with("/login")));
    assert_eq!(there.admin.get("/help/nothing").await.status, StatusCode::NOT_FOUND);
}

on_both_databases!(Connected::active => the_help_is_searched_and_says_what_each_state_means);
async fn the_help_is_searched_and_says_what_each_state_means(there: Connected) {
    let contents = there.admin.get("/help").await;
    let all = links(&contents, ".help-contents a");
    for page in PAGES {
        assert!(all.contains(&format!("/help/{page}")), "{page}: {all:?}");
    }
    // Each heading of the contents is on its page.
    for link in &all {
        let Some((path, id)) = link.split_once('#') else { continue };
        let page = there.admin.get(path).await;
        assert!(page.attribute(&format!("[id='{id}']"), "id").is_some(), "{link}");
    }
    let found = there.admin.get("/help?q=BLOCKED+origins").await;
    assert_eq!(links(&found, "#found ~ ul a")[0], "/help/rules#blocked-origins", "{}", found.html);
    let nothing = there.admin.get("/help?q=%3Cscript%3Ezebra").await;
    assert_eq!(nothing.text("#found"), "Nothing found for “<script>zebra”");
    assert!(!nothing.html.contains("<script>zebra"));
    let states = there.admin.get("/help/states").await;
    let explained: Vec<String> =
        states.text("article tbody td:first-child").lines().map(str::to_owned).collect();
    for start in ["state-", "outcome-", "invitation-"] {
        let labels = labels(start);
        assert!(labels.len() >= 8, "{start}");
        for label in labels {
            assert!(explained.iter().any(|known| known == label), "{start}{label} is not explained");
        }
    }
}

#[actix_web::test]
async fn the_help_is_for_everyone() {
    let there = Connected::active(Backend::Sqlite).await;
    let browser = Browser::open().await;
    log_in(&browser, &there.portal, "ada@acme.example").await;
    let at = |path: &str| there.portal.running.url.join(path).unwrap();
    for page in ["/help", "/help?q=tags", "/help/set-up", "/help/states", "/help/faq"] {
        browser.goto(at(page)).await;
        everyone_can_use(&browser, &format!("help-{}", page.replace(['/', '?', '='], "-"))).await;
    }
    // Without scripts, from a page to what explains it.
    let plain = Browser::with(Look { scripts: false, ..DESKTOP }).await;
    log_in(&plain, &there.portal, "ada@acme.example").await;
    plain.goto(at("/help")).await;
    plain.fill("Search the help", "misspelt tags").await;
    plain.press("Search").await;
    plain.press("Misspelt tags").await;
    plain.sees("almost right").await;
    plain.goto(at("/candidates/why")).await;
    let link = plain.run("return document.querySelector('.lead a').getAttribute('href')", vec![]);
    assert_eq!(link.await, "/help/faq#why-was-someone-not-invited");
}
