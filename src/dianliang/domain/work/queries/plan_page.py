"""One plan as a planner sees it: lanes, stops, what is left out, why, and what would help."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Any

from dianliang.core.models import BackgroundJob
from dianliang.core.waiting import note_of
from dianliang.domain.catalog.models import Skill
from dianliang.domain.work.lifecycle import PLAN, VISIT_COMMITTED, VISIT_LABELS
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.work.queries.plan_rows import (
    Axis,
    FixRow,
    JobFacts,
    Lane,
    LeftOut,
    PlanPage,
    Relaxed,
    Repair,
    StopRow,
)
from dianliang.domain.work.queries.plans import row, team_row
from dianliang.domain.workforce.models import Team
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import phrase_of

FIX_LABELS = {
    "window": "改约时段",
    "overtime": "加班",
    "skill": "借调人手",
    "team": "换队",
    "gear": "增配装备",
    "displace": "让位",
    "another_day": "改天",
    "anyway": "仍排入",
}
SHORTEST_DAY_H = (8, 18)
NARROWEST = 0.9


def plan_page(number: str, *, by: Actor, at: datetime | None = None) -> PlanPage:
    """Return the page of a plan; a fixed number of queries whatever its size.

    `at` lets it say that the worker which computes the plan has gone.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    plan = Plan.objects.select_related("unit", "replaces").filter(number=number).first()
    if plan is None or not by.reaches_unit(plan.unit.path):
        raise NotVisibleError("没有找到这个计划。")
    outcome = plan.outcome or {}
    background = BackgroundJob.objects.filter(pk=plan.background_job_id or 0).first()
    teams = {team.code: team for team in plan.teams.select_related("unit").order_by("code")}
    stops = list(plan.stops.select_related("job__area", "job__skill", "team").order_by("sequence"))
    axis = _axis(stops, outcome.get("lanes", ()))
    relaxed = [(r["job"], phrase_of(r["fix"]["words"])) for r in outcome.get("relaxations", ())]
    return PlanPage(
        row=row(plan, stops=len(stops)),
        revision=plan.revision,
        lanes=_lanes(plan, stops, teams, outcome, axis),
        absent=tuple(teams[code].name for code in outcome.get("absent", ()) if code in teams),
        left_out=_left_out(plan),
        objective=outcome.get("objective", {}),
        weights=outcome.get("weights", {}),
        bound=outcome.get("bound", {}),
        solver=plan.solver,
        seed=plan.seed,
        seconds=plan.seconds,
        solved_s=outcome.get("solved_s", 0.0),
        iterations=outcome.get("iterations", 0),
        ways=outcome.get("ways", ""),
        relaxations=tuple(Relaxed(job_number=job, words=words) for job, words in relaxed),
        error=outcome.get("error", "") if plan.status == "FAILED" else "",
        progress_share=background.progress_share if background else 0.0,
        progress_note=note_of(background),
        is_interrupted=_is_interrupted(background, at),
        verbs=frozenset(t.verb for t in PLAN.verbs(plan.status, role=Role(by.role))),
        teams=tuple(team_row(team) for team in teams.values()),
        hours=axis.hours,
        repair=_repair(plan, outcome.get("repair")),
        incident=(outcome.get("terms") or {}).get("incident", ""),
    )


def _repair(plan: Plan, body: Mapping[str, Any] | None) -> Repair | None:
    """Return what the plan was fitted to; the figures are there when it is computed."""
    if not body:
        return None
    return Repair(
        words=tuple(phrase_of(one) for one in body["words"]),
        replaces=plan.replaces.number if plan.replaces else "",
        most_changes=body["most_changes"],
        forced=len(body.get("forced", ())),
        chosen=len(body.get("chosen", ())),
    )


def _is_interrupted(background: BackgroundJob | None, at: datetime | None) -> bool:
    """Tell whether the worker that computes the plan has let its lease run out."""
    lease = background.lease_until if background else None
    return at is not None and lease is not None and lease < at


