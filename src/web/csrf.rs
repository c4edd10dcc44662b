//! Forms: every one carries the token of its session, and none is looked at without it.
//!
//! A handler that changes something takes [`Form`]; there is no other way to read a form, so none
//! can forget the check. (The synchronizer token pattern of OWASP's CSRF cheat sheet.)

use super::PageError;
use crate::secrets::random_text;
use actix_session::{Session, SessionExt as _};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use subtle::ConstantTimeEq as _;

/// The hidden field's name, and the key in the session.
const FIELD: &str = "csrf";

/// A form that came from a page of this session.
pub struct Form<T>(pub T);

/// The token of this session; made at the first call.
///
/// # Errors
/// When the session cannot hold it.
pub(super) fn token(session: &Session) -> Result<String, PageError> {
    if let Some(token) = session.get::<String>(FIELD).ok().flatten() {
        return Ok(token);
    }
    let token = random_text(24);
    session.insert(FIELD, &token).map_err(PageError::internal)?;
    Ok(token)
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let session = req.get_session();
        let body = web::Bytes::from_request(req, payload);
        Box::pin(async move {
            let body = body.await.map_err(|_| PageError::FormTooLarge)?;
            let given = url::form_urlencoded::parse(&body).find(|(name, _)| name == FIELD);
            let expected = session.get::<String>(FIELD).ok().flatten();
            match (given, expected) {
                (Some((_, given)), Some(expected)) if given.as_bytes().ct_eq(expected.as_bytes()).into() => {}
                _ => return Err(PageError::ForeignForm),
            }
            serde_html_form::from_bytes(&body).map(Form).map_err(|e| PageError::BadForm(e.to_string()))
        })
    }
}
