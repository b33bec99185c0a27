"""What the books say: balances by holder, team, unit and period, and the entries behind them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
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

from dianliang.domain.ledger.models import (
    Account,
    Article,
    Book,
    Entry,
    GroupTurnover,
    Line,
    Turnover,
)

Codes = Collection[str] | QuerySet[Any, Any]
BY = {"person": "account__holder_code", "team": "team_code", "unit": "unit_code"}
GROUPS = ("team", "unit")
"""Whose lines are those that were done for them."""


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

    Whole months come from what is kept of them, the days between an end of the period and the
    nearest beginning of a month from the lines, so that a million lines are never summed. `codes`
    narrows it to some holders.

    Raises:
        KeyError: `by` is none of the three.
    """
    key = BY[by]
    whole = _months_of_book(book)
    # Nothing is dated outside of them: an end beyond them costs no look at single days.
    since, until = (min(max(day, whole[0]), whole[1]) for day in (since, until))
    if by == "person":
        found = _of_people(_accounts(book, article), codes, since, until, whole=whole)
    else:
        found = _of_groups(book, article, key, codes, since, until)
    return tuple(
        Balance(code=code, opening=sums[0], added=sums[1], taken=sums[2])
        for code, sums in sorted(found.items())
        if any(sums)
    )


def _months_of_book(book: str) -> tuple[date, date]:
    """Return the beginnings of its first month and of the month after its last."""
    chosen = Subquery(Book.objects.filter(code=book).values("pk")[:1])
    days = Entry.objects.filter(book=chosen).values_list("on", flat=True)
    # Each end by itself is one step in the index; both at once would go through all of it.
    first, last = days.order_by("on").first(), days.order_by("-on").first()
    if first is None or last is None:
        return date.min, date.min
    return first.replace(day=1), whole_month_from(last + timedelta(days=1))


def _of_people(
    held: QuerySet[Account],
    codes: Codes | None,
    since: date,
    until: date,
    *,
    whole: tuple[date, date],
) -> dict[str, list[int]]:
    """Sum from the first month on; or back from what everybody has now, if that is shorter."""
    held = held.filter(holder_kind="person")
    held = held if codes is None else held.filter(holder_code__in=codes)
    is_back = whole[1] - _nearest(since) < _nearest(until) - whole[0]
    found: dict[str, list[int]] = {}
    sums: dict[int, list[int]] = {}
    for pk, code, amount in held.values_list("pk", "holder_code", "amount"):
        sums[pk] = found.setdefault(code, [0, 0, 0])
        sums[pk][0] += amount if is_back else 0
    months = Turnover.objects.filter(account__in=held.values("pk"))
    for part in _parts(months, _lines_into(held), "account", since, until, is_back=is_back):
        part.add_to(sums.__getitem__)
    return found


def _of_groups(
    book: str, article: str, key: str, codes: Codes | None, since: date, until: date
) -> dict[str, list[int]]:
    """Sum what was done for teams or units."""
    named = ~Q(**{key: ""}) if codes is None else ~Q(**{key: ""}) & Q(**{f"{key}__in": codes})
    months = GroupTurnover.objects.filter(named, book__code=book)
    months = months.filter(article__code=article) if article else months
    lines = _lines_into(_accounts(book, article)).filter(named)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part in _parts(months, lines, key, since, until):
        part.add_to(found.__getitem__)
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """What came and went in some months or days, and whether that counts for or against.

    `opening` and `within` are 1, 0 or -1.
    """

    sums: Iterable[tuple[Any, int, int]]
    opening: int
    within: int

    def add_to(self, kept: Callable[[Any], list[int]]) -> None:
        """Count it to what is kept of each holder: at the beginning, added, taken."""
        for whose, came, went in self.sums:
            sums = kept(whose)
            sums[0] += self.opening * (came - went)
            sums[1] += self.within * came
            sums[2] += self.within * went


def _parts(
    months: QuerySet[Any],
    lines: QuerySet[Line],
    key: str,
    since: date,
    until: date,
    *,
    is_back: bool = False,
) -> Iterator[_Part]:
    """Yield what makes up a period, counted from the first month or back from the last."""
    begin, end = _nearest(since), _nearest(until)
    period = months.filter(month__gte=begin, month__lt=end)
    yield _Part(_monthly(period, key), -1 if is_back else 0, 1)
    if is_back:
        yield _Part(_monthly(months.filter(month__gte=end), key), -1, 0)
    else:
        yield _Part(_monthly(months.filter(month__lt=begin), key), 1, 0)
    sign = 1 if begin < since else -1
    yield _Part(_daily(lines, key, begin, since), sign, -sign)
    yield _Part(_daily(lines, key, end, until), 0, 1 if end < until else -1)


def _nearest(day: date) -> date:
    """Return the beginning of a month that is nearest to a day."""
    return (day + timedelta(days=15 if day.day > 16 else 0)).replace(day=1)


def _monthly(rows: QuerySet[Any], key: str) -> Iterable[tuple[Any, int, int]]:
    kept = rows.order_by().values_list(key)
    sums: QuerySet[Any, Any] = kept.annotate(came=Sum("added"), went=Sum("taken"))
    return sums


def _lines_into(held: QuerySet[Account]) -> QuerySet[Line]:
    # "+ 0" keeps the planner from going through every account: the index by day has it all.
    account = ExpressionWrapper(F("account_id") + 0, output_field=BigIntegerField())
    return Line.objects.alias(held=account).filter(held__in=held.values("pk"))


def _daily(
    lines: QuerySet[Line], key: str, month: date, day: date
) -> Iterable[tuple[Any, int, int]]:
    """Return what came and went between a day and the nearest beginning of a month."""
    if month == day:
        return ()
    between = lines.filter(on__gte=min(month, day), on__lt=max(month, day))
    return (
        between.order_by()
        .values_list(key)
        .annotate(
            came=Sum("amount", filter=Q(amount__gt=0), default=0),
            went=-Sum("amount", filter=Q(amount__lt=0), default=0),
        )
    )


def whole_month_from(since: date) -> date:
    """Return the first day of a month that is not before a day."""
    if since.day == 1:
        return since
    return (since.replace(day=1) + timedelta(days=32)).replace(day=1)


def _accounts(book: str, article: str) -> QuerySet[Account]:
    held = Account.objects.filter(book__code=book)
    return held.filter(article__code=article) if article else held


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
    return _months_of(book, kind, code).aggregate(sum=Sum("lines"))["sum"] or 0


def balance_of(*, book: str, kind: str, code: str) -> tuple[tuple[Article | None, int], ...]:
    """Return what a holder has, by article where pieces are counted."""
    article = "article" if kind in GROUPS else "account__article"
    months = _months_of(book, kind, code).order_by().values_list(article)
    sums = dict(months.annotate(sum=Sum(F("added") - F("taken"))))
    articles = Article.objects.filter(pk__in=[key for key in sums if key is not None])
    found = [*([None] if None in sums else []), *articles]
    return tuple((one, sums[one.pk if one else None]) for one in found)


def _months_of(book: str, kind: str, code: str) -> QuerySet[Any]:
    if kind in GROUPS:
        return GroupTurnover.objects.filter(_whose(kind, code), book__code=book)
    return Turnover.objects.filter(_whose(kind, code), account__in=_accounts(book, ""))


def _whose(kind: str, code: str) -> Q:
    if kind in GROUPS:
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
