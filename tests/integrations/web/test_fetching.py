"""What stands at an address need not speak our protocol, nor ever come to an end."""

import time
from ipaddress import ip_network
from socket import create_server
from threading import Thread

import pytest

from dianliang.integrations.web import Fetcher, NotFetchedError

TLS_ALERT = b"\x15\x03\x01\x00\x02\x02F"
"""What a door for https says to whoever speaks http."""


def refusal(*parts, limit_s=5.0):
    """Return why nothing is fetched where somebody says these bytes, a tenth of a second apart."""
    with create_server(("127.0.0.1", 0)) as server:

        def serve():
            end, _ = server.accept()
            with end:
                end.recv(4096)
                for part in parts:
                    try:
                        end.sendall(part)
                    except OSError:
                        return
                    time.sleep(0.1)

        Thread(target=serve, daemon=True).start()
        inside = (ip_network("127.0.0.0/8"),)
        fetcher = Fetcher(most_bytes=1000, timeout_s=1, limit_s=limit_s, inside=inside)
        with pytest.raises(NotFetchedError) as refused:
            fetcher.fetch(f"http://127.0.0.1:{server.getsockname()[1]}/")
    return refused.value.message


def test_the_words_about_another_protocol_can_be_kept():
    words = refusal(TLS_ALERT)

    assert "BadStatusLine" in words
    assert words.isprintable()


def test_headers_that_trickle_in_are_waited_for_no_longer_than_anything_else():
    begun = time.monotonic()

    assert "没有收完" in refusal(b"HTTP/1.0 200 OK\r\n", *[b"A: b\r\n"] * 15, limit_s=0.3)
    assert time.monotonic() - begun < 1.2
