"""Hours are shown to everybody for at least three working days, then count for good."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from dianliang.core import audit, transitions
from dianliang.core.numbers import next_number
from dianliang.domain.directory.models import Unit
from dianliang.domain.hours.lifecycle import HOUR, HOUR_NOTICE
from dianliang.domain.hours.models import HourNotice, HourRecord
from dianliang.domain.hours.operations import posting
from dianliang.kernel.actor import Actor
from dianliang.kernel.calendar import TimeUnit, WorkCalendar
from dianliang.kernel.errors import DomainError
from dianliang.kernel.phrases import Phrase

LEAST_WORKING_DAYS = 3
MOST_WORKING_DAYS = 20


class UnableToAnnounceError(DomainError):
    """There is nothing to show, or not long enough."""

    code = "hours.unable-to-announce"


@transaction.atomic
def announce(
    *,
    unit: Unit,
    records: Sequence[HourRecord],
    working_days: int,
    calendar: WorkCalendar,
    by: Actor,
    at: datetime,
) -> HourNotice:
    """Begin to show approved records to everybody; the day of the beginning does not count.

    Raises:
        UnableToAnnounceError: no record, or less than three or more than twenty working days.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if not records:
        raise UnableToAnnounceError("没有待公示的时长。", field="records")
    if not LEAST_WORKING_DAYS <= working_days <= MOST_WORKING_DAYS:
        message = Phrase(
            "公示应为 %(least)s 到 %(most)s 个工作日。",
            least=LEAST_WORKING_DAYS,
            most=MOST_WORKING_DAYS,
        )
        raise UnableToAnnounceError(message, field="working_days")
    notice = HourNotice.objects.create(
        number=next_number("GS", at=at),
        unit=unit,
        working_days=working_days,
        opened_at=at,
        ends_at=calendar.add(at, working_days, TimeUnit.WORKING_DAYS),
        opened_by=by.name,
    )
    for record in records:
        transitions.apply(
            record, "announce", lifecycle=HOUR, by=by, at=at, changes={"notice": notice}
        )
    after = f"{len(records)} 条，{working_days} 个工作日"
    audit.record("hours.hournotice.open", target=notice, by=by, at=at, after=after)
    return notice


@transaction.atomic
def close(*, notice: HourNotice, by: Actor, at: datetime) -> HourNotice:
    """Publish what nobody objected to, in the ledger too; end the notice when nothing is open.

    Raises:
        UnableToAnnounceError: the notice is not over.
        IllegalTransitionError, NotYourTurnError, StaleStateError: see `transitions.apply`.
    """
    if notice.ends_at > at:
        raise UnableToAnnounceError(Phrase("%(number)s 的公示还没有满期。", number=notice.number))
    shown = notice.records.select_related("person", "team", "unit")
    quiet = list(shown.filter(status="ON_NOTICE").order_by("pk"))
    for record in quiet:
        changes = {"published_at": at}
        transitions.apply(record, "publish", lifecycle=HOUR, by=by, at=at, changes=changes)
    posting.post(records=quiet, by=by, at=at)
    if not notice.records.filter(status="DISPUTED").exists():
        transitions.apply(notice, "close", lifecycle=HOUR_NOTICE, by=by, at=at)
    return notice
