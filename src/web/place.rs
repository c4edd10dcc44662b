//! Where a request comes from, for throttling.

use crate::state::AppState;
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address that sent the request, as far as trusted proxies tell
/// ([`crate::config::TrustedProxies`]); anyone else's header could name any address. `None`: nobody knows, and
/// all who come like that are one sender.
pub struct Place(pub Option<IpAddr>);

/// By which proxies say where a request comes from, and which are not read.
const OTHER_HEADERS: [&str; 2] = ["forwarded", "x-real-ip"];

impl Place {
    /// Where this request comes from.
    pub fn of_request(req: &HttpRequest) -> Self {
        let headers =
            req.headers().get_all("x-forwarded-for").map(|header| header.to_str().unwrap_or_default());
        let forwarded: Vec<&str> = headers.flat_map(|header| header.split(',')).collect();
        let proxies = req.app_data::<Data<AppState>>().map(|app| &app.trusted_proxies);
        // A proxy that says it in another header only (RFC 7239, nginx's) must not be taken for the sender.
        let says_otherwise = || OTHER_HEADERS.iter().any(|name| req.headers().contains_key(*name));
        Self(req.peer_addr().and_then(|peer| match proxies {
            Some(proxies) if proxies.trusts(peer.ip()) && forwarded.is_empty() && says_otherwise() => None,
            Some(proxies) => proxies.client(peer.ip(), &forwarded),
            None => Some(peer.ip()),
        }))
    }

    /// The network that the address is in, as one sender's: `192.0.2.0/24`, `2001:db8:1::/48`; empty when unknown.
    pub fn network(&self) -> String {
        match self.0.map(|address| address.to_canonical()) {
            None => String::new(),
            Some(IpAddr::V4(v4)) => format!("{}/24", Ipv4Addr::from_bits(v4.to_bits() & !0xff)),
            Some(IpAddr::V6(v6)) => {
                format!("{}/48", Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 48)))
            }
        }
    }
}

impl FromRequest for Place {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of_request(req)))
    }
}
