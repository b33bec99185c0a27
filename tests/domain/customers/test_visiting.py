"""The next visit is never later than promised, and never on a day off."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.customers.models import Customer
from dianliang.domain.customers.visiting import (
    due_before,
    has_expired,
    next_due_on,
    renewal_is_near,
)
from dianliang.kernel.calendar import WorkCalendar

GOLDEN_WEEK = WorkCalendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    make_up_days=frozenset({date(2026, 9, 27), date(2026, 10, 10)}),
    version="2026",
)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(consented=days, waited=st.none() | st.integers(0, 60), interval=st.integers(1, 120))
def test_it_is_due_within_the_interval_and_on_a_working_day(consented, waited, interval):
    last = None if waited is None else consented + timedelta(days=waited)
    customer = Customer(consented_on=consented, last_visited_on=last, visit_interval_days=interval)
    since = last or consented
    due = next_due_on(customer, calendar=GOLDEN_WEEK)

    assert since <= due <= since + timedelta(days=interval)
    assert due == since or GOLDEN_WEEK.is_working_day(due)


def test_a_holiday_moves_a_visit_before_it():
    customer = Customer(
        consented_on=date(2026, 9, 1), last_visited_on=date(2026, 9, 4), visit_interval_days=30
    )

    assert next_due_on(customer, calendar=GOLDEN_WEEK) == date(2026, 9, 30)


def test_nobody_is_visited_without_consent():
    customer = Customer(last_visited_on=date(2026, 9, 4), visit_interval_days=30)

    assert next_due_on(customer, calendar=GOLDEN_WEEK) is None


def test_a_renewal_is_shown_a_month_before():
    customer = Customer(renewal_due_on=date(2026, 12, 24))

    assert renewal_is_near(customer, on=date(2026, 11, 24))
    assert not renewal_is_near(customer, on=date(2026, 11, 23))


def test_a_level_holds_through_its_last_day():
    customer = Customer(renewal_due_on=date(2026, 12, 24))

    assert not has_expired(customer, on=date(2026, 12, 24))
    assert has_expired(customer, on=date(2026, 12, 25))
    assert not has_expired(Customer(), on=date(2026, 12, 25))


@pytest.mark.django_db
@given(
    consented=st.none() | st.dates(date(2026, 9, 1), date(2026, 10, 20)),
    waited=st.none() | st.integers(-30, 30),
    interval=st.none() | st.integers(1, 40),
    on=st.dates(date(2026, 9, 20), date(2026, 10, 25)),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_database_knows_who_is_late_as_the_file_does(town, consented, waited, interval, on):
    """What lists count and what a file shows is one rule, through holidays and make-up days."""
    since = consented or date(2026, 10, 1)
    Customer.objects.all().delete()
    Customer.objects.create(
        number="KH1",
        kind="resident",
        name="某人",
        area=town.areas["V1"],
        special_kind="disabled",
        special_level=2,
        consented_on=consented,
        last_visited_on=None if waited is None else since + timedelta(days=waited),
        visit_interval_days=interval,
    )
    due = next_due_on(Customer.objects.get(), calendar=GOLDEN_WEEK)
    late = Customer.objects.filter(due_before(on, calendar=GOLDEN_WEEK)).exists()

    assert late == (due is not None and due < on)
