"""The desk that uses this product: tasks, dispatches and events through the same flows as pages."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from dianliang.core import jobs as background
from dianliang.domain.incidents.models import Incident
from dianliang.domain.mobilisation import stretches
from dianliang.domain.work.models import Job, Plan, PlannedStop, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.visits import Checked, Record
from dianliang.flows.dispatching import drafting, events, tasking
from dianliang.flows.exercise.playing import ON, REST, Crew, Doing, Game, Served
from dianliang.flows.exercise.scenario import (
    BROKEN,
    CUT,
    GEAR,
    GRADES,
    LEAST,
    LOST,
    MINUTES,
    SKILL,
    URGENT,
    URGENT_DUE_H,
    URGENT_MIN,
    WHAT,
    Gear,
    Happening,
    Work,
)
from dianliang.flows.exercise.world import World, wave_code
from dianliang.flows.incidents import leading
from dianliang.flows.planning import difference
from dianliang.flows.planning.terms import Terms, terms_of
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import DomainError

OPEN = ("SCHEDULED", "ACCEPTED", "EN_ROUTE", "ARRIVED")
STEPS = {status: steps for steps, status in enumerate(OPEN)}
"""How many steps a crew has taken that stands there."""
PRESSED = {"accept": visits.accept, "depart": visits.depart, "arrive": visits.arrive}
HOUR = timedelta(hours=1)
LABELS = {URGENT: "急件", LOST: "失去一支队伍", CUT: "一片进不去", BROKEN: "装备损坏"}


class ExerciseError(DomainError):
    """The exercise cannot go on; the message says why."""

    code = "exercise.failed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One dispatch: what for, what it took until crews saw it, what it changed.

    `delayed` visits stay with their crew and begin later: no change that anybody decided.
    """

    at: datetime
    words: str
    seconds: float
    planned: int
    left_out: int
    changes: int
    forced: int
    chosen: int
    delayed: int
    is_whole: bool


