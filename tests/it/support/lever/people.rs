//! People in Lever, and what they get.

use super::{Connected, events};
use crate::support::wait::{PATIENCE, until};
use alva_portal::db::schema::invitations;
use alva_portal::db::{Conn, DbError};
use alva_portal::events::Event;
use alva_portal::invitations::store::Invitation;
use diesel::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

/// What names an opportunity: its id, or what Lever answered of it.
pub trait Opportunity {
    fn opportunity(&self) -> &str;
}

impl Opportunity for str {
    fn opportunity(&self) -> &str {
        self
    }
}

impl Opportunity for String {
    fn opportunity(&self) -> &str {
        self
    }
}

impl Opportunity for Value {
    fn opportunity(&self) -> &str {
        self["id"].as_str().unwrap_or_else(|| panic!("an opportunity: {self}"))
    }
}

impl Connected {
    /// Somebody new in Lever, in the stage for new applicants; answers the opportunity, or all where `fields` count more
    /// than one.
    pub async fn candidate(&self, fields: Value) -> Value {
        self.control(Method::POST, "opportunities", fields).await["data"].clone()
    }

    /// Somebody who applied and of whom no webhook tells: `NAME@people.example`, with these fields.
    pub async fn applicant(&self, name: &str, fields: Value) -> Value {
        let email = format!("{}@people.example", name.to_lowercase());
        let mut body = json!({"name": name, "email": email, "origin": "applied", "stage": "New applicant", "silent": true});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let made = self.candidate(body).await;
        if made.is_array() { made[0].clone() } else { made }
    }

    /// The same in a stage; answers the opportunity's id.
    pub async fn person(&self, name: &str, stage: &str) -> String {
        self.applicant(name, json!({ "stage": stage })).await.opportunity().to_owned()
    }

    /// So many such people.
    pub async fn people(&self, count: usize) -> Vec<Value> {
        let fields = json!({"count": count, "stage": "New applicant", "origin": "applied", "silent": true});
        self.candidate(fields).await.as_array().unwrap().clone()
    }

    /// Moves somebody in Lever, into the stage of this name or id.
    pub async fn move_to(&self, opportunity: &(impl Opportunity + ?Sized), stage: &str) {
        let path = format!("opportunities/{}/move", opportunity.opportunity());
        self.control(Method::POST, &path, json!({ "stage": stage })).await;
    }

    /// Adds a tag in Lever.
    pub async fn tag(&self, opportunity: &(impl Opportunity + ?Sized), tag: &str) {
        let path = format!("opportunities/{}/addTags", opportunity.opportunity());
        self.api(Method::POST, &path, json!({"tags": [tag]})).await;
    }

    /// The tags that somebody carries in Lever.
    pub async fn tags(&self, opportunity: &(impl Opportunity + ?Sized)) -> Vec<String> {
        let path = format!("opportunities/{}", opportunity.opportunity());
        let found = self.api(Method::GET, &path, Value::Null).await;
        serde_json::from_value(found["data"]["tags"].clone()).unwrap()
    }

    /// Waits until all events of an opportunity are in a final state, so many at least; answers them.
    pub async fn worked(&self, opportunity: &(impl Opportunity + ?Sized), at_least: usize) -> Vec<Event> {
        let id = opportunity.opportunity();
        until(&format!("{at_least} processed events"), PATIENCE, async || {
            let all = events(&self.portal, &self.integration).await;
            let of_it: Vec<Event> =
                all.into_iter().filter(|event| event.opportunity_id.as_deref() == Some(id)).collect();
            let is_final = of_it.iter().all(|event| event.finished_at.is_some());
            (of_it.len() >= at_least && is_final).then_some(of_it)
        })
        .await
    }

    /// The invitations of an opportunity, oldest first.
    pub async fn invitations(&self, opportunity: &(impl Opportunity + ?Sized)) -> Vec<Invitation> {
        let (account, opportunity) = (self.integration, opportunity.opportunity().to_owned());
        let found = move |conn: &mut Conn| {
            let of =
                invitations::integration_id.eq(&account).and(invitations::opportunity_id.eq(&opportunity));
            let all = invitations::table.filter(of).order(invitations::id.asc());
            Ok::<_, DbError>(all.select(Invitation::as_select()).load(conn)?)
        };
        self.portal.running.db.read(found).await.unwrap()
    }

    /// Waits for the invitation of an opportunity.
    pub async fn invited(&self, opportunity: &(impl Opportunity + ?Sized)) -> Invitation {
        until("an invitation", PATIENCE, async || self.invitations(opportunity).await.pop()).await
    }

    /// Mails in the sandbox's inbox to this address.
    pub async fn mails_to(&self, address: &str) -> Vec<Value> {
        let mails = self.control(Method::GET, "mail", Value::Null).await;
        let of_them = mails["data"].as_array().unwrap().iter();
        of_them.filter(|mail| mail["to"].as_str().unwrap().contains(address)).cloned().collect()
    }

    /// How many of them have this text in their subject.
    pub async fn mails(&self, address: &str, subject: &str) -> usize {
        let all = self.mails_to(address).await;
        all.iter().filter(|mail| mail["subject"].to_string().contains(subject)).count()
    }

    /// Waits for such a mail.
    pub async fn mailed(&self, address: &str, subject: &str) {
        until(&format!("{subject} to {address}"), PATIENCE, async || {
            (self.mails(address, subject).await > 0).then_some(())
        })
        .await;
    }
}
