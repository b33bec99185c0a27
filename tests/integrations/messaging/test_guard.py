"""Where messages may go: public addresses by TLS, or hosts that the operator trusts."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dianliang.integrations.messaging import guard
from dianliang.integrations.messaging.model import ChannelDownError, Message, Outcome
from dianliang.integrations.messaging.sms import Gateway
from dianliang.kernel.errors import InvalidInputError
from tests.outreachworld import SECRET, gateway


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:word@example.com/",
        "https://",
        "javascript:alert(1)",
        "https://例子.cn/",
        "https://example.com:99999/",
    ],
)
def test_an_address_that_is_not_plain_tls_is_refused(url):
    with pytest.raises(InvalidInputError):
        guard.checked(url, trusted=())


PRIVATE = st.one_of(
    st.sampled_from(["127.0.0.1", "169.254.169.254", "::1", "0.0.0.0", "::ffff:10.0.0.1"]),
    st.sampled_from(["fe80::1%eth0", "64:ff9b::7f00:1", "224.0.0.1", "100.64.0.1"]),
    st.sampled_from(["::127.0.0.1", "fec0::1", "64:ff9b:1::a00:1", "2002:a00:1::"]),
    st.ip_addresses(v=4, network="10.0.0.0/8").map(str),
    st.ip_addresses(v=4, network="192.168.0.0/16").map(str),
    st.ip_addresses(v=6, network="fc00::/7").map(str),
)


@given(PRIVATE, st.booleans())
def test_a_name_that_leads_into_a_private_network_is_never_called(number, is_mixed):
    public = (2, 1, 6, "", ("93.184.216.34", 443))
    rows = [*([public] if is_mixed else []), (2, 1, 6, "", (number, 443))]
    address = guard.checked("https://hook.example.com/x", trusted=())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *_a, **_k: rows)
        with pytest.raises(ChannelDownError, match="内网"):
            guard.resolved(address)


def test_a_gateway_is_asked_what_it_knows_before_anything_goes_out_again():
    with gateway() as server:
        way = Gateway(
            url=f"http://{server.host}/sms", secret=SECRET, trusted=[server.host], timeout_s=5
        )
        letters = [Message(number=f"M{n}", phone=f"1990000000{n}", text="x") for n in range(3)]
        server.loses = 1
        with pytest.raises(ChannelDownError, match="503"):
            way.hand_over("B1", letters[:2], again=False)

        assert way.hand_over("B1", letters, again=True) == Outcome()

    assert server.taken == {"M0": 1, "M1": 1, "M2": 1}
    (_path, headers, _body) = server.calls[-1]
    assert headers["Authorization"] == f"Bearer {SECRET}"
