"""Published hours enter the ledger here and nowhere else."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger import operations as ledger
from dianliang.domain.ledger.models import Account, Award, Entry
from dianliang.domain.ledger.retracting import retract
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

BOOK = "volunteer_hours"
SOURCE = "hours"
VERIFIED, DECLARED = "verified", "declared"
"""Where the minutes come from: the two classes stay apart in the ledger too."""


def post(*, records: Sequence[HourRecord], by: Actor, at: datetime) -> tuple[Entry, ...]:
    """Enter published records in the book of volunteer hours, each on the day of its service.

    A record enters once, however often it is posted.

    Raises:
        OwnBenefitError: the actor would receive some of the hours.
    """
    people = ledger.accounts(BOOK, "person", {record.person.number for record in records})
    origins = {
        is_verified: ledger.account(BOOK, "outside", VERIFIED if is_verified else DECLARED)
        for is_verified in {record.is_verified for record in records}
    }
    postings = [
        _posting(record, people[record.person.number], origins[record.is_verified])
        for record in records
    ]
    return ledger.post_all(postings=postings, by=by, at=at)


def undo(*, counter: HourRecord, by: Actor, at: datetime) -> Entry:
    """Undo the entry of the record that another takes back, and the points that it earned.

    Raises:
        OwnBenefitError: it concerns the actor's own hours.
    """
    if counter.reverses is None:
        raise ValueError(f"{counter.number} takes nothing back")
    told, because = counter.reverses, counter.review_words
    entry = Entry.objects.get(key=key_of(told))
    undone = ledger.reverse(entry.number, because=because, by=by, at=at)
    retract(kind=SOURCE, number=told.number, because=because, by=by, at=at)
    return undone


def retract_owed(*, by: Actor, at: datetime) -> int:
    """Take points of time that was taken back, where they had been spent; return what is owed."""
    gone = HourRecord.objects.filter(reverses__isnull=False)
    given = Award.objects.filter(
        Q(entry__isnull=False, entry__reversed_by=None)
        | Q(appeals__new_entry__isnull=False, appeals__new_entry__reversed_by=None),
        source_kind=SOURCE,
        source_number__in=gone.values("reverses__number"),
    ).values("source_number")
    return sum(
        retract(
            kind=SOURCE,
            number=row.number,
            because=str(row.reversal.review_words),
            by=by,
            at=at,
        )
        for row in HourRecord.objects.filter(number__in=given).select_related("reversal")
    )


def _posting(record: HourRecord, person: Account, origin: Account) -> ledger.Posting:
    team = record.team.code if record.team else ""
    return ledger.Posting(
        book=BOOK,
        lines=(
            ledger.Line(person, record.minutes, team, record.unit.code),
            ledger.Line(origin, -record.minutes),
        ),
        source=ledger.Source(SOURCE, record.number),
        on=record.started_at.astimezone(SHANGHAI).date(),
        words=record.content or record.role,
        key=key_of(record),
    )


def key_of(record: HourRecord) -> str:
    """Return the key that lets a record be entered once."""
    return f"{SOURCE}/{record.number}"
