"""What a crew and a commander see of work along a line: where it begins, how far it is."""

from datetime import timedelta

import pytest

from dianliang.domain.work.models import Plan, Visit
from dianliang.flows import day_route
from dianliang.kernel.coordinates import to_gcj02
from dianliang.kernel.geo import GeoPoint
from tests.flows.dispatching import test_lines as dike
from tests.flows.dispatching.test_lines import SHORT, SIX, crew, crews_of, drafted, forced, lined

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
