"""Of two people who are one: what the one who goes has in the books becomes the kept one's."""

from datetime import datetime

from dianliang.domain.ledger.models import Account
from dianliang.domain.ledger.operations import Line, Posting, Source, account, pass_gate, post_all
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.calendar import SHANGHAI

SOURCE = "person"


def carry(*, gone_number: str, kept: Person, at: datetime) -> None:
    """Enter what somebody has in each book for the person whom a merge made of him (合并人员).

    Entries of before stay under the old number; what undoes one is taken from the kept person.
    """
    pass_gate()
    held = Account.objects.select_related("book", "article").filter(
        holder_kind=Account.Holder.PERSON, holder_code=gone_number, amount__gt=0
    )
    postings = [
        Posting(
            book=old.book.code,
            lines=(
                Line(
                    account(old.book.code, "person", kept.number, article=old.article), old.amount
                ),
                Line(old, -old.amount),
            ),
            source=Source(SOURCE, gone_number),
            on=at.astimezone(SHANGHAI).date(),
            words=f"人员合并：{gone_number} 并入 {kept.number}",
            key=f"merge/{gone_number}/{old.pk}",
        )
        for old in held.order_by("pk")
    ]
    post_all(postings=postings, by=SYSTEM, at=at)
