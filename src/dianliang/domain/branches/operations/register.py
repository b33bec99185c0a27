"""Every write about branches and who belongs to them."""

from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.domain.branches.lifecycle import BRANCH
from dianliang.domain.branches.models import (
    Attachment,
    Belonging,
    Branch,
    Task,
)
from dianliang.domain.branches.rules import HOLDS_UP, members_on, of_branches, posts_held
from dianliang.domain.directory.models import Unit
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

LONGEST_TEMPORARY_DAYS = 3 * 366
"""A branch that works longer than that is not temporary."""
FARTHEST_DAYS = 366
NOBODY = "空缺"


class UnableToRegisterError(DomainError):
    """The branch, the member or the post cannot be written down like this."""

    code = "branches.unable-to-register"


@transaction.atomic
def found_branch(
    *,
    code: str,
    name: str,
    host: Unit,
    kind: str,
    purpose: str,
    from_on: date,
    until_on: date | None,
    needs_representative: bool,
    by: Actor,
    at: datetime,
) -> Branch:
    """Found a branch under a unit (成立支部). A temporary one says what for and until when.

    Raises:
        UnableToRegisterError: the code is taken, the days make no sense, or a temporary branch
            has no purpose or no end.
    """
    is_temporary = kind != Branch.Kind.ORDINARY
    if host.kind in {Unit.Kind.BRANCH, Unit.Kind.GOVERNMENT}:
        raise UnableToRegisterError("请选择支部所在的单位，不能是支部或政府村社。", field="host")
    if is_temporary and not purpose:
        raise UnableToRegisterError("临时党支部和专班请写明任务。", field="purpose")
    if is_temporary and until_on is None:
        raise UnableToRegisterError("临时党支部和专班请填写撤销日期。", field="until_on")
    if until_on is not None:
        _require_life_span(from_on, until_on, is_temporary=is_temporary)
    unit, is_new = Unit.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "kind": Unit.Kind.BRANCH,
            "parent": host,
            "path": f"{host.path}{code}/",
            "valid_from": from_on,
            "valid_until": until_on,
        },
    )
    if not is_new:
        message = Phrase("编码 %(code)s 已用于“%(name)s”，请换一个。", code=code, name=unit.name)
        raise UnableToRegisterError(message, field="code")
    branch = Branch.objects.create(
        unit=unit,
        kind=kind,
        purpose=purpose if is_temporary else "",
        needs_representative=needs_representative and not is_temporary,
        created_by=by.name,
        created_at=at,
    )
    audit.record(
        "branches.branch.found", target=branch, by=by, at=at, after=branch.status, reason=name
    )
    return branch


def _require_life_span(from_on: date, until_on: date, *, is_temporary: bool) -> None:
    if until_on < from_on:
        message = Phrase(
            "撤销日期 %(until_on)s 早于成立日期 %(from_on)s。", until_on=until_on, from_on=from_on
        )
        raise UnableToRegisterError(message, field="until_on")
    if is_temporary and (until_on - from_on).days > LONGEST_TEMPORARY_DAYS:
        raise UnableToRegisterError(
            "临时党支部和专班最长三年，长期的请成立党支部。", field="until_on"
        )


@transaction.atomic
def extend(*, branch: Branch, until_on: date, reason: str, by: Actor, at: datetime) -> Branch:
    """Let a temporary branch work until a later day (延期). Who works in it stays as planned.

    Raises:
        UnableToRegisterError: it is no temporary one, is dissolved, or the day is not later.
    """
    old = branch.unit.valid_until
    if branch.kind == Branch.Kind.ORDINARY or branch.status != "ACTIVE" or old is None:
        raise UnableToRegisterError("只有运行中的临时党支部和专班可以延期。", field="until_on")
    if until_on <= old:
        message = Phrase("新的撤销日期应晚于 %(old)s。", old=old)
        raise UnableToRegisterError(message, field="until_on")
    _require_life_span(branch.unit.valid_from or old, until_on, is_temporary=True)
    Unit.objects.filter(pk=branch.unit_id).update(valid_until=until_on)
    branch.unit.valid_until = until_on
    audit.record(
        "branches.branch.extend",
        target=branch,
        by=by,
        at=at,
        before=f"{old}",
        after=f"{until_on}",
        reason=reason,
    )
    return branch


