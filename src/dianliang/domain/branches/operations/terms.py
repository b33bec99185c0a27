"""What a pairing says, and what it must not say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dianliang.domain.branches.models import Alliance, Branch, PairingMode
from dianliang.domain.directory.models import Unit
from dianliang.domain.territory.models import Area
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST_DAYS = 5 * 366
MOST_STEPS = 24


class UnableToPairError(DomainError):
    """The pairing or the alliance cannot be written down, or moved on, like this."""

    code = "branches.unable-to-pair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """The other side of a pairing: a unit, an area, or only a name."""

    name: str
    unit: Unit | None = None
    area: Area | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a pairing says. `steps` are what is planned, each with its last day."""

    branch: Branch
    mode: PairingMode
    other: Other
    goal: str
    from_on: date
    until_on: date
    steps: Sequence[tuple[str, date]]
    alliance: Alliance | None = None


def require_sense(terms: Terms) -> None:
    """Refuse terms that nobody could keep.

    Raises:
        UnableToPairError: the branch is dissolved or paired with itself, the days make no sense,
            a step lies outside, or the alliance is another branch's or over.
    """
    if terms.branch.status != "ACTIVE":
        raise UnableToPairError(
            Phrase("%(branch)s已撤销，不能再结对。", branch=terms.branch), field="branch"
        )
    if terms.other.unit is not None and terms.other.unit.pk == terms.branch.pk:
        raise UnableToPairError("对方不能是本支部，请另选。", field="other")
    if not 0 <= (terms.until_on - terms.from_on).days <= LONGEST_DAYS:
        raise UnableToPairError("结束日期应在开始日期之后，最长五年。", field="until_on")
    if len(terms.steps) > MOST_STEPS:
        raise UnableToPairError(
            Phrase("计划最多 %(most)s 项，请合并。", most=MOST_STEPS), field="steps"
        )
    for number, (_, due_on) in enumerate(terms.steps, start=1):
        if not terms.from_on <= due_on <= terms.until_on:
            message = Phrase(
                "计划第 %(number)s 行的期限 %(due_on)s 不在结对期内。", number=number, due_on=due_on
            )
            raise UnableToPairError(message, field="steps")
    alliance = terms.alliance
    if alliance is not None and alliance.branch_id != terms.branch.pk:
        message = Phrase(
            "联盟“%(title)s”是%(branch)s的，不能加入。",
            title=alliance.title,
            branch=alliance.branch,
        )
        raise UnableToPairError(message, field="alliance")
    if alliance is not None and alliance.status not in {"DRAFT", "RUNNING"}:
        raise UnableToPairError(
            Phrase("联盟“%(title)s”已结束。", title=alliance.title), field="alliance"
        )
