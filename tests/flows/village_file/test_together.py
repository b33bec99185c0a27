"""A village's file tells what is done together for it, from the records of every room."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.domain.customers.models import Customer
from dianliang.domain.territory.models import Area
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import ChargeKind, Person
from dianliang.flows import agreeing
from dianliang.flows.charging import handing
from dianliang.flows.renewing import moving
from dianliang.flows.village_file.compiling import compile_files
from tests import hazards
from tests.flows.campaigns.lists import frozen
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db


def section(town, key, code="V1", at=NOON):
    village = Area.objects.select_related("parent").get(code=code)
    return compile_files([village], at=at)[village.pk].section(key)


def facts(town, key, **where):
    return {fact.key: fact.value for fact in section(town, key, **where).facts}


def alarms(town, key, **where):
    return {fact.key for fact in section(town, key, **where).facts if fact.is_alarming}


def rows(town, key, **where):
    (table,) = section(town, key, **where).tables
    return table.rows


def test_a_cell_without_anybody_is_a_gap_until_somebody_takes_it(town):
    assert facts(town, "charge")["gaps"] >= 1
    before = facts(town, "charge")["gaps"]
    kind = ChargeKind.objects.get(code="manager")
    person = Person.objects.create(number="P1", name="周责任", unit=town.units["S1"])
    handing.hand_over(
        meant=handing.Meant(codes=["V1"]),
        kind_code=kind.code,
        person_number=person.number,
        from_on=TODAY,
        reason="年度分工",
        by=town.actor("S1"),
        at=NOON,
    )

    assert facts(town, "charge")["gaps"] == before - 1
    assert [row[1:3] for row in rows(town, "charge") if row[0] == kind.name] == [("周责任", "在任")]


def test_an_agreement_of_the_township_is_the_village_s_while_it_lasts(town):
    station = town.actor("S1")
    asked = agreeing.Asked(
        title="天荒坪镇村网共建协议",
        kind="building",
        scope="共建村网服务点",
        unit_codes=["S1"],
        area_codes=["T1"],
        valid_from=date(2026, 1, 1),
        valid_until=TODAY + timedelta(days=30),
        remind_days=90,
    )
    draft = agreeing.keep_draft(number="", asked=asked, by=station, at=NOON)
    assert facts(town, "agreements") == {"count": 0}
    agreeing.sign(number=draft.number, signed_on=TODAY, by=station, at=NOON)

    assert rows(town, "agreements")[0][:2] == (draft.number, "天荒坪镇村网共建协议")
    assert facts(town, "agreements", at=NOON + timedelta(days=31)) == {"count": 0}
    assert facts(town, "agreements", code="V3") == {"count": 0}


def test_visits_that_are_late_alarm_and_nobody_is_named(town):
    for number, last in (("K1", 200), ("K2", 1)):
        Customer.objects.create(
            number=number,
            kind="resident",
            name="王桂香",
            area=town.areas["V1"],
            unit=town.units["S1"],
            special_kind="disabled",
            special_level=2,
            consented_on=TODAY - timedelta(days=300),
            visit_interval_days=30,
            last_visited_on=TODAY - timedelta(days=last),
            visit_due_on=TODAY - timedelta(days=last - 30),
        )

    assert facts(town, "care") == {"due": 1, "overdue": 1, "bare": 0, "expired": 0}
    assert alarms(town, "care") == {"overdue"}
    assert "王桂香" not in repr(section(town, "care"))


def test_a_hazard_stands_in_the_file_until_it_is_ended(town):
    (hazard,) = hazards.inspected(None, town.actor("S1"), at=NOON, visit=arrived(town))

    assert facts(town, "checks") == {"inspected": 1, "found": 1, "standing": 1, "late": 0}
    assert rows(town, "checks")[0][0] == hazard.number
    late = hazard.due_at + timedelta(hours=1)
    assert alarms(town, "checks", at=late) == {"late"}


def arrived(town):
    town.team("D1", "S1")
    job = Job.objects.create(
        number="GD-1",
        title="入户检查",
        area=town.areas["V1"],
        unit=town.units["S1"],
        lat=30.5,
        lon=119.6,
        duration_min=30,
        status="SCHEDULED",
        opened_at=NOON - timedelta(days=1),
    )
    return Visit.objects.create(
        number="SM-1",
        job=job,
        team=town.teams["D1"],
        on=TODAY,
        sequence=1,
        arrive_at=NOON,
        depart_at=NOON + timedelta(minutes=30),
        status="ARRIVED",
        arrived_at=NOON,
    )


def test_a_campaign_is_told_with_its_frozen_denominator(town):
    campaign = frozen(town)

    assert rows(town, "campaigns") == (
        (campaign.number, campaign.title, campaign.due_on.isoformat(), 0, 3),
    )
    assert facts(town, "campaigns", code="V3") == {"count": 0}


def test_rebuilding_is_told_by_stage_and_of_others_that_they_are_not_in_it(town):
    moving.take_in(codes=["V1"], batch="第一批", starts_on=None, by=town.actor("S1"), at=NOON)

    assert facts(town, "renewal")["batch"] == "第一批"
    assert len(rows(town, "renewal")) == 6
    assert facts(town, "renewal", code="V3") == {"batch": "未列入"}


def test_more_villages_cost_no_more_queries(town):
    villages = list(Area.objects.filter(level="village").select_related("parent"))
    compile_files(villages, at=NOON)
    counts = []
    for asked in (villages[:1], villages):
        with CaptureQueriesContext(connection) as caught:
            compile_files(asked, at=NOON)
        counts.append(len(caught))

    assert counts[0] == counts[1]
