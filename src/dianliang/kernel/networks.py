"""Which addresses of the network are public, whatever they are written as."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NAT64 = ip_network("64:ff9b::/96")
"""Addresses that carry one of version 4 in their last 32 bits (RFC 6052)."""
UNICAST = ip_network("2000::/3")
"""All of version 6 that is given out to the public (RFC 4291, 2.4)."""


def is_allowed(address: Address, inside: Sequence[Network] = ()) -> bool:
    """Tell whether an address may be asked: a public one, or one of the networks `inside`.

    One that stands for another is judged as the other.
    """
    meant = _meant(address)
    if any(meant.version == network.version and meant in network for network in inside):
        return True
    is_given_out = meant.version == 4 or meant in UNICAST
    return meant.is_global and not meant.is_multicast and is_given_out


def _meant(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
