"""The queue says in time which promise is going to be broken, and why."""

from datetime import timedelta

import pytest

from dianliang.domain.intake.queries.board import Filters, board
from dianliang.domain.work.models import Visit
from dianliang.flows import handling
from tests.town import NOON, TODAY


@pytest.fixture
def job(town):
    """A need with a promise of 90 minutes, accepted, with one open job."""
    town.team("A", "S1", "repair")
    need = town.post("余村村家里没电了", area_code="V1")
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    return handling.split(number=need.number, parts=(), by=town.actor(), at=NOON)[0]


def forecast(town, *, after_min):
    page = board(
        by=town.actor(), filters=Filters(tab="doing"), at=NOON + timedelta(minutes=after_min)
    )
    return page.rows[0].forecast


def visit(town, job, *, after_min):
    arrive_at = NOON + timedelta(minutes=after_min)
    return Visit.objects.create(
        number="SM1",
        job=job,
        team=town.teams["A"],
        on=TODAY,
        sequence=1,
        arrive_at=arrive_at,
        depart_at=arrive_at + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("visit_after", "seen_after", "words"),
    [
        (None, 10, ""),
        (None, 50, ""),
        (None, 65, "还没排上门，来不及了"),
        (60, 40, ""),
        (120, 10, "上门排在承诺之后"),
        (120, 100, ""),
    ],
)
def test_a_broken_promise_is_forecast(town, job, visit_after, seen_after, words):
    if visit_after is not None:
        visit(town, job, after_min=visit_after)

    assert forecast(town, after_min=seen_after) == words


def test_once_somebody_is_there_the_clock_runs_for_the_work(town, job):
    made = visit(town, job, after_min=60)
    Visit.objects.filter(pk=made.pk).update(
        status="ARRIVED", arrived_at=NOON + timedelta(minutes=70)
    )

    page = board(by=town.actor(), filters=Filters(tab="doing"), at=NOON + timedelta(minutes=100))

    assert (page.rows[0].clock_label, page.rows[0].forecast) == ("办结", "")
    assert page.rows[0].tone == "open"


@pytest.mark.parametrize(("seen_after", "words"), [(30, ""), (65, "还没受理，来不及了"), (95, "")])
def test_a_need_nobody_has_accepted_is_forecast_too(town, seen_after, words):
    town.post("余村村家里没电了", area_code="V1")

    page = board(by=town.actor(), filters=Filters(), at=NOON + timedelta(minutes=seen_after))

    assert page.rows[0].forecast == words


def test_a_need_of_which_only_the_village_is_known_is_on_the_map_all_the_same(town):
    town.post("路灯坏了", area_code="V1")
    town.post("路灯坏了", area_code="V1", lat=30.512, lon=119.612)

    pinned, rough = sorted(
        board(by=town.actor(), filters=Filters(), at=NOON).rows,
        key=lambda row: not row.is_exact_place,
    )

    assert (rough.lat, rough.lon, rough.is_exact_place) == (30.51, 119.61, False)
    assert (pinned.lat, pinned.lon) == (30.512, 119.612)
