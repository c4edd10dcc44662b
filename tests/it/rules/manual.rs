//! What a person asks for: by a candidate's own tag in Lever, and by hand in the portal.

use super::*;
use crate::support::on_both_databases;
use alva_portal::people::Role;

on_both_databases!(Ruled::start => a_candidates_own_tag_invites_at_the_next_event_also_when_the_origin_is_blocked);
async fn a_candidates_own_tag_invites_at_the_next_event_also_when_the_origin_is_blocked(ruled: Ruled) {
    let form = ruled.admin.get(&ruled.settings()).await;
    assert_eq!(
        form.attribute("#candidate_tag", "value").as_deref(),
        Some("Alva: Invite"),
        "shown on the page"
    );
    ruled
        .admin
        .press_and_agree(&form, "Save", &[("blocked_origins", "agency")])
        .await
        .leads_to(&ruled.settings());
    let person = ruled.applicant("Wished", json!({"origin": "agency", "tags": ["Alva: Invite"]})).await;
    ruled.move_to(&person, "Recruiter screen").await;
    let events = ruled.worked(&person, 1).await;
    assert_eq!(events[0].outcome.as_str(), "invited", "{}", events[0].reason);
    let reason = ruled.invited(&person).await.reason;
    for words in ["was given the tag “Alva: Invite”", "agency", "a person’s request takes priority"] {
        assert!(reason.to_string().contains(words), "{words}: {reason}");
    }
    // Lever copies a posting's tags to its candidates: those are not their own.
    let (id, ..) = ruled.plain().clone();
    let form = ruled.admin.get(&ruled.settings()).await;
    let tag = ruled.plain().2[0].clone();
    ruled.admin.press_and_agree(&form, "Save", &[("candidate_tag", &tag)]).await.leads_to(&ruled.settings());
    let copied = ruled.applicant("Copied", json!({"posting": id, "tags": [tag]})).await;
    ruled.move_to(&copied, "Recruiter screen").await;
    assert_eq!(ruled.worked(&copied, 1).await[0].outcome.as_str(), "nothing_to_do");
    let why = ruled.admin.get(&format!("/candidates/why?q={}", copied["id"].as_str().unwrap())).await;
    assert!(why.text("main").contains("does not count as the candidate’s own"), "{}", why.text("main"));
}

on_both_databases!(Ruled::start => a_reconciliation_finds_who_was_given_the_tag);
async fn a_reconciliation_finds_who_was_given_the_tag(ruled: Ruled) {
    let person = ruled.applicant("Tagged", json!({})).await;
    let archived = ruled.applicant("Gone", json!({"archived": "Underqualified"})).await;
    for one in [&person, &archived] {
        ruled.tag(one, "Alva: Invite").await;
    }
    let why = ruled.admin.get(&format!("/candidates/why?q={}", person["id"].as_str().unwrap())).await;
    assert!(why.text("main").contains("Lever does not report tags automatically"), "{}", why.text("main"));
    let report = ruled.sync().await;
    assert!(report.text("table").contains("Tagged"), "{}", report.html);
    ruled.invited(&person).await;
    let again = ruled.sync().await;
    assert!(again.text(".badge").contains("nothing missed"), "{}", again.html);
    assert!(ruled.invitations(&archived).await.is_empty());
    assert_eq!(ruled.mails_to("tagged@people.example").await.len(), 1);
    // Switched off, the tag means nothing.
    let form = ruled.admin.get(&ruled.settings()).await;
    ruled.admin.press_and_agree(&form, "Save", &[("candidate_tag", "")]).await.leads_to(&ruled.settings());
    let late = ruled.applicant("Late", json!({"tags": ["Alva: Invite"]})).await;
    let report = ruled.sync().await;
    assert!(report.text(".badge").contains("nothing missed"), "{}", report.html);
    assert!(ruled.invitations(&late).await.is_empty());
}

