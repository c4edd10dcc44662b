//! `/settings/company/api-tokens`: a token is created, shown once, used, and revoked.

use super::{ALL, PAGE, Program, handed_out, made};
use crate::lists::Tenant;
use crate::people::confirm::entered;
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use reqwest::StatusCode;

on_both_databases!(Portal::start => a_token_is_shown_once_and_works_until_it_is_revoked);
async fn a_token_is_shown_once_and_works_until_it_is_revoked(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let dana = acme.admin().await;
    assert!(dana.get(PAGE).await.text(".empty").contains("No token yet"));
    let token = handed_out(&dana, "Reporting", &["events:read", "audit:read"]).await;
    let random = token.strip_prefix("alva_").expect("a prefix that scanners know");
    assert!(random.len() == 64 && random.bytes().all(|byte| byte.is_ascii_hexdigit()), "256 bits: {token}");
    let hint = &token[token.len() - 4..];

    let page = dana.get(PAGE).await;
    assert!(!page.html.contains(&token), "it is shown once");
    assert!(!portal.stored_anywhere(random).await, "it is kept nowhere");
    let row = page.text("tbody tr");
    for part in
        ["Reporting", &format!("ends with {hint}"), "created by dana", "audit:read events:read", "never"]
    {
        assert!(row.contains(part), "{part:?} is not in {row:?}");
    }

    let reporting = Program::of(&portal, Some(&token));
    reporting.get("/api/v1/events").await.data();
    reporting.get("/api/v1/events?limit=1").await.data();
    let used = dana.get(PAGE).await.text("td[data-label='Last used']");
    assert!(used.contains("just now"), "{used}");

    let page = dana.get(PAGE).await;
    dana.press(&page, "Revoke Reporting", &[]).await.leads_to(PAGE);
    let page = dana.get(PAGE).await;
    assert_eq!(page.text("td[data-label=State]"), "revoked");
    assert!(page.text(".flash").contains("The token is revoked."));
    let said = reporting.get("/api/v1/events").await.is_problem(401, "token_revoked");
    assert!(said.contains("was revoked"), "{said}");
    let log = portal.audit(&acme.company.id).await;
    let of_api: Vec<&str> =
        log.iter().map(String::as_str).filter(|action| action.starts_with("api")).collect();
    assert_eq!(
        of_api,
        ["api_token.created", "api.called", "api_token.revoked", "api.refused"],
        "a route is one row an hour"
    );
    let rows = acme.auditor().await.get("/audit?who=api+token").await.text("td[data-label=What]");
    assert!(rows.contains("GET /api/v1/events"), "{rows}");
    assert!(rows.contains(&format!("api token {hint}")) || rows.contains("Called the API"), "{rows}");
}

on_both_databases!(Portal::start => tokens_are_for_admins_of_their_company);
async fn tokens_are_for_admins_of_their_company(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let (dana, theirs) = (acme.admin().await, other.admin().await);
    let token = handed_out(&dana, "Reporting", &["events:read"]).await;
    let page = dana.get(PAGE).await;
    let (revoke, _) = page.form("Revoke Reporting");
    assert!(theirs.get(PAGE).await.text(".empty").contains("No token yet"));
    assert_eq!(theirs.post(&revoke, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(theirs.post(&format!("{PAGE}/none/revoke"), &[]).await.status, StatusCode::NOT_FOUND);
    let form = [("token_name", "Mine"), ("scopes", "audit:read"), ("expires", "30")];
    for visitor in [acme.member().await, acme.auditor().await] {
        assert_eq!(visitor.get(PAGE).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.post(PAGE, &form).await.status, StatusCode::FORBIDDEN);
        assert_eq!(visitor.post(&revoke, &[]).await.status, StatusCode::FORBIDDEN);
        assert!(!visitor.get("/settings/company").await.html.contains(PAGE));
    }
    assert!(dana.get("/settings/company").await.html.contains(PAGE));
    assert_eq!(dana.post_as_is(&revoke, &[]).await.status, StatusCode::FORBIDDEN, "a form of another page");
    Program::of(&portal, Some(&token)).get("/api/v1/events").await.data();
    // Who reloads the address of a button sees the page.
    dana.get(&revoke).await.leads_to(PAGE);
    dana.post(&revoke, &[]).await.leads_to(PAGE);
    assert_eq!(dana.post(&revoke, &[]).await.status, StatusCode::NOT_FOUND, "once");
}

on_both_databases!(Portal::start => a_token_is_created_once_the_password_was_entered_again);
async fn a_token_is_created_once_the_password_was_entered_again(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let dana = acme.admin().await;
    entered(&portal, 601).await;
    let form = [("token_name", "Reporting"), ("scopes", "events:read"), ("expires", "30")];
    let asked = dana.post(PAGE, &form).await;
    assert_eq!(asked.text("h1"), "Confirm that it is you");
    assert!(dana.get(PAGE).await.text(".empty").contains("No token yet"), "nothing has changed yet");
}

on_both_databases!(Portal::start => a_form_that_asks_for_too_little_or_too_much_is_given_back);
async fn a_form_that_asks_for_too_little_or_too_much_is_given_back(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let dana = acme.admin().await;
    let whole = [("token_name", "Reporting"), ("scopes", "events:read"), ("expires", "30")];
    for (field, value) in [
        ("token_name", ""),
        ("token_name", "a\nb"),
        ("scopes", "events:write"),
        ("scopes", ""),
        ("expires", "3650"),
        ("expires", ""),
    ] {
        let form = whole.map(|(name, usual)| (name, if name == field { value } else { usual }));
        let page = dana.post(PAGE, &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {value}");
        assert!(!page.text(&format!("#{field}-error")).is_empty(), "{field}: {}", page.html);
        assert!(page.text(".empty").contains("No token yet"), "{field}: {value}");
    }
    for _ in 0..50 {
        made(&portal, &acme.company.id, &ALL).await;
    }
    let page = dana.post(PAGE, &whole).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text(".error-summary").contains("The company already has 50 tokens."), "{}", page.html);
}
