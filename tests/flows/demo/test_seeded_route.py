"""Whenever the demo is built, its steward has a day's work before him."""

import zlib
from datetime import datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dianliang.core.models import User
from dianliang.domain.intake.models import Need, Rating
from dianliang.domain.intake.queries.detail import need_row
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Visit
from dianliang.flows import day_route, hot_page, identity, mood
from dianliang.flows import demo as demo_room
from dianliang.flows.demo.seeding import seed_demo
from dianliang.kernel.calendar import SHANGHAI


def test_a_demo_built_in_the_afternoon_has_a_day_for_its_steward(demo):
    today = assert_a_day_for_its_steward(demo, done=2)
    assert_the_sheets_say_who_is_visited(today)


DONE_BY = {
    "2026-11-28T23:40": 2,  # late on a Saturday
    "2026-10-01T03:05": 0,  # in the night before a holiday
    "2026-12-31T16:02": 2,  # on the last afternoon of a year
    "2027-02-28T04:58": 0,  # before dawn on the last day of a month
}
"""How many visits are done, by hours at which a demo may be built."""


@pytest.mark.slow
@pytest.mark.django_db
def test_a_demo_built_at_any_hour_has_a_day_for_its_steward():
    """Another program draws another hour, a second look at the same one the same: it takes long."""
    written = b"".join(
        path.read_bytes() for path in sorted(Path(demo_room.__file__).parent.glob("*.py"))
    )
    moment, done = [*DONE_BY.items()][zlib.crc32(written) % len(DONE_BY)]
    at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    seed_demo(at=at)
    today = assert_a_day_for_its_steward(at, done=done)
    if not done:
        assert_the_sheets_say_who_is_visited(today)


def assert_a_day_for_its_steward(at, *, done):
    on = at.date()
    steward = identity.actor_of(User.objects.get(username="steward"), on=on)
    assert steward is not None

    day = day_route.day(by=steward, at=at)

    today = [sheet for sheet in day.sheets if sheet.stop.on == on]
    open_stops = [sheet.stop for sheet in today if sheet.is_open]
    assert len(today) - len(open_stops) == done
    assert all(stop.arrive_at >= at for stop in open_stops)
    assert all(stop.depart_at.astimezone(SHANGHAI).time() <= time(17, 30) for stop in open_stops)
    assert all(a.depart_at <= b.arrive_at for a, b in pairwise(sheet.stop for sheet in today))
    tomorrow = [sheet.stop for sheet in day.sheets if sheet.stop.on == on + timedelta(days=1)]
    assert len(today) <= 6 <= len(today) + len(tomorrow)
    assert len(tomorrow) >= 4
    assert all(stop.arrive_at.astimezone(SHANGHAI).time() <= time(17, 30) for stop in tomorrow)
    kept_back = [sheet for sheet in day.sheets if sheet.stop.on != on or not sheet.is_open]
    assert not any(sheet.care or sheet.past or sheet.contacts for sheet in kept_back)
    done_visits = Visit.objects.filter(team__code="D01", on=on).exclude(status__in=VISIT_OPEN)
    assert all(v.job.opened_at < v.accepted_at < v.ended_at <= at for v in done_visits)
    return today


def assert_the_sheets_say_who_is_visited(today):
    """Of visits that are still to do: what is done, or another day's, shows no person."""
    assert any(sheet.care and sheet.care.password for sheet in today)
    assert any(sheet.needs for sheet in today)
    assert any(sheet.past for sheet in today)


def test_a_demo_shows_a_desk_at_work_not_one_that_lost_the_day(demo):
    waiting = Need.objects.filter(status="RECEIVED")
    assert waiting.count() >= 10
    assert waiting.filter(response_due_at__lt=demo).count() <= waiting.count() / 2
    ends = list(Need.objects.exclude(resolved_at=None).values_list("resolved_at", flat=True))
    assert len(set(ends)) > 0.9 * len(ends)
    assert not Rating.objects.filter(rated_at__gt=demo).exists()


def test_a_demo_shows_what_many_people_speak_of_and_one_who_is_angry(demo):
    commander = identity.actor_of(User.objects.get(username="commander"), on=demo.date())
    assert commander is not None
    first = hot_page.headlines(by=commander, at=demo, most=3)[0]
    assert (first.reporters, first.trend_label) == (9, "新")
    assert "变压器" in first.title
    dispatcher = identity.actor_of(User.objects.get(username="dispatcher"), on=demo.date())
    assert dispatcher is not None
    issue = hot_page.page(by=dispatcher, at=demo).waiting[0]
    assert all(Need.objects.get(number=number).is_generated for number in issue.numbers)
    rows = [need_row(number, by=dispatcher, at=demo) for number in issue.numbers]
    assert "愤怒" in {row.mood for row in mood.on_rows(tuple(rows))}
