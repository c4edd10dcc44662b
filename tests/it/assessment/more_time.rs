//! Who asks for more time is answered before the tests begin, or says that they begin without it.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;
use alva_portal::invitations::Tests;
use alva_portal::people::Role;

on_both_databases!(Portal::start => who_waits_for_more_time_is_asked_before_beginning);
async fn who_waits_for_more_time_is_asked_before_beginning(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let max = portal.signed_in("max@acme.example").await;
    let of_ada = format!("/candidates/{}", ada.candidate);
    let begin = visitor.get(&ada.path).await;
    assert_eq!(begin.text("#waits"), "");
    let open_in_another_tab = visitor.get(&ada.path).await;
    let begin = go_on(&visitor, &ada, &begin, "Ask for more time", &[]).await;
    let waits = begin.text("#waits");
    assert!(
        waits.contains("You asked for more time on") && waits.contains("Acme has not answered"),
        "{waits}"
    );
    assert!(!begin.html.contains("/more-time\""), "there is nothing to ask for twice");
    assert!(max.get(&of_ada).await.text("dl.facts").contains("waiting for an answer"));

    // Also from a page that was opened before the request.
    let confirm = format!("{}/without-more-time?form=words&improve=yes", ada.path);
    for page in [&begin, &open_in_another_tab] {
        let fields = [("form", "words"), ("improve", "yes")];
        visitor.press(page, "I agree, begin", &fields).await.leads_to(&confirm);
    }
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Opened);
    let page = visitor.get(&confirm).await;
    assert_eq!(page.text("h1"), "Start without more time?");
    assert_eq!(page.attribute("form.card a.button", "href"), Some(ada.path.clone()), "to wait is one press");
    assert!(max.get("/candidates").await.text("#waiting").contains("Ada Byron"), "the request is still open");

    let page = go_on(&visitor, &ada, &page, "Start without more time", &[]).await;
    assert_eq!(page.text("h1"), "Practice 1 of 3");
    assert!(page.html.contains("table class=\"matrix\""), "in words, as was chosen: {}", page.html);
    assert_eq!(max.get("/candidates").await.text("#waiting"), "");
    let facts = max.get(&of_ada).await.text("dl.facts");
    assert!(facts.contains("started without waiting for an answer"), "{facts}");
    // A second press, and the page of a tab that is still open, change nothing.
    visitor.press(&begin, "I agree, begin", &[]).await.leads_to(&ada.path);
    visitor.get(&confirm).await.leads_to(&ada.path);
    visitor.press(&open_in_another_tab, "Ask for more time", &[]).await.leads_to(&ada.path);
    let told = visitor.get(&ada.path).await.text(".flash");
    assert!(told.contains("Your request was not sent"), "nobody will answer it: {told}");
    assert_eq!(max.get("/candidates").await.text("#waiting"), "");
    let data = visitor.get(&format!("{}/data.json", ada.path)).await;
    let data: serde_json::Value = serde_json::from_str(&data.html).unwrap();
    assert_eq!(data["may_improve_the_tests"], true, "as was chosen");
    assert!(data["invitation"]["asked_for_more_time"].is_string(), "{data}");
}

on_both_databases!(Portal::start => once_the_company_has_answered_nothing_is_asked);
async fn once_the_company_has_answered_nothing_is_asked(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let begin = go_on(&visitor, &ada, &begin, "Ask for more time", &[]).await;
    let max = portal.signed_in("max@acme.example").await;
    // The usual time is an answer, too.
    let path = format!("/candidates/{}", ada.candidate);
    let page = max.get(&path).await;
    max.press(&page, "Save time", &[("time", "100")]).await.leads_to(&path);
    assert!(!max.get(&path).await.text("dl.facts").contains("Asked for more time"));
    assert_eq!(visitor.get(&ada.path).await.text("#waits"), "");
    go_on(&visitor, &ada, &begin, "I agree, begin", &[]).await;
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Started);
}

on_both_databases!(Portal::start => without_a_limit_there_is_no_time_to_ask_for);
async fn without_a_limit_there_is_no_time_to_ask_for(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let before = visitor.get(&ada.path).await;
    let id = ada.invitation;
    portal
        .write(move |conn| {
            let tests = invitations::tests.eq(Tests::Personality);
            diesel::update(invitations::table.find(&id)).set(tests).execute(conn).map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let begin = visitor.get(&ada.path).await;
    assert!(!begin.html.contains("Ask for more time"), "{}", begin.text("main"));
    visitor.press(&before, "Ask for more time", &[]).await.leads_to(&ada.path);
    assert!(visitor.get(&ada.path).await.text(".flash").contains("Your request was not sent"));
    let max = portal.signed_in("max@acme.example").await;
    assert_eq!(max.get("/candidates").await.text("#waiting"), "");
}

on_both_databases!(Portal::start => candidates_ask_for_time_and_pause);
async fn candidates_ask_for_time_and_pause(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    assert!(begin.text("main").contains("15 to 20 minutes"), "{}", begin.text("main"));
    let begin = go_on(&visitor, &ada, &begin, "Ask for more time", &[]).await;
    assert!(begin.text("main").contains("You asked for more time on"), "{}", begin.text("main"));
    let max = portal.signed_in("max@acme.example").await;
    assert!(max.get("/candidates").await.text("#waiting").contains("Ada Byron"));
    let time = [("invitation", ada.invitation.as_str()), ("time", "200")];
    let path = format!("/candidates/{}", ada.candidate);
    max.post(&format!("{path}/time"), &time).await.leads_to(&path);
    assert_eq!(max.get("/candidates").await.text("#waiting"), "");
    assert!(visitor.get(&ada.path).await.text("main").contains("30 to 40 minutes"), "twice the time");
    up_to_the_clock(&visitor, &ada).await;
    let page = visitor.get(&ada.path).await;
    let page = go_on(&visitor, &ada, &page, "Start the first task", &[]).await;
    let page = go_on(&visitor, &ada, &page, "Answer and pause", &[("choice", "0"), ("pause", "yes")]).await;
    assert!(page.text(".flash").contains("Your answers are kept"), "{}", page.html);
    // The clock of the next task waits for the button, however often the page is looked at.
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Continue your assessment");
    let page = go_on(&visitor, &ada, &page, "Go on", &[]).await;
    assert_eq!(page.text("h1"), "Task 2 of 3");
    assert_eq!(page.text(".banner"), "", "nobody was away");
}
