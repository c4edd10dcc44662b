//! Webhooks that a person made: signed, verified, silenced, limited, sent again.

use lever_sandbox::{Options, TokenMode};

use crate::receiver::{Receiver, SelfSigned};
use crate::support::{Page, World, quick, world};

pub const HERE: &str = "/settings/integrations";
pub const MOVED: &str = "candidateStageChange";

pub async fn add(world: &mut World, event: &str, url: &str) -> Page {
    let form = world.browser.get(HERE).await.form_with_button(&format!("#{event}"), "Save webhook");
    world.browser.submit(&form, &[("url", url)]).await
}

/// Moves the first card that is not in the last stage there.
async fn move_someone(world: &mut World) {
    let board = world.browser.get("/").await;
    let last = board.attrs(".column", "data-stage").pop().unwrap();
    let card = board.attrs(&format!(".column:not([data-stage=\"{last}\"]) .person"), "data-id")[0].clone();
    let page =
        world.browser.submit(&board.form(&format!("/opportunities/{card}/move")), &[("stage", &last)]).await;
    assert!(page.text().contains("Moved "));
}

pub fn token_of(page: &Page, place: &str) -> String {
    page.texts(&format!("{place} .secret code"))[0].clone()
}

#[tokio::test]
async fn each_webhook_signs_with_its_own_token() {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let mut world = world(Options::default()).await;
    add(&mut world, MOVED, &receiver.url).await;
    let page = add(&mut world, MOVED, &other.url).await;
    let tokens = page.texts("#candidateStageChange .secret code");
    assert_eq!(tokens.len(), 2);
    assert_ne!(tokens[0], tokens[1]);
    move_someone(&mut world).await;
    let (one, two) = (receiver.wait_for(1).await.remove(0), other.wait_for(1).await.remove(0));
    assert!(one.signed_with(&tokens[0]) && !one.signed_with(&tokens[1]));
    assert!(two.signed_with(&tokens[1]));
    assert_ne!(one.body["token"], two.body["token"]);
}

#[tokio::test]
async fn the_account_s_token_signs_everything_until_it_is_regenerated() {
    let receiver = Receiver::start();
    let mut world = world(Options { token_mode: TokenMode::Account, ..Options::default() }).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    assert!(page.texts("#candidateStageChange .secret").is_empty());
    let old = token_of(&page, "#signing-token");
    move_someone(&mut world).await;
    assert!(receiver.wait_for(1).await[0].signed_with(&old));

    let page = world.browser.submit(&page.form_with_button("#signing-token", "regenerate token"), &[]).await;
    let new = token_of(&page, "#signing-token");
    assert_ne!(old, new);
    move_someone(&mut world).await;
    let call = &receiver.wait_for(2).await[1];
    assert!(call.signed_with(&new) && !call.signed_with(&old));
}

#[tokio::test]
async fn a_webhook_s_own_token_is_regenerated_too() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let old = token_of(&page, "#candidateStageChange");
    let page =
        world.browser.submit(&page.form_with_button("#candidateStageChange", "regenerate token"), &[]).await;
    let new = token_of(&page, "#candidateStageChange");
    assert_ne!(old, new);
    move_someone(&mut world).await;
    assert!(receiver.wait_for(1).await[0].signed_with(&new));
}

#[tokio::test]
async fn verify_connection_is_a_signed_call_about_nobody() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &format!("{}/hook", receiver.url)).await;
    assert!(page.texts("#candidateStageChange .badge").contains(&"◌ Not verified".to_owned()));
    let token = token_of(&page, "#candidateStageChange");
    let page =
        world.browser.submit(&page.form_with_button("#candidateStageChange", "Verify Connection"), &[]).await;
    assert!(page.texts("#candidateStageChange .badge").contains(&"✓ Verified".to_owned()));
    let call = receiver.wait_for(1).await.remove(0);
    assert_eq!(call.path, "/hook");
    assert_eq!(call.body["event"], MOVED);
    assert!(call.body["data"].get("opportunityId").is_none());
    assert!(call.signed_with(&token));
}

