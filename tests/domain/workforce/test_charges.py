"""One accountable person for each area and day: a rule that cannot be broken."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.workforce import charges
from dianliang.domain.workforce.charges import UnableToHandOverError
from dianliang.domain.workforce.charging import charge_of
from dianliang.domain.workforce.models import Absence, Charge, ChargeKind, Person
from tests.town import NOON, TODAY

DAY = timedelta(days=1)


def manager():
    return ChargeKind.objects.get(code="manager")


def person(town, number, unit="S1"):
    return Person.objects.create(number=number, name=f"经理{number}", unit=town.units[unit])


def hand(town, who, on, *, area="V1", reason="年度调整"):
    return charges.hand_over(
        area=town.areas[area],
        kind=manager(),
        person=who,
        from_on=on,
        reason=reason,
        by=town.actor("S1"),
        at=NOON,
    )


def held(town, on, *, area="V1"):
    return next(c for c in charge_of(area=town.areas[area], on=on) if c.kind_code == "manager")


@pytest.mark.row("000-03")
@pytest.mark.row("000-19")
def test_a_hand_over_ends_the_one_before_on_its_own_day(town):
    first, second = person(town, "P1"), person(town, "P2")
    hand(town, first, TODAY - 30 * DAY)
    hand(town, second, TODAY + 10 * DAY, reason="轮岗")

    assert held(town, TODAY - 31 * DAY).state == "never"
    assert held(town, TODAY).name == held(town, TODAY + 9 * DAY).name == first.name
    assert held(town, TODAY + 10 * DAY).name == second.name
    today = held(town, TODAY)
    assert (today.next_on, today.next_name) == (TODAY + 10 * DAY, second.name)
    event = AuditEvent.objects.filter(verb="workforce.charge.hand_over").latest("id")
    assert (event.before, event.after) == (first.name, second.name)
    assert "轮岗" in event.reason


@pytest.mark.row("000-19")
def test_the_database_itself_refuses_two_people_on_one_day(town):
    hand(town, person(town, "P1"), TODAY)
    other = {"decided_at": NOON, "decided_by": "x", "reason": "抢着写"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(
            area=town.areas["V1"],
            kind=manager(),
            from_on=TODAY,
            person=person(town, "P2"),
            **other,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.create(
            area=town.areas["V1"],
            kind=manager(),
            from_on=TODAY + DAY,
            decided_at=NOON,
            decided_by="x",
            reason="",
        )
    assert Charge.objects.count() == 1


@given(
    st.lists(st.tuples(st.integers(-80, 80), st.sampled_from([None, "P1", "P2", "P3"])), max_size=7)
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_handed_over_every_day_has_one_answer(town, presses):
    """Between the rows there is neither a gap nor an overlap, and history is never rewritten."""
    people = {
        number: Person.objects.get_or_create(
            number=number, defaults={"name": number, "unit": town.units["S1"]}
        )[0]
        for number in ("P1", "P2", "P3")
    }
    with transaction.atomic():
        for offset, number in presses:
            past = [held(town, TODAY - k * DAY).person_number for k in (1, 40)]
            begun = Charge.objects.filter(from_on__lte=TODAY).exists()
            try:
                row = hand(town, people.get(number), TODAY + offset * DAY)
            except UnableToHandOverError:
                continue
            if begun and row.from_on > TODAY:
                assert past == [held(town, TODAY - k * DAY).person_number for k in (1, 40)]
        rows = list(Charge.objects.order_by("from_on"))
        for row, after in zip(rows, [*rows[1:], None][: len(rows)], strict=True):
            last = after.from_on - DAY if after else row.from_on + 200 * DAY
            expected = row.person.number if row.person else ""
            assert {held(town, day).person_number for day in (row.from_on, last)} == {expected}
        transaction.set_rollback(True)


def test_a_hand_over_that_makes_no_sense_is_refused_in_words(town):
    first = person(town, "P1")
    gone = person(town, "P9")
    Person.objects.filter(pk=gone.pk).update(is_active=False, left_on=TODAY + 3 * DAY)
    gone.refresh_from_db()
    hand(town, first, TODAY - 10 * DAY)
    second = person(town, "P2")
    hand(town, second, TODAY + 5 * DAY)

    for who, on, words in (
        (first, TODAY, "不用交接"),
        (second, TODAY - 20 * DAY, "交接日期应晚于这一天"),
        (second, TODAY - 200 * DAY, "不能补记"),
        (second, TODAY + 400 * DAY, "最多提前"),
        (None, TODAY + 5 * DAY, "请先撤回它"),
        (gone, TODAY + 4 * DAY, "届时不在岗"),
    ):
        with pytest.raises(UnableToHandOverError, match=words):
            hand(town, who, on)
    with pytest.raises(UnableToHandOverError, match="请写明"):
        hand(town, second, TODAY, reason="")
    with pytest.raises(UnableToHandOverError, match="这一级"):
        charges.hand_over(
            area=town.areas["V1"],
            kind=ChargeKind.objects.get(code="grid"),
            person=second,
            from_on=TODAY,
            reason="x",
            by=town.actor(),
            at=NOON,
        )
    assert Charge.objects.count() == 2
    hand(town, gone, TODAY + DAY)


def test_what_is_to_come_or_was_written_today_can_be_taken_back(town):
    begun = hand(town, person(town, "P1"), TODAY)
    ahead = hand(town, None, TODAY + DAY)

    with pytest.raises(UnableToHandOverError, match="已于"):
        charges.take_back(charge=begun, reason="写错", by=town.actor(), at=NOON + DAY)
    charges.take_back(charge=ahead, reason="写错", by=town.actor(), at=NOON)
    assert Charge.objects.get() == begun
    slip = hand(town, person(town, "P2"), TODAY - DAY, area="V2")
    charges.take_back(charge=slip, reason="写错", by=town.actor(), at=NOON)

    assert Charge.objects.get() == begun
    told = AuditEvent.objects.filter(verb="workforce.charge.take_back").order_by("id")
    assert [event.before for event in told] == ["空缺", "经理P2"]


@pytest.mark.row("000-20")
def test_who_left_or_is_away_is_a_gap_and_the_township_stands_in(town):
    own, above = person(town, "P1"), person(town, "P2")
    hand(town, own, TODAY - 40 * DAY)
    hand(town, above, TODAY - 40 * DAY, area="T1")
    Absence.objects.create(person=own, first_on=TODAY, last_on=TODAY + DAY, reason="培训")
    Person.objects.filter(pk=own.pk).update(is_active=False, left_on=TODAY + 5 * DAY)

    assert held(town, TODAY - DAY).name == own.name
    away = held(town, TODAY)
    assert (away.state, away.is_gap, away.name) == ("away", True, above.name)
    assert (away.away_until, away.acting_for) == (TODAY + DAY, "天荒坪镇")
    assert held(town, TODAY + 2 * DAY).name == own.name
    left = held(town, TODAY + 5 * DAY)
    assert (left.state, left.person_name, left.name) == ("left", own.name, above.name)


def test_a_grid_is_looked_after_by_its_village(town):
    village = town.areas["V1"]
    grid = type(village).objects.create(
        code="G1", name="第一网格", level="grid", parent=village, path=f"{village.path}G1/"
    )
    who = person(town, "P1")
    hand(town, who, TODAY)

    kinds = {c.kind_code: c for c in charge_of(area=grid, on=TODAY)}

    assert (kinds["manager"].is_gap, kinds["manager"].name) == (False, who.name)
    assert (kinds["grid"].is_gap, kinds["grid"].name) == (True, "")


def test_shipped_kinds_are_there_and_what_was_changed_stays(town):
    from django.apps import apps

    from dianliang.core import shipped

    ChargeKind.objects.filter(code="liaison").update(name="村级联络员")
    ChargeKind.objects.filter(code="grid").delete()

    shipped.load(apps.get_app_config("workforce"))

    assert set(ChargeKind.objects.values_list("code", "name")) == {
        ("manager", "客户经理"),
        ("liaison", "村级联络员"),
        ("grid", "网格员"),
    }


@pytest.mark.parametrize("back", [charges.LATE_DAYS + 1, (TODAY - date.min).days])
def test_neither_a_first_hand_over_nor_a_leaving_rewrites_history(town, back):
    one, day = person(town, "P1"), TODAY - back * DAY
    with pytest.raises(UnableToHandOverError, match="不能补记"):
        hand(town, one, day)
    with pytest.raises(UnableToHandOverError, match="不能补记"):
        charges.leave_office(person=one, on=day, reason="退休", by=town.actor("S1"), at=NOON)
    hand(town, one, TODAY - charges.LATE_DAYS * DAY)
    one.refresh_from_db()
    assert one.is_active
