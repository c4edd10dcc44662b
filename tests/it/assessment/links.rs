//! What a link opens, in which language, and what it does not tell.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;

on_both_databases!(Portal::start => a_link_says_who_invites_and_what_is_asked);
async fn a_link_says_who_invites_and_what_is_asked(portal: Portal) {
    let acme = portal.company("Acme & Sons").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let page = visitor.get(&ada.path).await;
    assert_eq!(page.status, StatusCode::OK);
    for part in ["Acme & Sons", "Backend engineer", "15 to 20 minutes", "24 months", "withdraw at any time"] {
        assert!(page.text("main").contains(part), "{part:?} is not in {}", page.text("main"));
    }
    assert!(!page.html.contains("Ada Byron"), "the link alone does not tell whose it is");
    assert_eq!(page.attribute("html", "lang").as_deref(), Some("en"));

    choose_language(&visitor, &ada.path, "sv").await;
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Opened);
    let swedish = visitor.get(&ada.path).await;
    assert_eq!(swedish.attribute("html", "lang").as_deref(), Some("sv"));
    assert_eq!(swedish.text("form[action$='/begin'] button"), "Jag samtycker, börja");
    choose_language(&visitor, &ada.path, "klingon").await;
    assert_eq!(visitor.get(&ada.path).await.attribute("html", "lang").as_deref(), Some("sv"));
}

on_both_databases!(Portal::start => links_that_lead_nowhere_say_so_and_no_more);
async fn links_that_lead_nowhere_say_so_and_no_more(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let unknown = visitor.get("/assessment/nonsense").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text("h1").contains("does not work") && !unknown.html.contains("Acme"));

    let late = ada.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&late))
                .set(invitations::expires_at.eq(Timestamp::now()))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    for (state, title) in [
        (InvitationState::Sent, "This invitation has ended"),
        (InvitationState::Cancelled, "This assessment is no longer needed"),
        (InvitationState::Withdrawn, "You are no longer taking part"),
    ] {
        set_state(&portal, &ada, state).await;
        let shut = visitor.get(&ada.path).await;
        assert_eq!((shut.status, shut.text("h1").as_str()), (StatusCode::GONE, title));
        let sent = visitor.post(&format!("{}/begin", ada.path), &[("form", "figures")]).await;
        assert_eq!(sent.status, StatusCode::GONE, "nothing can be begun");
    }
}

on_both_databases!(Portal::start => tests_that_were_begun_in_time_can_be_finished_later);
async fn tests_that_were_begun_in_time_can_be_finished_later(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    up_to_the_clock(&visitor, &ada).await;
    let id = ada.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::expires_at.eq(Timestamp(0)))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert_eq!(visitor.get(&ada.path).await.text("h1"), "Practice is over");
}

on_both_databases!(Portal::start => a_form_from_elsewhere_changes_nothing);
async fn a_form_from_elsewhere_changes_nothing(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    for step in ["begin", "form", "clock", "answer", "statements", "withdraw"] {
        let foreign =
            portal.visitor().post_as_is(&format!("{}/{step}", ada.path), &[("form", "figures")]).await;
        assert_eq!(foreign.status, StatusCode::CONFLICT, "{step}");
        assert_eq!(foreign.text("h1"), "Please try that once more");
    }
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Sent);
}
