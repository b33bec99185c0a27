"""Presence at the service point: two working days a month, planned, checked in, shown."""

from datetime import date, datetime, timedelta

import pytest
from django.db.models import QuerySet

from dianliang.domain.programs import queries
from dianliang.domain.programs.models import PresenceDay, PresenceDuty
from dianliang.domain.programs.operations.presence import (
    UnableToCheckInError,
    UnableToPlanPresenceError,
)
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Absence, GridWorker, Person
from dianliang.flows import presence
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from tests.town import NOON, TODAY

DECEMBER = date(2026, 12, 1)
HERE = GeoPoint(30.51, 119.61)


@pytest.fixture
def post(town):
    """The service point of 余村 with the two of team XH to be there."""
    Site.objects.filter(code="FW-001").update(unit=town.units["S1"])
    town.team("XH", "S1", "care")
    for number, kind in (("XH-0", "liaison"), ("XH-1", "grid")):
        assign(town, number, kind=kind)
    return town


def assign(town, number, **changes):
    known = {"site_code": "FW-001", "kind": "liaison", "days_a_month": 2}
    return presence.assign(
        person_number=number, **{**known, **changes}, by=town.actor("S1"), at=NOON
    )


def duty(number="XH-0") -> PresenceDuty:
    return PresenceDuty.objects.get(person__number=number)


def plan(town, *days, number="XH-0"):
    return presence.accept(
        days={duty(number).pk: days}, month=days[-1], by=town.actor("S1"), at=NOON
    )


def steward(town, number="XH-0") -> Actor:
    return Actor(
        id="user:x",
        name="员",
        role=Role.STEWARD,
        unit_path=town.units["S1"].path,
        unit_code="S1",
        person_number=number,
    )


def check_in(town, *, number="XH-0", point=HERE, accuracy_m=20, code=None, at=NOON):
    return presence.check_in(
        code=code or presence.code_of("FW-001"),
        point=point,
        accuracy_m=accuracy_m,
        by=steward(town, number),
        at=at,
    )


def page(town, *, month=DECEMBER, on=TODAY, propose=False, unit="S1"):
    return presence.page(month=month, by=town.actor(unit), on=on, is_proposing=propose)


def test_december_has_its_working_days_by_the_chinese_calendar(post):
    assert len(presence.working_days(DECEMBER)) == 23
    assert len(presence.working_days(date(2026, 10, 1))) == 18  # seven days off, one made up


def test_a_month_is_proposed_evenly_around_leave_and_accepted(post):
    away = {"first_on": DECEMBER, "last_on": date(2026, 12, 20), "reason": "培训"}
    Absence.objects.create(person=Person.objects.get(number="XH-1"), **away)
    found = page(post, propose=True)
    assert [(p.row.person_number, p.row.short, p.short) for p in found.rows] == [
        ("XH-0", 2, 0),
        ("XH-1", 2, 0),
    ]
    days = {p.row.duty_id: p.proposed for p in found.rows}

    assert presence.accept(days=days, month=DECEMBER, by=post.actor("S1"), at=NOON) == 4

    after = page(post)
    assert after.gaps == ()
    assert after.planned == 4
    late = next(p.row for p in after.rows if p.row.person_number == "XH-1")
    assert all(day > date(2026, 12, 20) for day in late.planned)
    assert not page(post, propose=True).has_proposal


@pytest.mark.parametrize(
    ("day", "because"),
    [
        (date(2026, 11, 23), "日期已过"),
        (date(2026, 11, 28), "不是工作日"),
        (date(2026, 12, 8), "已请假"),
    ],
)
def test_a_day_that_cannot_be_is_named_and_nothing_is_planned(post, day, because):
    leave = {"first_on": date(2026, 12, 8), "last_on": date(2026, 12, 8), "reason": "休假"}
    Absence.objects.create(person=Person.objects.get(number="XH-0"), **leave)

    with pytest.raises(UnableToPlanPresenceError, match=because):
        plan(post, date(2026, 12, 1) if day.month == 12 else TODAY, day)

    assert not PresenceDay.objects.exists()


