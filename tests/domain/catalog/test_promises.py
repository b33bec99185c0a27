"""What is promised: the ten public promises, over Chinese holidays and 调休 as they really fall."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from dianliang.domain.catalog import operations
from dianliang.domain.catalog.models import Promise, Service
from dianliang.domain.catalog.queries import deadlines, work_calendar
from dianliang.kernel.calendar import SHANGHAI, TimeUnit

ROWS = json.loads((Path(operations.__file__).parent / "data/promises.json").read_text("utf-8"))


@pytest.fixture
def catalogue(town):
    """What is shipped, and the holidays of 2026: a town has both."""


def local(month, day, hour=0, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("kind", "minutes"), [("city", 45), ("rural", 90), ("remote", 120)])
def test_somebody_is_at_a_fault_in_the_time_that_is_promised_to_the_public(
    catalogue, kind, minutes
):
    row = Promise.objects.get(service__code="PWR-OUTAGE", area_class=kind, step="on_site")

    assert (row.amount, row.unit) == (minutes, TimeUnit.MINUTES)
    assert "十项承诺" in row.source


@pytest.mark.parametrize(("kind", "minutes"), [("city", 45 + 180), ("rural", 90 + 240)])
def test_power_is_back_three_or_four_hours_after_the_arrival(catalogue, kind, minutes):
    row = Promise.objects.get(service__code="PWR-OUTAGE", area_class=kind, step="resolve")

    assert (row.amount, row.unit) == (minutes, TimeUnit.MINUTES)


@pytest.mark.parametrize(("service", "days"), [("PWR-METER", 5), ("PWR-NEW", 5)])
def test_meters_and_connections_have_their_working_days(catalogue, service, days):
    for row in Promise.objects.filter(service__code=service, step="resolve"):
        assert (row.amount, row.unit) == (days, TimeUnit.WORKING_DAYS)
        assert "十项承诺" in row.source


def test_every_promise_names_a_source_that_says_what_it_is():
    vague = [row for row in ROWS if "：" not in row["source"] and "）" not in row["source"]]

    assert vague == []


def test_every_service_has_the_same_promises_in_each_class_of_areas():
    known = {(row["service"], row["step"], row["area_class"]) for row in ROWS}

    assert len(known) == len(ROWS)
    for service, step, _ in known:
        for kind in ("city", "rural", "remote"):
            assert (service, step, kind) in known


def test_nothing_is_promised_to_be_done_before_somebody_is_there(catalogue):
    at = local(11, 24, 10)
    for service in [*Service.objects.all(), None]:
        for kind in ("city", "rural", "remote"):
            promised = deadlines(service=service, area_class=kind, at=at, calendar=work_calendar())
            there = promised.on_site_due_at or promised.response_due_at
            assert at < promised.response_due_at <= there <= promised.due_at


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # National Day 2026: 1 to 7 October off; Sunday 20 September and Saturday 10 October worked
        (local(9, 30, 17, 0), 60, TimeUnit.WORKING_MINUTES, local(10, 8, 9, 0)),
        (local(9, 30, 17, 29), 1, TimeUnit.WORKING_MINUTES, local(9, 30, 17, 30)),
        (local(9, 30, 17, 30), 1, TimeUnit.WORKING_MINUTES, local(10, 8, 8, 31)),
        (local(10, 3, 10, 0), 120, TimeUnit.WORKING_MINUTES, local(10, 8, 10, 30)),
        (local(9, 30, 10, 0), 3, TimeUnit.WORKING_DAYS, local(10, 10, 17, 30)),
        (local(10, 9, 17, 0), 60, TimeUnit.WORKING_MINUTES, local(10, 10, 9, 0)),
        (local(9, 19, 12, 0), 30, TimeUnit.WORKING_MINUTES, local(9, 20, 9, 0)),
        (local(10, 10, 17, 30), 1, TimeUnit.WORKING_MINUTES, local(10, 12, 8, 31)),
        # Spring Festival 2026: 15 to 23 February off; Saturdays 14 and 28 February worked
        (local(2, 13, 17, 0), 60, TimeUnit.WORKING_MINUTES, local(2, 14, 9, 0)),
        (local(2, 14, 17, 0), 60, TimeUnit.WORKING_MINUTES, local(2, 24, 9, 0)),
        (local(2, 13, 9, 0), 5, TimeUnit.WORKING_DAYS, local(2, 27, 17, 30)),
        (local(2, 24, 9, 0), 4, TimeUnit.WORKING_DAYS, local(2, 28, 17, 30)),
        (local(2, 17, 3, 0), 90, TimeUnit.MINUTES, local(2, 17, 4, 30)),
        (local(2, 13, 12, 0), 3, TimeUnit.DAYS, local(2, 16, 12, 0)),
    ],
)
def test_promises_skip_the_holidays_and_count_the_days_that_are_made_up(
    catalogue, start, amount, unit, end
):
    assert work_calendar().add(start, amount, unit) == end


def test_lunch_is_no_working_time_and_its_edges_are_half_open(catalogue):
    calendar = work_calendar()

    assert calendar.working_minutes_between(local(11, 24, 11, 59), local(11, 24, 13, 31)) == 2
    assert calendar.add(local(11, 24, 12, 0), 1, TimeUnit.WORKING_MINUTES) == local(11, 24, 13, 31)
    assert calendar.add(local(11, 24, 11, 0), 60, TimeUnit.WORKING_MINUTES) == local(11, 24, 12, 0)
    assert calendar.working_minutes_between(local(9, 30, 17, 30), local(10, 8, 8, 30)) == 0
