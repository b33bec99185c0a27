"""Branches founded, extended and dissolved; members and posts."""

from dataclasses import dataclass
from datetime import date, datetime

from dianliang.domain.branches import access
from dianliang.domain.branches.models import Attachment, Belonging, Branch, Posting, PostKind
from dianliang.domain.branches.operations import posts, register
from dianliang.domain.branches.rules import members_on
from dianliang.flows.branches.choices import branch_of, person_of, unit_of, words
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError, InvalidInputError
from dianliang.kernel.phrases import Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a new branch."""

    code: str
    name: str
    kind: str
    host_code: str
    purpose: str
    from_on: date
    until_on: date | None
    needs_representative: bool


def found_branch(*, asked: Asked, by: Actor, at: datetime) -> Branch:
    """Found a branch.

    Raises:
        InvalidInputError, UnableToRegisterError: a field makes no sense; it is named.
    """
    code = words(asked.code, field="code", label="支部编码", most=24)
    if not (code.isascii() and code.isalnum()):
        raise InvalidInputError("支部编码只用字母和数字。", field="code")
    if asked.kind not in Branch.Kind.values:
        raise InvalidInputError("请选择类型。", field="kind")
    return register.found_branch(
        code=code,
        name=words(asked.name, field="name", label="名称", most=60, least=2),
        host=unit_of(asked.host_code, by=by, field="host", label="所在单位"),
        kind=asked.kind,
        purpose=words(asked.purpose, field="purpose", label="任务", most=300, least=0),
        from_on=asked.from_on,
        until_on=asked.until_on,
        needs_representative=asked.needs_representative,
        by=by,
        at=at,
    )


def extend(*, code: str, until_on: date, reason: str, by: Actor, at: datetime) -> Branch:
    """Let a temporary branch work until a later day.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operation.
    """
    why = words(reason, field="reason", label="延期原因", most=200, least=2)
    branch = access.branch_to_see(code, by=by)
    return register.extend(branch=branch, until_on=until_on, reason=why, by=by, at=at)


def dissolve(*, code: str, on: date, reason: str, by: Actor, at: datetime) -> Branch:
    """End a branch.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operation.
    """
    why = words(reason, field="reason", label="撤销原因", most=200, least=2)
    branch = access.branch_to_see(code, by=by)
    return register.dissolve(branch=branch, on=on, reason=why, by=by, at=at)


def take_in(
    *,
    code: str,
    person: str,
    from_on: date,
    until_on: date | None,
    reason: str,
    by: Actor,
    at: datetime,
) -> Belonging | Attachment:
    """Let a person belong to a branch, or work in a temporary one.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operations.
    """
    branch = access.branch_to_see(code, by=by)
    who = person_of(person, by=by, field="person", label="人员")
    if branch.kind != Branch.Kind.ORDINARY:
        last = until_on or branch.unit.valid_until or from_on
        return register.attach(
            branch=branch, person=who, from_on=from_on, until_on=last, by=by, at=at
        )
    why = words(reason, field="reason", label="依据", most=200, least=2)
    return register.transfer(person=who, branch=branch, from_on=from_on, reason=why, by=by, at=at)


def transfer_out(
    *, code: str, person: str, to: str, from_on: date, reason: str, by: Actor, at: datetime
) -> Belonging:
    """Let a member go to another branch, or out of the company (`to` empty).

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operation.
    """
    branch = access.branch_to_see(code, by=by)
    who = person_of(person, by=by, field="person", label="人员")
    if who.pk not in members_on(branch, on=from_on):
        message = Phrase(
            "%(name)s在 %(from_on)s 不是%(branch)s的党员。",
            name=who.name,
            from_on=from_on,
            branch=branch,
        )
        raise InvalidInputError(message, field="person")
    return register.transfer(
        person=who,
        branch=branch_of(to, by=by, field="to") if to else None,
        from_on=from_on,
        reason=words(reason, field="reason", label="依据", most=200, least=2),
        by=by,
        at=at,
    )


def appoint(
    *, code: str, post: str, person: str, from_on: date, reason: str, by: Actor, at: datetime
) -> Posting:
    """Let a person, or nobody (empty), hold a post from a day on.

    Raises:
        NotVisibleError, InvalidInputError, UnableToRegisterError: see the operation.
    """
    branch = access.branch_to_see(code, by=by)
    kind = PostKind.objects.filter(code=post[:16].replace("\0", ""), is_active=True).first()
    if kind is None:
        raise InvalidInputError("请选择职务。", field="post")
    return posts.appoint(
        branch=branch,
        kind=kind,
        person=person_of(person, by=by, field="person", label="任职人") if person else None,
        from_on=from_on,
        reason=words(reason, field="reason", label="任免依据", most=200, least=2),
        by=by,
        at=at,
    )


def dissolve_expired(*, at: datetime) -> int:
    """Dissolve the temporary branches whose last day has passed; return how many.

    One that has tasks or links left stays, and is shown as overdue.
    """
    today, done = at.astimezone(SHANGHAI).date(), 0
    over = Branch.objects.select_related("unit").filter(
        status="ACTIVE", unit__valid_until__lt=today
    )
    for branch in over.exclude(kind=Branch.Kind.ORDINARY):
        last = branch.unit.valid_until or today
        try:
            register.dissolve(branch=branch, on=last, reason="到期撤销", by=SYSTEM, at=at)
        except DomainError:
            continue
        done += 1
    return done
