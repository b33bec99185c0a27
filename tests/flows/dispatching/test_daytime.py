"""A dispatch through the night leaves ordinary visits to the day; what is urgent comes at night."""

from datetime import datetime, time, timedelta

import pytest

from dianliang.domain.catalog.models import Element, Service
from dianliang.domain.work.models import Job, Visit
from dianliang.domain.workforce.models import Team
from dianliang.flows.dispatching import drafting, tasking
from dianliang.flows.planning.daytime import by_day
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.periods import TimeWindow
from tests.flows.dispatching.test_dispatching import urgent
from tests.flows.dispatching.test_lines import chief, crews_of, drafted, forced, told
from tests.town import NOON, TODAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
EVENING = NOON + 7 * HOUR


def left_over(town, number, *, service=None, windows=()):
    """An ordinary visit of this afternoon that the crew has not come to."""
    job = Job.objects.create(
        number=number,
        title="定期走访",
        service=service,
        area=town.areas["V1"],
        lat=30.45,
        lon=119.55,
        duration_min=30,
        windows=list(windows),
        unit=town.units["S1"],
        status="SCHEDULED",
        opened_at=NOON - 24 * HOUR,
    )
    Visit.objects.create(
        number=f"SM-{number}",
        job=job,
        team=Team.objects.get(code="A"),
        on=TODAY,
        sequence=1,
        arrive_at=NOON + 4 * HOUR,
        depart_at=NOON + 4 * HOUR + HOUR / 2,
    )
    return job


def hours_of(line):
    return line.start_at.astimezone(SHANGHAI).time(), line.depart_at.astimezone(SHANGHAI).time()


def test_an_event_in_the_evening_moves_no_ordinary_visit_into_the_night(town, monkeypatch):
    monkeypatch.setattr(drafting, "SMALL_S", 1)
    incident = crews_of(town, "A", people=2)
    for n in range(2):
        spot = urgent(title=f"抽水 {n}", lat=f"30.5{n}", minutes="60", due_h="20", rank="second")
        tasking.open_urgent(incident=incident, asked=spot, by=chief(town), at=EVENING)
    plan = drafted(town, incident, at=EVENING, hours=24)
    forced(town, plan, at=EVENING)
    regular = left_over(town, "GD-1")
    repair = Service.objects.create(
        code="outage", name="停电抢修", element=Element.choices[0][0], is_urgent=True
    )
    outage = left_over(town, "GD-2", service=repair)

    at = EVENING + HOUR / 2
    after = told(town, plan, at, urgent=urgent(minutes="30", due_h="4"))

    (hurried,) = after.stops.filter(job=outage)
    assert hurried.start_at < EVENING + 12 * HOUR
    for line in after.stops.filter(job=regular):
        start, end = hours_of(line)
        assert time(8, 30) <= start <= end <= time(17, 30)
    assert after.stops.filter(job=regular).exists() != after.unplanned.filter(job=regular).exists()


def day(begin, end, *, days=0):
    noon = datetime.combine(TODAY + timedelta(days=days), time(0), SHANGHAI)
    return TimeWindow(noon + begin * HOUR, noon + end * HOUR)


@pytest.mark.parametrize(
    ("minutes", "windows", "kept"),
    [
        (30, [], [day(8, 17), day(8, 17, days=1)]),
        (30, [day(0, 24)], [day(8, 17)]),
        (30, [day(16, 20)], [day(16, 17)]),
        (90, [day(16, 20)], [day(16, 20)]),
        (30, [day(19, 20)], [day(19, 20)]),
        (600, [], []),
    ],
)
def test_a_visit_keeps_to_its_windows_and_within_them_to_the_day(minutes, windows, kept):
    job = Job(duration_min=minutes)

    assert by_day(job, windows, [day(8, 17), day(8, 17, days=1)]) == kept
