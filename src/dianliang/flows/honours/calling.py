"""Rule a call, lead it on, decide objections: what the party-affairs staff fills in."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.domain.honours import access
from dianliang.domain.honours.models import Call, Nominee, Objection
from dianliang.domain.honours.operations import calls, nominating
from dianliang.domain.honours.operations.calls import Planned, Ruled
from dianliang.domain.honours.queries.register import HOLDERS, LEVELS
from dianliang.flows.branches.choices import lines, unit_of, words
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.phrases import Phrase, joined

ELECTORATES = {str(code): str(label) for code, label in Call.Electorate.choices}
TIES = {str(code): str(label) for code, label in Call.Ties.choices}
HOLDER_CODES = {label: code for code, label in HOLDERS.items()}
PARTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person fills in for a call.

    `categories` has a line for each: 名称｜对象｜名额｜限党员（是）｜最少事迹｜最少时长; the last
    three may be left out.
    """

    title: str
    unit: str
    level: str
    rules: str
    since: date
    until: date
    nominate_until: date
    vote_until: date
    electorate: str
    quorum_percent: int
    ties: str
    notice_working_days: int
    categories: str


def draft(*, asked: Asked, by: Actor, at: datetime) -> Call:
    """Write a call down.

    Raises:
        InvalidInputError, UnableToCallError: a field makes no sense; it is named.
    """
    chosen = ((asked.level, LEVELS, "level"), (asked.electorate, ELECTORATES, "electorate"))
    for value, offered, field in (*chosen, (asked.ties, TIES, "ties")):
        if value not in offered:
            raise InvalidInputError("请选择级别、投票人和同票规则。", field=field)
    ruled = Ruled(
        title=words(asked.title, field="title", label="名称", most=60, least=2),
        unit=unit_of(asked.unit, by=by, field="unit", label="主办单位"),
        level=asked.level,
        rules=words(asked.rules, field="rules", label="评选规则", most=4000, least=4),
        since=asked.since,
        until=asked.until,
        nominate_until=asked.nominate_until,
        vote_until=asked.vote_until,
        electorate=asked.electorate,
        quorum_percent=asked.quorum_percent,
        ties=asked.ties,
        notice_working_days=asked.notice_working_days,
        categories=[planned(line) for line in lines(asked.categories)],
    )
    return calls.draft(ruled=ruled, by=by, at=at)


def planned(line: str) -> Planned:
    """Return the category that a line describes.

    Raises:
        InvalidInputError: the line cannot be read; it is quoted.
    """
    parts = [part.strip() for part in line.replace("|", "｜").split("｜")]
    if not 3 <= len(parts) <= PARTS or parts[1] not in HOLDER_CODES:
        shape = Phrase(
            "应形如：黎明式员工｜个人｜3｜是｜5｜20；对象为%(holders)s。",
            holders=joined("、", HOLDER_CODES),
        )
        raise InvalidInputError(f"“{line[:60]}”{shape}", field="categories")
    numbers = [parts[2], *parts[4:]]
    if not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in numbers):
        raise InvalidInputError(
            Phrase("“%(line)s”里的名额和数量应填整数。", line=line[:60]), field="categories"
        )
    members_only = len(parts) > 3 and parts[3] == "是"
    hours = int(parts[5]) if len(parts) > 5 else 0
    holder = HOLDER_CODES[parts[1]]
    if holder != "person" and (members_only or hours):
        message = Phrase("“%(line)s”：限党员、最少时长只用于个人。", line=line[:60])
        raise InvalidInputError(message, field="categories")
    return Planned(
        name=words(parts[0], field="categories", label="类别名称", most=40, least=2),
        holder=holder,
        seats=int(parts[2]),
        members_only=members_only,
        least_deeds=int(parts[4]) if len(parts) > 4 else 0,
        least_hours=hours,
    )


def start(*, number: str, by: Actor, at: datetime) -> Call:
    """Publish the rules; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return calls.start(call=_call(number, by), by=by, at=at)


def take_votes(*, number: str, by: Actor, at: datetime) -> Call:
    """Begin the vote; see the operation.

    Raises:
        NotVisibleError, UnableToCallError, IllegalTransitionError: see the operation.
    """
    return calls.take_votes(call=_call(number, by), by=by, at=at)


def close_votes(*, number: str, by: Actor, at: datetime) -> Call:
    """End the vote and count; see the operation.

    Raises:
        NotVisibleError, UnableToCallError, BrokenBoxError: see the operation.
    """
    return calls.close_votes(call=_call(number, by), by=by, at=at)


def vote_again(*, number: str, vote_until: date, by: Actor, at: datetime) -> Call:
    """Vote anew; see the operation.

    Raises:
        NotVisibleError, UnableToCallError, IllegalTransitionError: see the operation.
    """
    return calls.vote_again(call=_call(number, by), vote_until=vote_until, by=by, at=at)


def announce(*, number: str, by: Actor, at: datetime) -> Call:
    """Put the result on notice; see the operation.

    Raises:
        NotVisibleError, IllegalTransitionError, StaleStateError: see the operation.
    """
    return calls.announce(call=_call(number, by), by=by, at=at)


def publish(*, number: str, by: Actor, at: datetime) -> Call:
    """Publish the result; see the operation.

    Raises:
        NotVisibleError, UnableToCallError, IllegalTransitionError: see the operation.
    """
    return calls.publish(call=_call(number, by), by=by, at=at)


def cancel(*, number: str, reason: str, by: Actor, at: datetime) -> Call:
    """Give a call up; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, IllegalTransitionError: see the operation.
    """
    why = words(reason, field="reason", label="取消原因", most=200, least=2)
    return calls.cancel(call=_call(number, by), reason=why, by=by, at=at)


@transaction.atomic
def examine(
    *, number: str, nominee: str, verb: str, reason: str, by: Actor, at: datetime
) -> Nominee:
    """Let a nominee stand (`pass`) or refuse him; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToNominateError: see the operation.
    """
    if verb not in {"pass", "refuse"}:
        raise NotVisibleError("没有这一步。")
    rows = Nominee.objects.filter(category__call=_call(number, by)).select_related(
        "category__call", "person"
    )
    found = None if "\0" in nominee else rows.filter(number=nominee).first()
    if found is None:
        raise NotVisibleError("没有找到这个提名。")
    why = words(reason, field="reason", label="原因", most=200, least=0)
    return nominating.examine(nominee=found, verb=verb, reason=why, by=by, at=at)


def decide(
    *, number: str, objection: str, verb: str, reason: str, by: Actor, at: datetime
) -> Objection:
    """Decide an objection: `uphold` or `dismiss`; see the operation.

    Raises:
        NotVisibleError, InvalidInputError, UnableToNominateError: see the operation.
    """
    if verb not in {"uphold", "dismiss"}:
        raise NotVisibleError("没有这一步。")
    rows = Objection.objects.filter(nominee__category__call=_call(number, by))
    rows = rows.select_related("nominee__category__call", "nominee__person")
    found = None if "\0" in objection else rows.filter(number=objection).first()
    if found is None:
        raise NotVisibleError("没有找到这条异议。")
    why = words(reason, field="reason", label="处理结果", most=200, least=2)
    return nominating.decide(objection=found, verb=verb, decision=why, by=by, at=at)


def _call(number: str, by: Actor) -> Call:
    found = access.call_to_see(number, by=by)
    if not access.may_write(found.unit.path, by=by):
        raise NotVisibleError("没有找到这次评选。")
    return found
