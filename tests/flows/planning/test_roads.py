"""Roads in planning: fetched beside the work, used by plans, missed without harm."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from dianliang.core import jobs as background
from dianliang.core.models import BackgroundJob
from dianliang.domain.territory.models import Area
from dianliang.engines.routing import Clustered, GreatCircle
from dianliang.flows import checkup, worker
from dianliang.flows.planning import roads
from dianliang.kernel.actor import SYSTEM
from dianliang.kernel.errors import DomainError
from tests.flows.planning.test_planning import computed, draft, job
from tests.roadserver import Country, served
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def country():
    """Roads twice as long as the crow flies, on a server that the installation knows."""
    return Country(shift=2.0)


@pytest.fixture
def road_server(country, settings):
    with served(country) as place:
        settings.ROADS_URL = f"osrm+http://{place}"
        yield settings.ROADS_URL


def refreshed(at=NOON):
    return roads.refresh(source=roads.source_in_use(), by=SYSTEM, at=at)


def test_without_a_server_ways_are_estimated_and_the_plan_says_so(two_teams):
    plan = computed(draft(two_teams, [job(two_teams)]))

    assert plan.outcome["ways"] == roads.ESTIMATED


def test_a_plan_goes_by_the_stored_roads_and_says_from_when(two_teams, country, road_server):
    wanted = job(two_teams)
    Area.objects.filter(code="V2").update(lat=30.70, lon=119.60)
    before = computed(draft(two_teams, [wanted], teams=("B",))).stops.get()
    refreshed()
    asked = len(country.asked)

    plan = computed(draft(two_teams, [wanted], teams=("B",)))

    assert "2026-11-24 的道路表" in plan.outcome["ways"]
    assert plan.stops.get().travel_m > 1.2 * before.travel_m
    assert len(country.asked) == asked


def test_only_villages_and_bases_are_told_to_the_server(two_teams, country, road_server):
    job(two_teams)

    refreshed()

    told = {pair for path in country.asked for pair in path.split("/")[4].split("?")[0].split(";")}
    known = {f"{point.lon:.6f},{point.lat:.6f}" for point in roads.centres()}
    assert told == known


def test_a_server_that_is_down_leaves_the_old_table_and_is_named(two_teams, country, road_server):
    refreshed()
    country.failures = [503] * 9

    with pytest.raises(DomainError, match="HTTP 503"):
        refreshed(NOON + timedelta(days=8))

    ways = roads.ways()
    assert isinstance(ways.travel, Clustered)
    assert "此后更新失败" in ways.words


def test_a_server_that_never_answered_leaves_the_estimate(two_teams, country, road_server):
    country.failures = [503] * 9
    with pytest.raises(DomainError):
        refreshed()

    ways = roads.ways()

    assert ways.travel == GreatCircle()
    assert "HTTP 503" in ways.words
    (finding,) = [f for f in checkup.examine(at=NOON) if f.subject == "道路服务"]
    assert "HTTP 503" in finding.words


def test_the_worker_fetches_what_is_due_once_a_day(two_teams, country, road_server):
    for minutes in range(3):
        worker.run_chores(NOON + timedelta(minutes=minutes))
    while background.run_next(owner="w", clock=lambda: NOON):
        pass

    assert BackgroundJob.objects.filter(kind=roads.REFRESH).count() == 1
    assert isinstance(roads.ways().travel, Clustered)
    worker.run_chores(NOON + timedelta(days=2))
    assert BackgroundJob.objects.filter(kind=roads.REFRESH).count() == 1


@pytest.mark.parametrize("change", ["week", "village"])
def test_a_table_is_made_anew_when_it_is_old_or_a_village_moves(two_teams, road_server, change):
    refreshed()
    at = NOON + timedelta(days=8 if change == "week" else 1)
    if change == "village":
        Area.objects.filter(code="V1").update(lat=30.5)

    roads.order_if_due(at=at)

    assert BackgroundJob.objects.filter(kind=roads.REFRESH).count() == 1


def test_a_table_survives_the_way_to_the_database(two_teams, road_server):
    whole = roads.source_in_use().table(roads.centres())

    again = roads.unpacked(roads.packed(whole.table))

    assert again.points == whole.table.points
    assert again.seconds == pytest.approx(whole.table.seconds, abs=0.05)
    assert again.metres == pytest.approx(whole.table.metres, abs=0.5)


def test_the_command_says_what_came_of_it(two_teams, road_server, capsys, settings):
    call_command("roads")
    assert "道路表" in capsys.readouterr().out

    settings.ROADS_URL = "http://10.0.0.5:5000"
    with pytest.raises(CommandError, match="应形如"):
        call_command("roads")


def test_no_village_with_a_place_is_an_answer_too(db, road_server):
    with pytest.raises(DomainError, match="带坐标的村"):
        refreshed()
