"""People decide about what was proposed, and record what was built."""

from datetime import date, datetime

from dianliang.domain.relief import operations, proposal_queries
from dianliang.domain.relief.models import Completion, Decision, ProposedArea
from dianliang.domain.relief.operations import UnableToRelieveError
from dianliang.flows.relief import stating
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError


def decide(
    *, proposal: str, transformer: str, verdict: str, reason: str, by: Actor, at: datetime
) -> Decision:
    """Take or decline what a proposal says of a transformer.

    Raises:
        NotVisibleError: there is no such line, or it is another unit's.
        UnableToRelieveError, InvalidInputError: see the operation.
    """
    line = _line(proposal, transformer, by=by)
    return operations.decide(line=line, verdict=verdict, reason=reason, by=by, at=at)


def complete(
    *,
    proposal: str,
    transformer: str,
    built_on: date,
    spent_cny: float,
    note: str,
    by: Actor,
    at: datetime,
) -> Completion:
    """Record what was built for a transformer, and state anew what the proposal brought.

    Raises:
        NotVisibleError: there is no such line, or it is another unit's.
        UnableToRelieveError: nothing was decided, or see the operation.
    """
    line = _line(proposal, transformer, by=by)
    decision: Decision | None = getattr(line, "decision", None)
    if decision is None:
        raise UnableToRelieveError("还没有采纳，不能登记投运。", field="built_on")
    made = operations.complete(
        decision=decision, built_on=built_on, spent_cny=spent_cny, note=note, by=by, at=at
    )
    stating.state_what_is_known(proposal=proposal, by=by, at=at)
    return made


def _line(proposal: str, transformer: str, *, by: Actor) -> ProposedArea:
    found = proposal_queries.line_model(
        proposal=proposal, transformer=transformer, unit_path=by.unit_path
    )
    if found is None:
        raise NotVisibleError("没有找到这份方案里的台区。")
    return found
