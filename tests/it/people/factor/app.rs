//! The second factor in an app and a browser.

use super::*;

/// What the QR code on the page says, read by another program than wrote it.
fn scanned(page: &Page) -> String {
    let path = page.attribute("main svg path", "d").unwrap();
    let size: usize = page
        .attribute("main svg", "viewbox")
        .or(page.attribute("main svg", "viewBox"))
        .unwrap()
        .split(' ')
        .next_back()
        .unwrap()
        .parse()
        .unwrap();
    let black: std::collections::BTreeSet<(usize, usize)> = path
        .split('M')
        .filter_map(|part| part.split_once('h'))
        .map(|(at, _)| at.split_once(',').unwrap())
        .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
        .collect();
    const SCALE: usize = 4;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(size * SCALE, size * SCALE, |x, y| {
        if black.contains(&(x / SCALE, y / SCALE)) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    grids[0].decode().unwrap().1
}

on_both_databases!(Portal::start => an_app_reads_the_secret_from_the_qr_code);
async fn an_app_reads_the_secret_from_the_qr_code(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada+x@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada+x@acme.example").await;
    let begun = ada.press(&ada.get(PAGE).await, "Set up", &[]).await;
    let page = ada.get(begun.location.as_deref().unwrap()).await;
    let address = url::Url::parse(&scanned(&page)).unwrap();
    assert_eq!((address.scheme(), address.host_str()), ("otpauth", Some("totp")));
    assert_eq!(address.path(), "/Alva:ada%2Bx%40acme%2Eexample");
    let values: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let secret = page.text("#secret").replace(' ', "");
    assert_eq!(values, [("secret".to_owned(), secret), ("issuer".to_owned(), "Alva".to_owned())]);
}

#[actix_web::test]
async fn everyone_sets_it_up_in_a_browser() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let browser = Browser::open().await;
    crate::support::faces::log_in(&browser, &portal, "dana@acme.example").await;
    let at = |path: &str| portal.running.url.join(path).unwrap();
    browser.goto(at("/account")).await;
    browser.press("Second factor").await;
    everyone_can_use(&browser, "factor-1").await;
    browser.press("Set up").await;
    browser.sees("Set up your app").await;
    everyone_can_use(&browser, "factor-2").await;
    let secret = browser.run("return document.getElementById('secret').textContent", vec![]).await;
    let secret = secret.as_str().unwrap().replace(' ', "");
    browser.fill("Code from the app", &code(&secret, 0)).await;
    browser.press("Turn on").await;
    browser.sees("Your recovery codes").await;
    everyone_can_use(&browser, "factor-3").await;
    browser.press("I have saved them").await;
    browser.goto(at(PAGE)).await;
    everyone_can_use(&browser, "factor-4").await;
    browser.press("Log out").await;
    browser.is_at("/login").await;
    next_step(&portal).await;
    browser.fill("Email", "dana@acme.example").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Log in").await;
    browser.sees("Enter your code").await;
    everyone_can_use(&browser, "factor-5").await;
    browser.fill("Code", &code(&secret, 0)).await;
    browser.press("Log in").await;
    browser.is_at("/settings/integrations").await;
    let kept: i64 =
        portal.write(|conn| Ok(sessions::table.count().get_result(conn).map_err(DbError::from)?)).await;
    assert_eq!(kept, 1);
}
