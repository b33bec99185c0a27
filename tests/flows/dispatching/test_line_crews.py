"""What a crew and a commander see of work along a line: where it begins, how far it is."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Plan, Visit
from dianliang.flows import day_route
from dianliang.flows.command import board
from dianliang.flows.dispatching import correcting, routes, running
from dianliang.kernel.coordinates import to_gcj02
from dianliang.kernel.geo import GeoPoint
from tests.flows.dispatching import test_lines as dike
from tests.flows.dispatching.test_lines import (
    SHORT,
    SIX,
    chief,
    crew,
    crews_of,
    drafted,
    forced,
    lined,
    op,
    sent,
)
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def half_done(town, monkeypatch):
    """One crew in force on two kilometres, of which it does the first part from its far end."""
    monkeypatch.setattr(dike.drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    line = lined(town, incident, path=SHORT, km="2", people="2")
    plan = drafted(town, incident, hours=24)
    forced(town, plan)
    plan.refresh_from_db()
    first = plan.stops.order_by("sequence").first().job.number
    Plan.objects.filter(pk=plan.pk).update(outcome={**plan.outcome, "turned": [first]})
    return incident, line, plan


def test_the_phone_leads_to_the_end_where_the_crew_begins(town, half_done):
    _, _, plan = half_done
    turned, straight = (
        Visit.objects.get(job=stop.job) for stop in plan.stops.order_by("sequence")[:2]
    )
    sheets = {
        sheet.stop.number: sheet
        for sheet in day_route.day(by=crew(town, "A"), at=SIX + timedelta(minutes=1)).sheets
    }
    south, north = GeoPoint(30.50, 119.60), GeoPoint(30.518, 119.60)
    for visit, is_turned in ((turned, True), (straight, False)):
        sheet, task = sheets[visit.number], visit.job.task
        metre = task.to_m if is_turned else task.from_m
        lat = south.lat + (north.lat - south.lat) * metre / 2000
        assert sheet.task.line.is_turned == is_turned
        assert (sheet.stop.lat, sheet.stop.lon) == pytest.approx((lat, 119.60), abs=1e-5)
        gcj = to_gcj02(GeoPoint(sheet.stop.lat, sheet.stop.lon))
        assert f"{gcj.lon:.6f},{gcj.lat:.6f}" in sheet.navigation.amap


def waiting(town, incident):
    """A draft that waits, and the parts of the line that it has, in order of metres."""
    plan = drafted(town, incident, hours=24)
    stops = plan.stops.order_by("job__task__from_m").select_related("job__task", "team")
    return plan, list(stops)


def test_what_crews_finish_while_a_draft_waits_does_not_refuse_it(town, half_done):
    incident, line, _ = half_done
    plan, stops = waiting(town, incident)
    first = stops[0].job.task
    assert sent(town, [op(line, "true", 0, first.to_m / 1000)]) == ["applied"]

    forced(town, plan)
    open_ones = Visit.objects.filter(plan=plan, status="SCHEDULED")
    assert open_ones.count() == len(stops) - 1
    assert not open_ones.filter(job=first.job).exists()


def test_a_false_report_that_is_taken_back_leaves_an_older_draft_as_it_was(town, half_done):
    incident, line, _ = half_done
    plan, stops = waiting(town, incident)
    wrong_m = stops[2].job.task.to_m
    assert sent(town, [op(line, "wrong", 0, wrong_m / 1000)]) == ["applied"]
    report = line.reports.get()
    correcting.take_back(
        number=incident.number,
        report=str(report.pk),
        reason="报错了",
        by=chief(town),
        at=SIX,
    )

    forced(town, plan)
    lit = Visit.objects.filter(plan=plan, status="SCHEDULED")
    for before, now in zip(stops, lit.order_by("job__task__from_m"), strict=True):
        part = now.job.task
        assert (part.from_m, part.to_m) == (before.job.task.from_m, before.job.task.to_m)
        assert (now.team, now.arrive_at, now.on) == (before.team, before.arrive_at, before.on)
    told = AuditEvent.objects.filter(verb="work.plan.do_again", target_id=plan.number)
    assert told.count() == 3


def test_the_map_counts_kilometres_of_a_line_and_not_visits(town, half_done):
    incident, line, plan = half_done
    found = routes.route_map(number=incident.number, by=chief(town), at=SIX)
    (crew_a,) = found.crews
    planned_m = 1000 * sum(
        row.km for row in running.lines(incident, plan=plan, at=SIX)[0].stretches
    )
    assert (found.line_done_m, found.line_left_m) == (0, 2000)
    assert (crew_a.done, crew_a.left, crew_a.line_left_m) == (0, 0, planned_m)
    legs = sum(plan.stops.values_list("travel_m", flat=True))
    assert (crew_a.way_done_m, crew_a.way_left_m) == (0, legs)
    assert not any(found.counts.values())

    # One report goes beyond the crew's parts: what nobody was sent to is done without a visit.
    assert sent(town, [op(line, "far", 1.2, 1.65)]) == ["applied"]
    assert sent(town, [op(line, "near", 0, 0.1)]) == ["applied"]
    found = routes.route_map(number=incident.number, by=chief(town), at=NOON)
    (crew_a,) = found.crews
    assert (found.line_done_m, found.line_left_m) == (550, 1450)
    assert (crew_a.done, crew_a.line_done_m) == (0, 550)
    drawn = found.drawn()
    assert drawn["points"] == []
    (whole,) = drawn["lines"]
    assert [len(part) >= 2 for part in whole["done"]] == [True, True]
    assert whole["done"][0][0] == [30.5, 119.6]
    assert len(drawn["parts"]) == crew_a.line_left_m / 100
    (card,) = board.board(number=incident.number, by=chief(town), at=NOON).lines
    assert (card.row.done_m, card.crews, card.row.forecast is None) == (550, (), False)
