"""Published hours enter the ledger here and nowhere else."""

from datetime import datetime

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.ledger import operations as ledger
from dianliang.domain.ledger.models import Entry
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import SHANGHAI

BOOK = "volunteer_hours"
SOURCE = "hours"
VERIFIED, DECLARED = "verified", "declared"
"""Where the minutes come from: the two classes stay apart in the ledger too."""


def post(*, record: HourRecord, by: Actor, at: datetime) -> Entry:
    """Enter a published record in the book of volunteer hours, on the day of the service.

    One that takes another back undoes its entry.

    Raises:
        OwnBenefitError: the actor would receive the hours.
    """
    if record.reverses is not None:
        entry = Entry.objects.get(key=key_of(record.reverses))
        return ledger.reverse(entry.number, because=record.review_words, by=by, at=at)
    person, team, unit = record.person, record.team, record.unit
    origin = VERIFIED if record.is_verified else DECLARED
    return ledger.post(
        book=BOOK,
        lines=(
            ledger.Line(
                ledger.account(BOOK, "person", person.number),
                record.minutes,
                team.code if team else "",
                unit.code,
            ),
            ledger.Line(ledger.account(BOOK, "outside", origin), -record.minutes),
        ),
        source=ledger.Source(SOURCE, record.number),
        on=record.started_at.astimezone(SHANGHAI).date(),
        words=record.content or record.role,
        by=by,
        at=at,
        key=key_of(record),
    )


def key_of(record: HourRecord) -> str:
    """Return the key that lets a record be entered once."""
    return f"{SOURCE}/{record.number}"
