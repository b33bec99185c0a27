"""Which addresses of the network may be asked: public ones, and those the operator allows."""

import socket
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NAT64 = ip_network("64:ff9b::/96")
"""Addresses that carry one of version 4 in their last 32 bits (RFC 6052)."""
UNICAST = ip_network("2000::/3")
"""All of version 6 that is given out to the public (RFC 4291, 2.4)."""


def resolved(host: str, port: int) -> tuple[Address, ...]:
    """Return the addresses that a name has.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(ip_address(str(entry[4][0]).split("%")[0]) for entry in found))


def is_allowed(address: Address, inside: Sequence[Network]) -> bool:
    """Tell whether an address may be asked; one that stands for another is judged as the other."""
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
