"""A flood that is commanded: two crews, five followed key customers, a dispatch in force."""

from dataclasses import dataclass, replace
from datetime import timedelta

from dianliang.domain.incidents.models import Incident
from dianliang.domain.key_customers.models import KeyCustomer, Watch
from dianliang.domain.key_customers.told import Occasion, ToldReport
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.models import Task
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.work.operations import plans
from dianliang.domain.workforce.models import Team
from dianliang.flows import fieldwork
from dianliang.flows.dispatching import drafting, tasking
from dianliang.flows.incidents import leading
from dianliang.flows.key_customers import watching
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.geo import GeoPoint
from tests import keyworld
from tests import town as builder
from tests.flows.incidents.things import led, seen
from tests.town import NOON, TODAY, Town

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SECOND = replace(keyworld.FIRST, grade="second")


@dataclass
class Flood:
    """What tests ask for."""

    town: Town
    incident: Incident
    watch: Watch
    plan: Plan

    @property
    def number(self) -> str:
        return self.incident.number

    @property
    def chief(self) -> Actor:
        return self.town.actor("S1", Role.COMMANDER)

    def crew(self, person: str = "A-1", role: Role = Role.STEWARD) -> Actor:
        """Somebody of a crew, by his number."""
        return replace(self.town.actor("S1", role), id=f"user:{person}", person_number=person)

    def visit(self, customer: str) -> Visit:
        """The visit to a key customer."""
        return Visit.objects.select_related("job", "team").get(job__task__customer__number=customer)


def flooded(town: Town) -> Flood:
    """Open it, follow the customers, open a task for each, send two crews to four of them."""
    town.team("A", "S1", "line", near="V1")
    town.team("B", "S1", "line", near="V2")
    customers = [
        keyworld.customer(
            town, f"ZY-{n}", area=area, graded=SECOND, point=GeoPoint(30.50 + n / 100, 119.6)
        )
        for n, area in enumerate(("V1", "V2", "V1", "V2"))
    ]
    customers.append(
        keyworld.customer(
            town, "ZY-P", kind="pump_station", name="余村泵站", point=GeoPoint(30.515, 119.62)
        )
    )
    incident = led(town)
    by = town.actor("S1", Role.COMMANDER)
    leading.assign(
        number=incident.number,
        teams=["A", "B"],
        rosters=[],
        revision=seen(incident),
        by=by,
        at=NOON,
    )
    watch = followed(town, incident, customers)
    tasking.open_batch(
        number=incident.number,
        asked=tasking.Batch(
            grades=("special", "first", "second"),
            kinds=(),
            what="排查保电",
            minutes="20",
            **dict.fromkeys(("due_h", "skill", "gear", "quantity", "least"), ""),
        ),
        by=by,
        at=NOON,
    )
    incident.refresh_from_db()
    return Flood(town, incident, watch, in_force(town, incident, by))


def build() -> Flood:
    """Make it on an empty database."""
    return flooded(builder.build())


def followed(town: Town, incident: Incident, customers: list[KeyCustomer]) -> Watch:
    """Follow the supply of customers through an incident."""
    return watching.open_for(
        occasion=Occasion(kind="incident", number=incident.number, title="西苕溪洪水"),
        customers=[one.pk for one in customers],
        starts_at=NOON,
        by=town.actor("S1"),
        at=NOON,
    )


def in_force(town: Town, incident: Incident, by: Actor, at=NOON) -> Plan:
    """Send A and B in turn to what is left, by hand; nobody goes to the pumping station."""
    left = Task.objects.filter(incident=incident).exclude(job__status="DONE")
    rows = list(left.order_by("customer__number"))
    teams = list(Team.objects.filter(code__in=["A", "B"]).order_by("code"))
    live = tasks.in_force(incident)
    plan = plans.draft(
        unit=incident.unit,
        jobs=[row.job_id for row in rows],
        teams=teams,
        first_on=TODAY,
        last_on=TODAY,
        seconds=1,
        seed=1,
        by=by,
        at=at,
        replaces=live.plan if live else None,
        words="两队四处",
    )
    tasks.write_down(incident=incident, plan=plan, words="两队四处", is_what_if=False, by=by, at=at)
    plans.begin_solving(
        plan=plan, revision=plan.revision, jobs=[row.job_id for row in rows], by=by, at=at
    )
    plan.refresh_from_db()
    plans.keep_result(
        plan=plan,
        stops=[
            plans.StopLine(
                job=row.job,
                team=teams[place % 2],
                on=TODAY,
                sequence=1 + place // 2,
                arrive_at=at + (1 + place // 2) * HOUR,
                start_at=at + (1 + place // 2) * HOUR,
                depart_at=at + (1 + place // 2) * HOUR + 20 * MINUTE,
                travel_s=600,
                travel_m=5000,
                late_s=0,
                why="最近",
            )
            for place, row in enumerate(rows[:-1])
        ],
        left_out=[
            plans.OutLine(
                job=rows[-1].job,
                reasons=[{"code": "no_gear", "words": "没有 400 kVA 临时变压器"}],
                fix=None,
                other_fixes=[],
            )
        ],
        outcome={},
        solver="手工",
        by=SYSTEM,
        at=at,
    )
    plan.refresh_from_db()
    drafting.put_in_force(number=plan.number, revision=plan.revision, by=by, at=at)
    plan.refresh_from_db()
    return plan


def reported(flood: Flood, customer: str, state: str, *, at) -> None:
    """Somebody calls and tells how a key customer is supplied."""
    watching.report(
        number=flood.watch.number,
        customers=[customer],
        told=ToldReport(state=state, happened_at=at),
        photo=None,
        by=flood.town.actor("S1"),
        at=at,
    )


def op(verb: str, visit: Visit, *, minutes: int, after: str = "", **body: str):
    """What a phone sends of a visit."""
    return {
        "key": f"{visit.number}-{verb}",
        "verb": verb,
        "number": visit.number,
        "device_at": (NOON + minutes * MINUTE).isoformat(),
        "after": f"{visit.number}-{after}" if after else "",
        "body": body,
    }


def done(flood, customer, *, supply="", generator="", by=None):
    """A crew does a task on the phone, offline, and sends all of it at once."""
    visit = flood.visit(customer)
    said = {"findings": "已接入", "supply": supply, "generator": generator}
    steps = [
        op("accept", visit, minutes=40),
        op("depart", visit, minutes=41, after="accept"),
        op("arrive", visit, minutes=60, after="depart"),
        op("complete", visit, minutes=80, after="arrive", **said),
    ]
    crew = by or flood.crew(f"{visit.team.code}-1")
    results = fieldwork.sync(steps, by=crew, at=NOON + 90 * MINUTE)
    return [result.outcome.value for result in results]
