"""Crews set out while somebody reads a draft: what is under way stays theirs, the rest goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db.models import F

from dianliang.domain.incidents.models import LogEntry
from dianliang.domain.work.models import Plan, Visit
from dianliang.domain.work.operations import visits
from dianliang.domain.work.operations.plans import UnableToPlanError
from dianliang.domain.workforce.models import Team
from dianliang.engines.routing import GreatCircle
from dianliang.flows.dispatching import drafting, keeping, reading, running
from dianliang.flows.dispatching.keeping import under_way
from dianliang.kernel.actor import Role
from dianliang.kernel.geo import GeoPoint
from tests.flows.dispatching import test_lines as lines
from tests.flows.dispatching.test_dispatching import (
    chief,
    drafted,
    flooded,
    forced,
    told,
    urgent,
    with_tasks,
)
from tests.town import NOON

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(minutes=3)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Let searches end early: what is tested is not how good they are."""
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    monkeypatch.setattr(keeping, "LONGEST_S", 0.5)


def in_force(town):
    incident = flooded(town)
    with_tasks(town, incident)
    plan = drafted(town, incident)
    forced(town, plan)
    return incident, plan


def set_out(town, visit, at=SOON):
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({visit.team.code}))
    visits.accept(visit=visit, by=crew, at=at, device_at=at)
    visits.depart(visit=visit, by=crew, at=at, device_at=at)


def given_to(draft, visit, code):
    """Let a draft give a visit to another team at the same hour, as a search may."""
    line = draft.stops.get(job=visit.job)
    line.team, line.sequence = Team.objects.get(code=code), 0
    line.save()


def test_a_draft_keeps_what_a_crew_has_set_out_for_and_puts_the_rest_in_force(town):
    incident, live = in_force(town)
    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=24)
    gone = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").last()
    given_to(draft, gone, "B")
    set_out(town, gone)
    assert list(under_way(draft)) == [gone.job.number]

    forced(town, draft, SOON)

    gone.refresh_from_db()
    assert (gone.status, gone.team.code) == ("EN_ROUTE", "A")
    assert Visit.objects.filter(job=gone.job, status__in=["SCHEDULED", "EN_ROUTE"]).count() == 1
    draft = Plan.objects.get(pk=draft.pk)
    assert draft.status == "PUBLISHED"
    assert draft.stops.get(job=gone.job).team.code == "A"
    assert draft.stops.count() == 4
    (kept,) = reading.page(number=draft.number, by=chief(town), at=SOON).kept
    assert gone.job.number in kept
    assert "A队" in kept
    assert LogEntry.objects.filter(words__contains="在途的保留不动").count() == 1


@pytest.mark.parametrize("is_there", [False, True])
def test_a_crew_is_given_nothing_to_do_before_what_it_is_under_way_to(town, is_there):
    incident, live = in_force(town)
    gone = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").last()
    set_out(town, gone)
    if is_there:
        crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({"A"}))
        visits.arrive(visit=gone, by=crew, at=SOON, device_at=SOON)
    base = GeoPoint(gone.team.base_lat, gone.team.base_lon)
    way_s = 0 if is_there else GreatCircle().between(base, GeoPoint(gone.job.lat, gone.job.lon))[0]

    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=24)

    stops = list(draft.stops.filter(team__code="A", on=gone.on).order_by("start_at"))
    assert stops[0].job == gone.job
    early_s = (stops[0].start_at - SOON).total_seconds() - way_s
    assert 0 <= early_s <= 5 * 60


def test_a_draft_that_drops_what_a_crew_has_accepted_keeps_it_with_its_crew(town):
    incident, live = in_force(town)
    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=24)
    own = Visit.objects.filter(plan=live, team__code="A").first()
    draft.stops.filter(job=own.job).delete()
    set_out(town, own)

    forced(town, draft, SOON)

    own.refresh_from_db()
    assert (own.status, draft.stops.get(job=own.job).team.code) == ("EN_ROUTE", "A")


def test_what_happened_is_fitted_around_a_crew_that_sets_out_before_it_is_put_in_force(town):
    _, live = in_force(town)
    boxed = told(town, live, NOON, urgent=urgent())
    box = boxed.stops.get(job__title="急件：配电箱抬升")
    moved = Visit.objects.filter(plan=live).order_by("arrive_at").last()
    given_to(boxed, moved, "B")
    set_out(town, moved)

    forced(town, boxed, SOON)

    moved.refresh_from_db()
    boxed = Plan.objects.get(pk=boxed.pk)
    assert moved.status == "EN_ROUTE"
    assert boxed.stops.get(job=moved.job).team_id == moved.team_id
    assert boxed.stops.filter(job=box.job).exists()
    assert Visit.objects.filter(job=box.job, status="SCHEDULED").exists()


