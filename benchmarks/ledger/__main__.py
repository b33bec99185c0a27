"""Time the books: ``python -m benchmarks.ledger [--lines 1000000] [--people 5000]``.

Fills a database of its own with entries of volunteer hours through the operation itself (SQLite in
a folder that is thrown away; PostgreSQL where DIANLIANG_DATABASE names one, see
``tools/with_postgresql.py --durable``), first one entry per transaction from several threads, then
in batches; those are copied inside the database, other days each time, until there are as many
lines as asked for. Then asks the pages of balances through the whole stack, and holds the books
against themselves. What must hold: every page answers in 300 ms at the 95th percentile.
"""

import argparse
import gc
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

GOAL_MS = 300.0
UNITS, TEAMS, DAYS = 12, 60, 1095
BATCH = 2000
FAR = 10**13
"""Further than any key of an entry."""
SHIFT_DAYS = 11
EARLIER = {"sqlite": "date(\"on\", '-{days} days')", "postgresql": '("on" - {days})'}
COPY_LINES = (
    'INSERT INTO ledger_line (entry_id, account_id, amount, "on", team_code, unit_code)'
    " SELECT entry_id + %s, account_id, amount, {days}, team_code, unit_code"
    " FROM ledger_line WHERE entry_id < %s"
)
COPY_ENTRIES = (
    'INSERT INTO ledger_entry (id, number, book_id, article_id, "on", words, source_kind,'
    " source_number, rule_id, reverses_id, because, key, fingerprint, posted_at, by_id, by_name,"
    " by_person) SELECT id + %s, number || %s, book_id, article_id, {days}, words, source_kind,"
    " source_number, rule_id, reverses_id, because, key || %s, fingerprint, posted_at, by_id,"
    " by_name, by_person FROM ledger_entry WHERE id < %s"
)
SUM_ACCOUNTS = (
    "UPDATE ledger_account SET amount = (SELECT COALESCE(SUM(l.amount), 0) FROM ledger_line l"
    " WHERE l.account_id = ledger_account.id)"
)
SUM_MONTHS = (
    "INSERT INTO ledger_turnover (account_id, month, team_code, unit_code, added, taken, lines)"
    " SELECT account_id, {month}, team_code, unit_code,"
    " SUM(CASE WHEN amount > 0 THEN amount ELSE 0 END),"
    " SUM(CASE WHEN amount < 0 THEN -amount ELSE 0 END), COUNT(*) FROM ledger_line"
    " GROUP BY account_id, {month}, team_code, unit_code"
)
SUM_GROUPS = (
    "INSERT INTO ledger_groupturnover"
    " (book_id, article_id, month, team_code, unit_code, added, taken, lines)"
    " SELECT a.book_id, a.article_id, t.month, t.team_code, t.unit_code, SUM(t.added),"
    " SUM(t.taken), SUM(t.lines) FROM ledger_turnover t JOIN ledger_account a"
    " ON a.id = t.account_id WHERE t.team_code <> '' OR t.unit_code <> ''"
    " GROUP BY a.book_id, a.article_id, t.month, t.team_code, t.unit_code"
)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def prepared(home: Path) -> str:
    """Start Django on an empty database; return which one it is."""
    os.environ |= {"DIANLIANG_HOME": str(home), "DIANLIANG_MODE": "test"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dianliang.config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    settings.ALLOWED_HOSTS = ["*"]
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    return connection.vendor


def people_of(count: int) -> list[tuple[str, str, str]]:
    """Write units, teams and people; return number, team and unit of each."""
    from tests import ledgers
    from tests import town as builder

    from dianliang.domain.directory.models import Unit
    from dianliang.domain.workforce.models import Person
    from dianliang.kernel.actor import Role

    town = builder.build()
    town.user("bench", Role.PARTY_AFFAIRS, "AJ")
    company = town.units["AJ"]
    units = [
        Unit.objects.create(
            code=f"B{n:02d}",
            name=f"{n}号供电所",
            kind="station",
            element="power",
            parent=company,
            path=f"{company.path}B{n:02d}/",
        )
        for n in range(UNITS)
    ]
    teams = [ledgers.team(f"BT{n}", units[n % UNITS]) for n in range(TEAMS)]
    Person.objects.bulk_create(
        [Person(number=f"B{n:06d}", name=f"志愿者{n}", unit=units[n % UNITS]) for n in range(count)]
    )
    return [(f"B{n:06d}", teams[n % TEAMS].code, units[n % UNITS].code) for n in range(count)]


def postings(people: list[tuple[str, str, str]], seed: int) -> Iterator[Any]:
    """Yield entries of hours: a person, a day of three years, one to four hours."""
    from dianliang.domain.ledger.operations import Line, Posting, Source, account

    dice = random.Random(seed)
    accounts: dict[str, Any] = {}
    beyond = account("volunteer_hours", "outside", "verified")
    place = 0
    while True:
        number, team, unit = dice.choice(people)
        if number not in accounts:
            accounts[number] = account("volunteer_hours", "person", number)
        minutes = dice.choice([60, 90, 120, 180, 240])
        place += 1
        yield Posting(
            book="volunteer_hours",
            lines=(Line(accounts[number], minutes, team, unit), Line(beyond, -minutes)),
            source=Source("activity", f"XD-{seed}-{place}"),
            on=TODAY - timedelta(days=dice.randrange(DAYS)),
            words="志愿服务",
            key=f"{seed}/{place}",
        )


def one_by_one(
    people: list[tuple[str, str, str]], *, threads: int, seconds: float
) -> tuple[float, float]:
    """Post from several threads, an entry a transaction; return the rates."""
    from django.db import connection

    from dianliang.domain.ledger.operations import post_all
    from dianliang.kernel.actor import SYSTEM

    counts = [0] * threads
    ends = time.perf_counter() + seconds

    def run(place: int) -> None:
        source = postings(people[:200], 1000 + place)
        while time.perf_counter() < ends:
            post_all(postings=[next(source)], by=SYSTEM, at=NOON)
            counts[place] += 1
        connection.close()

    workers = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    began, used = time.perf_counter(), time.process_time()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return _rates(sum(counts), began, used)


def in_batches(people: list[tuple[str, str, str]], *, entries: int) -> tuple[float, float]:
    """Post many in each transaction; return the rates."""
    from dianliang.domain.ledger.operations import post_all
    from dianliang.kernel.actor import SYSTEM

    wanted = list(islice(postings(people, 7), entries))  # opens the accounts
    began, used = time.perf_counter(), time.process_time()
    for start in range(0, entries, BATCH):
        post_all(postings=wanted[start : start + BATCH], by=SYSTEM, at=NOON)
    return _rates(entries, began, used)


def _rates(entries: int, began: float, used: float) -> tuple[float, float]:
    """Return entries per second by the clock, and per second of this process at work."""
    clock, work = time.perf_counter() - began, time.process_time() - used
    return entries / clock, entries / max(work, 1e-9)


def copied(lines: int) -> None:
    """Copy what is there until there are so many lines, and carry all of it over anew."""
    from django.db import connection, transaction

    from dianliang.domain.ledger.models import Line
    from dianliang.domain.ledger.verifying import MONTH

    have, vendor = Line.objects.count(), connection.vendor
    with transaction.atomic(), connection.cursor() as cursor:
        for copy in range(1, lines // have):
            days = EARLIER[vendor].format(days=copy * SHIFT_DAYS)
            cursor.execute(COPY_LINES.format(days=days), [copy * FAR, FAR])
            mark = f"x{copy}"
            cursor.execute(COPY_ENTRIES.format(days=days), [copy * FAR, mark, mark, FAR])
        cursor.execute(SUM_ACCOUNTS)
        cursor.execute("DELETE FROM ledger_turnover")
        cursor.execute(SUM_MONTHS.format(month=MONTH[vendor]))
        cursor.execute("DELETE FROM ledger_groupturnover")
        cursor.execute(SUM_GROUPS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages() -> dict[str, str]:
    """Return the pages that are asked for."""
    book = "/console/ledgers/?book=volunteer_hours"
    return {
        "by person, this year": f"{book}&by=person&since=2026-01-01&until=2026-11-25",
        "by person, odd days": f"{book}&by=person&since=2025-03-09&until=2026-10-17",
        "by person, found by name": f"{book}&by=person&q=志愿者123",
        "by team, odd days": f"{book}&by=team&since=2025-03-09&until=2026-10-17",
        "by unit, odd days": f"{book}&by=unit&since=2025-03-09&until=2026-10-17",
        "one person's lines": "/console/ledgers/volunteer_hours/person/B000001/",
        "one unit's lines": "/console/ledgers/volunteer_hours/unit/B01/",
    }


def timed(ask: Callable[[], Any], times: int) -> tuple[float, float, float]:
    """Return median, 95th percentile and CPU of this process in milliseconds, once warm."""
    ask()
    took, used = [], time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    work = (time.process_time() - used) * 1000 / times
    return median(took), sorted(took)[int(0.95 * (len(took) - 1))], work


def main() -> None:
    """Fill, ask, check, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--posted", type=int, default=20_000, help="entries posted in batches")
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vendor = prepared(Path(folder))
        print(f"{vendor}; {asked.people} people, {asked.lines} lines", flush=True)
        people = people_of(asked.people)
        rate, work = one_by_one(people, threads=asked.threads, seconds=asked.seconds)
        told = f"{rate:,.0f} entries/s ({work:,.0f} per second of CPU)"
        print(f"  one entry a transaction, {asked.threads} threads: {told}", flush=True)
        rate, work = in_batches(people, entries=asked.posted)
        told = f"{rate:,.0f} entries/s ({work:,.0f} per second of CPU)"
        print(f"  {BATCH} entries a transaction: {told}", flush=True)
        copied(asked.lines)
        ask_pages(asked.times)
        hold()


def ask_pages(times: int) -> None:
    """Ask each page as party affairs of the company."""
    from django.test import Client

    from dianliang.core.models import User

    client, user = Client(), User.objects.get(username="bench")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    gc.collect()
    gc.freeze()  # as the server does
    for name, address in pages().items():
        answer = client.get(address)
        assert answer.status_code == 200, (name, answer.status_code)
        middle, late, work = timed(partial(client.get, address), times)
        mark = "" if late <= GOAL_MS else "  TOO SLOW"
        told = f"median {middle:.0f} ms, p95 {late:.0f} ms, of CPU {work:.0f} ms"
        print(f"  {name}: {told}{mark}", flush=True)


def hold() -> None:
    """Hold the books against themselves."""
    from dianliang.domain.ledger.verifying import verify

    began = time.perf_counter()
    verdict = verify()
    lines = sum(book.lines for book in verdict.books)
    took = time.perf_counter() - began
    print(f"  check of {lines:,} lines: {took:.1f} s, {'right' if verdict.is_right else 'WRONG'}")


if __name__ == "__main__":
    main()
