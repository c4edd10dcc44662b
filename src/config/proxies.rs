//! Which proxies are believed about where a request came from.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Networks of proxies whose `X-Forwarded-For` counts. This machine's own always does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address with the number of its leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// Not a list of networks of proxies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotANetwork {
    /// Neither address nor network.
    #[error("{0:?} is no address and no network such as 10.0.0.0/8")]
    Unreadable(String),
    /// So large that strangers are in it.
    #[error(
        "{0:?} is too large: everybody in it could name any network as their own. The largest is /8, for IPv6 /16"
    )]
    TooLarge(String),
}

impl FromStr for TrustedProxies {
    type Err = NotANetwork;

    /// Addresses and networks, separated by commas or spaces: `10.0.0.0/8, 2001:db8::1`.
    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let parts = text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty());
        let read = |part: &str| match Network::parse(part) {
            None => Err(NotANetwork::Unreadable(part.to_owned())),
            Some(network) if network.is_too_large() => Err(NotANetwork::TooLarge(part.to_owned())),
            Some(network) => Ok(network),
        };
        parts.map(read).collect::<Result<_, _>>().map(Self)
    }
}

impl fmt::Display for TrustedProxies {
    /// Who is believed, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("those on this machine")?;
        self.0.iter().try_for_each(|Network { address, bits }| write!(f, ", {address}/{bits}"))
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(all);
        let network = (bits <= all).then_some(Self { address, bits })?;
        // An IPv4 network as IPv6 writes it: senders are compared by their IPv4 address.
        Some(match (address.to_canonical(), bits.checked_sub(96)) {
            (v4 @ IpAddr::V4(_), Some(bits)) if address.is_ipv6() => Self { address: v4, bits },
            _ => network,
        })
    }

    /// No proxies of one operator fill as much, but for unique local addresses (RFC 4193), which are nobody's outside.
    fn is_too_large(self) -> bool {
        let is_local = matches!(self.address, IpAddr::V6(v6) if v6.is_unique_local());
        self.bits < if self.address.is_ipv4() || is_local { 8 } else { 16 }
    }

    fn holds(self, address: IpAddr) -> bool {
        fn same(one: u128, other: u128, width: u8, bits: u8) -> bool {
            bits == 0 || (one ^ other) >> (width - bits) == 0
        }
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                same(own.to_bits().into(), other.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => same(own.to_bits(), other.to_bits(), 128, self.bits),
            _ => false,
        }
    }
}

impl TrustedProxies {
    /// Whether a proxy at this address is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        address.to_canonical().is_loopback() || self.0.iter().any(|network| network.holds(address))
    }

    /// Where a request came from: `peer` is who connected, `forwarded` the entries of `X-Forwarded-For`
    /// in their order. Each trusted proxy is believed about the one entry that it added; anybody can
    /// have written what stands before that. `None` where a trusted proxy does not say it in a way that can be read:
    /// the proxy's own address would be taken for the sender's.
    pub fn client(&self, peer: IpAddr, forwarded: &[&str]) -> Option<IpAddr> {
        let mut client = peer;
        for entry in forwarded.iter().rev() {
            if !self.trusts(client) {
                break;
            }
            client = address(entry.trim())?;
        }
        Some(client)
    }
}

/// An entry of `X-Forwarded-For`: an address, with a port where the proxy adds it.
fn address(entry: &str) -> Option<IpAddr> {
    let with_port = || entry.parse().map(|at: SocketAddr| at.ip());
    let bare = || entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))?.parse().ok();
    entry.parse().or_else(|_| with_port()).ok().or_else(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn each_trusted_proxy_is_believed_about_one_entry() {
        let proxies: TrustedProxies =
            "10.0.0.0/8, 2001:db8:5::/48, ::ffff:172.20.0.0/108, fd00::/8".parse().expect("a list");
        let table = [
            // Nobody between.
            ("203.0.113.9", vec![], "203.0.113.9"),
            // A stranger's header.
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            // A proxy on this machine, without being named.
            ("127.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            // A container's proxy.
            ("10.1.2.3", vec!["198.51.100.1"], "198.51.100.1"),
            ("::ffff:10.1.2.3", vec!["198.51.100.1"], "198.51.100.1"),
            ("172.20.1.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("fd12::1", vec!["198.51.100.1"], "198.51.100.1"),
            // Two of them; what the client wrote itself does not count.
            ("10.1.2.3", vec!["8.8.8.8", "198.51.100.1", "10.9.9.9"], "198.51.100.1"),
            ("2001:db8:5::1", vec!["2001:db8:6::1"], "2001:db8:6::1"),
            ("2001:db8:6::1", vec!["8.8.8.8"], "2001:db8:6::1"),
            // With the port, as some proxies write it.
            ("10.1.2.3", vec!["8.8.8.8", "198.51.100.1:5555"], "198.51.100.1"),
            ("10.1.2.3", vec!["[2001:db8::1]:44"], "2001:db8::1"),
            ("10.1.2.3", vec!["[2001:db8::1]"], "2001:db8::1"),
            ("203.0.113.9", vec!["unknown"], "203.0.113.9"),
        ];
        for (peer, forwarded, client) in table {
            assert_eq!(proxies.client(ip(peer), &forwarded), Some(ip(client)), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn who_is_named_unreadably_is_nobody() {
        let proxies: TrustedProxies = "10.0.0.0/8".parse().expect("a list");
        for entry in
            ["unknown", "_hidden", "", "198.51.100.1:", "198.51.100.1:99999", "[2001:db8::1", "2001:db8::1]"]
        {
            for peer in ["10.1.2.3", "127.0.0.1"] {
                assert_eq!(proxies.client(ip(peer), &["8.8.8.8", entry]), None, "{peer} {entry}");
            }
        }
    }

    #[test]
    fn a_network_with_strangers_in_it_is_refused() {
        for wrong in ["0.0.0.0/0", "::/0", "10.0.0.1, 128.0.0.0/1", "10.0.0.0/7", "2000::/15"] {
            assert!(matches!(wrong.parse::<TrustedProxies>(), Err(NotANetwork::TooLarge(_))), "{wrong}");
        }
        assert!("10.0.0.0/8, 2001::/16".parse::<TrustedProxies>().is_ok());
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["10.0.0.0/33", "ten", "10.0.0.0/x", "::/129"] {
            assert!(wrong.parse::<TrustedProxies>().is_err(), "{wrong}");
        }
        assert_eq!("".parse(), Ok(TrustedProxies::default()));
    }
}
