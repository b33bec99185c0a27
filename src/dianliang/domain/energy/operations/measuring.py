"""Every write about measurement projects: opened, given readings and events, computed, stated."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.energy.lifecycle import PROJECT
from dianliang.domain.energy.models import MeasurementProject
from dianliang.domain.energy.shapes import ProjectDraft
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, kept

PREFIX = "JN"
MOST_EVENTS = 20
MOST_AHEAD = timedelta(days=366)
"""How long before its measure a project may be opened: a baseline takes a year."""
EARLIEST = date(2000, 1, 1)


class UnableToMeasureError(DomainError):
    """The project cannot be opened, or led on, like this."""

    code = "energy.unable-to-measure"


@transaction.atomic
def open_project(*, draft: ProjectDraft, unit: Unit, by: Actor, at: datetime) -> MeasurementProject:
    """Open a measurement project (立测量项目).

    Raises:
        UnableToMeasureError: something is missing or cannot be; `field` names it.
    """
    before, after = draft.efficiency_before, draft.efficiency_after
    has_both = before is not None and after is not None
    latest = at.astimezone(SHANGHAI).date() + MOST_AHEAD
    wrongs = (
        ("请写名称，最多 80 个字。", "title", not 0 < len(draft.title.strip()) <= 80),
        ("请写企业或对象。", "subject_name", not 0 < len(draft.subject_name.strip()) <= 80),
        ("请写测量边界。", "boundary", not 0 < len(draft.boundary.strip()) <= 300),
        ("请选择测量设计。", "design", draft.design not in MeasurementProject.Design.values),
        (
            "改造前后效率要么都填，要么都不填。",
            "efficiency_before",
            (before is None) != (after is None),
        ),
        (
            "效率应在 0 到 100% 之间，改造后不低于改造前。",
            "efficiency_after",
            has_both and not 0 < (before or 0) <= (after or 0) <= 1,
        ),
        ("占比应在 0 到 100% 之间。", "part_share", not 0 < draft.part_share <= 1),
        (
            Phrase(
                "措施投用日期应在 %(first)s 到 %(last)s 之间。",
                first=EARLIEST.isoformat(),
                last=latest.isoformat(),
            ),
            "measure_on",
            not EARLIEST <= draft.measure_on <= latest,
        ),
    )
    for words, field, is_wrong in wrongs:
        if is_wrong:
            raise UnableToMeasureError(words, field=field)
    project = MeasurementProject.objects.create(
        number=next_number(PREFIX, at=at),
        **{name: getattr(draft, name) for name in ProjectDraft.__slots__},
        unit=unit,
        opened_by=by.name,
        opened_at=at,
    )
    audit.record("energy.measurementproject.open", target=project, by=by, at=at)
    return project


@transaction.atomic
def take_in(
    *,
    project: MeasurementProject,
    rows: Sequence[Mapping[str, Any]],
    source: str,
    digest: str,
    by: Actor,
    at: datetime,
    agreed: Mapping[str, Any] | None = None,
) -> MeasurementProject:
    """Give a project its readings (导入读数); what was computed of others is gone.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    changes: dict[str, Any] = {"rows": list(rows), "source": source[:80], "digest": digest}
    changes["agreed"] = dict(agreed or {})
    return _asked(project, changes, note=source, by=by, at=at)


@transaction.atomic
def note_event(
    *, project: MeasurementProject, event: Mapping[str, Any], by: Actor, at: datetime
) -> MeasurementProject:
    """Note what changed besides the measure (非例行事件), and compute anew.

    Raises:
        UnableToMeasureError: it has no name, its days are in the wrong order, or they are many.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not str(event["name"]).strip():
        raise UnableToMeasureError("请写事件是什么。", field="name")
    if str(event["last"]) < str(event["first"]):
        raise UnableToMeasureError("事件的止日不能早于起日。", field="last")
    if len(project.events) >= MOST_EVENTS:
        raise UnableToMeasureError(
            Phrase("最多 %(most_events)s 个事件。", most_events=MOST_EVENTS), field="name"
        )
    if not project.rows:
        raise UnableToMeasureError("请先导入读数。")
    changes = {"events": [*project.events, dict(event)]}
    return _asked(project, changes, note=str(event["name"]), by=by, at=at)


def _asked(
    project: MeasurementProject, changes: Mapping[str, Any], *, note: str, by: Actor, at: datetime
) -> MeasurementProject:
    fresh = {**changes, "result": None, "refusal": ""}
    return transitions.apply(
        project, "ask", lifecycle=PROJECT, by=by, at=at, note=note, changes=fresh
    )


@transaction.atomic
def keep_result(
    *, project: MeasurementProject, result: Mapping[str, Any] | None, refusal: str, at: datetime
) -> MeasurementProject:
    """Keep what the job computed, or why nothing can be.

    Raises:
        IllegalTransitionError, StaleStateError: somebody changed the project meanwhile.
    """
    verb = "fail" if result is None else "compute"
    changes = {
        "result": None if result is None else dict(result),
        "refusal": str(refusal)[:300],
        "refusal_told": kept(refusal) if refusal else None,
    }
    return transitions.apply(project, verb, lifecycle=PROJECT, by=SYSTEM, at=at, changes=changes)


@transaction.atomic
def lead_on(
    *, project: MeasurementProject, verb: str, reason: str, by: Actor, at: datetime
) -> MeasurementProject:
    """Mark a project as stated, or close it.

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(project, verb, lifecycle=PROJECT, by=by, at=at, note=reason)
