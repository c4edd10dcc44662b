//! Whether the way to PostgreSQL is encrypted, as far as its address says.

/// Whether what goes to the server and back may travel unencrypted past other machines, and nobody said that it may.
/// libpq's own default takes a server at its word that it has no TLS.
pub(super) fn is_open_to_others(url: &str) -> bool {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let of = |name: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .last()
    };
    let mode = of("sslmode").or_else(|| std::env::var("PGSSLMODE").ok());
    if matches!(mode.as_deref(), Some("require" | "verify-ca" | "verify-full" | "disable")) {
        return false;
    }
    // A name in the query wins, as it does for libpq; no name, or a path, is a socket of this machine.
    let authority =
        before.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts).to_owned();
    let hosts = of("hostaddr").or_else(|| of("host")).unwrap_or(hosts);
    let is_here = |host: &str| {
        let bare = match host.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((v6, _)) => v6,
            None => host.split(':').next().unwrap_or_default(),
        };
        let is_socket = host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
        let is_loopback = |ip: std::net::IpAddr| ip.to_canonical().is_loopback();
        if let Ok(ip) = host.parse() {
            return is_loopback(ip);
        }
        bare.is_empty() || is_socket || bare == "localhost" || bare.parse().is_ok_and(is_loopback)
    };
    !hosts.split(',').all(is_here)
}

#[cfg(test)]
mod tests {
    use super::is_open_to_others;

    #[test]
    fn a_server_elsewhere_takes_a_word_about_encryption() {
        for (url, is_open) in [
            ("postgres://db.example/alva", true),
            ("postgres://user:pw@10.1.2.3:5433/alva?sslmode=prefer", true),
            ("postgres://[2001:db8::1]/alva?sslmode=allow", true),
            ("postgres://localhost/alva?host=db.example", true),
            ("postgres://localhost,db.example/alva", true),
            ("postgres://db.example/alva?sslmode=disable", false),
            ("postgres://db.example/alva?sslmode=verify-full", false),
            ("postgres://db.example/alva?sslmode=require", false),
            ("postgres://localhost/alva", false),
            ("postgres://127.0.0.1:5433/alva", false),
            ("postgres://[::1]/alva", false),
            ("postgres:///alva", false),
            ("postgres://%2Fvar%2Frun%2Fpostgresql/alva", false),
            ("postgres://user@/alva?host=/var/run/postgresql", false),
        ] {
            assert_eq!(is_open_to_others(url), is_open, "{url}");
        }
    }
}
