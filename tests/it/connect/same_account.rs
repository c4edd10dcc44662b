//! A connection is known by Lever's own id of the account: one account is connected once, and a
//! connection stays with its account.

use super::*;
use crate::support::lever::consent::grant_again;
use crate::support::on_both_databases;
use crate::support::proxy::Proxy;

/// Connected to the account `account-1`; with opaque tokens when it is empty.
async fn to_account(backend: Backend, account: &'static str) -> (Connected, Proxy) {
    let there = Fixture::on(backend).behind_proxy().beside_lever().await;
    let proxy = there.proxy.as_ref().expect("a proxy");
    if account.is_empty() {
        proxy.ways().is_opaque = true;
    } else {
        proxy.claims(account, "user-1");
    }
    there.granted().await.with_proxy()
}

async fn accounts(there: &Connected) -> Vec<Integration> {
    let company = there.company.id;
    there.portal.running.db.read(move |conn| store::list(conn, &company)).await.unwrap()
}

async fn account_id(there: &Connected) -> Option<String> {
    let id = there.integration;
    there
        .portal
        .running
        .db
        .read(move |conn| lever_account::of_integration(conn, &id))
        .await
        .unwrap()
        .account_id
}

on_both_databases!(|backend| to_account(backend, "account-1") => the_same_account_is_connected_once);
/// A second grant for an account that is connected connects it anew.
async fn the_same_account_is_connected_once((there, proxy): (Connected, Proxy)) {
    let before = accounts(&there).await;
    let second = grant(&there.lever, &there.admin).await;
    assert_eq!(second, there.integration);
    let after = accounts(&there).await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].grant_version, before[0].grant_version + 1);
    assert_eq!(after[0].webhook_key, before[0].webhook_key);
    let page = there.admin.get(&format!("/settings/integrations/{second}")).await;
    assert!(page.text(".flash").contains("was already connected"), "{}", page.html);
    assert!(there.portal.audit(&there.company.id).await.contains(&"integration.reconnected".to_owned()));

    // Another account is another connection, with a name of its own.
    proxy.claims("account-2", "user-2");
    let third = grant(&there.lever, &there.admin).await;
    assert_ne!(third, there.integration);
    let names: Vec<_> = accounts(&there).await.into_iter().map(|row| row.account_name).collect();
    assert_eq!(names, ["Lever account", "Lever account 2"]);

    // Another company's connections are nobody's business.
    let other = there.portal.company("Other Ltd").await;
    there.portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = there.portal.signed_in("eve@other.example").await;
    assert_ne!(grant(&there.lever, &eve).await, third);
}

on_both_databases!(|backend| to_account(backend, "account-1") => a_connection_stays_with_its_account);
/// Connected again by somebody of another Lever account: refused, and nothing is changed.
async fn a_connection_stays_with_its_account((there, proxy): (Connected, Proxy)) {
    let before = accounts(&there).await;
    proxy.claims("account-2", "user-2");
    let to_lever = there.admin.post(GRANT, &[("integration", there.integration.as_str())]).await;
    let mut asked: Url = to_lever.location.unwrap().parse().unwrap();
    asked.set_port(there.lever.url.parse::<Url>().unwrap().port()).unwrap();
    let scene = &there.beside;
    let back = scene.decide(&asked, "accept").await;
    let refused = scene.admin.get(&back).await;
    assert_eq!(
        (refused.status, refused.text("h1").as_str()),
        (StatusCode::CONFLICT, "This is a different Lever account")
    );
    assert!(refused.text("main button").contains("Grant Access"), "a way to begin again: {}", refused.html);
    assert!(
        refused.text("main").contains("a different Lever account than “Lever account”"),
        "{}",
        refused.html
    );
    let after = scene.accounts().await;
    assert_eq!(after.len(), 1);
    assert_eq!(after[0].grant_version, before[0].grant_version);
    assert_eq!(after[0].access_token_sealed, before[0].access_token_sealed);
}

on_both_databases!(|backend| to_account(backend, "") => an_older_connection_learns_its_account_at_the_next_refresh);
/// A connection from before the portal knew accounts learns its own at the next refresh.
async fn an_older_connection_learns_its_account_at_the_next_refresh((there, proxy): (Connected, Proxy)) {
    assert_eq!(account_id(&there).await, None);
    proxy.claims("account-1", "user-1");
    let id = there.integration;
    there
        .portal
        .write(move |conn| {
            diesel::update(integrations::table.find(&id))
                .set(integrations::access_expires_at.eq(Timestamp(0)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    there.admin.post(&format!("/settings/integrations/{id}/check"), &[]).await;
    assert_eq!(account_id(&there).await.as_deref(), Some("account-1"));
    assert_eq!(grant(&there.lever, &there.admin).await, id);
    assert_eq!(grant_again(&there.lever, &there.admin, &id).await, id);
}

#[actix_web::test]
async fn the_account_has_the_name_that_was_typed() {
    let scene = scene(Backend::Sqlite).await;
    let form = scene.admin.get("/settings/integrations/add/lever").await;
    assert!(form.text("label").contains("Account name"), "{}", form.html);
    let asked = scene.admin.press(&form, "Grant Access", &[("account_name", "  Acme Nordics ")]).await;
    let back = scene.decide(&asked.location.unwrap().parse().unwrap(), "accept").await;
    scene.admin.get(&back).await;
    assert_eq!(scene.accounts().await[0].account_name, "Acme Nordics");
}
