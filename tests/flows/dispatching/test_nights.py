"""A crew that works from 20:00 to 08:00 has one shift: planned, driven, changed and shown whole."""

from datetime import timedelta

import pytest

from dianliang.domain.work.models import Visit
from dianliang.domain.workforce.models import Attendance
from dianliang.flows import crewday, day_route
from dianliang.flows.command import safety
from dianliang.flows.dispatching import drafting, reading, tasking
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from tests.flows.dispatching.test_dispatching import urgent
from tests.flows.dispatching.test_lines import SIX, chief, crew, crews_of, drafted, forced, told
from tests.town import TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EIGHT = SIX + 14 * HOUR
ONE = SIX + 19 * HOUR
NIGHT = TimeWindow(EIGHT, EIGHT + 12 * HOUR)


def tasked(town, incident, *, minutes="100", count=5, at=SIX, **changed):
    for n in range(count):
        asked = urgent(
            title=f"抽水 {n}", lat=f"30.5{n}", minutes=minutes, due_h="30", rank="second", **changed
        )
        tasking.open_urgent(incident=incident, asked=asked, by=chief(town), at=at)


def test_a_night_is_one_shift_from_the_plan_to_the_phone(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    tasked(town, incident)
    plan = drafted(town, incident, starts_at=EIGHT, hours=12)

    assert (plan.first_on, plan.last_on) == (TODAY, TODAY)
    assert not plan.unplanned.exists()  # 8:20 of work: no piece cut at midnight has it
    assert plan.stops.filter(depart_at__gt=NIGHT.end - 3 * HOUR).exists()
    (lane,) = plan.outcome["lanes"]
    meal = SIX.fromisoformat(lane["lunch_at"]).astimezone(SHANGHAI)
    assert meal.hour in {23, 0, 1}
    (row,) = reading.page(number=plan.number, by=chief(town), at=SIX).crews
    assert row.shifts == (f"{TODAY:%m-%d} 20:00–次日 08:00",)

    forced(town, plan)
    visits = Visit.objects.filter(plan=plan)
    assert {visit.on for visit in visits} == {TODAY}
    phone = day_route.day(by=crew(town, "A"), at=ONE)
    assert (phone.on, phone.until) == (TODAY, NIGHT.end)
    assert len([sheet for sheet in phone.sheets if sheet.is_open and sheet.stop.on == TODAY]) == 5
    assert sum(sheet.has_lunch_before for sheet in phone.sheets) == 1
    assert day_route.day(by=crew(town, "A"), at=NIGHT.end).on == TODAY + timedelta(days=1)
    member = {"team_code": "A", "person_number": "A-1", "by": crew(town, "A")}
    crewday.check_in(on=phone.on, at=ONE, **member)
    assert Attendance.objects.get(person__number="A-1").on == TODAY

    begun = visits.order_by("arrive_at").first()
    begun.status, begun.departed_at, begun.arrived_at = "ARRIVED", EIGHT, ONE - HOUR
    begun.accepted_at = EIGHT
    begun.save()
    after = told(town, plan, ONE, urgent=urgent(minutes="20", due_h="6", rank="first"))
    assert after.first_on == TODAY
    assert {stop.on for stop in after.stops.all()} == {TODAY}
    assert after.stops.get(job__title__contains="配电箱").depart_at <= NIGHT.end
    forced(town, after, at=ONE)
    assert Visit.objects.get(pk=begun.pk).plan == after

    anew = drafted(town, incident, at=ONE, hours=48)
    spans = {tuple(row[1:]) for row in anew.outcome["terms"]["windows"]}
    assert min(spans) == (str(TODAY), NIGHT.start.isoformat(), NIGHT.end.isoformat())
    nights = sorted(TimeWindow(SIX.fromisoformat(a), SIX.fromisoformat(b)) for _, a, b in spans)
    assert nights[1].start >= NIGHT.end + 12 * HOUR
    lost = told(town, after, ONE, lost_team="A")
    assert not lost.stops.exclude(job=begun.job).exists()
    (span,) = safety.stretches(incident, at=NIGHT.end)
    assert span.window == TimeWindow(EIGHT, NIGHT.end)
