"""Which addresses of the network are public, whatever they are written as."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NAT64 = ip_network("64:ff9b::/96")
"""Addresses that carry one of version 4 in their last 32 bits (RFC 6052)."""
UNICAST = ip_network("2000::/3")
"""All of version 6 that is given out to the public (RFC 4291, 2.4)."""

THIS_NETWORK = ip_network("0.0.0.0/8")
"""This host on this network (RFC 1122, 3.2.1.3): many systems take it for the loopback."""


def is_allowed(address: Address, inside: Sequence[Network] = ()) -> bool:
    """Tell whether an address may be asked: a public one, or one of the networks `inside`.

    One that stands for another is judged as the other.
    """
    meant = _meant(address)
    if any(meant.version == network.version and meant in network for network in inside):
        return True
    is_given_out = meant.version == 4 or meant in UNICAST
    return meant.is_global and not meant.is_multicast and is_given_out


def is_own(address: Address) -> bool:
    """Tell whether an address leads to this computer, to its link or nowhere in particular.

    Link-local ones serve the secrets of cloud machines (169.254.169.254; RFC 3927, RFC 4291).
    """
    meant = _meant(address)
    is_here = meant.is_loopback or meant.is_link_local or meant.is_unspecified
    return is_here or meant.is_multicast or (meant.version == 4 and meant in THIS_NETWORK)


def _meant(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