def test_code_place_and_time_make_a_kept_day(post):
    plan(post, TODAY)

    day = check_in(post, point=GeoPoint(30.5109, 119.61))

    assert (day.is_planned, day.checked_in_at, day.away_m) == (True, NOON, 100)
    assert check_in(post, at=NOON + timedelta(hours=1)).checked_in_at == NOON
    seen = presence.point_today(code=presence.code_of("FW-001"), by=steward(post), on=TODAY)
    assert (seen.kept, seen.needed, seen.checked_in_at) == (1, 2, NOON)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"point": GeoPoint(30.52, 119.61)}, "约 1112 米"),
        ({"accuracy_m": 900}, "误差 900 米太大"),
        ({"point": None}, "没有取得位置"),
        ({"number": "XH-9"}, "没有在余村电力服务站的驻点职责"),
        ({"number": ""}, "驻点职责"),
    ],
)
def test_who_is_not_there_is_not_counted(post, change, words):
    with pytest.raises(UnableToCheckInError, match=words):
        check_in(post, **change)

    assert not PresenceDay.objects.exists()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 3, tzinfo=SHANGHAI), "不是工作日"),
        (datetime(2026, 11, 22, 10, tzinfo=SHANGHAI), "不是工作日"),
        (datetime(2026, 11, 24, 6, 59, tzinfo=SHANGHAI), "07:00 到 20:00"),
        (datetime(2026, 11, 24, 20, 1, tzinfo=SHANGHAI), "07:00 到 20:00"),
    ],
)
def test_nobody_is_present_at_night_or_on_a_day_off(post, at, words):
    PresenceDuty.objects.update(valid_from=date(2026, 11, 1))
    with pytest.raises(UnableToCheckInError, match=words):
        check_in(post, at=at)

    assert not PresenceDay.objects.exists()


def test_only_working_days_count_as_kept_or_missed(post):
    there = {"checked_in_at": NOON, "lat": 30.5, "lon": 119.6, "accuracy_m": 5, "away_m": 3}
    sunday = date(2026, 11, 22)
    PresenceDay.objects.create(duty=duty(), on=sunday, is_planned=False, **there)
    PresenceDay.objects.create(duty=duty("XH-1"), on=sunday, is_planned=True)
    PresenceDay.objects.create(duty=duty(), on=date(2026, 11, 20), is_planned=False, **there)

    rows = queries.presence(area=post.areas["T1"], month=TODAY, on=TODAY)

    found = {row.person_number: (row.kept, row.missed, row.short) for row in rows}
    assert found == {"XH-0": ((date(2026, 11, 20),), (), 1), "XH-1": ((), (), 2)}


def test_of_two_presses_at_the_same_moment_the_later_finds_the_first(post, monkeypatch):
    real = QuerySet.get

    def beaten(self, *args, **conditions):
        """Look, see nothing, and be overtaken by the other press before writing."""
        try:
            return real(self, *args, **conditions)
        except self.model.DoesNotExist:
            monkeypatch.setattr(QuerySet, "get", real)
            if self.model is PresenceDay:
                check_in(post)
            else:
                assign(post, "XH-2")
            raise

    monkeypatch.setattr(QuerySet, "get", beaten)
    assert check_in(post, at=NOON + timedelta(seconds=1)).checked_in_at == NOON
    assert PresenceDay.objects.count() == 1

    Person.objects.create(number="XH-2", name="新员", unit=post.units["S1"])
    monkeypatch.setattr(QuerySet, "get", beaten)
    with pytest.raises(UnableToPlanPresenceError, match="已在余村电力服务站驻点"):
        assign(post, "XH-2")


@pytest.mark.parametrize("day", [date.max, date(2027, 1, 4), date(2026, 11, 30), date.min])
def test_days_of_another_month_than_the_one_shown_are_refused(post, day):
    with pytest.raises(InvalidInputError, match="不在 2026-12 内"):
        presence.accept(
            days={duty().pk: [DECEMBER, day]}, month=DECEMBER, by=post.actor("S1"), at=NOON
        )

    assert not PresenceDay.objects.exists()


