//! Which addresses are public (IANA's registries of special-purpose addresses), and a resolver that knows no others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A name that leads to private addresses only.
#[derive(Debug, thiserror::Error)]
#[error("{0} resolves to private addresses only")]
pub struct PrivateOnly(pub String);

/// Resolves names to public addresses. What is connected to is what was looked at: a name that resolves to something
/// else a moment later gains nothing.
#[derive(Debug, Clone, Copy)]
pub struct PublicOnly {
    /// All addresses are good.
    pub allow_private: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good: Vec<SocketAddr> =
                found.filter(|found| allow_private || is_public(found.ip())).collect();
            if good.is_empty() {
                return Err(PrivateOnly(name.as_str().to_owned()).into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared address space, RFC 6598
        || (a == 192 && b == 0 && c == 0) // IETF protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (18..20).contains(&b)); // benchmarking, RFC 2544
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = inner_v4(address) {
        return is_public_v4(v4);
    }
    let first = address.segments()[0];
    // global unicast is 2000::/3; documentation and the IETF's own assignments stand inside it
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && address.segments()[1] < 0x200)
        && !(first == 0x2001 && address.segments()[1] == 0x0db8)
        && !(first == 0x3fff && address.segments()[1] < 0x1000)
}

/// The IPv4 address that an IPv6 address only wraps: mapped, NAT64, 6to4.
fn inner_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if let Some(mapped) = address.to_ipv4_mapped() {
        return Some(mapped);
    }
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[track_caller]
    fn check(address: &str, public: bool) {
        assert_eq!(is_public(address.parse().expect("an address")), public, "{address}");
    }

    #[test]
    fn private_networks_are_not_public() {
        for public in
            ["8.8.8.8", "100.63.0.1", "172.32.0.1", "192.167.1.1", "2a00:1450::1", "64:ff9b::808:808"]
        {
            check(public, true);
        }
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            check(private, false);
        }
    }
}
