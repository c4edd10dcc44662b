//! Several tabs, hosts and ports, and addresses that came along damaged.

use crate::assessment::looking::{addresses, filled};
use crate::support::lever::Connected;
use crate::support::on_both_databases;
use crate::support::portal::{PASSWORD, Portal};
use alva_portal::db::Backend;
use alva_portal::people::Role;
use reqwest::StatusCode;
use reqwest::header::{COOKIE, LOCATION, ORIGIN};

on_both_databases!(Portal::start => a_query_that_no_page_reads_ends_on_a_page_with_words);
async fn a_query_that_no_page_reads_ends_on_a_page_with_words(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    for path in [
        "/login?next=a&next=b",
        "/setup?code=a&code=b",
        "/assessment/x?page=abc",
        "/candidates/compare?posting=a&posting=b",
        "/oauth/lever/callback?state=a&state=b",
        // Which of two counts, a page does not choose.
        "/candidates?q=a&q=b",
        "/events?state=failed&state=done",
        "/audit?from=2026-01-01&from=2026-02-01",
        "/help?q=a&q=b",
        "/candidates/why?q=a&q=b",
    ] {
        for who in [&portal.visitor(), &ada] {
            let page = who.get(path).await;
            if page.status == StatusCode::SEE_OTHER {
                continue;
            }
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
            assert_eq!(page.text("h1"), "This address is not valid", "{path}: {}", page.html);
        }
    }
    // The same twice, and nothing beside something, is no riddle.
    assert_eq!(ada.get("/candidates?q=a&q=a&q=").await.status, StatusCode::OK);
    let query = "?page=abc&next=a&code=1&state=1&posting=1&q=%FF&before=%&after=x&from=nonsense&to=%E2&lang=x&id=&&&=";
    for who in [&portal.visitor(), &ada] {
        for address in addresses() {
            let page = who.get(&format!("{}{query}", filled(&address, "x"))).await;
            let is_ours = page.html.is_empty() || page.html.contains("<h1") || page.status.is_success();
            assert!(is_ours && page.status != 500, "{address}: {} {}", page.status, page.html);
        }
    }
}

