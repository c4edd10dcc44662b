//! What asks for the password again when it was entered more than ten minutes ago.

use super::PASSWORD;
use crate::support::browser::Browser;
use crate::support::faces::{everyone_can_use, log_in};
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use crate::support::visitor::{Page, Visitor};
use alva_portal::db::schema::sessions::dsl;
use alva_portal::db::{Backend, DbError};
use alva_portal::integrations::State;
use alva_portal::people::Role;
use diesel::prelude::*;
use reqwest::StatusCode;

const ASKED: &str = "Confirm that it is you";

/// Everybody entered their password so many seconds ago.
pub async fn entered(portal: &Portal, seconds: i64) {
    portal
        .write(move |conn| {
            let then = dsl::proved_at.eq(alva_portal::time::Timestamp::now().0 - seconds * 1000);
            diesel::update(dsl::sessions).set(then).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// Enters the password on the page that asks. A browser sends the same form once more where 307 leads it
/// (RFC 9110, section 15.4.8).
async fn confirm(visitor: &Visitor, page: &Page, password: &str) -> Page {
    assert_eq!(page.text("h1"), ASKED, "{}", page.html);
    let answer = visitor.press(page, "Confirm", &[("confirm_password", password)]).await;
    if answer.status != StatusCode::TEMPORARY_REDIRECT {
        return answer;
    }
    let (_, mut fields) = page.form("Confirm");
    fields.retain(|(name, _)| name != "confirm_password");
    fields.push(("confirm_password".to_owned(), password.to_owned()));
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post_as_is(answer.location.as_deref().unwrap(), &fields).await
}

on_both_databases!(Portal::start => a_role_is_given_once_the_password_was_entered_again);
async fn a_role_is_given_once_the_password_was_entered_again(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let dana = portal.signed_in("dana@acme.example").await;
    let role = format!("/settings/team/{ada}/role");
    entered(&portal, 599).await;
    dana.post(&role, &[("role", "auditor")]).await.leads_to("/settings/team");
    entered(&portal, 601).await;
    let asked = dana.post(&role, &[("role", "admin")]).await;
    assert_eq!((asked.status, asked.text("h1")), (StatusCode::OK, ASKED.to_owned()));
    assert_eq!(portal.team(&acme.id).await[1].1, Role::Auditor, "nothing has changed yet");
    let wrong = confirm(&dana, &asked, "not the password").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text("#confirm_password-error"), "This is not your password.");
    let before = dana.cookie();
    confirm(&dana, &wrong, PASSWORD).await.leads_to("/settings/team");
    assert_eq!(portal.team(&acme.id).await[1].1, Role::Admin);
    assert_ne!(dana.cookie(), before, "under a new key");
    let copied = portal.visitor();
    copied.set_cookie(before);
    assert!(!copied.is_signed_in().await, "the old one opens nothing");
    let log = portal.audit(&acme.id).await;
    let last: Vec<&str> = log.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(last, ["team.role_changed", "person.confirmed"]);
    assert!(log.contains(&"person.log_in_failed".to_owned()));
    // Within ten minutes nothing is asked.
    dana.post(&format!("/settings/team/{ada}/remove"), &[]).await.leads_to("/settings/team");
}

on_both_databases!(Portal::start => what_matters_asks_and_the_rest_does_not);
async fn what_matters_asks_and_the_rest_does_not(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let account = unconnected(&portal, &acme, State::Active, &["first-secret-c4"]).await;
    let (dana, max) =
        (portal.signed_in("dana@acme.example").await, portal.signed_in("ada@acme.example").await);
    entered(&portal, 601).await;
    let integration = format!("/settings/integrations/{account}");
    let company = [("company_name", "Acme"), ("time_zone", "UTC"), ("retention", "1")];
    let forms: [(String, &[(&str, &str)]); 12] = [
        (format!("{integration}/disconnect"), &[]),
        (format!("{integration}/webhook-url"), &[("answers_for", "0")]),
        (integration.clone(), &[("webhook_signature_token", "0123456789abcdef")]),
        (integration.clone(), &[("remove_token", "x")]),
        (format!("/settings/team/{ada}/role"), &[("role", "admin")]),
        (format!("/settings/team/{ada}/remove"), &[]),
        ("/settings/team/invite".into(), &[("email", "eve@acme.example"), ("role", "admin")]),
        ("/settings/company".into(), &company),
        ("/settings/company/access".into(), &[("idle_minutes", "15"), ("session_hours", "1")]),
        ("/settings/company/alerts".into(), &[("alert_url", "https://hooks.example/x")]),
        ("/settings/company/alerts/secret".into(), &[]),
        ("/settings/company/alerts/remove".into(), &[]),
    ];
    let before = portal.audit(&acme.id).await;
    for (path, fields) in &forms {
        let page = dana.post(path, fields).await;
        assert_eq!(page.text("h1"), ASKED, "{path} {fields:?}");
        // Who may not do it is not asked, but told.
        assert_eq!(max.post(path, fields).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(portal.audit(&acme.id).await.len() - before.len(), 11, "the refusals, and nothing else");
    for path in ["/events.csv?q=a", "/events.ndjson", "/audit.csv"] {
        let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
        dana.get(path).await.leads_to(&format!("/account/confirm?next={next}"));
    }
    // Everything else goes on.
    let same = [("company_name", "Acme Ltd"), ("time_zone", "UTC"), ("retention", "24")];
    dana.post("/settings/company", &same).await.leads_to("/settings/company");
    let member = [("email", "eve@acme.example"), ("role", "member")];
    dana.post("/settings/team/invite", &member).await.leads_to("/settings/team");
    dana.post(&format!("{integration}/name"), &[("account_name", "x")]).await.leads_to(&integration);
    assert_eq!(dana.get("/events").await.status, StatusCode::OK);
}

on_both_databases!(Portal::start => what_was_typed_is_saved_after_the_password);
async fn what_was_typed_is_saved_after_the_password(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    entered(&portal, 601).await;
    let page = dana.get("/settings/company").await;
    let typed =
        [("company_name", "Acme & Söhne <GmbH>"), ("retention", "12"), ("support_contact", "\"a\"=b&c")];
    let asked = dana.press(&page, "Save settings", &typed).await;
    confirm(&dana, &asked, PASSWORD).await.leads_to("/settings/company");
    let page = dana.get("/settings/company").await;
    assert_eq!(page.attribute("#company_name", "value").as_deref(), Some("Acme & Söhne <GmbH>"));
    assert_eq!(page.attribute("#retention", "value").as_deref(), Some("12"));
    assert_eq!(page.attribute("#support_contact", "value").as_deref(), Some("\"a\"=b&c"));
    // The password stands in no page, and in no row.
    assert!(!portal.stored_anywhere(PASSWORD).await);
    let tokens = [("webhook_signature_token", "not a token"), ("version", "0")];
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    entered(&portal, 601).await;
    let asked = dana.post(&format!("/settings/integrations/{account}"), &tokens).await;
    let back = confirm(&dana, &asked, PASSWORD).await;
    assert!(!back.html.contains(PASSWORD) && !back.html.contains("confirm_password"), "{}", back.html);
}

on_both_databases!(Portal::start => an_export_goes_on_after_the_password);
async fn an_export_goes_on_after_the_password(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "axel@acme.example", Role::Auditor).await;
    let axel = portal.signed_in("axel@acme.example").await;
    entered(&portal, 601).await;
    let to = axel.get("/audit.csv?who=axel").await.location.unwrap();
    let page = axel.get(&to).await;
    let confirmed = confirm(&axel, &page, PASSWORD).await;
    assert_eq!((confirmed.status, confirmed.text("h1")), (StatusCode::OK, "Confirmed".to_owned()));
    let link = confirmed.attribute("main a.primary", "href").unwrap();
    assert_eq!(link, "/audit.csv?who=axel");
    let (status, kind, _, _) = axel.file(&link).await;
    assert!(status == StatusCode::OK && kind.starts_with("text/csv"), "{status} {kind}");
    // It leads nowhere else.
    for elsewhere in ["//evil.example", "https://evil.example/", "/\\evil.example", ""] {
        let next: String = url::form_urlencoded::byte_serialize(elsewhere.as_bytes()).collect();
        axel.get(&format!("/account/confirm?next={next}")).await.leads_to("/account");
        let form = [("confirm_to", elsewhere), ("confirm_password", PASSWORD), ("confirm_form", "yes")];
        axel.post("/account/confirm", &form).await.leads_to("/account");
    }
    portal.visitor().get("/audit.csv").await.leads_to("/login?next=%2Faudit.csv");
}

on_both_databases!(Portal::start => the_password_is_not_guessed_at_there);
async fn the_password_is_not_guessed_at_there(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let form = [("confirm_to", "/audit.csv"), ("confirm_password", "a guess")];
    let mut guesses = 0;
    while dana.post("/account/confirm", &form).await.status != StatusCode::TOO_MANY_REQUESTS {
        guesses += 1;
        assert!(guesses <= 12, "a stolen session may guess without end");
    }
    // A page of another site sends nothing there.
    let eve = portal.visitor();
    assert_eq!(eve.post_as_is("/account/confirm", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(dana.post_as_is("/account/confirm", &form).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn a_browser_goes_on_with_the_form() {
    let portal = Portal::start(Backend::Sqlite).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let browser = Browser::open().await;
    log_in(&browser, &portal, "dana@acme.example").await;
    browser.press("Your account").await;
    browser.is_at("/account").await;
    everyone_can_use(&browser, "account-1").await;
    browser.goto(portal.running.url.join("/settings/company/access").unwrap()).await;
    everyone_can_use(&browser, "account-2").await;
    entered(&portal, 601).await;
    browser.goto(portal.running.url.join(&format!("/settings/team/{ada}")).unwrap()).await;
    browser.choose("Role", "Auditor").await;
    browser.press("Save role").await;
    browser.sees(ASKED).await;
    everyone_can_use(&browser, "account-3").await;
    browser.fill("Password", PASSWORD).await;
    browser.press("Confirm").await;
    browser.sees("ada is now an auditor.").await;
    assert_eq!(portal.team(&acme.id).await[1].1, Role::Auditor);
    browser.goto(portal.running.url.join(&format!("/settings/team/{ada}")).unwrap()).await;
    everyone_can_use(&browser, "account-4").await;
}
