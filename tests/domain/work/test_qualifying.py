"""A plan does not become real where nobody of the team holds a certificate that counts."""

from datetime import time

import pytest

from dianliang.domain.catalog.models import Skill
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.work.operations.publishing import publish
from dianliang.domain.workforce.models import Certificate, WeeklySlot
from tests.staff import DAY, NOON, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(town):
    """A plan with one job for one team tomorrow, ready to be published."""
    team = town.team("D1", "S1", "repair")
    job = Job.objects.create(
        number="GD1",
        title="报修",
        skill=Skill.objects.get(code="repair"),
        area=town.areas["V1"],
        lat=30.5,
        lon=119.6,
        duration_min=30,
        unit=town.units["S1"],
        opened_at=NOON,
    )
    made = Plan.objects.create(
        number="JH1",
        unit=town.units["S1"],
        status="READY",
        first_on=TODAY + DAY,
        last_on=TODAY + DAY,
        created_by="x",
        created_at=NOON,
    )
    made.jobs.add(job)
    PlannedStop.objects.create(
        plan=made,
        job=job,
        team=team,
        on=TODAY + DAY,
        sequence=1,
        arrive_at=NOON + DAY,
        start_at=NOON + DAY,
        depart_at=NOON + DAY,
        travel_s=0,
        travel_m=0,
    )
    return made


def make_real(town, plan):
    return publish(plan=plan, revision=plan.revision, by=town.actor("S1"), at=NOON)


@pytest.mark.row("001-04")
def test_an_expired_certificate_blocks_dispatch_and_is_named_with_its_date(town, plan):
    Certificate.objects.update(expires_on=TODAY + DAY, number="ZS-5")

    with pytest.raises(UnableToPlanError, match=r"GD1 不能派给D1队.*ZS-5.*2026-11-25"):
        make_real(town, plan)
    assert not Visit.objects.exists()
    Certificate.objects.update(expires_on=TODAY + 2 * DAY)
    plan.refresh_from_db()
    assert len(make_real(town, plan)) == 1


def test_who_cannot_come_at_the_hours_of_the_shift_lends_no_certificate(town, plan):
    holder, other = (m.person for m in plan.stops.get().team.members.order_by("person__number"))
    Certificate.objects.filter(person=other).delete()
    slot = {"person": holder, "weekday": (TODAY + DAY).weekday(), "starts": time(8)}
    row = WeeklySlot.objects.create(**slot, ends=time(12))

    with pytest.raises(UnableToPlanError, match="没有登记“抢修”证书"):
        make_real(town, plan)
    WeeklySlot.objects.filter(pk=row.pk).update(ends=time(18))
    plan.refresh_from_db()
    assert len(make_real(town, plan)) == 1