@dataclass(slots=True)
class Product:
    """The desk; `turns` is what it did, `violations` what its plans broke of work and rest."""

    world: World
    turns: list[Turn] = field(default_factory=list[Turn])
    violations: list[str] = field(default_factory=list[str])
    _live: str = ""
    _orders: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _terms: Terms | None = None

    def tell(self, game: Game, *, at: datetime, rain: int | None, what: Happening | None) -> None:
        """Open what is to be done, have it dispatched, put the dispatch in force."""
        self._write_down(game, at)
        began = time.perf_counter()
        if rain is not None:
            self._open(rain, at)
            made, words = self._drafted(game, at), f"第 {rain + 1} 波雨：全面安排"
        elif what is not None and self._live:
            said = self._said(game, what, at)
            if said is None or (said.urgent is None and not game.waiting):
                return
            made = events.tell(number=self._live, said=said, by=self.world.by, at=at)
            words = LABELS[what.what]
        else:
            return
        self._worked_off(at)
        plan = Plan.objects.get(number=made)
        if plan.status != "READY":
            raise ExerciseError(f"{words}：没有算出方案，{(plan.outcome or {}).get('error', '')}")
        changes = difference.differences(number=made, by=self.world.by) if self._live else []
        drafting.put_in_force(number=made, revision=plan.revision, by=self.world.by, at=at)
        self._live = made
        self._note(plan, words, at, changes, time.perf_counter() - began, is_whole=rain is not None)
        self._read(plan, at)

    def offers(self, game: Game, crew: Crew, *, at: datetime) -> Iterator[Work]:
        """Yield what is left of the crew's route, in order."""
        del at
        for code in self._orders.get(crew.band.code, ()):
            if code in game.waiting:
                yield game.waiting[code]

    def errand(self, game: Game, crew: Crew) -> list[Gear]:
        """Return what the dispatch says that the crew fetches first."""
        is_told = self._terms is not None and crew.band.code in self._terms.fetches
        return [one for one in self._given(game, crew) if one.code not in crew.carries and is_told]

    def piece(self, game: Game, crew: Crew, work: Work) -> Gear | None:
        """Return the first piece that the dispatch gave the crew and that is not set up yet."""
        return next((one for one in self._given(game, crew) if one.kind == work.gear), None)

    def _given(self, game: Game, crew: Crew) -> list[Gear]:
        own = self._terms.pieces.get(crew.band.code, {}) if self._terms else {}
        numbers = [number for sort in own.values() for number in sort]
        return [game.free_gear[number] for number in numbers if number in game.free_gear]

    def reasons(self) -> Counter[str]:
        """Return why the last dispatch left tasks out: the code of the first reason, counted."""
        rows = Plan.objects.get(number=self._live).unplanned.filter(job__status="OPEN")
        return Counter(
            str(reasons[0]["code"]) if reasons else ""
            for reasons in rows.values_list("reasons", flat=True)
        )

    def _open(self, rain: int, at: datetime) -> None:
        """Say that the incident has grown, and open a task for each customer that it reaches."""
        number, by = self.world.number, self.world.by
        if rain:
            leading.redraw(
                number=number,
                area_codes=[wave_code(wave) for wave in range(rain + 1)],
                villages="",
                shapes="",
                reason=f"第 {rain + 1} 波雨",
                revision=Incident.objects.get(number=number).revision,
                by=by,
                at=at,
            )
        for kind, what in WHAT.items():
            asked = tasking.Batch(
                grades=tuple(grade for grade, _ in GRADES),
                kinds=() if kind == "other" else (kind,),
                what=what,
                minutes=str(MINUTES[kind]),
                due_h="",
                skill=SKILL[kind],
                gear=GEAR[kind],
                quantity="1",
                least=LEAST[kind],
            )
            try:
                tasking.open_batch(number=number, asked=asked, by=by, at=at)
            except DomainError as refusal:  # a small exercise may have none of a kind in a third
                if getattr(refusal, "field", "") != "grades":
                    raise

    def _drafted(self, game: Game, at: datetime) -> str:
        left_h = (game.flood.end - at).total_seconds() / 3600
        asked = drafting.Asked(
            starts_at=at,
            hours=min(
                (h for h in drafting.LENGTHS_H if h >= left_h), default=drafting.LENGTHS_H[-1]
            ),
            on_h=ON // HOUR,  # who is late does not reach what stands last: the least grave
            rest_h=REST // HOUR,
            is_halved=False,
            teams=tuple(code for code, crew in game.crews.items() if not crew.is_lost),
            stores=(),
            shapes="\n".join(_written(cut) for cut in game.cuts),
        )
        made = drafting.draft(number=self.world.number, asked=asked, by=self.world.by, at=at)
        return str(made.number)

    def _said(self, game: Game, what: Happening, at: datetime) -> events.Happening | None:
        """Return what a commander would report; what touches nobody's plan is not reported."""
        if what.urgent is not None:
            work = what.urgent
            return events.Happening(
                urgent=tasking.Urgent(
                    customer="",
                    title=work.code,
                    lat=f"{work.at.lat:.6f}",
                    lon=f"{work.at.lon:.6f}",
                    rank=work.grade,
                    minutes=str(URGENT_MIN),
                    due_h=str(URGENT_DUE_H),
                    skill="",
                    gear="",
                    quantity="",
                    least="",
                )
            )
        if what.what == LOST:
            spans = self._terms.windows.items() if self._terms else ()
            is_on = any(code == what.team and span.end > at for (code, _), span in spans)
            return events.Happening(lost_team=what.team, lost_from=at) if is_on else None
        if what.what == CUT:
            return events.Happening(shapes=_written(what))
        pieces = self._terms.pieces.values() if self._terms else ()
        given = {number for sorts in pieces for own in sorts.values() for number in own}
        is_known = what.gear in given - game.used_gear
        return events.Happening(broken=what.gear) if is_known else None

    def _worked_off(self, at: datetime) -> None:
        """Do what is queued, as the worker does."""
        while background.run_next(owner="exercise", clock=lambda: at):
            pass

    def _write_down(self, game: Game, at: datetime) -> None:
        """Let the crews' phones say what they have done and are doing, step by step."""
        doing = {c.doing.work.code: c.doing for c in game.crews.values() if c.doing}
        rows = Visit.objects.filter(job__task__incident__number=self.world.number, status__in=OPEN)
        for visit in rows.select_related("job__skill", "team__unit"):
            code = code_of(visit.job)
            stands = doing.get(code) or game.served.get(code)
            if stands is None:
                if visit.status == "ARRIVED":  # its crew was lost at the work
                    visits.miss(visit=visit, reason="队伍失联", by=_captain(visit), at=at)
                continue
            for verb, happened_at in _steps(stands, at)[STEPS[visit.status] :]:
                _step(visit, verb, at=at, device_at=happened_at)

    def _note(
        self, plan: Plan, words: str, at: datetime, changes: Any, seconds: float, *, is_whole: bool
    ) -> None:
        repair = (plan.outcome or {}).get("repair", {})
        told = [change for change in changes if change.cause not in {"slight", "delayed"}]
        self.turns.append(
            Turn(
                at=at,
                words=words,
                seconds=seconds,
                planned=plan.stops.count(),
                left_out=plan.unplanned.count(),
                changes=len(told),
                forced=len(repair.get("forced", ())),
                chosen=len(repair.get("chosen", ())),
                delayed=len(repair.get("delayed", ())),
                is_whole=is_whole,
            )
        )

    def _read(self, plan: Plan, at: datetime) -> None:
        """Read back what each crew is to do, and check what the plan asks of it."""
        self._terms = terms_of(plan.outcome)
        rows = Visit.objects.filter(plan=plan, status__in=OPEN).select_related("job", "team")
        orders: dict[str, list[str]] = {}
        for visit in rows.order_by("team", "on", "sequence"):
            orders.setdefault(visit.team.code, []).append(code_of(visit.job))
        self._orders = orders
        self.violations += self._broken(plan, at)

    def _broken(self, plan: Plan, at: datetime) -> list[str]:
        terms = self._terms
        if terms is None:
            return []
        found: list[str] = []
        spans: dict[str, list[Any]] = {}
        for (code, _), window in terms.windows.items():
            spans.setdefault(code, []).append(window)
        for code, own in spans.items():
            whole = stretches.joined(own)
            found += [f"{code} 一班超过 12 小时" for span in whole if span.duration > ON]
            found += [
                f"{code} 两班之间不足 8 小时" for a, b in pairwise(whole) if b.start - a.end < REST
            ]
        stops = PlannedStop.objects.filter(plan=plan, arrive_at__gte=at).select_related("team")
        for stop in stops:
            shift = terms.windows.get((stop.team.code, stop.on))
            if shift is None or stop.depart_at > shift.end:
                found.append(f"{stop.team.code} 有任务排在班外")
        return found


