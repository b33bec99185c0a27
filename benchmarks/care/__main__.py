"""Time the pages of special customers: ``python -m benchmarks.care [--customers 350000]``.

Fills a database of its own (SQLite, in a folder that is thrown away) with generated customers, of
whom some are special, over 94 villages and 12 stations; then asks each page as a dispatcher of the
company, who sees all of them, through the whole stack of one process. What must hold: every list
page answers in 300 ms at the 95th percentile, and a deep page costs as many queries as the first.
"""

import argparse
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

GOAL_MS = 300.0
VILLAGES, STATIONS, AFFECTED = 94, 12, 500
BATCH = 10_000


def prepared(home: Path) -> None:
    """Start Django on an empty database of our own."""
    os.environ |= {"DIANLIANG_HOME": str(home), "DIANLIANG_MODE": "test"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    os.environ.pop("DIANLIANG_DATABASE", None)
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)


def fill(customers: int, special: int) -> None:
    """Write a county, its teams, and its customers."""
    from tests import town as builder

    from dianliang.domain.directory.models import Unit
    from dianliang.domain.territory.models import Area
    from dianliang.kernel.actor import Role

    town = builder.build()
    town.user("bench", Role.DISPATCHER, "AJ")
    company, township = town.units["AJ"], town.areas["T1"]
    stations = [
        Unit.objects.create(
            code=f"B{n}",
            name=f"{n}号供电所",
            kind="station",
            element="power",
            parent=company,
            path=f"{company.path}B{n}/",
        )
        for n in range(STATIONS)
    ]
    villages = [
        Area.objects.create(
            code=f"BV{n}",
            name=f"{n}号村",
            level="village",
            parent=township,
            path=f"{township.path}BV{n}/",
            area_class="rural",
            lat=30.5 + n / 1000,
            lon=119.6,
            coordinate_source="generated",
        )
        for n in range(VILLAGES)
    ]
    for station in stations:
        town.units[station.code] = station
        for n in range(3):
            town.team(f"{station.code}-{n}", station.code, "care", "inspect")
    write(
        rows(customers, special, [v.pk for v in villages], [s.pk for s in stations]),
    )


def rows(customers: int, special: int, villages: list[int], stations: list[int]) -> Iterator[Any]:
    """Yield rows as the table keeps them; the sealed columns hold real ciphers, made once."""
    from dianliang.core.fields import encrypt
    from dianliang.domain.customers.models import Customer
    from dianliang.faces.ui.requests import today

    dice = random.Random(1)
    sealed = {
        name: encrypt(f"演示{name}", context=f"customers_customer.{name}")
        for name in ("name", "phone", "account_number", "address", "nominee", "visit_password")
    }
    kinds, on = list(Customer.SpecialKind.values), today()
    for n in range(customers):
        village = n % len(villages)
        interval = dice.choice([15, 30, 90])
        is_special = n * special % customers < special
        yield {
            **sealed,
            "number": f"KH{n:07d}",
            "kind": "resident",
            "account_index": "",
            "area_id": villages[village],
            "unit_id": stations[village % len(stations)],
            "key_holder": "",
            "outage_note": "",
            "formats": "[]",
            "is_generated": 1,
            "special_kind": dice.choice(kinds) if is_special else "",
            "special_level": dice.randint(1, 3) if is_special else None,
            "visit_interval_days": interval if is_special else None,
            "consented_on": str(on - timedelta(days=300)) if is_special and n % 50 else None,
            "last_visited_on": str(on - timedelta(days=dice.randint(0, interval - 3)))
            if is_special
            else None,
            "renewal_due_on": str(on + timedelta(days=dice.randint(-3, 362)))
            if is_special
            else None,
            "preferred_team_code": f"B{village % len(stations)}-{n % 3}" if is_special else "",
        }


