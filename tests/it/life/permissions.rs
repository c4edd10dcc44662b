//! Lever grants less than before: what is missing is named and told of, what needs it waits without being
//! tried, and goes on once it is granted.

use super::*;
use crate::assessment::{Invited, through_both};
use crate::support::lever::consent::{grant_again, grant_less};
use crate::support::on_both_databases;

const LESS: &str = "Lever grants the portal fewer permissions than before";
const AGAIN: &str = "Lever grants all permissions again";

impl Connected {
    async fn grant_less(&self, without: &[&str]) {
        let there = &self;
        let id = grant_less(&there.lever, &there.admin, &there.integration, without).await;
        assert_eq!(id, there.integration);
        assert_eq!(self.account().await.state, integrations::State::Active, "it works on");
    }

    async fn grant_all(&self) {
        grant_again(&self.lever, &self.admin, &self.integration).await;
    }

    /// Waits until an event of this opportunity waits for a permission.
    async fn waits(&self, opportunity: &str, scope: &str) -> Event {
        until(&format!("an event that waits for {scope}"), PATIENCE, async || {
            let of = |event: &Event| event.opportunity_id.as_deref() == Some(opportunity);
            let event = self.events().await.into_iter().find(of)?;
            (event.state == State::Queued && event.reason.to_string().contains(scope)).then_some(event)
        })
        .await
    }

    /// What the portal asked Lever, of calls whose path has this text.
    async fn asked(&self, path: &str) -> usize {
        let log = self.control(Method::GET, "requests", Value::Null).await;
        let calls = log["data"].as_array().unwrap().iter();
        calls.filter(|call| call["path"].as_str().unwrap().contains(path)).count()
    }
}

on_both_databases!(Connected::active => events_wait_for_a_permission_and_go_on);
/// Without a permission that the decision needs, events wait unasked; deletions, which do not need it, do not.
async fn events_wait_for_a_permission_and_go_on(working: Connected) {
    let waiting = working.person("Waiting", "applicant-new").await;
    let leaving = working.person("Leaving", "applicant-new").await;
    working.grant_less(&["postings:read:admin"]).await;
    let page = working.admin.get(&working.page()).await;
    let banner = page.text(".banner");
    assert!(banner.contains("Some permissions are missing"), "{banner}");
    assert!(banner.contains("Read job postings: Nobody is invited"), "{banner}");
    working.mailed("ada@acme.example", LESS).await;
    working.control(Method::DELETE, "requests", Value::Null).await;
    for person in [&waiting, &leaving] {
        working.move_to(person, TRIGGER).await;
    }
    let event = working.waits(&waiting, "postings:read:admin was not granted").await;
    assert_eq!(event.attempts, 0, "not tried in vain");
    working.waits(&leaving, "postings:read:admin").await;
    working.control(Method::DELETE, &format!("opportunities/{leaving}"), Value::Null).await;
    until("the erasure", PATIENCE, async || {
        working.events().await.iter().any(|event| event.outcome.as_str() == "deleted").then_some(())
    })
    .await;
    assert_eq!(working.asked(&waiting).await, 0, "Lever was not asked");
    assert_eq!(working.asked(&leaving).await, 1, "once, whether the candidate is gone");
    let shown = working.admin.get(&format!("/events/{}", event.id)).await;
    let timeline = shown.text("ol.timeline");
    assert_eq!(timeline.matches("waiting for a permission").count(), 1, "{timeline}");
    assert!(timeline.contains("waiting for the permission “Read job postings”"), "{timeline}");
    let why = working.admin.get(&format!("/candidates/why?q={waiting}")).await;
    assert!(why.text(".banner").contains("“Read job postings” was not granted"), "{}", why.html);
    let list = working.admin.get(&format!("{}/reconciliations", working.page())).await;
    let begun = working.admin.press(&list, "Sync now", &[]).await.location.unwrap();
    until("the end of the reconciliation", PATIENCE, async || {
        let run = working.admin.get(&begun).await;
        run.text("main").contains("waiting for the permission").then_some(())
    })
    .await;
    // Granted with the same missing again: nobody is told twice, and nothing is taken up.
    working.grant_less(&["postings:read:admin"]).await;
    assert_eq!(working.waits(&waiting, "postings:read:admin").await.attempts, 0);
    working.grant_all().await;
    working.mailed("waiting@people.example", "invites you").await;
    assert_eq!(working.invitations(&waiting).await.len(), 1);
    assert_eq!(working.invitations(&leaving).await.len(), 0);
    working.mailed("ada@acme.example", AGAIN).await;
    assert_eq!(working.mails("ada@acme.example", LESS).await, 1);
    assert!(!working.admin.get(&working.page()).await.html.contains("Some permissions are missing"));
}

on_both_databases!(Connected::active => parts_of_a_result_wait_for_their_permissions);
/// Without notes and files the rest of a result reaches Lever; they follow, once, when they are granted.
async fn parts_of_a_result_wait_for_their_permissions(working: Connected) {
    working.control(Method::POST, "limits", json!({"enabled": false})).await;
    let form = working.admin.get(&format!("{}/settings", working.page())).await;
    let goal = working.stage("Phone interview").await;
    let saved = working.admin.press_and_agree(&form, "Save", &[("progression_stage", &goal)]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.html);
    let person = working.person("Ada", "applicant-new").await;
    working.move_to(&person, TRIGGER).await;
    working.mailed("ada@people.example", "invites you").await;
    working.grant_less(&["notes:write:admin", "files:write:admin"]).await;
    let mails = working.mails_to("ada@people.example").await;
    let link: url::Url = mails[0]["links"][0].as_str().unwrap().parse().unwrap();
    through_both(&working.portal.visitor(), &Invited::at(link.path())).await;
    let of = async |what: &str| {
        working.api(Method::GET, &format!("opportunities/{person}{what}"), Value::Null).await
    };
    until("the progression stage", PATIENCE, async || {
        (of("").await["data"]["stage"] == goal.as_str()).then_some(())
    })
    .await;
    assert_eq!(
        (of("/notes").await["data"].clone(), of("/files").await["data"].clone()),
        (json!([]), json!([]))
    );
    let candidates = working.admin.get("/candidates").await;
    let one = candidates.attribute("main table a[href^='/candidates/']", "href").unwrap();
    let page = working.admin.get(&one).await.text("main");
    for scope in ["notes:write:admin was not granted", "files:write:admin was not granted"] {
        assert!(page.contains(scope), "{page}");
    }
    working.grant_all().await;
    until("note and file", PATIENCE, async || {
        let (notes, files) = (of("/notes").await, of("/files").await);
        let count = |all: &Value| all["data"].as_array().unwrap().len();
        assert!(count(&notes) <= 1 && count(&files) <= 1, "once: {notes} {files}");
        (count(&notes) + count(&files) == 2).then_some(())
    })
    .await;
    assert!(!working.admin.get(&one).await.text("main").contains("was not granted"));
}
