"""Published hours enter the ledger here and nowhere else."""

from datetime import datetime

from dianliang.domain.hours.models import HourRecord
from dianliang.kernel.actor import Actor

BOOK = "volunteer_hours"


def post(*, record: HourRecord, by: Actor, at: datetime) -> None:
    """Enter a published record, or one that takes it back, in the book of volunteer hours."""
    del record, by, at