def _steps(stands: Doing | Served, at: datetime) -> list[tuple[str, datetime]]:
    """Return what a crew has pressed until now, and when."""
    steps = [("accept", stands.left_at), ("depart", stands.left_at)]
    if isinstance(stands, Served):
        return [*steps, ("arrive", stands.arrived_at), ("complete", stands.done_at)]
    return [*steps, *([("arrive", stands.arrives_at)] if stands.arrives_at <= at else [])]


def _step(visit: Visit, verb: str, *, at: datetime, device_at: datetime) -> None:
    by = _captain(visit)
    if verb == "complete":
        record = Record(checklist=tuple(Checked(str(n), ok=True) for n in visit.job.checklist))
        visits.complete(visit=visit, record=record, by=by, at=at, device_at=device_at)
    else:
        PRESSED[verb](visit=visit, by=by, at=at, device_at=device_at)


def _captain(visit: Visit) -> Actor:
    """Return who leads the crew of a visit."""
    unit = visit.team.unit
    return Actor(
        id=f"user:{visit.team.code}",
        name=visit.team.name,
        role=Role.CAPTAIN,
        unit_path=unit.path,
        unit_code=unit.code,
        team_codes=frozenset({visit.team.code}),
        person_number=f"{visit.team.code}-0",
    )


def code_of(job: Job) -> str:
    """Return which task of the exercise a job is: titles end in its number."""
    return str(job.title).rsplit("：", 1)[-1]


def _written(cut: Happening) -> str:
    return " ".join(f"{corner.lat:.6f},{corner.lon:.6f}" for corner in cut.ring)
