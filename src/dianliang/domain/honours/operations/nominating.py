"""Somebody is put forward, examined against the rules, and objected to while on notice."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.honours.lifecycle import NOMINEE, OBJECTION
from dianliang.domain.honours.models import Call, Category, Deed, Honour, Nominee, Objection
from dianliang.domain.workforce.models import Person, Team
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase, joined

MOST_OPEN = 5


class UnableToNominateError(DomainError):
    """Somebody cannot be put forward, examined or objected to like this."""

    code = "honours.unable-to-nominate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is put forward: exactly one of the three."""

    person: Person | None = None
    team: Team | None = None
    held_by: Unit | None = None

    @property
    def unit(self) -> Unit:
        """Return the unit to which it belongs.

        Raises:
            UnableToNominateError: it is nobody.
        """
        if self.person is not None:
            return self.person.unit
        if self.team is not None:
            return self.team.unit
        if self.held_by is None:
            raise UnableToNominateError("请选择对象。", field="subject")
        return self.held_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A record that speaks for somebody."""

    kind: str
    number: str
    words: str
    on: date


@transaction.atomic
def nominate(
    *,
    category: Category,
    subject: Subject,
    words: str,
    deeds: Sequence[Done],
    hours: int,
    by: Actor,
    at: datetime,
) -> Nominee:
    """Put somebody forward with the records that speak for him (提名).

    Raises:
        UnableToNominateError: nominations are not open, he is not of the call's unit or of the
            category's kind, or he stands already.
    """
    # Whoever begins the vote holds the same row: nobody is put forward behind his back.
    call = (
        Call.objects.select_related("unit").select_for_update(of=("self",)).get(pk=category.call_id)
    )
    _require_open(call, today=at.astimezone(SHANGHAI).date())
    if not subject.unit.path.startswith(call.unit.path):
        raise UnableToNominateError("提名对象不属于主办单位。", field="subject")
    standing = category.nominees.exclude(status="WITHDRAWN")
    same = standing.filter(person=subject.person, team=subject.team, held_by=subject.held_by)
    if same.exists():
        raise UnableToNominateError("已经提名过，请勿重复。", field="subject")
    number = subject.person.number if subject.person else ""
    made = Nominee.objects.create(
        number=next_number("TM", at=at),
        category=category,
        holder=category.holder,
        person=subject.person,
        team=subject.team,
        held_by=subject.held_by,
        by_self=bool(number) and number == by.person_number,
        nominated_by=by.name,
        nominated_by_id=by.id,
        nominated_at=at,
        words=words,
        hours=hours,
    )
    Deed.objects.bulk_create(
        (
            Deed(nominee=made, kind=one.kind, number=one.number, words=one.words[:160], on=one.on)
            for one in deeds
        ),
        batch_size=1000,
    )
    audit.record("honours.nominee.nominate", target=made, by=by, at=at, after=call.number)
    return made


def _require_open(call: Call, *, today: date) -> None:
    if call.status != "NOMINATING" or today > call.nominate_until:
        raise UnableToNominateError("现在不接受提名：还没有开始，或已经截止。")


def _require_before_vote(nominee: Nominee, *, words: str) -> None:
    """Who stands is fixed once the box is laid out, also for who looked before."""
    call = Call.objects.select_for_update().get(pk=nominee.category.call_id)
    if call.status != "NOMINATING":
        raise UnableToNominateError(words)


@transaction.atomic
def withdraw(*, nominee: Nominee, by: Actor, at: datetime) -> Nominee:
    """Take a nomination back while nominations are open (撤回): who made it, or who is meant.

    Raises:
        UnableToNominateError: it is not the actor's, or nominations are over.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    meant = nominee.person is not None and nominee.person.number == by.person_number
    if not meant and nominee.nominated_by_id != by.id:
        raise UnableToNominateError("只有提名人或本人可以撤回。")
    _require_before_vote(nominee, words="提名已经截止，不能撤回。")
    return transitions.apply(nominee, "withdraw", lifecycle=NOMINEE, by=by, at=at)


def lost_an_honour(nominees: Collection[Nominee], *, since: date) -> frozenset[int]:
    """Return the keys of the people among nominees of whom an honour was taken since a day."""
    revoked = Honour.objects.filter(status="REVOKED", revoked_on__gte=since)
    people = revoked.filter(person__in=[n.person_id for n in nominees if n.person_id])
    return frozenset(honour.person_id for honour in people if honour.person_id is not None)


