//! A person's own account: name, password.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::wait::{PATIENCE, until};
use alva_portal::audit::Actor;
use alva_portal::people::{self, Email, Role};
use reqwest::StatusCode;

const NEW: &str = "velvet-canyon-otter-77";

on_both_databases!(Portal::start => everybody_has_an_account_page);
async fn everybody_has_an_account_page(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (who, role) in [("dana", Role::Admin), ("max", Role::Member), ("axel", Role::Auditor)] {
        let email = format!("{who}@acme.example");
        portal.person(&acme, &email, role).await;
        let visitor = portal.signed_in(&email).await;
        let page = visitor.get("/settings/team").await;
        let link = page.attribute("header nav a[href='/account']", "href");
        assert_eq!(link.as_deref(), Some("/account"), "{who} finds it");
        let page = visitor.get("/account").await;
        assert_eq!((page.status, page.text("h1")), (StatusCode::OK, "Your account".to_owned()));
        assert!(page.text(".lead").contains(&email), "{who}");
    }
    portal.visitor().get("/account").await.leads_to("/login?next=%2Faccount");
}

on_both_databases!(Portal::start => the_tokens_that_one_created_stand_there_while_they_are_good);
async fn the_tokens_that_one_created_stand_there_while_they_are_good(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for (who, role) in [("dana", Role::Admin), ("otto", Role::Admin), ("max", Role::Member)] {
        portal.person(&acme, &format!("{who}@acme.example"), role).await;
    }
    let dana = portal.signed_in("dana@acme.example").await;
    let shown = async |email: &str| {
        portal.signed_in(email).await.get("/account").await.text("section[aria-labelledby=tokens]")
    };
    assert!(shown("dana@acme.example").await.contains("None that is active."));
    let form = [("token_name", "Reporting <x>"), ("scopes", "events:read"), ("expires", "30")];
    assert_eq!(dana.post("/settings/company/api-tokens", &form).await.status, StatusCode::OK);
    let hers = shown("dana@acme.example").await;
    assert!(hers.contains("Reporting <x>") && hers.contains("events:read; last used never"), "{hers}");
    assert!(!shown("otto@acme.example").await.contains("Reporting"), "another admin's");
    assert_eq!(shown("max@acme.example").await, "", "members create none");
    let page = dana.get("/settings/company/api-tokens").await;
    dana.press(&page, "Revoke Reporting <x>", &[]).await.leads_to("/settings/company/api-tokens");
    assert!(shown("dana@acme.example").await.contains("None that is active."));
}

on_both_databases!(Portal::start => a_person_changes_their_name);
async fn a_person_changes_their_name(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let max = portal.signed_in("max@acme.example").await;
    let page = max.get("/account").await;
    max.press(&page, "Save name", &[("your_name", " Max <Öz> ")]).await.leads_to("/account");
    let page = max.get("/account").await;
    assert_eq!(page.text(".flash"), "Saved.");
    assert!(page.text(".who").contains("Max <Öz>"));
    max.press(&page, "Save name", &[]).await.leads_to("/account");
    assert_eq!(max.get("/account").await.text(".flash"), "No changes to save.");
    let long = "n".repeat(121);
    let wrong = max.press(&page, "Save name", &[("your_name", &long)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("#your_name-error").contains("at most 120 characters; this has 121"));
    assert_eq!(wrong.attribute("#your_name", "value"), Some(long), "what was typed stays");
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "person.renamed").count(), 1);
}

on_both_databases!(Portal::start => a_new_password_takes_the_old_one_and_ends_other_sessions);
async fn a_new_password_takes_the_old_one_and_ends_other_sessions(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let (ada, elsewhere) =
        (portal.signed_in("ada@acme.example").await, portal.signed_in("ada@acme.example").await);
    let link = portal
        .write(|conn| {
            let ada = Email::parse("ada@acme.example").unwrap();
            Ok(people::begin_reset(conn, &Actor::Portal, &ada, false)?.unwrap().1)
        })
        .await;
    let change = async |old: &str, new: &str| {
        let page = ada.get("/account").await;
        ada.press(&page, "Change password", &[("current_password", old), ("new_password", new)]).await
    };
    let wrong = change("not-the-old-one-77", NEW).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text("#current_password-error"), "This is not your password.");
    for (weak, why) in [
        ("brief-7", "at least 10 characters"),
        ("acmeacmeacme", "easy to guess"),
        ("gjhjlfcjqrb", "appeared in data breaches"),
    ] {
        let page = change(PASSWORD, weak).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{weak}");
        assert!(page.text("#new_password-error").contains(why), "{weak}: {}", page.html);
        assert!(!page.html.contains(weak), "no password is shown again");
    }
    assert!(elsewhere.is_signed_in().await, "nothing has changed yet");

    let before = ada.cookie();
    change(PASSWORD, NEW).await.leads_to("/account");
    assert!(ada.get("/account").await.text(".flash").contains("new password is set"));
    assert!(ada.is_signed_in().await, "this session goes on");
    assert!(!elsewhere.is_signed_in().await, "the others have ended");
    let copied = portal.visitor();
    copied.set_cookie(before);
    assert!(!copied.is_signed_in().await, "under another key");
    let reset = format!("/password/reset/{}", link.expose());
    assert_eq!(portal.visitor().get(&reset).await.status, StatusCode::GONE, "links for a new password end");
    let old = portal.visitor().log_in("ada@acme.example", PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    portal.visitor().log_in("ada@acme.example", NEW).await.leads_to("/settings/integrations");
    until("the mail about it", PATIENCE, async || {
        let letters = portal.letters.lock().unwrap();
        letters.iter().find(|letter| letter.contains("New password for your Alva account")).cloned()
    })
    .await;
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "person.password_set").count(), 1);
    assert!(log.contains(&"person.log_in_failed".to_owned()), "wrong ones are written down");
}

on_both_databases!(Portal::start => the_old_password_is_not_guessed_at);
async fn the_old_password_is_not_guessed_at(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.signed_in("ada@acme.example").await;
    let form = [("current_password", "a guess"), ("new_password", NEW)];
    let mut guesses = 0;
    while ada.post("/account/password", &form).await.status != StatusCode::TOO_MANY_REQUESTS {
        guesses += 1;
        assert!(guesses <= 12, "a stolen session may guess without end");
    }
}
