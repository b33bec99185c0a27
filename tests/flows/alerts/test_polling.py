"""Addresses that are asked for alerts, on a real server on loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread

import pytest

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.incidents.models import AlertSource, PublicAlert
from dianliang.flows.alerts import polling
from dianliang.integrations.cap.feed import Entry, write_feed
from dianliang.integrations.web import Fetcher
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import DomainError, NotVisibleError
from dianliang.kernel.phrases import from_text
from tests.flows.alerts.test_reading import AT, good, rain

pytestmark = pytest.mark.django_db
LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass
class Site:
    """What a small server has, by path: status, headers, body."""

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    url: str = ""


@contextmanager
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            made.asked.append(self.path)
            status, headers, body = made.answers.get(self.path, (404, {}, b""))
            tag = headers.get("ETag")
            if tag and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web():
    with site() as made:
        yield made


def source(town, url):
    admin = town.actor("S1", Role.ADMINISTRATOR)
    return polling.register(name="气象", url=url, every_min=5, by=admin, at=AT)


def ask(made, *, at=AT, inside=LOOPBACK, most_bytes=100_000, told=None):
    fetcher = Fetcher(most_bytes=most_bytes, timeout_s=2, inside=inside)
    tell = (lambda share: None) if told is None else told.append
    taken = polling.poll(source=made, fetcher=fetcher, at=at, tell=tell)
    made.refresh_from_db()
    return taken


def ok(body, **headers):
    return (200, headers, body)


def test_a_file_is_taken_once_and_not_fetched_again_while_its_tag_stays(town, web):
    web.answers["/cap.xml"] = ok(rain()[1], ETag='"v1"')
    made = source(town, f"{web.url}/cap.xml")

    assert [ask(made), ask(made, at=AT + timedelta(minutes=5))] == [1, 0]
    assert (PublicAlert.objects.count(), made.taken, made.failing_since) == (1, 1, None)
    assert made.answered_at == AT + timedelta(minutes=5)


def test_a_feed_is_followed_entry_by_entry_and_one_bad_entry_keeps_none_out(town, web):
    bad = b"<html/>"
    bodies = {"/1.xml": rain()[1], "/2.xml": bad, "/3.xml": good("update.xml")[1]}
    listed = [Entry(id=path, url=path, title="x") for path in bodies]
    feed = write_feed(listed, title="预警", url="http://x/", author="气象", updated_at=AT)
    web.answers = {"/feed": ok(feed), **{path: ok(body) for path, body in bodies.items()}}
    made = source(town, f"{web.url}/feed")

    assert ask(made) == 2
    assert "不是 CAP 1.2 预警" in from_text(made.fault)
    since = made.failing_since
    web.answers["/2.xml"] = ok(good("cancel.xml")[1])
    web.asked.clear()
    assert ask(made, at=AT + timedelta(hours=1)) == 1
    assert since == AT
    assert (made.failing_since, web.asked) == (None, ["/feed", "/2.xml"])


def test_a_broken_address_in_a_feed_keeps_none_out_and_each_step_is_told(town, web):
    listed = [Entry(id=url, url=url, title="x") for url in ("http://[", "/1.xml")]
    feed = write_feed(listed, title="预警", url="http://x/", author="气象", updated_at=AT)
    web.answers = {"/feed": ok(feed), "/1.xml": ok(rain()[1])}
    made, told = source(town, f"{web.url}/feed"), []

    assert ask(made, told=told) == 1
    assert (from_text(made.fault)[:8], told) == ("http://[", [0, 0.5])


def test_many_entries_that_fail_each_time_do_not_block_those_behind_them(town, web):
    paths = [f"/bad{n}.xml" for n in range(polling.MOST_NEW + 5)]
    listed = [Entry(id=path, url=path, title="x") for path in [*paths, "/good.xml"]]
    feed = write_feed(listed, title="预警", url="http://x/", author="气象", updated_at=AT)
    web.answers = {"/feed": ok(feed), "/good.xml": ok(rain()[1])}
    made = source(town, f"{web.url}/feed")

    assert any(ask(made, at=AT + timedelta(minutes=n)) for n in range(25))
    assert PublicAlert.objects.count() == 1


def test_two_that_ask_at_once_count_what_both_took(town, web):
    web.answers = {"/1.xml": ok(rain()[1]), "/2.xml": ok(good("update.xml")[1])}
    made = source(town, f"{web.url}/1.xml")
    other = AlertSource.objects.get()
    other.url = f"{web.url}/2.xml"
    ask(made)
    ask(other)

    assert other.taken == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((500, {}, b""), "HTTP 500"),
        ((200, {}, b"x" * 200_000), "内容超过"),
        ((200, {}, b"<feed"), "不是完整的 XML"),
        ((302, {"Location": "http://169.254.169.254/latest"}, b""), "内部网络"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "https://主机"),
        ((302, {"Location": "/cap.xml"}, b""), "转向超过"),
    ],
)
def test_what_goes_wrong_is_told_with_since_when(town, web, answer, words):
    web.answers["/cap.xml"] = answer
    made = source(town, f"{web.url}/cap.xml")
    for minutes in (0, 5):
        assert ask(made, at=AT + timedelta(minutes=minutes)) == 0

    assert words in from_text(made.fault)
    assert (made.failing_since, made.answered_at) == (AT, None)


def test_nothing_inside_is_asked_unless_the_operator_allows_it(town, web):
    web.answers["/cap.xml"] = ok(rain()[1])
    made = source(town, f"{web.url}/cap.xml")

    assert ask(made, inside=()) == 0
    assert "DIANLIANG_ALERT_NETWORKS" in from_text(made.fault)
    assert web.asked == []


def test_the_clock_has_each_source_asked_when_its_interval_is_over(town, web, settings):
    settings.ALERT_NETWORKS = ["127.0.0.0/8"]
    web.answers["/cap.xml"] = ok(rain()[1])
    made = source(town, f"{web.url}/cap.xml")
    for at in (AT, AT, AT + timedelta(minutes=2), AT + timedelta(minutes=5)):
        polling.order_due(at=at)
        while jobs.run_next(owner="test", clock=lambda at=at: at + timedelta(seconds=3)):
            pass

    assert BackgroundJob.objects.filter(kind=polling.POLL).count() == 2
    assert (PublicAlert.objects.count(), len(web.asked)) == (1, 2)
    polling.switch(number=made.number, is_on=False, by=town.actor("S1", Role.ADMINISTRATOR), at=AT)
    polling.order_due(at=AT + timedelta(hours=1))
    assert BackgroundJob.objects.filter(kind=polling.POLL).count() == 2


@pytest.mark.parametrize(
    "url",
    ["ftp://a/b", "https://", "http://u:p@a/b", "https://a b/", "http://a:99999/", "预警", ""],
)
def test_an_address_that_is_none_is_refused(town, url):
    with pytest.raises(DomainError) as refused:
        source(town, url)
    assert refused.value.field == "url"
    assert not AlertSource.objects.exists()


def test_only_an_administrator_registers_a_source(town):
    with pytest.raises(NotVisibleError):
        polling.register(name="气象", url="https://a.cn/", every_min=5, by=town.actor("S1"), at=AT)


def test_the_key_in_an_address_is_shown_to_who_registers_addresses_alone(town):
    made = source(town, "https://weather.example/cap?key=4711")

    admin = polling.rows(by=town.actor("S1", Role.ADMINISTRATOR))
    desk = polling.rows(by=town.actor("S1"))

    assert [row.url for row in admin] == [made.url]
    assert [row.url for row in desk] == ["https://weather.example/cap?…"]
