"""The server as a person starts it: quick to stop, quick to come back, plain about trouble."""

import gzip
import re
import signal
import socket
import time
from urllib.request import Request, urlopen

import pytest

from tests.browsing import free_port
from tests.cli.waiting import until_ready

STOPS_WITHIN_S = 6.0
"""Generous: the suite shares its machine. Alone, it stops in under 2 s."""


def assert_compressed(port):
    """A phone gets pages, scripts and sheets compressed."""

    def sent(path):
        url = f"http://127.0.0.1:{port}{path}"
        with urlopen(Request(url, headers={"Accept-Encoding": "gzip"}), timeout=10) as answer:
            body = answer.read()
            assert answer.headers["Content-Encoding"] == "gzip", path
            return gzip.decompress(body).decode()

    links = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', sent("/post/"))
    assert len(links) >= 4
    assert all(len(sent(link)) > 200 for link in links)


@pytest.mark.slow
def test_a_server_is_alone_in_its_home_comes_back_when_killed_and_stops_when_told(
    lived_in, command
):
    """Two servers for all of it: to start one takes seconds."""
    port, began = free_port(), time.monotonic()
    first = command("serve", "--port", str(port))
    until_ready(port, first)
    first_took_s = time.monotonic() - began
    assert_compressed(port)

    beside = command("serve", "--port", str(free_port()))
    said, _ = beside.communicate(timeout=60)
    assert beside.returncode == 1
    assert "已有一个点亮在运行" in said

    first.kill()
    began = time.monotonic()
    server = command("serve", "--port", str(port), PYTHONUNBUFFERED="1")
    # What the killed one has left behind may answer until the next says that it has the port.
    assert any("Ctrl-C" in line for line in server.stdout)
    until_ready(port, server)
    assert time.monotonic() - began < 2 * first_took_s + 5

    began = time.monotonic()
    server.send_signal(signal.SIGTERM)
    said, _ = server.communicate(timeout=30)
    assert time.monotonic() - began < STOPS_WITHIN_S
    assert server.returncode == 0
    assert "已停止" in said
    assert "Warning" not in said
    # On a busy machine a worker may be stopped the hard way; nothing else may warn.
    warned = [line for line in said.splitlines() if "WARNING" in line]
    assert not [line for line in warned if "refused to gracefully stop" not in line]


@pytest.mark.slow
def test_a_taken_port_is_told_in_words(lived_in, command):
    port = free_port()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = command("serve", "--port", str(port))
        said, _ = refused.communicate(timeout=60)

    assert refused.returncode == 1
    assert "端口被占用" in said


def test_without_a_command_the_products_own_help_is_shown(command):
    said, _ = command().communicate(timeout=60)

    assert "doctor" in said
    assert "建好演示县" in said
    assert "dumpdata" not in said


def test_a_broken_file_of_secrets_is_told_in_words(command, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secrets.json").write_text("not json")

    said, _ = command("doctor").communicate(timeout=60)

    assert "已损坏" in said
    assert "Traceback" not in said


def test_a_database_without_its_secrets_gets_no_new_ones(command, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dianliang.sqlite3").write_bytes(b"")

    doctor = command("doctor")
    said, _ = doctor.communicate(timeout=60)

    assert doctor.returncode == 1
    assert "没有密钥文件" in said
    assert not (tmp_path / "home" / "secrets.json").exists()


@pytest.mark.slow
def test_a_database_that_cannot_be_reached_is_told_in_words(command):
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"

    doctor = command("doctor", DIANLIANG_DATABASE=nowhere)
    said, _ = doctor.communicate(timeout=60)

    assert doctor.returncode == 1
    assert "连不上 PostgreSQL" in said
    assert "Traceback" not in said
