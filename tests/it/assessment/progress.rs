//! How far a candidate is, for the company and as a provider says it; with one test as with two.

use super::*;
use crate::support::lever::unconnected;
use crate::support::on_both_databases;
use alva_portal::integrations::State;
use alva_portal::invitations::Tests;
use alva_portal::people::Role;
use alva_portal::test_sessions::builtin_provider::BuiltinTests;
use assessment::provider::{Provider as _, Reference, State as Progressed};

async fn set_tests(portal: &Portal, invited: &Invited, tests: Tests) {
    let id = invited.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::tests.eq(tests))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
}

/// What the portal says as a provider of tests: state, done, of how many.
async fn said(portal: &Portal, invited: &Invited) -> (Progressed, u8, u8) {
    let own = BuiltinTests::new(portal.running.db.clone(), portal.sealer(), portal.running.url.clone());
    let progress = own.progress(&Reference(invited.invitation.to_string())).await.unwrap();
    (progress.state, progress.done, progress.of)
}

on_both_databases!(Portal::start => progress_counts_the_tests_that_were_ordered);
async fn progress_counts_the_tests_that_were_ordered(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "max@acme.example", Role::Member).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let max = portal.signed_in("max@acme.example").await;
    let page = async |invited: &Invited| {
        max.get(&format!("/candidates/{}", invited.candidate))
            .await
            .text("[aria-labelledby=invitations] .facts")
    };

    let ada = invite(&portal, &acme, &account, "o1").await;
    assert_eq!(said(&portal, &ada).await, (Progressed::Invited, 0, 2));
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    go_on(&visitor, &ada, &begin, "I agree, begin", &[]).await;
    assert_eq!(said(&portal, &ada).await, (Progressed::Started, 0, 2));
    assert!(page(&ada).await.contains("Done0 of 2 tests"), "{}", page(&ada).await);
    let ready = past_practice(&visitor, &ada, visitor.get(&ada.path).await).await;
    let mut task = go_on(&visitor, &ada, &ready, "Start the first task", &[]).await;
    for _ in 0..3 {
        task = go_on(&visitor, &ada, &task, "Answer", &[("choice", "0")]).await;
    }
    assert_eq!(said(&portal, &ada).await, (Progressed::Started, 1, 2), "logic is done");
    assert!(page(&ada).await.contains("Done1 of 2 tests"), "{}", page(&ada).await);
    for _ in 0..15 {
        task = answer_page(&visitor, &ada, &task).await;
    }
    assert_eq!(said(&portal, &ada).await, (Progressed::Completed, 2, 2));
    assert!(!page(&ada).await.contains("Done"), "the report says it");

    // One test alone.
    let grace = invite(&portal, &acme, &account, "o2").await;
    set_tests(&portal, &grace, Tests::Personality).await;
    let begin = visitor.get(&grace.path).await;
    let mut statements = go_on(&visitor, &grace, &begin, "I agree, begin", &[]).await;
    assert_eq!(statements.text("h1"), "Personality, page 1 of 15");
    assert_eq!(said(&portal, &grace).await, (Progressed::Started, 0, 1));
    assert!(page(&grace).await.contains("Done0 of 1 test"), "{}", page(&grace).await);
    for _ in 0..15 {
        statements = answer_page(&visitor, &grace, &statements).await;
    }
    assert_eq!(said(&portal, &grace).await, (Progressed::Completed, 1, 1));
    let own = statements.text("main");
    assert!(own.contains("Extraversion") && !own.contains("Logic"), "{own}");
    let hedy = invite(&portal, &acme, &account, "o3").await;
    set_tests(&portal, &hedy, Tests::Logic).await;
    assert_eq!(said(&portal, &hedy).await, (Progressed::Invited, 0, 1));
    let ready = up_to_the_clock(&visitor, &hedy).await;
    let mut task = go_on(&visitor, &hedy, &ready, "Start the first task", &[]).await;
    for _ in 0..3 {
        task = go_on(&visitor, &hedy, &task, "Answer", &[("choice", "0")]).await;
    }
    assert_eq!(said(&portal, &hedy).await, (Progressed::Completed, 1, 1));
    assert!(task.text("main").contains("Logic") && !task.text("main").contains("Extraversion"));
    // The profile asks for both tests: no number is made up.
    let report = max.get(&format!("/candidates/{}", hedy.candidate)).await.text("section[id^=result]");
    assert!(report.contains("There is no role fit") && !report.contains("Extraversion"), "{report}");

    // Too late: the candidate, the company and the provider say the same.
    let late = invite(&portal, &acme, &account, "o4").await;
    let id = late.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set((
                    invitations::expires_at.eq(Timestamp::now()),
                    invitations::state.eq(InvitationState::Expired),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert_eq!(said(&portal, &late).await, (Progressed::Expired, 0, 2));
    let shut = visitor.get(&late.path).await;
    assert_eq!((shut.status, shut.text("h1").as_str()), (StatusCode::GONE, "This invitation has ended"));
    let shown = max.get(&format!("/candidates/{}", late.candidate)).await;
    assert!(shown.text(".page-head").contains("expired"), "{}", shown.text(".page-head"));
    assert!(shown.html.contains("Resend invitation") && !shown.html.contains("Save time"));
}

on_both_databases!(Portal::start => who_does_not_want_to_take_part_says_so_at_once);
async fn who_does_not_want_to_take_part_says_so_at_once(portal: Portal) {
    let acme = portal.company("Acme").await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await;
    let ask = visitor.get(&begin.attribute("a[href$=withdraw]", "href").unwrap()).await;
    assert_eq!(ask.text("h1"), "I do not want to take part");
    assert!(
        ask.text("main").contains("nothing to erase") && !ask.text("main").contains("answers and scores are")
    );
    visitor.press(&ask, "I will not take part", &[]).await.leads_to(&ada.path);
    assert_eq!(state_of(&portal, &ada).await, InvitationState::Withdrawn);
    assert_eq!(visitor.get(&ada.path).await.status, StatusCode::GONE);
}

on_both_databases!(Portal::start => consent_names_every_use_of_the_scores);
async fn consent_names_every_use_of_the_scores(portal: Portal) {
    let acme = portal.company("Acme").await;
    portal.person(&acme, "ada@acme.example", Role::Admin).await;
    let account = unconnected(&portal, &acme, State::Active, &[]).await;
    let ada = invite(&portal, &acme, &account, "o1").await;
    let visitor = portal.visitor();
    let begin = visitor.get(&ada.path).await.text("main");
    for part in ["Lever", "24 months after", "apply to Acme again within 24 months", "withdraw at any time"] {
        assert!(begin.contains(part), "{part:?} is not in {begin}");
    }
    let admin = portal.signed_in("ada@acme.example").await;
    let form = admin.get("/settings/company").await;
    assert!(admin.press(&form, "Save these rules", &[("reuse_results", "0")]).await.location.is_some());
    let begin = visitor.get(&ada.path).await.text("main");
    assert!(!begin.contains("apply to Acme again"), "nothing is reused: {begin}");
    // A half is written as the language writes it.
    let id = ada.invitation;
    portal
        .write(move |conn| {
            diesel::update(invitations::table.find(&id))
                .set(invitations::time_percent.eq(125))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    assert!(visitor.get(&ada.path).await.text("main").contains("2.5 minutes"));
    choose_language(&visitor, &ada.path, "sv").await;
    assert!(visitor.get(&ada.path).await.text("main").contains("2,5 minuter"));
}
