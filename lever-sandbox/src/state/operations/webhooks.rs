//! The Webhooks tab: URLs, toggles, signing tokens.

use url::{Host, Url};

use crate::options::TokenMode;
use crate::state::account::{OpError, State};
use crate::state::entities::{EventKind, Maker, Origin, Webhook};

/// Changes to a webhook; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct WebhookPatch {
    pub event: Option<EventKind>,
    pub url: Option<String>,
    pub origins: Option<Option<Vec<Origin>>>,
}

/// Lever calls HTTPS only; plain HTTP to this machine is for tests.
pub fn check_webhook_url(url: &str, allow_http: bool) -> Result<(), OpError> {
    let invalid = |text: &str| Err(OpError::Invalid(text.to_owned()));
    let Ok(parsed) = Url::parse(url) else {
        return invalid("url is not a valid URL");
    };
    let loopback = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return invalid("url is not a valid URL"),
    };
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if allow_http && loopback => Ok(()),
        _ => invalid("url must use https"),
    }
}

impl State {
    pub fn webhook(&self, id: &str) -> Option<&Webhook> {
        self.webhooks.hooks.iter().find(|hook| hook.id == id)
    }

    /// The token a webhook's calls are signed with, if one was generated.
    pub fn signing_token<'a>(&'a self, hook: &'a Webhook, mode: TokenMode) -> Option<&'a str> {
        match mode {
            TokenMode::PerWebhook => hook.signature_token.as_deref(),
            TokenMode::Account => Some(&self.webhooks.account_token),
        }
    }

    /// The token before the last regeneration, if there was one.
    pub fn old_signing_token<'a>(&'a self, hook: &'a Webhook, mode: TokenMode) -> Option<&'a str> {
        match mode {
            TokenMode::PerWebhook => hook.previous_token.as_deref(),
            TokenMode::Account => self.webhooks.previous_account_token.as_deref(),
        }
    }

    /// Adds a webhook; its URL must have passed [`check_webhook_url`].
    pub fn add_webhook(
        &mut self,
        event: EventKind,
        url: &str,
        origins: Option<Vec<Origin>>,
        made_by: Maker,
        now: i64,
    ) -> Result<Webhook, OpError> {
        Self::check_origins(event, origins.as_deref())?;
        let hook = Webhook {
            id: self.draw.uuid(),
            event,
            url: url.to_owned(),
            origins,
            signature_token: Some(self.signing_secret()),
            previous_token: None,
            made_by,
            verified_at: None,
            created_at: now,
            updated_at: now,
        };
        self.webhooks.hooks.push(hook.clone());
        Ok(hook)
    }

    /// 48 characters of hex, as Lever's signing tokens are.
    fn signing_secret(&mut self) -> String {
        self.draw.hex(24)
    }

    /// Takes a webhook's signing token away, as if none had been generated yet.
    pub fn unsign_webhook(&mut self, id: &str) -> Result<Webhook, OpError> {
        let mut hooks = self.webhooks.hooks.iter_mut();
        let found = hooks.find(|hook| hook.id == id);
        let hook = found.ok_or_else(|| OpError::not_found("Webhook", id))?;
        hook.signature_token = None;
        Ok(hook.clone())
    }

    fn check_origins(event: EventKind, origins: Option<&[Origin]>) -> Result<(), OpError> {
        match origins {
            Some(_) if !event.has_conditions() => {
                Err(OpError::Invalid(format!("Conditions are not supported for {}", event.as_str())))
            }
            _ => Ok(()),
        }
    }

    /// Finds a webhook that `maker`'s side made: people can't touch what the API made,
    /// nor the reverse.
    fn own_webhook(&mut self, id: &str, maker: &Maker) -> Result<&mut Webhook, OpError> {
        let hook = self
            .webhooks
            .hooks
            .iter_mut()
            .find(|hook| hook.id == id)
            .ok_or_else(|| OpError::not_found("Webhook", id))?;
        if hook.made_by.is_person() == maker.is_person() {
            return Ok(hook);
        }
        Err(OpError::Forbidden(
            match maker {
                Maker::Person(_) => "A webhook made through the API can only be changed there",
                Maker::Api(_) => "A webhook made in Lever's settings can only be changed there",
            }
            .into(),
        ))
    }

