"""What a team says on the phone of an event that it was sent for."""

from datetime import datetime

from dianliang.domain.work import access
from dianliang.flows.linewatch import answering
from dianliang.flows.phone_operations import Act, Outcome, PhoneOperation
from dianliang.flows.phone_safety import ON_SITE
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import IllegalTransitionError


def _answer(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    visit = access.visit_of_own_team(op.number, by=by)
    if visit.status not in ON_SITE:
        raise IllegalTransitionError("还没有到现场，不能反馈守护事件；请先到达。")
    answering.answer_on_site(
        number=op.text("event", longest=24),
        visit=visit,
        verdict=op.text("verdict", longest=8),
        note=op.text("words", longest=200),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


VERBS: dict[str, Act] = {"answer_watch": _answer}
