"""Tell places beside page loads: ``python -m benchmarks.positions [--seconds 60] [--batch 4]``.

3684 people note their place every 30 seconds and send a batch of four every two minutes: 123
places in 31 requests a second, sent on time whatever the answers take. Beside them a reader opens
pages, first alone, then with the places. On the database of DIANLIANG_DATABASE, or SQLite. On
PostgreSQL: ``python3 tools/with_postgresql.py --durable -- python -m benchmarks.positions``.
"""

import argparse
import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any

from benchmarks.loop.__main__ import percentile
from benchmarks.loop.server import Server, prepared

PEOPLE, TEAMS, EVERY_S = 3684, 184, 30
SENDERS, PAGES_A_SECOND = 16, 2
GOAL_POSITIONS_MS, GOAL_PAGES_MS, GOAL_RATE = 1000, 1000, 122.8


@dataclass
class Timed:
    """How long requests took, from the moment at which they were due."""

    spent_ms: list[float] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    kept: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, began: float, status: int, kept: int = 0) -> None:
        """Write one answer down."""
        with self.lock:
            if status == 200:
                self.spent_ms.append((time.monotonic() - began) * 1000)
                self.kept += kept
            else:
                self.failed.append(status)


def headers_of(session: str) -> dict[str, str]:
    """Return what a browser that has logged in sends."""
    return {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={session}; csrftoken={'b' * 32}",
        "X-CSRFToken": "b" * 32,
    }


def batch_of(rng: random.Random, size: int) -> list[dict[str, Any]]:
    """Write the places of the last minutes."""
    now = datetime.now(UTC)
    lat, lon = rng.uniform(30.4, 30.9), rng.uniform(119.3, 119.9)
    return [
        {
            "lat": lat + n / 5000,
            "lon": lon,
            "accuracy": 12,
            "at": (now - timedelta(seconds=EVERY_S * (size - 1 - n))).isoformat(),
        }
        for n in range(size)
    ]


def sender(port: int, due: "Queue[tuple[float, str, str, str] | None]", timed: Timed) -> None:
    """Send what is due; a connection is kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while (item := due.get()) is not None:
        at, _, session, body = item
        try:
            connection.request("POST", "/field/positions/", body, headers_of(session))
            answer = connection.getresponse()
            said = answer.read()
            timed.note(at, answer.status, json.loads(said)["kept"] if answer.status == 200 else 0)
        except (OSError, http.client.HTTPException):
            connection.close()
            timed.note(at, 0)


def tell(port: int, phones: list[list[str]], *, size: int, seconds: float) -> Timed:
    """Let all phones send their batches on time for so many seconds."""
    timed, due = Timed(), Queue[Any]()
    threads = [threading.Thread(target=sender, args=(port, due, timed)) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    rng, rate = random.Random(1), PEOPLE / (EVERY_S * size)
    order = list(range(len(phones)))
    rng.shuffle(order)
    began = time.monotonic()
    for n in range(int(seconds * rate)):
        at = began + n / rate
        time.sleep(max(0.0, at - time.monotonic()))
        account, session = phones[order[n % len(order)]]
        now = datetime.now(UTC).isoformat()
        body = {"account": account, "sent_at": now, "fixes": batch_of(rng, size)}
        due.put((at, account, session, json.dumps(body)))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    return timed


def read(port: int, pages: list[tuple[str, str]], *, until: float) -> Timed:
    """Open pages, one after another, two a second."""
    timed = Timed()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    n = 0
    while time.monotonic() < until:
        path, session = pages[n % len(pages)]
        n += 1
        began = time.monotonic()
        connection.request("GET", path, headers=headers_of(session))
        answer = connection.getresponse()
        answer.read()
        timed.note(began, answer.status)
        time.sleep(max(0.0, began + 1 / PAGES_A_SECOND - time.monotonic()))
    return timed


def world(server: Server, *command: str) -> Any:
    """Ask the helper process that knows the database."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.positions.world", *command],
        env=server.environment | {"DJANGO_SETTINGS_MODULE": "dianliang.config.settings"},
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout)


def cpu_of(server: Server) -> float:
    """Return the CPU seconds that the server's processes have used so far."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            told = stat.read_text().rpartition(")")[2].split()
            ticks += (int(told[11]) + int(told[12])) * (int(told[2]) == server.group)
    return ticks / os.sysconf("SC_CLK_TCK")


def row(name: str, timed: Timed, goal: str) -> None:
    """Print one line of the table."""
    p50, p95, p99 = (percentile(timed.spent_ms or [0.0], share) for share in (0.5, 0.95, 0.99))
    print(
        f"{name:34} {len(timed.spent_ms):6d} {p50:8.1f} {p95:8.1f} {p99:8.1f}"
        f"   failed {len(timed.failed)}   {goal}"
    )


def measure(server: Server, *, seconds: float, size: int) -> None:
    """Read alone, then read while places come in, and print the table."""
    made = world(server, "prepare", str(PEOPLE), str(TEAMS))
    desk, chief = made["readers"]
    of = f"/console/incidents/{made['incident']}"
    pages = [
        ("/console/", desk),
        (f"{of}/live/fresh/", chief),
        (f"{of}/", desk),
        ("/console/key/watches/", chief),
        (f"{of}/dispatch/", chief),
        ("/board/", chief),
    ]
    server.start()
    read(server.port, pages, until=time.monotonic() + 6)
    idle = cpu_of(server)
    alone = read(server.port, pages, until=time.monotonic() + seconds / 2)
    begun = cpu_of(server)
    found: list[Timed] = []
    reader = threading.Thread(
        target=lambda: found.append(read(server.port, pages, until=time.monotonic() + seconds))
    )
    began = time.monotonic()
    reader.start()
    told = tell(server.port, made["phones"], size=size, seconds=seconds)
    took = time.monotonic() - began
    reader.join()
    used = cpu_of(server) - begun
    server.kill(15)
    kept = world(server, "count")
    print(f"{'':34} {'number':>6} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8}")
    row("pages alone", alone, "")
    row("pages beside places", found[0], f"goal p95 ≤ {GOAL_PAGES_MS}")
    row(f"batches of {size} places", told, f"goal p95 ≤ {GOAL_POSITIONS_MS}")
    print(f"{'places kept a second':34} {told.kept / took:6.1f}   goal ≥ {GOAL_RATE}")
    print(f"{'people / track points stored':34} {kept['latest']:6d} / {kept['track']}")
    print(f"{'cores of the server, pages alone':34} {(begun - idle) / (seconds / 2):6.2f}")
    print(f"{'cores of the server, with places':34} {used / took:6.2f}")


def main() -> None:
    """Run everything on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--batch", type=int, default=4)
    asked = parser.parse_args()
    database = os.environ.get("DIANLIANG_DATABASE")
    kind = "postgresql" if database else "sqlite"
    print(f"{kind}, {PEOPLE} people every {EVERY_S} s, {os.cpu_count()} cores")
    with prepared(database) as server:
        measure(server, seconds=asked.seconds, size=asked.batch)


if __name__ == "__main__":
    main()
