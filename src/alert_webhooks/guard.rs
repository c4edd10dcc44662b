//! Where the portal may post to. An admin chooses the address, and the portal stands inside the
//! operator's network: so it must not be talked into calling what is reachable only from there
//! (server-side request forgery).
//!
//! Only HTTPS, only public addresses, no redirects. A name is resolved when the post is sent, and only
//! the public ones of its addresses are used, so a name that changes its mind gains nothing. A portal
//! that is itself served at localhost is a trial and may post to this machine.

use crate::i18n::portal;
use crate::text_enum;
use lever_client::http::HttpError;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// The longest address that is taken, in bytes.
const LONGEST: usize = 2000;

text_enum! {
    /// What is wrong with an address.
    BadAddress {
        /// There is none.
        Missing => "missing",
        /// It is longer than 2000 characters.
        TooLong => "too_long",
        /// It is no address.
        Unreadable => "unreadable",
        /// It does not begin with https.
        NotHttps => "not_https",
        /// It has a user name or a password.
        Password => "password",
        /// It is inside a private network.
        Private => "private",
    }
}

impl BadAddress {
    /// For people, with what would be right.
    pub fn sentence(self) -> String {
        portal().name("bad-address", self.as_str())
    }
}

/// The client for calls to addresses that admins chose: it follows no redirect and connects to public addresses only.
/// `is_trial`: it may call its own machine. `extra_authorities`, in PEM, are trusted beside the system's; `limit` is
/// how long a whole call may take.
///
/// An IP address in a URL is not resolved, so each address still goes through [`parse`] before it is called.
///
/// # Errors
/// When TLS cannot be set up.
pub fn client(
    is_trial: bool,
    extra_authorities: &[u8],
    limit: Duration,
) -> Result<reqwest::Client, HttpError> {
    // Straight to the receiver: a proxy would resolve the name itself, and its answer is not ours to check.
    Ok(reqwest::Client::builder()
        .user_agent(concat!("alva-portal/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(Public { is_trial }))
        .use_preconfigured_tls(lever_client::http::tls(extra_authorities)?)
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(limit)
        .build()?)
}

/// Reads an address. `is_trial`: the portal is served at
/// localhost.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str, is_trial: bool) -> Result<Url, BadAddress> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadAddress::Missing);
    }
    if text.len() > LONGEST {
        return Err(BadAddress::TooLong);
    }
    let url = Url::parse(text).map_err(|_| BadAddress::Unreadable)?;
    match url.scheme() {
        "https" => {}
        "http" if is_trial && is_local(&url) => {}
        _ => return Err(BadAddress::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(BadAddress::Password);
    }
    let is_private = match url.host() {
        None => return Err(BadAddress::Unreadable),
        Some(Host::Domain(name)) => is_internal_name(name),
        Some(Host::Ipv4(ip)) => !is_public(ip.into()),
        Some(Host::Ipv6(ip)) => !is_public(ip.into()),
    };
    if is_private && !is_trial {
        return Err(BadAddress::Private);
    }
    Ok(url)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Names that no public resolver knows (RFC 6761, RFC 6762, RFC 8375), and names without a dot.
fn is_internal_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let endings = [".localhost", ".local", ".internal", ".home.arpa", ".invalid", ".test", ".lan"];
    !name.contains('.') || endings.iter().any(|ending| name.ends_with(ending))
}

/// Whether an address is one of the public Internet (IANA's special-purpose registries).
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast()
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    // Addresses that stand for an IPv4 address, in each of the ways there are.
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    if a == 0x2002 || (a == 0x64 && b == 0xff9b) {
        return false;
    }
    // Only 2000::/3 is handed out to the public.
    (0x2000..0x4000).contains(&a)
        && !(a == 0x2001 && b < 0x200)
        && !(a == 0x2001 && b == 0xdb8)
        && a != 0x3fff
}

/// Resolves names to their public addresses only.
#[derive(Debug, Clone, Copy)]
struct Public {
    is_trial: bool,
}

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        let is_trial = self.is_trial;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found.filter(|at| is_trial || is_public(at.ip())).collect();
            if usable.is_empty() {
                return Err("the name leads into a private network".into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_in_every_spelling() {
        for wrong in [
            "http://example.com/a",
            "ftp://example.com",
            "https://user:secret@example.com/",
            "https://localhost/a",
            "https://alerts.internal/a",
            "https://intranet/a",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::a00:1]/",
            "not an address",
            "",
        ] {
            assert!(parse(wrong, false).is_err(), "{wrong}");
        }
        for right in
            ["https://example.com/alerts?x=1", "https://93.184.215.14/", "https://[2606:4700::1111]/"]
        {
            assert!(parse(right, false).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_trial_may_post_to_its_own_machine() {
        assert!(parse("http://127.0.0.1:4000/hook", true).is_ok());
        assert!(parse("http://localhost:4000/hook", true).is_ok());
        assert!(parse("http://example.com/hook", true).is_err());
    }
}
