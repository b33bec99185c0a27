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
