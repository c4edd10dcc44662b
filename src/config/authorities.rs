//! Authorities of a company's own, which are trusted beside the system's.

use super::error::ConfigError;
use super::value;
use std::path::{Path, PathBuf};

/// Reads the certificates of a file, in PEM.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let pem =
        std::fs::read(path).map_err(|failure| wrong(path, &format!("it cannot be read ({failure})")))?;
    match lever_client::http::authorities(&pem) {
        Ok(_) if !pem.is_empty() => Ok(pem),
        Ok(_) => Err(wrong(path, "it is empty")),
        Err(why) => Err(wrong(path, &why.to_string())),
    }
}

fn wrong(path: &Path, why: &str) -> ConfigError {
    let expected = format!("{why}; it must hold certificates of authorities, from BEGIN to END CERTIFICATE");
    value("EXTRA_CA_FILE", &path.display().to_string(), &expected)
}

/// The URL of a PostgreSQL server with this file as the authority of its certificate, unless the URL names one or
/// asks for no TLS.
pub(super) fn for_postgres(url: String, file: Option<&PathBuf>) -> String {
    let is_tls = url.starts_with("postgres") && url.contains("sslmode=") && !url.contains("sslmode=disable");
    match file {
        Some(file) if is_tls && !url.contains("sslrootcert=") => {
            let file: String =
                url::form_urlencoded::byte_serialize(file.to_string_lossy().as_bytes()).collect();
            format!("{url}&sslrootcert={}", file.replace('+', "%20"))
        }
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_is_told_the_authority_where_it_uses_tls() {
        let file = PathBuf::from("/etc/my ca.pem");
        for (url, expected) in [
            (
                "postgres://h/n?sslmode=verify-full",
                "postgres://h/n?sslmode=verify-full&sslrootcert=%2Fetc%2Fmy%20ca.pem",
            ),
            (
                "postgres://h/n?sslmode=verify-full&sslrootcert=/x",
                "postgres://h/n?sslmode=verify-full&sslrootcert=/x",
            ),
            ("postgres://h/n?sslmode=disable", "postgres://h/n?sslmode=disable"),
            ("postgres://h/n", "postgres://h/n"),
            ("sqlite://x?sslmode=require", "sqlite://x?sslmode=require"),
        ] {
            assert_eq!(for_postgres(url.to_owned(), Some(&file)), expected);
            assert_eq!(for_postgres(url.to_owned(), None), url);
        }
    }
}
