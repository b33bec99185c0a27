"""What must hold before a stage moves on, or an indicator of a village is written down."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile

from dianliang.domain.renewal.lifecycle import STEP
from dianliang.domain.renewal.models import IndicatorKind, Project, Step
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined


class UnableToRenewError(DomainError):
    """The village cannot be moved on, planned or measured like this."""

    code = "renewal.unable-to-renew"


def hold(project_id: int) -> None:
    """Let others wait: what a stage may do hangs on the other stages of its village."""
    Project.objects.select_for_update().get(pk=project_id)


def state_of(step: Step) -> str:
    """Return what the state of a stage is called."""
    return Phrase(STEP.labels[step.status])


def require_past(on: date, *, at: datetime) -> None:
    """Raise UnableToRenewError for a day that lies ahead."""
    if on > at.astimezone(SHANGHAI).date():
        raise UnableToRenewError("日期不能晚于今天。", field="on")


def require_later(project: Project, on: date) -> None:
    """Raise UnableToRenewError unless the values of after may be of a day."""
    first = project.readings.exclude(before_on=None).order_by("-before_on").first()
    if first is not None and first.before_on is not None and on <= first.before_on:
        message = Phrase(
            "改造后的测量日期应晚于改造前的 %(before_on)s。", before_on=first.before_on
        )
        raise UnableToRenewError(message, field="on")
    work = _work(project)
    for step in work:
        if step.done_on is None:
            message = Phrase(
                "“%(name)s”%(state)s，改造后的指标要等它完成以后再测、再填。",
                name=step.stage.name,
                state=state_of(step),
            )
            raise UnableToRenewError(message, field="on")
    last = _last(work)
    if last is not None and on < last:
        message = Phrase(
            "改造后的测量日期不能早于施工各阶段全部完成的 %(last)s，请核对。", last=last
        )
        raise UnableToRenewError(message, field="on")


def require_sooner(project: Project, on: date) -> None:
    """Raise UnableToRenewError unless the values of before may be of a day."""
    after = project.readings.exclude(after_on=None).order_by("after_on").first()
    if after is not None and after.after_on is not None and on >= after.after_on:
        message = Phrase("改造前的测量日期应早于改造后的 %(after_on)s。", after_on=after.after_on)
        raise UnableToRenewError(message, field="on")
    work = _work(project)
    last = _last(work)
    if last is not None and on > last and all(step.done_on for step in work):
        message = Phrase(
            "改造已于 %(last)s 完成，改造前的测量日期不能晚于这一天，请核对。", last=last
        )
        raise UnableToRenewError(message, field="on")


def require_measured(step: Step) -> None:
    """Raise UnableToRenewError while an indicator of the village is not known."""
    readings = {reading.kind_id: reading for reading in step.project.readings.all()}
    last, missing = _last(_work(step.project)), []
    for kind in IndicatorKind.objects.filter(is_active=True):
        reading = readings.get(kind.pk)
        if reading is None or reading.before is None:
            missing.append(Phrase("%(kind_name)s（改造前）", kind_name=kind.name))
        if reading is None or reading.after is None:
            missing.append(Phrase("%(kind_name)s（改造后）", kind_name=kind.name))
        elif last is not None and reading.after_on is not None and reading.after_on < last:
            missing.append(
                Phrase("%(kind_name)s（%(last)s 完工后重测）", kind_name=kind.name, last=last)
            )
    if missing:
        message = Phrase(
            "“%(name)s”完成前要填齐指标，还缺：%(missing)s。",
            name=step.stage.name,
            missing=joined("、", missing),
        )
        raise UnableToRenewError(message, field="readings")


def _work(project: Project) -> list[Step]:
    """Return the stages up to the first that needs the values of after; all where none does."""
    steps = project.steps.select_related("stage").order_by("stage__position")
    return list(takewhile(lambda step: not step.stage.needs_after, steps))


def _last(work: Iterable[Step]) -> date | None:
    return max((step.done_on for step in work if step.done_on is not None), default=None)