on_both_databases!(Ruled::start => the_candidate_tag_is_none_that_means_something_else);
async fn the_candidate_tag_is_none_that_means_something_else(ruled: Ruled) {
    for tag in ["Alva: Screening", "Alva: Invited", "Alva: Completed", &"x".repeat(81)] {
        let form = ruled.admin.get(&ruled.settings()).await;
        let page = ruled.admin.press(&form, "Save", &[("candidate_tag", tag)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{tag}");
        assert!(!page.text("#candidate_tag-error").is_empty(), "{tag}");
        assert_eq!(page.attribute("#candidate_tag", "value").as_deref(), Some(tag), "what was typed stays");
    }
}

on_both_databases!(Ruled::start => a_colleague_invites_by_hand);
async fn a_colleague_invites_by_hand(ruled: Ruled) {
    let portal = &ruled.portal;
    for (email, role) in [("max@acme.example", Role::Member), ("aud@acme.example", Role::Auditor)] {
        portal.person(&ruled.company, email, role).await;
    }
    let max = portal.signed_in("max@acme.example").await;
    let person = ruled.applicant("Byhand", json!({"origin": "internal"})).await;
    ruled.move_to(&person, "Recruiter screen").await;
    assert_eq!(ruled.worked(&person, 1).await[0].outcome.as_str(), "nothing_to_do");
    let path = max.get("/candidates").await.attribute("tbody a", "href").unwrap();
    let page = max.get(&path).await;
    // Twice at once, as a double click does.
    for _ in 0..2 {
        max.press(&page, "Invite to tests", &[("tests", "personality")]).await.leads_to(&path);
    }
    let invitation = ruled.invited(&person).await;
    ruled.settled().await;
    assert_eq!(invitation.tests.as_str(), "personality");
    assert!(
        invitation.reason.to_string().contains("was invited manually by max@acme.example"),
        "{}",
        invitation.reason
    );
    assert_eq!(ruled.mails_to("byhand@people.example").await.len(), 1);
    let after = max.get(&path).await;
    assert!(
        after.text("#invitations ~ *, main").contains("already has an invitation for this posting"),
        "{}",
        after.text("main")
    );
    let late = max.post(&format!("{path}/invite"), &[("tests", "both")]).await;
    late.leads_to(&path);
    assert!(
        max.get(&path)
            .await
            .text(".flash")
            .contains("This candidate already has an invitation for this posting")
    );
    let log = portal.audit(&ruled.company.id).await;
    assert_eq!(log.iter().filter(|action| *action == "candidate.invited_by_hand").count(), 1);
    let event =
        ruled.settled().await.into_iter().find(|event| event.kind.as_str() == "invited_by_hand").unwrap();
    let shown = ruled.admin.get(&format!("/events/{}", event.id)).await;
    assert!(
        shown.text("main").contains("Invited manually")
            && shown.text(".timeline").contains("invitation emailed"),
        "{}",
        shown.text("main")
    );
    // An auditor sees and does nothing; nothing chosen says so; another company finds nobody.
    let auditor = portal.signed_in("aud@acme.example").await;
    assert!(!auditor.get(&path).await.html.contains("Invite to tests"));
    assert_eq!(
        auditor.post(&format!("{path}/invite"), &[("tests", "both")]).await.status,
        StatusCode::FORBIDDEN
    );
    let other = portal.company("Other Ltd").await;
    portal.person(&other, "eve@other.example", Role::Admin).await;
    let eve = portal.signed_in("eve@other.example").await;
    assert_eq!(eve.post(&format!("{path}/invite"), &[("tests", "both")]).await.status, StatusCode::NOT_FOUND);
    max.post(&format!("{path}/invite"), &[]).await.leads_to(&path);
    assert!(max.get(&path).await.text(".flash").contains("choose at least one test"));
}

on_both_databases!(Ruled::start => lever_is_asked_before_somebody_is_invited_by_hand);
async fn lever_is_asked_before_somebody_is_invited_by_hand(ruled: Ruled) {
    let person = ruled.applicant("Rejected", json!({})).await;
    ruled.move_to(&person, "Recruiter screen").await;
    ruled.worked(&person, 1).await;
    let id = person["id"].as_str().unwrap();
    ruled.control(Method::POST, &format!("opportunities/{id}/archive"), json!({})).await;
    ruled.settled().await;
    let path = ruled.admin.get("/candidates").await.attribute("tbody a", "href").unwrap();
    let page = ruled.admin.get(&path).await;
    ruled.admin.press(&page, "Invite to tests", &[]).await.leads_to(&path);
    let events = ruled.settled().await;
    let event =
        events.iter().find(|event| event.kind.as_str() == "invited_by_hand").expect("an event of its own");
    assert_eq!(event.outcome.as_str(), "archived", "{}", event.reason);
    assert!(event.reason.to_string().contains("is archived in Lever"), "{}", event.reason);
    assert!(ruled.invitations(&person).await.is_empty());
}
