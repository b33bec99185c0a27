"""Who acts when an account asks: its role of the day, and the teams of its person."""

from datetime import date, time, timedelta

import pytest

from dianliang.domain.directory.models import RoleAssignment
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows import identity
from dianliang.kernel.actor import Role

TODAY = date(2026, 11, 24)
DAY = timedelta(days=1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "ends", "acts"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
    ],
)
def test_a_role_acts_on_its_days_only(town, begins, ends, acts):
    user = town.user("clerk", Role.DISPATCHER, "S1")
    RoleAssignment.objects.filter(user=user).update(valid_from=begins, valid_until=ends)
    chosen = RoleAssignment.objects.create(user=user, role=Role.AUDITOR, unit=town.units["LM"])

    first = identity.actor_of(user, on=TODAY)
    other = identity.actor_of(user, on=TODAY, role_id=chosen.pk)

    assert first is not None
    assert (first.role, first.unit_code) == (
        (Role.DISPATCHER, "S1") if acts else (Role.AUDITOR, "LM")
    )
    assert other is not None
    assert other.role == Role.AUDITOR
    assert identity.actor_of(user, on=TODAY, role_id=0) is None


@pytest.mark.django_db
@pytest.mark.parametrize("is_active", [True, False])
def test_who_has_left_brings_no_team(town, is_active, django_assert_max_num_queries):
    user = town.user("steward", Role.STEWARD, "S1")
    team = Team.objects.create(
        code="XH",
        name="薪火队",
        unit=town.units["S1"],
        base_lat=30.6,
        base_lon=119.6,
        shift_starts=time(8),
        shift_ends=time(17),
        calendar_token="calendar-XH",
    )
    person = Person.objects.create(
        number="R1", name="甲", unit=town.units["S1"], user=user, is_active=is_active
    )
    team.members.create(person=person, valid_from=TODAY)

    with django_assert_max_num_queries(2):
        actor = identity.actor_of(user, on=TODAY)

    assert actor is not None
    assert actor.person_number == ("R1" if is_active else "")
    assert actor.team_codes == ({"XH"} if is_active else set())
