//! A portal at an address of this machine answers to that machine's names alone. So no page of the Internet can, by
//! letting its name lead to 127.0.0.1 (DNS rebinding), read what the demo shows or press its buttons.

use super::place::Place;
use super::refusals::{self, Kind};
use crate::state::AppState;
use actix_web::Error;
use actix_web::HttpResponse;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use std::net::IpAddr;
use url::Url;

/// Whether a host as it stands in an address or a header is this machine: `localhost:8080`, `[::1]`, `127.0.0.1`.
fn is_here(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, _)) => v6,
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse().is_ok_and(|ip: IpAddr| ip.to_canonical().is_loopback())
}

/// Whether an address is one of this machine.
pub fn is_local(base_url: &Url) -> bool {
    base_url.host_str().is_some_and(is_here)
}

/// Lets requests to foreign names go unanswered where the portal is at home on this machine.
///
/// # Errors
/// Those of the service.
pub async fn only_at_home(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_local = request.app_data::<Data<AppState>>().is_some_and(|app| is_local(&app.base_url));
    let named = request
        .uri()
        .authority()
        .map(|authority| authority.as_str())
        .or_else(|| request.headers().get(header::HOST).and_then(|value| value.to_str().ok()));
    // A request without a name (HTTP/1.0) comes from no browser.
    // Supervisors in other containers ask these, and they tell nothing.
    let is_for_all = ["/healthz", "/readyz"].contains(&request.path());
    if is_local && !is_for_all && named.is_some_and(|named| !is_here(named)) {
        refusals::note(Kind::Host, &Place::of_request(request.request()).network());
        let words = "This portal only answers on this machine. Set BASE_URL to the address that people use to reach \
             it.\n";
        let answer =
            HttpResponse::build(StatusCode::MISDIRECTED_REQUEST).content_type("text/plain").body(words);
        return Ok(request.into_response(answer));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_machine_has_its_names() {
        for here in [
            "localhost",
            "localhost:8080",
            "LOCALHOST.",
            "127.0.0.1:1",
            "127.9.9.9",
            "[::1]:8080",
            "a.localhost",
        ] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "[2001:db8::1]",
            "",
            "10.0.0.1",
        ] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
