"""Sessions, people who come to them, and what the access matrix needs of them."""

from datetime import datetime, timedelta
from itertools import count

from dianliang.domain.programs.models import Session
from dianliang.domain.programs.operations import sessions as operations
from dianliang.domain.programs.operations.sessions import Planned
from dianliang.domain.venues.models import Site
from dianliang.domain.workforce.models import Person
from dianliang.kernel.actor import Role
from tests.town import NOON, Town

STARTS = NOON + timedelta(days=3)
_serial = count(1)


def session_of(town: Town, **changes) -> Session:
    """Announce a session of station S1 at the service point of 余村."""
    site = Site.objects.get(code="FW-001")
    draft = changes.pop("draft", False)
    at = changes.pop("at", NOON)
    starts_at = changes.pop("starts_at", STARTS)
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
        number=f"RY-{number}", name=name or f"某人{number}", unit=town.units[unit]
    )


def soon(minutes: int, session: Session) -> datetime:
    """Return a moment some minutes after a session's start."""
    return session.starts_at + timedelta(minutes=minutes)
