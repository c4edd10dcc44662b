//! Who gets in, and what a forged form gets.

use lever_sandbox::Options;
use reqwest::StatusCode;

use crate::support::{Browser, world};

#[tokio::test]
async fn a_stranger_is_led_to_the_log_in_and_then_to_the_page_they_wanted() {
    let lever = lever_sandbox::start(Options::default()).await.unwrap();
    let mut browser = Browser::at(&lever.url);
    let page = browser.get("/settings/integrations?tab=apps").await;
    assert_eq!(page.path, "/login?next=%2Fsettings%2Fintegrations%3Ftab%3Dapps");
    assert_eq!(page.texts("label"), ["Email", "Password"]);
    assert_eq!(page.texts("main button"), ["Log in"]);

    let login = page.form("/login");
    let refused = browser.submit(&login, &[("email", &lever.admin_email), ("password", "wrong")]).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.text().contains("Email or password is wrong"));
    assert_eq!(refused.attrs("#email", "value"), [lever.admin_email.as_str()]);

    let login = refused.form("/login");
    let inside =
        browser.submit(&login, &[("email", &lever.admin_email), ("password", &lever.admin_password)]).await;
    assert_eq!(inside.path, "/settings/integrations?tab=apps");
    assert_eq!(inside.status, StatusCode::OK);
}

#[tokio::test]
async fn the_log_in_leads_nowhere_else() {
    let lever = lever_sandbox::start(Options::default()).await.unwrap();
    let mut browser = Browser::at(&lever.url);
    let fields = [
        ("email", lever.admin_email.as_str()),
        ("password", lever.admin_password.as_str()),
        ("next", "//evil.example/"),
    ];
    assert_eq!(browser.post("/login", &fields).await.path, "/");
}

#[tokio::test]
async fn a_form_without_the_session_s_token_changes_nothing() {
    let mut world = world(Options::default()).await;
    let board = world.browser.get("/").await;
    let card = board.attrs(".person", "data-id")[0].clone();
    for fields in [&[][..], &[("csrf", "forged")][..]] {
        let page = world.browser.post(&format!("/opportunities/{card}/delete"), fields).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.browser.get(&format!("/opportunities/{card}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let mut world = world(Options::default()).await;
    let form = world.browser.get("/").await.form("/logout");
    assert_eq!(world.browser.submit(&form, &[]).await.path, "/login");
    assert!(world.browser.get("/inbox").await.path.starts_with("/login"));
}

#[tokio::test]
async fn every_page_forbids_what_is_inline_or_from_elsewhere() {
    let mut world = world(Options::default()).await;
    let board = world.browser.get("/").await;
    let candidate = board.attrs(".person > a", "href")[0].clone();
    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    let settings = "/settings/integrations";
    let pages = [
        "/",
        "/login",
        "/postings",
        "/inbox",
        settings,
        "/settings/integrations?tab=apps",
        "/settings/integrations?tab=credentials",
        "/settings/deliveries",
        &candidate,
        &posting,
    ];
    for path in pages {
        let page = world.browser.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.texts("style, script:not([src])").len(), 0, "{path}");
        assert_eq!(page.attrs("[style]", "style").len(), 0, "{path}");
        assert_eq!(page.texts("h1").len(), 1, "{path}");
        assert!(page.body.len() < 120_000, "{path} has {} bytes", page.body.len());
        unlabelled(&page.html(), path);
    }
    for asset in ["/static/sandbox.css", "/static/sandbox.js", "/static/icon.svg"] {
        assert_eq!(world.browser.get(asset).await.status, StatusCode::OK);
    }
}

/// Every field that a person fills in has a label.
fn unlabelled(html: &scraper::Html, path: &str) {
    let fields =
        scraper::Selector::parse("input:not([type=hidden]):not([type=checkbox]), select, textarea").unwrap();
    for field in html.select(&fields) {
        let by_id = field.attr("id").map(|id| format!("label[for=\"{id}\"]"));
        let label = by_id.and_then(|css| html.select(&scraper::Selector::parse(&css).unwrap()).next());
        assert!(label.is_some() || field.attr("aria-label").is_some(), "{path}: {}", field.html());
    }
}

#[tokio::test]
async fn only_a_super_admin_reaches_the_settings() {
    let mut world = world(Options::default()).await;
    let api = format!("{}/v1/users", world.lever.url);
    let users: serde_json::Value = reqwest::Client::new()
        .get(api)
        .basic_auth(&world.lever.api_key, Some(""))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let users = users["data"].as_array().unwrap();
    let other = users.iter().find(|user| user["accessRole"] == "team member").unwrap();
    let password = world.lever.admin_password.clone();
    assert_eq!(world.browser.log_in(other["email"].as_str().unwrap(), &password).await.path, "/");
    let page = world.browser.get("/settings/integrations").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("Super Admin"));
}
