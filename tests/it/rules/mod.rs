//! Who gets which tests: the company's default, rules by posting, a candidate's own tag, by hand; and
//! what is asked before many are invited.

mod agree;
mod browser;
mod confirm;
mod manual;
mod page;
mod preview;
mod which_tests;

use crate::support::fixture::Fixture;
use crate::support::lever::Connected;
use crate::support::visitor::Page;
use crate::support::wait::{PATIENCE, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::ops::Deref;

/// A working account, and two postings without and one with a tag of their own.
pub struct Ruled {
    pub there: Connected,
    /// Open postings of the sandbox: id, title, tags.
    pub postings: Vec<(String, String, Vec<String>)>,
}

impl Deref for Ruled {
    type Target = Connected;

    fn deref(&self) -> &Connected {
        &self.there
    }
}

impl Ruled {
    pub async fn start(backend: alva_portal::db::Backend) -> Self {
        let there = Fixture::on(backend).unlimited().active().await;
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
        let form = self.admin.get(&format!("{}/new", self.rules())).await;
        self.admin.press_and_agree(&form, "Save rule", fields).await
    }

    pub async fn added(&self, fields: &[(&str, &str)]) {
        self.add(fields).await.leads_to(&self.rules());
    }
}
