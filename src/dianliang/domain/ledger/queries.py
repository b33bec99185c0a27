"""What the books say: balances by holder, team, unit and period, and the entries behind them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Greatest, Least

from dianliang.domain.ledger.models import Account, Article, Book, Line, Turnover

Codes = Collection[str] | QuerySet[Any, Any]
BY = {"person": "account__holder_code", "team": "team_code", "unit": "unit_code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What moved for somebody in a period, in the book's smallest unit.

    `opening` is what there was when it began. Outside of it nothing is counted of those who had
    nothing and to whom nothing happened.
    """

    code: str
    opening: int
    added: int
    taken: int

    @property
    def closing(self) -> int:
        """Return what there is at the end."""
        return self.opening + self.added - self.taken


def balance(
    *, book: str, holder_kind: str, holder_code: str, on: date | None = None, article: str = ""
) -> int:
    """Return what a holder has, now or at the end of a day, in the book's smallest unit."""
    held = _accounts(book, article).filter(holder_kind=holder_kind, holder_code=holder_code)
    if on is None:
        return held.aggregate(sum=Sum("amount"))["sum"] or 0
    first = on.replace(day=1)
    months = Turnover.objects.filter(account__in=held, month__lt=first)
    whole = months.aggregate(sum=Sum(F("added") - F("taken")))["sum"] or 0
    days = Line.objects.filter(account__in=held, on__gte=first, on__lte=on)
    return whole + (days.aggregate(sum=Sum("amount"))["sum"] or 0)


def balances(
    book: str,
    *,
    by: str,
    since: date,
    until: date,
    article: str = "",
    codes: Codes | None = None,
) -> tuple[Balance, ...]:
    """Return who had, got and gave how much in [since, until), by person, team or unit.

    Whole months come from the monthly rows, the days before and after them from the lines, so
    that a million lines are never summed. `codes` narrows it to some holders.

    Raises:
        KeyError: `by` is none of the three.
    """
    begin, first, last = since.replace(day=1), whole_month_from(since), until.replace(day=1)
    whole, edges = Q(pk__in=()), Q(on__gte=since, on__lt=until)
    if first <= last:
        whole = Q(month__gte=first, month__lt=last)
        edges = Q(on__gte=since, on__lt=first) | Q(on__gte=last, on__lt=until)
    before, partly = Q(month__lt=begin), Q(on__gte=begin, on__lt=since)
    turned = Turnover.objects.filter(before | whole, _of(by, codes)).values_list(BY[by])
    dated = Line.objects.filter(partly | edges, _of(by, codes)).values_list(BY[by])
    months = turned.filter(account__in=_accounts(book, article)).annotate(
        opened=Sum(F("added") - F("taken"), filter=before, default=0),
        came=Sum("added", filter=whole, default=0),
        went=Sum("taken", filter=whole, default=0),
    )
    days = dated.filter(account__in=_accounts(book, article)).annotate(
        opened=Sum("amount", filter=partly, default=0),
        came=Sum(Greatest(F("amount"), 0), filter=edges, default=0),
        went=-Sum(Least(F("amount"), 0), filter=edges, default=0),
    )
    found: dict[str, list[int]] = {}
    for code, opened, came, went in chain(months.order_by(), days.order_by()):
        kept = found.setdefault(code, [0, 0, 0])
        for place, amount in enumerate((opened, came, went)):
            kept[place] += amount
    return tuple(
        Balance(code=code, opening=sums[0], added=sums[1], taken=sums[2])
        for code, sums in sorted(found.items())
        if any(sums)
    )


def whole_month_from(since: date) -> date:
    """Return the first day of a month that is not before a day."""
    if since.day == 1:
        return since
    return (since.replace(day=1) + timedelta(days=32)).replace(day=1)


def _accounts(book: str, article: str) -> QuerySet[Account]:
    held = Account.objects.filter(book__code=book)
    return held.filter(article__code=article) if article else held


def _of(by: str, codes: Codes | None) -> Q:
    """Return which rows concern somebody: a person's own, or those done for a team or unit."""
    whose = Q(account__holder_kind="person") if by == "person" else ~Q(**{BY[by]: ""})
    return whose if codes is None else whose & Q(**{f"{BY[by]}__in": codes})


def lines_of(
    *, book: str, kind: str, code: str, since: date | None = None, until: date | None = None
) -> QuerySet[Line]:
    """Return the lines of a holder, latest first; of a team or unit those done for it."""
    # "+ 0" keeps the planner from going through every account of the book: a line's own index
    # gives the latest of a holder, team or unit at once.
    of_book = ExpressionWrapper(F("account__book_id") + 0, output_field=BigIntegerField())
    chosen = Book.objects.filter(code=book).values("pk")[:1]
    rows = Line.objects.alias(of_book=of_book).filter(_whose(kind, code), of_book=Subquery(chosen))
    if since is not None:
        rows = rows.filter(on__gte=since)
    if until is not None:
        rows = rows.filter(on__lt=until)
    joined = rows.select_related("entry__rule__rule", "account__book", "account__article")
    return joined.order_by("-on", "-id")


def lines_count(*, book: str, kind: str, code: str) -> int:
    """Return how many lines a holder has, without counting them one by one."""
    rows = Turnover.objects.filter(_whose(kind, code), account__in=_accounts(book, ""))
    return rows.aggregate(sum=Sum("lines"))["sum"] or 0


def balance_of(*, book: str, kind: str, code: str) -> tuple[tuple[Article | None, int], ...]:
    """Return what a holder has, by article where pieces are counted."""
    rows = Turnover.objects.filter(_whose(kind, code), account__in=_accounts(book, ""))
    sums = (
        rows.order_by().values_list("account__article").annotate(sum=Sum(F("added") - F("taken")))
    )
    articles = Article.objects.in_bulk([key for key, _ in sums if key is not None])
    return tuple((articles.get(key), amount) for key, amount in sums)


def _whose(kind: str, code: str) -> Q:
    if kind in ("team", "unit"):
        return Q(**{BY[kind]: code})
    return Q(account__holder_kind=kind, account__holder_code=code)


def funds(numbers: Collection[str]) -> dict[tuple[str, int, int | None], int]:
    """Return what purposes have, by number, key of the book, and key of the article."""
    held = Account.objects.filter(holder_kind="fund", holder_code__in=numbers)
    rows = held.values_list("holder_code", "book_id", "article_id", "amount")
    return {(code, book, article): amount for code, book, article, amount in rows}


def holdings(*, book: str) -> dict[str, int]:
    """Return which persons have something in a book, and how much."""
    held = Account.objects.filter(book__code=book, holder_kind="person", amount__gt=0)
    return dict(held.values_list("holder_code", "amount"))
