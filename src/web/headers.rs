//! The headers of every answer.

use actix_web::http::header;
use actix_web::middleware::DefaultHeaders;
use url::Url;

/// Nothing inline, nothing from elsewhere, no framing. Forms go to the portal; the one that grants
/// access is redirected to Lever, which browsers hold against `form-action`, so Lever's sign-in
/// hosts are named.
pub fn security_headers<'u>(lever: impl IntoIterator<Item = &'u Url>, https: bool) -> DefaultHeaders {
    let hosts: String = lever.into_iter().map(form_target).collect();
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'{hosts}; base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = DefaultHeaders::new()
        .add((header::CONTENT_SECURITY_POLICY, policy))
        .add((header::X_FRAME_OPTIONS, "DENY"))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        .add((header::CACHE_CONTROL, "no-store"));
    if https {
        headers.add((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"))
    } else {
        headers
    }
}

/// Where a redirected form may end up: Lever's sign-in may send people on to another of its hosts.
fn form_target(url: &Url) -> String {
    let is_lever = url.host_str().is_some_and(|host| host.ends_with(".lever.co"));
    let family = if is_lever { " https://*.lever.co" } else { "" };
    format!(" {}{family}", url.origin().ascii_serialization())
}