def test_a_crew_that_sets_out_during_the_check_is_kept_too(town, monkeypatch):
    incident, live = in_force(town)
    draft = drafted(town, incident, at=SOON, starts_at=SOON, hours=24)
    gone = Visit.objects.filter(plan=live, team__code="A").order_by("arrive_at").last()
    given_to(draft, gone, "B")
    check = drafting.drafting.require_publishable

    def meanwhile(plan, *, at):
        check(plan, at=at)
        monkeypatch.setattr(drafting.drafting, "require_publishable", check)
        set_out(town, gone)

    monkeypatch.setattr(drafting.drafting, "require_publishable", meanwhile)

    forced(town, draft, SOON)

    gone.refresh_from_db()
    assert gone.status == "EN_ROUTE"
    assert Plan.objects.get(pk=draft.pk).stops.get(job=gone.job).team.code == "A"


def test_a_draft_that_somebody_read_for_long_is_laid_out_from_now(town):
    incident = flooded(town)
    with_tasks(town, incident)
    draft = drafted(town, incident)
    later = NOON + timedelta(minutes=50)

    made = forced(town, draft, later)

    assert len(made) == 4
    assert min(Visit.objects.values_list("arrive_at", flat=True)) >= later
    page = reading.page(number=draft.number, by=chief(town), at=later)
    assert (page.caught_up, page.kept) == (1, ())


def test_a_draft_of_which_hardly_anything_still_holds_is_refused(town, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_LATE", 0)
    incident = flooded(town)
    with_tasks(town, incident)
    draft = drafted(town, incident)

    with pytest.raises(UnableToPlanError, match="请另拟一份"):
        forced(town, draft, NOON + timedelta(minutes=50))

    assert not Visit.objects.exists()
    assert Plan.objects.get(pk=draft.pk).revision == draft.revision


def test_a_crew_at_work_on_a_line_keeps_its_part_in_the_next_draft(town):
    incident = lines.crews_of(town, "A", people=2)
    line = lines.lined(town, incident, path=lines.SHORT, km="2", people="2")
    live = lines.drafted(town, incident, hours=12)
    lines.forced(town, live)
    first = Visit.objects.filter(plan=live).order_by("arrive_at").first()
    set_out(town, first, first.arrive_at)
    crew = replace(town.actor("S1", Role.CAPTAIN), team_codes=frozenset({"A"}))
    visits.arrive(visit=first, by=crew, at=first.arrive_at, device_at=first.arrive_at)
    at = first.arrive_at + timedelta(minutes=20)

    draft = lines.drafted(town, incident, at=at, hours=12)

    own = draft.stops.get(job=first.job)
    assert own.sequence == 1
    rest = timedelta(minutes=first.job.duration_min) - timedelta(minutes=20)
    assert own.depart_at <= at + rest + timedelta(minutes=6)  # to set up is not counted again
    assert not draft.unplanned.filter(job__task__line=line).filter(job=first.job).exists()
    lines.forced(town, draft, at + timedelta(minutes=14))
    first.refresh_from_db()
    assert first.status == "ARRIVED"
    (row,) = running.lines(incident, plan=Plan.objects.get(pk=draft.pk), at=at)
    parts = [stop.job.task for stop in draft.stops.select_related("job__task")]
    assert row.planned_m == sum(part.to_m - part.from_m for part in parts)
    assert row.stretches[0].start_at == first.arrive_at


def test_a_crew_that_takes_over_in_an_emergency_does_not_wait_for_the_hour_of_the_other(town):
    """Nobody was told an hour: who is free begins when it is there."""
    _, live = in_force(town)
    later = {name: F(name) + timedelta(hours=4) for name in ("arrive_at", "depart_at")}
    Visit.objects.filter(plan=live, team__code="A").update(**later)
    lines = live.stops.filter(team__code="A")
    lines.update(**later, start_at=F("start_at") + timedelta(hours=4))
    told_at = dict(lines.values_list("job__number", "start_at"))

    draft = told(town, live, NOON, lost_team="A")

    taken = draft.stops.filter(team__code="B", job__number__in=told_at)
    assert {line.job.number for line in taken} == told_at.keys()
    assert min(line.start_at - told_at[line.job.number] for line in taken) < -timedelta(hours=1)
