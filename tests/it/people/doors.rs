//! Logging in and out, and who does not get in: throttle, session fixation, foreign forms, open
//! redirects, roles.

use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use crate::support::visitor::bare_token;
use alva_portal::people::Role;
use reqwest::StatusCode;

on_both_databases!(Portal::start => a_person_logs_in_and_out);
async fn a_person_logs_in_and_out(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.visitor();
    ada.get("/settings/company").await.leads_to("/login?next=%2Fsettings%2Fcompany");
    let form = ada.get("/login?next=%2Fsettings%2Fcompany").await;
    assert_eq!(form.text("label"), "Email\nPassword");
    assert_eq!(form.text("main form:not([hidden]) button"), "Log in");
    assert_eq!(form.attribute("input[name=next]", "value").as_deref(), Some("/settings/company"));

    let wrong = ada.log_in("Ada@Acme.example", "wrong").await;
    let unknown = ada.log_in("nobody@acme.example", "wrong").await;
    for page in [&wrong, &unknown] {
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text(".error-summary").contains("The email address or password is wrong."));
    }
    assert_eq!(wrong.attribute("#email", "value").as_deref(), Some("Ada@Acme.example"));
    assert_eq!(wrong.attribute("#password", "value").as_deref(), Some(""));
    assert_eq!(wrong.text("main"), unknown.text("main"), "the answer does not tell who is known");

    let fields = [("email", " Ada@Acme.example"), ("password", PASSWORD), ("next", "/settings/company")];
    ada.post("/login", &fields).await.leads_to("/settings/company");
    assert!(ada.get("/settings/company").await.html.contains("Acme Inc"));
    ada.get("/login").await.leads_to("/settings/integrations");

    let session = ada.cookie();
    ada.post("/logout", &[]).await.leads_to("/login");
    assert!(!ada.is_signed_in().await);
    ada.set_cookie(session);
    assert!(!ada.is_signed_in().await, "the session is gone from the server, too");
    assert_eq!(
        portal.audit(&acme.id).await,
        ["company.created", "team.added", "person.log_in_failed", "person.logged_in", "person.logged_out"],
        "who logged in, who could not, and who logged out is in the log"
    );
}

on_both_databases!(Portal::start => a_planted_session_opens_nothing);
async fn a_planted_session_opens_nothing(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.visitor();
    let planted_token = bare_token(&ada.token().await);
    let planted = ada.cookie().expect("a session before the log-in");
    ada.log_in("ada@acme.example", PASSWORD).await.leads_to("/settings/integrations");
    assert_ne!(ada.cookie(), Some(planted.clone()), "the key is a new one");
    assert_ne!(bare_token(&ada.token().await), planted_token, "so is the token of the forms");

    let eve = portal.visitor();
    eve.set_cookie(Some(planted));
    assert!(!eve.is_signed_in().await);
}

on_both_databases!(Portal::start => guessing_is_slowed_down);
async fn guessing_is_slowed_down(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let eve = portal.visitor();
    for attempt in 1..=10 {
        let place = "192.0.2.1";
        let form = [("email", "ada@acme.example"), ("password", "guess")];
        let page = eve.post_from(place, "/login", &form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "attempt {attempt}");
    }
    let form = [("email", "ADA@acme.example"), ("password", PASSWORD)];
    let page = eve.post_from("192.0.2.1", "/login", &form).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "even with the right password");
    let wait = page.retry_after.expect("says when to come back");
    assert!((1..=6).contains(&wait), "{wait}");
    assert!(page.text("main").contains("Too many attempts"));
    let form = [("email", "eve@acme.example"), ("password", "guess")];
    let other = eve.post_from("192.0.2.11", "/login", &form).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "others are not held up");
}