on_both_databases!(Portal::start => two_tabs_log_in_one_after_the_other);
async fn two_tabs_log_in_one_after_the_other(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Member).await;
    let ada = portal.visitor();
    let (one, other) = (ada.get("/login").await, ada.get("/login?next=%2Fcandidates").await);
    let fields = [("email", "ada@acme.example"), ("password", PASSWORD)];
    ada.press(&one, "Log in", &fields).await.leads_to("/settings/integrations");
    ada.press(&other, "Log in", &fields).await.leads_to("/candidates");
    assert!(ada.is_signed_in().await);
    // Logged out in the first tab: the second keeps what was typed, and asks once more.
    ada.post("/logout", &[]).await.leads_to("/login");
    ada.get("/login").await;
    let again = ada.press(&other, "Log in", &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(again.attribute("#email", "value").as_deref(), Some("ada@acme.example"));
    assert_eq!(again.attribute("input[name=next]", "value").as_deref(), Some("/candidates"));
    assert_eq!(again.attribute("#password", "value").as_deref(), Some(""));
    ada.press(&again, "Log in", &fields).await.leads_to("/candidates");
    // From elsewhere nothing is shown, and nobody is sent on.
    let foreign = portal.visitor().post_as_is("/login", &fields).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

on_both_databases!(Portal::start => two_portals_on_one_host_leave_each_other_alone);
async fn two_portals_on_one_host_leave_each_other_alone(one: Portal) {
    let two = Portal::start(Backend::Sqlite).await;
    let mut cookies = Vec::new();
    for portal in [&one, &two] {
        let company = portal.company("Acme").await;
        portal.person(&company, "ada@acme.example", Role::Member).await;
        cookies.push(portal.signed_in("ada@acme.example").await.cookie().unwrap());
    }
    let name = |cookie: &String| cookie.split_once('=').unwrap().0.to_owned();
    assert_ne!(name(&cookies[0]), name(&cookies[1]), "a browser keeps one cookie of a name for a host");
    for portal in [&one, &two] {
        let both = portal.visitor();
        both.set_cookie(Some(cookies.join("; ")));
        assert!(both.is_signed_in().await);
    }
}

on_both_databases!(Connected::start => another_host_is_told_before_the_grant);
async fn another_host_is_told_before_the_grant(there: Connected) {
    let page = there.admin.get("/settings/integrations/add/lever").await;
    let action = page.attribute("form[action$='/grant']", "action").expect("a form to grant with");
    let token = page.attribute("input[name=csrf]", "value").unwrap();
    let base = there.portal.running.url.clone();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let grant = async |origin: &str| {
        let form = [("csrf", token.as_str())];
        let request = client.post(base.join(&action).unwrap()).form(&form);
        request.header(COOKIE, there.admin.cookie().unwrap()).header(ORIGIN, origin).send().await.unwrap()
    };
    let elsewhere = format!("http://localhost:{}", base.port().unwrap());
    let refused = grant(&elsewhere).await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let words = refused.text().await.unwrap();
    let here = base.origin().ascii_serialization();
    assert!(words.contains(&elsewhere) && words.contains(&format!("Log in at {here}")), "{words}");
    let answer = grant(&here).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert!(answer.headers()[LOCATION].to_str().unwrap().starts_with(there.lever.url.as_str()));
    // A page of the portal's never has it: such a form is another site's.
    assert_eq!(grant("null").await.status(), StatusCode::FORBIDDEN);
}

on_both_databases!(Portal::start => links_survive_what_mail_programs_do_to_their_ends);
async fn links_survive_what_mail_programs_do_to_their_ends(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "dana@acme.example", Role::Admin).await;
    let dana = portal.signed_in("dana@acme.example").await;
    let form = [("email", "sam@acme.example"), ("role", "member")];
    dana.post("/settings/team/invite", &form).await.leads_to("/settings/team");
    let link = portal.mailed_link("sam@acme.example").await;
    let sam = portal.visitor();
    for end in [".", ",", ";", ")", ").", "%3E", "%22", "%C2%A0", "%E2%80%8B", "*", "'", "%5D", "!", "%20"] {
        let page = sam.get(&format!("{link}{end}")).await;
        assert_eq!(page.status, StatusCode::OK, "{end}");
        assert!(page.text("h1").contains("Join Acme"), "{end}");
    }
    for (damaged, whole) in [
        ("/settings/team/", "/settings/team"),
        ("/settings/team.", "/settings/team"),
        ("/candidates/?q=ada", "/candidates?q=ada"),
        ("/login)", "/login"),
        (&format!("{link}/"), &link),
    ] {
        dana.get(damaged).await.leads_to(whole);
    }
    for elsewhere in ["//evil.example/", "///evil.example.", "/.", "/nothing", "/%5Cevil.example/"] {
        let url = format!("{}{elsewhere}", portal.running.url.as_str().trim_end_matches('/'));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let answer = client.get(url).send().await.unwrap();
        let location = answer.headers().get(LOCATION).map(|path| path.to_str().unwrap().to_owned());
        assert!(
            !location.is_some_and(|path| path.contains("evil") && !path.starts_with("/%5C")),
            "{elsewhere}"
        );
    }
}

