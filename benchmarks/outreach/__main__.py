"""Time an outreach to many firms: ``python -m benchmarks.outreach [--firms 27000]``.

Fills a database of its own (SQLite, in a folder that is thrown away) with generated firms, then
prepares the list, hands every message over to a web hook on loopback, takes 27 000 receipts in by
signed calls, and makes the hand-off files of a second outreach. Meanwhile somebody else writes a
row every 50 ms, as a portal would, and tells how long he waited for the write gate.

What must hold on two cores: list and hand-over of 27 000 within 10 minutes together; everybody gets
exactly one message; the other writer waits less than a second at the 99th percentile.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

MOST_MINUTES, MOST_WAIT_S = 10.0, 1.0
BATCH = 500
CALL = 1000
WRITE_EVERY_S = 0.05
ALONE_S = 5.0
"""How long the other writer is watched alone first: what he waits then is the machine's doing."""


def prepared(home: Path) -> None:
    """Start Django on an empty database of our own."""
    os.environ |= {"DIANLIANG_HOME": str(home), "DIANLIANG_MODE": "test"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    os.environ.pop("DIANLIANG_DATABASE", None)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(count: int) -> Any:
    """Write a town and its firms, each with a telephone of its own."""
    from tests import town as builder

    from dianliang.domain.customers.models import Customer

    town = builder.build()
    villages, stations = [town.areas[f"V{n}"] for n in (1, 2, 3)], ("S1", "S2")
    for start in range(0, count, 1000):
        Customer.objects.bulk_create(
            Customer(
                number=f"QY{n:06d}",
                kind="enterprise",
                name=f"第{n}机械厂",
                phone=f"199{n:08d}",
                area=villages[n % 3],
                unit=town.units[stations[n % 2]],
            )
            for n in range(start, min(start + 1000, count))
        )
    return town


class OtherWriter:
    """Somebody who writes a row again and again, and measures how long each takes."""

    def __init__(self) -> None:
        self.waits_s: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> "OtherWriter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        from django.db import connection, transaction

        from dianliang.core.numbers import next_number

        while not self._stop.wait(WRITE_EVERY_S):
            began = time.perf_counter()
            with transaction.atomic():
                next_number("ZZ", at=datetime.now(UTC))
            self.waits_s.append(time.perf_counter() - began)
        connection.close()

    def p99_s(self) -> float:
        """Return the 99th percentile of the waits."""
        return quantiles(self.waits_s, n=100)[98] if len(self.waits_s) > 2 else 0.0


def work(clock: Callable[[], datetime]) -> None:
    """Do every job that is due, as a worker would."""
    from dianliang.core import jobs

    while jobs.run_next(owner="bench", clock=clock):
        pass


def line(words: str, seconds: float, count: int, waits: OtherWriter) -> str:
    """Return a row of the table."""
    worst = max(waits.waits_s, default=0.0)
    rate = count / seconds if seconds else 0
    return (
        f"| {words} | {count} | {seconds:.1f} | {rate:.0f} |"
        f" {waits.p99_s() * 1000:.0f} | {worst * 1000:.0f} |"
    )


def receipts(at: datetime) -> None:
    """Send the receipts of all messages by signed calls, in any order, some of them twice."""
    from tests.outreachworld import SECRET

    from dianliang.domain.outreach.models import Delivery
    from dianliang.flows.outreach.receipts import called
    from dianliang.integrations.messaging import signing

    numbers = list(Delivery.objects.values_list("number", flat=True))
    dice = random.Random(1)
    dice.shuffle(numbers)
    for start in range(0, len(numbers), CALL):
        told = [
            {"id": number, "state": dice.choice(["delivered", "read", "failed"])}
            for number in numbers[start : start + CALL]
        ]
        body = json.dumps({"receipts": [{**row, "at": at.isoformat()} for row in told]}).encode()
        for _ in range(2 if start == 0 else 1):
            signature = signing.sign(body, secret=SECRET, at=at)
            called(code="C-webhook", body=body, signature=signature, at=at)


def main() -> None:
    """Measure, print a table, and end with 1 if something does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--firms", type=int, default=27_000)
    count = asked.parse_args().firms
    with tempfile.TemporaryDirectory(prefix="dianliang-bench-") as home:
        prepared(Path(home))
        sys.exit(not measured(count))


def as_files(town: Any, clock: Callable[[], datetime], count: int) -> tuple[int, OtherWriter]:
    """Hand a second outreach over as files; return how many were, and how long others waited."""
    from tests import outreachworld as world

    from dianliang.domain.outreach.models import Batch, Recipient
    from dianliang.flows.outreach import audience, handoff, leading

    by, second, at = world.clerk(town), world.clerk(town, name="second"), clock()
    filed = world.drafted(town, "file", at=at)
    audience.prepare(number=filed.number, by=by, at=at)
    work(clock)
    leading.release(number=filed.number, channel="C-file", by=second, at=at)
    began = time.perf_counter()
    with OtherWriter() as files:
        work(clock)
        for batch in Batch.objects.filter(channel__kind="file"):
            handoff.fetch(number=batch.number, form="xlsx", by=by, at=clock())
    print(line("hand-off files made", time.perf_counter() - began, count, files), flush=True)
    handed = Recipient.objects.filter(outreach=filed, stage__gte=2).count()
    return handed, files


def measured(count: int) -> bool:
    """Do all of it; tell whether everything holds."""
    from django.conf import settings
    from tests import outreachworld as world
    from tests.town import NOON

    from dianliang.flows.outreach import audience, leading

    town = fill(count)
    by, second = world.clerk(town), world.clerk(town, name="second")
    ticks = [NOON]

    def clock() -> datetime:
        """Go on by the second: pace is not what is measured."""
        ticks[0] += timedelta(seconds=1)
        return ticks[0]

    print("| step | count | seconds | per second | other writer p99 ms | worst ms |")
    print("|---|--:|--:|--:|--:|--:|")
    with OtherWriter() as alone:
        time.sleep(ALONE_S)
    print(line("nothing else going on", ALONE_S, 0, alone), flush=True)
    with world.gateway() as server:
        settings.OUTREACH_HOSTS = [server.host]
        world.channel("webhook", server.port, batch_size=BATCH, per_minute=60_000)
        world.channel("file", batch_size=5000)
        outreach = world.drafted(town, "webhook", wanted=audience.Wanted(kind="enterprise"))
        audience.prepare(number=outreach.number, by=by, at=NOON)
        began = time.perf_counter()
        with OtherWriter() as first:
            work(clock)
        listed_s = time.perf_counter() - began
        print(line("list prepared", listed_s, count, first), flush=True)
        leading.release(number=outreach.number, channel="C-webhook", by=second, at=NOON)
        began = time.perf_counter()
        with OtherWriter() as sent:
            work(clock)
        sent_s = time.perf_counter() - began
        print(line("handed over by web hook", sent_s, count, sent), flush=True)
    began = time.perf_counter()
    with OtherWriter() as heard:
        receipts(ticks[0])
    print(line("receipts taken in", time.perf_counter() - began, count, heard), flush=True)
    handed, files = as_files(town, clock, count)
    once = Counter(server.taken.values())
    waits = max(one.p99_s() for one in (first, sent, heard, files))
    print(f"\nmessages by how often they came: {dict(once)}; handed over as files: {handed}")
    holds = (listed_s + sent_s) / 60 <= MOST_MINUTES and waits < MOST_WAIT_S
    is_whole = once == {1: count} and len(server.phones) == count and handed == count
    print("holds" if holds and is_whole else "DOES NOT HOLD")
    return holds and is_whole


if __name__ == "__main__":
    main()
