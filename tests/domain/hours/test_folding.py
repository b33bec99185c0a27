"""Two rows of one person become one: no minute of his counts twice afterwards."""

from datetime import timedelta

import pytest

from dianliang.domain.hours import folding
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.hours.operations import reviewing
from dianliang.domain.workforce.folding import UnableToFoldError
from tests import hours
from tests.hours import MORNING
from tests.town import NOON

pytestmark = pytest.mark.django_db


def folded(town):
    kept, gone = hours.volunteer(town, "P1"), hours.volunteer(town, "P2")
    folding.hours(kept, gone)
    HourRecord.objects.filter(person=gone).update(person=kept)
    return HourRecord.objects.filter(person=kept)


def test_counted_time_of_both_that_overlaps_is_settled_first(town):
    first = hours.taken(town, "P1")
    second = hours.taken(town, "P2", start=MORNING + timedelta(hours=1))
    hours.announced(town, first, second)

    with pytest.raises(UnableToFoldError, match=f"{first.number} 与 {second.number}"):
        folded(town)


def test_what_touches_only_or_was_refused_stands_in_nobodys_way(town):
    first = hours.taken(town, "P1")
    second = hours.taken(town, "P2", start=MORNING + timedelta(hours=2))
    refused = hours.taken(town, "P2", start=MORNING + timedelta(minutes=5))
    hours.announced(town, first, second)
    reviewing.reject(record=refused, words="重复", by=hours.officer(town), at=NOON)

    assert folded(town).count() == 3


def test_one_source_of_both_goes_on_in_versions(town):
    first = hours.taken(town, "P1", source=("visit", "SM-7"))
    second = hours.taken(town, "P2", source=("visit", "SM-7"))
    reviewing.reject(record=second, words="重复", by=hours.officer(town), at=NOON)

    rows = folded(town).order_by("version")

    assert [(row.pk, row.version) for row in rows] == [(first.pk, 1), (second.pk, 2)]
