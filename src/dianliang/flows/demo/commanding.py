"""The demo's drill as a commander sees it: crews on their way, supply followed, two reports.

Everything goes through the same operations as by people; the plan is put together by hand instead
of by a search, and says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.queries.incidents import reach_of
from dianliang.domain.key_customers.models import KeyCustomer, Watch
from dianliang.domain.key_customers.operations import watching
from dianliang.domain.key_customers.told import Occasion, ToldReport
from dianliang.domain.mobilisation import lessons, positions, tasks
from dianliang.domain.mobilisation.models import LineWork, Task
from dianliang.domain.mobilisation.positions import Fix, Post
from dianliang.domain.mobilisation.stretches import Pace
from dianliang.domain.resources.models import ResourceKind
from dianliang.domain.work.lifecycle import VISIT_OPEN
from dianliang.domain.work.models import Job, Plan, Visit
from dianliang.domain.work.operations import plans, visits
from dianliang.domain.work.operations.visits import Record
from dianliang.domain.workforce import operations as workforce
from dianliang.domain.workforce.crews import crew
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.engines import routing
from dianliang.flows.command import reports
from dianliang.flows.demo import dike
from dianliang.flows.demo.county import County
from dianliang.flows.demo.incidents import TEAMS
from dianliang.flows.dispatching import drafting, tasking
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.key_customers.affected import in_reach
from dianliang.flows.planning.happened import Happened
from dianliang.flows.planning.problem import Built, build
from dianliang.flows.planning.records import lines_of, outcome_of, skeleton_of
from dianliang.kernel.actor import SYSTEM, Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WORDS = "演示：两支队伍就近分派，一支排灯，人工编排"
STORY = (("lost", 20), ("tied", 70), ("normal", 130))
"""How supply goes where a crew comes, in minutes after the following began."""


def build_command(county: County, *, by: Actor, at: datetime) -> None:
    """Follow supply, send three crews, let them work for three hours, report twice."""
    incident = Incident.objects.filter(is_generated=True).order_by("pk").first()
    desk = replace(by, unit_path=county.company.path, unit_code=county.company.code)
    on = at.astimezone(SHANGHAI).date()
    hit = in_reach(reach_of(incident), by=desk, on=on) if incident else []
    if incident is None or len(hit) < 2:
        return
    begin = at - 3 * HOUR
    watch = _follow(county, incident, hit, by=desk, at=begin)
    free = [team for team in county.teams[3:TEAMS] if not _is_busy(team, since=on)]
    crews = [county.teams[1], *free[:1], county.teams[2]]
    _turn_out(crews, on=begin.astimezone(SHANGHAI).date(), by=desk, at=begin)
    _send(incident, crews, by=desk, at=begin)
    _work(incident, desk, begin=begin, until=at - HOUR)
    _tell(watch, by=desk, begin=begin, until=at - HOUR)
    reports.make(number=incident.number, by=desk, at=at - HOUR)
    _work(incident, desk, begin=begin, until=at)
    _tell(watch, by=desk, begin=begin, until=at, since=at - HOUR)
    _come_up(incident, by=desk, at=at - 20 * MINUTE)
    _locate(incident, crews, at=at)
    reports.make(number=incident.number, by=desk, at=at)
    _learn(incident, by=desk, at=at)


def _is_busy(team: Team, *, since: date) -> bool:
    """Tell whether a team has ordinary visits before it."""
    return Visit.objects.filter(team=team, on__gte=since, status__in=VISIT_OPEN).exists()


def _turn_out(teams: Sequence[Team], *, on: date, by: Actor, at: datetime) -> None:
    """Have the members of crews check in when they are sent out, each on his own phone."""
    for team in teams:
        for member in crew(team, on=on):
            person = Person.objects.get(number=member.number)
            own = replace(by, id=person.number, name=person.name, person_number=person.number)
            workforce.check_in(team=team, person=person, on=on, by=own, at=at)


def _follow(
    county: County, incident: Incident, hit: Sequence[KeyCustomer], *, by: Actor, at: datetime
) -> Watch:
    occasion = Occasion(kind="incident", number=incident.number, title=f"{incident.title}供电")
    watch = watching.open_watch(
        occasion=occasion,
        starts_at=at,
        unit=county.company,
        customers=[one.pk for one in hit],
        by=by,
        at=at,
    )
    Watch.objects.filter(pk=watch.pk).update(is_generated=True)
    return watch


def _send(incident: Incident, teams: Sequence[Team], *, by: Actor, at: datetime) -> None:
    """Open a task for each customer and one along the dike; send the crews out.

    The first, of which somebody has a login, goes to the dike, the others in turn to all customers
    but the last, which wants a generator that was not asked for yet.
    """
    nothing = dict.fromkeys(("due_h", "skill", "gear", "quantity", "least"), "")
    asked = tasking.Batch(
        grades=("special", "first", "second", "temporary"),
        kinds=(),
        what="排查保电",
        minutes="25",
        **nothing,
    )
    tasking.open_batch(number=incident.number, asked=asked, by=by, at=at)
    rows = list(Task.objects.filter(incident=incident).select_related("job").order_by("-worth"))
    _want(rows[-1], kind=ResourceKind.objects.get(code="GEN"), least=400.0)
    dike.open_dike(incident, rows[0].job, by=by, at=at)
    parts = dike.parts_of(incident)
    jobs = [row.job_id for row in (*rows, *parts)]
    Job.objects.filter(task__incident=incident).update(is_generated=True)
    plan, outcome = _drafted(incident, teams, jobs, by=by, at=at)
    built = build(plan, at=at)
    orders = _orders(rows[:-1], teams[-2:], built)
    for on in built.days.get(teams[0].code, ())[:1] if len(teams) > 2 else ():
        orders[teams[0].code, on] = [row.job.number for row in parts]
    laid = routing.follow_plan(built.problem, skeleton_of(orders, built))
    lines, left_out = lines_of(laid, built, locked=frozenset())
    plans.keep_result(
        plan=plan,
        stops=lines,
        left_out=left_out,
        outcome={**outcome_of(laid, built, relaxations=[]), **outcome},
        solver="人工编排（演示）",
        by=SYSTEM,
        at=at,
    )
    made = Plan.objects.get(pk=plan.pk)
    drafting.put_in_force(number=made.number, revision=made.revision, by=by, at=at)


def _want(row: Task, *, kind: ResourceKind, least: float) -> None:
    """Have a task need a piece of gear."""
    Task.objects.filter(pk=row.pk).update(kind=kind, quantity=1, least_capacity=least)
    Job.objects.filter(pk=row.job_id).update(gear={tasks.sort_of(kind, least): 1})


def _drafted(
    incident: Incident, teams: Sequence[Team], jobs: Sequence[int], *, by: Actor, at: datetime
) -> tuple[Plan, dict[str, Any]]:
    """Return a dispatch that is being computed, and what is kept with it."""
    on = at.astimezone(SHANGHAI).date()
    hours = scene.Hours(
        window=TimeWindow(at, at + 12 * HOUR), pace=Pace(on=12 * HOUR, rest=8 * HOUR)
    )
    supply = scene.supply_for(incident)
    terms = scene.terms_for(incident, teams, hours, supply=supply, at=at)
    outcome = {"terms": terms.stored(), "happened": Happened().stored()}
    plan = plans.draft(
        unit=incident.unit,
        jobs=jobs,
        teams=teams,
        outcome=outcome,
        first_on=on,
        last_on=on + timedelta(days=1),
        seconds=1,
        seed=1,
        by=by,
        at=at,
        words=WORDS,
    )
    tasks.write_down(incident=incident, plan=plan, words=WORDS, is_what_if=False, by=by, at=at)
    plans.begin_solving(plan=plan, revision=plan.revision, jobs=jobs, by=by, at=at)
    plan.refresh_from_db()
    return plan, outcome


def _orders(
    rows: Sequence[Task], teams: Sequence[Team], built: Built
) -> dict[tuple[str, date], list[str]]:
    """Send the crews to tasks in turn, each to the nearest that is left."""
    left = [row.job for row in rows]
    out = [team for team in teams if built.days.get(team.code)]
    here = {team.pk: GeoPoint(team.base_lat, team.base_lon) for team in out}
    orders: dict[tuple[str, date], list[str]] = {}
    while left and out:
        team = out[sum(map(len, orders.values())) % len(out)]
        job = min(left, key=lambda one: _point(one).distance_m(here[team.pk]))
        left.remove(job)
        here[team.pk] = _point(job)
        orders.setdefault((team.code, built.days[team.code][0]), []).append(job.number)
    return orders


def _point(job: Job) -> GeoPoint:
    return GeoPoint(job.lat, job.lon)


def _work(incident: Incident, desk: Actor, *, begin: datetime, until: datetime) -> None:
    """Let the crews do their stops as far as the clock says; the next one is under way."""
    rows = Visit.objects.filter(job__task__incident=incident).exclude(status="DONE")
    rows = rows.select_related("job__task__line", "team").order_by("team", "on", "sequence")
    line = LineWork.objects.filter(incident=incident).first()
    laid = [visit for visit in rows if visit.job.task.line_id]
    if line and laid:
        dike.lay(line, laid, by=_crew(laid[0].team, desk), until=until)
    for visit in rows.filter(job__task__line=None):
        by = _crew(visit.team, desk)
        leaves = max(begin, visit.arrive_at - 12 * MINUTE)
        if leaves < until:
            _do(visit, by=by, leaves=leaves, until=until)


def _do(visit: Visit, *, by: Actor, leaves: datetime, until: datetime) -> None:
    """Lead a stop as far as the clock says; a crew is still at its last one."""
    here, later = visit, Visit.objects.filter(team=visit.team, sequence__gt=visit.sequence)
    is_last = not later.filter(plan=visit.plan).exists()
    if here.status == "SCHEDULED":
        here = visits.accept(visit=here, by=by, at=leaves)
    if here.status == "ACCEPTED":
        here = visits.depart(visit=here, by=by, at=leaves)
    if here.arrive_at < until and here.status == "EN_ROUTE":
        here = visits.arrive(visit=here, by=by, at=here.arrive_at)
    if here.depart_at < until and here.status == "ARRIVED" and not is_last:
        record = Record(findings="双电源切换正常，已接入应急电源（演示）")
        visits.complete(visit=here, record=record, by=by, at=here.depart_at)


def _crew(team: Team, desk: Actor) -> Actor:
    """Return a member of a team as who presses on the phone."""
    member = Membership.objects.filter(team=team).select_related("person").order_by("pk")[1]
    person = member.person
    return replace(
        desk, id=person.number, name=person.name, role=Role.STEWARD, person_number=person.number
    )


def _tell(
    watch: Watch, *, by: Actor, begin: datetime, until: datetime, since: datetime | None = None
) -> None:
    """Report the supply of every other customer as it goes through the flood."""
    rows = watch.watched.select_related("customer", "watch").order_by("pk")
    for place, watched in enumerate(rows):
        for step, (state, minutes) in enumerate(STORY[: 1 + place % 3]):
            happened = begin + (minutes + 6 * place) * MINUTE
            if happened >= until or (since is not None and happened < since):
                continue
            told = ToldReport(
                state=state,
                happened_at=happened,
                generator=f"{place + 1} 号发电车" if state == "tied" else "",
                words="" if step else "线路避险停电（演示）",
            )
            watching.report(watch=watch, watched=[watched], told=told, by=by, at=happened)


def _come_up(incident: Incident, *, by: Actor, at: datetime) -> None:
    """Have something come up that nobody is sent to yet."""
    near = tasks.places_of(incident)[0].job
    nothing = dict.fromkeys(("customer", "skill", "gear", "quantity", "least"), "")
    asked = tasking.Urgent(
        title="配电箱进水，要抬升",
        lat=f"{near.lat + 0.004:.5f}",
        lon=f"{near.lon + 0.003:.5f}",
        rank="special",
        minutes="60",
        due_h="2",
        **nothing,
    )
    made = tasking.open_urgent(incident=incident, asked=asked, by=by, at=at)
    Job.objects.filter(pk=made.job_id).update(is_generated=True)


def _locate(incident: Incident, teams: Sequence[Team], *, at: datetime) -> None:
    """Let the phones of two of each crew tell where they are: on the way from base to the stop."""
    for place, team in enumerate(teams):
        members = Membership.objects.filter(team=team).order_by("pk")[:2]
        current = Visit.objects.filter(
            team=team, job__task__incident=incident, status__in=["EN_ROUTE", "ARRIVED"]
        ).first()
        base = GeoPoint(team.base_lat, team.base_lon)
        goal = GeoPoint(current.job.lat, current.job.lon) if current else base
        for member in members:
            post = Post(
                person=member.person_id,
                incident=incident.pk,
                team=team.pk,
                number=incident.number,
                title=incident.title,
                since=incident.opened_at,
            )
            positions.keep(post=post, fixes=_way(base, goal, at=at - place * 3 * MINUTE), at=at)


def _way(base: GeoPoint, goal: GeoPoint, *, at: datetime, steps: int = 8) -> list[Fix]:
    def along(share: float) -> GeoPoint:
        return GeoPoint(
            base.lat + share * (goal.lat - base.lat), base.lon + share * (goal.lon - base.lon)
        )

    return [
        Fix(
            point=along((n + 1) / steps * 0.9),
            accuracy_m=12,
            at=at - (steps - 1 - n) * 5 * MINUTE,
        )
        for n in range(steps)
    ]


def _learn(incident: Incident, *, by: Actor, at: datetime) -> None:
    owner = Person.objects.filter(unit__path__startswith=by.unit_path).order_by("number")[0]
    lessons.note(
        incident=incident,
        words="没有提前申请 400 kW 发电机，最后一处排不上（演示）",
        action="汛前把一台大功率发电机调到梅溪库",
        owner=owner,
        due_on=at.astimezone(SHANGHAI).date() + timedelta(days=30),
        by=by,
        at=at,
    )