    /// Changes several webhooks, all or none.
    pub fn update_webhooks(
        &mut self,
        patches: Vec<(String, WebhookPatch)>,
        by: &Maker,
        now: i64,
    ) -> Result<Vec<Webhook>, OpError> {
        let before = self.webhooks.hooks.clone();
        let changed: Result<Vec<Webhook>, OpError> =
            patches.into_iter().map(|(id, patch)| self.update_webhook(&id, patch, by, now)).collect();
        if changed.is_err() {
            self.webhooks.hooks = before;
        }
        changed
    }

    /// Changes a webhook. A new URL is no longer verified.
    pub fn update_webhook(
        &mut self,
        id: &str,
        patch: WebhookPatch,
        by: &Maker,
        now: i64,
    ) -> Result<Webhook, OpError> {
        let hook = self.own_webhook(id, by)?;
        let event = patch.event.unwrap_or(hook.event);
        let origins = patch.origins.unwrap_or_else(|| hook.origins.clone());
        Self::check_origins(event, origins.as_deref())?;
        hook.event = event;
        hook.origins = origins;
        if let Some(url) = patch.url.filter(|url| *url != hook.url) {
            hook.url = url;
            hook.verified_at = None;
        }
        hook.updated_at = now;
        Ok(hook.clone())
    }

    /// Removes a webhook.
    pub fn delete_webhook(&mut self, id: &str, by: &Maker) -> Result<(), OpError> {
        self.own_webhook(id, by)?;
        self.webhooks.hooks.retain(|hook| hook.id != id);
        Ok(())
    }

    /// Notes that Verify Connection went well.
    pub fn webhook_verified(&mut self, id: &str, now: i64) {
        if let Some(hook) = self.webhooks.hooks.iter_mut().find(|hook| hook.id == id) {
            hook.verified_at = Some(now);
        }
    }

    /// Turns an event on or off for all its webhooks, those of the API too.
    pub fn toggle_event(&mut self, event: EventKind, on: bool) {
        if on {
            self.webhooks.enabled.insert(event);
            self.webhooks.switched_off.remove(&event);
        } else {
            self.webhooks.enabled.remove(&event);
            self.webhooks.switched_off.insert(event);
        }
    }

    /// Turns an event on because a person added a webhook for it, unless somebody turned
    /// it off.
    pub fn toggle_on_by_adding(&mut self, event: EventKind) {
        if !self.webhooks.switched_off.contains(&event) {
            self.webhooks.enabled.insert(event);
        }
    }

    /// Makes a new signing token for one webhook.
    pub fn regenerate_token(&mut self, id: &str, now: i64) -> Result<String, OpError> {
        let token = self.signing_secret();
        let hook = self
            .webhooks
            .hooks
            .iter_mut()
            .find(|hook| hook.id == id)
            .ok_or_else(|| OpError::not_found("Webhook", id))?;
        hook.previous_token = hook.signature_token.replace(token.clone());
        hook.updated_at = now;
        Ok(token)
    }

    /// Makes a new signing token for the account.
    pub fn regenerate_account_token(&mut self) -> String {
        let token = self.signing_secret();
        let old = std::mem::replace(&mut self.webhooks.account_token, token.clone());
        self.webhooks.previous_account_token = Some(old);
        token
    }

    /// The webhooks that want to hear of an event, in the order they were made.
    pub fn listeners(&self, event: EventKind, origin: Option<Origin>) -> impl Iterator<Item = &Webhook> {
        let enabled = self.webhooks.enabled.contains(&event);
        self.webhooks.hooks.iter().filter(move |hook| {
            let wanted = match (&hook.origins, origin) {
                (Some(origins), Some(origin)) => origins.contains(&origin),
                (Some(_), None) | (None, _) => true,
            };
            enabled && hook.event == event && wanted
        })
    }
}
