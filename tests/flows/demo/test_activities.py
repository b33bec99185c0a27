"""The demo county shows activities at every stage, and its figures come from records."""

from collections import Counter
from datetime import timedelta

from dianliang.core.models import User
from dianliang.domain.insight.volunteering import volunteering
from dianliang.domain.programs.models import Activity, Participation, Session, Signup
from dianliang.domain.programs.queries import attendances
from dianliang.domain.workforce.models import Membership, Team
from dianliang.flows import identity
from dianliang.flows.activities import lecture_pages, offer_pages, repeating
from tests.demo import AT


def test_the_demo_reproduces_the_seeds_figures_from_its_records(demo):
    """8 teams, 400+ people, 120+ actions, 800+ person-times; 20+ open days; 30+ lectures."""
    by = identity.actor_of(User.objects.get(username="dispatcher"), on=AT.date())
    assert by is not None

    year = {"start": AT - timedelta(days=365), "end": AT}
    whole = volunteering(by=by, **year).whole
    assert (whole.teams, whole.members >= 400) == (8, True)
    assert whole.actions >= 120
    assert whole.person_times >= 800
    assert whole.actions == Activity.objects.filter(started_at__gte=AT - timedelta(365)).count()
    (days,) = repeating.series_list(by=by, on=AT.date())
    assert days.held >= 20
    assert sum(row.given for row in lecture_pages.pool(by=by)) >= 30

    stages = Counter(Session.objects.values_list("status", flat=True))
    assert {"ANNOUNCED", "UNDER_WAY", "ACCOUNTED"} <= stages.keys()
    assert Signup.objects.filter(status="WAITING").exists()
    rows = attendances(AT - timedelta(days=200), AT)
    assert any(row.doubts for row in rows)
    assert all(row.checked_in_at <= AT for row in rows)
    assert {row.way for row in offer_pages.offer_list(by=by)} == {"grab", "bid", "assign"}
    assert repeating.make_all_due(at=AT) >= 2
    assert not Session.objects.filter(is_generated=False).exists()

    # One who took part less, one team and its people less: the figures follow the records.
    counted = Participation.objects.filter(activity__started_at__gte=year["start"])
    counted.filter(activity__started_at__lt=AT).first().delete()
    team = Team.objects.filter(is_volunteer=True, parent=None).first()
    Membership.objects.filter(team=team).delete()
    Team.objects.filter(pk=team.pk).update(is_volunteer=False)
    later = volunteering(by=by, **year).whole
    assert later.teams == 7
    assert later.members < whole.members
    assert later.person_times < whole.person_times
