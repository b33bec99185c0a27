"""Warnings reach real devices by HTTP and MQTT; one that hangs holds up nobody."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from amqtt.broker import Broker
from amqtt.client import MQTTClient

from dianliang.integrations.loudspeakers import (
    HttpSpeaker,
    MqttSpeaker,
    NotHeardError,
    Outlet,
    Pace,
)
from dianliang.integrations.loudspeakers.http import HEADER

pytestmark = pytest.mark.enable_socket
BODY = json.dumps({"camera": "C1", "zone": "导线下方"}, ensure_ascii=False).encode()
AT_S = 1_767_200_400.0
QUICK = Pace(stale_s=3.0, first_pause_s=0.05, longest_pause_s=0.1, most_waiting=3, threads=2)


class Loudspeaker(BaseHTTPRequestHandler):
    """A device that answers what it is told to, or hangs."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if self.server.answers else 204
        if answer == "hang":
            self.server.over.wait(20)
            return
        if answer == "trickle":
            with contextlib.suppress(OSError):
                for byte in b"HTTP/1.1 204 " + 60 * b"x":
                    self.wfile.write(bytes([byte]))
                    if self.server.over.wait(0.1):
                        break
            return
        self.server.heard.append((body, dict(self.headers)))
        self.send_response(answer)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def device():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Loudspeaker)
    server.heard, server.answers, server.over = [], [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.url = f"http://user:geheim@127.0.0.1:{server.server_port}/warn?channel=2"
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def speaker(device, timeout_s=0.5):
    return HttpSpeaker(url=device.url, secret="k", now=lambda: AT_S, timeout_s=timeout_s)


@contextlib.contextmanager
def opened(speaker, pace=QUICK):
    failed = []
    outlet = Outlet(speaker, failed=failed.append, pace=pace)
    try:
        yield outlet, failed
    finally:
        outlet.close(timeout_s=0.1)


def test_a_device_can_prove_who_warned_and_when(device):
    speaker(device).send(BODY, camera_id="C1", key="C1/1")
    ((body, headers),) = device.heard
    at, _, digest = headers[HEADER].partition(",v1=")

    assert (body, headers["Idempotency-Key"], at) == (BODY, "C1/1", f"t={int(AT_S)}")
    expected = hmac.new(b"k", f"{int(AT_S)}.".encode() + body, hashlib.sha256).hexdigest()
    assert digest == expected
    assert speaker(device).name == "127.0.0.1/warn"


def test_what_a_device_refuses_for_a_moment_is_tried_again_with_the_same_key(device):
    device.answers = [503, 500]
    with opened(speaker(device)) as (outlet, failed):
        outlet.push(BODY, camera_id="C1", key="C1/1")
        assert outlet.drain(timeout_s=5)

    assert [headers["Idempotency-Key"] for _, headers in device.heard] == ["C1/1"] * 3
    assert failed == []


def test_what_a_device_refuses_for_good_is_told_at_once(device):
    device.answers = [401]
    with opened(speaker(device)) as (outlet, failed):
        outlet.push(BODY, camera_id="C1", key="C1/1")
        assert outlet.drain(timeout_s=5)

    assert (len(device.heard), [one.key for one in failed]) == (1, ["C1/1"])
    assert "401" in failed[0].words


def test_a_device_that_hangs_holds_up_neither_the_watch_nor_the_next_warning(device):
    device.answers = ["hang"]
    with opened(speaker(device, timeout_s=10.0)) as (outlet, _):
        began = time.monotonic()
        outlet.push(BODY, camera_id="C1", key="hangs")
        pushed_s = time.monotonic() - began
        while device.answers:  # until the first has been taken by the device
            time.sleep(0.01)
        outlet.push(BODY, camera_id="C2", key="next")
        while not device.heard and time.monotonic() - began < 5:
            time.sleep(0.01)
        device.over.set()

    assert pushed_s < 0.2
    assert [headers["Idempotency-Key"] for _, headers in device.heard][:1] == ["next"]


def test_nothing_is_kept_longer_than_it_is_of_use_and_the_queue_has_an_end():
    class Deaf:
        name = "deaf"

        def send(self, body, *, camera_id, key):
            raise NotHeardError("没有应答")

        def close(self):
            pass

    slow = Pace(stale_s=0.3, first_pause_s=0.1, longest_pause_s=0.1, most_waiting=3, threads=1)
    with opened(Deaf(), pace=slow) as (outlet, failed):
        for n in range(8):
            outlet.push(BODY, camera_id="C1", key=str(n))
        assert outlet.drain(timeout_s=5)

    assert sorted(one.key for one in failed) == sorted(map(str, range(8)))
    assert sum("太多" in one.words for one in failed) >= 3


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextlib.contextmanager
def broker(port):
    """Run a real broker and hand out what it hears on every topic."""
    heard, ready, loop = [], threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve():
        settings = {
            "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {}},
        }
        server = Broker(settings, loop=loop)
        await server.start()
        client = MQTTClient(config={"auto_reconnect": False})
        await client.connect(f"mqtt://127.0.0.1:{port}/")
        await client.subscribe([("#", 1)])
        ready.set()

        async def listen():
            while True:
                message = await client.deliver_message()
                heard.append((message.topic, bytes(message.data)))

        listening = asyncio.ensure_future(listen())
        await over.wait()
        listening.cancel()
        await client.disconnect()
        await server.shutdown()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield heard
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


def soon(condition, within_s=10.0):
    until = time.monotonic() + within_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return condition()


def test_a_warning_by_mqtt_waits_for_a_broker_that_comes_late():
    port = free_port()
    spoken = MqttSpeaker(host="127.0.0.1", port=port, topic="line/{camera}/warning", timeout_s=1.0)
    patient = Pace(stale_s=30.0, first_pause_s=0.1, longest_pause_s=0.5, threads=1)
    with opened(spoken, pace=patient) as (outlet, failed):
        outlet.push(BODY, camera_id="C/1#", key="C1/1")
        time.sleep(0.3)
        with broker(port) as heard:
            assert soon(lambda: ("line/C_1_/warning", BODY) in heard)
            assert soon(lambda: ("line/all/warning/status", b"online") in heard)
            assert outlet.drain(timeout_s=5)
            outlet.close()
    assert failed == []


def test_a_broker_that_is_not_there_is_told_in_words():
    spoken = MqttSpeaker(host="127.0.0.1", port=free_port(), topic="t", timeout_s=0.2)
    with pytest.raises(NotHeardError, match="连不上"):
        spoken.send(BODY, camera_id="C1", key="1")
    spoken.close()


def test_a_device_that_trickles_its_answer_has_no_more_time_than_others(device):
    device.answers = ["trickle"]
    began_s = time.monotonic()
    with pytest.raises(NotHeardError):
        speaker(device).send(BODY, camera_id="C1", key="C1/1")
    assert time.monotonic() - began_s < 3


class Faulty:
    """A speaker with a fault that nobody thought of, at its first warning only."""

    name = "喇叭"

    def __init__(self):
        self.heard = []

    def send(self, body, *, camera_id, key):
        self.heard.append(key)
        if len(self.heard) == 1:
            raise LookupError("geheim")

    def close(self):
        pass


def test_a_fault_gives_up_one_warning_and_the_next_goes_out():
    faulty = Faulty()
    with opened(faulty, Pace(threads=1)) as (outlet, failed):
        outlet.push(BODY, camera_id="C1", key="1")
        outlet.push(BODY, camera_id="C1", key="2")
        assert outlet.drain(timeout_s=5)

    assert faulty.heard == ["1", "2"]
    assert [(one.key, one.words) for one in failed] == [("1", "没有送出，出了意外：LookupError")]