def test_a_made_up_code_opens_nothing(post):
    for code in ("FW-001", "FW-001.abc", presence.code_of("FW-009"), ""):
        with pytest.raises(NotVisibleError):
            check_in(post, code=code or "x")


def test_what_was_promised_and_not_kept_is_missed_and_leaves_a_gap(post):
    plan(post, TODAY, TODAY + timedelta(days=1))

    before = page(post, month=TODAY, on=TODAY)
    after = page(post, month=TODAY, on=TODAY + timedelta(days=2))

    def row(found):
        return next(p.row for p in found.rows if p.row.person_number == "XH-0")

    assert (row(before).missed, row(before).short) == ((), 0)
    assert (row(after).missed, row(after).short) == ((TODAY, TODAY + timedelta(days=1)), 2)
    assert after.rows[0].row.short == 2
    with pytest.raises(UnableToPlanPresenceError):
        presence.drop_day(
            duty_id=duty().pk, on=TODAY, by=post.actor("S1"), at=NOON + timedelta(days=2)
        )


def test_a_day_that_was_not_planned_counts_when_somebody_comes(post):
    check_in(post)

    (row, _) = sorted(
        queries.presence(area=post.areas["T1"], month=TODAY, on=TODAY),
        key=lambda r: r.person_number,
    )
    assert (row.planned, row.kept, row.short) == ((), (TODAY,), 1)


def test_presence_of_another_area_or_month_is_not_shown(post):
    check_in(post)

    assert queries.presence(area=post.areas["T2"], month=TODAY) == ()
    assert all(row.kept == () for row in queries.presence(area=post.areas["C"], month=DECEMBER))


def test_grid_workers_on_a_cell_get_the_nearest_point_once(post):
    worker = Person.objects.create(number="W1", name="网格员", unit=post.units["S1"])
    GridWorker.objects.create(
        person=worker,
        recruited_on=TODAY,
        status="PLACED",
        area=post.areas["V2"],
        placed_on=TODAY,
    )
    by = post.actor("S1")

    assert [presence.assign_grid_workers(by=by, at=NOON) for _ in range(2)] == [1, 0]
    assert duty("W1").site.code == "FW-001"


@pytest.mark.parametrize(
    "changes", [{"days_a_month": 1}, {"kind": "x"}, {"site_code": "X"}, {"number": "S2-1"}]
)
def test_a_duty_that_makes_no_sense_is_refused(post, changes):
    number = changes.pop("number", "XH-0")
    with pytest.raises(InvalidInputError):
        assign(post, number, **changes)
    with pytest.raises(UnableToPlanPresenceError):
        assign(post, "XH-0")


def test_a_duty_that_ends_takes_its_later_days_along(post):
    plan(post, date(2026, 12, 1))

    presence.end(duty_id=duty().pk, by=post.actor("S1"), at=NOON)

    assert not PresenceDay.objects.exists()


def test_the_neighbouring_station_finds_nothing_to_change(post):
    assert page(post, unit="S2").rows == ()
    with pytest.raises(NotVisibleError):
        presence.accept(days={duty().pk: [DECEMBER]}, month=DECEMBER, by=post.actor("S2"), at=NOON)
    with pytest.raises(NotVisibleError):
        presence.point_today(
            code=presence.code_of("FW-001"),
            by=Actor(id="x", name="x", role=Role.STEWARD, unit_path=post.units["S2"].path),
            on=TODAY,
        )


def test_a_point_without_anybody_is_listed(post):
    PresenceDuty.objects.all().delete()

    assert page(post).empty_sites == (("FW-001", "余村电力服务站"),)


def test_a_duty_that_has_ended_is_not_made_longer_by_a_second_press(post):
    presence.end(duty_id=duty().pk, by=post.actor("S1"), at=NOON)

    with pytest.raises(UnableToPlanPresenceError, match="已结束"):
        presence.end(duty_id=duty().pk, by=post.actor("S1"), at=NOON + timedelta(days=3))

    assert duty().valid_until == TODAY
