"""A piece of gear that is set up is gone: crews load anew before each shift, from what there is."""

from dataclasses import replace

import pytest

from dianliang.domain.mobilisation import loading
from dianliang.domain.mobilisation.models import ResourceRequest
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.flows.dispatching import drafting, reading, tasking
from dianliang.flows.dispatching.terms import placed
from dianliang.flows.mobilising import requesting
from dianliang.kernel.actor import Role
from tests import gear
from tests.flows.dispatching.test_dispatching import transformer, urgent
from tests.flows.dispatching.test_lines import (
    SHORT,
    SIX,
    chief,
    crews_of,
    drafted,
    forced,
    lined,
    told,
)
from tests.town import NOON

pytestmark = pytest.mark.django_db


def worked(town, visit, *, begins):
    """The crew accepts and sets out; `begins` happens before it arrives and is done."""
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({"A"}))
    record = Record(checklist=tuple(Checked(str(n), ok=True) for n in visit.job.checklist))
    for step in (visits.accept, visits.depart, begins, visits.arrive):
        if step is begins:
            begins()
        else:
            step(visit=visit, by=crew, at=visit.arrive_at, device_at=visit.arrive_at)
        visit.refresh_from_db()
    visits.complete(visit=visit, record=record, by=crew, at=visit.depart_at)


def pumps(town, incident, count, minutes="300"):
    """Transformers are asked for at pumping stations, half a shift of work each."""
    for n in range(count):
        station = urgent(
            title=f"泵站 {n}",
            lat=f"30.5{n}",
            lon="119.6",
            minutes=minutes,
            gear="TRF",
            quantity="1",
            least="400",
            due_h="60",
        )
        tasking.open_urgent(incident=incident, asked=station, by=chief(town), at=SIX)


def test_one_transformer_is_set_up_once_and_a_second_is_loaded_before_the_next_shift(
    town, monkeypatch
):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    first = transformer(town, incident)
    pumps(town, incident, 2)
    plan = drafted(town, incident, hours=48)
    assert plan.stops.count() == 1
    (left,) = plan.unplanned.all()
    (short,) = reading.page(number=plan.number, by=chief(town), at=SIX).shortages
    assert (short.kind, short.count, short.least) == ("TRF", 1, 400.0)
    assert left.fix["kind"] == "gear"

    second = transformer(town, incident)
    plan = drafted(town, incident, hours=48)
    days = dict(plan.stops.values_list("job__title", "on"))
    assert len(set(days.values())) == 2
    terms = plan.outcome["terms"]
    assert terms["shares"] == {
        number: on.isoformat()
        for number, on in zip((first, second), sorted(days.values()), strict=True)
    }
    assert [fetch[0] for fetch in terms["fetches"]["A"]] == sorted(terms["shares"].values())


def test_a_crew_takes_as_many_lights_as_it_lays_along_a_dike_in_a_shift(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    lights = [gear.piece(town, kind="LTW", name="移动照明灯", flux_lm=100000) for _ in range(7)]
    asked = gear.request(town, kind="LTW", quantity=7, least="", incident=incident.number)
    picked = [light.number for light in lights]
    requesting.assign(number=asked.number, picked=picked, by=gear.desk(town), at=NOON)
    assert ResourceRequest.objects.get().status == "ASSIGNED"
    line = lined(town, incident, path=SHORT, km="2", people="2", rate="2", gear="LTW", per_km="4")

    plan = drafted(town, incident, hours=12)
    lit = sum(
        task.to_m - task.from_m for task in line.parts.filter(job__in=plan.stops.values("job"))
    )
    assert lit == 1750  # seven lights, four for a kilometre
    (left,) = plan.unplanned.all()
    assert (left.fix["kind"], left.fix["items"]) == ("gear", ["照明灯塔"])


def test_a_crew_that_has_used_what_it_carries_fetches_more_in_mid_shift_when_asked_again(
    town, monkeypatch
):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    monkeypatch.setattr(loading, "MOST_CARRIED", 1)
    incident = crews_of(town, "A", people=2)
    pieces = [transformer(town, incident), transformer(town, incident)]
    pumps(town, incident, 2, minutes="120")
    plan = drafted(town, incident, hours=12)
    assert plan.stops.count() == 1
    forced(town, plan)
    done = Visit.objects.get(plan=plan)
    worked(town, done, begins=lambda: None)

    after = told(town, plan, done.depart_at, retried=1)

    (second,) = after.stops.filter(job__status="OPEN")
    terms = after.outcome["terms"]
    (used,), (own,) = terms["gone"], terms["pieces"]["A"].values()
    assert {used, *own} == set(pieces)
    assert second.on == done.on
    assert any(fetch[3] > done.depart_at.isoformat() for fetch in terms["fetches"]["A"])


def test_what_a_crew_had_set_out_with_is_used_though_another_plan_came_in_force(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    piece = transformer(town, incident)
    pumps(town, incident, 1, minutes="120")
    plan = drafted(town, incident, hours=12)
    forced(town, plan)
    done = Visit.objects.get(plan=plan)
    newer = []

    def another_plan():
        on_the_way = done.arrive_at
        box = urgent(title="箱体抬升", lat="30.51", lon="119.6", gear="", due_h="60")
        newer.append(told(town, plan, on_the_way, urgent=box))
        forced(town, newer[0], on_the_way)

    worked(town, done, begins=another_plan)

    assert placed(Plan.objects.get(pk=newer[0].pk)) == (piece,)
    box = urgent(title="又一处", lat="30.52", lon="119.6", gear="", due_h="60")
    after = told(town, newer[0], done.depart_at, urgent=box)
    assert piece in after.outcome["terms"]["gone"]
