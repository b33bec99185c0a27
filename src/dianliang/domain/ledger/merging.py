"""When two people become one: what one of them had in the books, the other has from then on."""

from datetime import datetime

from dianliang.domain.ledger.models import Account, Entry
from dianliang.domain.ledger.operations import Line, Posting, Source, account, post_all
from dianliang.domain.workforce.models import PersonMerge
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

SOURCE = "merge"


def hand_on(*, merge: PersonMerge, by: Actor, at: datetime) -> tuple[Entry, ...]:
    """Enter in each book that what the old number had is the kept one's.

    Teams and units keep in their figures what was done for them.

    Raises:
        OwnBenefitError: the actor would receive something.
    """
    held = Account.objects.filter(
        holder_kind=Account.Holder.PERSON, holder_code=merge.gone_number, amount__gt=0
    )
    postings = [
        Posting(
            book=old.book.code,
            lines=(
                Line(
                    account(old.book.code, "person", merge.into_number, article=old.article),
                    old.amount,
                ),
                Line(old, -old.amount),
            ),
            source=Source(SOURCE, merge.number),
            on=at.astimezone(SHANGHAI).date(),
            words=f"人员合并：{merge.gone_number} 并入 {merge.into_number}",
            key=f"{SOURCE}/{merge.number}/{old.pk}",
        )
        for old in held.select_related("book", "article")
    ]
    return post_all(postings=postings, by=by, at=at)
