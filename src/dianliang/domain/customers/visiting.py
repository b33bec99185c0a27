"""When a special customer is to be visited next, and what stands against it (seed row 001-10)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from dianliang.domain.customers.models import Customer
from dianliang.engines.visiting import due_on
from dianliang.kernel.calendar import WorkCalendar

RENEWAL_NOTICE_DAYS = 30
"""A level that ends within a month is shown before it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What is agreed with a special customer.

    Empty words keep the nominee, the key holder and the password that are there.
    """

    level: int
    interval_days: int
    nominee: str = ""
    key_holder: str = ""
    visit_password: str = ""
    team_code: str = ""
    formats: tuple[str, ...] = ()
    outage_note: str = ""
    renewal_planned_on: date | None = None


def next_due_on(customer: Customer, *, calendar: WorkCalendar) -> date | None:
    """Return the day by which somebody should come, on a working day; none is due without consent.

    The interval counts from the last visit, or from the consent where nobody has been there yet.
    """
    if customer.consented_on is None or not customer.visit_interval_days:
        return None
    since = customer.last_visited_on or customer.consented_on
    return due_on(since, customer.visit_interval_days, calendar=calendar)


def renewal_is_near(customer: Customer, *, on: date) -> bool:
    """Tell whether level and consent must be looked at again within a month, or are late."""
    due = customer.renewal_due_on
    return due is not None and due <= on + timedelta(days=RENEWAL_NOTICE_DAYS)


def has_expired(customer: Customer, *, on: date) -> bool:
    """Tell whether the level has ended: no new visit is opened until it is renewed."""
    return customer.renewal_due_on is not None and customer.renewal_due_on < on


def due_before(day: date, *, calendar: WorkCalendar) -> Q:
    """Return the condition that a visit's day, moved off days off, lies before `day`.

    What the database keeps is the end of the interval. Moved to a working day it lies before `day`
    exactly where no working day from `day` on is left in the interval.
    """
    worked = day
    while not calendar.is_working_day(worked):
        worked += timedelta(days=1)
    began = Q(last_visited_on__lt=day) | Q(last_visited_on=None, consented_on__lt=day)
    return Q(visit_due_on__lt=worked) & began


def expired(on: date) -> Q:
    """Return the condition that a level has ended."""
    return Q(renewal_due_on__lt=on)


def renewal_near(on: date) -> Q:
    """Return the condition that a level ends within a month, or has ended."""
    return Q(renewal_due_on__lte=on + timedelta(days=RENEWAL_NOTICE_DAYS))
