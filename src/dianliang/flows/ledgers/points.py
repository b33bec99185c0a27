"""Pages about points: rules and versions, settlements, notices, appeals, what somebody has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Q, QuerySet, When

from dianliang.core.rows import Rows, in_order
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import appealing, queries, settling
from dianliang.domain.ledger.lifecycle import SETTLEMENT
from dianliang.domain.ledger.models import Appeal, Award, Book, Settlement
from dianliang.domain.ledger.wording import said
from dianliang.flows.ledgers import earning
from dianliang.flows.ledgers.rows import (
    SHOWN,
    AppealRow,
    AwardRow,
    PersonRow,
    SettlementRow,
    appeal_rows,
    award_rows,
    people_of,
    settlement_rows,
)
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import InvalidInputError, NotVisibleError

MOST_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementPage:
    """One settlement with its people, its records and its appeals."""

    row: SettlementRow
    verbs: tuple[tuple[str, str], ...]
    made_name: str
    people: tuple[PersonRow, ...]
    awards: tuple[AwardRow, ...]
    appeals: tuple[AppealRow, ...]
    own: int
    of_team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What a person of the staff has, what he was counted for, and what is being shown."""

    balances: tuple[tuple[str, str, str], ...]
    awards: Sequence[AwardRow]
    appeals: tuple[AppealRow, ...]
    notices: tuple[SettlementRow, ...]
    more_notices: int


def units_of(by: Actor) -> tuple[tuple[str, str], ...]:
    """Return the units whose points an actor may settle."""
    own = Unit.objects.filter(path__startswith=by.unit_path or "-", person__isnull=False)
    above = Unit.objects.filter(path=by.unit_path)
    return tuple((own.distinct() | above.distinct()).order_by("path").values_list("code", "name"))


def settlements(*, by: Actor) -> Sequence[SettlementRow]:
    """Return the settlements of an actor's units, latest first."""
    found = Settlement.objects.filter(unit__path__startswith=by.unit_path or "-")
    return Rows(found.exclude(status="DROPPED"), settlement_rows)


def _around(by: Actor) -> Q:
    """Return what is shown to somebody: of his units, and of those that they belong to."""
    parts = by.unit_path.strip("/").split("/")
    above = ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
    return Q(unit__path__startswith=by.unit_path or "-") | Q(unit__path__in=above)


def settlement_of(number: str, *, by: Actor) -> Settlement:
    """Return a settlement of an actor's units.

    Raises:
        NotVisibleError: there is none.
    """
    found = (
        Settlement.objects.filter(number=number, unit__path__startswith=by.unit_path or "-")
        .exclude(status="DROPPED")
        .select_related("book", "unit")
    )
    one = found.first()
    if one is None:
        raise NotVisibleError("没有找到这份结算单。")
    return one


def settlement_page(*, number: str, by: Actor) -> SettlementPage:
    """Return a settlement with all its records.

    Raises:
        NotVisibleError: there is none of the actor's units.
    """
    one = settlement_of(number, by=by)
    (row,) = settlement_rows(Settlement.objects.filter(pk=one.pk))
    waiting = one.awards.filter(decided_by="")
    own, of_team = settling.barred(by)
    verbs = SETTLEMENT.verbs(one.status, role=by.role)
    return SettlementPage(
        row=row,
        verbs=tuple((verb.verb, verb.label) for verb in verbs),
        made_name=one.made_name,
        people=people_of(one),
        awards=award_rows(one.awards.all()),
        appeals=appeal_rows(Appeal.objects.filter(award__settlement=one)),
        own=waiting.filter(own).count(),
        of_team=waiting.filter(of_team).count(),
    )


def appeals(*, by: Actor) -> Sequence[AppealRow]:
    """Return the appeals of an actor's units, open ones first."""
    is_decided = Case(When(status="OPEN", then=0), default=1)
    return Rows(_appeals(by).order_by(is_decided, "-number"), appeal_rows)


def open_appeals(*, by: Actor) -> int:
    """Return how many appeals of an actor's units wait for a decision."""
    return _appeals(by).filter(status="OPEN").count()


def _appeals(by: Actor) -> QuerySet[Appeal]:
    return Appeal.objects.filter(award__settlement__unit__path__startswith=by.unit_path or "-")


