//! Candidates whom Lever does not know any more although no webhook told of it: everything stops, and who
//! stays unknown is erased after thirty days.

use super::*;
use crate::support::on_both_databases;
use schema::candidates::dsl;

/// Longer than an unknown candidate is kept, in milliseconds.
const A_MONTH: i64 = 31 * 86_400_000;

impl Connected {
    /// Confidential candidates are not found, as real accounts may have it; or are found, and refused.
    async fn hide(&self, opportunity: &str, status: u16) {
        self.fault(json!({"target": "api", "kind": "status", "status": status,
            "match": format!("GET /v1/opportunities/{opportunity}")}))
            .await;
    }

    async fn a_month_passes(&self) {
        self.portal
            .write(|conn| {
                diesel::update(dsl::candidates)
                    .set(dsl::unknown_since.eq(dsl::unknown_since - Some(A_MONTH)))
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
/// Deleted with the webhook lost, and in no list because confidential: stopped at once, erased in the end.
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
    let shut = working.portal.visitor().get(&link).await;
    assert!(shut.status.is_client_error(), "the link is closed: {}", shut.status);
    for unknown in [&gone, &back] {
        let page = working.page_if_any(unknown).await.unwrap();
        assert!(page.text(".banner").contains("Lever has not known this candidate since"), "{}", page.html);
        assert!(page.text("main").contains("Lever does not know the candidate any more"), "{}", page.html);
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
    assert!(working.audit().await.contains(&"candidates.erased".to_owned()));
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
        assert!(!page.text("main").contains("Lever does not know the candidate any more"), "{}", page.html);
    }
}
