//! The team: invitations, roles, leaving, and that no company reaches into another.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::people::{Company, Role};
use reqwest::StatusCode;

on_both_databases!(Portal::start => an_invitation_is_mailed_and_taken_up_once);
async fn an_invitation_is_mailed_and_taken_up_once(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let form = [("email", "Sam@Acme.example"), ("role", "auditor")];
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let list = dana.get("/settings/team").await;
    assert!(list.text("tbody").contains("sam@acme.example Auditor Invited"), "{}", list.text("tbody"));
    assert!(list.text(".flash").contains("Invited sam@acme.example."), "{}", list.html);
    let link = portal.mailed_link("sam@acme.example").await;
    assert!(!list.html.contains("/invite/"), "it is the person's alone: {}", list.html);

    let again = dana.post("/settings/team/invite", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text("#email-error").contains("already in the team"));
    // The same address in letters of another width is the same person.
    for same in ["ｓａｍ@acme.example", "sam＠ＡＣＭＥ.example"] {
        let again = dana.post("/settings/team/invite", &[("email", same), ("role", "auditor")]).await;
        assert!(again.text("#email-error").contains("already in the team"), "{same}: {}", again.html);
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
    let old = portal.mailed_link("sam@acme.example").await;
    portal.letters.lock().unwrap().clear();
    let person = list.attribute("tr:nth-child(2) a", "href").unwrap();
    dana.post(&format!("{person}/invite"), &[]).await.leads_to("/settings/team");
    let new = portal.mailed_link("sam@acme.example").await;
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
    // A form cannot choose the company: what it says of one is not read.
    let fields =
        [("company_id", acme.id.as_str()), ("company_name", "X"), ("time_zone", "UTC"), ("retention", "1")];
    olga.post("/settings/company", &fields).await.leads_to("/settings/company");
    assert_eq!((portal.audit(&acme.id).await, portal.team(&acme.id).await), before);
}

/// What somebody reads who invites an address, in every place: the answer, the list, the person, the audit log.
async fn read_after_inviting(
    portal: &Portal,
    company: &Company,
    inviter: &str,
    address: &str,
) -> Vec<String> {
    let visitor = portal.signed_in(inviter).await;
    let form = [("email", address), ("role", "member")];
    let answer = visitor.post("/settings/team/invite", &form).await;
    let list = visitor.get("/settings/team").await;
    let person = list.attribute("tr:nth-child(2) a", "href").unwrap();
    let page = visitor.get(&person).await;
    let mut read =
        vec![format!("{} {:?}", answer.status, answer.location), list.text("body"), page.text("body")];
    for (path, fields) in
        [("role", &[("role", "auditor")][..]), ("invite", &[]), ("log-out", &[]), ("remove", &[])]
    {
        let answer = visitor.post(&format!("{person}/{path}"), fields).await;
        read.push(format!("{path}: {} {}", answer.status, visitor.get("/settings/team").await.text("body")));
    }
    read.extend(portal.audit(&company.id).await);
    // What differs by itself: names and times.
    let domain = inviter.split(['@', '.']).nth(1).unwrap();
    let same = |text: &String| text.replace(address, "ADDRESS").to_lowercase().replace(domain, "company");
    read.iter().map(|text| same(text).replace(char::is_numeric, "0")).collect()
}

on_both_databases!(Portal::start => an_invitation_does_not_tell_who_is_in_another_company);
/// Whoever invites an address that logs in to another company reads what they read of any; its owner is mailed why they
/// cannot join, and can once they left.
async fn an_invitation_does_not_tell_who_is_in_another_company(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let ada = portal.person(&acme, "ada@elsewhere.example", Role::Member).await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let zebra = portal.company("Zebra Ltd").await;
    portal.person(&zebra, "olga@zebra.example", Role::Admin).await;
    let koala = portal.company("Koala Ltd").await;
    portal.person(&koala, "olga@koala.example", Role::Admin).await;

    let of_known = read_after_inviting(&portal, &zebra, "olga@zebra.example", "ada@elsewhere.example").await;
    let of_free = read_after_inviting(&portal, &koala, "olga@koala.example", "eve@elsewhere.example").await;
    assert_eq!(of_known, of_free);
    assert!(of_known[1].contains("invited address."), "{}", of_known[1]);
    assert_eq!(portal.team(&acme.id).await.len(), 2, "nothing changed there");
    let mailed = portal.mails_to("ada@elsewhere.example");
    assert_eq!(mailed.len(), 2, "invited, and invited again: {mailed:?}");
    assert!(
        mailed.iter().all(|mail| mail.contains("log in to another company") && !mail.contains("/invite/"))
    );
    portal.visitor().log_in("ada@elsewhere.example", PASSWORD).await.leads_to("/settings/integrations");

    // Once they left, they can join.
    let olga = portal.signed_in("olga@zebra.example").await;
    let form = [("email", "ada@elsewhere.example"), ("role", "member")];
    olga.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let dana = portal.signed_in("dana@acme.example").await;
    dana.post(&format!("/settings/team/{}/remove", ada.id), &[]).await.leads_to("/settings/team");
    let person = olga.get("/settings/team").await.attribute("tr:nth-child(2) a", "href").unwrap();
    portal.letters.lock().unwrap().clear();
    olga.post(&format!("{person}/invite"), &[]).await.leads_to("/settings/team");
    let link = portal.mailed_link("ada@elsewhere.example").await;
    let join = [("your_name", "Ada"), ("password", PASSWORD)];
    portal.visitor().post(&link, &join).await.leads_to("/settings/integrations");
    let ada = portal.signed_in("ada@elsewhere.example").await;
    assert!(ada.get("/settings/team").await.text("tbody").contains("olga@zebra.example"));
}

on_both_databases!(Portal::start => an_address_joins_one_of_two_companies);
/// Both invited it while it logged in nowhere: who takes one up is told so at the other, and nobody else is.
async fn an_address_joins_one_of_two_companies(portal: Portal) {
    let mut links = Vec::new();
    for name in ["acme", "other"] {
        let company = portal.company(name).await;
        portal.person(&company, &format!("dana@{name}.example"), Role::Admin).await;
        let dana = portal.signed_in(&format!("dana@{name}.example")).await;
        let form = [("email", "sam@sam.example"), ("role", "member")];
        dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
        links.push(portal.mailed_link("sam@sam.example").await);
        portal.letters.lock().unwrap().clear();
    }
    let join = [("your_name", "Sam"), ("password", PASSWORD)];
    portal.visitor().post(&links[0], &join).await.leads_to("/settings/integrations");
    let second = portal.visitor().post(&links[1], &join).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.text("main").contains("log in to another company"), "{}", second.text("main"));
    let sam = portal.signed_in("sam@sam.example").await;
    assert!(sam.get("/settings/team").await.text("tbody").contains("dana@acme.example"), "as before");
}

