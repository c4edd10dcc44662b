#![allow(clippy::unwrap_used)]
use crate::http::*;

fn wait(value: &str) -> Option<Duration> {
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, value.parse().unwrap());
    retry_after(&headers)
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    assert_eq!(wait("7"), Some(Duration::from_secs(7)));
    assert_eq!(wait(" 0 "), Some(Duration::ZERO));
    assert_eq!(wait("99999999999"), Some(LONGEST_RETRY_AFTER));
    assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
    assert_eq!(wait("Thu, 31 Dec 2099 23:59:59 GMT"), Some(LONGEST_RETRY_AFTER));
    assert_eq!(wait("soon"), None);
    assert_eq!(wait("-1"), None);
    assert_eq!(retry_after(&HeaderMap::new()), None);
}

#[test]
fn an_excerpt_is_bounded_and_whole_characters() {
    assert_eq!(excerpt(b"short", 10), "short");
    assert_eq!(excerpt(b"0123456789", 10), "0123456789");
    assert_eq!(excerpt(b"0123456789a", 10), "0123456789…");
    assert_eq!(excerpt("aé".repeat(9).as_bytes(), 8), "aéaéa…");
    assert_eq!(excerpt(b"a\0\xff", 10), "a\u{fffd}\u{fffd}");
    assert_eq!(excerpt(b"", 0), "");
}

#[test]
fn a_secret_that_comes_back_is_not_shown() {
    assert_eq!(without("token abcdefgh is bad", &["abcdefgh"]), "token (not shown) is bad");
    assert_eq!(without("a cat", &["a", ""]), "a cat");
}

#[test]
fn extra_roots_must_be_certificates() {
    let with = |roots: &[u8]| {
        Settings { extra_roots: roots.to_vec(), ..Settings::new(Duration::from_secs(1)) }.client()
    };
    assert!(with(b"").is_ok());
    assert!(with(include_bytes!("../../tests/tls/authority.pem")).is_ok());
    assert!(matches!(with(b"words"), Err(HttpError::NoRoots)));
    let bad = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(with(bad).is_err());
}

#[test]
fn each_fault_of_a_certificate_has_its_own_remedy() {
    for (fault, remedy) in [
        ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "CA:FALSE"),
        ("invalid peer certificate: certificate expired: verification time 1", "renew it"),
        ("SSL error: certificate verify failed: certificate has expired", "renew it"),
        ("invalid peer certificate: certificate not valid yet: verification time 1", "clocks"),
        ("invalid peer certificate: certificate not valid for name \"a\"", "another name"),
        ("invalid peer certificate: NotValidForName", "another name"),
        ("server certificate for \"a\" does not match host name \"b\"", "another name"),
        ("invalid peer certificate: Revoked", "revoked"),
        ("invalid peer certificate: UnknownIssuer", "name that authority's file in EXTRA_CA_FILE"),
        ("SSL error: certificate verify failed", "name that authority's file in EXTRA_CA_FILE"),
    ] {
        let said = certificate_remedy(fault);
        assert!(said.contains(remedy), "{fault}: {said}");
    }
}