on_both_databases!(Portal::start => nothing_with_a_nul_reaches_the_database);
/// U+0000, which PostgreSQL keeps in no text, in a query, a path or a form.
async fn nothing_with_a_nul_reaches_the_database(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let ada = portal.signed_in("ada@acme.example").await;
    for who in [&portal.visitor(), &ada] {
        for path in [
            "/events?q=%00",
            "/candidates?q=a%00b",
            "/candidates/why?q=%00",
            "/events?event=%00",
            "/login?next=%00",
        ] {
            let page = who.get(path).await;
            assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
            assert_eq!(page.text("h1"), "This address is not valid", "{path}: {}", page.html);
        }
        for address in addresses() {
            let status = who.get(&filled(&address, "%00")).await.status;
            let has_place = address.contains('{');
            assert!(
                !status.is_server_error() && (status == StatusCode::NOT_FOUND || !has_place),
                "{address}: {status}"
            );
        }
        let sent = who.post("/login", &[("email", "ada\0@acme.example"), ("password", "x")]).await;
        assert_eq!(sent.status, StatusCode::BAD_REQUEST, "{}", sent.html);
        assert_eq!(sent.text("h1"), "This form could not be read");
    }
    let door = portal.running.url.join("/webhooks/lever/%00").unwrap();
    let answer = reqwest::Client::new().post(door).body("{}").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

on_both_databases!(Portal::start => a_form_that_somebody_overtook_saves_nothing);
/// Two admins open each settings form; the one saves, then the other. The second gets the form back with what was typed
/// and with what is saved now, and saves over it only knowingly.
async fn a_form_that_somebody_overtook_saves_nothing(portal: Portal) {
    let acme = portal.company("Acme Inc").await;
    for email in ["ada@acme.example", "bo@acme.example"] {
        portal.person(&acme, email, Role::Admin).await;
    }
    let (ada, bo) = (portal.signed_in("ada@acme.example").await, portal.signed_in("bo@acme.example").await);
    let added = ada.get("/settings/profiles/new").await;
    ada.press(&added, "Save profile", &[("profile_name", "Support")]).await.leads_to("/settings/profiles");
    let list = ada.get("/settings/profiles").await;
    let profile = list.attribute("td a.small[href^='/settings/profiles/']", "href").unwrap();
    let forms = [
        (
            "/settings/company",
            "Save settings",
            "support_contact",
            "#support_contact",
            "one@acme.example",
            "two@acme.example",
        ),
        ("/settings/company", "Save these rules", "hold_above", "#hold_above", "7", "8"),
        ("/settings/company/access", "Save", "idle_minutes", "#idle_minutes", "60", "90"),
        ("/settings/mail", "Save settings", "good_for", "#good_for", "20", "25"),
        ("/settings/mail/invitation/en", "Save text", "subject", "#subject", "Tests for you", "Your tests"),
        (profile.as_str(), "Save profile", "profile_name", "#profile_name", "Sales", "Service"),
    ];
    for (path, button, field, control, first, second) in forms {
        let (of_ada, of_bo) = (ada.get(path).await, bo.get(path).await);
        let saved = ada.press(&of_ada, button, &[(field, first)]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{path}: {}", saved.html);
        let overtaken = bo.press(&of_bo, button, &[(field, second)]).await;
        assert_eq!(overtaken.status, StatusCode::CONFLICT, "{path}: {}", overtaken.html);
        let said = overtaken.text(".error-summary");
        assert!(
            said.contains("changed after you opened this page") && said.contains(first),
            "{path}: {said}"
        );
        assert_eq!(
            overtaken.attribute(control, "value").as_deref(),
            Some(second),
            "{path}: what was typed is kept"
        );
        assert_eq!(ada.get(path).await.attribute(control, "value").as_deref(), Some(first), "{path}");
        let again = bo.press(&overtaken, button, &[]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{path}: {}", again.html);
        assert_eq!(ada.get(path).await.attribute(control, "value").as_deref(), Some(second), "{path}");
        let wrong = ada.get(path).await;
        bo.press(&bo.get(path).await, button, &[(field, first)]).await;
        // A mistake in between does not hide that somebody else saved.
        let mistaken = ada.press(&wrong, button, &[(field, "")]).await;
        if mistaken.status == StatusCode::UNPROCESSABLE_ENTITY {
            let late = ada.press(&mistaken, button, &[(field, second)]).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{path}: {}", late.html);
        }
    }
}
