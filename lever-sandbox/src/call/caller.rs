//! Who calls, and what they may do.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::{Engine, prelude::BASE64_STANDARD};
use utoipa::IntoParams;

use super::error::ApiError;
use super::params::Params;
use crate::sandbox::Sandbox;
use crate::state::{Maker, Opportunity, State, User, granted};

/// Who does it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameter; `Caller` reads it")]
pub struct PerformAs {
    /// Id of the user on whose behalf this is done.
    #[param(nullable = false)]
    perform_as: Option<String>,
}

/// The client behind a call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose rate limit counts.
    pub key: String,
    /// The app or API key, for what only its maker may change.
    pub client: String,
    /// The scopes of an OAuth token; an API key reaches everything.
    scopes: Option<Vec<String>>,
    confidential: bool,
    confidential_status: u16,
    /// The user named by `perform_as`.
    perform_as: Option<String>,
}

impl Caller {
    /// Reads the `Authorization` header (Lever's wire notes §3).
    pub fn identify(request: &HttpRequest, lever: &Sandbox) -> Result<Self, ApiError> {
        let value = request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .ok_or_else(ApiError::unauthorized)?;
        let (scheme, secret) = value.split_once(' ').ok_or_else(ApiError::unauthorized)?;
        let caller = match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Self::by_token(secret.trim(), lever),
            "basic" => Self::by_key(secret.trim(), lever),
            _ => None,
        };
        caller.ok_or_else(ApiError::unauthorized)
    }

    fn by_token(token: &str, lever: &Sandbox) -> Option<Self> {
        let state = lever.read();
        let (grant, scopes) = state.grants.check_access(token, lever.now())?;
        Some(Self {
            key: format!("grant {}", grant.id),
            client: grant.client_id.clone(),
            confidential: granted(scopes, "confidential:access:admin"),
            scopes: Some(scopes.to_vec()),
            confidential_status: lever.options.confidential_status,
            perform_as: None,
        })
    }

    fn by_key(credentials: &str, lever: &Sandbox) -> Option<Self> {
        let decoded = BASE64_STANDARD.decode(credentials).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (user, password) = text.split_once(':')?;
        let state = lever.read();
        let key = state.api_keys.iter().find(|key| key.key == user && password.is_empty())?;
        Some(Self {
            key: format!("key {}", key.id),
            client: key.id.clone(),
            confidential: key.confidential,
            scopes: None,
            confidential_status: lever.options.confidential_status,
            perform_as: None,
        })
    }

    /// Goes on only with this scope.
    pub fn needs(&self, scope: &str) -> Result<(), ApiError> {
        match &self.scopes {
            Some(scopes) if !granted(scopes, scope) => {
                Err(ApiError::forbidden(format!("The access token lacks the scope {scope}")))
            }
            _ => Ok(()),
        }
    }

    /// Whether this caller may know of confidential data.
    pub fn sees(&self, confidential: bool) -> bool {
        self.confidential || !confidential
    }

    /// Finds an opportunity this caller may know of.
    pub fn opportunity<'a>(&self, state: &'a State, id: &str) -> Result<&'a Opportunity, ApiError> {
        let opportunity = state.opportunity(id)?;
        self.reveal(opportunity.confidential, "Opportunity", id)?;
        Ok(opportunity)
    }

    /// The error for what is confidential and not for this caller.
    pub fn reveal(&self, confidential: bool, what: &'static str, id: &str) -> Result<(), ApiError> {
        match (self.sees(confidential), self.confidential_status) {
            (true, _) => Ok(()),
            (false, 404) => Err(ApiError::not_found(what, id)),
            (false, _) => Err(ApiError::forbidden(format!(
                "{what} is confidential; the scope confidential:access:admin is needed"
            ))),
        }
    }

    /// The user named by `perform_as`, if one was.
    pub fn user(&self) -> Option<&str> {
        self.perform_as.as_deref()
    }

    /// The user named by `perform_as`, for what somebody must have done.
    pub fn named_user(&self) -> Result<&str, ApiError> {
        self.user().ok_or_else(|| ApiError::missing("perform_as"))
    }

    /// This caller as the maker of webhooks.
    pub fn maker(&self) -> Maker {
        Maker::Api(self.client.clone())
    }

    fn with_perform_as(mut self, params: &Params, state: &State) -> Result<Self, ApiError> {
        if let Some(id) = params.get("perform_as") {
            let known = state.user(id).filter(|user: &&User| user.deactivated_at.is_none());
            let user = known.ok_or_else(|| ApiError::bad(format!("perform_as: user {id} was not found")))?;
            self.perform_as = Some(user.id.clone());
        }
        Ok(self)
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let identified = request.extensions().get::<Self>().cloned();
        ready(identified.ok_or_else(ApiError::unauthorized).and_then(|caller| {
            let params = Params::of(request);
            caller.with_perform_as(&params, &Sandbox::of(request).read())
        }))
    }
}
