"""Settle points: what records earned is checked by others, shown to all, then entered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Manager, OuterRef, Q, QuerySet

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger.lifecycle import SETTLEMENT
from dianliang.domain.ledger.models import Account, Award, Book, PointRule, Settlement
from dianliang.domain.ledger.operations import (
    Line,
    OwnBenefitError,
    Posting,
    Source,
    account,
    accounts,
    post_all,
)
from dianliang.domain.ledger.queries import whole_month_from
from dianliang.domain.ledger.scoring import Given, Scored
from dianliang.domain.ledger.wording import SOURCES
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.kernel.actor import SYSTEM, Actor
from dianliang.kernel.calendar import SHANGHAI, TimeUnit, WorkCalendar
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase
from dianliang.kernel.text import clean_text

NOTICE_DAYS = 3
"""Working days for which points are shown before they are entered."""


class UnableToSettleError(DomainError):
    """Points cannot be settled like this, or not yet."""

    code = "ledger.unable-to-settle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many were approved, and how many were left for others: own ones, those of own teams."""

    approved: int
    own: int
    of_team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What has been counted already: which records by which rules, and what they gave."""

    records: frozenset[tuple[str, str, str, str]]
    given: tuple[Given, ...]


def counted(*, book: str, since: date, until: date) -> Counted:
    """Return what earlier settlements have counted in the months that a period touches.

    The records are (rule, person, kind, number).
    """
    awards = Award.objects.filter(
        settlement__book__code=book, on__gte=since.replace(day=1), on__lt=whole_month_from(until)
    )
    rows = awards.values_list(
        "rule__code", "person__number", "source_kind", "source_number", "on", "points"
    )
    # What was refused or taken back leaves its room under the caps to other records.
    stands = Q(refused_because="") & (Q(entry=None) | Q(entry__reversed_by=None))
    return Counted(
        records=frozenset((row[0], row[1], row[2], row[3]) for row in rows),
        given=tuple(
            Given(rule=r, person=p, on=on, points=n)
            for r, p, _, _, on, n in rows.filter(stands | Q(appeals__status="UPHELD")).distinct()
        ),
    )


@transaction.atomic
def make(
    *,
    book: str,
    unit: Unit,
    since: date,
    until: date,
    scored: Sequence[Scored],
    by: Actor,
    at: datetime,
) -> Settlement:
    """Write down what records of a period earned (计算).

    Raises:
        UnableToSettleError: the period makes no sense, has not ended, or nothing was earned.
    """
    if until <= since:
        raise UnableToSettleError("结算期的止日应晚于起日。", field="until")
    if until > at.astimezone(SHANGHAI).date():
        raise UnableToSettleError("结算期还没有结束，请选择今天以前的日期。", field="until")
    if not scored:
        raise UnableToSettleError("这一期没有可计分的新记录。", field="since")
    made = Settlement.objects.create(
        number=next_number("JF", at=at),
        book=Book.objects.get(code=book),
        unit=unit,
        since=since,
        until=until,
        made_at=at,
        made_by=by.id,
        made_name=by.name,
    )
    _store(made, scored)
    audit.record("ledger.settlement.make", target=made, by=by, at=at, after=f"{len(scored)} 条")
    return made


def _store(made: Settlement, scored: Sequence[Scored]) -> None:
    people = dict(_keys(Person.objects, "number", {one.deed.person for one in scored}))
    teams = dict(_keys(Team.objects, "code", {one.deed.team for one in scored}))
    units = dict(_keys(Unit.objects, "code", {one.deed.unit for one in scored}))
    rules = dict(_keys(PointRule.objects, "code", {one.terms.rule for one in scored}))
    Award.objects.bulk_create(
        [
            Award(
                settlement=made,
                rule_id=rules[one.terms.rule],
                version_id=one.terms.version,
                person_id=people[one.deed.person],
                team_id=teams.get(one.deed.team),
                unit_id=units[one.deed.unit],
                on=one.deed.on,
                source_kind=one.deed.source_kind,
                source_number=one.deed.source_number,
                quantity=one.deed.quantity,
                points=one.points,
                capped=one.capped,
            )
            for one in scored
        ],
        batch_size=1000,
    )


def _keys(rows: Manager[Any], field: str, values: set[str]) -> QuerySet[Any, tuple[str, int]]:
    return rows.filter(**{f"{field}__in": values}).values_list(field, "pk")


def barred(by: Actor) -> tuple[Q, Q]:
    """Return which awards an actor may not decide: his own, and those of teams that he leads.

    A team is his also if he led it on the day of the record, or was to lead it then.
    """
    if not by.person_number:
        return Q(pk__in=()), Q(pk__in=())
    led = Membership.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=OuterRef("on")),
        team=OuterRef("team"),
        person__number=by.person_number,
        is_captain=True,
    )
    own = Q(person__number=by.person_number)
    return own, Q(Exists(led)) & ~own


@transaction.atomic
def approve(*, settlement: Settlement, by: Actor, at: datetime) -> Checked:
    """Approve all that waits, except what the actor may not: his own and his team's (审核).

    Raises:
        OwnBenefitError: nothing else waits.
        UnableToSettleError: nothing waits, or the settlement is beyond this.
    """
    _require_draft(settlement)
    waiting = settlement.awards.filter(decided_by="")
    own, of_team = barred(by)
    left = Checked(
        approved=waiting.exclude(own | of_team).count(),
        own=waiting.filter(own).count(),
        of_team=waiting.filter(of_team).count(),
    )
    if not left.approved:
        if left.own or left.of_team:
            raise OwnBenefitError("剩下的是您本人或您所带队伍的积分，须由他人审核。")
        raise UnableToSettleError("没有待审核的积分。")
    waiting.exclude(own | of_team).update(**_decision(by, at))
    audit.record(
        "ledger.settlement.approve",
        target=settlement,
        by=by,
        at=at,
        after=f"{left.approved} 条",
        reason=f"回避 {left.own + left.of_team} 条" if left.own or left.of_team else "",
    )
    return left


@transaction.atomic
def refuse(*, award: Award, because: str, by: Actor, at: datetime) -> Award:
    """Give no points for a record (不予计分).

    Raises:
        OwnBenefitError: it is the actor's own, or of a team that he leads.
        UnableToSettleError: the settlement is beyond this.
        InvalidInputError: there is no reason.
    """
    because = clean_text(because, field="because", label="不予计分的原因", most=200, least=2)
    _require_draft(award.settlement)
    require_other(award, by=by)
    Award.objects.filter(pk=award.pk).update(**_decision(by, at), refused_because=because)
    award.refresh_from_db()
    audit.record(
        "ledger.settlement.refuse",
        target=award.settlement,
        by=by,
        at=at,
        after=f"{award.person.number} {award.source_number}",
        reason=because,
    )
    return award


def require_other(award: Award, *, by: Actor) -> None:
    """Refuse who would decide about himself or a team that he leads.

    Raises:
        OwnBenefitError: he would.
    """
    rows = Award.objects.filter(pk=award.pk)
    own, of_team = barred(by)
    if rows.filter(own).exists():
        raise OwnBenefitError("不能审核本人的积分，请由他人办理。")
    if rows.filter(of_team).exists():
        raise OwnBenefitError("队长不能审核本队的积分，请由他人办理。")


@transaction.atomic
def show(*, settlement: Settlement, calendar: WorkCalendar, by: Actor, at: datetime) -> Settlement:
    """Show to all what is to be entered, for some working days (公示).

    Raises:
        UnableToSettleError: something has not been decided yet.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    waiting = settlement.awards.filter(decided_by="").count()
    if waiting:
        raise UnableToSettleError(
            Phrase("还有 %(waiting)d 条积分没有审核，审核完再公示。", waiting=waiting)
        )
    until = calendar.add(at, NOTICE_DAYS, TimeUnit.WORKING_DAYS)
    return transitions.apply(
        settlement,
        "show",
        lifecycle=SETTLEMENT,
        by=by,
        at=at,
        note=f"公示 {NOTICE_DAYS} 个工作日",
        changes={"shown_at": at, "notice_until": until},
    )


