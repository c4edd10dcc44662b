//! `/candidates`: the list, its filters and pages, and one candidate.

use super::{Tenant, ids, linked};
use crate::support::on_both_databases;
use crate::support::portal::Portal;
use alva_portal::db::DbError;
use alva_portal::db::schema::{actions, candidates, lever_stages, postings};
use alva_portal::events::{Event, Outcome};
use alva_portal::ids::ActionId;
use alva_portal::invitations::InvitationState;
use alva_portal::invitations::actions::{Action, ActionKind, ActionState};
use alva_portal::reasons::Reason;
use alva_portal::time::Timestamp;
use diesel::prelude::*;
use reqwest::StatusCode;

on_both_databases!(Portal::start => everyone_of_the_company_sees_its_candidates);
async fn everyone_of_the_company_sees_its_candidates(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let empty = acme.member().await.get("/candidates").await;
    assert!(empty.text(".empty").contains("No candidate yet"));

    let ada = acme.candidate("o1", "Ada <Byron>", "Backend engineer").await;
    let grace = acme.candidate("o2", "", "").await;
    let theirs = other.candidate("o1", "Their Candidate", "Sales").await;
    acme.invitation(&ada, "p0", InvitationState::Cancelled).await;
    acme.invitation(&ada, "p1", InvitationState::Sent).await;
    for visitor in [acme.admin().await, acme.member().await, acme.auditor().await] {
        let page = visitor.get("/candidates").await;
        assert_eq!(linked(&page, "Candidate"), [grace.to_string(), ada.to_string()]);
        assert_eq!(
            page.text("td[data-label=Candidate]"),
            "No name in Levero2@people.example\nAda <Byron>o1@people.example"
        );
        assert_eq!(page.text("td[data-label=Invitation]"), "not invited\ninvited");
        assert_eq!(visitor.get(&format!("/candidates/{theirs}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(visitor.get("/candidates/nonsense").await.status, StatusCode::NOT_FOUND);
    }
    let stranger = portal.visitor().get("/candidates").await;
    stranger.leads_to("/login?next=%2Fcandidates");
}

on_both_databases!(Portal::start => filters_and_pages_find_candidates);
async fn filters_and_pages_find_candidates(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let other = Tenant::of(&portal, "Other").await;
    let hidden = other.candidate("x1", "Ada Elsewhere", "Backend").await;
    other.invitation(&hidden, "p1", InvitationState::Failed).await;
    let mut all = Vec::new();
    for n in 0..60 {
        let id = acme.candidate(&format!("o{n}"), &format!("Person {n}"), "100% remote").await;
        let state = if n % 2 == 0 { InvitationState::Sent } else { InvitationState::Opened };
        acme.invitation(&id, "p1", state).await;
        acme.invitation(&id, "p2", state).await;
        all.push(id.to_string());
    }
    let ada = acme.candidate("special", "Ada Byron", "Backend engineer").await.to_string();
    let member = acme.member().await;

    // Through the pages of one state, while candidates arrive, and back.
    let mut seen = Vec::new();
    let mut page = member.get("/candidates?state=sent&q=").await;
    loop {
        seen.extend(linked(&page, "Candidate"));
        let Some(older) = page.attribute("a[rel=next]", "href") else { break };
        page = member.get(&older).await;
    }
    let sent: Vec<String> = all.iter().step_by(2).rev().cloned().collect();
    assert_eq!(seen, sent);

    let page = member.get("/candidates").await;
    let mut first = linked(&page, "Candidate");
    assert_eq!(first.len(), 50);
    let arrived = acme.candidate("late", "Late", "100% remote").await.to_string();
    let older = page.attribute("a[rel=next]", "href").unwrap();
    let page = member.get(&older).await;
    first.extend(linked(&page, "Candidate"));
    let mut expected = all.clone();
    expected.push(ada.clone());
    expected.reverse();
    assert_eq!(first, expected);
    let back = member.get(&page.attribute("a[rel=prev]", "href").unwrap()).await;
    assert_eq!(linked(&back, "Candidate"), expected[..50], "the page beside, not the top");
    let back = member.get(&back.attribute("a[rel=prev]", "href").unwrap()).await;
    assert_eq!(linked(&back, "Candidate")[..2], [arrived.clone(), ada.clone()]);

    for (query, expected) in [
        ("q=ada", vec![ada.clone()]),
        ("q=SPECIAL", vec![ada.clone()]),
        ("q=Person+59", vec![all[59].clone()]),
        ("q=person+59&state=opened", vec![all[59].clone()]),
        ("q=person+59&state=sent", vec![]),
        ("q=1__%25", vec![]),
        ("state=none", vec![arrived, ada]),
        ("state=failed", vec![]),
    ] {
        let page = member.get(&format!("/candidates?{query}")).await;
        assert_eq!(linked(&page, "Candidate"), expected, "{query}");
        if expected.is_empty() {
            assert!(page.text(".empty").contains("No candidate matches"), "{query}");
        }
    }
    assert_eq!(linked(&member.get("/candidates?state=nonsense").await, "Candidate").len(), 50);
}

on_both_databases!(Portal::start => one_candidate_with_invitations_actions_and_events);
async fn one_candidate_with_invitations_actions_and_events(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let invitation = acme.invitation(&ada, "Backend engineer", InvitationState::Failed).await;
    let kept = Event { opportunity_id: Some("o1".into()), outcome: Outcome::Invited, ..acme.event(10) };
    let unrelated = Event { opportunity_id: Some("o2".into()), ..acme.event(10) };
    acme.keep(vec![kept.clone(), unrelated]).await;
    let (account, company) = (acme.account, acme.company.id);
    portal
        .write(move |conn| {
            let action = Action {
                id: ActionId::new(),
                company_id: company,
                integration_id: account,
                event_id: None,
                invitation_id: Some(invitation),
                kind: ActionKind::MailInvitation,
                dedupe_key: format!("mail:{invitation}"),
                payload: "{}".into(),
                state: ActionState::Failed,
                reason: Reason::Text("550 no such mailbox".into()),
                attempts: 3,
                next_attempt_at: Timestamp(0),
                created_at: Timestamp::now(),
                finished_at: None,
            };
            diesel::insert_into(actions::table).values(&action).execute(conn).map_err(DbError::from)?;
            diesel::insert_into(lever_stages::table)
                .values((
                    lever_stages::integration_id.eq(&account),
                    lever_stages::stage_id.eq("s2"),
                    lever_stages::name.eq("Assessment"),
                    lever_stages::position.eq(1),
                    lever_stages::seen_at.eq(Timestamp::now()),
                ))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;

    let path = format!("/candidates/{ada}");
    let page = acme.auditor().await.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text("main");
    for part in [
        "Ada Byron",
        "Assessment",
        "o1@people.example",
        "applied",
        "entered the trigger stage",
        "email failed",
        "Email the invitation",
        "550 no such mailbox",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert_eq!(
        page.attribute("a[rel=noreferrer]", "href").as_deref(),
        Some("https://hire.lever.co/candidates/o1")
    );
    assert_eq!(linked(&page, "Event"), ids([&kept]));

    // A member sees the candidate, and nothing of the log.
    let members = acme.member().await.get(&path).await;
    assert_eq!(members.status, StatusCode::OK);
    assert!(members.text("main").contains("email failed"));
    assert!(!members.html.contains("/events"));
}

on_both_databases!(Portal::start => only_a_web_address_becomes_a_link_to_lever);
async fn only_a_web_address_becomes_a_link_to_lever(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let id = ada;
    portal
        .write(move |conn| {
            diesel::update(candidates::table.find(&id))
                .set(candidates::lever_url.eq("javascript:alert(1)"))
                .execute(conn)
                .map_err(DbError::from)?;
            Ok(())
        })
        .await;
    let page = acme.member().await.get(&format!("/candidates/{ada}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("javascript:"));
}

on_both_databases!(Portal::start => only_pages_of_the_account_s_lever_are_linked_to);
/// Wherever an address from Lever is shown: another host is no page of Lever's, however it looks.
async fn only_pages_of_the_account_s_lever_are_linked_to(portal: Portal) {
    let acme = Tenant::of(&portal, "Acme").await;
    let ada = acme.candidate("o1", "Ada Byron", "Backend engineer").await;
    let (admin, account) = (acme.admin().await, acme.account);
    let token = crate::api::made(&portal, &acme.company.id, &["candidates:read"]).await;
    let program = crate::api::Program::of(&portal, Some(&token));
    let own = "https://hire.lever.co/candidates/o1";
    for url in [
        own,
        "https://evil.example/candidates/o1",
        "https://hire.lever.co.evil.example/candidates/o1",
        "https://hire.lever.co@evil.example/candidates/o1",
        "https://evil.example/https://hire.lever.co/",
        "http://hire.lever.co/candidates/o1",
        "//evil.example/candidates/o1",
    ] {
        portal
            .write(move |conn| {
                let mut write = || {
                    diesel::update(candidates::table.find(&ada))
                        .set(candidates::lever_url.eq(url))
                        .execute(conn)?;
                    diesel::delete(postings::table).execute(conn)?;
                    diesel::insert_into(postings::table)
                        .values((
                            postings::integration_id.eq(account),
                            postings::posting_id.eq("p1"),
                            postings::title.eq("Cook"),
                            postings::tags.eq(r#"["Alva: Screening"]"#),
                            postings::confidentiality.eq("non-confidential"),
                            postings::state.eq("published"),
                            postings::lever_url.eq(url),
                            postings::alva_tags.eq(1),
                            postings::findings.eq(0),
                            postings::seen_at.eq(Timestamp::now()),
                        ))
                        .execute(conn)?;
                    Ok::<_, DbError>(())
                };
                Ok(write()?)
            })
            .await;
        for path in [
            format!("/candidates/{ada}"),
            format!("/settings/integrations/{account}/postings?show=all"),
            "/candidates/why?q=o1%40people.example".to_owned(),
        ] {
            let page = admin.get(&path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            let is_linked = page.html.contains(&format!("href=\"{url}\""));
            let is_shown_there = !path.contains("why");
            assert_eq!(is_linked, url == own && is_shown_there, "{path} with {url}");
        }
        let shown = program.get(&format!("/api/v1/candidates/{ada}")).await.json()["lever_url"].clone();
        assert_eq!(shown, if url == own { own.into() } else { serde_json::Value::Null }, "{url}");
    }
}
