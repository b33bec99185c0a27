"""What happens while a draft is computed, waits or goes in force never leaves it half in force."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from dianliang.domain.incidents.models import LogEntry
from dianliang.domain.mobilisation.models import Dispatch
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.flows import crewday
from dianliang.flows.dispatching import events
from dianliang.flows.incidents import leading
from dianliang.flows.planning import drafting as planning
from dianliang.flows.planning.happened import happened_from
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests import town as town_builder
from tests.flows.dispatching.test_dispatching import (
    HOUR,
    chief,
    computed,
    drafted,
    flooded,
    forced,
    told,
    urgent,
    with_tasks,
)
from tests.flows.incidents.things import seen
from tests.meeting import while_open
from tests.town import NOON, TODAY

CUT = "30.495,119.55 30.495,119.65 30.4951,119.65 30.4951,119.55"


def in_force(town):
    incident = flooded(town)
    with_tasks(town, incident)
    plan = drafted(town, incident)
    forced(town, plan)
    return incident, plan


def say(town, plan, **said):
    return events.tell(number=plan.number, said=events.Happening(**said), by=chief(town), at=NOON)


@pytest.mark.django_db
def test_a_draft_that_does_not_know_what_was_told_since_is_refused_and_the_next_knows_all(
    town, monkeypatch
):
    incident, live = in_force(town)
    reckon = planning.compute

    def meanwhile(*problem, **asked_for):
        monkeypatch.setattr(planning, "compute", reckon)
        say(town, live, lost_team="A", urgent=urgent())
        return reckon(*problem, **asked_for)

    monkeypatch.setattr(planning, "compute", meanwhile)
    blind = drafted(town, incident, hours=24)  # team A is lost while this is computed
    lost = Dispatch.objects.exclude(plan__in=[live, blind]).get().plan
    with pytest.raises(StaleStateError, match=f"又报了情况.*A队.*先把 {lost.number} 作废"):
        forced(town, blind)
    lost = computed(lost.number)

    with pytest.raises(InvalidInputError, match=f"已在 {lost.number} 里.*新发生的事"):
        say(town, live)
    cut = told(town, live, NOON, shapes=CUT)
    happened = happened_from(cut.outcome)
    assert {code for code, _ in happened.lost} == {"A"}
    assert len(happened.cuts) == 1
    assert f"连同 {lost.number} 里报的情况" in Dispatch.objects.get(plan=cut).words
    assert cut.stops.filter(job__title="急件：配电箱抬升", team__code="B").exists()
    assert not cut.stops.filter(team__code="A").exists()
    with pytest.raises(StaleStateError, match=cut.number):
        forced(town, lost)
    assert not Visit.objects.exclude(plan=live).exists()
    forced(town, cut)
    for late, words in ((lost, "再报一次情况"), (blind, "另拟一份")):
        with pytest.raises(StaleStateError, match=f"{cut.number}”已经生效.*{words}"):
            forced(town, late)

    again = drafted(town, incident, hours=24, at=NOON + HOUR, starts_at=NOON + HOUR, teams=("B",))
    page = {"number": incident.number, "rosters": [], "revision": seen(incident)}
    leading.assign(teams=["A"], **page, by=town.actor("S1"), at=NOON)
    with pytest.raises(StaleStateError, match="B队已不在这个事件里"):
        forced(town, again)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["told", "forced"])
def test_of_two_who_meet_one_wins_and_the_other_is_told(first, transactional_db):
    town = town_builder.build()
    incident, live = in_force(town)
    waiting = drafted(town, incident, hours=24)
    force = partial(forced, town, waiting)
    tell = partial(say, town, live, lost_team="A")

    acts = {"told": (tell, force), "forced": (force, tell)}[first]
    kept, refused = while_open(*acts)

    assert kept is None
    kind, words = {
        "told": (StaleStateError, "又报了情况"),
        "forced": (UnableToPlanError, "只有生效中的"),
    }[first]
    assert isinstance(refused, kind)
    assert words in refused.message
    is_new = first == "forced"
    assert Plan.objects.get(pk=waiting.pk).status == ("PUBLISHED" if is_new else "READY")
    assert Plan.objects.get(pk=live.pk).status == ("SUPERSEDED" if is_new else "PUBLISHED")
    assert Visit.objects.filter(plan=waiting).exists() == is_new
    assert LogEntry.objects.filter(words__contains=waiting.number).exists() == is_new


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_at_once", [True, False])
def test_a_team_that_is_off_a_moment_before_is_sent_when_it_is_back(is_at_once, transactional_db):
    """How far the commander's press had come when the captain's was kept changes nothing."""
    town = town_builder.build()
    incident, live = in_force(town)
    waiting = drafted(town, incident, hours=24)
    force = partial(forced, town, waiting)
    captain = replace(town.actor("S1", Role.CAPTAIN), person_number="A-0")
    away = partial(
        crewday.report_team_absence, team_code="A", on=TODAY, reason="车坏", by=captain, at=NOON
    )

    if is_at_once:
        assert while_open(away, force) == [None, None]
    else:
        away()
        force()

    assert Plan.objects.get(pk=waiting.pk).status == "PUBLISHED"
    assert Plan.objects.get(pk=live.pk).status == "SUPERSEDED"
    sent = Visit.objects.filter(team__code="A", status="SCHEDULED").values_list("on", flat=True)
    assert {*sent} == {TODAY + timedelta(days=1)}