on_both_databases!(Portal::start => a_form_from_elsewhere_changes_nothing);
async fn a_form_from_elsewhere_changes_nothing(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let ada = portal.person(&acme, "ada@acme.example", Role::Member).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let eve = portal.visitor();
    let foreign = eve.token().await;
    let before = portal.audit(&acme.id).await;
    let person = format!("/settings/team/{}", ada.id);
    let forms: [(String, &[(&str, &str)]); 6] = [
        ("/settings/company".into(), &[("company_name", "Evil"), ("time_zone", "UTC"), ("retention", "1")]),
        ("/settings/team/invite".into(), &[("email", "eve@evil.example"), ("role", "admin")]),
        (format!("{person}/role"), &[("role", "admin")]),
        (format!("{person}/invite"), &[]),
        (format!("{person}/remove"), &[]),
        ("/logout".into(), &[]),
    ];
    for (path, fields) in &forms {
        for token in [None, Some(""), Some(foreign.as_str())] {
            let with_token: Vec<_> = fields.iter().copied().chain(token.map(|t| ("csrf", t))).collect();
            let page = dana.post_as_is(path, &with_token).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} with {token:?}");
            assert!(page.text("main").contains("Nothing was changed"), "{path}");
        }
    }
    let (refused, changes): (Vec<_>, Vec<_>) =
        portal.audit(&acme.id).await.into_iter().partition(|action| action == "access.refused");
    assert_eq!(changes, before);
    assert_eq!(refused.len(), forms.len(), "each form is in the log once an hour");
    assert!(dana.is_signed_in().await);

    let visitor = portal.visitor();
    let form = [("email", "dana@acme.example"), ("password", PASSWORD)];
    assert_eq!(visitor.post_as_is("/login", &form).await.status, StatusCode::FORBIDDEN);
    assert!(!visitor.is_signed_in().await, "nobody is logged in by a foreign form");
}

on_both_databases!(Portal::start => a_log_in_leads_to_pages_of_the_portal_only);
async fn a_log_in_leads_to_pages_of_the_portal_only(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    for evil in ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"] {
        let ada = portal.visitor();
        let form = [("email", "ada@acme.example"), ("password", PASSWORD), ("next", evil)];
        ada.post("/login", &form).await.leads_to("/settings/integrations");
        let query: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        ada.get(&format!("/login?next={query}")).await.leads_to("/settings/integrations");
    }
}

on_both_databases!(Portal::start => each_role_sees_and_changes_what_it_may);
async fn each_role_sees_and_changes_what_it_may(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    let target = portal.person(&acme, "target@acme.example", Role::Member).await;
    portal.person(&acme, "admin@acme.example", Role::Admin).await;
    portal.person(&acme, "member@acme.example", Role::Member).await;
    portal.person(&acme, "auditor@acme.example", Role::Auditor).await;
    let person = format!("/settings/team/{}", target.id);
    let settings = [("company_name", "Acme"), ("time_zone", "UTC"), ("retention", "24")];
    let role = [("role", "auditor")];
    let nobody = portal.visitor();
    for who in ["member", "auditor", "admin"] {
        let visitor = portal.signed_in(&format!("{who}@acme.example")).await;
        let may = who == "admin";
        for path in ["/settings/company", "/settings/team"] {
            let page = visitor.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{who} sees {path}");
            assert_eq!(page.attribute("main form", "method").is_some(), may, "{who} has a form on {path}");
        }
        for path in ["/settings/team/invite", &person] {
            let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(visitor.get(path).await.status, expected, "{who} gets {path}");
        }
        let writes: [(&str, &[(&str, &str)]); 4] = [
            ("/settings/company", &settings),
            ("/settings/team/invite", &[("email", "new@acme.example"), ("role", "member")]),
            (&format!("{person}/role"), &role),
            (&format!("{person}/remove"), &[]),
        ];
        let changes = async || {
            let log = portal.audit(&acme.id).await;
            log.into_iter().filter(|action| action != "access.refused").count()
        };
        let before = changes().await;
        for (path, fields) in writes {
            let page = visitor.post(path, fields).await;
            let expected = if may { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
            assert_eq!(page.status, expected, "{who} posts {path}");
            let page = nobody.post(path, fields).await;
            assert!(page.location.is_some_and(|to| to.starts_with("/login?next=")), "nobody posts {path}");
        }
        let written = changes().await - before;
        assert_eq!(written, if may { 4 } else { 0 }, "{who}: one row for each change");
    }
}

on_both_databases!(Portal::start => an_address_that_no_page_has_says_so);
async fn an_address_that_no_page_has_says_so(portal: Portal) {
    let visitor = portal.visitor();
    for path in ["/nothing", "/settings/nothing", "/../../etc/passwd"] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text("h1").contains("Page not found"), "{path}");
    }
}
