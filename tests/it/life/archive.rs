//! Archived in Lever: the webhook that the portal made tells of it, and the invitation ends.

use super::*;
use alva_portal::db::schema::invitations;
use alva_portal::invitations::InvitationState;

impl Working {
    async fn invitation_state(&self, opportunity: &str) -> Option<InvitationState> {
        let (id, opportunity) = (self.there.integration.clone(), opportunity.to_owned());
        let state = move |conn: &mut alva_portal::db::Conn| {
            let of = invitations::table.filter(
                invitations::integration_id.eq(&id).and(invitations::opportunity_id.eq(&opportunity)),
            );
            Ok::<_, DbError>(of.select(invitations::state).first(conn).optional()?)
        };
        self.there.portal.running.db.read(state).await.unwrap()
    }
}

beside_lever!(
    /// The open invitation of whoever is archived ends; being brought back changes nothing.
    an_archived_candidate_is_no_longer_invited,
    async |working: Working| {
        working.there.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
        let person = working.person("Archie", "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        working.mailed("archie@people.example", "invites you").await;
        working.there.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
        until("the end of the invitation", PATIENCE, async || {
            (working.invitation_state(&person).await == Some(InvitationState::Cancelled)).then_some(())
        })
        .await;
        let archived = until("the event's end", PATIENCE, async || {
            let all = working.events().await;
            all.into_iter().find(|event| event.outcome == "archived" && event.finished_at.is_some())
        })
        .await;
        assert_eq!(archived.kind, "candidateArchiveChange");
        assert!(archived.reason.contains("1 open invitation ended"), "{}", archived.reason);
        let timeline = working.there.admin.get(&format!("/events/{}", archived.id)).await;
        assert!(timeline.html.contains("is archived in Lever"), "{}", timeline.html);
        working.there.control(Method::POST, &format!("opportunities/{person}/unarchive"), json!({})).await;
        let back = until("the way back", PATIENCE, async || {
            let all = working.events().await;
            all.into_iter().find(|event| {
                event.kind == "candidateArchiveChange" && event.id != archived.id && event.finished_at.is_some()
            })
        })
        .await;
        assert_eq!(back.outcome, "nothing_to_do");
        assert_eq!(working.invitation_state(&person).await, Some(InvitationState::Cancelled));
    }
);

beside_lever!(
    /// An archive that no webhook told of, as where a person made the webhooks, ends the invitation when a
    /// reconciliation finds it; Lever's tag goes with it.
    a_missed_archive_ends_the_invitation,
    async |working: Working| {
        let person = working.person("Archie", "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        working.mailed("archie@people.example", "invites you").await;
        working.fault(json!({"target": "deliveries", "kind": "withhold", "next": 9})).await;
        working.there.control(Method::POST, &format!("opportunities/{person}/archive"), json!({})).await;
        let report = working.sync().await;
        assert!(report.text("table").contains("archived"), "{}", report.html);
        assert_eq!(working.invitation_state(&person).await, Some(InvitationState::Cancelled));
        until("an opportunity without our tags", PATIENCE, async || {
            let path = format!("opportunities/{person}");
            let there = working.there.api(Method::GET, &path, Value::Null).await;
            (!there["data"]["tags"].to_string().contains("Alva: Invited")).then_some(())
        })
        .await;
        let again = working.sync().await;
        assert!(again.text(".badge").contains("nothing missed"), "{}", again.html);
    }
);
