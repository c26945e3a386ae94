"""Which network addresses a tool server may have: public ones over TLS, private ones only where that is configured."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

EVERY_NETWORK: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

# Where clouds answer machines' questions about themselves and hand out their credentials; none is a tool server.
_METADATA: tuple[Network, ...] = (
    IPv4Network("168.63.129.16/32"),
    IPv4Network("100.100.100.200/32"),
    IPv4Network("192.0.0.192/32"),
    IPv6Network("fd00:ec2::254/128"),
)
_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")
_FIRST_HOST = 1 << 16
"""Below are `::` and `::1`, and nothing that embeds an address."""


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the networks in a comma-separated list such as `10.2.0.0/16, fd12::/48`.

    Raises:
        ValueError: one of them is not a network.

    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def refusal(address: Address, private_networks: Iterable[Network], *, encrypted: bool) -> str | None:
    """Return why a connection to `address` is not made; None when it may be.

    `private_networks` are the ranges tool servers of our own may live in: only there is an address that is not public
    reached, and only there without TLS.
    """
    real = _unwrapped(address)
    if real.is_link_local or real.is_multicast or real.is_unspecified or _within(real, _METADATA):
        return "no tool server can have this address"
    if _within(real, private_networks):
        return None
    if not real.is_global:
        return "the address is not public"
    return None if encrypted else "a public address is only reached over https"


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _unwrapped(address: Address) -> Address:
    """Return the IPv4 address an IPv6 one stands for: a rule for the one must not be passed in the other's clothes."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo
    embedded = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    if embedded is None and (address in _NAT64 or (address in _V4_COMPATIBLE and int(address) >= _FIRST_HOST)):
        embedded = IPv4Address(int(address) & 0xFFFFFFFF)
    return embedded or address
