"""``python -m benchmarks.loop.reads [--needs 100000]``: queue, detail, search over many needs."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

GOALS_MS = {"list": 300, "detail": 200, "search": 800, "board": 300}
ROUNDS = 40


def main() -> None:
    """Fill a database, then time what a dispatcher does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=100_000)
    asked = parser.parse_args()
    os.environ.setdefault("DIANLIANG_HOME", tempfile.mkdtemp(prefix="dianliang-reads-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "dianliang.config.settings"
    import django

    django.setup()
    _fill(asked.needs)
    _measure()


def _fill(count: int) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from dianliang.domain.intake import search
    from dianliang.domain.intake.models import Need, Participant, Rating
    from dianliang.flows.demo.seeding import seed_demo

    at = timezone.now()
    call_command("migrate", verbosity=0)
    seed_demo(at=at)
    models = list(Need.objects.select_related("area", "service", "unit")[:300])
    for first in range(0, count, 5000):
        rows = []
        for n in range(first, min(count, first + 5000)):
            like = models[n % len(models)]
            rows.append(
                Need(
                    number=f"XB-{n:07d}",
                    channel=like.channel,
                    text=f"{like.text}，编{n}",
                    service=like.service,
                    area=like.area,
                    lat=like.lat,
                    lon=like.lon,
                    place_source=like.place_source,
                    unit=like.unit,
                    urgency=like.urgency,
                    status="RECEIVED" if n % 50 == 0 else "CLOSED",
                    received_at=at - timedelta(minutes=n % 500_000),
                    response_due_at=at,
                    **_handled(n, at - timedelta(minutes=n % 500_000)),
                    due_at=at + timedelta(days=n % 9),
                )
            )
        with transaction.atomic():
            stored = Need.objects.bulk_create(rows)
            Participant.objects.bulk_create(
                Participant(need=need, token_hash=f"b{need.number}", is_first=True, joined_at=at)
                for need in stored
            )
            rated = Participant.objects.filter(need__in=stored[::3])
            Rating.objects.bulk_create(
                Rating(participant=who, stars=1 + who.pk % 5, rated_at=at, unit_code="x")
                for who in rated
            )
            search.index(stored)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _handled(n: int, received_at: datetime) -> dict[str, datetime]:
    """Return when the n-th need was answered and done: one in fifty is still waiting."""
    if n % 50 == 0:
        return {}
    responded = received_at + timedelta(minutes=n % 300)
    return {"first_response_at": responded, "resolved_at": responded + timedelta(minutes=n % 9000)}


def _measure() -> None:
    from django.utils import timezone

    from dianliang.domain.insight.queries import overview, townships
    from dianliang.domain.intake.models import Need
    from dianliang.domain.intake.queries.board import Filters, board
    from dianliang.domain.intake.queries.detail import need_page
    from dianliang.kernel.actor import Actor, Role

    by = Actor(id="b", name="b", role=Role.DISPATCHER, unit_path="/LM/", area_path="/")
    numbers = list(Need.objects.order_by("-pk").values_list("number", flat=True)[:ROUNDS])
    at = timezone.now()
    print(f"{Need.objects.count()} needs")
    timed("list", lambda i: board(by=by, filters=Filters(page=1 + i % 5), at=at))
    timed("list", lambda i: board(by=by, filters=Filters(tab="all", page=1 + i), at=at))
    timed("detail", lambda i: need_page(numbers[i], by=by, at=at))
    words = ("停电", "路灯", "余村", "充电桩", "编9999", "水")
    timed("search", lambda i: board(by=by, filters=Filters(tab="all", q=words[i % 6]), at=at))
    month: Any = {"by": by, "start": at - timedelta(days=30), "end": at, "at": at}

    def figures(i: int) -> None:
        overview(dimension=("unit", "area", "service", "channel")[i % 4], **month)
        townships(**month)

    timed("board", figures)


def timed(what: str, act: Callable[[int], object]) -> None:
    """Print the 95th percentile of an action beside its goal."""
    spent = []
    for i in range(ROUNDS):
        began = time.perf_counter()
        act(i)
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    p95 = spent[int(0.95 * ROUNDS)]
    print(f"{what:8} p50 {spent[ROUNDS // 2]:8.1f} ms  p95 {p95:8.1f} ms   goal ≤ {GOALS_MS[what]}")


if __name__ == "__main__":
    main()
