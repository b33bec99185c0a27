"""What the books say of whom an actor may see: balances, the entries behind, one entry, a check."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet

from dianliang.core import audit
from dianliang.domain.directory.models import Unit
from dianliang.domain.ledger import queries, verifying
from dianliang.domain.ledger.models import Article, Book, Drive, Entry, Grant, Line
from dianliang.domain.ledger.queries import Balance
from dianliang.domain.ledger.verifying import Verdict
from dianliang.domain.ledger.wording import (
    SOURCES,
    figure,
    holder_names,
    said,
    unit_word,
)
from dianliang.domain.workforce.models import Person, PersonMerge, Team
from dianliang.kernel.actor import Actor
from dianliang.kernel.errors import NotVisibleError
from dianliang.kernel.phrases import joined

BY = {"person": "按个人", "team": "按队伍", "unit": "按单位"}
ROWS, LINES = 100, 60
"""Rows of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which balances: of which book and article, by what, in [since, until)."""

    book: str
    by: str
    since: date
    until: date
    article: str = ""
    q: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A holder with his figures as they are said."""

    code: str
    name: str
    opening: str
    added: str
    taken: str
    closing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChoice:
    """A book that can be chosen, with the articles counted in it."""

    code: str
    name: str
    articles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances:
    """A page of balances; `total` is that of all rows, not only of the page."""

    books: tuple[BookChoice, ...]
    chosen: BookChoice
    unit_word: str
    rows: tuple[Row, ...]
    total: Row
    count: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A line of an entry; `source_kind` and `source_number` name the record it follows from."""

    entry: str
    on: date
    words: str
    source_kind: str
    source_label: str
    source_number: str
    holder_kind: str
    holder_code: str
    holder_name: str
    amount: str
    is_out: bool
    rule: str
    is_counter: bool
    counter: str
    team_code: str
    unit_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody in a book: what he has, and a page of his lines, latest first."""

    name: str
    book: str
    book_code: str
    had: str
    lines: tuple[LineRow, ...]
    count: int
    pages: int


def books() -> tuple[BookChoice, ...]:
    """Return the books in use."""
    articles = tuple(Article.objects.filter(is_active=True).values_list("code", "name"))
    return tuple(
        BookChoice(
            code=book.code,
            name=book.name,
            articles=articles if book.quantity == Book.Quantity.PIECES else (),
        )
        for book in Book.objects.filter(is_active=True)
    )


