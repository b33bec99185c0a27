"""Which addresses may be asked, in whatever notation they come."""

from ipaddress import IPv4Address, IPv6Address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from dianliang.kernel.networks import is_allowed

fours = st.integers(0, 2**32 - 1).map(IPv4Address)
PRIVATE = ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "172.16.0.0/12")
private = st.sampled_from([ip_network(net) for net in PRIVATE]).flatmap(
    lambda net: st.integers(int(net[0]), int(net[-1])).map(IPv4Address)
)


def disguises(four: IPv4Address) -> list[IPv6Address]:
    """An address of version 4 as version 6 writes it: mapped, NAT64, 6to4."""
    number = int(four)
    return [
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x0064FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    ]


@given(fours)
def test_a_disguised_address_is_judged_as_the_one_it_stands_for(four):
    assert {is_allowed(six, ()) for six in disguises(four)} == {is_allowed(four, ())}


@given(private)
def test_nothing_inside_is_allowed_unless_its_network_is_named(four):
    assert not is_allowed(four, ())
    assert is_allowed(four, [ip_network(f"{four}/32")])


def test_loopback_and_local_links_of_version_6_are_inside():
    old = ("fec0::1", "::127.0.0.1", "64:ff9b:1::a00:1")  # RFC 3879, 4291, 8215
    for text in ("::1", "fe80::1", "fc00::1", "ff02::1", "::", *old):
        assert not is_allowed(IPv6Address(text), ())
    assert is_allowed(IPv6Address("2400:3200::1"), ())
