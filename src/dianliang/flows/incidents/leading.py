"""Lead an incident on: every press of its page, with words checked and the seen revision."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dianliang.core import idempotency
from dianliang.domain.incidents import access
from dianliang.domain.incidents.models import Incident, IncidentAlert, LogEntry, Objective
from dianliang.domain.incidents.operations import following, periods
from dianliang.domain.incidents.operations import incidents as operations
from dianliang.domain.incidents.operations.incidents import UnableToLeadError
from dianliang.domain.incidents.operations.periods import Aim
from dianliang.flows.branches.choices import person_of
from dianliang.flows.incidents import choices
from dianliang.flows.incidents.drawing import read_shapes
from dianliang.flows.incidents.opening import areas_named
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

STEP_OF = {"WATCHING": "cancel", "ACTIVE": "demobilise"}
"""What following a cancellation means, by the state that the incident is in."""


def step(
    *, number: str, verb: str, reason: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Take a step of the lifecycle; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    return operations.lead_on(
        incident=access.incident_to_lead(number, by=by),
        verb=verb,
        because=_reason(reason),
        revision=revision,
        by=by,
        at=at,
    )


def set_level(
    *, number: str, level: str, reason: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Raise or lower the level; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    return operations.set_level(
        incident=access.incident_to_lead(number, by=by),
        level=choices.level_of(level),
        because=_reason(reason),
        revision=revision,
        by=by,
        at=at,
    )


def hand_over(
    *, number: str, commander: str, reason: str, revision: int, by: Actor, at: datetime
) -> Incident:
    """Give the command to somebody; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    return operations.hand_over(
        incident=incident,
        to=person_of(commander, by=by, field="commander", label="指挥长"),
        because=_reason(reason),
        revision=revision,
        by=by,
        at=at,
    )


