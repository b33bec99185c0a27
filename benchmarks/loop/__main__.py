"""Load the loop, then kill it: ``python -m benchmarks.loop [--seconds 20] [--kills 20]``.

On the database of DIANLIANG_DATABASE, or SQLite: needs accepted per second with audit; then the
server is killed again and again while needs come in, and every acknowledged need is looked for. On
PostgreSQL: ``python3 tools/with_postgresql.py --durable -- python -m benchmarks.loop``.
"""

import argparse
import http.client
import json
import os
import random
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field

from benchmarks.loop.server import KEYS, Server, prepared

GOALS = {
    "sqlite": {"accepted_per_s": 60, "p99_ms": 800},
    "postgresql": {"accepted_per_s": 200, "p99_ms": 500},
}
CLIENTS = 8
TEXTS = ("家里没电了", "路灯坏了", "想装充电桩", "电费怎么翻倍了", "水管爆了", "快递不送到村里")
VILLAGES = ("330523108204", "330523108207", "330523110206", "330523105205", "330523001211")


@dataclass
class Sent:
    """What the clients sent and what was acknowledged."""

    latencies_ms: list[float] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    refused: int = 0


def post(connection: http.client.HTTPConnection, key: str, number: int) -> tuple[int, str]:
    """Post one need under a client-made key; return status and its number."""
    body = urllib.parse.urlencode(
        {
            "api_key": random.choice(KEYS),
            "service_code": "PWR-OUTAGE",
            "description": f"{TEXTS[number % len(TEXTS)]}，第{key[:6]}次反映",
            "account_id": key,
            "attribute[area_code]": VILLAGES[number % len(VILLAGES)],
        }
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/api/open311/v2/requests.json", body, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    return answer.status, content[0].get("service_request_id", "") if answer.status == 201 else ""


def client(port: int, sent: Sent, until: float, lock: threading.Lock) -> None:
    """Post needs one after another until a time; note what was acknowledged."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    number = 0
    while time.monotonic() < until:
        key, began = uuid.uuid4().hex, time.monotonic()
        number += 1
        try:
            status, found = post(connection, key, number)
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            with lock:
                sent.unknown.add(key)
            time.sleep(0.02)
            continue
        with lock:
            sent.latencies_ms.append((time.monotonic() - began) * 1000)
            if status == 201:
                sent.acknowledged[key] = found
            else:
                sent.refused += 1


def load(port: int, seconds: float) -> Sent:
    """Let several clients post at once."""
    sent, lock, until = Sent(), threading.Lock(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=client, args=(port, sent, until, lock)) for _ in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent


def percentile(values: list[float], share: float) -> float:
    """Return a percentile of some values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def accept(server: Server, kind: str, seconds: float) -> None:
    """Measure how many needs are accepted."""
    server.start()
    load(server.port, 2)
    sent = load(server.port, seconds)
    rate = len(sent.acknowledged) / seconds
    goals = GOALS[kind]
    print(f"{'accepted with audit':28} {rate:9.1f} /s   goal ≥ {goals['accepted_per_s']}")
    print(
        f"{'p50 / p95':28} {percentile(sent.latencies_ms, 0.5):9.1f}"
        f" / {percentile(sent.latencies_ms, 0.95):.1f} ms"
    )
    print(f"{'p99':28} {percentile(sent.latencies_ms, 0.99):9.1f} ms   goal ≤ {goals['p99_ms']}")
    print(f"{'refused / unanswered':28} {sent.refused:9d} / {len(sent.unknown)}")
    server.kill(15)


def survive(server: Server, rounds: int) -> None:
    """Kill the server while needs come in; every acknowledged need must be there, once."""
    whole = Sent()
    starts: list[float] = []
    for _ in range(rounds):
        starts.append(server.start())
        timer = threading.Timer(1.0, server.kill)
        timer.start()
        sent = load(server.port, 1.2)
        timer.join()
        whole.acknowledged |= sent.acknowledged
        whole.unknown |= sent.unknown
    starts.append(server.start())
    lost = 0
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in whole.acknowledged.values():
        connection.request("GET", f"/api/open311/v2/requests/{number}.json")
        answer = connection.getresponse()
        answer.read()
        lost += answer.status != 200
    numbers = list(whole.acknowledged.values())
    twice = len(numbers) - len(set(numbers))
    print(
        f"{'kill -9, rounds':28} {rounds:9d}"
        f"   acknowledged {len(numbers)}, unanswered {len(whole.unknown)}"
    )
    print(f"{'acknowledged and lost':28} {lost:9d}   goal 0")
    print(f"{'one number given twice':28} {twice:9d}   goal 0")
    print(f"{'start to serving, worst':28} {max(starts):9.1f} s")
    server.kill(15)


def main() -> None:
    """Run everything on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--kills", type=int, default=20)
    asked = parser.parse_args()
    database = os.environ.get("DIANLIANG_DATABASE")
    kind = "postgresql" if database else "sqlite"
    print(f"{kind}, {CLIENTS} clients, {os.cpu_count()} cores")
    with prepared(database) as server:
        accept(server, kind, asked.seconds)
        survive(server, asked.kills)


if __name__ == "__main__":
    main()
