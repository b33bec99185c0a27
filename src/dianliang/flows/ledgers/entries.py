"""One entry, or all that follow from a record: who may see them, and where one is undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from dianliang.domain.ledger import folding, operations
from dianliang.domain.ledger.models import Entry, Line
from dianliang.domain.ledger.wording import SOURCES
from dianliang.flows.ledgers.balances import LineRow, line_rows, seen
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import Phrase

MOST_ENTRIES = 100
KEPT_ELSEWHERE = frozenset({"hours", "gift", "grant", "redemption"})
"""Sources that go on saying what an entry said: it is undone with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """One entry with its lines, its source, its rule, and what undid it.

    `elsewhere` says where it is undone, if not by itself.
    """

    number: str
    book: str
    on: date
    posted_at: datetime
    by_name: str
    words: str
    source_kind: str
    source_label: str
    source_number: str
    rule: str
    because: str
    reverses: str
    reversed_by: str
    elsewhere: str
    lines: tuple[LineRow, ...]


def entry(*, number: str, by: Actor) -> EntryPage:
    """Return one entry, for whoever may see one of its holders.

    Raises:
        NotVisibleError: there is none, or not for this actor.
    """
    pages = _entry_pages(Entry.objects.filter(number=number), by=by)
    if not pages:
        raise NotVisibleError("没有这笔分录。")
    return pages[0]


def entries_of(*, kind: str, number: str, by: Actor) -> tuple[EntryPage, ...]:
    """Return the entries that follow from a record, for whoever may see one of their holders."""
    return _entry_pages(_following(kind, number)[:MOST_ENTRIES], by=by)


def left_out(*, kind: str, number: str) -> int:
    """Return how many entries of a record come after those that are shown."""
    return _following(kind, number)[MOST_ENTRIES:].count()


def _following(kind: str, number: str) -> QuerySet[Entry]:
    return Entry.objects.filter(source_kind=kind, source_number=number).order_by("id")


def _entry_pages(rows: QuerySet[Entry], *, by: Actor) -> tuple[EntryPage, ...]:
    found = {entry.pk: entry for entry in rows.select_related("book", "rule__rule", "reverses")}
    joined = Line.objects.select_related("entry__rule__rule", "account__book", "account__article")
    lines = list(joined.filter(entry__in=found).order_by("-amount", "id"))
    visible = seen({holder for line in lines for holder in _holders(line)}, by=by)
    shown = {line.entry_id for line in lines if visible & _holders(line)}
    told: dict[str, list[LineRow]] = {}
    for row in line_rows(lines):
        told.setdefault(row.entry, []).append(row)
    return tuple(
        _entry_page(entry, told[entry.number]) for key, entry in found.items() if key in shown
    )


def _holders(line: Line) -> set[tuple[str, str]]:
    """Return whose a line is, and for which unit it was done."""
    own = {(line.account.holder_kind, line.account.holder_code)}
    return own | {("unit", line.unit_code)} if line.unit_code else own


def _entry_page(found: Entry, lines: Sequence[LineRow]) -> EntryPage:
    return EntryPage(
        number=found.number,
        book=found.book.name,
        on=found.on,
        posted_at=found.posted_at,
        by_name=found.by_name,
        words=found.words,
        source_kind=found.source_kind,
        source_label=SOURCES.get(found.source_kind, found.source_kind),
        source_number=found.source_number,
        rule=str(found.rule) if found.rule else "",
        because=found.because,
        reverses=found.reverses.number if found.reverses else "",
        reversed_by=lines[0].counter,
        elsewhere=_elsewhere(found),
        lines=tuple(lines),
    )


def _elsewhere(found: Entry) -> str:
    """Return where an entry is undone, if not by itself: its record would go on standing."""
    if found.rule_id is not None:
        return "积分由结算入账，请用申诉更正。"
    if found.source_kind == folding.SOURCE:
        return "人员合并不能撤销，这笔分录也不能冲正。"
    if found.source_kind in KEPT_ELSEWHERE:
        label = SOURCES[found.source_kind]
        return Phrase(
            "这笔分录由%(label)s %(number)s 产生，请到该记录更正或撤回。",
            label=Phrase(label),
            number=found.source_number,
        )
    return ""


def reverse(*, number: str, because: str, by: Actor, at: datetime) -> Entry:
    """Undo an entry that an actor may see; see the operation.

    Raises:
        NotVisibleError: there is none, or not for this actor.
        UnableToPostError, InvalidInputError: see the operation; what hours, a settlement, a gift, a
            grant or a redemption entered is undone there.
    """
    found = entry(number=number, by=by)
    if found.elsewhere:
        raise operations.UnableToPostError(found.elsewhere)
    return operations.reverse(number, because=because, by=by, at=at)