def redraw(
    *,
    number: str,
    area_codes: Sequence[str],
    villages: str,
    shapes: str,
    reason: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> Incident:
    """Say anew where it is; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    areas = choices.areas_asked(area_codes, villages, by=by)
    drawn = read_shapes(shapes)
    if not areas and not drawn:
        raise InvalidInputError("请勾选乡镇、填写村名，或在地图上划定范围。", field="areas")
    return operations.redraw(
        incident=incident,
        areas=areas,
        shapes=drawn,
        because=_reason(reason),
        revision=revision,
        by=by,
        at=at,
    )


def assign(
    *,
    number: str,
    teams: Collection[str],
    rosters: Collection[str],
    revision: int,
    by: Actor,
    at: datetime,
) -> Incident:
    """Say which teams and rosters work on it; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    return operations.assign(
        incident=incident,
        teams=choices.teams_of(teams, unit=incident.unit),
        rosters=choices.rosters_of(rosters, unit=incident.unit),
        revision=revision,
        by=by,
        at=at,
    )


def note_once(
    *,
    key: str,
    number: str,
    words: str,
    happened_at: datetime | None,
    corrects: int | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Note something, or say right what an entry says wrong; the same key notes it once.

    Raises:
        NotVisibleError: the incident is absent or another's.
        InvalidInputError: there are no words, it has not happened yet, or no such entry.
    """
    incident = access.incident_to_lead(number, by=by)
    said = choices.words(words, field="words", label="内容", most=400)
    if happened_at is not None and happened_at > at:
        raise InvalidInputError("发生时间不能晚于现在。", field="happened_at")
    if happened_at is not None:
        choices.require_soon(happened_at, at=at, field="happened_at", label="发生时间")
    entry = _entry(incident, corrects) if corrects is not None else None

    def act() -> dict[str, int]:
        made = operations.note(
            incident=incident,
            kind=LogEntry.Kind.CORRECTION if entry else LogEntry.Kind.NOTE,
            words=said,
            happened_at=happened_at or (entry.happened_at if entry else None),
            corrects=entry,
            by=by,
            at=at,
        )
        return {"position": made.position}

    body = [number, said, str(happened_at or ""), corrects]
    scope = f"incidents.note:{by.id}"
    return int(idempotency.once(scope=scope, key=key, body=body, at=at, act=act)["position"])


def _entry(incident: Incident, position: int) -> LogEntry:
    found = LogEntry.objects.filter(incident=incident, position=position).first()
    if found is None:
        raise InvalidInputError("没有这一条记录，请刷新后再试。", field="corrects")
    return found


def open_period(
    *,
    number: str,
    starts_at: datetime,
    ends_at: datetime,
    commander: str,
    weather: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> None:
    """Open the next period; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    choices.require_soon(starts_at, at=at, field="starts_at", label="开始")
    choices.require_soon(ends_at, at=at, field="ends_at", label="结束")
    periods.open_period(
        incident=incident,
        starts_at=starts_at,
        ends_at=ends_at,
        commander=person_of(commander, by=by, field="commander", label="当班指挥"),
        weather=choices.words(weather, field="weather", label="天气水情", most=300, least=0),
        revision=revision,
        by=by,
        at=at,
    )


def extend_period(
    *, number: str, ends_at: datetime, reason: str, revision: int, by: Actor, at: datetime
) -> None:
    """Move the end of the last period; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    choices.require_soon(ends_at, at=at, field="ends_at", label="结束")
    periods.extend(
        incident=incident,
        ends_at=ends_at,
        because=_reason(reason),
        revision=revision,
        by=by,
        at=at,
    )


def set_objective(
    *,
    key: str,
    number: str,
    words: str,
    measure: str,
    target: str,
    counted_in: str,
    unit: str,
    by: Actor,
    at: datetime,
) -> str:
    """Add an objective; the same key adds it once. Returns its number.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError: see the operation.
    """
    incident = access.incident_to_lead(number, by=by)
    aim = Aim(
        words=choices.words(words, field="words", label="目标", most=120),
        measure=choices.words(measure, field="measure", label="衡量什么", most=60),
        target=choices.amount(target, field="target", label="目标值"),
        counted_in=choices.words(counted_in, field="counted_in", label="单位", most=12, least=1),
        unit=choices.unit_of(unit, by=by) if unit else None,
    )
    if aim.target <= 0:
        raise InvalidInputError("目标值应大于 0。", field="target")
    answer = idempotency.once(
        scope=f"incidents.objective:{by.id}",
        key=key,
        body=[number, words, measure, target, counted_in, unit],
        at=at,
        act=lambda: {
            "number": periods.set_objective(incident=incident, aim=aim, by=by, at=at).number
        },
    )
    return str(answer["number"])


def report(
    *, number: str, objective: str, done: str, revision: int, by: Actor, at: datetime
) -> None:
    """Say how much of an objective is done; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    found = _objective(number, objective, by=by)
    amount: Decimal = choices.amount(done, field="done", label="已完成")
    periods.report(objective=found, done=amount, revision=revision, by=by, at=at)


def settle(
    *,
    number: str,
    objective: str,
    verb: str,
    reason: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> None:
    """Say that an objective is reached, given up, or open again; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToLeadError, StaleStateError: see the operation.
    """
    found = _objective(number, objective, by=by)
    because = choices.words(reason, field="reason", label="原因", most=200, least=0)
    periods.settle(objective=found, verb=verb, because=because, revision=revision, by=by, at=at)


def _objective(number: str, objective: str, *, by: Actor) -> Objective:
    incident = access.incident_to_lead(number, by=by)
    rows = Objective.objects.select_related("period__incident")
    found = rows.filter(period__incident=incident, number=objective).first()
    if found is None:
        raise NotVisibleError("没有找到这个目标。")
    return found


@transaction.atomic
def answer_alert(
    *,
    number: str,
    alert: str,
    verb: str,
    reason: str,
    revision: int,
    by: Actor,
    at: datetime,
) -> None:
    """Decide about a later message of the chain (处置).

    To follow an update is to take over where it holds; to follow a cancellation is to wind the
    response down, or to call the watch off. To keep is to leave the incident as it is.

    Raises:
        NotVisibleError: there is no such message, or the incident is another's.
        InvalidInputError, UnableToLeadError, StaleStateError: see the operations.
    """
    incident, because = access.incident_to_lead(number, by=by), _reason(reason)
    rows = IncidentAlert.objects.select_related("alert", "incident")
    row = rows.filter(incident=incident, alert__number=alert).first()
    if row is None:
        raise NotVisibleError("没有找到这条预警。")
    following.decide(row=row, verb=verb, because=because, by=by, at=at)
    if verb != "follow":
        return
    words = f"据 {row.alert.number}：{because}"[:200]
    if row.alert.message_type == "Cancel":
        step_verb = STEP_OF.get(incident.status)
        if step_verb:
            operations.lead_on(
                incident=incident, verb=step_verb, because=words, revision=revision, by=by, at=at
            )
        return
    towns, villages = areas_named(row.alert.zones, by=by)
    shapes = [
        {"words": "", "codes": [], **{k: zone.get(k, []) for k in ("polygons", "circles")}}
        for zone in row.alert.zones
        if zone.get("polygons") or zone.get("circles")
    ]
    if not (towns or villages or shapes):
        raise UnableToLeadError("这条更新没有写明范围，请选“维持不变”，再按需要调整级别和范围。")
    operations.redraw(
        incident=incident,
        areas=[*towns, *villages],
        shapes=shapes,
        because=words,
        revision=revision,
        by=by,
        at=at,
    )


def _reason(text: str) -> str:
    return choices.words(text, field="reason", label="原因", most=200)
