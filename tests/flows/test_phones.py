"""Phones in trouble: two of one team, a wrong clock, a poisoned operation, swaps made offline."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from dianliang.core.models import AuditEvent, IdempotencyRecord
from dianliang.domain.work.models import Visit
from dianliang.flows import fieldwork
from tests.fieldworld import op
from tests.flows.test_fieldwork import send, story


def test_two_stewards_of_a_team_press_the_same_steps_and_nothing_is_doubled(world):
    visit = world.visit(need=world.need())
    world.person("P5", "吴搭档", world.teams[0], role="steward")

    assert send(world, *story(visit.number, tag="a")[:3]) == ["applied"] * 3
    assert send(world, *story(visit.number, tag="b"), who="P5") == [
        *["already"] * 3,
        "applied",
    ]
    assert send(world, story(visit.number, tag="a")[3]) == ["conflict"]

    verbs = list(AuditEvent.objects.filter(outcome="ok").values_list("verb", flat=True))
    assert verbs.count("work.visit.arrive") == verbs.count("work.visit.complete") == 1
    assert Visit.objects.get().status == "DONE"


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(days=1)])
def test_a_clock_that_is_a_day_wrong_is_put_right(world, wrong):
    visit = world.visit()
    operation = op("a1", "accept", visit.number)
    operation["device_at"] = (world.at - timedelta(hours=2) + wrong).isoformat()
    fieldwork.sync(
        [operation], sent_at=(world.at + wrong).isoformat(), by=world.actor("P2"), at=world.at
    )

    assert Visit.objects.get().accepted_at == world.at - timedelta(hours=2)


@pytest.mark.parametrize("fault", [DatabaseError, KeyError, TypeError])
def test_an_operation_that_fails_harms_no_neighbour(world, monkeypatch, fault):
    first, poisoned, last = world.visit(), world.visit(), world.visit()
    accept = fieldwork.VERBS["accept"]

    def refuse(op, by, at):
        outcome = accept(op, by, at)
        if op.number == poisoned.number:
            raise fault
        return outcome

    monkeypatch.setitem(fieldwork.VERBS, "accept", refuse)
    batch = [op(f"a{n}", "accept", v.number) for n, v in enumerate((first, poisoned, last))]

    assert send(world, *batch) == ["applied", "waiting", "applied"]
    poisoned.refresh_from_db()
    assert poisoned.status == "SCHEDULED"
    assert IdempotencyRecord.objects.count() == AuditEvent.objects.count() == 2

    monkeypatch.undo()
    assert send(world, *batch) == ["already", "applied", "already"]


def test_a_swap_made_offline_acts_once_and_a_late_one_is_refused_in_words(world):
    swap = op("s1", "swap", "P2", team="XH", coming="P4", on=world.today.isoformat())

    assert send(world, swap, who="P1") == ["applied"]
    assert send(world, swap, who="P1") == ["already"]
    late = op("s2", "swap", "P1", team="XH", coming="P4", on=world.today.isoformat())
    assert send(world, late, who="P1") == ["refused"]
    assert send(world, op("s3", "swap", "P2", team="XH", coming="P4", on="2026-11-24")) == [
        "refused"
    ]
    assert AuditEvent.objects.filter(verb="workforce.person.swap").count() == 1


def test_a_team_taken_off_duty_offline_gives_its_visits_back(world):
    visit = world.visit()
    off = op("t1", "report_team_absence", "XH", reason="暴雨", on=world.today.isoformat())

    assert send(world, off, who="P2") == ["refused"]
    assert send(world, off | {"key": "t2______"}, who="P1") == ["applied"]
    visit.refresh_from_db()
    assert visit.status == "WITHDRAWN"