def act(*, number: str, verb: str, by: Actor, at: datetime) -> str:
    """Approve, show, enter or drop a settlement; return what happened, in words.

    Raises:
        NotVisibleError: there is none of the actor's units.
        DomainError: see the operations.
    """
    one = settlement_of(number, by=by)
    if verb == "approve":
        done = settling.approve(settlement=one, by=by, at=at)
        words = f"已审核 {done.approved} 条。"
        if done.own or done.of_team:
            words += f"另有 {done.own + done.of_team} 条是您本人或您所带队伍的，须由他人审核。"
        return words
    if verb == "show":
        shown = earning.show(settlement=one, by=by, at=at)
        until = shown.notice_until.astimezone(SHANGHAI) if shown.notice_until else at
        return f"已公示，公示期到 {until:%Y-%m-%d %H:%M}。"
    if verb == "enter":
        settling.enter(settlement=one, by=by, at=at)
        return "已入账。"
    if verb == "drop":
        settling.drop(settlement=one, by=by, at=at)
        return "已撤销，其中的记录可以重新计算。"
    raise NotVisibleError("没有这个操作。")


def award_of(award: int, *, by: Actor, number: str = "") -> Award:
    """Return an actor's own points; to party affairs those of their units.

    Raises:
        NotVisibleError: there are none.
    """
    scope = Q(person__number=by.person_number) if by.person_number else Q(pk__in=())
    if by.role is Role.PARTY_AFFAIRS:
        scope |= Q(settlement__unit__path__startswith=by.unit_path or "-")
    rows = Award.objects.filter(scope, pk=award)
    if number:
        rows = rows.filter(settlement__number=number)
    found = rows.select_related("settlement", "person", "rule").first()
    if found is None:
        raise NotVisibleError("没有找到这条积分。")
    return found


def refuse(*, number: str, award: int, because: str, by: Actor, at: datetime) -> Award:
    """Give no points for a record; see the operation."""
    settlement_of(number, by=by)
    found = award_of(award, by=by, number=number)
    return settling.refuse(award=found, because=because, by=by, at=at)


def appeal(*, award: int, wanted: int, words: str, by: Actor, at: datetime) -> Appeal:
    """Appeal against points: one's own, or on behalf of somebody of one's units."""
    found = award_of(award, by=by)
    return appealing.appeal(award=found, wanted=wanted, words=words, by=by, at=at)


def decide(
    *, number: str, verb: str, granted: int | None, because: str, by: Actor, at: datetime
) -> Appeal:
    """Decide an appeal of an actor's units; see the operation.

    Raises:
        NotVisibleError: there is none.
        InvalidInputError: it can be upheld or rejected only.
    """
    found = (
        Appeal.objects.filter(
            number=number, award__settlement__unit__path__startswith=by.unit_path or "-"
        )
        .select_related("award__settlement", "award__rule__book", "award__person")
        .first()
    )
    if found is None:
        raise NotVisibleError("没有找到这件申诉。")
    if verb not in ("uphold", "reject"):
        raise InvalidInputError("请选择支持或不支持。", field="verb")
    return appealing.decide(appeal=found, verb=verb, granted=granted, because=because, by=by, at=at)


def mine(*, by: Actor, is_whole: bool = False) -> Mine:
    """Return what a person of the staff has in each book, his points, and the latest notices."""
    number = by.person_number
    balances = tuple(
        (
            book.code,
            book.name,
            said(
                queries.balance(book=book.code, holder_kind="person", holder_code=number),
                book.quantity,
            ),
        )
        for book in Book.objects.filter(is_active=True)
        if number and book.quantity in (Book.Quantity.MINUTES, Book.Quantity.POINTS)
    )
    own = Award.objects.filter(person__number=number or "-", settlement__status__in=SHOWN)
    shown = Settlement.objects.filter(_around(by), status__in=SHOWN)
    more = 0 if is_whole else max(0, shown.count() - MOST_LISTED)
    latest = in_order(shown)[: None if is_whole else MOST_LISTED]
    return Mine(
        balances=balances,
        awards=Rows(own.order_by("-on", "-pk"), award_rows),
        appeals=appeal_rows(Appeal.objects.filter(award__person__number=number or "-")),
        notices=settlement_rows(latest),
        more_notices=more,
    )


def notice(*, number: str, by: Actor) -> tuple[SettlementRow, tuple[PersonRow, ...]]:
    """Return what is shown to all of a unit: each person's points, nothing else.

    Raises:
        NotVisibleError: there is none that is shown.
    """
    found = Settlement.objects.filter(_around(by), number=number, status__in=SHOWN)
    rows = settlement_rows(found)
    if not rows:
        raise NotVisibleError("没有找到这份公示。")
    return rows[0], people_of(found.get())
