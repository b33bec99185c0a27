"""Of two people who are one: points for one record count once, what both hold is one account.

Entries are final: what the one who goes held is handed over by an entry of its own.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dianliang.domain.ledger.models import Account, Award
from dianliang.domain.ledger.operations import Line, Posting, Source, account, post_all, reverse
from dianliang.domain.ledger.retracting import standing_entry
from dianliang.domain.workforce.folding import UnableToFoldError
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.phrases import Phrase

Fold = Callable[[Person, Person], Mapping[str, Any]]
SOURCE = "merge"
TWICE = "人员合并：同一条记录只计一次"


def folds(*, by: Actor, at: datetime) -> tuple[Fold, ...]:
    """Return what the ledger puts together, in the order in which it is done."""

    def awards(kept: Person, gone: Person) -> Mapping[str, Any]:
        return _awards(kept, gone, by=by, at=at)

    def accounts(kept: Person, gone: Person) -> Mapping[str, Any]:
        return _accounts(kept, gone, by=by, at=at)

    return awards, accounts


def _awards(kept: Person, gone: Person, *, by: Actor, at: datetime) -> Mapping[str, Any]:
    """Let a record that both had points for count once; what was entered twice is undone.

    Raises:
        UnableToFoldError: somebody appealed about the second; it is decided first.
        OverdrawnError: the second points were spent.
    """
    own = {
        (row.rule_id, row.source_kind, row.source_number)
        for row in Award.objects.filter(person=kept)
    }
    dropped = []
    for other in Award.objects.filter(person=gone).select_related("rule", "entry").order_by("pk"):
        if (other.rule_id, other.source_kind, other.source_number) not in own:
            continue
        if other.appeals.exists():
            message = Phrase(
                "%(number)s 对“%(rule)s”%(source)s 的积分有申诉，"
                "而%(other)s 也因同一条记录得分。请先裁定申诉，再合并。",
                number=gone.number,
                rule=other.rule,
                source=other.source_number,
                other=kept.number,
            )
            raise UnableToFoldError(message)
        standing = standing_entry(other)
        if standing is not None:
            reverse(standing.number, because=TWICE, by=by, at=at)
        dropped.append(f"{other.rule.code} {other.source_number} {other.points}")
        other.delete()
    return {"awards": dropped} if dropped else {}


def _accounts(kept: Person, gone: Person, *, by: Actor, at: datetime) -> Mapping[str, Any]:
    """Hand over what the one who goes holds in any book."""
    held = Account.objects.filter(holder_kind="person", holder_code=gone.number, amount__gt=0)
    postings = [
        _handing_over(row, kept, gone, at=at)
        for row in held.select_related("book", "article").order_by("pk")
    ]
    entries = post_all(postings=postings, by=by, at=at) if postings else ()
    return {"accounts": [entry.number for entry in entries]} if entries else {}


def _handing_over(held: Account, kept: Person, gone: Person, *, at: datetime) -> Posting:
    book, article = held.book.code, held.article
    to = account(book, "person", kept.number, article=article)
    return Posting(
        book=book,
        lines=(Line(to, held.amount), Line(held, -held.amount)),
        source=Source(SOURCE, gone.number),
        on=at.astimezone(SHANGHAI).date(),
        words=f"人员合并：{gone.number} 并入 {kept.number}",
        key=f"{SOURCE}/{gone.number}/{book}/{article.code if article else ''}",
    )
