"""Firms to be told something, and a small gateway on loopback that takes messages."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dianliang.core import jobs
from dianliang.core.models import BackgroundJob
from dianliang.domain.customers.models import Customer
from dianliang.domain.outreach.models import Channel, Outreach
from dianliang.domain.outreach.operations import channels
from dianliang.flows.outreach import audience, leading, sending
from dianliang.kernel.actor import Actor, Role
from tests.town import NOON, Town

SECRET = "shared-secret-of-tests"
TEXT = "{名称}您好，{单位}告知：临时性电价政策可办暂停、减容。详情 {链接}"
WEBHOOK, SMS, FILE = "webhook", "sms", "file"
HANDLERS = (audience.prepare_in_background, sending.send)


@dataclass(repr=False)
class Gateway:
    """What was taken. `failures`: statuses to answer with first; `loses`: answers lost."""

    port: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    phones: Counter[str] = field(default_factory=Counter)
    by_batch: dict[str, list[str]] = field(default_factory=dict)
    refuse: frozenset[str] = frozenset()
    failures: list[int] = field(default_factory=list)
    loses: int = 0
    calls: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def host(self) -> str:
        """Return what an operator trusts."""
        return f"127.0.0.1:{self.port}"

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any]:
        """Take a batch: a web hook once for each key, a gateway once for each call."""
        with self.lock:
            self.calls.append((path, headers, body))
            if self.failures:
                return self.failures.pop(0), {}
            told = json.loads(body)
            is_hook = path == "/hook"
            if not (is_hook and told["batch"] in self.by_batch):
                refused = [m for m in told["messages"] if m["to"] in self.refuse]
                for message in told["messages"]:
                    if message not in refused:
                        self.taken[message["id"]] += 1
                        self.phones[message["to"]] += 1
                        self.by_batch.setdefault(told["batch"], []).append(message["id"])
            if self.loses:
                self.loses -= 1
                return 503, {}
            gone = [{"id": m["id"], "reason": "空号"} for m in told["messages"]]
            kept = set(self.by_batch.get(told["batch"], []))
            return 200, {"refused": [row for row in gone if row["id"] not in kept]}


@contextmanager
def gateway(**more: Any) -> Iterator[Gateway]:
    """Serve a gateway on loopback."""
    made = Gateway(**more)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*made.take(self.path, dict(self.headers), body))

        def do_GET(self) -> None:
            (batch,) = parse_qs(urlsplit(self.path).query)["batch"]
            self._answer(200, {"known": made.by_batch.get(batch, [])})

        def _answer(self, status: int, found: Any) -> None:
            text = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def table(rows: list[dict[str, str]]) -> bytes:
    """Return a table as people bring it, as CSV."""
    heads = list({head: None for row in rows for head in row})
    out = StringIO()
    written = csv.DictWriter(out, heads)
    written.writeheader()
    written.writerows(rows)
    return out.getvalue().encode()


def phone(serial: int) -> str:
    """Return a number that nobody has: 199 0000 is no range in use."""
    return f"1990000{serial:04d}"


def firms(town: Town, count: int, *, unit: str = "S1", first: int = 1) -> list[Customer]:
    """Have firms with a telephone each."""
    return Customer.objects.bulk_create(
        Customer(
            number=f"QY{n:05d}",
            kind="enterprise",
            name=f"第{n}竹业厂",
            phone=phone(n),
            area=town.areas["V1"],
            unit=town.units[unit],
        )
        for n in range(first, first + count)
    )


def clerk(town: Town, unit: str = "AJ", name: str = "clerk") -> Actor:
    """Return somebody of the party-affairs office."""
    actor = town.actor(unit, Role.PARTY_AFFAIRS)
    return Actor(
        id=f"user:{name}",
        name=name,
        role=actor.role,
        unit_path=actor.unit_path,
        unit_code=actor.unit_code,
        area_path="/",
    )


def channel(kind: str, port: int = 0, *, batch_size: int = 4, per_minute: int = 3000) -> Channel:
    """Set a channel up."""
    path = "/hook" if kind == WEBHOOK else "/sms"
    return channels.set_up(
        code=f"C-{kind}",
        name="测试通道",
        kind=kind,
        address="" if kind == FILE else f"http://127.0.0.1:{port}{path}",
        secret="" if kind == FILE else SECRET,
        per_minute=per_minute,
        batch_size=batch_size,
        by=Actor(id="user:admin", name="管理员", role=Role.ADMINISTRATOR),
        at=NOON,
    )


def asked(**more: Any) -> leading.Asked:
    """Return an outreach to all firms, as a form describes it."""
    values = {
        "title": "临时性电价政策宣贯",
        "purpose": "让高压企业知道暂停、减容怎样办",
        "unit": "AJ",
        "basis": "service",
        "source": "customers",
        "wanted": audience.Wanted(kind="enterprise"),
        "quiet_from": "20:00",
        "quiet_until": "08:00",
    }
    return leading.Asked(**{**values, **more})


def drafted(town: Town, kind: str, *, at: datetime = NOON, **more: Any) -> Outreach:
    """Draft an outreach with its words."""
    by = clerk(town)
    made = leading.draft(asked=asked(**more), by=by, at=at)
    leading.word(number=made.number, kind=kind, text=TEXT, by=by, at=at)
    return made


def released(town: Town, kind: str, *, at: datetime = NOON, **more: Any) -> Outreach:
    """Draft, prepare and release an outreach; nothing is sent yet."""
    made = drafted(town, kind, at=at, **more)
    audience.prepare(number=made.number, by=clerk(town), at=at)
    assert run(at)
    leading.release(number=made.number, channel=f"C-{kind}", by=clerk(town, name="second"), at=at)
    return made


def run(at: datetime) -> bool:
    """Do the next job that is due."""
    return jobs.run_next(owner="test", clock=lambda: at)


def run_all(at: datetime, *, for_: timedelta = timedelta(hours=1)) -> datetime:
    """Work until nothing is left to send, or the time is over; the clock jumps to what is due."""
    end = at + for_
    while at <= end:
        while run(at):
            pass
        own = BackgroundJob.objects.filter(kind=sending.SEND)
        due = own.filter(status=jobs.Status.QUEUED)
        running = own.filter(status=jobs.Status.RUNNING)
        next_at = [job.run_after for job in due] + [job.lease_until or at for job in running]
        if not next_at:
            return at
        at = max(at, min(next_at)) + timedelta(seconds=1)
    return at
