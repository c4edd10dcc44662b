//! Archived in Lever: the webhook that the portal made tells of it, and the invitation ends.

use super::*;
use crate::support::on_both_databases;
use alva_portal::db::schema::invitations;
use alva_portal::invitations::InvitationState;

impl Connected {
    async fn invitation_state(&self, opportunity: &str) -> Option<InvitationState> {
        let (id, opportunity) = (self.integration, opportunity.to_owned());
        let state = move |conn: &mut alva_portal::db::Conn| {
            let of = invitations::table.filter(
                invitations::integration_id.eq(&id).and(invitations::opportunity_id.eq(&opportunity)),
            );
            Ok::<_, DbError>(of.select(invitations::state).first(conn).optional()?)
        };
        self.portal.running.db.read(state).await.unwrap()
    }
}

on_both_databases!(Connected::active => an_archived_candidate_is_no_longer_invited);
/// The open invitation of whoever is archived ends; being brought back changes nothing.
async fn an_archived_candidate_is_no_longer_invited(working: Connected) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let person = working.person("Archie", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("archie@people.example", "invites you").await;
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    until("the end of the invitation", PATIENCE, async || {
        (working.invitation_state(&person).await == Some(InvitationState::Cancelled)).then_some(())
    })
    .await;
    let archived = until("the event's end", PATIENCE, async || {
        let all = working.events().await;
        all.into_iter().find(|event| event.outcome.as_str() == "archived" && event.finished_at.is_some())
    })
    .await;
    assert_eq!(archived.kind.as_str(), "candidateArchiveChange");
    assert!(archived.reason.to_string().contains("1 open invitation ended"), "{}", archived.reason);
    let timeline = working.admin.get(&format!("/events/{}", archived.id)).await;
    assert!(timeline.html.contains("is archived in Lever"), "{}", timeline.html);
    working.control(Method::POST, &format!("opportunities/{person}/unarchive"), json!({})).await;
    let back = until("the way back", PATIENCE, async || {
        let all = working.events().await;
        all.into_iter().find(|event| {
            event.kind.as_str() == "candidateArchiveChange"
                && event.id != archived.id
                && event.finished_at.is_some()
        })
    })
    .await;
    assert_eq!(back.outcome.as_str(), "nothing_to_do");
    assert_eq!(working.invitation_state(&person).await, Some(InvitationState::Cancelled));
}

on_both_databases!(Connected::active => a_missed_archive_ends_the_invitation);
/// An archive that no webhook told of, as where a person made the webhooks, ends the invitation when a
/// reconciliation finds it; Lever's tag goes with it.
async fn a_missed_archive_ends_the_invitation(working: Connected) {
    let person = working.person("Archie", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("archie@people.example", "invites you").await;
    working.fault(json!({"target": "deliveries", "kind": "withhold", "next": 9})).await;
    working.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
    let report = working.sync().await;
    assert!(report.text("table").contains("archived"), "{}", report.html);
    assert_eq!(working.invitation_state(&person).await, Some(InvitationState::Cancelled));
    until("an opportunity without our tags", PATIENCE, async || {
        let path = format!("opportunities/{person}");
        let there = working.api(Method::GET, &path, Value::Null).await;
        (!there["data"]["tags"].to_string().contains("Alva: Invited")).then_some(())
    })
    .await;
    let again = working.sync().await;
    assert!(again.text(".badge").contains("nothing missed"), "{}", again.html);
}

on_both_databases!(Connected::active => who_left_or_is_further_on_is_not_moved);
/// Lever is asked before the move to the progression stage: who was archived meanwhile, or is further on,
/// stays there, and that is said. The result is written all the same.
async fn who_left_or_is_further_on_is_not_moved(working: Connected) {
    use crate::assessment::{Invited, through_both};
    working.control(Method::POST, "limits", json!({"enabled": false})).await;
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let goal = working.stage("Phone interview").await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("progression_stage", &goal)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let names = ["Archie", "Further"];
    let mut people = Vec::new();
    for name in names {
        let person = working.person(name, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        working.mailed(&format!("{}@people.example", name.to_lowercase()), "invites you").await;
        people.push(person);
    }
    // Nobody tells of either.
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    working.control(Method::POST, &format!("opportunities/{}/archive", people[0]), json!({})).await;
    working.move_to(&people[1], "On-site interview").await;
    for (name, person, words) in [
        (names[0], &people[0], "not moved: the candidate is archived in Lever"),
        (names[1], &people[1], "not moved: the candidate is further on in Lever already"),
    ] {
        let before = working.api(Method::GET, &format!("opportunities/{person}"), Value::Null).await;
        let mails = working.mails_to(&format!("{}@people.example", name.to_lowercase())).await;
        let link: url::Url = mails[0]["links"][0].as_str().unwrap().parse().unwrap();
        through_both(&working.portal.visitor(), &Invited::at(link.path())).await;
        let path = working.admin.get(&format!("/candidates?q={}", name.to_lowercase())).await;
        let path = path.attribute("main table a[href^='/candidates/']", "href").unwrap();
        until(words, PATIENCE, async || {
            working.admin.get(&path).await.text("main").contains(words).then_some(())
        })
        .await;
        let after = working.api(Method::GET, &format!("opportunities/{person}"), Value::Null).await;
        assert_eq!(after["data"]["stage"], before["data"]["stage"], "{name}");
        let notes = working.api(Method::GET, &format!("opportunities/{person}/notes"), Value::Null).await;
        assert_eq!(notes["data"].as_array().unwrap().len(), 1, "{name}");
    }
}
