//! Where a request comes from, for throttling.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;

/// The address of whoever sent the request.
///
/// A proxy on the same machine is believed about the address that it adds at the end of
/// `X-Forwarded-For`; anyone else's header is not, for it could name any address.
pub struct Place(pub Option<IpAddr>);

impl FromRequest for Place {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let peer = req.peer_addr().map(|address| address.ip());
        let behind_proxy = peer.is_some_and(|ip| ip.to_canonical().is_loopback());
        let forwarded = || {
            let header = req.headers().get_all("x-forwarded-for").last()?.to_str().ok()?;
            header.rsplit(',').next()?.trim().parse().ok()
        };
        let place = if behind_proxy { forwarded().or(peer) } else { peer };
        ready(Ok(Self(place)))
    }
}
