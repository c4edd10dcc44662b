//! Whether the way to PostgreSQL is encrypted, as far as its address says.

/// Whether what goes to the server and back may travel unencrypted past other machines, and nobody said that it may.
/// libpq's own default takes a server at its word that it has no TLS.
pub(super) fn is_open_to_others(url: &str) -> bool {
    is_open(url, |name| std::env::var(name).ok())
}

/// The same with these variables of libpq, which stand in for what the address leaves out.
fn is_open(url: &str, variable: impl Fn(&str) -> Option<String>) -> bool {
    let (before, query) = url.split_once('?').unwrap_or((url, ""));
    let of = |name: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .last()
    };
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    // What a service's file says is not known here, and comes before the other variables.
    let is_elsewhere = of("service").is_some() || variable("PGSERVICE").is_some();
    let mode = of("sslmode").or_else(|| variable("PGSSLMODE").filter(|_| !is_elsewhere));
    if matches!(mode.as_deref(), Some("require" | "verify-ca" | "verify-full" | "disable")) {
        return false;
    }
    if is_elsewhere {
        return true;
    }
    // A name in the query wins, as it does for libpq; no name, or a path, is a socket of this machine.
    let authority =
        before.split_once("://").map_or("", |(_, rest)| rest).split('/').next().unwrap_or_default();
    let hosts = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    let named = hosts.split(',').any(|host| !host.is_empty() && !host.starts_with(':'));
    let hosts = of("host").or_else(|| named.then(|| hosts.to_owned())).or_else(|| variable("PGHOST"));
    // An address leads there, whatever the name.
    let addresses = of("hostaddr").or_else(|| variable("PGHOSTADDR"));
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
    let all_here = |list: &Option<String>| list.as_deref().is_none_or(|list| list.split(',').all(is_here));
    match addresses.as_deref() {
        Some(list) if list.split(',').all(|address| !address.is_empty()) => !all_here(&addresses),
        _ => !all_here(&addresses) || !all_here(&hosts),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_open, is_open_to_others};

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
    #[test]
    fn libpqs_own_variables_lead_elsewhere_as_well() {
        for (url, name, value, expected) in [
            ("postgres:///alva", "PGHOST", "10.77.1.1", true),
            ("postgres://:5433/alva", "PGHOST", "db.example", true),
            ("postgres:///alva", "PGHOST", "/var/run/postgresql", false),
            ("postgres:///alva", "PGHOST", "127.0.0.1", false),
            ("postgres:///alva", "PGHOST", "", false),
            ("postgres://localhost/alva", "PGHOST", "10.77.1.1", false),
            ("postgres:///alva?host=/tmp", "PGHOST", "10.77.1.1", false),
            ("postgres://localhost/alva", "PGHOSTADDR", "10.77.1.1", true),
            ("postgres:///alva", "PGHOSTADDR", "127.0.0.1", false),
            ("postgres://localhost/alva?hostaddr=127.0.0.1", "PGHOSTADDR", "10.77.1.1", false),
            ("postgres://db.example/alva?hostaddr=127.0.0.1", "PGHOST", "10.77.1.1", false),
            ("postgres://localhost,db.example/alva?hostaddr=127.0.0.1,", "PGHOST", "", true),
            ("postgres://localhost/alva", "PGSERVICE", "there", true),
            ("postgres:///alva?service=there", "PGHOST", "", true),
            ("postgres:///alva?service=there", "PGSSLMODE", "require", true),
            ("postgres:///alva?service=there&sslmode=verify-full", "PGHOST", "", false),
            ("postgres:///alva?service=there&sslmode=disable", "PGHOST", "", false),
            ("postgres://db.example/alva", "PGSSLMODE", "require", false),
            ("postgres://db.example/alva", "PGSSLMODE", "prefer", true),
        ] {
            let variable = |asked: &str| (asked == name).then(|| value.to_owned());
            assert_eq!(is_open(url, variable), expected, "{url} {name}={value}");
        }
    }
}
