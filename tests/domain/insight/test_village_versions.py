"""Versions of a village's file: kept when something changed, never changed, read as of a day."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from dianliang.core.models import AuditEvent
from dianliang.domain.insight import operations, villages
from dianliang.domain.insight.lifecycle import PLAN_ITEM_LABELS
from dianliang.domain.insight.models import PlanItem, VillageVersion
from dianliang.domain.insight.operations import (
    Planned,
    ProfileTold,
    Snapshot,
    UnableToKeepVillageError,
)
from dianliang.domain.venues.models import Site
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def keep(town, body, *, at=NOON, village="V1", reason="核对"):
    snapshot = Snapshot(area=town.areas[village], body=body, reason=reason)
    return operations.keep_versions(snapshots=[snapshot], by=town.actor("S1"), at=at)


def test_a_file_that_did_not_change_makes_no_version(town):
    assert [v.number for v in keep(town, {"a": 1})] == [1]
    assert keep(town, {"a": 1}) == ()
    assert [v.number for v in keep(town, {"a": 2})] == [2]
    assert [v.number for v in keep(town, {"a": 1})] == [3]
    assert AuditEvent.objects.filter(verb="insight.villageversion.keep").count() == 3


def test_keeping_many_costs_as_many_queries_as_keeping_one(town, django_assert_num_queries):
    def snapshots(n, body):
        return [Snapshot(area=town.areas[f"V{i}"], body=body, reason="夜间") for i in n]

    by = town.actor("S1")
    with django_assert_num_queries(6):
        operations.keep_versions(snapshots=snapshots([1], {"a": 1}), by=by, at=NOON)
    with django_assert_num_queries(6):
        made = operations.keep_versions(snapshots=snapshots([1, 2, 3], {"a": 2}), by=by, at=NOON)
    assert [(v.area.code, v.number) for v in made] == [("V1", 2), ("V2", 1), ("V3", 1)]


def test_the_version_in_force_at_the_end_of_a_day_is_read(town):
    late_evening = NOON.astimezone(SHANGHAI).replace(hour=23, minute=59)
    keep(town, {"a": 1}, at=NOON - timedelta(days=30))
    keep(town, {"a": 2}, at=late_evening)
    keep(town, {"a": 3}, at=late_evening + timedelta(minutes=1))
    village = town.areas["V1"]

    def seen(on):
        found = villages.as_of(village, on)
        return found and found.body["a"]

    assert seen(TODAY - timedelta(days=31)) is None
    assert seen(TODAY - timedelta(days=30)) == seen(TODAY - timedelta(days=1)) == 1
    assert seen(TODAY) == 2
    assert seen(TODAY + timedelta(days=1)) == 3
    every = villages.all_as_of([area.pk for area in town.areas.values()], TODAY)
    assert {pk: v.body["a"] for pk, v in every.items()} == {village.pk: 2}


def test_the_database_itself_refuses_to_change_a_version(town):
    keep(town, {"变压器": 3})

    with pytest.raises(IntegrityError), transaction.atomic():
        VillageVersion.objects.update(reason="改过")

    assert villages.version(town.areas["V1"], 1).row.reason == "核对"


def test_a_version_that_somebody_forced_a_change_on_is_not_sound(town):
    keep(town, {"变压器": 3, "长度": 12.6})
    assert villages.version(town.areas["V1"], 1).is_sound
    migration = import_module("dianliang.domain.insight.migrations.0002_village_files")
    with connection.cursor() as cursor:
        for statement in migration.BACKWARD[connection.vendor]:
            cursor.execute(statement)

    VillageVersion.objects.update(body={"变压器": 4, "长度": 12.6})

    assert not villages.version(town.areas["V1"], 1).is_sound


def test_a_version_needs_a_reason_and_an_unknown_one_is_absent(town):
    with pytest.raises(InvalidInputError, match="存档原因"):
        keep(town, {"a": 1}, reason=" ")
    with pytest.raises(NotVisibleError):
        villages.version(town.areas["V1"], 1)


def item(town):
    told = Planned(title="更换表箱", owner="供电所", due_on=TODAY + timedelta(days=9))
    return operations.plan(area=town.areas["V1"], told=told, by=town.actor("S1"), at=NOON)


@pytest.mark.parametrize("target", PLAN_ITEM_LABELS)
@pytest.mark.parametrize("source", PLAN_ITEM_LABELS)
def test_a_table_may_name_any_state_and_the_trail_tells_the_steps(town, source, target):
    made, by = item(town), town.actor("S1")
    operations.move_to(item=made, status=source, by=by, at=NOON)
    before = AuditEvent.objects.count()

    operations.move_to(item=made, status=target, by=by, at=NOON)

    assert PlanItem.objects.get().status == target
    assert (AuditEvent.objects.count() > before) == (source != target)


def test_a_plan_is_of_the_year_in_which_it_is_due(town):
    made, by = item(town), town.actor("S1")
    told = Planned(title="更换表箱", owner="", due_on=TODAY + timedelta(days=100))
    operations.replan(item=made, told=told, by=by, at=NOON)

    assert PlanItem.objects.get().year == 2027
    far = Planned(title="x", owner="", due_on=TODAY + timedelta(days=4000))
    with pytest.raises(InvalidInputError, match="5 年"):
        operations.replan(item=made, told=far, by=by, at=NOON)


def test_a_base_that_is_no_station_looks_after_no_village(town):
    Site.objects.update(kind="main_base")
    told = ProfileTold(
        households=1, population=None, station=Site.objects.get(code="FW-001"), summary=""
    )

    with pytest.raises(InvalidInputError, match="不是电力服务站"):
        operations.describe(area=town.areas["V1"], told=told, by=town.actor("S1"), at=NOON)


def test_numbers_of_households_have_bounds(town):
    told = ProfileTold(households=-1, population=None, station=None, summary="")

    with pytest.raises(InvalidInputError, match="总户数"):
        operations.describe(area=town.areas["V1"], told=told, by=town.actor("S1"), at=NOON)


def test_there_are_never_more_photos_than_a_page_holds(town, monkeypatch):
    from dianliang.flows.village_file import editing
    from tests.core.test_files import photo

    monkeypatch.setattr(operations, "MOST_PHOTOS", 1)
    fields = {"code": "V1", "caption": "配电房", "taken_on": TODAY, "by": town.actor("S1")}
    editing.add_photo(raw=photo(), **fields, at=NOON)

    with pytest.raises(UnableToKeepVillageError, match="最多 1 张"):
        editing.add_photo(raw=photo(), **fields, at=NOON)
