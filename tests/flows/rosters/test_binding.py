"""Whoever is on a roster is nowhere else: not at a session, not out with a team."""

from datetime import timedelta

import pytest

from dianliang.domain.programs.operations import signing
from dianliang.domain.programs.operations.signing import UnableToSignUpError
from dianliang.domain.rosters.models import Roster, Shift, Turn
from dianliang.domain.workforce import crews
from dianliang.domain.workforce.availability import available
from dianliang.domain.workforce.models import Person
from dianliang.domain.workforce.queries import teams_on_duty
from dianliang.kernel.periods import TimeWindow
from tests.sessions import session_of
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def bound(town, person, *, starts=NOON, hours=8, is_live=True, status="PUBLISHED"):
    roster = Roster.objects.create(
        number=f"ZB-{Roster.objects.count()}",
        title="节日值守",
        purpose="watch",
        unit=town.units["S1"],
        starts_at=starts,
        ends_at=starts + hours * HOUR,
        status=status,
        published_at=NOON,
        created_by="x",
        created_at=NOON,
    )
    shift = Shift.objects.create(
        roster=roster, position=1, starts_at=starts, ends_at=starts + hours * HOUR
    )
    return Turn.objects.create(shift=shift, person=person, is_live=is_live)


def sign_up(town, session, person):
    return signing.sign_up(
        session=session, person=person, channel="console", by=town.actor("S1"), at=NOON
    )


def test_a_turn_blocks_a_session_at_the_same_time_and_no_other(town):
    town.team("XH", "S1")
    person = Person.objects.get(number="XH-0")
    session = session_of(town)
    later = session_of(town, starts_at=session.starts_at + timedelta(days=1))
    bound(town, person, starts=session.starts_at + HOUR)

    with pytest.raises(UnableToSignUpError, match=r"在“节日值守”值班.*请先换班"):
        sign_up(town, session, person)
    assert sign_up(town, later, person).status == "PLACED"


@pytest.mark.parametrize("told", [{"is_live": False}, {"status": "CANCELLED"}])
def test_what_is_only_planned_or_was_called_off_binds_nobody(town, told):
    town.team("XH", "S1")
    person = Person.objects.get(number="XH-0")
    session = session_of(town)
    bound(town, person, starts=session.starts_at, **told)

    assert sign_up(town, session, person).status == "PLACED"


def test_who_is_on_a_turn_does_not_go_out_with_his_team(town):
    team = town.team("XH", "S1")
    person, other = Person.objects.filter(number__startswith="XH").order_by("number")
    morning = NOON - 2 * HOUR
    bound(town, person, starts=morning)

    (duty,) = teams_on_duty(teams=[team], on=TODAY)

    assert (duty.member_names, duty.absent_names) == ((other.name,), (person.name,))
    assert [row.number for row in crews.crew(team, on=TODAY)] == [other.number]
    (away,) = crews.away(team, on=TODAY)
    assert (away.number, "值班" in away.reason) == (person.number, True)
    free = available(person, TimeWindow(morning, morning + HOUR))
    assert not free.is_free
    assert available(person, TimeWindow(morning - 3 * HOUR, morning)).is_free
    tomorrow = TODAY + timedelta(days=1)
    (duty,) = teams_on_duty(teams=[team], on=tomorrow)
    assert person.name in duty.member_names
