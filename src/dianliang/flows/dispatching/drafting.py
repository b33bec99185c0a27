"""Draft a dispatch or a what-if beside it, put one in force, throw one away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident
from dianliang.domain.incidents.operations import incidents as log
from dianliang.domain.mobilisation import tasks
from dianliang.domain.mobilisation.loading import Piece
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.mobilisation.stretches import Pace
from dianliang.domain.resources import access as gear_access
from dianliang.domain.resources.models import Store
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.work.operations import plans as operations
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.flows.dispatching import terms as scene
from dianliang.flows.dispatching.keeping import catch_up, keep_under_way, kept_words, under_way
from dianliang.flows.dispatching.pending import refuse_if_gone, refuse_if_overtaken
from dianliang.flows.dispatching.tasking import capacity_of, incident_to_dispatch
from dianliang.flows.dispatching.terms import Hours, Supply
from dianliang.flows.incidents.drawing import read_shapes
from dianliang.flows.planning import drafting
from dianliang.flows.planning.happened import Cut, Happened, circle
from dianliang.flows.planning.outdated import OutdatedError
from dianliang.flows.planning.slowness import Slowness
from dianliang.flows.planning.sorts import sort_words
from dianliang.flows.planning.terms import MOST_DISPATCHED, first_open
from dianliang.flows.resources.fields import kind_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from dianliang.kernel.periods import TimeWindow
from dianliang.kernel.phrases import Phrase, joined

LENGTHS_H, ON_H, REST_H = (6, 12, 24, 48, 72, 96), (6, 8, 10, 12), (8, 10, 11, 12)
LATENESS = timedelta(minutes=10)
"""A form that was filled in for so long still means now."""
FURTHEST = timedelta(days=3)
LARGE, LARGE_S, SMALL_S = 800, 20, 8
"""Tasks from which a search is given more seconds, and how many."""
MOST_ASSUMED = 50
MOST_TRIES = 3
"""How often a dispatch gives way to crews that set out while it is being put in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a commander fills in for a dispatch; `more_*` is gear that only a what-if has."""

    starts_at: datetime
    hours: int
    on_h: int
    rest_h: int
    is_halved: bool
    teams: tuple[str, ...]
    stores: tuple[str, ...]
    shapes: str
    is_what_if: bool = False
    more_kind: str = ""
    more_quantity: int = 0
    more_least: str = ""


def draft_once(*, key: str, number: str, asked: Asked, by: Actor, at: datetime) -> str:
    """Draft a dispatch of an incident and return its number; a second press makes no second one.

    Raises:
        NotVisibleError, UnableToMobiliseError, InvalidInputError, UnableToPlanError: see `draft`.
    """
    body = {"asked": repr(asked), "incident": number, "by": by.id}

    def act() -> dict[str, Any]:
        return {"number": draft(number=number, asked=asked, by=by, at=at).number}

    pressed = idempotency.digest([key, body])
    kept = idempotency.once(scope="dispatch.draft", key=pressed, body=body, at=at, act=act)
    return str(kept["number"])


@transaction.atomic
def draft(*, number: str, asked: Asked, by: Actor, at: datetime) -> Plan:
    """Draft a plan over all open tasks of an incident and have it computed in the background.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        InvalidInputError: no teams, no tasks, nobody who may work, or a field makes no sense.
        UnableToPlanError: too many plans are being computed for the actor.
    """
    incident = incident_to_dispatch(number, by=by)
    hours = _hours(asked, at=at)
    rows = tasks.tasks_of(incident).filter(job__status__in=["OPEN", "SCHEDULED"])
    keys = list(rows.values_list("job_id", flat=True))
    if not keys:
        raise InvalidInputError(
            "还没有要做的任务，请先在“任务”里从受影响的重要客户开任务。", field="tasks"
        )
    chosen = _teams(incident, asked, by=by)
    supply = _supply(incident, asked)
    made = scene.terms_for(
        incident, chosen, hours, supply=supply, stores=_stores(asked.stores, by=by), at=at
    )
    if not made.windows:
        why = next(iter(made.limited.values()), "没有队员")
        raise InvalidInputError(
            Phrase("这些队伍在这段时间里都排不出班：%(why)s。", why=Phrase(why)), field="teams"
        )
    live = tasks.in_force(incident)
    words = _words(asked, hours, made.slowness, teams=len(chosen), jobs=len(keys))
    plan = operations.draft(
        unit=incident.unit,
        jobs=keys,
        teams=chosen,
        first_on=min(on for _, on in made.windows),
        last_on=max(on for _, on in made.windows),
        earliest=first_open(made, at=at),
        seconds=LARGE_S if len(keys) >= LARGE else SMALL_S,
        seed=1,
        by=by,
        at=at,
        replaces=live.plan if live else None,
        outcome={
            "terms": made.stored(),
            "happened": Happened(cuts=cuts_of(asked.shapes)).stored(),
        },
        words=words,
        most=MOST_DISPATCHED,
    )
    tasks.write_down(
        incident=incident, plan=plan, words=words, is_what_if=asked.is_what_if, by=by, at=at
    )
    return drafting.start_solving(plan=plan, revision=plan.revision, by=by, at=at)


def _hours(asked: Asked, *, at: datetime) -> Hours:
    if not at - LATENESS <= asked.starts_at <= at + FURTHEST:
        raise InvalidInputError("“从何时起”应在现在到三天以后之间。", field="starts_at")
    if asked.hours not in LENGTHS_H or asked.on_h not in ON_H or asked.rest_h not in REST_H:
        raise InvalidInputError("请选择时长、每班小时和班后休息。", field="hours")
    start = max(asked.starts_at, at)
    return Hours(
        window=TimeWindow(start, start + timedelta(hours=asked.hours)),
        pace=Pace(on=timedelta(hours=asked.on_h), rest=timedelta(hours=asked.rest_h)),
        is_halved=asked.is_halved,
    )


def _teams(incident: Incident, asked: Asked, *, by: Actor) -> list[Team]:
    """Return the ticked teams: the incident's, and in a what-if any that the actor reaches."""
    known = {team.code: team for team in scene.teams_for(incident)}
    if asked.is_what_if:
        rows = Team.objects.filter(
            is_active=True, unit__path__startswith=by.unit_path or "?"
        ).select_related("unit")
        known |= {team.code: team for team in rows}
    lost = [code for code in asked.teams if code not in known]
    if lost:
        raise InvalidInputError(
            Phrase(
                "队伍 %(lost)s 没有投入这个事件，请在“范围与力量”里指定，或用资源请求调来。",
                lost=lost[0][:24],
            ),
            field="teams",
        )
    if not asked.teams:
        raise InvalidInputError(
            "请至少选一支队伍；事件还没有队伍时，先在“范围与力量”里指定。", field="teams"
        )
    return [known[code] for code in sorted(set(asked.teams))]


