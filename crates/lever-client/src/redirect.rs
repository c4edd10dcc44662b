//! Redirects, followed by hand: with method, body and `Authorization` kept, and only to where Lever is.
//!
//! Lever documents 301 for accounts of another data centre. HTTP clients turn a POST that meets a 301
//! into a GET and drop `Authorization` between hosts, so none of that is left to them.

use reqwest::{
    Method, StatusCode, Url,
    header::{HeaderMap, LOCATION},
};
use url::Host;

/// How many redirects one call follows.
pub(crate) const LIMIT: usize = 3;

/// Lever's own domain, and the sign-in service of its sandbox.
const LEVER: &str = "lever.co";
const SANDBOX_SIGN_IN: &str = "sandbox-lever.auth0.com";

/// What a redirect means for a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// The same call, to this address.
    Follow(Url),
    /// Not followed; why, in plain words that name the host alone.
    Left(String),
}

/// What to do about an answer; none when it is no redirect. `configured` is the address that the
/// call was first meant for, `from` the one that answered.
pub(crate) fn of_answer(
    method: &Method,
    configured: &Url,
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Option<Redirect> {
    if !status.is_redirection() {
        return None;
    }
    let code = status.as_u16();
    let keeps_method = matches!(code, 301 | 307 | 308);
    let becomes_get = matches!(code, 302 | 303) && method == Method::GET;
    if !keeps_method && !becomes_get {
        return Some(Redirect::Left(format!("HTTP {code}, which is not followed")));
    }
    let location = headers.get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    // An empty address would mean the same one again.
    let location = location.map(str::trim).filter(|text| !text.is_empty());
    let Some(to) = location.and_then(|text| from.join(text).ok()) else {
        return Some(Redirect::Left(format!("HTTP {code} without an address to go to")));
    };
    Some(match refusal(configured, from, &to) {
        None => Redirect::Follow(to),
        Some(why) => {
            let host = to.host_str().unwrap_or("nowhere");
            Redirect::Left(format!("HTTP {code} to {host}, which is not followed: {why}"))
        }
    })
}

/// Why a call must not go from `from` on to `to`, since it carries a token.
fn refusal(configured: &Url, from: &Url, to: &Url) -> Option<&'static str> {
    let safe = match to.scheme() {
        "https" => true,
        "http" => is_loopback(from) && is_loopback(to),
        _ => false,
    };
    if !safe {
        return Some("only https is");
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Some("it holds a user name");
    }
    let Some(host) = to.host_str() else {
        return Some("it has no host");
    };
    let own = configured.host_str().is_some_and(|own| is_within(host, own));
    let between_loopbacks = is_loopback(configured) && is_loopback(to);
    if own || between_loopbacks || is_within(host, LEVER) || host == SANDBOX_SIGN_IN {
        return None;
    }
    Some("it is not Lever's")
}

/// Whether `host` is `domain` or below it. An address of numbers is only itself.
fn is_within(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.');
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Whether the address is this machine's own.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::redirect::*;

    fn from_to(method: Method, from: &str, status: u16, to: &str) -> Option<Redirect> {
        let (from, mut headers) = (Url::parse(from).unwrap(), HeaderMap::new());
        headers.insert(LOCATION, to.parse().unwrap());
        of_answer(&method, &from, &from, StatusCode::from_u16(status).unwrap(), &headers)
    }

    fn follows(from: &str, to: &str) -> bool {
        matches!(from_to(Method::POST, from, 307, to), Some(Redirect::Follow(_)))
    }

    const API: &str = "https://api.lever.co/v1/stages?limit=100";

    #[test]
    fn the_method_decides_with_the_status() {
        for status in 300..400 {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let expected = match status {
                    301 | 307 | 308 => true,
                    302 | 303 => method == Method::GET,
                    _ => false,
                };
                let answer = from_to(method.clone(), API, status, "https://api.eu.lever.co/v1/stages");
                assert_eq!(matches!(answer, Some(Redirect::Follow(_))), expected, "{method} {status}");
            }
        }
        for status in [200, 204, 400, 404, 500] {
            assert_eq!(from_to(Method::GET, API, status, "https://api.eu.lever.co/"), None);
        }
    }

    #[test]
    fn only_within_levers_domains_or_the_configured_one() {
        for to in [
            "https://api.eu.lever.co/v1/stages",
            "https://api-eu.lever.co/v1/stages",
            "https://lever.co/x",
            "/v1/other",
            "//api.eu.lever.co/v1",
            "https://sandbox-lever.auth0.com/oauth/token",
        ] {
            assert!(follows(API, to), "{to}");
        }
        for to in [
            "https://lever.co.evil.test/",
            "https://evillever.co/",
            "https://evil.test/?lever.co",
            "https://api.lever.co@evil.test/",
            "https://user:secret@api.eu.lever.co/",
            "https://other.auth0.com/oauth/token",
            "http://api.eu.lever.co/v1/stages",
            "http://127.0.0.1:4000/v1",
            "ftp://api.lever.co/",
            "javascript:alert(1)",
            "https://",
            "",
        ] {
            assert!(!follows(API, to), "{to}");
        }
        let own = "https://lever.partner.test/v1/stages";
        assert!(follows(own, "https://eu.lever.partner.test/v1/stages"));
        assert!(follows(own, "https://lever.partner.test:8443/v1/stages"));
        assert!(!follows(own, "https://partner.test/v1/stages"));
        assert!(!follows(own, "http://lever.partner.test/v1/stages"));
        let numbers = "https://10.0.0.1/v1";
        assert!(follows(numbers, "https://10.0.0.1:444/v1"));
        assert!(!follows(numbers, "https://110.0.0.1/v1"));
    }

    #[test]
    fn plain_http_goes_from_loopback_to_loopback() {
        let local = "http://127.0.0.1:4000/v1/stages";
        assert!(follows(local, "http://localhost:4001/v1/stages"));
        assert!(follows(local, "http://[::1]:4001/v1/stages"));
        assert!(!follows(local, "http://10.0.0.1/v1/stages"));
        assert!(!follows(local, "http://api.lever.co/v1/stages"));
    }

    #[test]
    fn what_is_left_names_the_host_and_nothing_more() {
        let Some(Redirect::Left(why)) = from_to(Method::GET, API, 301, "https://evil.test/?key=s3cret")
        else {
            panic!("must not be followed");
        };
        assert_eq!(why, "HTTP 301 to evil.test, which is not followed: it is not Lever's");
    }
}
