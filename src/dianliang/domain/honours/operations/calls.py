"""A call from its rules to its publication: opened, voted, counted, on notice, published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.catalog.queries import work_calendar
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours import ballots
from dianliang.domain.honours.lifecycle import CALL
from dianliang.domain.honours.models import Call, Category, Honour, Nominee
from dianliang.domain.honours.operations.counting import placed
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI, TimeUnit
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_CATEGORIES = 12
LEAST_NOTICE_DAYS = 3


class UnableToCallError(DomainError):
    """The call cannot be written down, or led on, like this."""

    code = "honours.unable-to-call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A category as it is ruled."""

    name: str
    holder: str
    seats: int
    members_only: bool = False
    least_deeds: int = 0
    least_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a call is ruled by."""

    title: str
    unit: Unit
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
    categories: Sequence[Planned]


@transaction.atomic
def draft(*, ruled: Ruled, by: Actor, at: datetime) -> Call:
    """Write the rules of a call down (起草).

    Raises:
        UnableToCallError: days are out of order, or a number makes no sense.
    """
    _require_sense(ruled, today=at.astimezone(SHANGHAI).date())
    call = Call.objects.create(
        number=next_number("PX", at=at),
        title=ruled.title,
        unit=ruled.unit,
        level=ruled.level,
        rules=ruled.rules,
        since=ruled.since,
        until=ruled.until,
        nominate_until=ruled.nominate_until,
        vote_until=ruled.vote_until,
        electorate=ruled.electorate,
        quorum_percent=ruled.quorum_percent,
        ties=ruled.ties,
        notice_working_days=ruled.notice_working_days,
        created_by=by.name,
        created_at=at,
    )
    Category.objects.bulk_create(
        Category(
            call=call,
            position=position,
            name=one.name,
            holder=one.holder,
            seats=one.seats,
            members_only=one.members_only,
            least_deeds=one.least_deeds,
            least_hours=one.least_hours,
        )
        for position, one in enumerate(ruled.categories, start=1)
    )
    audit.record("honours.call.draft", target=call, by=by, at=at, reason=ruled.title)
    return call


def _require_sense(ruled: Ruled, *, today: date) -> None:
    if not ruled.since <= ruled.until:
        raise UnableToCallError("事迹期的结束应在开始之后。", field="until")
    if not today <= ruled.nominate_until < ruled.vote_until:
        message = "提名截止不能早于今天，投票截止应晚于提名截止。"
        raise UnableToCallError(message, field="nominate_until")
    if not 1 <= ruled.quorum_percent <= 100:
        raise UnableToCallError("法定人数应为 1 到 100（%）。", field="quorum_percent")
    if not LEAST_NOTICE_DAYS <= ruled.notice_working_days <= 30:
        message = Phrase("公示期应为 %(least)s 到 30 个工作日。", least=LEAST_NOTICE_DAYS)
        raise UnableToCallError(message, field="notice_working_days")
    if not 1 <= len(ruled.categories) <= MOST_CATEGORIES:
        message = Phrase("请写 1 到 %(most)s 个评选类别，每行一个。", most=MOST_CATEGORIES)
        raise UnableToCallError(message, field="categories")
    if any(not 1 <= one.seats <= 99 for one in ruled.categories):
        raise UnableToCallError("每个类别的名额应为 1 到 99。", field="categories")


@transaction.atomic
def start(*, call: Call, by: Actor, at: datetime) -> Call:
    """Publish the rules and take nominations (发布规则).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    return transitions.apply(call, "open", lifecycle=CALL, by=by, at=at)


@transaction.atomic
def take_votes(*, call: Call, by: Actor, at: datetime) -> Call:
    """End the nominations and lay out register and box (开始投票).

    Raises:
        UnableToCallError: the published day of nominations is not over, one is not examined, a
            category has nobody, or too few people could vote for the vote to stay secret.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    Call.objects.select_for_update().get(pk=call.pk)
    if at.astimezone(SHANGHAI).date() <= call.nominate_until:
        raise UnableToCallError(
            Phrase(
                "规则公布提名到 %(nominate_until)s 为止，次日起才能开始投票。",
                nominate_until=call.nominate_until,
            )
        )
    waiting = Nominee.objects.filter(category__call=call, status="NOMINATED").count()
    if waiting:
        raise UnableToCallError(
            Phrase("还有 %(waiting)s 个提名没有审定，不能开始投票。", waiting=waiting)
        )
    nominees = list(Nominee.objects.filter(category__call=call, status="ELIGIBLE"))
    standing = {nominee.category_id for nominee in nominees}
    empty = [one.name for one in call.categories.all() if one.pk not in standing]
    if empty:
        raise UnableToCallError(
            Phrase("“%(empty)s”还没有合格的候选人。", empty=joined("、", empty))
        )
    call = transitions.apply(
        call, "vote", lifecycle=CALL, by=by, at=at, changes={"round": call.round + 1}
    )
    _lay_out(call, nominees)
    return call


def _lay_out(call: Call, nominees: Sequence[Nominee]) -> None:
    people = list(entitled(call))
    if len(people) < ballots.LEAST_VOTERS:
        message = Phrase(
            "可投票的只有 %(n)d 人，少于 %(least)s 人不能保密。",
            n=len(people),
            least=ballots.LEAST_VOTERS,
        )
        raise UnableToCallError(message)
    ballots.lay_out(call, people=people, nominees=nominees)


def entitled(call: Call) -> Sequence[Person]:
    """Return who may vote now: who is on duty in the call's unit, with an account or without."""
    rows = Person.objects.filter(is_active=True, unit__path__startswith=call.unit.path)
    if call.electorate == Call.Electorate.MEMBERS:
        rows = rows.filter(is_party_member=True)
    return list(rows.order_by("number"))