#[tokio::test]
async fn a_failed_verification_says_why() {
    let mut world = world(Options::default()).await;
    // Nothing listens on port 9 of this machine; a redirect does not count as success.
    let redirecting = Receiver::answering(&[302]);
    for (event, url, why) in [
        (MOVED, "http://127.0.0.1:9/hook", "could not connect"),
        ("candidateHired", &redirecting.url, "the URL answered 302"),
    ] {
        let page = add(&mut world, event, url).await;
        let page = world
            .browser
            .submit(&page.form_with_button(&format!("#{event}"), "Verify Connection"), &[])
            .await;
        let alert = page.texts(&format!("#{event} [role=alert]")).join(" ");
        assert!(alert.contains(why), "{alert}");
        assert!(page.texts(&format!("#{event} .badge")).contains(&"◌ Not verified".to_owned()));
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let receiver = SelfSigned::start().await;
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let form = page.form_with_button("#candidateStageChange", "Verify Connection");
    let page = world.browser.submit(&form, &[]).await;
    let alert = page.texts("#candidateStageChange [role=alert]").join(" ");
    assert!(alert.contains("certificate"), "{alert}");
}

#[tokio::test]
async fn a_switch_that_is_off_silences_the_event() {
    let receiver = Receiver::start();
    let mut world = world(Options::default()).await;
    let page = add(&mut world, MOVED, &receiver.url).await;
    let switch = page.form("/settings/integrations/events/candidateStageChange/switch");
    let page = world.browser.submit(&switch, &[]).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["false"]);
    move_someone(&mut world).await;

    // Adding another webhook does not turn on what a person turned off.
    let page = add(&mut world, MOVED, &format!("{}/second", receiver.url)).await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["false"]);

    let page = world
        .browser
        .submit(&page.form("/settings/integrations/events/candidateStageChange/switch"), &[])
        .await;
    assert_eq!(page.attrs("#candidateStageChange .switch", "aria-checked"), ["true"]);
    move_someone(&mut world).await;
    let calls = receiver.wait_for(2).await;
    let first = &calls[0].body["data"]["opportunityId"];
    assert!(
        calls.iter().all(|call| call.body["data"]["opportunityId"] == *first),
        "the silent move was told"
    );
}

#[tokio::test]
async fn origins_limit_whom_a_webhook_hears_of() {
    let (all, only_agency) = (Receiver::start(), Receiver::start());
    let mut world = world(Options::default()).await;
    add(&mut world, "applicationCreated", &all.url).await;
    let form = world.browser.get(HERE).await.form_with_button("#applicationCreated", "Save webhook");
    let page = world.browser.submit(&form, &[("url", &only_agency.url), ("origin", "agency")]).await;
    assert!(page.texts("#applicationCreated li").iter().any(|text| text.contains("Origins: agency")));

    let posting = world.browser.get("/postings").await.attrs("td a", "href")[0].clone();
    for (name, origin) in [("One", "applied"), ("Two", "agency")] {
        let form = world.browser.get(&posting).await.form(&format!("{posting}/apply"));
        world.browser.submit(&form, &[("name", name), ("origin", origin)]).await;
    }
    let heard = all.wait_for(2).await;
    let agency = only_agency.wait_for(1).await;
    assert_eq!(agency.len(), 1);
    assert_eq!(agency[0].body["data"], heard[1].body["data"]);
}

#[tokio::test]
async fn a_delivery_can_be_looked_at_and_sent_again() {
    let receiver = Receiver::answering(&[500]);
    let mut world = world(quick()).await;
    add(&mut world, MOVED, &receiver.url).await;
    move_someone(&mut world).await;
    receiver.wait_for(2).await;
    let list = world.browser.get("/settings/deliveries").await;
    let path = list.attrs("td a", "href")[0].clone();
    let mut page = world.browser.get(&path).await;
    for _ in 0..100 {
        if page.texts(".head .badge") == ["Delivered"] {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        page = world.browser.get(&path).await;
    }
    assert_eq!(page.texts("ol .badge"), ["answered 500", "answered 200"]);
    assert!(page.texts("pre")[0].contains("\"event\": \"candidateStageChange\""));

    let page = world.browser.submit(&page.form_with_button("main", "Send again"), &[]).await;
    assert_eq!(page.texts("ol .badge"), ["answered 500", "answered 200", "answered 200"]);
    let calls = receiver.wait_for(3).await;
    assert_eq!(calls[0].body, calls[2].body);
}
