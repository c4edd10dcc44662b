//! Creating an opportunity (`POST /opportunities`).

use reqwest::Method;
use serde_json::{Map, Value};

use crate::client::api::Api;
use crate::client::request::Call;
use crate::error::Error;
use crate::types::{OpportunityId, Origin, PostingId, StageId, UserId};

/// An opportunity to be created. Give at least a name or an address: by the address Lever finds the
/// person who is there already, and that person's own data win.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOpportunity {
    /// The person's name.
    pub name: Option<String>,
    /// What the person does.
    pub headline: Option<String>,
    /// The stage; `lead-new` where none.
    pub stage: Option<StageId>,
    /// Where the person lives.
    pub location: Option<String>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Telephone numbers.
    pub phones: Vec<String>,
    /// Links.
    pub links: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
    /// Where the person was found.
    pub sources: Vec<String>,
    /// How the person came.
    pub origin: Option<Origin>,
    /// The user who looks after it.
    pub owner: Option<UserId>,
    /// The posting to apply for.
    pub posting: Option<PostingId>,
}

/// What Lever says of an opportunity that it created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its id; none when Lever created it without saying which.
    pub id: Option<OpportunityId>,
    /// Whether it belongs to a person who was there already.
    pub is_of_known_person: bool,
}

impl Api {
    /// Creates an opportunity. Lever demands a user to act as.
    ///
    /// # Errors
    /// See [`Error`]; when it [may be done](Error::maybe_done), look for the address before creating again.
    pub async fn create_opportunity(&self, new: &NewOpportunity) -> Result<Created, Error> {
        let call = Call::new(Method::POST, ["opportunities"])
            .perform_as(self.acting_as.as_ref())
            .json(description(new));
        let answer = self.once(&call).await?;
        Ok(Created {
            id: answer.made(&["id", "opportunityId"]),
            is_of_known_person: answer.value().get("deduped") == Some(&Value::Bool(true)),
        })
    }
}

/// Only what was given: an empty field would mean something else to Lever than none.
fn description(new: &NewOpportunity) -> Value {
    let mut body = Map::new();
    let texts = [
        ("name", new.name.as_deref()),
        ("headline", new.headline.as_deref()),
        ("stage", new.stage.as_ref().map(StageId::as_str)),
        ("location", new.location.as_deref()),
        ("origin", new.origin.as_ref().map(Origin::as_str)),
        ("owner", new.owner.as_ref().map(UserId::as_str)),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            body.insert(name.to_owned(), text.into());
        }
    }
    let lists =
        [("emails", &new.emails), ("links", &new.links), ("tags", &new.tags), ("sources", &new.sources)];
    for (name, list) in lists {
        if !list.is_empty() {
            body.insert(name.to_owned(), list.clone().into());
        }
    }
    if !new.phones.is_empty() {
        let phones = new.phones.iter().map(|phone| serde_json::json!({"value": phone}));
        body.insert("phones".to_owned(), phones.collect());
    }
    if let Some(posting) = &new.posting {
        body.insert("postings".to_owned(), vec![posting.as_str()].into());
    }
    body.into()
}
