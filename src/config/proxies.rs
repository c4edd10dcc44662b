//! Which proxies are believed about where a request came from.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Networks of proxies whose `X-Forwarded-For` counts. This machine's own does, unless nobody is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Vec<Network>,
    /// So many proxies stand one behind the other, the last of them trusted: without it, each has to be.
    hops: Option<usize>,
    /// What stands on this machine hands on what it gets, and writes no header of its own.
    is_nobody: bool,
}

/// Proxies one behind the other, at most.
const MOST_HOPS: usize = 10;

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
    #[error("{0:?} is not an address or a network such as 10.0.0.0/8")]
    Unreadable(String),
    /// So large that strangers are in it.
    #[error(
        "{0:?} is too large: everyone in it could claim any network as their own. The largest allowed is /8, \
         or /16 for IPv6"
    )]
    TooLarge(String),
    /// `none` beside others.
    #[error("\"none\" means that no proxy is trusted, so it cannot be combined with anything")]
    NoneAndOthers,
    /// A number of proxies that cannot be.
    #[error("{0:?} is not a number of proxies: use hops:1 to hops:10")]
    Hops(String),
}

impl FromStr for TrustedProxies {
    type Err = NotANetwork;

    /// Addresses and networks, separated by commas or spaces: `10.0.0.0/8, 2001:db8::1`. `hops:2` among them: two proxies
    /// stand one behind the other. `none` alone: nobody is believed.
    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let parts: Vec<&str> =
            text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.contains(&"none") {
            let is_nobody = parts.len() == 1;
            return is_nobody
                .then(|| Self { is_nobody, ..Self::default() })
                .ok_or(NotANetwork::NoneAndOthers);
        }
        let mut hops = None;
        for part in &parts {
            if let Some(number) = part.strip_prefix("hops:") {
                let number = number.parse().ok().filter(|number| (1..=MOST_HOPS).contains(number));
                hops = Some(number.ok_or_else(|| NotANetwork::Hops((*part).to_owned()))?);
            }
        }
        let read = |part: &str| match Network::parse(part) {
            None => Err(NotANetwork::Unreadable(part.to_owned())),
            Some(network) if network.is_too_large() => Err(NotANetwork::TooLarge(part.to_owned())),
            Some(network) => Ok(network),
        };
        let networks = parts.into_iter().filter(|part| !part.starts_with("hops:")).map(read);
        Ok(Self { networks: networks.collect::<Result<_, _>>()?, hops, is_nobody: false })
    }
}

impl fmt::Display for TrustedProxies {
    /// Who is believed, in words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_nobody {
            return f.write_str("none: each connection is its own sender");
        }
        f.write_str("those on this machine")?;
        self.networks.iter().try_for_each(|Network { address, bits }| write!(f, ", {address}/{bits}"))?;
        match self.hops {
            Some(hops) => write!(f, "; the sender is entry {hops} from the right"),
            None => Ok(()),
        }
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
        !self.is_nobody
            && (address.to_canonical().is_loopback()
                || self.networks.iter().any(|network| network.holds(address)))
    }

    /// Whether nobody is believed: what connects from this machine may be anybody's, handed on.
    pub fn is_nobody(&self) -> bool {
        self.is_nobody
    }

    /// Where a request came from: `peer` is who connected, `forwarded` the entries of `X-Forwarded-For`
    /// in their order. Each trusted proxy is believed about the one entry that it added; anybody can
    /// have written what stands before that. `None` where a trusted proxy does not say it in a way that can be read:
    /// the proxy's own address would be taken for the sender's. Where so many proxies stand one behind the other
    /// (`hops`), as many entries from the right are theirs; with fewer, somebody went around one of them.
    pub fn client(&self, peer: IpAddr, forwarded: &[&str]) -> Option<IpAddr> {
        if let Some(hops) = self.hops.filter(|_| self.trusts(peer) && !forwarded.is_empty()) {
            return address(forwarded[forwarded.len().checked_sub(hops)?].trim());
        }
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
    fn nobody_is_believed_where_something_hands_connections_on() {
        let proxies: TrustedProxies = "none".parse().expect("a list");
        for peer in ["127.0.0.1", "::1", "10.1.2.3", "203.0.113.9"] {
            assert_eq!(proxies.client(ip(peer), &["198.51.100.1"]), Some(ip(peer)), "{peer}");
        }
        assert!(proxies.is_nobody());
        assert_eq!("none, 10.0.0.1".parse::<TrustedProxies>(), Err(NotANetwork::NoneAndOthers));
    }

    #[test]
    fn proxies_one_behind_the_other_are_counted_from_the_right() {
        let proxies: TrustedProxies = "10.0.0.0/8 hops:2".parse().expect("a list");
        let table = [
            // What the client wrote, the client, the first proxy: the second one added that.
            ("10.1.2.3", vec!["8.8.8.8", "198.51.100.1", "203.0.113.7"], Some("198.51.100.1")),
            ("127.0.0.1", vec!["198.51.100.1", "203.0.113.7"], Some("198.51.100.1")),
            // Around the first of them.
            ("10.1.2.3", vec!["198.51.100.1"], None),
            // Not through the second.
            ("203.0.113.7", vec!["8.8.8.8", "198.51.100.1"], Some("203.0.113.7")),
            ("127.0.0.1", vec![], Some("127.0.0.1")),
            ("10.1.2.3", vec!["unknown", "203.0.113.7"], None),
        ];
        for (peer, forwarded, client) in table {
            assert_eq!(proxies.client(ip(peer), &forwarded), client.map(ip), "{peer} {forwarded:?}");
        }
        for wrong in ["hops:0", "hops:11", "hops:", "hops:two", "hops:-1"] {
            assert_eq!(wrong.parse::<TrustedProxies>(), Err(NotANetwork::Hops(wrong.to_owned())));
        }
        assert_eq!(
            proxies.to_string(),
            "those on this machine, 10.0.0.0/8; the sender is entry 2 from the right"
        );
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
