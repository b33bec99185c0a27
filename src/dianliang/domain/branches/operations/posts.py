"""Who holds which post of a branch, from which day on."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit
from dianliang.domain.branches.models import Attachment, Branch, Posting, PostKind
from dianliang.domain.branches.operations.register import (
    NOBODY,
    UnableToRegisterError,
    belonging_of,
    hold,
    require_there,
)
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.phrases import Phrase


@transaction.atomic
def appoint(
    *,
    branch: Branch,
    kind: PostKind,
    person: Person | None,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Posting:
    """Let a person, or nobody, hold a post from a day on (任免): one holder a day.

    Raises:
        UnableToRegisterError: the person does not belong to the branch then, the branch is not
            there then, the post is already so, or the day is taken.
    """
    branch = hold(branch)
    require_there(branch, on=from_on)
    if person is not None:
        _require_of_branch(branch, person, on=from_on)
    rows = Posting.objects.select_related("person")
    held = rows.filter(branch=branch, kind=kind, from_on__lte=from_on).order_by("-from_on").first()
    if (held.person_id if held else None) == (person.pk if person else None):
        who = person.name if person else NOBODY
        message = Phrase(
            "%(branch)s的%(name)s在 %(from_on)s 已经是“%(who)s”，不用登记。",
            branch=branch,
            name=kind.name,
            from_on=from_on,
            who=Phrase(who),
        )
        raise UnableToRegisterError(message, field="person")
    row, is_new = Posting.objects.get_or_create(
        branch=branch,
        kind=kind,
        from_on=from_on,
        defaults={"person": person, "reason": reason, "decided_at": at, "decided_by": by.name},
    )
    if not is_new:
        who = row.person.name if row.person else NOBODY
        message = Phrase(
            "%(branch)s的%(name)s在 %(from_on)s 已有任免（%(who)s），请换一个日期。",
            branch=branch,
            name=kind.name,
            from_on=from_on,
            who=Phrase(who),
        )
        raise UnableToRegisterError(message, field="from_on")
    audit.record(
        "branches.posting.appoint",
        target=row,
        by=by,
        at=at,
        before=held.person.name if held and held.person else "",
        after=person.name if person else NOBODY,
        reason=f"{branch.number} {kind.name} {from_on}：{reason}",
    )
    return row


def _require_of_branch(branch: Branch, person: Person, *, on: date) -> None:
    if branch.kind == Branch.Kind.ORDINARY:
        found = belonging_of(person, on=on)
        is_in = found is not None and found.branch_id == branch.pk
    else:
        is_in = Attachment.objects.filter(
            branch=branch, person=person, from_on__lte=on, until_on__gte=on
        ).exists()
    if not is_in:
        message = Phrase(
            "%(name)s在 %(on)s 不是%(branch)s的人，请先转入或编入。",
            name=person.name,
            on=on,
            branch=branch,
        )
        raise UnableToRegisterError(message, field="person")
