"""Hold the books against themselves: entries balance, balances are the sums of their lines."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum

from dianliang.domain.ledger.models import Account, Book, Line

MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A book: how many lines it has and what they sum to, which is zero where it is right."""

    code: str
    name: str
    lines: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that does not agree: which, what is kept, and what the lines say."""

    what: str
    which: str
    kept: int
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the check came to; at most some faults of a kind are named."""

    books: tuple[Total, ...]
    faults: tuple[Fault, ...]

    @property
    def is_right(self) -> bool:
        """Tell whether everything agrees."""
        return not self.faults and all(book.total == 0 for book in self.books)


def verify() -> Verdict:
    """Check every entry, account and month against the lines. Costs some passes over all lines."""
    sums = dict(Line.objects.order_by().values_list("account__book").annotate(sum=Sum("amount")))
    kept = dict(Account.objects.order_by().values_list("book").annotate(sum=Sum("amount")))
    lines = _counts()
    books = tuple(
        Total(
            code=book.code, name=book.name, lines=lines.get(book.pk, 0), total=sums.get(book.pk, 0)
        )
        for book in Book.objects.all()
    )
    faults = [
        Fault(what="账本", which=book.name, kept=kept.get(book.pk, 0), found=sums.get(book.pk, 0))
        for book in Book.objects.all()
        if kept.get(book.pk, 0) != sums.get(book.pk, 0)
    ]
    with connection.cursor() as cursor:
        for what, statement in _CHECKS.items():
            cursor.execute(statement.replace("{month}", MONTH[connection.vendor]))
            faults += [
                Fault(what=what, which=str(which), kept=int(held), found=int(found))
                for which, held, found in cursor.fetchmany(MOST_NAMED)
            ]
    return Verdict(books=books, faults=tuple(faults))


def _counts() -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.book_id, SUM(t.lines) FROM ledger_turnover t"
            " JOIN ledger_account a ON a.id = t.account_id GROUP BY a.book_id"
        )
        return {int(book): int(lines) for book, lines in cursor.fetchall()}


_CHECKS = {
    "分录": (
        "SELECT e.number, 0, COALESCE(SUM(l.amount), 0) FROM ledger_entry e"
        " LEFT JOIN ledger_line l ON l.entry_id = e.id"
        " LEFT JOIN ledger_account a ON a.id = l.account_id"
        " GROUP BY e.id, e.number, e.book_id"
        " HAVING COALESCE(SUM(l.amount), 1) <> 0 OR MIN(a.book_id) <> e.book_id"
        " OR MAX(a.book_id) <> e.book_id"
    ),
    "账户": (
        "SELECT a.holder_code, a.amount, COALESCE(s.total, 0) FROM ledger_account a"
        " LEFT JOIN (SELECT account_id, SUM(amount) AS total FROM ledger_line"
        " GROUP BY account_id) s ON s.account_id = a.id"
        " WHERE a.amount <> COALESCE(s.total, 0)"
    ),
    "月度": (
        "SELECT a.holder_code, t.net, COALESCE(s.total, 0) FROM"
        " (SELECT account_id, month, team_code, unit_code, added - taken AS net"
        " FROM ledger_turnover) t"
        " JOIN ledger_account a ON a.id = t.account_id"
        " LEFT JOIN (SELECT account_id, {month} AS month, team_code, unit_code,"
        " SUM(amount) AS total FROM ledger_line"
        " GROUP BY account_id, {month}, team_code, unit_code) s"
        " ON s.account_id = t.account_id AND s.month = t.month"
        " AND s.team_code = t.team_code AND s.unit_code = t.unit_code"
        " WHERE t.net <> COALESCE(s.total, 0)"
    ),
    "队伍与单位月度": (
        "SELECT TRIM(team_code || ' ' || unit_code), SUM(kept), SUM(found) FROM"
        " (SELECT book_id, COALESCE(article_id, 0) AS article_id, month, team_code, unit_code,"
        " added - taken AS kept, 0 AS found, lines FROM ledger_groupturnover"
        " UNION ALL SELECT a.book_id, COALESCE(a.article_id, 0), {month}, l.team_code,"
        " l.unit_code, 0, SUM(l.amount), -COUNT(*) FROM ledger_line l"
        " JOIN ledger_account a ON a.id = l.account_id"
        " WHERE l.team_code <> '' OR l.unit_code <> ''"
        " GROUP BY a.book_id, a.article_id, {month}, l.team_code, l.unit_code) both_sides"
        " GROUP BY book_id, article_id, month, team_code, unit_code"
        " HAVING SUM(kept) <> SUM(found) OR SUM(lines) <> 0"
    ),
    "月度行数": (
        "SELECT a.holder_code, COALESCE(t.kept, 0), s.found FROM"
        " (SELECT account_id, COUNT(*) AS found FROM ledger_line GROUP BY account_id) s"
        " JOIN ledger_account a ON a.id = s.account_id"
        " LEFT JOIN (SELECT account_id, SUM(lines) AS kept FROM ledger_turnover"
        " GROUP BY account_id) t ON t.account_id = s.account_id"
        " WHERE s.found <> COALESCE(t.kept, 0)"
    ),
}
MONTH = {
    "sqlite": "date(\"on\", 'start of month')",
    "postgresql": "date_trunc('month', \"on\")::date",
}
"""How each database tells the month of a line."""
