"""Twelve weeks at a glance: changes are marked, chance is not, and the database does the work."""

from datetime import timedelta

import pytest

from dianliang.domain.catalog.models import Service
from dianliang.domain.intake.models import Need
from dianliang.engines.labelling import Size
from dianliang.flows import drift
from dianliang.kernel.actor import Role
from tests.town import NOON

pytestmark = pytest.mark.django_db


def admin(town):
    return town.actor("LM", Role.ADMINISTRATOR)


def many(town, counts):
    """Store needs of some services in weeks back from the noon of the tests."""
    services = {service.code: service for service in Service.objects.all()}
    first = town.post("余村村停电了", area_code="V1")
    made = [
        Need(
            number=f"XQ-{back}-{code}-{i}",
            channel="portal",
            text="余村村停电了",
            service=services[code],
            area=first.area,
            place_source="none",
            unit=first.unit,
            received_at=NOON - timedelta(days=7 * back, minutes=i),
            response_due_at=NOON,
            due_at=NOON,
        )
        for back, of_week in counts.items()
        for code, n in of_week.items()
        for i in range(n)
    ]
    Need.objects.bulk_create(made)
    first.suggestions.all().delete()
    Need.objects.filter(pk=first.pk).update(received_at=NOON - timedelta(days=900))


def test_a_week_in_which_people_ask_for_other_things_is_marked_with_what(town):
    steady = {"PWR-OUTAGE": 60, "PWR-METER": 40}
    many(
        town, {3: steady, 2: steady, 1: {"PWR-OUTAGE": 62, "PWR-METER": 38}, 0: {"PWR-METER": 100}}
    )

    found = drift.drift(by=admin(town), at=NOON)

    sizes = [row.shift.size for row in found.weeks]
    assert sizes[:9] == [Size.UNKNOWN] * 9
    assert sizes[9:] == [Size.NONE, Size.NONE, Size.MUCH]
    most = found.weeks[-1].most_changed
    assert (most.name, most.after) == ("停电报修", 0)
    assert [row.received for row in found.weeks[-4:]] == [100, 100, 100, 100]


def test_services_beyond_the_most_frequent_share_a_line(town):
    codes = list(Service.objects.order_by("code").values_list("code", flat=True))[:15]
    many(town, {0: {code: 20 - i for i, code in enumerate(codes)}})

    found = drift.drift(by=admin(town), at=NOON)

    assert len(found.services) == drift.MOST_SERVICES + 1
    assert found.services[-1].name == "其余事项"
    assert sum(row.total for row in found.services) == sum(20 - i for i in range(15))
    assert sum(row.shares[-1] for row in found.services) == pytest.approx(1)
    assert {share for row in found.services for share in row.shares[:-1]} == {None}


def test_a_county_on_its_first_day_has_a_page_too(town):
    found = drift.drift(by=admin(town), at=NOON)

    assert (found.services, found.calibration.error) == ((), None)
    assert {row.shift.size for row in found.weeks} == {Size.UNKNOWN}


def test_more_needs_cost_no_more_queries(town, django_assert_max_num_queries):
    many(town, {back: {"PWR-OUTAGE": 5, "PWR-METER": 5} for back in range(12)})
    drift.drift(by=admin(town), at=NOON)

    with django_assert_max_num_queries(11):
        drift.drift(by=admin(town), at=NOON)
