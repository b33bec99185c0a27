"""A flood: tasks, a dispatch in force, what happens, who is told what; and who is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.core import jobs as background
from dianliang.core.models import AuditEvent
from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.incidents.models import LogEntry
from dianliang.domain.mobilisation.models import Dispatch, Task
from dianliang.domain.mobilisation.operations import UnableToMobiliseError
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows.dispatching import board, drafting, events, forcing, reading, tasking
from dianliang.flows.incidents import leading
from dianliang.flows.mobilising import requesting
from dianliang.flows.planning import disrupting
from dianliang.flows.planning import drafting as planning
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from dianliang.kernel.geo import GeoPoint
from tests import gear, keyworld
from tests.flows.incidents.things import opened, seen
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
KEY = "k" * 32
SECOND = replace(keyworld.FIRST, grade="second")


def batch(**changed):
    known = {
        "grades": ("special", "first", "second"),
        "kinds": (),
        "what": "排查保电",
        "minutes": "20",
        **dict.fromkeys(("due_h", "skill", "gear", "quantity", "least"), ""),
    }
    return tasking.Batch(**{**known, **changed})


def asked(**changed):
    known = {
        "starts_at": NOON,
        "hours": 12,
        "on_h": 8,
        "rest_h": 8,
        "is_halved": False,
        "teams": ("A", "B"),
        "stores": (),
        "shapes": "",
    }
    return drafting.Asked(**{**known, **changed})


def urgent(**changed):
    known = {
        **dict.fromkeys(("customer", "skill", "gear", "quantity", "least"), ""),
        "title": "配电箱抬升",
        "lat": "30.49",
        "lon": "119.60",
        "rank": "special",
        "minutes": "60",
        "due_h": "2",
    }
    return tasking.Urgent(**{**known, **changed})


@pytest.fixture
def flood(town):
    return flooded(town)


def flooded(town):
    """A flood in T1: two teams, four customers and a pumping station that needs a transformer."""
    town.team("A", "S1", "line", near="V1")
    town.team("B", "S1", "line", near="V2")
    for n, area in enumerate(("V1", "V2", "V1", "V2")):
        keyworld.customer(
            town, f"ZY-{n}", area=area, graded=SECOND, point=GeoPoint(30.50 + n / 100, 119.6)
        )
    keyworld.customer(
        town, "ZY-P", kind="pump_station", name="余村泵站", point=GeoPoint(30.515, 119.62)
    )
    incident = opened(town, commander="A-0")
    leading.assign(
        number=incident.number,
        teams=["A", "B"],
        rosters=[],
        revision=seen(incident),
        by=town.actor("S1"),
        at=NOON,
    )
    return incident


def chief(town, unit="S1"):
    return town.actor(unit, Role.COMMANDER)


def with_tasks(town, incident):
    pump = batch(kinds=("pump_station",), minutes="90", gear="TRF", quantity="1", least="400")
    one = {"number": incident.number, "by": chief(town), "at": NOON}
    assert tasking.open_batch_once(key=KEY, asked=pump, **one) == 1
    assert tasking.open_batch_once(key=KEY, asked=pump, **one) == 1
    assert tasking.open_batch(asked=batch(), **one) == 4
    assert Task.objects.count() == 5


def computed(number, at=NOON):
    assert background.run_next(owner="test", clock=lambda: at)
    plan = Plan.objects.get(number=number)
    assert plan.status == "READY", plan.outcome
    return plan


def drafted(town, incident, at=NOON, **changed):
    by = chief(town)
    number = drafting.draft_once(
        key=KEY, number=incident.number, asked=asked(**changed), by=by, at=at
    )
    return computed(number, at)


def forced(town, plan, at=NOON):
    return drafting.put_in_force(number=plan.number, revision=plan.revision, by=chief(town), at=at)


def told(town, plan, at, **said):
    made = events.tell(number=plan.number, said=events.Happening(**said), by=chief(town), at=at)
    return computed(made, at)


def transformer(town, incident, **values):
    """Have a transformer sent for the incident, by the ladder of requests."""
    piece = gear.piece(town, kind="TRF", name="箱式变压器", capacity_kva=400, high_kv=10, **values)
    one = gear.request(town, kind="TRF", least="400", incident=incident.number)
    by = gear.desk(town)
    requesting.assign(number=one.number, picked=[piece.number], by=by, at=NOON)
    return piece.number


@pytest.mark.row("002-08")
@pytest.mark.row("002-09")
@pytest.mark.row("002-10")
@pytest.mark.row("002-14")
def test_a_flood_is_dispatched_and_stays_right_while_things_happen(town, flood):
    with_tasks(town, flood)
    plan = drafted(town, flood)

    page = reading.page(number=plan.number, by=chief(town), at=NOON)
    (left,), (short,) = page.left, page.shortages
    assert (page.row.planned, left.title) == (4, "排查保电：余村泵站")
    assert "再有一件400 kVA 临时变压器" in left.help
    assert "天荒坪" not in short.place
    assert (short.kind, short.count, short.least) == ("TRF", 1, 400.0)

    assert (
        forcing.force(number=plan.number, revision=plan.revision, by=chief(town), at=NOON).told == 4
    )
    visits = Visit.objects.filter(plan=plan)
    assert {visit.on for visit in visits} == {TODAY}
    assert LogEntry.objects.filter(kind="command", words__contains=plan.number).exists()
    assert set(Job.objects.values_list("status", flat=True)) == {"SCHEDULED", "OPEN"}

    number = transformer(town, flood)
    at = NOON + timedelta(minutes=10)
    after = told(town, plan, at, retried=1)
    told_words = Dispatch.objects.get(plan=after).words
    assert number in told_words
    assert not after.unplanned.exists()
    carrier = after.stops.get(job__title__contains="泵站").team.code
    changes = reading.changes(number=after.number, by=chief(town))
    assert [c.kind for c in changes if c.cause != "slight"].count("added") == 1
    assert len(after.outcome["repair"]["chosen"]) <= 5
    forced(town, after, at)
    assert Plan.objects.get(pk=plan.pk).status == "SUPERSEDED"

    boxed = told(town, after, at, urgent=urgent())
    box = boxed.stops.get(job__title="急件：配电箱抬升")
    assert box.start_at <= at + 2 * HOUR
    assert box.late_s == 0
    both = told(town, after, at, lost_team="B")
    with pytest.raises(StaleStateError, match=f"又报了情况.*{both.number}"):
        forced(town, boxed, at)
    drafting.discard(number=both.number, by=chief(town), at=at)  # team B is there after all
    forced(town, boxed, at)

    broken = told(town, boxed, at, broken=number)
    assert [row.job.title for row in broken.unplanned.all()] == ["排查保电：余村泵站"]
    lost = told(town, boxed, at, lost_team=carrier)
    assert not lost.stops.filter(team__code=carrier).exists()
    with pytest.raises(InvalidInputError, match="不在任何队伍手里"):
        told(town, boxed, at, broken="WZ-没有")
    assert AuditEvent.objects.filter(verb="mobilisation.dispatch.draft").count() >= 5


def test_shifts_are_lawful_and_a_what_if_stands_beside_what_is_in_force(town, flood):
    with_tasks(town, flood)
    plan = drafted(town, flood, hours=24)
    rows = plan.outcome["terms"]["windows"]
    spans = {(code, start[11:16], end[11:16]) for code, _, start, end in rows}
    assert ("A", "04:00", "12:00") in spans  # in UTC: eight hours on from noon, then eight off
    halved = drafted(town, flood, hours=24, is_halved=True)
    starts = {
        code: start[11:16] for code, _, start, _ in reversed(halved.outcome["terms"]["windows"])
    }
    assert starts == {"A": "04:00", "B": "12:00"}
    forced(town, plan)
    later = NOON + 9 * HOUR
    again = drafted(town, flood, starts_at=later, at=later)
    assert all("00:0" not in words for words in again.outcome["terms"]["limited"].values())
    assert set(again.outcome["terms"]["limited"]) == {"A", "B"}

    what_if = drafted(
        town, flood, is_what_if=True, more_kind="TRF", more_quantity=1, more_least="400"
    )
    assert not what_if.unplanned.exists()
    with pytest.raises(UnableToPlanError, match="推演"):
        forced(town, what_if)
    assert Plan.objects.get(pk=plan.pk).status == "PUBLISHED"
    rows = {
        row.number: row for row in board.overview(number=flood.number, by=chief(town), at=NOON).rows
    }
    assert (rows[plan.number].left, rows[what_if.number].left) == (1, 0)


def test_what_makes_no_sense_is_refused_with_the_field(town, flood):
    one = {"number": flood.number, "by": chief(town), "at": NOON}
    with pytest.raises(InvalidInputError, match="还没有要做的任务"):
        drafting.draft(asked=asked(), **one)
    with pytest.raises(InvalidInputError, match="没有这样的重要客户"):
        tasking.open_batch(asked=batch(grades=("temporary",)), **one)
    with_tasks(town, flood)
    with pytest.raises(InvalidInputError, match="都已有任务"):
        tasking.open_batch(asked=batch(), **one)
    crossing = "30.50,119.55 30.55,119.65 30.55,119.55 30.50,119.65"
    for change, field in (
        ({"teams": ()}, "teams"),
        ({"teams": ("没有",)}, "teams"),
        ({"shapes": crossing}, "shapes"),
        ({"stores": ("没有",)}, "stores"),
        ({"hours": 5}, "hours"),
        ({"starts_at": NOON - HOUR}, "starts_at"),
        ({"is_what_if": True, "more_kind": "X", "more_quantity": 1}, "kind"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            drafting.draft(asked=asked(**change), **one)
        assert refused.value.field == field
    assert not Plan.objects.exists()
    with pytest.raises(InvalidInputError, match="不在本县范围内"):
        tasking.open_urgent(
            incident=flood, asked=urgent(lat="30.49", lon="1"), by=chief(town), at=NOON
        )
    for stranger in (chief(town, "S2"), chief(town, "WTR"), town.actor("S1", Role.AUDITOR)):
        with pytest.raises(NotVisibleError):
            drafting.draft(asked=asked(), **{**one, "by": stranger})
    plan = drafted(town, flood)
    with pytest.raises(NotVisibleError):
        reading.page(number=plan.number, by=chief(town, "S2"), at=NOON)
    with pytest.raises(UnableToPlanError, match="生效中"):
        events.tell(number=plan.number, said=events.Happening(), by=chief(town), at=NOON)
    forced(town, plan)
    with pytest.raises(InvalidInputError, match="至少说一件"):
        events.tell(number=plan.number, said=events.Happening(), by=chief(town), at=NOON)
    lost = disrupting.Report(lost=(disrupting.Lost(team_code="A", since=NOON),))
    with pytest.raises(UnableToPlanError, match="抢险调度"):
        disrupting.tell(number=plan.number, report=lost, by=town.actor("S1"), at=NOON)
    job = Visit.objects.first().job
    job.__class__.objects.filter(pk=job.pk).update(status="OPEN")
    with pytest.raises(InvalidInputError, match="在抢险"):
        planning.draft_plan(
            job_numbers=[job.number],
            team_codes=["A"],
            first_on=TODAY,
            last_on=TODAY,
            seconds=1,
            by=town.actor("S1"),
            at=NOON,
        )
    flood.status = "CANCELLED"
    flood.ended_at = NOON
    flood.save()
    with pytest.raises(UnableToMobiliseError, match="已经结束"):
        drafting.draft(asked=asked(), **one)


def test_a_large_one_is_put_in_force_by_the_worker_and_says_why_if_it_cannot(
    town, flood, monkeypatch
):
    monkeypatch.setattr(forcing, "MOST_AT_ONCE", 1)
    leads = RoleAssignment.objects.filter(user=town.user("S1", Role.COMMANDER, "S1"))
    with_tasks(town, flood)
    plan, late = drafted(town, flood), drafted(town, flood, hours=24)
    lost = {"number": plan.number, "revision": plan.revision, "by": chief(town), "at": NOON}
    assert forcing.force(**lost) == forcing.Forced(told=None)
    leads.update(valid_until=NOON.date() - timedelta(days=1))  # relieved before the worker came
    assert background.run_next(owner="test", clock=lambda: NOON)
    assert "不再担任这一职务" in forcing.forcing(plan.number).error
    assert not Visit.objects.filter(plan=plan).exists()
    leads.update(valid_until=None)
    for one, is_first in ((plan, True), (plan, False), (late, True)):  # no second job, and told so
        asked_for = {"number": one.number, "revision": one.revision, "by": chief(town), "at": NOON}
        assert forcing.force(**asked_for) == forcing.Forced(told=None, is_first=is_first)
    assert forcing.forcing(plan.number).is_going_on
    while background.run_next(owner="test", clock=lambda: NOON):
        pass
    assert forcing.forcing(plan.number) == forcing.Forcing(is_going_on=False, error="")
    assert Visit.objects.filter(plan=plan).count() == 4
    assert "已经生效" in reading.page(number=late.number, by=chief(town), at=NOON).forcing.error
