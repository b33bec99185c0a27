"""Run a whole city's bases: ``python -m benchmarks.bases [--bases 3572] [--rounds 5]``.

Takes the tree in from an Excel table in a throw-away database (SQLite, or the PostgreSQL that
`DIANLIANG_DATABASE` names), gives its bases keepers, hours, proofs, needs and activities, and asks
for the pages through the whole stack. Prints a table; exit 1 when a goal is missed.
"""

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from statistics import median
from typing import Any

BASES = 3572
"""全市阵地, seed row 004-21."""
TREE_GOAL_MS, FIGURES_GOAL_MS = 300.0, 1000.0
AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
BRANCHES, DISTRICTS = 240, 12
PASSWORD = "p" * 16


def prepare(folder: str) -> None:
    """Make an empty database in a folder of its own, or empty the one that is named."""
    os.environ |= {
        "DIANLIANG_MODE": "test",
        "DIANLIANG_HOME": folder,
        "DJANGO_SETTINGS_MODULE": "dianliang.config.test_settings",
    }
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.test.runner import DiscoverRunner

    django.setup()
    settings.ALLOWED_HOSTS = ["*"]
    DiscoverRunner(verbosity=0, interactive=False).setup_databases()
    call_command("migrate", verbosity=0)


def table(count: int) -> bytes:
    """Return the tree as people keep it: a heading for each district, branches, points."""
    import xlsxwriter

    from dianliang.flows.bases.sheet_rows import NAMES

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, NAMES)
    bases = {
        "区域编码": "V1",
        "单位编码": "S1",
        "责任人编号": "R1",
        "周一至周五": "8:30-12:00、13:30-17:30",
    }
    for line in range(1, DISTRICTS + count + 1):
        number = line - DISTRICTS
        if number <= 0:
            cells = {"编码": f"Q{line:02d}", "名称": f"{line} 区", "称呼": "片区"}
        else:
            is_branch = number <= BRANCHES
            above = (
                f"Q{number % DISTRICTS + 1:02d}" if is_branch else f"P{number % BRANCHES + 1:04d}"
            )
            label, kind = ("大使馆", "分基地") if is_branch else ("领事馆", "点位")
            told = {"称呼": label, "类别": kind, "上级编码": above}
            cells = {"编码": f"P{number:04d}", "名称": f"第 {number} 号阵地", **told, **bases}
        sheet.write_row(line, 0, [cells.get(name, "") for name in NAMES])
    book.close()
    return out.getvalue()


def fill(count: int) -> float:
    """Build the city; return how many seconds the import took."""
    from tests import town as town_builder

    from dianliang.domain.programs.models import Activity, Participation
    from dianliang.domain.venues.models import BaseProof, Matrix, Site
    from dianliang.domain.workforce.models import Person
    from dianliang.flows.bases import sheets
    from dianliang.kernel.actor import Role

    town = town_builder.build()
    town.user("party", Role.PARTY_AFFAIRS, "LM")
    Person.objects.create(number="R1", name="责任人", unit=town.units["S1"])
    Matrix.objects.create(code="CITY", name="全市", unit=town.units["LM"])
    by = town.actor("LM", Role.PARTY_AFFAIRS)
    content = table(count)
    began = time.perf_counter()
    sheets.take_in(code="CITY", content=content, seen=1, by=by, at=AT)
    took = time.perf_counter() - began
    sites = list(Site.objects.filter(code__startswith="P").order_by("code"))
    team = town.team("XH", "S1")
    people = list(Person.objects.filter(number__startswith="XH"))
    held = Activity.objects.bulk_create(
        Activity(
            number=f"XD-{n:05d}",
            title="用电检查",
            team=team,
            area=site.area,
            site=site,
            started_at=AT - timedelta(days=n % 300),
            ended_at=AT - timedelta(days=n % 300) + timedelta(hours=2),
            recorded_by="x",
        )
        for n, site in enumerate([*sites, *sites])
    )
    Participation.objects.bulk_create(
        Participation(activity=activity, person=person) for activity in held for person in people
    )
    BaseProof.objects.bulk_create(
        BaseProof(
            number=f"ZM-{n:05d}",
            site=site,
            item=item,
            kind="note",
            words="齐全",
            from_on=(AT - timedelta(days=n % 500)).date(),
            expires_on=(AT - timedelta(days=n % 500 - 365)).date(),
            status="ACCEPTED",
            share_percent=100,
            given_at=AT,
            given_by="x",
            given_by_name="x",
        )
        for n, (site, item) in enumerate((s, i) for s in sites for i in ("place", "project"))
    )
    for n, site in enumerate(sites[:60]):
        town.post("路灯坏了", site_code=site.code, at=AT - timedelta(hours=n))
    return took


def measured(ask: Callable[[], Any], rounds: int) -> tuple[float, float, int]:
    """Return the median milliseconds of some answers, of our processor time in them, and bytes.

    The first answer is warm-up. The processor's share tells a slow page from a busy machine.
    """
    answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"HTTP {answer.status_code}")
    times, busy = [], []
    for _ in range(rounds):
        began, worked = time.perf_counter(), time.process_time()
        answer = ask()
        times.append(1000 * (time.perf_counter() - began))
        busy.append(1000 * (time.process_time() - worked))
    return median(times), median(busy), len(answer.content)


PAGES = (
    ("体系首页（片区）", "/console/bases/tree/CITY/", TREE_GOAL_MS),
    ("展开一个片区", "/console/bases/tree/CITY/?branch=Q01", TREE_GOAL_MS),
    ("按名称查找", "/console/bases/tree/CITY/?q=35", TREE_GOAL_MS),
    ("各级数字（全市）", "/board/bases/?in=CITY", FIGURES_GOAL_MS),
    ("各级数字（一个片区）", "/board/bases/Q01/?in=CITY", FIGURES_GOAL_MS),
    ("缺项清单", "/console/bases/gaps/?in=CITY", FIGURES_GOAL_MS),
    ("人次背后的记录", "/board/bases/Q01/person_times/?in=CITY", FIGURES_GOAL_MS),
)


def main() -> None:
    """Measure and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bases", type=int, default=BASES)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.db import connection
        from django.test import Client

        took = fill(asked.bases)
        client = Client()
        client.login(username="party", password=PASSWORD)
        print(f"{connection.vendor}, {asked.bases} bases, median of {asked.rounds}")
        print(f"{'Excel import':>24} {1000 * took:8.0f} ms")
        is_met = True
        gc.collect()
        gc.freeze()  # as the server does
        for name, address, goal in PAGES:
            ms, busy, size = measured(partial(client.get, address), asked.rounds)
            is_met = is_met and ms <= goal
            told = f"{ms:8.0f} ms (processor {busy:4.0f})  ≤ {goal:5.0f} {size / 1e3:7.0f} kB"
            print(f"{name:>20} {told}")
        print("met" if is_met else "MISSED")
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
