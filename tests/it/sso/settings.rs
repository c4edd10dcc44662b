//! `/settings/company/sso`: saved, wrong, changed by two, tested, removed.

use super::fake::FakeProvider;
use super::{PAGE, SECRET, There, going, save};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::people::Role;
use alva_portal::sso;
use reqwest::StatusCode;

on_both_databases!(Portal::start => an_admin_saves_a_provider);
async fn an_admin_saves_a_provider(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    portal.person(&acme, "moa@acme.example", Role::Member).await;
    let admin = portal.signed_in("ada@acme.example").await;
    assert!(!portal.visitor().get("/login").await.text("form").contains("Single sign-on"), "nobody has it");
    // Wrong: each field says why, and nothing that was typed is lost but the secret.
    let wrong = save(
        &admin,
        "https://10.0.0.1/",
        &[
            ("client_id", "a b"),
            ("client_secret", ""),
            ("domains", "gmail.com"),
            ("groups_claim", ""),
            ("group_roles", "Recruiting"),
            ("role_without_group", "admin"),
        ],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["client_id", "domains", "groups_claim", "group_roles", "role_without_group"] {
        assert_ne!(wrong.text(&format!("#{field}-error")), "", "{field}");
    }
    assert_eq!(wrong.text("#domains"), "gmail.com");
    assert_eq!(
        portal
            .running
            .db
            .read({
                let id = acme.id;
                move |conn| sso::provider(conn, &id)
            })
            .await
            .unwrap()
            .map(|_| ()),
        None
    );
    for (issuer, says) in [
        ("http://acme.example", "https://"),
        ("ftp://localhost", "https://"),
        ("https://ada:pw@acme.example", "user name"),
        ("https://acme.example/?x=1", "behind ?"),
        ("", "Enter the address"),
    ] {
        let page = save(&admin, issuer, &[]).await;
        assert!(page.text("#issuer-error").contains(says), "{issuer}: {}", page.text("#issuer-error"));
    }
    let page = save(&admin, "common", &[("provider", "entra")]).await;
    assert!(page.text("#issuer-error").contains("people of every company"));
    save(&admin, "https://acme.okta.com", &[("group_roles", "Recruiting = member")]).await.leads_to(PAGE);
    let page = admin.get(PAGE).await;
    assert_eq!(page.attribute("#issuer", "value").as_deref(), Some("https://acme.okta.com"));
    assert_eq!(page.text("#group_roles"), "Recruiting = member");
    assert_eq!(page.attribute("#client_secret", "value").as_deref(), Some(""), "shown nowhere");
    assert_eq!(page.text(".badge"), "Off", "saving turns nothing on");
    assert!(!portal.stored_anywhere(SECRET).await, "sealed");
    // Another address would be sent the secret.
    let other = save(
        &admin,
        "https://evil.example",
        &[("client_secret", ""), ("group_roles", "Recruiting = member")],
    )
    .await;
    assert!(other.text("#client_secret-error").contains("again"));
    // The same again, without typing the secret.
    let same = [("client_secret", ""), ("group_roles", "Recruiting = member")];
    save(&admin, "https://acme.okta.com", &same).await.leads_to(PAGE);
    assert!(admin.get(PAGE).await.text("[role=status]").contains("No changes to save."));
    // Two who save: the second is told.
    let (first, second) = (admin.get(PAGE).await, admin.get(PAGE).await);
    admin.press(&first, "Save provider", &[("domains", "acme.test")]).await.leads_to(PAGE);
    let late = admin.press(&second, "Save provider", &[("domains", "acme.invalid acme.example")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text(".error-summary").contains("acme.test"), "{}", late.text(".error-summary"));
    // Others see that there is one, and change nothing.
    let member = portal.signed_in("moa@acme.example").await;
    let seen = member.get(PAGE).await;
    assert!(seen.text("main").contains("Off") && !seen.html.contains("acme.okta.com"));
    assert_eq!(member.post(PAGE, &[]).await.status, StatusCode::FORBIDDEN);
    let page = admin.get(PAGE).await;
    admin.press(&page, "Remove", &[]).await.leads_to(PAGE);
    assert_eq!(admin.get(PAGE).await.attribute("#issuer", "value").as_deref(), Some(""));
    let log = portal.audit(&acme.id).await;
    let of_sso: Vec<&str> =
        log.iter().map(String::as_str).filter(|action| action.starts_with("sso.")).collect();
    assert_eq!(of_sso, ["sso.configured", "sso.configured", "sso.removed"]);
}

on_both_databases!(There::start => a_test_shows_who_would_come_and_turns_nothing_on);
async fn a_test_shows_who_would_come_and_turns_nothing_on(there: There) {
    there.turn("off").await;
    let page = there.admin.get(PAGE).await;
    assert!(page.text("main").contains("have not passed the test yet"));
    let tries = async |email: &str, groups: &str| {
        let page = there.admin.get(PAGE).await;
        let to = there.admin.press(&page, "Test it", &[]).await.attribute("main a.primary", "href").unwrap();
        let asked = going(there.portal.visitor(), &to);
        let mut claims = there.provider.claims(&asked.nonce, "00u1", email);
        claims["groups"] = serde_json::json!([groups]);
        there.provider.give(&there.provider.key.sign(&claims));
        let back = format!("/login/sso/callback?code=c&state={}", asked.state);
        // Not in another browser, and not by somebody who is not logged in.
        assert_eq!(asked.visitor.get(&back).await.status, StatusCode::BAD_REQUEST);
        there.admin.get(&back).await
    };
    let refused = tries("grace@evil.example", "x").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text(".banner.failed").contains("grace@evil.example is in a domain that can't log in here")
    );
    assert!(there.admin.get(PAGE).await.text("main").contains("have not passed the test yet"));
    let good = tries("grace@acme.example", "Recruiting").await;
    assert_eq!(good.status, StatusCode::OK);
    assert!(
        good.text(".banner.good").contains("a new person, grace@acme.example, with the role Member"),
        "{}",
        good.html
    );
    assert!(good.text(".facts").contains("Recruiting"));
    assert!(there.admin.get(PAGE).await.text("main").contains("have passed the test"));
    assert_eq!(there.portal.team(&there.acme.id).await.len(), 1, "nobody was added");
    assert_eq!(there.admin.get(PAGE).await.text(".badge"), "Off");
    assert_eq!(there.admin.get("/account").await.text(".lead"), "You log in with ada@acme.example.");
    assert!(there.portal.audit(&there.acme.id).await.contains(&"sso.tested".to_owned()));
    // Settings that are changed are to be tested again.
    save(&there.admin, &there.provider.issuer(), &[("domains", "acme.test")]).await.leads_to(PAGE);
    assert!(there.admin.get(PAGE).await.text("main").contains("have not passed the test yet"));
}

on_both_databases!(Portal::start => a_provider_that_does_not_answer_is_named);
async fn a_provider_that_does_not_answer_is_named(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let admin = portal.signed_in("ada@acme.example").await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let provider = FakeProvider::start().await;
    for (issuer, says) in [
        (format!("http://{nobody}"), "127.0.0.1 does not answer"),
        // It calls itself otherwise.
        (format!("{}/", provider.issuer()), "calls itself by another address"),
        (format!("{}/elsewhere", provider.issuer()), "answered with 404"),
    ] {
        save(&admin, &issuer, &[]).await.leads_to(PAGE);
        let page = admin.get(PAGE).await;
        admin.press(&page, "Test it", &[]).await.leads_to(PAGE);
        let said = admin.get(PAGE).await.text("[role=status]");
        assert!(said.contains(says), "{issuer}: {said}");
    }
}
