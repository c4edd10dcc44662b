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
        (names[1], &people[1], "not moved: the candidate is already further on in Lever"),
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

on_both_databases!(Connected::active => who_was_archived_by_mistake_is_invited_again);
/// Archived or hired by mistake and brought back at once: moved into the trigger stage again, the candidate gets a new link,
/// and until then "Why" says what ended the invitation and what to do.
async fn who_was_archived_by_mistake_is_invited_again(working: Connected) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    for (name, mistake) in [("Archie", "archive"), ("Hira", "hire")] {
        let email = format!("{}@people.example", name.to_lowercase());
        let person = working.person(name, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        working.mailed(&email, "invites you").await;
        working.control(Method::POST, &format!("opportunities/{person}/{mistake}"), json!({})).await;
        until("the end of the invitation", PATIENCE, async || {
            (working.invitation_state(&person).await == Some(InvitationState::Cancelled)).then_some(())
        })
        .await;
        // A hire that Lever does not show any more would be looked at for minutes.
        working.settled().await;
        working.control(Method::POST, &format!("opportunities/{person}/unarchive"), json!({})).await;
        let why = until("Why to say so", PATIENCE, async || {
            let why = working.admin.get(&format!("/candidates/why?q={person}")).await;
            why.text(".banner").contains("the invitation ended").then_some(why)
        })
        .await;
        assert!(why.text(".banner").contains("Resend invitation"), "{name}: {}", why.html);
        working.move_to(&person, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        until(&format!("the second mail to {email}"), PATIENCE, async || {
            (working.mails(&email, "invites you").await == 2).then_some(())
        })
        .await;
        until("an invitation that is sent", PATIENCE, async || {
            (working.invitation_state(&person).await == Some(InvitationState::Sent)).then_some(())
        })
        .await;
        assert_eq!(working.invitations(&person).await.len(), 1, "{name}");
        until("the tag in Lever", PATIENCE, async || {
            working.tags(&person).await.contains(&"Alva: Invited".to_owned()).then_some(())
        })
        .await;
        let mails = working.mails_to(&email).await;
        let links = mails.iter().map(|mail| mail["links"][0].as_str().unwrap());
        let links: std::collections::BTreeSet<&str> = links.collect();
        assert_eq!(links.len(), 2, "{name}: a new link");
        let mut good = 0;
        for link in links {
            good += usize::from(working.portal.visitor().get(link).await.status.is_success());
        }
        assert_eq!(good, 1, "{name}: the new one alone is good");
    }
}

on_both_databases!(Connected::active => a_second_application_is_invited_once_the_first_is_archived);
/// Somebody applies twice to one posting, and the first opportunity is archived as the double, or deleted: "Why" says what
/// stood against the second till then, and the next reconciliation invites it.
async fn a_second_application_is_invited_once_the_first_is_archived(working: Connected) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    working.posting("Data Analyst", json!({"tags": ["Alva: Screening"]})).await;
    for end in ["archive", "delete"] {
        let email = format!("twice-{end}@people.example");
        let applies = async || {
            let fields = json!({"posting": "Data Analyst", "name": "Twice Over", "email": email});
            let made = working.control(Method::POST, "apply", fields).await["data"]["opportunity"].clone();
            made["id"].as_str().or(made.as_str()).unwrap_or_else(|| panic!("{made}")).to_owned()
        };
        let first = applies().await;
        working.mailed(&email, "invites you").await;
        working.worked(&first, 1).await;
        let second = applies().await;
        assert_eq!(working.worked(&second, 1).await[0].outcome.as_str(), "same_person", "{end}");
        let path = format!("opportunities/{first}");
        match end {
            "archive" => working.control(Method::POST, &format!("{path}/archive"), json!({})).await,
            _ => working.control(Method::DELETE, &path, Value::Null).await,
        };
        until("the end of the first", PATIENCE, async || {
            let state = working.invitation_state(&first).await;
            matches!(state, None | Some(InvitationState::Cancelled)).then_some(())
        })
        .await;
        let why = working.admin.get(&format!("/candidates/why?q={second}")).await.text(".banner");
        assert!(why.contains("could not be invited"), "{end}: {why}");
        assert!(!why.contains("did not have it when") && !why.contains("no webhook"), "{end}: {why}");
        working.sync().await;
        until("the second mail", PATIENCE, async || {
            (working.mails(&email, "invites you").await == 2).then_some(())
        })
        .await;
        assert_eq!(working.invitations(&second).await.len(), 1, "{end}");
    }
}

on_both_databases!(Connected::active => who_was_archived_while_held_was_not_invited);
/// Archived while a mass move holds the invitation, and brought back: "Why" does not say that the candidate was invited, and a
/// reconciliation invites.
async fn who_was_archived_while_held_was_not_invited(working: Connected) {
    working.control(Method::POST, "events", json!({"candidateArchiveChange": true})).await;
    let fields = [("reuse_results", "24"), ("hold_above", "1"), ("hold_for", "5")];
    working.admin.post("/settings/company/invitation-policy", &fields).await.leads_to("/settings/company");
    let mut people = Vec::new();
    for name in ["Held", "Also"] {
        let person = working.person(name, "applicant-new").await;
        working.move_to(&person, TRIGGER).await;
        people.push(person);
    }
    let held = &people[1];
    until("the hold", PATIENCE, async || {
        (working.invitation_state(held).await == Some(InvitationState::Held)).then_some(())
    })
    .await;
    working.control(Method::POST, &format!("opportunities/{held}/archive"), json!({})).await;
    until("the end of the invitation", PATIENCE, async || {
        (working.invitation_state(held).await == Some(InvitationState::Cancelled)).then_some(())
    })
    .await;
    working.control(Method::POST, &format!("opportunities/{held}/unarchive"), json!({})).await;
    working.settled().await;
    let why = working.admin.get(&format!("/candidates/why?q={held}")).await.text(".banner");
    assert!(why.contains("ended before it was emailed") && !why.contains("was invited"), "{why}");
    let page = working.admin.get(&working.page()).await;
    let path = page.attribute("a[href*='/batches/']", "href").unwrap_or_else(|| panic!("{}", page.html));
    working.admin.post(&format!("{path}/send"), &[]).await.leads_to(&path);
    // Nothing is held any more.
    let fields = [("reuse_results", "24"), ("hold_above", "0"), ("hold_for", "5")];
    working.admin.post("/settings/company/invitation-policy", &fields).await.leads_to("/settings/company");
    working.sync().await;
    working.mailed("also@people.example", "invites you").await;
    assert_eq!(working.mails("also@people.example", "invites you").await, 1);
}
