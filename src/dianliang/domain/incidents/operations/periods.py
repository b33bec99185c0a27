"""Every write to operational periods and their objectives."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.incidents.lifecycle import OBJECTIVE
from dianliang.domain.incidents.models import Incident, LogEntry, Objective, OperationalPeriod
from dianliang.domain.incidents.operations.incidents import (
    UnableToLeadError,
    hold,
    note,
    turn_the_page,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import StaleStateError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """An objective to be, checked: how much of what is counted in which unit."""

    words: str
    measure: str
    target: Decimal
    counted_in: str
    unit: Unit | None


@transaction.atomic
def open_period(
    *,
    incident: Incident,
    starts_at: datetime,
    ends_at: datetime,
    commander: Person,
    weather: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> OperationalPeriod:
    """Open the next period (开设时段): it begins when the last one ends, `starts_at` or not.

    Unfinished objectives of the last one are copied, with what is done so far.

    Raises:
        UnableToLeadError: it would not end after it begins, or the incident is over.
        StaleStateError: somebody else decided first.
    """
    turn_the_page(incident, revision)
    last = incident.periods.order_by("position").last()
    begins = last.ends_at if last else starts_at
    if ends_at <= begins:
        raise UnableToLeadError(
            Phrase(
                "时段的结束应晚于开始（%(at)s）。", at=f"{begins.astimezone(SHANGHAI):%m-%d %H:%M}"
            ),
            field="ends_at",
        )
    period = OperationalPeriod.objects.create(
        incident=incident,
        position=last.position + 1 if last else 1,
        starts_at=begins,
        ends_at=ends_at,
        commander=commander,
        weather=weather,
        opened_by=by.name,
        opened_at=at,
    )
    carried = _carry(last, period, by=by, at=at) if last else 0
    words = (
        f"开设第 {period.position} 时段 {begins.astimezone(SHANGHAI):%m-%d %H:%M} 至"
        f" {ends_at.astimezone(SHANGHAI):%m-%d %H:%M}，当班指挥{commander.name}"
        + (f"，接续目标 {carried} 个" if carried else "")
    )
    audit.record("incidents.operationalperiod.open", target=incident, by=by, at=at, after=words)
    note(incident=incident, kind=LogEntry.Kind.PERIOD, words=words, by=by, at=at)
    return period


def _carry(last: OperationalPeriod, period: OperationalPeriod, *, by: Actor, at: datetime) -> int:
    left = list(last.objectives.filter(status="OPEN").order_by("pk"))
    for one in left:
        transitions.apply(one, "carry", lifecycle=OBJECTIVE, by=by, at=at)
        Objective.objects.create(
            number=next_number("MB", at=at),
            period=period,
            words=one.words,
            measure=one.measure,
            target=one.target,
            done=one.done,
            counted_in=one.counted_in,
            unit=one.unit,
            copied_from=one,
        )
    return len(left)


@transaction.atomic
def extend(
    *, incident: Incident, ends_at: datetime, because: str, revision: int, by: Actor, at: datetime
) -> OperationalPeriod:
    """Move the end of the last period, which nothing follows yet (调整时段).

    Raises:
        UnableToLeadError: there is none, or it would end before it begins.
        StaleStateError: somebody else decided first.
    """
    turn_the_page(incident, revision)
    last = incident.periods.order_by("position").last()
    if last is None:
        raise UnableToLeadError("还没有时段。")
    if ends_at <= last.starts_at:
        raise UnableToLeadError("时段的结束应晚于开始。", field="ends_at")
    last.ends_at = ends_at
    last.save(update_fields=["ends_at"])
    words = (
        f"第 {last.position} 时段改到 {ends_at.astimezone(SHANGHAI):%m-%d %H:%M} 结束：{because}"
    )
    audit.record("incidents.operationalperiod.extend", target=incident, by=by, at=at, after=words)
    note(incident=incident, kind=LogEntry.Kind.PERIOD, words=words, by=by, at=at)
    return last


@transaction.atomic
def set_objective(*, incident: Incident, aim: Aim, by: Actor, at: datetime) -> Objective:
    """Add an objective to the last period (下达目标).

    Raises:
        UnableToLeadError: there is no period, or the incident is over.
    """
    hold(incident)
    period = incident.periods.order_by("position").last()
    if period is None:
        raise UnableToLeadError("请先开设时段，再下达目标。")
    made = Objective.objects.create(
        number=next_number("MB", at=at),
        period=period,
        words=aim.words,
        measure=aim.measure,
        target=aim.target,
        counted_in=aim.counted_in,
        unit=aim.unit,
    )
    words = f"下达目标：{aim.words}（{aim.measure} {aim.target.normalize():f} {aim.counted_in}）"
    audit.record("incidents.objective.set", target=made, by=by, at=at, after=words)
    note(incident=incident, kind=LogEntry.Kind.OBJECTIVE, words=words, by=by, at=at)
    return made


@transaction.atomic
def report(
    *, objective: Objective, done: Decimal, revision: int, by: Actor, at: datetime
) -> Objective:
    """Say how much is done by now (报进度), all told and not only since the last report.

    Raises:
        UnableToLeadError: the objective is settled, or the incident is over.
        StaleStateError: somebody else reported first, or the objective went to the next period.
    """
    hold(objective.period.incident)
    if objective.status != "OPEN":
        raise UnableToLeadError(
            Phrase(
                "这个目标%(state)s，不能再报进度。", state=Phrase(objective.get_status_display())
            )
        )
    _turn(objective, revision)
    before, objective.done = objective.done, done
    objective.save(update_fields=["done"])
    told = f"{before.normalize():f} → {done.normalize():f}"
    words = f"{objective.words}：{told} {objective.counted_in}"
    audit.record("incidents.objective.report", target=objective, by=by, at=at, after=f"{done}")
    _noted(objective, words, by, at)
    return objective


@transaction.atomic
def settle(
    *, objective: Objective, verb: str, because: str, revision: int, by: Actor, at: datetime
) -> Objective:
    """Say that an objective is reached, given up, or open again (达成、放弃、恢复).

    Raises:
        UnableToLeadError: less than the target is done, or it is given up, without a reason; or
            the incident is over.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    hold(objective.period.incident)
    is_short = verb == "reach" and objective.done < objective.target
    if (is_short or verb in {"drop", "reopen"}) and not because:
        short = "完成数还没有到目标值，请先报进度，或写明为什么算达成。"
        raise UnableToLeadError(short if is_short else "请写明原因。", field="reason")
    if verb == "reopen":
        last = objective.period.incident.periods.order_by("position").last()
        if last is None or last.pk != objective.period_id:
            raise UnableToLeadError("只能恢复当前时段的目标。")
    _turn(objective, revision)
    transitions.apply(objective, verb, lifecycle=OBJECTIVE, by=by, at=at, note=because)
    label = OBJECTIVE.label(verb)
    _noted(objective, f"{label}：{objective.words}" + (f"（{because}）" if because else ""), by, at)
    return objective


def _turn(objective: Objective, revision: int) -> None:
    kept = Objective.objects.filter(pk=objective.pk, revision=revision, status=objective.status)
    if not kept.update(revision=F("revision") + 1):
        raise StaleStateError("这个目标刚被他人改动，请看过新的情况再填。")
    objective.revision = revision + 1


def _noted(objective: Objective, words: str, by: Actor, at: datetime) -> None:
    incident = objective.period.incident
    note(incident=incident, kind=LogEntry.Kind.OBJECTIVE, words=words, by=by, at=at)
