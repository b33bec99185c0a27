"""What the database refuses whoever writes: holes between periods, changed entries."""

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.incidents.models import Bulletin, LogEntry, OperationalPeriod
from dianliang.domain.workforce.models import Person
from dianliang.flows.incidents import bulletins
from tests.flows.incidents.things import led, warning
from tests.town import NOON

pytestmark = pytest.mark.django_db


def refused(act):
    with transaction.atomic(), pytest.raises(IntegrityError), transaction.atomic():
        act()


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-2, 9)), max_size=4))
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_written_periods_meet(town, steps):
    """Any gap, overlap or length is tried; what the database keeps is whole."""
    with transaction.atomic():
        incident = led(town)
        commander = Person.objects.get(number="YX-1")
        for gap_h, hours in steps:
            last = incident.periods.order_by("position").last()
            starts_at = last.ends_at + timedelta(hours=gap_h)
            try:
                with transaction.atomic():
                    OperationalPeriod.objects.create(
                        incident=incident,
                        position=last.position + 1,
                        starts_at=starts_at,
                        ends_at=starts_at + timedelta(hours=hours),
                        commander=commander,
                        opened_by="x",
                        opened_at=NOON,
                    )
            except IntegrityError:
                assert gap_h or hours <= 0
            else:
                assert gap_h == 0
                assert hours > 0
        spans = list(incident.periods.order_by("position").values_list("starts_at", "ends_at"))
        assert all(one[1] == two[0] for one, two in itertools.pairwise(spans))
        transaction.set_rollback(True)


def test_nobody_moves_a_period_that_another_follows_or_deletes_one(town):
    incident = led(town)
    first = incident.periods.get()
    later = {"ends_at": first.ends_at + timedelta(hours=1)}
    OperationalPeriod.objects.filter(pk=first.pk).update(**later)
    first.refresh_from_db()
    OperationalPeriod.objects.create(
        incident=incident,
        position=2,
        starts_at=first.ends_at,
        ends_at=first.ends_at + timedelta(hours=8),
        commander=first.commander,
        opened_by="x",
        opened_at=NOON,
    )
    refused(
        lambda: OperationalPeriod.objects.filter(pk=first.pk).update(
            ends_at=NOON + timedelta(days=9)
        )
    )
    refused(lambda: OperationalPeriod.objects.filter(position=2).delete())


def test_what_was_noted_or_sent_out_is_never_changed_or_deleted(town):
    by, number = town.actor("S1"), led(town).number
    bulletins.issue(number=number, asked=warning(), by=by, at=NOON)
    refused(lambda: Bulletin.objects.update(headline="没有发过"))
    refused(lambda: Bulletin.objects.all()._raw_delete("default"))
    refused(lambda: LogEntry.objects.update(words="没有发生过"))
    refused(lambda: LogEntry.objects.all()._raw_delete("default"))
