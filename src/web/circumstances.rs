//! From where a request comes, for what is written down of it.

use super::place::Place;
use super::session;
use crate::audit::Circumstances;
use actix_session::SessionExt as _;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use tracing_actix_web::RequestId;

/// Characters of what a browser calls itself.
const BROWSER: usize = 200;

/// From where a request comes.
pub struct Seen(pub Circumstances);

/// From where this request comes.
pub fn of_request(request: &HttpRequest) -> Circumstances {
    let browser = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let id = request.extensions().get::<RequestId>().map(ToString::to_string);
    Circumstances {
        network: Place::of_request(request).network(),
        session: request.get_session().get::<String>(session::NAME).ok().flatten().unwrap_or_default(),
        browser: browser.unwrap_or_default().chars().filter(|c| !c.is_control()).take(BROWSER).collect(),
        request: id.unwrap_or_default(),
    }
}

impl FromRequest for Seen {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(of_request(request))))
    }
}
