"""Sources as people type them: a password is never shown, however it was typed."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.kernel.errors import InvalidInputError
from dianliang.kernel.picture_sources import UNREADABLE, check, is_reachable, shown


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("rtsp://admin:geheim@10.0.0.7:554/ch1?token=abc", "rtsp://10.0.0.7:554/…"),
        ("http://user@camera.local/stream", "http://camera.local/…"),
        ("rtsp://10.0.0.7/user=admin&password=geheim", "rtsp://10.0.0.7/…"),
        ("https://[fd00::7]:8443/x", "https://[fd00::7]:8443/…"),
        ("/srv/films/pond.mp4", "pond.mp4"),
        ("C:\\films\\pond\\", "pond"),
        ("演示画面（生成）", "演示画面（生成）"),
    ],
)
def test_no_password_and_no_path_is_shown(source, words):
    check(source)
    assert shown(source) == words


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://admin:12#geheim@10.0.0.7/ch1",
        "rtsp://admin:12/geheim@10.0.0.7/ch1",
        "rtsp://admin:12?geheim@10.0.0.7/ch1",
        "rtsp://admin:geheim@10.0.0.7:99999/",
        "rtsp://admin:geheim@10.0.0.7:port/",
        "http://[geheim/",
        "rtmp://admin:geheim@10.0.0.7/",
        "admin:geheim@10.0.0.7",
        "rtsp ://admin:geheim@10.0.0.7/",
        "rtsp：//admin：geheim＠10.0.0.7/",
        "10.0.0.7/user=admin&password=geheim",
        "//10.0.0.7/geheim",
        "file:///etc/geheim",
    ],
)
def test_what_cannot_be_read_is_refused_in_words_and_never_shown(source):
    with pytest.raises(InvalidInputError) as refused:
        check(source)
    assert refused.value.field == "source"
    assert "geheim" not in refused.value.message
    assert shown(source) == UNREADABLE


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "localhost",
        "a.localhost.",
        "169.254.169.254",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[::]",
        "224.0.0.1",
    ],
)
def test_this_computer_and_its_link_are_no_camera(host):
    with pytest.raises(InvalidInputError, match="本机"):
        check(f"rtsp://{host}:554/x")


def test_a_name_may_be_asked_only_if_all_its_addresses_may():
    private, own = ip_address("10.0.0.7"), ip_address("127.0.0.1")

    assert is_reachable([private])
    assert not is_reachable([private, own])
    assert not is_reachable([])


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "rtsp://", "http://a:b", "http://["]))
def test_whatever_was_typed_something_can_be_shown(text, before):
    assert isinstance(shown(before + text), str)