@transaction.atomic
def dissolve(*, branch: Branch, on: date, reason: str, by: Actor, at: datetime) -> Branch:
    """End a branch (撤销): nobody belongs to it any more, and nothing of it is left undone.

    Raises:
        UnableToRegisterError: tasks are open, members remain or come later, something still runs,
            or the day lies ahead.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    hold(branch)
    if on > at.astimezone(SHANGHAI).date():
        raise UnableToRegisterError("撤销日期不能晚于今天。", field="on")
    if branch.unit.valid_from is not None and on < branch.unit.valid_from:
        message = Phrase(
            "撤销日期不能早于成立日期 %(valid_from)s。", valid_from=branch.unit.valid_from
        )
        raise UnableToRegisterError(message, field="on")
    own = Task.objects.filter(of_branches([branch.pk]), status__in=["OPEN", "REPORTED"])
    if left := own.count():
        raise UnableToRegisterError(
            Phrase("还有 %(left)s 项会议任务没有办结，不能撤销。", left=left)
        )
    for label, rows in HOLDS_UP.items():
        if running := rows(branch).count():
            raise UnableToRegisterError(
                Phrase(
                    "还有 %(running)s 条%(label)s没有结束，请先办结再撤销。",
                    running=running,
                    label=Phrase(label),
                )
            )
    later = Belonging.objects.filter(branch=branch, from_on__gt=on).values_list("person", flat=True)
    if members := len({*members_on(branch, on=on), *later}):
        message = Phrase(
            "还有 %(members)s 名党员的组织关系在本支部或此后转入，请先转出，或改在其后撤销。",
            members=members,
        )
        raise UnableToRegisterError(message)
    Unit.objects.filter(pk=branch.unit_id).update(valid_until=on)
    Attachment.objects.filter(branch=branch, until_on__gt=on, from_on__lte=on).update(until_on=on)
    return transitions.apply(branch, "dissolve", lifecycle=BRANCH, by=by, at=at, note=reason)


@transaction.atomic
def transfer(
    *,
    person: Person,
    branch: Branch | None,
    from_on: date,
    reason: str,
    by: Actor,
    at: datetime,
) -> Belonging:
    """Let a party member belong to a branch from a day on, or to none (组织关系转接).

    What was before ends there by itself; what was decided for later stays.

    Raises:
        UnableToRegisterError: no party member, a temporary branch, out of the branch's life-span,
            already there, a post is still held where he leaves, or the day is taken or too far.
    """
    before = _may_move(person, branch, from_on, today=at.astimezone(SHANGHAI).date())
    row, is_new = Belonging.objects.get_or_create(
        person=person,
        from_on=from_on,
        defaults={
            "branch": branch,
            "reason": reason,
            "decided_at": at,
            "decided_by": by.name,
        },
    )
    if not is_new:
        message = Phrase(
            "%(name)s在 %(from_on)s 已有一次转接（%(branch)s），请换日期。",
            name=person.name,
            from_on=from_on,
            branch=row.branch or Phrase("转出"),
        )
        raise UnableToRegisterError(message, field="from_on")
    audit.record(
        "branches.belonging.transfer",
        target=row,
        by=by,
        at=at,
        before=str(before.branch) if before and before.branch else "",
        after=str(branch or "转出"),
        reason=f"{person.number} {from_on}：{reason}",
    )
    return row


def _may_move(
    person: Person, branch: Branch | None, from_on: date, *, today: date
) -> Belonging | None:
    """Refuse a move that cannot be; return to which branch the person belongs before it."""
    if branch is not None and not person.is_party_member:
        message = Phrase("%(name)s没有登记为党员，请先在人员资料中改正。", name=person.name)
        raise UnableToRegisterError(message, field="person")
    if branch is not None:
        _require_open(branch, from_on)
    if (from_on - today).days > FARTHEST_DAYS:
        raise UnableToRegisterError("生效日期最多提前一年登记。", field="from_on")
    before = belonging_of(person, on=from_on)
    if (before.branch_id if before else None) == (branch.pk if branch else None):
        where = Phrase("在%(branch)s", branch=branch) if branch else Phrase("不在任何支部")
        message = Phrase(
            "%(name)s在 %(from_on)s 已经%(where)s，不用登记。",
            name=person.name,
            from_on=from_on,
            where=where,
        )
        raise UnableToRegisterError(message, field="person")
    if before is not None and before.branch is not None:
        held = posts_held(person, branch=before.branch, on=from_on)
        if held:
            message = Phrase(
                "%(name)s还担任%(branch)s的%(held)s，请先办理免职。",
                name=person.name,
                branch=before.branch,
                held=joined("、", held),
            )
            raise UnableToRegisterError(message, field="person")
    return before


def hold(branch: Branch) -> Branch:
    """Wait for whoever else changes a branch, and return it as it is then."""
    rows = Branch.objects.select_for_update(of=("self",)).select_related("unit")
    return rows.get(pk=branch.pk)


def _require_open(branch: Branch, on: date) -> None:
    branch = hold(branch)
    if branch.kind != Branch.Kind.ORDINARY:
        message = Phrase("%(branch)s是临时组织，组织关系留在原支部；请用“编入”。", branch=branch)
        raise UnableToRegisterError(message, field="branch")
    require_there(branch, on=on)


def require_there(branch: Branch, *, on: date) -> None:
    """Check that a branch is there on a day.

    Raises:
        UnableToRegisterError: it was founded later, or was dissolved.
    """
    first, last = branch.unit.valid_from, branch.unit.valid_until
    outside = (first is not None and on < first) or (last is not None and on > last)
    if branch.status != "ACTIVE" or outside:
        message = Phrase("%(branch)s在 %(on)s 还没有成立或已经撤销。", branch=branch, on=on)
        raise UnableToRegisterError(message, field="from_on")


def belonging_of(person: Person, *, on: date) -> Belonging | None:
    """Return to which branch a party member belongs on a day, if to any."""
    rows = Belonging.objects.select_related("branch__unit").filter(person=person, from_on__lte=on)
    return rows.order_by("-from_on").first()


@transaction.atomic
def attach(
    *, branch: Branch, person: Person, from_on: date, until_on: date, by: Actor, at: datetime
) -> Attachment:
    """Let a person work in a temporary branch or a task force for a time (编入).

    Raises:
        UnableToRegisterError: an ordinary branch, out of its life-span, or already in it then.
    """
    branch = hold(branch)
    unit = branch.unit
    if branch.kind == Branch.Kind.ORDINARY:
        raise UnableToRegisterError("党支部的党员请用“组织关系转接”。", field="person")
    if branch.status != "ACTIVE":
        raise UnableToRegisterError(
            Phrase("%(branch)s已撤销，不能再编入。", branch=branch), field="person"
        )
    first, last = unit.valid_from or from_on, unit.valid_until or until_on
    if not first <= from_on <= until_on <= last:
        message = Phrase(
            "编入时间应在%(branch)s的存续期 %(first)s 至 %(last)s 之内。",
            branch=branch,
            first=first,
            last=last,
        )
        raise UnableToRegisterError(message, field="from_on")
    clash = Attachment.objects.filter(
        branch=branch, person=person, from_on__lte=until_on, until_on__gte=from_on
    ).first()
    if clash is not None:
        message = Phrase(
            "%(name)s在 %(from_on)s 至 %(until_on)s 已编入，请换日期。",
            name=person.name,
            from_on=clash.from_on,
            until_on=clash.until_on,
        )
        raise UnableToRegisterError(message, field="person")
    row = Attachment.objects.create(
        branch=branch, person=person, from_on=from_on, until_on=until_on
    )
    audit.record(
        "branches.branch.attach",
        target=branch,
        by=by,
        at=at,
        after=f"{person.number} {from_on} – {until_on}",
    )
    return row
