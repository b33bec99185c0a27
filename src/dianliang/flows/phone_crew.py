"""What a phone sends about people: who is here, who is away, who stands in."""

from datetime import datetime

from dianliang.flows import crewday
from dianliang.flows.phone_operations import Act, Outcome, PhoneOperation
from dianliang.kernel.actor import Actor


def _check_in(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    crewday.check_in(
        team_code=op.text("team", longest=24),
        person_number=op.number,
        on=op.day("on"),
        place=op.place(),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


def _report_absence(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    crewday.report_absence(
        person_number=op.number,
        first_on=op.day("first_on"),
        last_on=op.day("last_on"),
        reason=op.text("reason", longest=80),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


def _swap(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    crewday.swap(
        team_code=op.text("team", longest=24),
        leaving=op.number,
        coming=op.text("coming", longest=24),
        on=op.day("on"),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


def _report_team_absence(op: PhoneOperation, by: Actor, at: datetime) -> Outcome:
    crewday.report_team_absence(
        team_code=op.number,
        on=op.day("on"),
        reason=op.text("reason", longest=60),
        by=by,
        at=at,
        device_at=op.happened_at,
    )
    return Outcome.APPLIED


VERBS: dict[str, Act] = {
    "check_in": _check_in,
    "report_absence": _report_absence,
    "swap": _swap,
    "report_team_absence": _report_team_absence,
}
