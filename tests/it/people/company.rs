//! The company's settings.

use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::people::{self, Role};
use reqwest::StatusCode;

on_both_databases!(Portal::start => an_admin_changes_the_company);
async fn an_admin_changes_the_company(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let fields = [
        ("company_name", " Acme & Söhne <GmbH> "),
        ("support_contact", "jobs@acme.example"),
        ("time_zone", "europe/stockholm"),
        ("retention", "12"),
    ];
    dana.post("/settings/company", &fields).await.leads_to("/settings/company");
    let page = dana.get("/settings/company").await;
    assert_eq!(page.text(".flash"), "Saved.");
    assert_eq!(page.attribute("#company_name", "value").as_deref(), Some("Acme & Söhne <GmbH>"));
    assert_eq!(page.attribute("#time_zone", "value").as_deref(), Some("Europe/Stockholm"));
    assert!(page.text(".who").contains("Acme & Söhne <GmbH>"));

    dana.post("/settings/company", &fields).await.leads_to("/settings/company");
    let log = portal.audit(&acme.id).await;
    assert_eq!(log.iter().filter(|action| *action == "company.configured").count(), 1, "once, not twice");
}

on_both_databases!(Portal::start => what_was_typed_stays_when_it_is_not_taken);
async fn what_was_typed_stays_when_it_is_not_taken(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let long = "n".repeat(10 * 1024);
    let fields = [
        ("company_name", long.as_str()),
        ("support_contact", "kept as it is"),
        ("time_zone", "Europe/Atlantis"),
        ("retention", "0"),
    ];
    let page = dana.post("/settings/company", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.text(".error-summary a"), "Company name\nTime zone\nRetention");
    assert!(page.text("#company_name-error").contains("at most 120 characters; this has 10240"));
    assert_eq!(page.attribute("#company_name", "value"), Some(long));
    assert_eq!(page.attribute("#support_contact", "value").as_deref(), Some("kept as it is"));
    assert_eq!(page.attribute("#time_zone", "value").as_deref(), Some("Europe/Atlantis"));
    assert_eq!(page.attribute("#retention", "value").as_deref(), Some("0"));

    let empty = dana.post("/settings/company", &[]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "a form without fields is answered in kind");
    let id = acme.id;
    let after = portal.running.db.read(move |conn| people::company(conn, &id)).await.unwrap();
    assert_eq!(after.name, "Acme Inc");
}
