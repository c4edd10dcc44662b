//! The first run.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::{Page, Visitor};
use alva_portal::people::{self, Role};
use reqwest::StatusCode;

async fn set_up(visitor: &Visitor, code: &str, company: &str) -> Page {
    let fields = [
        ("setup_code", code),
        ("company_name", company),
        ("support_contact", "jobs@acme.example"),
        ("your_name", "Dana Smith"),
        ("email", " Dana@Acme.example "),
        ("password", PASSWORD),
    ];
    visitor.post("/setup", &fields).await
}

on_both_databases!(Portal::start => the_printed_code_makes_the_first_company_once);
async fn the_printed_code_makes_the_first_company_once(portal: Portal) {
    let code = portal.running.setup_code.clone().expect("a fresh portal has a code");
    let dana = portal.visitor();
    dana.get("/").await.leads_to("/login");
    dana.get("/login").await.leads_to("/setup");
    let form = dana.get(&format!("/setup?code={}", code.expose())).await;
    assert_eq!(form.attribute("#setup_code", "value").as_deref(), Some(code.expose()));

    let refused = set_up(&dana, "guess", "Acme Inc").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text("#setup_code-error").contains("not valid"));
    assert_eq!(refused.attribute("#company_name", "value").as_deref(), Some("Acme Inc"));

    set_up(&dana, code.expose(), "Acme Inc").await.leads_to("/settings/integrations");
    assert!(dana.is_signed_in().await);

    let eve = portal.visitor();
    let again = set_up(&eve, code.expose(), "Evil Inc").await;
    assert!(again.html.contains("Alva is set up") && again.html.contains("href=\"/login\""));
    assert!(!eve.is_signed_in().await);
    assert!(eve.get("/setup").await.html.contains("Alva is set up"));

    let companies = portal.running.db.read(people::companies).await.unwrap();
    assert_eq!(companies.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Acme Inc"]);
    assert_eq!(companies[0].support_contact, "jobs@acme.example");
    let id = &companies[0].id;
    assert_eq!(portal.team(id).await, [("dana@acme.example".to_owned(), Role::Admin)]);
    assert_eq!(portal.audit(id).await, ["company.created", "team.added"]);
    assert!(people::setup::prepare(&portal.running.db).await.unwrap().is_none());
}

on_both_databases!(Portal::start => set_up_names_everything_that_is_wrong_at_once);
async fn set_up_names_everything_that_is_wrong_at_once(portal: Portal) {
    let code = portal.running.setup_code.clone().unwrap();
    let long = "x".repeat(10 * 1024);
    let fields = [
        ("setup_code", code.expose()),
        ("company_name", long.as_str()),
        ("your_name", "  "),
        ("email", "dana"),
        ("password", "qwertyuiop"),
    ];
    let page = portal.visitor().post("/setup", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text("#company_name-error").contains("at most 120 characters"));
    assert_eq!(page.text("#your_name-error"), "This can't be empty.");
    assert!(page.text("#email-error").contains("mail address"));
    assert!(page.text("#password-error").contains("easy to guess"));
    assert_eq!(page.text(".error-summary li").lines().count(), 4);
    assert_eq!(page.attribute("#company_name", "value"), Some(long));
    assert_eq!(page.attribute("#company_name", "aria-invalid").as_deref(), Some("true"));
    assert!(!page.html.contains("qwertyuiop"), "a password is never shown");
    assert!(portal.running.db.read(people::companies).await.unwrap().is_empty());
}
