//! Where a request comes from, for throttling.

use crate::state::AppState;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;

/// The address that sent the request, as far as trusted proxies tell
/// ([`crate::config::TrustedProxies`]); anyone else's header could name any address.
pub struct Place(pub Option<IpAddr>);

impl FromRequest for Place {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = req.headers().get_all("x-forwarded-for").filter_map(|header| header.to_str().ok());
        let forwarded: Vec<&str> = headers.flat_map(|header| header.split(',')).collect();
        let proxies = req.app_data::<Data<AppState>>().map(|app| &app.trusted_proxies);
        let place = req.peer_addr().map(|peer| match proxies {
            Some(proxies) => proxies.client(peer.ip(), &forwarded),
            None => peer.ip(),
        });
        ready(Ok(Self(place)))
    }
}
