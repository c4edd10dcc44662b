//! Contacts that people merge in Lever: its opportunities move to the contact that is left, and no webhook says so.

use super::*;
use crate::assessment::{Invited, through_both};
use crate::support::on_both_databases;
use crate::support::proxy::{Change, Proxy};
use std::sync::Arc;

on_both_databases!(Connected::active_behind_proxy => who_was_merged_is_known_by_the_contact_that_is_left);
/// Somebody with results is merged with a contact of another name and address. After the next reconciliation an opportunity
/// of that contact is complete by these results, without a mail.
async fn who_was_merged_is_known_by_the_contact_that_is_left((working, proxy): (Connected, Proxy)) {
    working.control(Method::POST, "limits", json!({"enabled": false})).await;
    let first = working.applicant("Maiden", json!({"posting": "Backend Engineer"})).await;
    working.move_to(&first, TRIGGER).await;
    working.mailed("maiden@people.example", "invites you").await;
    let link = working.mails_to("maiden@people.example").await[0]["links"][0].clone();
    let link: url::Url = link.as_str().unwrap().parse().unwrap();
    through_both(&working.portal.visitor(), &Invited::at(link.path())).await;
    until("the result", PATIENCE, async || {
        (working.invited(&first).await.state.to_string() == "completed").then_some(())
    })
    .await;
    let second = working.applicant("Married", json!({"posting": "Account Executive"})).await;
    assert_ne!(first["contact"], second["contact"]);
    let (id, contact) = (first["id"].clone(), second["contact"].clone());
    let merged = move |answer: &mut Value| {
        let rows = match &mut answer["data"] {
            Value::Array(rows) => rows.iter_mut().collect::<Vec<_>>(),
            one => vec![one],
        };
        for row in rows.into_iter().filter(|row| row["id"] == id) {
            row["contact"] = contact.clone();
            row["name"] = json!("Married");
            row["emails"] = json!(["married@people.example", "maiden@people.example"]);
        }
    };
    proxy.change("GET", "/v1/opportunities", Change::Edit(Arc::new(merged)), 1000);
    working.tag(&first, "merged").await;
    working.sync().await;
    working.move_to(&second, TRIGGER).await;
    let event = working.worked(&second, 1).await.remove(0);
    assert_eq!(event.outcome.as_str(), "reused", "{}", event.reason);
    assert_eq!(working.mails("married@people.example", "invites you").await, 0);
}
