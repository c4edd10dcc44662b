//! Candidates whom Lever does not know any more although no webhook told of it: everything stops, and who
//! stays unknown is erased after thirty days.

use super::*;
use crate::support::on_both_databases;
use alva_portal::audit;
use schema::candidates::dsl;

/// Longer than an unknown candidate is kept, in milliseconds.
const A_MONTH: i64 = 31 * A_DAY;

/// From one nightly search to the next, in milliseconds.
const A_DAY: i64 = 86_400_000;

impl Connected {
    /// Confidential candidates are not found, as real accounts may have it; or are found, and refused.
    async fn hide(&self, opportunity: &str, status: u16) {
        self.fault(json!({"target": "api", "kind": "status", "status": status,
            "match": format!("GET /v1/opportunities/{opportunity}")}))
            .await;
    }

    async fn a_month_passes(&self) {
        self.time_passes(A_MONTH).await;
    }

    async fn time_passes(&self, ms: i64) {
        self.portal
            .write(move |conn| {
                diesel::update(dsl::candidates)
                    .set(dsl::unknown_since.eq(dsl::unknown_since - Some(ms)))
                    .execute(conn)
                    .map_err(DbError::from)?;
                Ok(())
            })
            .await;
    }

    async fn invited_by_move(&self, name: &str) -> String {
        let person = self.person(name, "applicant-new").await;
        self.move_to(&person, TRIGGER).await;
        self.mailed(&format!("{}@people.example", name.to_lowercase()), "invites you").await;
        person
    }

    /// The candidate's page, as long as there is one.
    async fn page_if_any(&self, opportunity: &str) -> Option<Page> {
        let opportunity = opportunity.to_owned();
        let read = move |conn: &mut alva_portal::db::Conn| {
            let of = dsl::candidates.filter(dsl::opportunity_id.eq(&opportunity));
            Ok::<_, DbError>(of.select(dsl::id).first::<String>(conn).optional()?)
        };
        let id = self.portal.running.db.read(read).await.unwrap()?;
        Some(self.admin.get(&format!("/candidates/{id}")).await)
    }
}

on_both_databases!(Connected::active => who_stays_unknown_is_erased);
/// Deleted with the webhook lost, and in no list because confidential: stopped in the second night, erased in the end.
async fn who_stays_unknown_is_erased(working: Connected) {
    let gone = working.invited_by_move("Gone").await;
    let hidden = working.invited_by_move("Hidden").await;
    let back = working.invited_by_move("Back").await;
    let link = working.mails_to("gone@people.example").await[0]["links"][0].as_str().unwrap().to_owned();
    working.fault(json!({"target": "deliveries", "kind": "withhold"})).await;
    for person in [&gone, &hidden] {
        let path = format!("opportunities/{person}/confidential");
        working.control(Method::POST, &path, json!({"confidential": true})).await;
    }
    working.control(Method::DELETE, &format!("opportunities/{gone}"), Value::Null).await;
    // There, and refused; and one that is not found for a while.
    working.hide(&hidden, 403).await;
    working.hide(&back, 404).await;
    working.sync().await;
    assert!(working.page_if_any(&gone).await.is_some(), "a reconciliation cannot find it");

    working.nightly(ChoreKind::Unseen).await;
    assert!(working.portal.visitor().get(&link).await.status.is_success(), "one night's answer ends nothing");
    working.time_passes(A_DAY).await;
    working.nightly(ChoreKind::Unseen).await;
    let shut = working.portal.visitor().get(&link).await;
    assert!(shut.status.is_client_error(), "the link is closed: {}", shut.status);
    for unknown in [&gone, &back] {
        let page = working.page_if_any(unknown).await.unwrap();
        assert!(page.text(".banner").contains("Lever has not known this candidate since"), "{}", page.html);
        assert!(page.text("main").contains("Lever no longer knows the candidate"), "{}", page.html);
    }
    assert!(!working.page_if_any(&hidden).await.unwrap().html.contains("has not known"), "it is there");
    // Known again before the time is over: nothing is erased.
    working.control(Method::DELETE, "faults", Value::Null).await;
    working.hide(&hidden, 403).await;
    working.nightly(ChoreKind::Unseen).await;
    assert!(!working.page_if_any(&back).await.unwrap().html.contains("has not known"));
    assert!(working.page_if_any(&gone).await.is_some(), "not before thirty days are over");
    working.a_month_passes().await;
    working.nightly(ChoreKind::Unseen).await;
    assert!(working.page_if_any(&gone).await.is_none());
    assert!(working.page_if_any(&hidden).await.is_some() && working.page_if_any(&back).await.is_some());
    for mark in ["gone@people.example", gone.as_str()] {
        until(&format!("{mark} to be gone"), PATIENCE, async || {
            (!working.portal.stored_anywhere(mark).await).then_some(())
        })
        .await;
    }
    // What asked for it is in the audit log: how many nights Lever did not know them is the portal's to count.
    let company = working.company.id;
    let rows =
        working.portal.running.db.read(move |conn| audit::page(conn, &company, None, 100)).await.unwrap();
    let erased: Vec<_> = rows.into_iter().filter(|row| row.action == "candidates.erased").collect();
    assert_eq!(erased.len(), 1);
    let detail: Value = serde_json::from_str(&erased[0].detail).unwrap();
    assert_eq!((&detail["candidates"], &detail["why"]), (&1.into(), &"erased_unknown".into()), "{detail}");
    assert_eq!(erased[0].actor, "portal");
}