def _axis(stops: Iterable[PlannedStop], lanes: Iterable[Mapping[str, Any]]) -> Axis:
    """Return the hours that hold every shift and every stop."""
    begins, ends = [float(SHORTEST_DAY_H[0])], [float(SHORTEST_DAY_H[1])]
    for stop in stops:
        begins.append(_hour(stop.start_at - timedelta(seconds=stop.travel_s), stop.on))
        ends.append(_hour(stop.depart_at, stop.on))
    for lane in lanes:
        on = date.fromisoformat(lane["on"])
        begins.append(_hour(datetime.fromisoformat(lane["from"]), on))
        ends.append(_hour(datetime.fromisoformat(lane.get("return_at", lane["to"])), on))
        ends.append(_hour(datetime.fromisoformat(lane["to"]), on))
    return Axis(first_h=max(0, floor(min(begins))), last_h=min(30, ceil(max(ends))))


def _hour(at: datetime, on: date) -> float:
    midnight = datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)
    return (at - midnight).total_seconds() / 3600


def _lanes(
    plan: Plan,
    stops: Iterable[PlannedStop],
    teams: Mapping[str, Team],
    outcome: Mapping[str, Any],
    axis: Axis,
) -> tuple[Lane, ...]:
    """Return a lane for every team on every day it works, also for those with nothing to do."""
    states = _visit_states(plan)
    grouped: dict[tuple[date, str], list[StopRow]] = defaultdict(list)
    by_code = dict(teams)
    for stop in stops:
        by_code[stop.team.code] = stop.team
        grouped[stop.on, stop.team.code].append(_stop(stop, axis, states))
    bodies = {(date.fromisoformat(b["on"]), b["team"]): b for b in outcome.get("lanes", ())}
    named = dict(Skill.objects.values_list("code", "name"))
    return tuple(
        _lane(by_code[code], on, tuple(grouped[on, code]), bodies.get((on, code), {}), axis, named)
        for on, code in sorted(grouped.keys() | bodies.keys())
        if code in by_code
    )


def _lane(
    team: Team,
    on: date,
    stops: tuple[StopRow, ...],
    body: Mapping[str, Any],
    axis: Axis,
    skill_names: Mapping[str, str],
) -> Lane:
    instants = {
        name: datetime.fromisoformat(body[name]) if body.get(name) else None
        for name in ("from", "to", "return_at", "lunch_at")
    }
    begin, end = instants["from"], instants["to"]
    lunch, home = instants["lunch_at"], instants["return_at"]
    left, right = (axis.x(begin, on), axis.x(end, on)) if begin and end else (0.0, 100.0)
    eaten = lunch and axis.x(lunch + timedelta(seconds=body.get("lunch_s", 3600)), on)
    last = stops[-1].x + stops[-1].width if stops else 0.0
    lat, lon = body.get("start", (team.base_lat, team.base_lon))
    return Lane(
        team_code=team.code,
        team_name=team.name,
        on=on,
        stops=stops,
        base_lat=lat,
        base_lon=lon,
        shift=f"{_clock(begin)}–{_clock(end)}" if begin and end else "",
        shift_x=left,
        shift_width=round(right - left, 2),
        lunch_at=lunch,
        lunch_x=axis.x(lunch, on) if lunch else 0.0,
        lunch_width=round((eaten or 0.0) - axis.x(lunch, on), 2) if lunch else 0.0,
        return_at=home if stops else None,
        return_x=last,
        return_width=max(0.0, round(axis.x(home, on) - last, 2)) if home and stops else 0.0,
        travel_s=body.get("travel_s", sum(stop.travel_s for stop in stops)),
        travel_m=body.get("travel_m", sum(stop.travel_m for stop in stops)),
        overtime_s=body.get("overtime_s", 0),
        skills="、".join(skill_names.get(code, code) for code in body.get("skills", ())),
        gear=_gear(body.get("gear", team.gear)),
        late=sum(1 for stop in stops if stop.late_s),
    )


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%H:%M}"


