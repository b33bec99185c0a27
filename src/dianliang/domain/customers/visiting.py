"""When a special customer is to be visited next, and what stands against it (seed row 001-10)."""

from dataclasses import dataclass
from datetime import date, timedelta

from dianliang.domain.customers.models import Customer
from dianliang.kernel.calendar import WorkCalendar

RENEWAL_NOTICE_DAYS = 30
"""A consent or level that ends within a month is shown before it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What is agreed with a special customer. An empty password keeps the present one."""

    level: int
    interval_days: int
    consented_on: date | None
    renewal_due_on: date | None
    nominee: str
    visit_password: str
    team_code: str


def next_due_on(customer: Customer, *, calendar: WorkCalendar) -> date | None:
    """Return the day by which somebody should come, on a working day; none is due without consent.

    The interval counts from the last visit, or from the consent where nobody has been there yet.
    A day off moves the visit before it, never after: the promise is the longest gap.
    """
    if customer.consented_on is None or not customer.visit_interval_days:
        return None
    since = customer.last_visited_on or customer.consented_on
    due = since + timedelta(days=customer.visit_interval_days)
    while due > since and not calendar.is_working_day(due):
        due -= timedelta(days=1)
    return due


def renewal_is_near(customer: Customer, *, on: date) -> bool:
    """Tell whether level and consent must be looked at again within a month, or are late."""
    due = customer.renewal_due_on
    return due is not None and due <= on + timedelta(days=RENEWAL_NOTICE_DAYS)
