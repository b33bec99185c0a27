"""Time key customers: ``python -m benchmarks.key_customers [--customers 5922]``.

Fills a database of its own (SQLite, in a folder that is thrown away) with a county of 94 villages,
then brings an Excel file of key customers the way a desk does: upload, background job, progress;
once more unchanged, once with every row changed, once with a fault in every row. Then follows all
of them through twelve hours of reports and asks the pages through the whole stack of one process.
What must hold: each import is done within 30 s and tells its progress on the way; a list
or card costs at most 300 ms of CPU, curves over three reports of each customer 800: of CPU, for the
machine may be shared.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.care.__main__ import prepared, timed

IMPORT_S, PAGE_MS, CURVES_MS = 30.0, 300.0, 800.0
VILLAGES, FEEDERS, HOURS = 94, 60, 12


def fill() -> Any:
    """Write a county with its lines; return the town that it stands on."""
    from tests import town as builder

    from dianliang.domain.network.models import Feeder
    from dianliang.domain.territory.models import Area
    from dianliang.kernel.actor import Role

    town = builder.build()
    town.user("bench", Role.DISPATCHER, "AJ")
    above = town.areas["T1"]
    Area.objects.bulk_create(
        Area(
            code=f"BV{n}",
            name=f"{n}号村",
            level="village",
            parent=above,
            path=f"{above.path}BV{n}/",
            area_class="rural",
            lat=30.4 + n / 300,
            lon=119.6,
            coordinate_source="generated",
        )
        for n in range(VILLAGES)
    )
    Feeder.objects.bulk_create(
        Feeder(
            code=f"F{n}",
            name=f"{n}线",
            voltage="10kV",
            length_m=9000,
            starts_at="变电站",
            ends_at="支线",
        )
        for n in range(FEEDERS)
    )
    return town


def workbook(count: int, *, plug: str = "五芯快插", area: str = "BV") -> bytes:
    """Return a filled-in table of so many key customers, with an own supply for two of three."""
    from dianliang.core import blanks
    from dianliang.flows.key_customers import sheets

    kinds = ("排灌泵站", "医院", "避灾安置点", "通信", "供水", "党政机关")
    customers, supplies = [], []
    for n in range(count):
        cells = {
            sheets.NUMBER: f"ZY{n:05d}",
            sheets.NAME: f"第 {n} 号重要客户",
            sheets.GRADE: ("二级", "二级", "一级", "特级")[n % 4],
            sheets.KIND: kinds[n % len(kinds)],
            sheets.UNIT: ("S1", "S2")[n % 2],
            sheets.AREA: f"{area}{n % VILLAGES}",
            sheets.ADDRESS: f"振兴路 {n} 号",
            sheets.LAT: f"{30.4 + n % 997 / 3000:.6f}",
            sheets.LON: f"{119.5 + n % 991 / 3000:.6f}",
            sheets.DATUM: ("WGS 84", "GCJ-02")[n % 2],
            sheets.MAIN: f"F{n % FEEDERS}",
            sheets.OTHERS: f"F{(n + 7) % FEEDERS}" if n % 3 else "",
            sheets.TIE_IN: "接口具备",
            sheets.CABLE: "60",
            sheets.PLUG: plug,
            sheets.CONTACT: f"值班员{n}",
            sheets.PHONE: f"1990000{n:04d}",
            sheets.DOCUMENT: "县发改〔2026〕12 号",
        }
        customers.append([cells.get(name, "") for name in sheets.COLUMNS])
        if n % 3:
            supplies.append([cells[sheets.NUMBER], "柴油发电机", "200", "", "8", "2026-06-01"])
    out = BytesIO()
    book = blanks.workbook(out)
    blanks.add_table(book, sheets.CUSTOMERS, sheets.headings(), examples=customers)
    blanks.add_table(book, sheets.SUPPLIES, sheets.supply_headings(), examples=supplies)
    book.close()
    return out.getvalue()


def brought(content: bytes, by: Any) -> tuple[float, float, int, str]:
    """Bring a table and work it off; return wall and CPU seconds, reports of progress, outcome."""
    from dianliang.core import jobs
    from dianliang.core.models import BackgroundJob
    from dianliang.faces.ui.requests import now
    from dianliang.flows.key_customers import importing

    told = 0

    def clock() -> Any:
        nonlocal told
        told += 1  # every report renews the lease, for which it reads the clock
        return now()

    began, worked = time.perf_counter(), time.process_time()
    row = importing.bring(content=content, name="bench", only_check=False, by=by, at=now())
    while BackgroundJob.objects.filter(status__in=jobs.GOING_ON).exists():
        jobs.run_next(owner="bench", clock=clock)
    spent, worked = time.perf_counter() - began, time.process_time() - worked
    one = importing.one(row.number, by=by).row
    came = f"{one.status} {dict(one.outcome)}" if one.outcome else f"{len(one.faults)} faults"
    return spent, worked, told, came


def imports(count: int, by: Any) -> Iterator[tuple[str, bytes]]:
    """Yield what is brought, one after the other."""
    yield "first import", workbook(count)
    yield "the same again", workbook(count)
    yield "every row changed", workbook(count, plug="单芯 400A")
    yield "a fault in every row", workbook(count, area="X")


def follow(by: Any, count: int) -> str:
    """Follow all customers through hours of reports; return the number of the watch."""
    from dianliang.core.numbers import next_numbers
    from dianliang.domain.key_customers.models import KeyCustomer, SupplyReport
    from dianliang.domain.key_customers.told import Occasion
    from dianliang.faces.ui.requests import now
    from dianliang.flows.key_customers import watching

    at, dice = now(), random.Random(1)
    watch = watching.open_for(
        occasion=Occasion(kind="incident", title="测量"),
        customers=list(KeyCustomer.objects.values_list("pk", flat=True)),
        starts_at=at - timedelta(hours=HOURS),
        by=by,
        at=at,
    )
    told: list[SupplyReport] = []
    numbers = iter(next_numbers("GQ", count=3 * count, at=at))
    for watched in watch.watched.all():
        minutes = sorted(dice.sample(range(HOURS * 60), 3))
        for state, minute in zip(("lost", "tied", "normal"), minutes, strict=True):
            told.append(
                SupplyReport(
                    number=next(numbers),
                    watched=watched,
                    state=state,
                    happened_at=watch.starts_at + timedelta(minutes=minute),
                    generator="G1" if state == "tied" else "",
                    reported_at=at,
                    recorded_by="bench",
                )
            )
    SupplyReport.objects.bulk_create(told, batch_size=500)
    return watch.number


def pages(client: Any, watch: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield what is asked: its name, and how."""
    at = "/console/key/"
    yield "list, first page", partial(client.get, at)
    yield "list, a page in the middle", partial(client.get, at, {"page": 60})
    yield "list, untested supplies", partial(client.get, at, {"view": "untested"})
    yield "list, words", partial(client.get, at, {"words": "591"})
    yield "one card", partial(client.get, f"{at}customer/ZY00100/")
    yield "curves now", partial(client.get, f"{at}watches/{watch}/")
    yield (
        "curves, those without power",
        partial(client.get, f"{at}watches/{watch}/", {"state": "lost"}),
    )


