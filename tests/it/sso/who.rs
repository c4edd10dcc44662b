//! Who is let in, as whom, and with which role.

use super::{PAGE, There, save};
use crate::support::on_both_databases;
use crate::support::portal::PASSWORD;
use alva_portal::people::Role;
use reqwest::StatusCode;
use serde_json::json;

impl There {
    async fn role_of(&self, email: &str) -> Option<Role> {
        let team = self.portal.team(&self.acme.id).await;
        team.into_iter().find(|(address, _)| address == email).map(|(_, role)| role)
    }

    /// Changes the settings.
    async fn set(&self, other: &[(&'static str, &str)]) {
        save(&self.admin, &self.provider.issuer(), other).await.leads_to(PAGE);
    }
}

on_both_databases!(There::start => somebody_new_is_known_by_the_subject_from_then_on);
async fn somebody_new_is_known_by_the_subject_from_then_on(there: There) {
    let (new, page) = there
        .comes("00u1", "Grace@ACME.example", |claims| claims["name"] = json!("Grace  Hopper\u{7}"))
        .await;
    page.leads_to("/settings/integrations");
    assert_eq!(new.get("/account").await.attribute("#your_name", "value").as_deref(), Some("Grace Hopper"));
    assert_eq!(there.role_of("grace@acme.example").await, Some(Role::Member));
    // Another address at the provider, be it somebody else's: the subject counts.
    there.portal.person(&there.acme, "hal@acme.example", Role::Admin).await;
    let again = there.comes("00u1", "hal@acme.example", |_| {}).await.0;
    assert!(again.get("/account").await.text(".lead").contains("grace@acme.example"));
    assert_eq!(again.get("/settings/company/api-tokens").await.status, StatusCode::FORBIDDEN, "no admin");
    assert_eq!(there.portal.team(&there.acme.id).await.len(), 3);
    let log = there.portal.audit(&there.acme.id).await;
    for (action, times) in [("team.joined", 1), ("person.sso_linked", 1), ("person.logged_in", 3)] {
        assert_eq!(log.iter().filter(|done| *done == action).count(), times, "{action}: {log:?}");
    }
    // They have no password here, and get none by mail.
    let page = there.portal.visitor().log_in("grace@acme.example", "!").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    there.portal.visitor().post("/password/forgot", &[("email", "grace@acme.example")]).await;
    there.portal.visitor().post("/password/forgot", &[("email", "ada@acme.example")]).await;
    there.portal.mailed_link("ada@acme.example").await;
    let mails = there.portal.mails_to("grace@acme.example");
    assert!(mails.iter().all(|mail| !mail.contains("/password/reset/")), "{mails:?}");
}

on_both_databases!(There::start => only_a_verified_address_of_the_company_comes_in);
async fn only_a_verified_address_of_the_company_comes_in(there: There) {
    let refused = async |email: &str, title: &str, change: fn(&mut serde_json::Value)| {
        there.is_refused("00u2", email, title, change).await;
    };
    let unverified = "Your address is not verified";
    refused("eve@acme.example", unverified, |claims| claims["email_verified"] = json!(false)).await;
    refused("eve@acme.example", unverified, |claims| {
        claims.as_object_mut().unwrap().remove("email_verified");
    })
    .await;
    // Entra's own word counts at Entra alone.
    refused("eve@acme.example", unverified, |claims| {
        claims["email_verified"] = json!(false);
        claims["xms_edov"] = json!(true);
    })
    .await;
    refused("eve@evil.example", "Your address is not in this company's domains", |_| {}).await;
    refused("eve@acme.example.evil.example", "Your address is not in this company's domains", |_| {}).await;
    refused("eve@sub.acme.example", "Your address is not in this company's domains", |_| {}).await;
    for odd in ["eve@evil.example, ada@acme.example", "ada", "\"ada@acme.example\"@evil.example"] {
        let (visitor, page) = there.comes("00u2", odd, |_| {}).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{odd}");
        assert!(!visitor.is_signed_in().await);
    }
    refused("eve@acme.example", "The provider did not send your address", |claims| {
        claims.as_object_mut().unwrap().remove("email");
    })
    .await;
    // The address of a person of another company.
    let other = there.portal.company("Other Inc").await;
    there.portal.person(&other, "guest@acme.example", Role::Admin).await;
    refused("guest@acme.example", "You cannot log in to this company", |_| {}).await;
    assert_eq!(there.portal.team(&there.acme.id).await.len(), 1);
    assert_eq!(there.portal.team(&other.id).await.len(), 1);
    // What the token leaves out is asked for, of the same person alone (OpenID Connect Core 1.0, §5.3.2).
    let by_person = async |said: serde_json::Value| {
        let going = there.begin().await;
        let mut claims = there.provider.claims(&going.nonce, "00u2", "");
        claims.as_object_mut().unwrap().retain(|name, _| !name.starts_with("email"));
        there.provider.give(&there.provider.key.sign(&claims));
        there.provider.say_of_person(said);
        going.back().await
    };
    let another = json!({ "sub": "another", "email": "ada@acme.example", "email_verified": true });
    assert_eq!(by_person(another).await.status, StatusCode::BAD_GATEWAY);
    let same = json!({ "sub": "00u2", "email": "eve@acme.example", "email_verified": true });
    by_person(same).await.leads_to("/settings/integrations");
    assert_eq!(there.role_of("eve@acme.example").await, Some(Role::Member));
}

on_both_databases!(There::start => somebody_of_the_team_is_linked_once);
async fn somebody_of_the_team_is_linked_once(there: There) {
    let grace = there.portal.person(&there.acme, "grace@acme.example", Role::Auditor).await;
    there.enters("00u3", "grace@acme.example").await;
    assert_eq!(there.role_of("grace@acme.example").await, Some(Role::Auditor), "as before");
    // Optional: the password is still theirs.
    there.portal.signed_in("grace@acme.example").await;
    // An account that was made again, or somebody who was given the address.
    there.is_refused("00u4", "grace@acme.example", "You are linked with another account", |_| {}).await;
    let page = there.admin.get(PAGE).await;
    assert!(page.text("table").contains("grace@acme.example"));
    let other = there.portal.company("Other Inc").await;
    there.portal.person(&other, "bo@other.example", Role::Admin).await;
    let stranger = there.portal.signed_in("bo@other.example").await;
    let id = grace.id.to_string();
    let foreign = stranger.post("/settings/company/sso/unlink", &[("person", &id)]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    there.admin.post("/settings/company/sso/unlink", &[("person", &id)]).await.leads_to(PAGE);
    there.enters("00u4", "grace@acme.example").await;
    there.is_refused("00u3", "grace@acme.example", "You are linked with another account", |_| {}).await;
    // Removed here, and not there.
    there.admin.post(&format!("/settings/team/{id}/remove"), &[]).await.leads_to("/settings/team");
    there.is_refused("00u4", "grace@acme.example", "You are no longer in the team", |_| {}).await;
    there.is_refused("00u5", "grace@acme.example", "You are no longer in the team", |_| {}).await;
}

on_both_databases!(There::start => who_is_invited_joins_through_the_provider);
async fn who_is_invited_joins_through_the_provider(there: There) {
    there.admin.post("/settings/team/invite", &[("email", "hal@acme.example"), ("role", "auditor")]).await;
    let link = there.portal.mailed_link("hal@acme.example").await;
    there.set(&[("role_without_group", "none")]).await;
    there.is_refused("00u7", "new@acme.example", "You have no role here", |_| {}).await;
    there.enters("00u6", "hal@acme.example").await;
    assert_eq!(there.role_of("hal@acme.example").await, Some(Role::Auditor), "as invited");
    let late = there.portal.visitor().get(&link).await;
    assert_ne!(late.status, StatusCode::OK, "the link is used up");
}

on_both_databases!(There::start => groups_give_the_role_at_each_log_in);
async fn groups_give_the_role_at_each_log_in(there: There) {
    there
        .set(&[("group_roles", "Owners = admin\nRecruiting = member"), ("role_without_group", "none")])
        .await;
    let with = async |groups: serde_json::Value| {
        there.comes("00u8", "grace@acme.example", |claims| claims["groups"] = groups).await
    };
    let (_, page) = with(json!(["Everyone"])).await;
    assert_eq!(page.text("h1"), "You have no role here");
    assert_eq!(there.role_of("grace@acme.example").await, None);
    with(json!(["Everyone", "Recruiting"])).await.1.leads_to("/settings/integrations");
    assert_eq!(there.role_of("grace@acme.example").await, Some(Role::Member));
    with(json!(["Recruiting", "Owners"])).await.1.leads_to("/settings/integrations");
    assert_eq!(there.role_of("grace@acme.example").await, Some(Role::Admin));
    with(json!(["Recruiting"])).await.1.leads_to("/settings/integrations");
    assert_eq!(there.role_of("grace@acme.example").await, Some(Role::Member), "and takes it away");
    let (_, page) = with(json!([])).await;
    assert_eq!(page.text("h1"), "You have no role here", "known or not");
    // Entra leaves long lists out, and says so.
    let overage = |claims: &mut serde_json::Value| {
        claims["_claim_names"] = json!({ "groups": "src1" });
        claims["_claim_sources"] = json!({ "src1": { "endpoint": "https://graph.windows.net/x" } });
    };
    there.is_refused("00u8", "grace@acme.example", "You are in too many groups", overage).await;
    // The last admin stays one: Ada is linked, then loses the group.
    let ada = |groups: serde_json::Value| move |claims: &mut serde_json::Value| claims["groups"] = groups;
    there
        .comes("00u9", "ada@acme.example", ada(json!(["Recruiting"])))
        .await
        .1
        .leads_to("/settings/integrations");
    assert_eq!(there.role_of("ada@acme.example").await, Some(Role::Admin));
    let log = there.portal.audit(&there.acme.id).await;
    assert_eq!(log.iter().filter(|done| *done == "team.role_changed").count(), 2, "{log:?}");
}

on_both_databases!(There::start => the_log_in_page_finds_the_provider_by_the_address);
async fn the_log_in_page_finds_the_provider_by_the_address(there: There) {
    let visitor = there.portal.visitor();
    let page = visitor.get("/login?next=%2Faccount").await;
    assert!(page.text("form").contains("Single sign-on"));
    let asked = visitor.post("/login/sso", &[("email", " New@Acme.example"), ("next", "/account")]).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.html);
    let address = asked.attribute("main a.primary", "href").unwrap();
    let going = super::going(visitor, &address);
    assert_eq!(going.asks["login_hint"], "New@Acme.example");
    there.provider.give(&there.provider.key.sign(&there.provider.claims(
        &going.nonce,
        "n",
        "new@acme.example",
    )));
    going.back().await.leads_to("/account");
    // Nobody's domain; one of two companies that name it, for a stranger; that of a person who is known.
    let visitor = there.portal.visitor();
    let none = visitor.post("/login/sso", &[("email", "ada@nobody.example")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text("#email-error").contains("No company here"));
    let other = there.portal.company("Other Inc").await;
    there.portal.person(&other, "bo@acme.example", Role::Admin).await;
    let bo = there.portal.signed_in("bo@acme.example").await;
    save(&bo, &there.provider.issuer(), &[("client_id", "of-other")]).await.leads_to(PAGE);
    let page = bo.get(PAGE).await;
    bo.press(&page, "Save use", &[("state", "optional")]).await.leads_to(PAGE);
    let goes_to = async |email: &str| {
        let page = there.portal.visitor().post("/login/sso", &[("email", email)]).await;
        page.attribute("main a.primary", "href")
            .map(|to| super::going(there.portal.visitor(), &to).asks["client_id"].clone())
    };
    assert_eq!(goes_to("stranger@acme.example").await, None, "not guessed");
    assert_eq!(goes_to("ada@acme.example").await.as_deref(), Some("alva"));
    assert_eq!(goes_to("bo@acme.example").await.as_deref(), Some("of-other"));
    // Off again.
    there.turn("off").await;
    assert_eq!(there.portal.visitor().get(&there.door()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(goes_to("ada@acme.example").await, None);
    let unknown = format!("/login/sso/{}", alva_portal::ids::CompanyId::new());
    assert_eq!(there.portal.visitor().get(&unknown).await.status, StatusCode::NOT_FOUND);
}

on_both_databases!(There::start => what_was_begun_before_a_change_opens_nothing);
async fn what_was_begun_before_a_change_opens_nothing(there: There) {
    let begun = there.begin().await;
    there.provider.give(&there.provider.key.sign(&there.provider.claims(
        &begun.nonce,
        "x",
        "x@acme.example",
    )));
    there.set(&[("domains", "acme.test")]).await;
    let page = begun.back().await;
    assert_eq!(page.text("h1"), "Single sign-on was changed in the meantime");
    let begun = there.begin().await;
    there.provider.give(&there.provider.key.sign(&there.provider.claims(&begun.nonce, "x", "x@acme.test")));
    there.turn("off").await;
    assert_eq!(begun.back().await.text("h1"), "Single sign-on was changed in the meantime");
    assert!(!begun.visitor.is_signed_in().await);
}

on_both_databases!(There::start => the_provider_asks_for_the_second_factor);
async fn the_provider_asks_for_the_second_factor(there: There) {
    let access = there.admin.get("/settings/company/access").await;
    let all = [("second_factor", "everybody"), ("grace_days", "0")];
    there.admin.press(&access, "Save", &all).await.leads_to("/settings/company/access");
    there.portal.person(&there.acme, "hal@acme.example", Role::Member).await;
    let hal = there.portal.visitor();
    hal.log_in("hal@acme.example", PASSWORD).await;
    assert_ne!(hal.get("/candidates").await.status, StatusCode::OK, "a password alone is not enough");
    let grace = there.enters("00ua", "grace@acme.example").await;
    assert_eq!(grace.get("/candidates").await.status, StatusCode::OK);
}
