//! Addresses that are asked for in another way than a page asks: by a tab that comes back, by a form
//! that was left open for too long, by a monitor.

use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::people::Role;
use reqwest::{Method, StatusCode};

on_both_databases!(Portal::start => an_address_that_takes_forms_only_leads_to_the_form);
/// A browser that restores a tab, and a bookmark of an answer, ask for a form's address with GET.
async fn an_address_that_takes_forms_only_leads_to_the_form(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    for (path, page) in [
        ("/logout", "/"),
        ("/settings/company/invitation-policy", "/settings/company"),
        ("/settings/integrations/lever/grant", "/settings/integrations"),
        ("/settings/integrations/x/rules/preview", "/settings/integrations/x/rules"),
        ("/settings/integrations/x/batches/y/undo", "/settings/integrations/x/batches/y"),
        ("/settings/profiles/default", "/settings/profiles"),
        ("/settings/profiles/postings", "/settings/profiles"),
        ("/settings/team/x/role", "/settings/team/x"),
        ("/settings/mail/invitation/en/default", "/settings/mail/invitation/en"),
        ("/candidates/resend", "/candidates"),
        ("/candidates/x/remind", "/candidates/x"),
        ("/events/x/replay", "/events/x"),
        ("/assessment/x/answer", "/assessment/x"),
    ] {
        dana.get(path).await.leads_to(page);
    }
    for path in ["/settings/nothing", "/nothing", "/candidates/x/nothing"] {
        let page = dana.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.text("h1"), "Page not found", "{path}");
    }
    for (method, path) in [
        (Method::POST, "/candidates"),
        (Method::PUT, "/settings/profiles/new"),
        (Method::DELETE, "/settings/integrations/x"),
    ] {
        let page = dana.ask(method, path).await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(page.text("h1"), "This link can't be opened directly", "{path}");
    }
}

on_both_databases!(Portal::start => a_form_sent_after_the_session_ended_leads_back_to_its_page);
/// Nothing is saved, which is said, and after the log-in one is at the form again.
async fn a_form_sent_after_the_session_ended_leads_back_to_its_page(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let late = portal.visitor();
    let form = "/settings/integrations/x?from=mail";
    let sent = late.post_late(form, "/settings/integrations/x/preview").await;
    sent.leads_to("/login?next=%2Fsettings%2Fintegrations%2Fx%3Ffrom%3Dmail");
    let login = late.get("/login?next=%2Fsettings%2Fcompany").await;
    assert_eq!(login.text(".flash"), "Your session ended, so nothing was saved. Log in and try again.");
    let other = portal.visitor();
    other.get("/settings/company").await.leads_to("/login?next=%2Fsettings%2Fcompany");
    assert_eq!(other.get("/login").await.text(".flash"), "", "who sent nothing lost nothing");
}

on_both_databases!(Portal::start => head_is_answered_like_get_without_a_body);
/// Monitors and link checkers ask with HEAD.
async fn head_is_answered_like_get_without_a_body(portal: Portal) {
    let monitor = portal.visitor();
    for path in ["/healthz", "/login", "/password/forgot"] {
        let page = monitor.ask(Method::HEAD, path).await;
        assert_eq!((page.status, page.html.as_str()), (monitor.get(path).await.status, ""), "{path}");
    }
    assert_eq!(monitor.ask(Method::HEAD, "/nothing").await.status, StatusCode::NOT_FOUND);
}