@transaction.atomic
def close_votes(*, call: Call, by: Actor, at: datetime) -> Call:
    """End the vote (截止投票): open the box if the quorum is met, else leave it closed for good.

    Raises:
        UnableToCallError: the last day of the vote is not over and not everybody has voted.
        BrokenBoxError: the box does not fit the register.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    ballots.hold(call)
    voted, may_vote = ballots.turnout(call)
    if at.astimezone(SHANGHAI).date() <= call.vote_until and voted < may_vote:
        message = Phrase(
            "投票到 %(vote_until)s 为止，还有 %(may_vote)s 人没有投票。",
            vote_until=call.vote_until,
            may_vote=may_vote - voted,
        )
        raise UnableToCallError(message)
    known = {"voted": voted, "entitled": may_vote}
    if voted * 100 < call.quorum_percent * may_vote or voted < ballots.LEAST_VOTERS:
        return transitions.apply(call, "fail", lifecycle=CALL, by=by, at=at, changes=known)
    call = transitions.apply(call, "count", lifecycle=CALL, by=by, at=at, changes=known)
    sums = ballots.count(call)
    for category in call.categories.all():
        standing = list(category.nominees.filter(status="ELIGIBLE"))
        counted = category.nominees.annotate(n=Count("deeds")).order_by()
        deeds = dict(counted.values_list("number", "n"))
        ranked = placed(standing, votes=sums, deeds=deeds, seats=category.seats, ties=call.ties)
        for nominee, place, is_chosen in ranked:
            values = {
                "votes": sums[nominee.number],
                "place": place,
                "is_chosen": is_chosen,
            }
            Nominee.objects.filter(pk=nominee.pk).update(**values)
    return call


@transaction.atomic
def vote_again(*, call: Call, vote_until: date, by: Actor, at: datetime) -> Call:
    """Vote anew, with a new register and a new box (重新投票).

    Raises:
        UnableToCallError: the last day lies behind.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if vote_until < at.astimezone(SHANGHAI).date():
        raise UnableToCallError("投票截止不能早于今天。", field="vote_until")
    changes = {
        "round": call.round + 1,
        "vote_until": vote_until,
        "voted": None,
        "entitled": None,
    }
    call = transitions.apply(call, "again", lifecycle=CALL, by=by, at=at, changes=changes)
    _lay_out(call, list(Nominee.objects.filter(category__call=call, status="ELIGIBLE")))
    return call


@transaction.atomic
def announce(*, call: Call, by: Actor, at: datetime) -> Call:
    """Put who was chosen on public notice for the working days of the rules (公示).

    Raises:
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    ends = work_calendar().add(at, call.notice_working_days, TimeUnit.WORKING_DAYS)
    changes = {"notice_ends_at": ends}
    return transitions.apply(call, "announce", lifecycle=CALL, by=by, at=at, changes=changes)


@transaction.atomic
def publish(*, call: Call, by: Actor, at: datetime) -> Call:
    """Publish the result and enter who was chosen in the register of honours (公布).

    Raises:
        UnableToCallError: the notice is not over, or an objection is not decided.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if call.notice_ends_at is not None and at < call.notice_ends_at:
        ends = call.notice_ends_at.astimezone(SHANGHAI)
        raise UnableToCallError(
            Phrase("公示到 %(ends)s 为止，期满才能公布。", ends=f"{ends:%Y-%m-%d %H:%M}")
        )
    chosen = Nominee.objects.filter(category__call=call, is_chosen=True)
    open_count = chosen.filter(objections__status="OPEN").count()
    if open_count:
        raise UnableToCallError(Phrase("还有 %(n)s 条异议没有处理，不能公布。", n=open_count))
    call = transitions.apply(call, "publish", lifecycle=CALL, by=by, at=at)
    for nominee in chosen.select_related("category", "person", "team"):
        _enter(nominee, call, by=by, at=at)
    return call


def _enter(nominee: Nominee, call: Call, *, by: Actor, at: datetime) -> Honour:
    person, team = nominee.person, nominee.team
    home = person.unit if person else team.unit if team else nominee.held_by
    made = Honour.objects.create(
        number=next_number("RY", at=at),
        title=f"{call.title}：{nominee.category.name}"[:80],
        level=call.level,
        issuer=call.unit.name,
        on=at.astimezone(SHANGHAI).date(),
        holder=nominee.holder,
        person=person,
        team=team,
        held_by=nominee.held_by,
        unit=home or call.unit,
        is_model=nominee.holder == "person",
        story=nominee.words,
        call_number=call.number,
        created_by=by.name,
        created_at=at,
    )
    audit.record("honours.honour.enter", target=made, by=by, at=at, reason=call.number)
    return made


@transaction.atomic
def cancel(*, call: Call, reason: str, by: Actor, at: datetime) -> Call:
    """Give a call up before it was counted (取消).

    Raises:
        UnableToCallError: there is no reason.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if not reason:
        raise UnableToCallError("请写明取消原因。", field="reason")
    return transitions.apply(call, "cancel", lifecycle=CALL, by=by, at=at, note=reason)
