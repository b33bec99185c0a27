"""Take villages in, plan their stages, move them on, and write down what was measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import reference
from dianliang.domain.directory.queries import unit_for
from dianliang.domain.directory.scope import areas_of
from dianliang.domain.renewal import operations, queries
from dianliang.domain.renewal.models import Delay, Party, Project, Step
from dianliang.domain.renewal.operations import Reason
from dianliang.domain.territory.models import Area
from dianliang.domain.territory.queries import spoken_name
from dianliang.domain.workforce.charging import InCharge, charge_of
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

MOST_TOLD = 8
CAUSES = tuple((str(value), str(label)) for value, label in Delay.Cause.choices)
PARTIES = tuple((str(value), str(label)) for value, label in Party.choices)
MOMENTS = {"before": "改造前", "after": "改造后"}


@dataclass(frozen=True, slots=True, kw_only=True)
class VillagePage:
    """One village with its stages, indicators, and who answers for it."""

    file: queries.VillageFile
    in_charge: tuple[InCharge, ...]


def village_page(*, code: str, by: Actor, on: date) -> VillagePage:
    """Return the page of one village.

    Raises:
        NotVisibleError: absent, or another's.
    """
    project = queries.to_change(code, by=by)
    holders = charge_of(area=project.area, on=on)
    return VillagePage(
        file=queries.file(code, by=by, on=on),
        in_charge=tuple(h for h in holders if h.is_due and h.name),
    )


def left_out(*, by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the villages of the actor that were never taken in."""
    villages = areas_of(by).filter(level=Area.Level.VILLAGE, renewal=None).order_by("path")
    return tuple(
        (area.code, f"{area.parent.name if area.parent else ''} {spoken_name(area.name)}".strip())
        for area in villages.select_related("parent")
    )


@transaction.atomic
def take_in(
    *, codes: Sequence[str], batch: str, starts_on: date | None, by: Actor, at: datetime
) -> int:
    """Take villages in, all or none; the station that serves a village answers for it.

    Raises:
        InvalidInputError: no village, no batch, or some cannot be taken in: each is named.
    """
    wanted = tuple(dict.fromkeys(codes))
    if not wanted:
        raise InvalidInputError("请选择至少一个村。", field="villages")
    words = clean_text(batch, field="batch", label="批次", most=24, least=2)
    known = {area.code: area for area in areas_of(by).filter(code__in=wanted)}
    wrong = [f"{code[:24]}：不在本单位服务区域内。" for code in wanted if code not in known]
    with reference.steady():
        for area in known.values():
            try:
                open_village(area, words, starts_on, by=by, at=at)
            except DomainError as refusal:
                wrong.append(refusal.message)
    if wrong:
        told = "\n".join(wrong[:MOST_TOLD])
        raise InvalidInputError(Phrase("没有列入任何村：\n%(told)s", told=told), field="villages")
    return len(wanted)


def open_village(
    area: Area, batch: str, starts_on: date | None, *, by: Actor, at: datetime
) -> Project:
    """Take one village in for the unit that serves it.

    Raises:
        UnableToRenewError: see the operation.
    """
    unit = unit_for(service=None, area=area)[0]
    return operations.open_project(
        area=area, batch=batch, unit=unit, starts_on=starts_on, by=by, at=at
    )


def plan(
    *,
    code: str,
    stage: str,
    planned_on: date,
    party: str,
    responsible: str,
    cause: str,
    words: str,
    by: Actor,
    at: datetime,
) -> Step:
    """Say by when and by whom a stage is to be done.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRenewError: see the operation.
    """
    step = queries.step_to_change(code, stage, by=by)
    who = clean_text(responsible, field="responsible", label="责任人或部门", most=40)
    return operations.plan(
        step=step,
        planned_on=planned_on,
        party=party,
        responsible=who,
        reason=reason_of(cause, words),
        by=by,
        at=at,
    )


def begin(*, code: str, stage: str, on: date, by: Actor, at: datetime) -> Step:
    """Begin a stage.

    Raises:
        NotVisibleError, UnableToRenewError, IllegalTransitionError: see the operation.
    """
    step = queries.step_to_change(code, stage, by=by)
    return operations.begin(step=step, on=on, by=by, at=at)


def finish(
    *, code: str, stage: str, on: date, cause: str, words: str, by: Actor, at: datetime
) -> Step:
    """End a stage; one that is late needs a cause and words.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRenewError, IllegalTransitionError: see the
            operation.
    """
    step = queries.step_to_change(code, stage, by=by)
    return operations.finish(step=step, on=on, reason=reason_of(cause, words), by=by, at=at)


def send_back(*, code: str, stage: str, reason: str, by: Actor, at: datetime) -> Step:
    """Have a stage done again.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRenewError, IllegalTransitionError: see the
            operation.
    """
    step = queries.step_to_change(code, stage, by=by)
    words = clean_text(reason, field="reason", label="退回原因", most=200, least=2)
    return operations.send_back(step=step, reason=words, by=by, at=at)


def measure(
    *, code: str, moment: str, values: Mapping[str, float], on: date, by: Actor, at: datetime
) -> int:
    """Write down indicators before or after the work; return how many.

    Raises:
        NotVisibleError, UnableToRenewError: see the operation.
        InvalidInputError: nothing was filled in, or no such moment.
    """
    project = queries.to_change(code, by=by)
    if moment not in MOMENTS:
        raise InvalidInputError("请选择改造前或改造后。", field="moment")
    if not values:
        raise InvalidInputError("请至少填写一项指标。", field="values")
    return operations.measure(project=project, moment=moment, values=values, on=on, by=by, at=at)


def reason_of(cause: str, words: str) -> Reason | None:
    """Return the reason that a form tells, or None where it tells none.

    Raises:
        InvalidInputError: the words cannot be kept.
    """
    told = clean_text(words, field="words", label="延期说明", most=200)
    return Reason(cause=cause, words=told) if cause else None