def _stores(codes: Sequence[str], *, by: Actor) -> list[Store]:
    rows = gear_access.stores(by).filter(is_active=True)
    found = [store for store in rows if store.code in set(codes)]
    if len(found) != len(set(codes)):
        raise InvalidInputError("请从列出的仓库里选集结点。", field="stores")
    return found


def _supply(incident: Incident, asked: Asked) -> Supply:
    """Return the gear that is there, with what a what-if assumes."""
    real = scene.supply_for(incident)
    if not asked.is_what_if or not asked.more_kind:
        return real
    if not 1 <= asked.more_quantity <= MOST_ASSUMED:
        raise InvalidInputError(
            Phrase("假设增加的件数应为 1 到 %(most)s。", most=MOST_ASSUMED), field="more_quantity"
        )
    kind, least = kind_of(asked.more_kind), capacity_of(asked.more_least)
    more = tuple(
        Piece(number=f"假设{n}", kind=kind.code, capacity=least, at=None)
        for n in range(1, asked.more_quantity + 1)
    )
    return Supply(pieces=(*real.pieces, *more), kinds=real.kinds)


def cuts_of(text: str) -> tuple[Cut, ...]:
    """Return the ground that nobody enters, from what was drawn or written.

    Raises:
        InvalidInputError: a line is no polygon and no circle, or crosses itself; it is named.
    """
    found: list[Cut] = []
    for zone in read_shapes(text):
        found += [
            Cut(
                points=tuple(GeoPoint(lat, lon) for lat, lon in ring[:-1]),
                is_closed=True,
                words=Phrase("划定的 %(n)d 边形进不去", n=len(ring) - 1),
            )
            for ring in zone["polygons"]
        ]
        found += [
            Cut(
                points=circle(GeoPoint(lat, lon), radius_m=1000 * km),
                is_closed=True,
                words=Phrase("划定的圆（半径 %(km)s 公里）进不去", km=f"{km:g}"),
            )
            for lat, lon, km in zone["circles"]
        ]
    return tuple(found)