on_both_databases!(Connected::active => who_is_anonymised_is_erased);
/// Anonymised in Lever: what the portal knows of the person goes too.
async fn who_is_anonymised_is_erased(working: Connected) {
    let person = working.invited_by_move("Anonymous").await;
    let stays = working.invited_by_move("Stays").await;
    working.control(Method::POST, &format!("opportunities/{person}/anonymize"), json!({})).await;
    working.nightly(ChoreKind::Unseen).await;
    assert!(working.page_if_any(&person).await.is_none());
    assert!(working.page_if_any(&stays).await.is_some());
    until("the address to be gone", PATIENCE, async || {
        (!working.portal.stored_anywhere("anonymous@people.example").await).then_some(())
    })
    .await;
}

on_both_databases!(Connected::active => a_lever_that_knows_nobody_is_not_believed);
/// A Lever that knows nobody is not believed: nobody's invitation ends, and nobody is erased.
async fn a_lever_that_knows_nobody_is_not_believed(working: Connected) {
    let mut people = Vec::new();
    for name in ["One", "Two", "Three", "Four", "Five"] {
        people.push(working.invited_by_move(name).await);
    }
    for person in &people {
        working.hide(person, 404).await;
    }
    working.nightly(ChoreKind::Unseen).await;
    working.a_month_passes().await;
    working.nightly(ChoreKind::Unseen).await;
    for person in &people {
        let page = working.page_if_any(person).await.expect("kept");
        assert!(!page.text("main").contains("Lever no longer knows the candidate"), "{}", page.html);
    }
}

on_both_databases!(Connected::active => one_unknown_night_ends_nothing);
/// Lever answers 404 for somebody in one night, for one of three or for all of a small account: the invitation stands, its
/// link works, and Lever's tag stays.
async fn one_unknown_night_ends_nothing(working: Connected) {
    let mut people = Vec::new();
    for name in ["Ann", "Ben", "Cat"] {
        people.push(working.invited_by_move(name).await);
    }
    for hidden in [&people[..1], &people[..]] {
        for person in hidden {
            working.hide(person, 404).await;
        }
        working.nightly(ChoreKind::Unseen).await;
        working.control(Method::DELETE, "faults", Value::Null).await;
        for (person, name) in people.iter().zip(["ann", "ben", "cat"]) {
            let invitation = working.invited(person).await;
            assert_eq!(invitation.state.to_string(), "sent", "{name}");
            let link = working.mails_to(&format!("{name}@people.example")).await[0]["links"][0].clone();
            let page = working.portal.visitor().get(link.as_str().unwrap()).await;
            assert!(page.status.is_success(), "{name}: {}", page.status);
            assert!(working.tags(person).await.contains(&"Alva: Invited".to_owned()), "{name}");
        }
    }
}

on_both_databases!(Connected::active => who_is_shown_again_is_invited_again);
/// Unknown for two nights, the invitation ended. Lever shows the candidates again: one is moved out of the trigger stage and
/// in again, the other is found there by a reconciliation, and both are invited again, once. What a person cancelled is
/// not taken up.
async fn who_is_shown_again_is_invited_again(working: Connected) {
    let (moved, stays) = (working.invited_by_move("Moved").await, working.invited_by_move("Stays").await);
    let cancelled = working.invited_by_move("Cancelled").await;
    let page = working.page_if_any(&cancelled).await.unwrap();
    let path = page.url.path().to_owned();
    let invitation = working.invited(&cancelled).await.id.to_string();
    working.admin.post(&format!("{path}/cancel/{invitation}"), &[]).await.leads_to(&path);
    for person in [&moved, &stays] {
        working.hide(person, 404).await;
    }
    working.nightly(ChoreKind::Unseen).await;
    working.time_passes(A_DAY).await;
    working.nightly(ChoreKind::Unseen).await;
    for person in [&moved, &stays] {
        assert_eq!(working.invited(person).await.state.to_string(), "cancelled");
    }
    working.control(Method::DELETE, "faults", Value::Null).await;
    let why = working.admin.get(&format!("/candidates/why?q={stays}")).await.text(".banner");
    assert!(why.contains("Lever no longer knows the candidate"), "{why}");
    assert!(
        why.contains("Resend invitation") && why.contains("move the candidate into the trigger stage"),
        "{why}"
    );
    for person in [&moved, &cancelled] {
        working.move_to(person, "applicant-new").await;
        working.move_to(person, TRIGGER).await;
    }
    working.worked(&moved, 3).await;
    working.worked(&cancelled, 3).await;
    working.sync().await;
    for (person, name) in [(&moved, "moved"), (&stays, "stays")] {
        let email = format!("{name}@people.example");
        until(&format!("the second mail to {email}"), PATIENCE, async || {
            (working.mails(&email, "invites you").await == 2).then_some(())
        })
        .await;
        until(&format!("{name}, invited again"), PATIENCE, async || {
            let all = working.invitations(person).await;
            (all.len() == 1 && all[0].state.to_string() == "sent").then_some(())
        })
        .await;
        assert!(working.tags(person).await.contains(&"Alva: Invited".to_owned()), "{name}");
        let mails = working.mails_to(&email).await;
        let links: std::collections::BTreeSet<String> =
            mails.iter().map(|mail| mail["links"][0].as_str().unwrap().to_owned()).collect();
        assert_eq!(links.len(), 2, "a new link");
    }
    assert_eq!(working.mails("cancelled@people.example", "invites you").await, 1);
    assert_eq!(working.invited(&cancelled).await.state.to_string(), "cancelled");
    working.sync().await;
    assert_eq!(working.mails("moved@people.example", "invites you").await, 2, "and not a third time");
}