on_both_databases!(Portal::start => nobody_is_mailed_invitations_without_end);
async fn nobody_is_mailed_invitations_without_end(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let invite = [("email", "new@elsewhere.example"), ("role", "member")];
    dana.post("/settings/team/invite", &invite).await.leads_to("/settings/team");
    let team =
        portal.running.db.read(move |conn| alva_portal::people::members(conn, &acme.id)).await.unwrap();
    let id = team.iter().find(|member| member.user.email == "new@elsewhere.example").unwrap().user.id;
    let again = format!("/settings/team/{id}/invite");
    for _ in 0..5 {
        dana.post(&again, &[]).await.leads_to("/settings/team");
    }
    let refused = dana.post(&again, &[]).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.retry_after.is_some_and(|seconds| seconds > 60));
    // Others are invited meanwhile.
    let other = [("email", "other@elsewhere.example"), ("role", "member")];
    dana.post("/settings/team/invite", &other).await.leads_to("/settings/team");
    assert_eq!(portal.mails_to("new@elsewhere.example").len(), 6);
}

on_both_databases!(Portal::start => a_company_puts_no_link_into_mail_to_strangers);
/// An admin of any company has whatever address written to, in the operator's name.
async fn a_company_puts_no_link_into_mail_to_strangers(portal: Portal) {
    let evil = portal.company("Locked: http://evil.example/login").await;
    portal.person(&evil, "olga@zebra.example", Role::Admin).await;
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let olga = portal.signed_in("olga@zebra.example").await;
    for email in ["kim@acme.example", "ada@acme.example"] {
        let form = [("email", email), ("role", "member")];
        olga.post("/settings/team/invite", &form).await.leads_to("/settings/team");
        let mail = portal.mails_to(email).remove(0);
        assert!(mail.contains("Join Locked: http: //evil. example/login on Alva"), "{mail}");
        assert!(!mail.contains("evil.example"), "{mail}");
    }
}