def faults(nominee: Nominee, *, lost: Collection[int]) -> tuple[str, ...]:
    """Return which conditions of the rules a nominee does not meet (资格审查), from records.

    `lost` is whom `lost_an_honour` names since the first day of the call.
    """
    category, found = nominee.category, []
    person = nominee.person
    if person is not None and not person.is_active:
        found.append("不在岗")
    if person is not None and category.members_only and not person.is_party_member:
        found.append("不是党员")
    deeds = nominee.deeds.count()
    if deeds < category.least_deeds:
        found.append(f"期内事迹记录 {deeds} 条，应有 {category.least_deeds} 条")
    if nominee.hours < category.least_hours:
        found.append(f"期内志愿时长 {nominee.hours} 小时，应有 {category.least_hours} 小时")
    if nominee.person_id in lost:
        found.append("事迹期内有荣誉被撤销")
    return tuple(found)


@transaction.atomic
def examine(*, nominee: Nominee, verb: str, reason: str, by: Actor, at: datetime) -> Nominee:
    """Let a nominee stand, or refuse him for a reason (资格审定).

    Raises:
        UnableToNominateError: the vote has begun, he does not meet the rules, or is refused
            without a reason, or by himself.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    if nominee.person is not None and nominee.person.number == by.person_number:
        raise UnableToNominateError("不能审定本人的提名，请由另一人审定。")
    _require_before_vote(nominee, words="提名已经截止，不能再审定。")
    since = nominee.category.call.since
    wrong = faults(nominee, lost=lost_an_honour([nominee], since=since))
    if verb == "pass" and wrong:
        raise UnableToNominateError(
            Phrase("不符合评选规则：%(wrong)s。", wrong=joined("；", wrong))
        )
    if verb == "refuse" and not reason:
        raise UnableToNominateError("请写明不合格的原因。", field="reason")
    changes = {"refused_because": reason} if verb == "refuse" else {}
    return transitions.apply(
        nominee, verb, lifecycle=NOMINEE, by=by, at=at, note=reason, changes=changes
    )


@transaction.atomic
def make_objection(
    *, nominee: Nominee, words: str, name: str, contact: str, at: datetime
) -> Objection:
    """Object to somebody who was chosen while he is on notice (异议).

    Raises:
        UnableToNominateError: he is not on notice, the notice is over, or five wait already.
    """
    nominee = Nominee.objects.select_for_update().get(pk=nominee.pk)
    call = nominee.category.call
    ends = call.notice_ends_at
    if call.status != "NOTICE" or not nominee.is_chosen or ends is None or at >= ends:
        raise UnableToNominateError("公示期已过，或这一项没有公示。")
    if nominee.objections.filter(status="OPEN").count() >= MOST_OPEN:
        raise UnableToNominateError("这一项已有多条异议在核实，请等待处理结果。")
    made = Objection.objects.create(
        number=next_number("PY", at=at),
        nominee=nominee,
        words=words,
        name=name,
        contact=contact,
        made_at=at,
    )
    audit.record("honours.objection.make", target=made, by=SYSTEM, at=at, after=nominee.number)
    return made


@transaction.atomic
def decide(*, objection: Objection, verb: str, decision: str, by: Actor, at: datetime) -> Objection:
    """Decide an objection (处理): upheld, the nominee is struck and nobody moves up.

    Raises:
        UnableToNominateError: there is no reason, or it is about the actor himself or whom he put
            forward.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see the lifecycle.
    """
    nominee = objection.nominee
    own = nominee.person is not None and nominee.person.number == by.person_number
    if own or nominee.nominated_by_id == by.id:
        raise UnableToNominateError("与您本人或您的提名有关，请由另一人处理。")
    if not decision:
        raise UnableToNominateError("请写明处理结果。", field="reason")
    changes = {"decision": decision, "decided_by": by.name, "decided_at": at}
    done = transitions.apply(
        objection, verb, lifecycle=OBJECTION, by=by, at=at, note=decision, changes=changes
    )
    if verb == "uphold" and nominee.status == "ELIGIBLE":
        transitions.apply(
            nominee,
            "strike",
            lifecycle=NOMINEE,
            by=by,
            at=at,
            note=objection.number,
            changes={"is_chosen": False},
        )
    return done
