"""Phones in trouble: two of one team, a wrong clock, a poisoned operation, swaps made offline."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError

from dianliang.core.models import AuditEvent, IdempotencyRecord
from dianliang.domain.intake.models import Need
from dianliang.domain.work.models import Visit
from dianliang.flows import crewday, fieldwork
from tests.fieldworld import NOON, op
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


def need_op(key="n1", at=NOON, **changes):
    body = {
        "text": "隔壁老人家里没电，一个人住",
        "on_behalf_of": "王阿婆",
        "phone": "138-0013-8000",
        "area_code": "330523001",
        "follow": "f" * 32,
        **changes,
    }
    return op(key, "post_need", "NEW-1", at=at, **body)


def test_a_need_written_on_a_phone_is_taken_in_once_and_its_number_is_told(world):
    steward = world.actor("P2")
    first = fieldwork.sync([need_op()], by=steward, at=NOON)
    again = fieldwork.sync([need_op()], by=steward, at=NOON)

    need = Need.objects.get()
    assert (need.channel, need.area.code) == ("steward", "330523001")
    assert need.number in first[0].words
    assert (again[0].outcome, again[0].words) == ("already", first[0].words)
    kept = json.dumps(list(IdempotencyRecord.objects.values_list("answer", flat=True)))
    assert "王阿婆" not in kept
    assert "13800138000" not in kept.replace("-", "")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"phone": "问村长"}, "phone"),
        ({"area_code": "999"}, "area_code"),
        ({"follow": "?"}, "follow"),
        ({"spot": {"lat": 95, "lon": 119.6, "accuracy": 5}}, "lat"),
        ({"spot": "here"}, "spot"),
        ({"photos": ["k" * 12]}, "photos"),
    ],
)
def test_a_need_that_cannot_be_kept_names_the_field_and_leaves_nothing(world, change, field):
    (result,) = fieldwork.sync([need_op(**change)], by=world.actor("P2"), at=NOON)

    assert (result.outcome, result.field) == ("refused", field)
    assert not Need.objects.exists()


def test_a_check_in_tells_how_far_from_the_base_it_was(world):
    spot = {"lat": 30.6205, "lon": 119.6574, "accuracy": 12.4}
    check_in = op("c1", "check_in", "P2", team="XH", on=str(world.today), spot=spot)
    fieldwork.sync([check_in], by=world.actor("P2"), at=NOON)

    (team,) = crewday.team_days(by=world.actor("P1"), on=world.today)
    assert {one.number: one.away_m for one in team.crew} == {
        "P1": None,
        "P2": pytest.approx(995, abs=15),
    }
