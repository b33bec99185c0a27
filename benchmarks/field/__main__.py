"""Replay a day offline: ``python -m benchmarks.field [--devices 50] [--operations 500]``.

Every device sends its operations shuffled, every fifth twice, until each is answered for good;
then the database is counted. On the database of DIANLIANG_DATABASE, or SQLite. On PostgreSQL:
``python3 tools/with_postgresql.py --durable -- python -m benchmarks.field``.
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.loop.server import Server, prepared

GOALS_S = {"sqlite": 60, "postgresql": 20}
BATCH = 50
VERBS = ("accept", "depart", "arrive", "complete")


def operations_of(device: dict[str, Any], rng: random.Random) -> list[dict[str, Any]]:
    """Write a device's day, shuffled, every fifth operation twice."""
    began = datetime.now(UTC) - timedelta(hours=8)
    rows = []
    for visit, number in enumerate(device["numbers"]):
        for step, verb in enumerate(VERBS):
            at = began + timedelta(seconds=40 * visit + 10 * step)
            body = {"findings": "正常", "checklist": []} if verb == "complete" else {}
            rows.append(
                {
                    "key": f"{number}-{verb}",
                    "verb": verb,
                    "number": number,
                    "after": f"{number}-{VERBS[step - 1]}" if step else "",
                    "device_at": at.isoformat(),
                    "body": body,
                }
            )
    rows += rows[::5]
    rng.shuffle(rows)
    return rows


def replay(port: int, device: dict[str, Any], seed: int) -> Counter[str]:
    """Send until nothing waits; count the answers."""
    said: Counter[str] = Counter()
    left = operations_of(device, random.Random(seed))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Content-Type": "application/json",
        "Cookie": f"sessionid={device['session']}; csrftoken={'b' * 32}",
        "X-CSRFToken": "b" * 32,
    }
    while left:
        batch, left = left[:BATCH], left[BATCH:]
        body = {
            "account": device["account"],
            "sent_at": datetime.now(UTC).isoformat(),
            "operations": batch,
        }
        connection.request("POST", "/field/sync/", json.dumps(body), headers)
        response = connection.getresponse()
        content = response.read()
        if response.status in {429, 503}:
            said[str(response.status)] += 1
            left = batch + left
            time.sleep(0.2)
            continue
        if response.status != 200:
            raise RuntimeError(f"{response.status} {content[:300]!r}")
        for row, result in zip(batch, json.loads(content)["results"], strict=True):
            said[result["outcome"]] += 1
            if result["outcome"] == "waiting":
                left.append(row)
    return said


def world(server: Server, *command: str) -> Any:
    """Ask the helper process that knows the database."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.field.world", *command],
        env=server.environment | {"DJANGO_SETTINGS_MODULE": "dianliang.config.settings"},
        check=True,
        capture_output=True,
    )
    return json.loads(done.stdout)


def measure(server: Server, kind: str, devices: int, operations: int) -> None:
    """Replay all devices at once and print the table."""
    phones = world(server, "prepare", str(devices), str(operations))
    server.start()
    began = time.monotonic()
    with ThreadPoolExecutor(devices) as pool:
        parts = list(pool.map(lambda n: replay(server.port, phones[n], n), range(devices)))
    took = time.monotonic() - began
    server.kill(15)
    said = sum(parts, Counter[str]())
    found, expected = world(server, "count"), sum(len(VERBS) * len(p["numbers"]) for p in phones)
    print(f"{'operations':24} {expected:9d}   sent {sum(said.values())}: {dict(said)}")
    print(f"{'replayed in':24} {took:9.1f} s   goal ≤ {GOALS_S[kind]} (50 × 500)")
    print(f"{'applied':24} {expected / took:9.1f} /s")
    print(f"{'lost':24} {expected - found['answers']:9d}   goal 0")
    print(f"{'visits not done':24} {expected // len(VERBS) - found['done']:9d}   goal 0")
    print(f"{'written twice':24} {found['twice']:9d}   goal 0")
    print(f"{'audit events of visits':24} {found['events']:9d}   one per operation")


def main() -> None:
    """Run everything on one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--operations", type=int, default=500)
    asked = parser.parse_args()
    database = os.environ.get("DIANLIANG_DATABASE")
    kind = "postgresql" if database else "sqlite"
    print(f"{kind}, {asked.devices} devices, {os.cpu_count()} cores")
    with prepared(database) as server:
        measure(server, kind, asked.devices, asked.operations)


if __name__ == "__main__":
    main()