def main() -> None:
    """Fill, bring, ask, print; exit 1 if anything is too slow."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=5922)
    options.add_argument("--rounds", type=int, default=20)
    asked = options.parse_args()
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        prepared(Path(folder))
        town = fill()
        by = town.actor("AJ")
        print(f"{asked.customers} key customers")
        print(f"{'import':30} {'seconds':>8} {'CPU s':>8} {'reports':>8}  outcome")
        for name, content in imports(asked.customers, by):
            spent, worked, told, came = brought(content, by)
            print(f"{name:30} {spent:8.1f} {worked:8.1f} {told:8d}  {came}")
            if spent > IMPORT_S:
                slow.append(name)
        from django.test import Client

        from dianliang.core.models import User

        client = Client()
        client.force_login(
            User.objects.get(username="bench"), "django.contrib.auth.backends.ModelBackend"
        )
        watch = follow(by, asked.customers)
        print(f"\n{'page':30} {'median':>8} {'p95':>8} {'CPU':>8} {'queries':>8}  (ms)")
        for name, ask in pages(client, watch):
            ask()  # loads the code and the template that the page needs
            began = time.process_time()
            middle, p95, _worst, queries = timed(ask, asked.rounds)
            each = 1000 * (time.process_time() - began) / (asked.rounds + 2)
            print(f"{name:30} {middle:8.0f} {p95:8.0f} {each:8.0f} {queries:8d}")
            if each > (CURVES_MS if name.startswith("curves") else PAGE_MS):
                slow.append(name)
    if slow:
        raise SystemExit(f"slower than it must be: {', '.join(slow)}")


if __name__ == "__main__":
    main()