def write(all_rows: Iterator[dict[str, Any]]) -> None:
    """Write rows past the models: a third of a million of them in seconds."""
    from django.conf import settings

    book = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    first = next(all_rows)
    columns = ", ".join(first)
    statement = (
        f"INSERT INTO customers_customer ({columns})"
        f" VALUES ({', '.join(f':{name}' for name in first)})"
    )
    book.execute(statement, first)
    book.executemany(statement, all_rows)
    book.commit()
    book.execute("ANALYZE")
    book.close()


def timed(ask: Callable[[], Any], rounds: int) -> tuple[float, float, float, int]:
    """Return median, 95th percentile and worst of some rounds in ms, and queries of one."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as counted:
        ask()
        queries = len(connection.queries)  # the next request forgets them
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        answer = ask()
        spent.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status_code
    spent.sort()
    return (
        median(spent),
        spent[min(rounds - 1, int(rounds * 0.95))],
        spent[-1],
        queries - counted.initial_queries,
    )


def pages(client: Any) -> Iterator[tuple[str, bool, Callable[[], Any]]]:
    """Yield what is asked: its name, whether it is a list, and how."""
    from dianliang.core.models import User
    from dianliang.domain.customers.models import Customer
    from dianliang.faces.ui.requests import now, today
    from dianliang.flows import care, care_contacts, identity

    by = identity.actor_of(User.objects.get(username="bench"), on=today())
    assert by is not None
    queue = Customer.objects.filter(special_level__isnull=False)
    ordered = queue.order_by("visit_due_on", "special_level", "number")
    middle = ordered.only("visit_due_on", "special_level", "number")[queue.count() // 2]
    after = f"{middle.visit_due_on}~{middle.special_level}~{middle.number}"
    for view in care.VIEWS:
        yield f"register, {view}", True, partial(client.get, "/console/care/", {"view": view})
    deep = {"view": "all", "after": after}
    yield "register, all, page from the middle", True, lambda: client.get("/console/care/", deep)
    number = middle.number
    yield "one file", False, lambda: client.get(f"/console/care/{number}/")
    yield "its log", True, lambda: client.get(f"/console/care/{number}/log/")
    yield "forecast of two weeks", False, lambda: client.get("/console/care/forecast/")
    at = now()
    began = time.perf_counter()
    alert = care_contacts.open_alert(
        kind="fault",
        title="测量",
        starts_at=at,
        ends_at=None,
        area_codes=[f"BV{n}" for n in range(AFFECTED * VILLAGES // queue.count() + 1)],
        villages="",
        by=by,
        at=at,
    )
    spent = (time.perf_counter() - began) * 1000
    print(f"open a contact list of {alert.contacts.count()}: {spent:.0f} ms")
    address = f"/console/care/alerts/{alert.number}/"
    yield "contacts, first hundred", True, lambda: client.get(address)
    last = alert.contacts.order_by("pk").values_list("pk", flat=True)[alert.contacts.count() - 50]
    yield "contacts, the last", True, lambda: client.get(address, {"after": last})


def main() -> None:
    """Fill, ask, print; exit 1 if a list is too slow."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=350_000)
    options.add_argument("--special", type=int, default=12_000)
    options.add_argument("--rounds", type=int, default=40)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepared(Path(folder))
        began = time.perf_counter()
        fill(asked.customers, asked.special)
        took = time.perf_counter() - began
        print(f"{asked.customers} customers, {asked.special} special, written in {took:.0f} s")
        from django.test import Client

        from dianliang.core.models import User

        client = Client()
        client.force_login(
            User.objects.get(username="bench"), "django.contrib.auth.backends.ModelBackend"
        )
        print(f"{'page':40} {'median':>8} {'p95':>8} {'worst':>8} {'queries':>8}  (ms)")
        slow = []
        for name, is_list, ask in pages(client):
            middle, p95, worst, queries = timed(ask, asked.rounds)
            print(f"{name:40} {middle:8.0f} {p95:8.0f} {worst:8.0f} {queries:8d}")
            if is_list and p95 > GOAL_MS:
                slow.append(name)
    if slow:
        raise SystemExit(f"slower than {GOAL_MS:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