def _visit_states(plan: Plan) -> dict[int, str]:
    """Return how the jobs' visits stand: this plan's own, and confirmed ones of any plan."""
    jobs = plan.jobs.all()
    own = Visit.objects.filter(plan=plan).order_by("pk").values_list("job_id", "status")
    confirmed = Visit.objects.filter(job__in=jobs, status__in=VISIT_COMMITTED)
    return {**dict(own), **dict(confirmed.values_list("job_id", "status"))}


def _stop(stop: PlannedStop, axis: Axis, states: Mapping[int, str]) -> StopRow:
    x, arrived = axis.x(stop.start_at, stop.on), axis.x(stop.arrive_at, stop.on)
    left = axis.x(stop.arrive_at - timedelta(seconds=stop.travel_s), stop.on)
    state = states.get(stop.job_id, "")
    return StopRow(
        facts=facts_of(stop.job),
        sequence=stop.sequence,
        arrive_at=stop.arrive_at,
        start_at=stop.start_at,
        depart_at=stop.depart_at,
        travel_s=stop.travel_s,
        travel_m=stop.travel_m,
        late_s=stop.late_s,
        is_locked=stop.is_locked,
        is_frozen=state in VISIT_COMMITTED,
        visit_label=VISIT_LABELS.get(state, ""),
        why=stop.why_words,
        x=x,
        width=max(NARROWEST, round(axis.x(stop.depart_at, stop.on) - x, 2)),
        travel_x=left,
        travel_width=round(arrived - left, 2),
        due_x=_due_x(stop, axis),
    )


def _due_x(stop: PlannedStop, axis: Axis) -> float | None:
    """Return where the promise ends on the lane, if it does on that day."""
    due = stop.job.due_at
    if due is None or due.astimezone(SHANGHAI).date() != stop.on:
        return None
    return axis.x(due, stop.on)


def facts_of(job: Job) -> JobFacts:
    """Return what a planner must know of a job."""
    return JobFacts(
        job_number=job.number,
        title=job.title,
        area_name=job.area.name,
        address=job.address,
        priority=job.priority,
        priority_label=job.get_priority_display(),
        skill_name=job.skill.name if job.skill else "",
        gear=_gear(job.gear),
        due_at=job.due_at,
        duration_min=job.duration_min,
        windows=windows_in_words(job.windows),
        lat=job.lat,
        lon=job.lon,
    )


def _gear(gear: Mapping[str, Any]) -> str:
    return "、".join(f"{kind}×{count}" for kind, count in gear.items() if count)


def windows_in_words(windows: Iterable[tuple[str, str]]) -> str:
    """Return the times at which a customer can be visited; empty for any time."""
    spans = []
    for start, end in windows:
        begin = datetime.fromisoformat(start).astimezone(SHANGHAI)
        spans.append(f"{begin:%m-%d %H:%M}–{_clock(datetime.fromisoformat(end))}")
    return "、".join(spans)


def _left_out(plan: Plan) -> tuple[LeftOut, ...]:
    order = {"must": 0, "should": 1, "may": 2}
    rows = plan.unplanned.select_related("job__area", "job__skill")
    return tuple(
        LeftOut(
            facts=facts_of(left.job),
            reasons=tuple(phrase_of(reason["words"]) for reason in left.reasons),
            fixes=tuple(
                FixRow(
                    choice=choice,
                    kind_label=FIX_LABELS.get(fix["kind"], ""),
                    words=phrase_of(fix["words"]),
                    price_s=fix["price_s"],
                )
                for choice, fix in enumerate([left.fix, *left.other_fixes] if left.fix else [])
            ),
        )
        for left in sorted(rows, key=lambda left: (order[left.job.priority], left.pk))
    )
