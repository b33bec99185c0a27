"""Sessions, people who come to them, and what the access matrix needs of them."""

from datetime import datetime, time, timedelta
from itertools import count

from dianliang.domain.programs.models import Session
from dianliang.domain.programs.operations import sessions as operations
from dianliang.domain.programs.operations.sessions import Planned
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import lecturing, offering, planning, repeating, teaching
from dianliang.kernel.actor import Actor, Role
from tests.core.test_files import photo
from tests.town import NOON, TODAY, Town

STARTS = NOON + timedelta(days=3)
_serial = count(1)


def session_of(town: Town, **changes) -> Session:
    """Announce a session of station S1 at the service point of 余村."""
    site = Site.objects.get(code="FW-001")
    draft = changes.pop("draft", False)
    at = changes.pop("at", NOON)
    starts_at = changes.pop("starts_at", at + (STARTS - NOON))
    known = {
        "title": "独居老人用电检查",
        "kind": "action",
        "role": "volunteer",
        "unit": town.units["S1"],
        "area": site.area,
        "site": site,
        "place": "余村电力服务站",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "is_public": True,
    }
    by = town.actor("S1", Role.PARTY_AFFAIRS)
    session = operations.plan(planned=Planned(**{**known, **changes}), by=by, at=at)
    return session if draft else operations.announce(session=session, by=by, at=at)


def somebody(town: Town, name: str = "", *, unit: str = "S1") -> Person:
    """Write down a person of a station."""
    number = next(_serial)
    return Person.objects.create(
        number=f"RY-{number:04d}", name=name or f"某人{number}", unit=town.units[unit]
    )


def soon(minutes: int, session: Session) -> datetime:
    """Return a moment some minutes after a session's start."""
    return session.starts_at + timedelta(minutes=minutes)


def of_station(town: Town) -> dict[str, dict[str, str]]:
    """What station S1 holds, by the kinds of the access matrix."""
    at = now()
    desk = town.actor("S1", Role.PARTY_AFFAIRS)
    session = session_of(town, at=at, starts_at=at + timedelta(minutes=30))
    operations.begin(session=session, by=desk, at=at)
    planning.add_photos(number=session.number, contents=[photo()], words="", by=desk, at=at)
    token = session.photos.get().file.token
    series = repeating.open_series(repeated=weekly(town), by=desk, at=at)
    return {
        "session": {"number": session.number, "verb": "end", "token": token},
        "series": {"number": series.number, "verb": "end"},
        "offer": {"number": offer_of(town, at=at).number, "verb": "cancel"},
        "course": {"number": course_of(town, at=at).number, "verb": "cancel"},
        "lecture": {"number": lecture_of(town, at=at).number, "verb": "decline"},
    }


def weekly(town: Town, **changes) -> repeating.Repeated:
    """Say a weekly open day of station S1 as a form does."""
    known = {
        "title": "余村会客日",
        "kind": "open_day",
        "role": "guest",
        "unit_code": "S1",
        "site_code": "FW-001",
        "frequency": "weekly",
        "weekdays": (2,),
        "begins_at": time(9),
        "minutes": 120,
        "starts_on": TODAY,
    }
    return repeating.Repeated(**{**known, **changes})


def lecture_of(town: Town, *, by: Actor | None = None, at: datetime = NOON, **changes):
    """Ask for a lecture about safety at the service point of 余村."""
    known = {
        "topic_code": "SAFETY",
        "unit_code": "S1",
        "asked_for": "余村小学",
        "site_code": "FW-001",
        "wishes": [at + timedelta(days=5), at + timedelta(days=6)],
        "minutes": 60,
        "contact": "陆老师 19900001111",
    }
    asked = lecturing.Asked(**{**known, **changes})
    return lecturing.ask(asked=asked, by=by or town.actor("S1", Role.PARTY_AFFAIRS), at=at)


def offer_of(town: Town, *, at: datetime = NOON):
    """Offer a piece of work to the teams of station S1."""
    asked = offering.Asked(
        service_code="PWR-OUTAGE",
        way="assign",
        title="余村用电安检",
        unit_code="S1",
        area_code="V1",
        starts_at=at + timedelta(days=2),
        ends_at=at + timedelta(days=2, hours=2),
    )
    return offering.open_offer(asked=asked, by=town.actor("S1", Role.PARTY_AFFAIRS), at=at)


def course_of(town: Town, *, at: datetime = NOON, **changes):
    """Open a course of station S1 that grants the certificate of care."""
    known = {"title": "关爱走访培训", "unit_code": "S1", "skill_code": "care", "pass_mark": 60}
    offered = teaching.Offered(**{**known, **changes})
    return teaching.open_course(offered=offered, by=town.actor("S1", Role.PARTY_AFFAIRS), at=at)
