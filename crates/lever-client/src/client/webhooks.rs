//! Webhooks made through the API. Only the API can change them, and it can't change what a person
//! made in Lever's settings; the toggle per event in Lever must be on as well (Lever's wire notes §6).
//! No user is acted for here.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::api::Api;
use crate::client::pages::Pages;
use crate::client::request::Call;
use crate::error::Error;
use crate::types::{Event, Origin, Webhook, WebhookId};

impl Api {
    /// The account's webhooks; the list does not repeat the signing tokens.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        Pages::new(self, Call::get(["webhooks"])).all().await
    }

    /// Makes a webhook for candidates of these origins; events that take no such condition are sent
    /// for all. The answer holds the signing token: keep it, sealed.
    ///
    /// # Errors
    /// See [`Error`]. When it [may be done](Error::maybe_done), Lever may have made it: look among
    /// [`Api::webhooks`] for its address before making another.
    pub async fn create_webhook(
        &self,
        event: &Event,
        url: &str,
        origins: &[Origin],
    ) -> Result<Webhook, Error> {
        let call = Call::new(Method::POST, ["webhooks"]).json(description(event, url, origins)).hiding(url);
        self.once(&call).await?.object()
    }

    /// Deletes a webhook that the API made.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_webhook(&self, id: &WebhookId) -> Result<(), Error> {
        let call = Call::new(Method::DELETE, ["webhooks", id.as_str()]);
        self.once(&call).await.map(drop)
    }
}

fn description(event: &Event, url: &str, origins: &[Origin]) -> Value {
    let mut body = json!({"event": event, "url": url});
    if event.takes_conditions() {
        body["configuration"] = json!({"conditions": {"origins": origins}});
    }
    body
}