def balances(*, asked: Asked, by: Actor) -> Balances:
    """Return the balances that an actor may see, the largest first.

    Raises:
        NotVisibleError: there is no such book.
    """
    offered, chosen, article, ordered = _found(asked, by=by)
    quantity = Book.objects.get(code=asked.book).quantity
    first = (asked.page - 1) * ROWS
    shown = ordered[first : first + ROWS]
    names = holder_names({(asked.by, row.code) for row in shown})
    return Balances(
        books=offered,
        chosen=chosen,
        unit_word=unit_word(quantity, article=Article.objects.filter(code=article).first()),
        rows=tuple(_row(row, names[asked.by, row.code], quantity) for row in shown),
        total=_row(_sum(ordered), "", quantity),
        count=len(ordered),
        pages=-(-len(ordered) // ROWS),
    )


def _found(
    asked: Asked, *, by: Actor
) -> tuple[tuple[BookChoice, ...], BookChoice, str, list[Balance]]:
    offered = books()
    chosen = next((book for book in offered if book.code == asked.book), None)
    if chosen is None:
        raise NotVisibleError("没有这个账本。")
    article = asked.article or (chosen.articles[0][0] if chosen.articles else "")
    found = queries.balances(
        asked.book,
        by=asked.by,
        since=asked.since,
        until=asked.until,
        article=article,
        codes=_codes(asked.by, asked.q, by=by),
    )
    return offered, chosen, article, sorted(found, key=lambda row: (-row.closing, row.code))


def all_rows(*, asked: Asked, by: Actor) -> tuple[tuple[tuple[Balance, str], ...], Article | None]:
    """Return every balance that an actor may see with the holder's name, the largest first.

    With them goes which article was counted, where pieces are.

    Raises:
        NotVisibleError: there is no such book.
    """
    _, _, article, ordered = _found(asked, by=by)
    names = holder_names({(asked.by, row.code) for row in ordered})
    rows = tuple((row, names[asked.by, row.code]) for row in ordered)
    return rows, Article.objects.filter(code=article).first()


def _codes(view: str, q: str, *, by: Actor) -> QuerySet[Any, Any] | None:
    """Return whom an actor may see, as a query; None where that is everybody."""
    if by.unit_path == "/" and not q:
        return None
    model = {"person": Person, "team": Team, "unit": Unit}[view]
    path = "path" if model is Unit else "unit__path"
    rows = model._default_manager.filter(**{f"{path}__startswith": by.unit_path or "-"})
    key = "number" if model is Person else "code"
    if q:
        rows = rows.filter(Q(name__icontains=q) | Q(**{key: q}))
    codes: QuerySet[Any, Any] = rows.values(key)
    return codes


def _sum(rows: Iterable[Balance]) -> Balance:
    rows = list(rows)
    return Balance(
        code="",
        opening=sum(row.opening for row in rows),
        added=sum(row.added for row in rows),
        taken=sum(row.taken for row in rows),
    )


def _row(row: Balance, name: str, quantity: str) -> Row:
    return Row(
        code=row.code,
        name=name,
        opening=figure(row.opening, quantity),
        added=figure(row.added, quantity),
        taken=figure(row.taken, quantity),
        closing=figure(row.closing, quantity),
    )


def holder(
    *, book: str, kind: str, code: str, since: date | None, until: date | None, page: int, by: Actor
) -> Holder:
    """Return what somebody has in a book and the lines behind it.

    Raises:
        NotVisibleError: there is no such book or holder, or not for this actor.
    """
    chosen = Book.objects.filter(code=book).first()
    if chosen is None or not sees(kind, code, by=by):
        raise NotVisibleError("没有这个账户。")
    rows = queries.lines_of(book=book, kind=kind, code=code, since=since, until=until)
    is_whole, first = since is None and until is None, (page - 1) * LINES
    whole = queries.lines_count(book=book, kind=kind, code=code) if is_whole else 0
    count = whole if is_whole else rows.count()
    had = queries.balance_of(book=book, kind=kind, code=code)
    return Holder(
        name=holder_names({(kind, code)})[kind, code],
        book=chosen.name,
        book_code=chosen.code,
        had=joined(
            "、", (said(amount, chosen.quantity, article=article) for article, amount in had)
        )
        or said(0, chosen.quantity),
        lines=line_rows(rows[first : first + LINES]),
        count=count,
        pages=-(-count // LINES),
    )


def sees(kind: str, code: str, *, by: Actor) -> bool:
    """Tell whether an actor may see a holder: one of his units, and those beyond only from top."""
    return (kind, code) in seen({(kind, code)}, by=by)


def seen(holders: Collection[tuple[str, str]], *, by: Actor) -> set[tuple[str, str]]:
    """Return which of some holders an actor may see, in as many queries as there are kinds."""
    path = by.unit_path or "-"
    codes: dict[str, list[str]] = {}
    for kind, code in holders:
        codes.setdefault(kind, []).append(code)
    return {
        (kind, code)
        for kind, asked in codes.items()
        if kind in _OF_UNITS
        for code in _OF_UNITS[kind](asked, path)
    }


def _people(numbers: list[str], path: str) -> Iterable[str]:
    people = Person.objects.filter(number__in=numbers, unit__path__startswith=path)
    merged = PersonMerge.objects.filter(
        gone_number__in=numbers, person__unit__path__startswith=path
    )
    return chain(
        people.values_list("number", flat=True), merged.values_list("gone_number", flat=True)
    )


def _funds(numbers: list[str], path: str) -> Iterable[str]:
    drives = Drive.objects.filter(number__in=numbers, unit__path__startswith=path)
    grants = Grant.objects.filter(number__in=numbers, drive__unit__path__startswith=path)
    return chain(*(rows.values_list("number", flat=True) for rows in (drives, grants)))


_OF_UNITS: Mapping[str, Callable[[list[str], str], Iterable[str]]] = {
    "person": _people,
    "team": lambda codes, path: Team.objects.filter(
        code__in=codes, unit__path__startswith=path
    ).values_list("code", flat=True),
    "unit": lambda codes, path: Unit.objects.filter(
        code__in=codes, path__startswith=path
    ).values_list("code", flat=True),
    "fund": _funds,
    "outside": lambda codes, path: codes if path == "/" else (),
}
"""Which holders of a kind belong to the units at or below a path."""


def line_rows(rows: Iterable[Line]) -> tuple[LineRow, ...]:
    """Return lines as pages show them, in as many queries for one as for all."""
    lines = list(rows)
    names = holder_names({(line.account.holder_kind, line.account.holder_code) for line in lines})
    undone = dict(
        Entry.objects.filter(reverses__in=[line.entry_id for line in lines]).values_list(
            "reverses_id", "number"
        )
    )
    return tuple(_line_row(line, names, undone) for line in lines)


def _line_row(
    line: Line, names: Mapping[tuple[str, str], str], undone: Mapping[int, str]
) -> LineRow:
    entry, held = line.entry, line.account
    quantity = held.book.quantity
    return LineRow(
        entry=entry.number,
        on=entry.on,
        words=entry.words,
        source_kind=entry.source_kind,
        source_label=SOURCES.get(entry.source_kind, entry.source_kind),
        source_number=entry.source_number,
        holder_kind=held.holder_kind,
        holder_code=held.holder_code,
        holder_name=names[held.holder_kind, held.holder_code],
        amount=said(line.amount, quantity, article=held.article),
        is_out=line.amount < 0,
        rule=str(entry.rule) if entry.rule else "",
        is_counter=entry.reverses_id is not None,
        counter=undone.get(entry.pk, ""),
        team_code=line.team_code,
        unit_code=line.unit_code,
    )


def check(*, by: Actor, at: datetime) -> Verdict:
    """Hold all books against themselves; that it was done is on record."""
    verdict = verifying.verify()
    audit.record_about(
        "ledger.book.verify",
        target_type="ledger.book",
        target_id="*",
        by=by,
        at=at,
        after="一致" if verdict.is_right else f"{len(verdict.faults)} 处不一致",
    )
    return verdict
