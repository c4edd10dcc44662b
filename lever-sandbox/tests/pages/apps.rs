//! Letting an app in and taking its access away, as a person does it.

use lever_sandbox::{Client, Options};
use reqwest::StatusCode;
use serde_json::Value;
use url::Url;

use crate::support::{Browser, Page, World, world};

const CALLBACK: &str = "https://portal.example/oauth/callback";
const APPS: &str = "/settings/integrations?tab=apps";

fn with_app() -> Options {
    let client = Client {
        id: "client-1".to_owned(),
        secret: "secret-1".to_owned(),
        name: "Alva Labs".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
    };
    Options { clients: vec![client], ..Options::default() }
}

fn authorize(world: &World) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", "client-1")
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("response_type", "code")
        .append_pair("state", "s t&te")
        .append_pair("audience", &world.lever.audience)
        .append_pair("scope", "offline_access opportunities:write:admin stages:read:admin")
        .append_pair("prompt", "consent")
        .finish();
    format!("/authorize?{query}")
}

/// The parameters that a redirect to the app carries.
fn sent_back(page: &Page) -> std::collections::HashMap<String, String> {
    assert!(page.path.starts_with(CALLBACK), "{}", page.path);
    Url::parse(&page.path).unwrap().query_pairs().into_owned().collect()
}

async fn token(world: &World, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut all = vec![("client_id", "client-1"), ("client_secret", "secret-1")];
    all.extend_from_slice(fields);
    let request = reqwest::Client::new().post(format!("{}/oauth/token", world.lever.url)).form(&all);
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn consent_lists_the_scopes_in_words_and_accept_leads_back() {
    let mut world = world(with_app()).await;
    let path = authorize(&world);
    let page = world.browser.get(&path).await;
    assert_eq!(page.texts("h1"), ["Authorize Alva Labs"]);
    assert_eq!(
        page.texts("main li"),
        [
            "Stay connected when nobody is logged in offline_access",
            "See and change candidates and their progress opportunities:write:admin",
            "See the stages of the pipeline stages:read:admin",
        ]
    );
    assert_eq!(page.texts("main button"), ["Deny", "Accept"]);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"));
    // A browser would stop the redirect to the app.
    assert!(!policy.contains("form-action"));

    let form = page.form_with_button("main", "Accept");
    let back = sent_back(&world.browser.submit(&form, &[("decision", "accept")]).await);
    assert_eq!(back["state"], "s t&te");
    assert!(!back["code"].is_empty());
}

#[tokio::test]
async fn deny_leads_back_with_an_error() {
    let mut world = world(with_app()).await;
    let path = authorize(&world);
    let form = world.browser.get(&path).await.form_with_button("main", "Deny");
    let back = sent_back(&world.browser.submit(&form, &[("decision", "deny")]).await);
    assert_eq!(back["error"], "access_denied");
    assert_eq!(back["state"], "s t&te");
    assert!(!back.contains_key("code"));
}

#[tokio::test]
async fn a_forged_decision_is_not_taken() {
    let mut world = world(with_app()).await;
    let path = authorize(&world);
    let form = world.browser.get(&path).await.form_with_button("main", "Accept");
    let page = world.browser.submit(&form, &[("csrf", "forged"), ("decision", "accept")]).await;
    assert!(page.status.is_client_error());
    assert_eq!(page.path, form.action);
}

#[tokio::test]
async fn a_stranger_logs_in_first_and_then_decides() {
    let mut world = world(with_app()).await;
    world.browser = Browser::at(&world.lever.url);
    let path = authorize(&world);
    let page = world.browser.get(&path).await;
    assert!(page.path.starts_with("/login?next="));
    let fields =
        [("email", world.lever.admin_email.as_str()), ("password", world.lever.admin_password.as_str())];
    let page = world.browser.submit(&page.form("/login"), &fields).await;
    assert_eq!(page.texts("h1"), ["Authorize Alva Labs"]);
}

#[tokio::test]
async fn revoke_access_ends_it_after_asking() {
    let mut world = world(with_app()).await;
    assert!(world.browser.get(APPS).await.text().contains("No app has access"));
    let path = authorize(&world);
    let form = world.browser.get(&path).await.form_with_button("main", "Accept");
    let code = sent_back(&world.browser.submit(&form, &[("decision", "accept")]).await)["code"].clone();
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    let (status, tokens) = token(&world, &fields).await;
    assert_eq!(status, StatusCode::OK);

    let page = world.browser.get(APPS).await;
    assert!(page.texts("main h2").contains(&"Alva Labs".to_owned()));
    assert!(page.text().contains("Granted by Dana Smith"));
    assert!(page.text().contains("opportunities:write:admin"));
    let ask = page.attrs("main a.button", "href");
    assert_eq!(page.texts("main a.button"), ["Revoke Access"]);

    let page = world.browser.get(&ask[0]).await;
    assert_eq!(page.texts("h1"), ["Revoke access of Alva Labs?"]);
    let page = world.browser.submit(&page.form_with_button("main", "Revoke Access"), &[]).await;
    assert!(page.text().contains("No app has access"));

    let refresh = tokens["refresh_token"].as_str().unwrap();
    let (status, body) = token(&world, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(body["error"], "invalid_grant");
    let call = reqwest::Client::new()
        .get(format!("{}/v1/stages", world.lever.url))
        .bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(call.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}
