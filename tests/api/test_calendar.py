"""A team's calendar: what every calendar program can read, with nothing of the customer."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from dianliang.domain.work.models import Visit
from dianliang.domain.work.operations import jobs
from dianliang.domain.work.operations import visits as operations
from dianliang.faces.ui.requests import now
from dianliang.flows import handling
from dianliang.kernel.actor import Role


@pytest.fixture
def feed(client, planned_visit):
    """The visit's calendar, read anew each time."""
    _, visit = planned_visit

    def read(**headers):
        return client.get(f"/api/teams/{visit.team.calendar_token}.ics", headers=headers)

    return read


@pytest.fixture
def planned_visit(town):
    """A visit of tomorrow for somebody with a name and a phone."""
    team = town.team("XH", "S1", "repair")
    asked = {"service_code": "PWR-OUTAGE", "name": "王五", "phone": "13900002222"}
    need = town.post("家里没电", area_code="V1", at=now(), **asked)
    handling.accept(number=need.number, by=town.actor(), at=now())
    (job,) = handling.split(number=need.number, parts=(), by=town.actor(), at=now())
    jobs.schedule(job=job, by=town.actor(), at=now())
    arrive = (now() + timedelta(days=1)).replace(microsecond=0)
    visit = Visit.objects.create(
        number="SM-1",
        job=job,
        team=team,
        on=arrive.astimezone(ZoneInfo("Asia/Shanghai")).date(),
        sequence=1,
        arrive_at=arrive,
        depart_at=arrive + timedelta(hours=1),
    )
    return town, visit


def events(answer):
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_visit_stands_in_the_calendar_in_local_time_with_its_zone(feed, planned_visit):
    _, visit = planned_visit
    answer = feed()

    assert answer["Content-Type"].startswith("text/calendar")
    calendar = Calendar.from_ical(answer.content)
    assert {"VERSION", "PRODID", "METHOD", "X-WR-CALNAME"} <= calendar.keys()
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    (event,) = calendar.walk("VEVENT")
    assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS"} <= event.keys()
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert event.decoded("DTSTART") == visit.arrive_at
    lines = answer.content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for secret in ("王五", "1390000"):
        assert secret not in answer.content.decode()


def test_a_visit_that_is_called_off_is_struck_out_under_the_same_uid(feed, planned_visit):
    town, visit = planned_visit
    (before,) = events(feed())
    operations.withdraw(visit=visit, reason="改日", by=town.actor(role=Role.DISPATCHER), at=now())
    (after,) = events(feed())

    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")


def test_an_unchanged_calendar_is_not_sent_again(feed):
    first = feed()

    assert feed(**{"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("token", ["guess", "%00", "%ED%A0%80", "x" * 500])
def test_a_calendar_nobody_gave_out_is_absent(client, town, token):
    assert client.get(f"/api/teams/{token}.ics").status_code == 404
