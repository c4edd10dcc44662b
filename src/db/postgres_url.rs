//! What of a PostgreSQL URL must not reach libpq, which repeats what it cannot read.

/// Whether libpq could not read a URL: it would repeat what it does not understand, and that may be a password with a
/// letter that ends it in a URL, so that the rest looks like a host, a port or a parameter.
pub(super) fn is_unreadable(url: &str) -> bool {
    if !url.bytes().all(|b| b.is_ascii_graphic() || !b.is_ascii()) || url.contains("%00") {
        return true;
    }
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let is_parameter = |pair: &str| {
        pair.split_once('=').is_some_and(|(name, value)| {
            let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            is_name && !value.contains(['=', '@'])
        })
    };
    if !query.is_empty() && !query.split('&').all(is_parameter) {
        return true;
    }
    let authority =
        before.split_once("//").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let has_port = |host: &str| {
        let behind = host.rsplit_once(']').map_or(host, |(_, behind)| behind);
        behind.split_once(':').is_none_or(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
    };
    !hosts.split(',').all(has_port) || has_unescaped_password(url)
}

/// Whether a password seems to hold a letter that ends it in a URL.
fn has_unescaped_password(url: &str) -> bool {
    let rest = url.split_once("//").map_or("", |(_, rest)| rest);
    let (authority, behind) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let path = behind.split('?').next().unwrap_or_default();
    let is_broken = |(at, _): (usize, &str)| {
        !rest.as_bytes().get(at + 1..at + 3).is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
    };
    path.contains('@') || authority.matches('@').count() > 1 || rest.match_indices('%').any(is_broken)
}

/// How soon a connection that leads nowhere ends by itself, where the URL says nothing else: libpq waits for a server
/// that does not answer without an end, and the system for one that is gone for a quarter of an hour and more.
const LIMITS: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    // Milliseconds.
    ("tcp_user_timeout", "15000"),
];

/// The URL with [`LIMITS`]; those that it has stay.
pub(super) fn with_limits(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let is_given = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let mut whole = url.to_owned();
    for (name, value) in LIMITS.into_iter().filter(|(name, _)| !is_given(name)) {
        let before =
            if whole.contains('?') { if whole.ends_with(['?', '&']) { "" } else { "&" } } else { "?" };
        whole = format!("{whole}{before}{name}={value}");
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::{is_unreadable, with_limits};

    #[test]
    fn a_connection_that_leads_nowhere_ends_unless_the_url_says_otherwise() {
        let rest = "keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=15000";
        for (url, whole) in [
            ("postgres://h/n", format!("postgres://h/n?connect_timeout=5&{rest}")),
            ("postgres://h/n?", format!("postgres://h/n?connect_timeout=5&{rest}")),
            (
                "postgres://h/n?sslmode=disable",
                format!("postgres://h/n?sslmode=disable&connect_timeout=5&{rest}"),
            ),
            ("postgres://h/n?connect_timeout=60", format!("postgres://h/n?connect_timeout=60&{rest}")),
        ] {
            assert_eq!(with_limits(url), whole);
        }
    }

    #[test]
    fn what_libpq_would_repeat_is_refused_first() {
        for wrong in [
            "postgres://alva:se cret@db/alva",
            "postgres://alva:secret%00@db/alva",
            "postgres://alva:sec/ret@db/alva",
            "postgres://alva:sec@ret@db/alva",
            "postgres://alva:sec%ret@db/alva",
            "postgres://alva:sec?ret@db/alva",
            "postgres://alva:sec?r=et@db/alva",
            "postgres://db:secret/alva",
            "postgres://db/alva?password=se cret",
            "postgres://db/alva?passwordsecret",
            "postgres://db/alva?password=sec=ret",
            "postgres://db/alva?SECRET=1",
            "postgres://db/alva?sslpassword=se\tcret",
        ] {
            assert!(is_unreadable(wrong), "{wrong}");
        }
        for right in [
            "postgres:///alva",
            "postgres://alva@/alva?host=/var/run/postgresql",
            "postgres://alva:s%20e%23c@db.example:5433/alva?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgres://a:b@one:5432,[::1]:5433/alva?target_session_attrs=read-write",
            "postgres://alva:sec#ret!@db/alva",
            "postgres://%2Fvar%2Frun%2Fpostgresql/alva",
            "postgresql://\u{e5}sa:pw@db/alva",
        ] {
            assert!(!is_unreadable(right), "{right}");
        }
    }
}
