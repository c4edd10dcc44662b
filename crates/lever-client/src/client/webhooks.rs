//! Webhooks made through the API. Only the API can change them, and it can't change what a person
//! made in Lever's settings; the toggle per event in Lever must be on as well (Lever's wire notes §6).

use reqwest::Method;
use serde_json::{Value, json};

use crate::Error;
use crate::client::request::{Call, Data};
use crate::client::{Api, Pages};
use crate::types::{Event, Origin, Webhook, WebhookId};

impl Api {
    /// The account's webhooks.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, Error> {
        Pages::new(self, Call::get(["webhooks"])).all().await
    }

    /// Makes a webhook for candidates of these origins; events that take no such condition are sent
    /// for all. The answer holds the signing token: keep it, sealed.
    pub async fn create_webhook(
        &self,
        event: &Event,
        url: &str,
        origins: &[Origin],
    ) -> Result<Webhook, Error> {
        let call = Call::new(Method::POST, ["webhooks"]).json(description(event, url, origins));
        let made: Data<Webhook> = self.once(&call).await?.json()?;
        Ok(made.data)
    }

    /// Changes a webhook that the API made.
    pub async fn update_webhook(
        &self,
        id: &WebhookId,
        event: &Event,
        url: &str,
        origins: &[Origin],
    ) -> Result<Webhook, Error> {
        let call = Call::new(Method::PUT, ["webhooks", id.as_str()]).json(description(event, url, origins));
        let changed: Data<Webhook> = self.once(&call).await?.json()?;
        Ok(changed.data)
    }

    /// Deletes a webhook that the API made.
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
