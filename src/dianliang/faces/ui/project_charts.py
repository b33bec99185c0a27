"""Pictures of a project in time."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from dianliang.domain.grid_projects.queries.projects import StepRow
from dianliang.faces.ui.charts import Bar, Spans, Tone
from dianliang.faces.ui.templatetags.ui import translated


def bars(steps: Iterable[StepRow], *, on: date) -> Spans | None:
    """Draw the milestones of a project as bars over days (横道图); None without a plan."""
    drawn = [
        Bar(
            name=translated(step.name),
            first=step.starts_on,
            last=step.ends_on,
            mark=step.planned_on,
            tone=_tone(step),
            words=_words(step),
        )
        for step in steps
        if step.starts_on is not None and step.ends_on is not None
    ]
    if not drawn:
        return None
    return Spans(
        key="project-bars",
        title=_("横道图：条为实际或预测，菱形为计划日"),
        name=_("里程碑"),
        mark_name=_("计划日"),
        today=on,
        today_name=_("今天"),
        bars=tuple(drawn),
    )


def _tone(step: StepRow) -> Tone:
    if step.actual_on is not None:
        return Tone.SOFT
    return Tone.DANGER if step.is_critical else Tone.PLAIN


def _words(step: StepRow) -> str:
    if step.actual_on is not None:
        return _("已完成")
    return _("未完成，在关键线路上") if step.is_critical else _("未完成")
