"""Rules of themes applied by the clock, so that what came in since carries its themes."""

from datetime import datetime
from typing import Any

from dianliang.core import jobs
from dianliang.domain.catalog.theme_models import ThemeMark, ThemeRule
from dianliang.flows.themes import inheriting, marking
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.calendar import SHANGHAI

APPLY = "themes.apply"


def order_if_due(*, at: datetime) -> None:
    """Have the active rules applied once an hour, and themes go from records to what follows."""
    if ThemeRule.objects.filter(is_active=True).exists() or ThemeMark.objects.exists():
        key = f"{APPLY}:{at.astimezone(SHANGHAI):%Y%m%d%H}"
        jobs.enqueue(APPLY, {}, by=SYSTEM, at=at, key=key)


@jobs.handler(APPLY)
def apply_in_background(context: jobs.JobContext) -> dict[str, Any] | None:
    """Apply every active rule; what was taken off by hand stays off."""
    context.progress(0.1, "正在按规则标记主题")
    marks = marking.apply_rules(by=SYSTEM, at=context.clock())
    return {"marks": marks, "inherited": inheriting.inherit(by=SYSTEM, at=context.clock())}
