//! The team: invitations, roles, leaving, and that no company reaches into another.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::people::Role;
use reqwest::StatusCode;

on_both_databases!(Portal::start => an_invitation_is_mailed_shown_once_and_taken_up_once);
async fn an_invitation_is_mailed_shown_once_and_taken_up_once(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let form = [("email", "Sam@Acme.example"), ("role", "auditor")];
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let list = dana.get("/settings/team").await;
    assert!(list.text("tbody").contains("sam@acme.example Auditor Invited"), "{}", list.text("tbody"));
    let shown = list.attribute("#link", "value").expect("the link is shown");
    let link = portal.mailed_link("sam@acme.example").await;
    assert!(shown.ends_with(&link), "{shown} is the mailed {link}");
    assert!(dana.get("/settings/team").await.attribute("#link", "value").is_none(), "only once");

    let again = dana.post("/settings/team/invite", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text("#email-error").contains("in the team already"));
    // The same address in letters of another width is the same person.
    for same in ["ｓａｍ@acme.example", "sam＠ＡＣＭＥ.example"] {
        let again = dana.post("/settings/team/invite", &[("email", same), ("role", "auditor")]).await;
        assert!(again.text("#email-error").contains("in the team already"), "{same}: {}", again.html);
    }
    let again = dana.post("/settings/team/invite", &form).await;
    assert_eq!(again.attribute("#email", "value").as_deref(), Some("Sam@Acme.example"));

    let sam = portal.visitor();
    assert!(sam.get(&link).await.text("main").contains("Auditor"));
    let wrong = sam.post(&link, &[("your_name", ""), ("password", "short")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.text(".error-summary a"), "Your name\nPassword");
    sam.post(&link, &[("your_name", "Sam Lee"), ("password", PASSWORD)])
        .await
        .leads_to("/settings/integrations");
    assert!(sam.get("/settings/team").await.text(".who").contains("Sam Lee"));
    assert_eq!(portal.visitor().get(&link).await.status, StatusCode::GONE);
    assert_eq!(portal.audit(&acme.id).await[3..], ["team.invited".to_owned(), "team.joined".to_owned()]);
    portal.visitor().log_in("Ｄａｎａ@acme.example", PASSWORD).await.leads_to("/settings/integrations");
}

on_both_databases!(Portal::start => a_new_invitation_takes_the_place_of_the_old_one);
async fn a_new_invitation_takes_the_place_of_the_old_one(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let form = [("email", "sam@acme.example"), ("role", "member")];
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let list = dana.get("/settings/team").await;
    let base = portal.running.url.as_str().trim_end_matches('/').to_owned();
    let path = |link: Option<String>| link.unwrap().strip_prefix(&base).unwrap().to_owned();
    let old = path(list.attribute("#link", "value"));
    let person = list.attribute("tr:nth-child(2) a", "href").unwrap();
    dana.post(&format!("{person}/invite"), &[]).await.leads_to("/settings/team");
    let new = path(dana.get("/settings/team").await.attribute("#link", "value"));
    assert_eq!(portal.visitor().get(&old).await.status, StatusCode::GONE);
    assert_eq!(portal.visitor().get(&new).await.status, StatusCode::OK);

    dana.post(&format!("{person}/remove"), &[]).await.leads_to("/settings/team");
    assert_eq!(portal.visitor().get(&new).await.status, StatusCode::GONE, "withdrawn");
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    assert_eq!(portal.team(&acme.id).await.len(), 2, "the address can be invited again");
}

on_both_databases!(Portal::start => the_last_admin_stays);
async fn the_last_admin_stays(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let dana_id = portal.person(&acme, "dana@acme.example", Role::Admin).await.id;
    let dana = portal.signed_in("dana@acme.example").await;
    dana.post("/settings/team/invite", &[("email", "sam@acme.example"), ("role", "admin")]).await;
    let (role, remove) =
        (format!("/settings/team/{dana_id}/role"), format!("/settings/team/{dana_id}/remove"));
    // Sam has not joined, so Dana is still the only one who can log in.
    for refused in [dana.post(&role, &[("role", "member")]).await, dana.post(&remove, &[]).await] {
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text(".error-summary").contains("only admin"));
    }
    assert_eq!(portal.team(&acme.id).await[0], ("dana@acme.example".to_owned(), Role::Admin));

    portal.person(&acme, "kim@acme.example", Role::Admin).await;
    let nonsense = dana.post(&role, &[("role", "owner")]).await;
    assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
    dana.post(&role, &[("role", "member")]).await.leads_to("/settings/team");
    assert_eq!(dana.get("/settings/team/invite").await.status, StatusCode::FORBIDDEN, "at once");
}

on_both_databases!(Portal::start => a_removed_person_is_out_at_once);
async fn a_removed_person_is_out_at_once(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada_id = portal.person(&acme, "ada@acme.example", Role::Member).await.id;
    let dana = portal.signed_in("dana@acme.example").await;
    let ada = portal.signed_in("ada@acme.example").await;
    dana.post(&format!("/settings/team/{ada_id}/remove"), &[]).await.leads_to("/settings/team");
    assert!(dana.get("/settings/team").await.text(".flash").contains("ada was removed"));
    assert!(!ada.is_signed_in().await);
    let page = portal.visitor().log_in("ada@acme.example", PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(portal.team(&acme.id).await.len(), 1);
    assert_eq!(dana.get(&format!("/settings/team/{ada_id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(portal.audit(&acme.id).await.last().map(String::as_str), Some("team.removed"));
}

on_both_databases!(Portal::start => no_company_reaches_into_another);
async fn no_company_reaches_into_another(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Member).await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "olga@other.example", Role::Admin).await;
    let olga = portal.signed_in("olga@other.example").await;
    let before = (portal.audit(&acme.id).await, portal.team(&acme.id).await);

    assert!(!olga.get("/settings/team").await.html.contains("acme"));
    let person = format!("/settings/team/{}", ada.id);
    assert_eq!(olga.get(&person).await.status, StatusCode::NOT_FOUND);
    for (path, fields) in [("role", &[("role", "admin")][..]), ("invite", &[]), ("remove", &[])] {
        let page = olga.post(&format!("{person}/{path}"), fields).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.html.contains("acme"), "{path}");
    }
    for nobody in ["00000000-0000-7000-8000-000000000000", "nonsense", "%00", "..%2f.."] {
        let path = format!("/settings/team/{nobody}/remove");
        assert_eq!(olga.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{nobody}");
    }
    let form = [("email", "ada@acme.example"), ("role", "admin")];
    let page = olga.post("/settings/team/invite", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "whoever is in one team is in no other");
    assert!(!page.html.contains("Acme"));
    // A form cannot choose the company: what it says of one is not read.
    let fields =
        [("company_id", acme.id.as_str()), ("company_name", "X"), ("time_zone", "UTC"), ("retention", "1")];
    olga.post("/settings/company", &fields).await.leads_to("/settings/company");
    assert_eq!((portal.audit(&acme.id).await, portal.team(&acme.id).await), before);
}