@transaction.atomic
def enter(*, settlement: Settlement, by: Actor, at: datetime) -> Settlement:
    """Enter what was shown, once the notice is over and every appeal decided (入账).

    The system posts: that each line was approved by another person is kept with the line.

    Raises:
        UnableToSettleError: the notice goes on, or an appeal is open.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    settlement.refresh_from_db()
    if settlement.notice_until is not None and at < settlement.notice_until:
        until = settlement.notice_until.astimezone(SHANGHAI)
        raise UnableToSettleError(
            Phrase("公示期到 %(until)s，期满后再入账。", until=f"{until:%Y-%m-%d %H:%M}")
        )
    open_appeals = settlement.awards.filter(appeals__status="OPEN").count()
    if open_appeals:
        raise UnableToSettleError(
            Phrase("还有 %(n)d 件申诉没有裁定，裁定后再入账。", n=open_appeals)
        )
    moved = transitions.apply(
        settlement, "enter", lifecycle=SETTLEMENT, by=by, at=at, changes={"posted_at": at}
    )
    due = settlement.awards.filter(refused_because="", points__gt=0, entry=None)
    awards = list(due.select_related("person", "team", "unit", "rule__book"))
    entries = post_all(postings=_postings(awards), by=SYSTEM, at=at)
    for award, entry in zip(awards, entries, strict=True):
        award.entry = entry
    Award.objects.bulk_update(awards, ["entry"], batch_size=500)
    return moved


def _postings(awards: Sequence[Award]) -> list[Posting]:
    """Return the entries of the awards of a settlement, which is of one book."""
    if not awards:
        return []
    book = awards[0].rule.book.code
    people = accounts(book, "person", {award.person.number for award in awards})
    origin = account(book, "outside", "points")
    return [
        _posting(
            award,
            people[award.person.number],
            origin,
            points=award.points,
            key=f"award/{award.pk}",
            words=award.rule.name,
        )
        for award in awards
    ]


def posting_of(award: Award, *, points: int, key: str, words: str) -> Posting:
    """Return the entry that gives a person points for his record under his rule."""
    book = award.rule.book.code
    person = account(book, "person", award.person.number)
    origin = account(book, "outside", "points")
    return _posting(award, person, origin, points=points, key=key, words=words)


def _posting(
    award: Award, person: Account, origin: Account, *, points: int, key: str, words: str
) -> Posting:
    team, unit = award.team.code if award.team else "", award.unit.code
    kind = SOURCES.get(award.source_kind, award.source_kind)
    return Posting(
        book=award.rule.book.code,
        lines=(Line(person, points, team, unit), Line(origin, -points)),
        source=Source(award.source_kind, award.source_number),
        on=award.on,
        words=f"{words}：{kind} {award.source_number}"[:200],
        key=key,
        rule=award.version_id,
    )


@transaction.atomic
def drop(*, settlement: Settlement, by: Actor, at: datetime) -> Settlement:
    """Give a settlement up; its records can be counted anew (撤销).

    Raises:
        UnableToSettleError: somebody appealed.
        IllegalTransitionError, StaleStateError: see the lifecycle.
    """
    if settlement.awards.filter(appeals__isnull=False).exists():
        raise UnableToSettleError("已有人申诉的结算不能撤销，请裁定后入账。")
    moved = transitions.apply(settlement, "drop", lifecycle=SETTLEMENT, by=by, at=at)
    settlement.awards.all().delete()
    return moved


def due_numbers(*, at: datetime) -> Collection[str]:
    """Return the settlements whose notice is over and that nobody's open appeal holds up."""
    over = Settlement.objects.filter(status="NOTICE", notice_until__lte=at)
    held = over.filter(awards__appeals__status="OPEN")
    return list(over.exclude(pk__in=held.values("pk")).values_list("number", flat=True))


def _decision(by: Actor, at: datetime) -> dict[str, object]:
    person = Person.objects.filter(number=by.person_number).first() if by.person_number else None
    return {
        "decided_by": by.id,
        "decided_name": by.name,
        "decided_person": person,
        "decided_at": at,
    }


def _require_draft(settlement: Settlement) -> None:
    held = Settlement.objects.select_for_update().get(pk=settlement.pk)
    if held.status != "DRAFT":
        label = SETTLEMENT.labels[held.status]
        raise UnableToSettleError(
            Phrase("结算单%(label)s，不能再审核；有异议请走申诉。", label=Phrase(label))
        )
