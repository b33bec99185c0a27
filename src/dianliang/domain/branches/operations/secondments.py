"""Every write about people who are sent to other branches (挂职、上挂下派)."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.branches.lifecycle import SECONDMENT
from dianliang.domain.branches.models import Branch, Secondment, SecondmentKind
from dianliang.domain.branches.rules import members_on
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LONGEST_DAYS = 3 * 366


class UnableToSecondError(DomainError):
    """The person cannot be sent like this."""

    code = "branches.unable-to-second"


@transaction.atomic
def second(
    *,
    kind: SecondmentKind,
    person: Person,
    branch: Branch,
    post: str,
    from_on: date,
    until_on: date,
    by: Actor,
    at: datetime,
) -> Secondment:
    """Send a person to a branch for a time (派出); it begins by itself on its day.

    Raises:
        UnableToSecondError: the days make no sense, the person is not on duty, belongs to that
            branch or is away already, or the branch has a representative in that time.
    """
    _require_fit(person, branch, from_on=from_on, until_on=until_on)
    _require_free(kind, person, branch, from_on=from_on, until_on=until_on)
    row = Secondment.objects.create(
        number=next_number("PD", at=at),
        kind=kind,
        person=person,
        from_unit=person.unit,
        branch=branch,
        post=post,
        from_on=from_on,
        until_on=until_on,
        created_by=by.name,
        created_at=at,
    )
    audit.record(
        "branches.secondment.second",
        target=row,
        by=by,
        at=at,
        after="PLANNED",
        reason=f"{person.number} → {branch.number} {kind.name}",
    )
    if from_on <= at.astimezone(SHANGHAI).date():
        start(secondment=row, by=by, at=at)
    return row


def _require_fit(person: Person, branch: Branch, *, from_on: date, until_on: date) -> None:
    if not 0 < (until_on - from_on).days <= LONGEST_DAYS:
        raise UnableToSecondError("结束日期应在开始日期之后，最长三年。", field="until_on")
    if not person.is_active or (person.left_on is not None and person.left_on <= from_on):
        raise UnableToSecondError(
            Phrase("%(name)s已离岗，不能派出。", name=person.name), field="person"
        )
    if branch.status != "ACTIVE":
        raise UnableToSecondError(
            Phrase("%(branch)s已撤销，不能接收。", branch=branch), field="branch"
        )
    if person.pk in members_on(branch, on=from_on):
        message = Phrase(
            "%(name)s本来就是%(branch)s的党员，不用派出。", name=person.name, branch=branch
        )
        raise UnableToSecondError(message, field="person")


def _require_free(
    kind: SecondmentKind, person: Person, branch: Branch, *, from_on: date, until_on: date
) -> None:
    # Locks both, so that two desks cannot send the same person, or two representatives, at once.
    Person.objects.select_for_update().get(pk=person.pk)
    Branch.objects.select_for_update().get(pk=branch.pk)
    going_on = Secondment.objects.filter(
        status__in=["PLANNED", "RUNNING"], from_on__lte=until_on, until_on__gte=from_on
    ).select_related("person", "branch__unit")
    away = going_on.filter(person=person).first()
    if away is not None:
        message = Phrase(
            "%(name)s在 %(from_on)s 至 %(until_on)s 已派往%(branch)s（"
            "%(number)s），请先结束或换日期。",
            name=person.name,
            from_on=away.from_on,
            until_on=away.until_on,
            branch=away.branch,
            number=away.number,
        )
        raise UnableToSecondError(message, field="person")
    if kind.represents:
        taken = going_on.filter(branch=branch, kind__represents=True).first()
        if taken is not None:
            message = Phrase(
                "%(branch)s在这段时间已有代表%(name)s（%(number)s）。",
                branch=branch,
                name=taken.person.name,
                number=taken.number,
            )
            raise UnableToSecondError(message, field="branch")


@transaction.atomic
def start(*, secondment: Secondment, by: Actor, at: datetime) -> Secondment:
    """Note that the person has arrived (到岗).

    Raises:
        UnableToSecondError: the day has not come.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if secondment.from_on > at.astimezone(SHANGHAI).date():
        raise UnableToSecondError(Phrase("%(from_on)s 才到岗。", from_on=secondment.from_on))
    return transitions.apply(secondment, "start", lifecycle=SECONDMENT, by=by, at=at)


@transaction.atomic
def end(*, secondment: Secondment, on: date, appraisal: str, by: Actor, at: datetime) -> Secondment:
    """Let a person come back (结束), with what was made of it (期满鉴定).

    Raises:
        UnableToSecondError: the day lies ahead or before the beginning.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not secondment.from_on <= on <= at.astimezone(SHANGHAI).date():
        message = Phrase(
            "结束日期应在 %(from_on)s 之后，且不晚于今天。", from_on=secondment.from_on
        )
        raise UnableToSecondError(message, field="on")
    changes = {"ended_on": min(on, secondment.until_on), "appraisal": appraisal}
    return transitions.apply(
        secondment, "end", lifecycle=SECONDMENT, by=by, at=at, note=f"{on}", changes=changes
    )


@transaction.atomic
def cancel(*, secondment: Secondment, reason: str, by: Actor, at: datetime) -> Secondment:
    """Call a secondment off that has not begun (取消).

    Raises:
        UnableToSecondError: there is no reason.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToSecondError("请写明取消原因。", field="reason")
    return transitions.apply(secondment, "cancel", lifecycle=SECONDMENT, by=by, at=at, note=reason)
