//! Whether a call comes from this machine's own programs and pages. The control API has no
//! credentials; this is what keeps web pages that somebody visits meanwhile from calling it, by
//! another name that leads here (DNS rebinding) or straight from their script.

use std::net::IpAddr;

use actix_web::http::header::{self, HeaderMap};

use crate::options::Options;

/// Why a call is not from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Foreign {
    /// It was called by a name that isn't this machine's.
    #[error("The Host header names another machine; --allow-host lets a name in")]
    Host,
    /// A page of another site sent it.
    #[error("A page of another site sent this call")]
    Site,
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default())
}

/// Checks by which name a call was made: any call, for a page can read what comes from its own name.
///
/// # Errors
/// [`Foreign::Host`].
pub fn check_name<'h>(headers: &'h HeaderMap, options: &Options) -> Result<&'h str, Foreign> {
    text(headers, header::HOST).filter(|host| is_ours(host, options)).ok_or(Foreign::Host)
}

/// Checks the headers of a call that takes no credentials.
///
/// # Errors
/// See [`Foreign`].
pub fn check(headers: &HeaderMap, options: &Options) -> Result<(), Foreign> {
    let host = check_name(headers, options)?;
    let text = |name| text(headers, name);
    let site = text(header::HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(Foreign::Site);
    }
    match text(header::ORIGIN) {
        None => Ok(()),
        Some(origin) if origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host)) => {
            Ok(())
        }
        // A page may keep its address to itself; then the browser's own word on the site counts.
        Some("null") if site == Some("same-origin") => Ok(()),
        Some(_) => Err(Foreign::Site),
    }
}

fn is_ours(host: &str, options: &Options) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    if options.allowed_hosts.iter().any(|allowed| allowed.eq_ignore_ascii_case(&name)) {
        return true;
    }
    match name.parse::<IpAddr>() {
        // An address leads where it says; only names can be made to lead elsewhere.
        Ok(address) => address.is_loopback() || address == options.host || options.host.is_unspecified(),
        Err(_) => name == "localhost" || name.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn checked(headers: &[(&str, &str)]) -> Result<(), Foreign> {
        let mut request = TestRequest::default();
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        check(request.to_http_request().headers(), &Options::default())
    }

    #[test]
    fn names_of_this_machine_are_ours() {
        for host in ["localhost", "localhost:8090", "127.0.0.1:8090", "[::1]:8090", "lever.localhost"] {
            assert_eq!(checked(&[("host", host)]), Ok(()), "{host}");
        }
        for host in ["evil.example", "127.0.0.1.evil.example:80", "192.0.2.1", "localhost.evil.example", ""] {
            assert_eq!(checked(&[("host", host)]), Err(Foreign::Host), "{host}");
        }
        assert_eq!(checked(&[]), Err(Foreign::Host));
    }

    #[test]
    fn pages_of_other_sites_are_not() {
        let host = ("host", "127.0.0.1:8090");
        assert_eq!(checked(&[host, ("origin", "http://127.0.0.1:8090")]), Ok(()));
        for origin in ["https://evil.example", "http://127.0.0.1:3000", "null"] {
            assert_eq!(checked(&[host, ("origin", origin)]), Err(Foreign::Site), "{origin}");
        }
        for site in ["cross-site", "same-site"] {
            assert_eq!(checked(&[host, ("sec-fetch-site", site)]), Err(Foreign::Site), "{site}");
        }
        assert_eq!(checked(&[host, ("sec-fetch-site", "same-origin"), ("origin", "null")]), Ok(()));
    }
}