def _words(asked: Asked, hours: Hours, slowness: Slowness, *, teams: int, jobs: int) -> str:
    begin, end = (
        f"{at.astimezone(SHANGHAI):%m-%d %H:%M}" for at in (hours.window.start, hours.window.end)
    )
    words = Phrase(
        "%(teams)d 支队伍 × %(jobs)d 项任务，%(begin)s–%(end)s",
        teams=teams,
        jobs=jobs,
        begin=begin,
        end=end,
    )
    more: list[str] = [Phrase("两班轮换")] if asked.is_halved else []
    if asked.is_what_if and asked.more_kind:
        least = capacity_of(asked.more_least)
        sort = tasks.sort_of(kind_of(asked.more_kind), least)
        more.append(Phrase("假设多 %(n)d 件%(sort)s", n=asked.more_quantity, sort=sort_words(sort)))
    if slowness.is_notable:
        more.append(
            Phrase(
                "照已做的，路上按 %(ways)s 倍、作业按 %(work)s 倍时间排",
                ways=f"{slowness.ways:.2f}",
                work=f"{slowness.work:.2f}",
            )
        )
    return joined("，", [words, *more])


def dispatch_of(number: str, *, by: Actor) -> Dispatch:
    """Return a dispatch of an incident that the actor leads.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    found = dispatch_to_follow(number, by=by)
    access.incident_to_lead(found.incident.number, by=by)
    return found


def dispatch_to_follow(number: str, *, by: Actor) -> Dispatch:
    """Return a dispatch that the actor may read.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
    """
    rows = Dispatch.objects.select_related("incident__unit", "plan__unit", "plan__replaces")
    found = None if "\0" in number else rows.filter(plan__number=number).first()
    if found is None:
        raise NotVisibleError("没有找到这份调度方案。")
    access.incident_to_follow(found.incident.number, by=by)
    return found


def put_in_force(*, number: str, revision: int, by: Actor, at: datetime) -> list[Visit]:
    """Put a dispatch in force: crews see their stops, the log of the incident says so.

    What crews have accepted or begun since it was drafted stays theirs; see `keeping`.

    Raises:
        NotVisibleError, UnableToMobiliseError: see `incident_to_dispatch`.
        StaleStateError: another dispatch was put in force since it was drafted, it was changed,
            more was told since, or a team works no more on the incident.
        UnableToPlanError: it only asks what if, or can no longer be carried out.
        UnableToLeadError: the incident was ended meanwhile.
    """
    found = dispatch_of(number, by=by)
    incident = incident_to_dispatch(found.incident.number, by=by)
    refuse_if_overtaken(found, live=tasks.in_force(incident))
    refuse_if_gone(found, incident)
    plan = drafting.fresh_plan(number, revision=revision, by=by)
    for _ in range(MOST_TRIES - 1):
        plan = keep_under_way(plan, by=by, at=at)
        try:
            return _forced(found, incident, plan, by=by, at=at)
        except OutdatedError as outdated:
            plan = catch_up(plan, outdated, by=by, at=at)
        except UnableToPlanError:
            plan.refresh_from_db()  # the try was undone, the plan in hand may say more
            if not under_way(plan) and not _is_outdated(plan, at=at):
                raise
    return _forced(found, incident, keep_under_way(plan, by=by, at=at), by=by, at=at)


def _is_outdated(plan: Plan, *, at: datetime) -> bool:
    """Tell whether what refused the plan at the last moment is what it can catch up with."""
    try:
        drafting.require_publishable(plan, at=at)
    except OutdatedError:
        return True
    except UnableToPlanError:
        return False
    return False


def _forced(
    found: Dispatch, incident: Incident, plan: Plan, *, by: Actor, at: datetime
) -> list[Visit]:
    drafting.require_publishable(plan, at=at)
    kept = kept_words(plan)
    with transaction.atomic():
        log.hold(incident)  # checking took a while: nobody tells anything more until it is done
        refuse_if_overtaken(found, live=tasks.in_force(incident))
        refuse_if_gone(found, incident)
        visits = drafting.make_real(plan, revision=plan.revision, by=by, at=at)
        words = f"调度方案 {plan.number} 生效：{found.words}"
        words += f"；在途的保留不动：{kept}" if kept else ""
        log.note(incident=incident, kind="command", words=words[:500], by=by, at=at)
    return visits


def discard(*, number: str, by: Actor, at: datetime) -> Plan:
    """Throw a dispatch away that was never in force.

    Raises:
        NotVisibleError: there is none, or it is another unit's.
        IllegalTransitionError: it is in force, or being computed.
    """
    dispatch_of(number, by=by)
    return drafting.discard(number=number, by=by, at=at)


def stop(*, number: str, by: Actor, at: datetime) -> Plan:
    """Ask the computation to end now, with the best plan found so far."""
    dispatch_of(number, by=by)
    return drafting.finish_solving(number=number, by=by, at=at)
