//! Who gets which tests: the company's default, rules by posting, a candidate's own tag, by hand; and
//! what is asked before many are invited.

mod agree;
mod brake;
mod faces;
mod page;
mod which_tests;
mod wishes;

use crate::support::lever::{Connected, events};
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use alva_portal::events::{Event, State};
use alva_portal::invitations::store::Invitation;
use diesel::prelude::*;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A working account, and two postings without and one with a tag of their own.
pub struct Ruled {
    pub there: Connected,
    /// Open postings of the sandbox: id, title, tags.
    pub postings: Vec<(String, String, Vec<String>)>,
}

impl Ruled {
    pub async fn start(backend: alva_portal::db::Backend) -> Self {
        let there = Connected::active(backend).await;
        there.control(Method::POST, "limits", json!({"enabled": false})).await;
        let listed = there.api(Method::GET, "postings?state=published", Value::Null).await;
        let open = listed["data"].as_array().unwrap().iter();
        let postings = open
            .filter(|posting| posting["confidentiality"] == "non-confidential")
            .map(|posting| {
                let text = |field: &str| posting[field].as_str().unwrap().to_owned();
                (text("id"), text("text"), serde_json::from_value(posting["tags"].clone()).unwrap())
            })
            .collect();
        Self { there, postings }
    }

    pub fn page(&self) -> String {
        format!("/settings/integrations/{}", self.there.integration)
    }

    /// The part of its page on which is set who is invited.
    pub fn settings(&self) -> String {
        format!("{}/settings", self.page())
    }

    pub fn rules(&self) -> String {
        format!("{}/rules", self.page())
    }

    /// A posting without the screening tag.
    pub fn plain(&self) -> &(String, String, Vec<String>) {
        let is_plain = |tags: &[String]| !tags.iter().any(|tag| tag == "Alva: Screening");
        self.postings.iter().find(|(.., tags)| is_plain(tags)).expect("a posting without the tag")
    }

    /// Adds a rule through the form; what is not given stays as the empty form has it.
    pub async fn add(&self, fields: &[(&str, &str)]) -> Page {
        let form = self.there.admin.get(&format!("{}/new", self.rules())).await;
        self.there.admin.press(&form, "Save rule", fields).await
    }

    pub async fn added(&self, fields: &[(&str, &str)]) {
        self.add(fields).await.leads_to(&self.rules());
    }

    /// Somebody in Lever, about whom no webhook tells.
    pub async fn person(&self, name: &str, change: Value) -> Value {
        let email = format!("{}@people.example", name.to_lowercase());
        let mut body = json!({"name": name, "email": email, "origin": "applied", "stage": "New applicant", "silent": true});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let made = self.there.candidate(body).await;
        if made.is_array() { made[0].clone() } else { made }
    }

    pub async fn tag(&self, person: &Value, tag: &str) {
        let path = format!("opportunities/{}/addTags", person["id"].as_str().unwrap());
        self.there.api(Method::POST, &path, json!({"tags": [tag]})).await;
    }

    pub async fn stage(&self, name: &str) -> String {
        self.there.stage(name).await
    }

    /// The invitations of an opportunity.
    pub async fn invitations(&self, person: &Value) -> Vec<Invitation> {
        use alva_portal::db::schema::invitations::dsl;
        let opportunity = person["id"].as_str().unwrap().to_owned();
        let found = self.there.portal.running.db.read(move |conn| {
            Ok::<_, alva_portal::db::DbError>(
                dsl::invitations
                    .filter(dsl::opportunity_id.eq(&opportunity))
                    .select(Invitation::as_select())
                    .load(conn)?,
            )
        });
        found.await.unwrap()
    }

    /// Waits for the invitation of an opportunity.
    pub async fn invited(&self, person: &Value) -> Invitation {
        until("an invitation", PATIENCE, async || self.invitations(person).await.pop()).await
    }

    /// Waits until nothing is in work; answers all events.
    pub async fn settled(&self) -> Vec<Event> {
        until("the end of the work", PATIENCE, async || {
            let all = events(&self.there.portal, &self.there.integration).await;
            all.iter().all(|event| event.state != State::Queued).then_some(all)
        })
        .await
    }

    /// Presses **Sync now** and waits for its end.
    pub async fn sync(&self) -> Page {
        let list = self.there.admin.get(&format!("{}/reconciliations", self.page())).await;
        let begun = self.there.admin.press(&list, "Sync now", &[]).await;
        let path = begun.location.unwrap_or_else(|| panic!("to the run: {}", begun.html));
        until("the end of the reconciliation", PATIENCE, async || {
            let page = self.there.admin.get(&path).await;
            let in_work = events(&self.there.portal, &self.there.integration).await;
            let in_work = in_work.iter().any(|event| event.state == State::Queued);
            (!page.html.contains("data-live=") && !in_work).then_some(page)
        })
        .await
    }

    pub async fn flash(&self, path: &str) -> String {
        self.there.admin.get(path).await.text(".flash")
    }
}
