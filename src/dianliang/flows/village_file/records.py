"""The records behind a figure of a present file, where a page of its own shows them."""

from datetime import datetime

from dianliang.domain.network import access
from dianliang.flows.village_file.sections.served import conditions, counted
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError

NEED_FACTS = tuple(
    f"{section}.{fact}"
    for section in ("needs", "hazards")
    for fact in ("received", "resolved", "open", "overdue")
)


def needs_behind(*, code: str, fact: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Return the numbers of the needs that a fact such as ``needs.open`` counts, newest first.

    Raises:
        NotVisibleError: it is absent or somebody else's village, or no such fact counts needs.
    """
    village = access.village_to_see(code, by=by)
    if fact not in NEED_FACTS:
        raise NotVisibleError("没有这个数字。")
    section, _, key = fact.partition(".")
    year_began = datetime(at.astimezone(SHANGHAI).year, 1, 1, tzinfo=SHANGHAI)
    asked = counted(section, areas=access.with_cells([village.pk]), at=at)
    rows = asked.filter(conditions(at=at, year_began=year_began)[key]).order_by("-received_at")
    return tuple(rows.values_list("number", flat=True))
