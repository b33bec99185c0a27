"""A theme goes the whole way from a lecture to the hours, and each thing is counted once."""

from datetime import timedelta

import pytest

from dianliang.domain.catalog.theme_models import ThemeMark
from dianliang.domain.hours.models import HourRecord
from dianliang.domain.programs.models import Activity, Participation, Session
from dianliang.domain.workforce.models import Person
from dianliang.flows.themes import inheriting, marking, tables
from dianliang.kernel.actor import SYSTEM
from tests import hours
from tests.partyworld import Party
from tests.sessions import session_of
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
YEAR = {"since": TODAY - timedelta(days=300), "until": TODAY + timedelta(days=30)}


@pytest.fixture
def party(town):
    return Party(town, NOON)


@pytest.fixture
def held(town):
    """A session with its action and two hours of one volunteer, published."""
    team = town.team("V", "S1")
    session = session_of(town, team=team)
    action = Activity.objects.create(
        number="XD-1",
        title=session.title,
        team=team,
        area=session.area,
        started_at=NOON - timedelta(days=1),
        ended_at=NOON - timedelta(days=1, hours=-2),
        recorded_by="x",
    )
    Participation.objects.create(activity=action, person=Person.objects.get(number="V-0"))
    Session.objects.filter(pk=session.pk).update(status="ACCOUNTED", activity=action)
    source = ("attendance", session.number)
    record = hours.taken(town, "V-0", start=NOON - timedelta(days=1), minutes=120, source=source)
    HourRecord.objects.filter(pk=record.pk).update(status="PUBLISHED", published_at=NOON)
    return session


def carriers():
    return set(ThemeMark.objects.filter(is_active=True).values_list("record_kind", flat=True))


def cross(party, figure):
    asked = tables.Asked(rows="WW5", columns="unit", figure=figure, **YEAR)
    return tables.cross(asked=asked, by=party.clerk()).whole.value


@pytest.mark.row("000-22")
def test_what_follows_from_a_session_carries_its_theme_and_is_counted_in_its_own_figure(
    party, held
):
    clerk = party.clerk()
    marking.mark(kind="session", number=held.number, codes=["WW5-1"], by=clerk, at=NOON)

    assert inheriting.inherit(by=SYSTEM, at=NOON) == 2
    assert inheriting.inherit(by=SYSTEM, at=NOON) == 0

    assert carriers() == {"session", "activity", "hour"}
    assert cross(party, "hour.minutes") == 120
    assert cross(party, "activity.person_times") == 1
    assert cross(party, tables.RECORDS) == 1
    chosen = tables.Chosen(theme="WW5-1", figure="hour.minutes", **YEAR)
    (row,) = tables.behind(chosen=chosen, by=clerk)
    assert (row.kind, row.values["hour.minutes"]) == ("hour", 120)


def test_a_theme_that_its_source_loses_goes_and_one_taken_off_by_hand_stays_off(party, held):
    clerk = party.clerk()
    marking.mark(kind="session", number=held.number, codes=["WW5-1"], by=clerk, at=NOON)
    inheriting.inherit(by=SYSTEM, at=NOON)
    record = HourRecord.objects.get()
    marking.unmark(kind="hour", number=record.number, code="WW5-1", by=clerk, at=NOON)
    inheriting.inherit(by=SYSTEM, at=NOON)
    assert carriers() == {"session", "activity"}

    marking.unmark(kind="session", number=held.number, code="WW5-1", by=clerk, at=NOON)
    inheriting.inherit(by=SYSTEM, at=NOON)

    assert carriers() == set()
