"""A base closes only by somebody who has seen what is ahead there; nothing is left dangling."""

from datetime import timedelta

import pytest

from dianliang.domain.programs.models import LectureRequest, Series, Session, SessionNotice
from dianliang.domain.programs.operations import signing
from dianliang.domain.venues.booking.keeping import UnableToChangeError
from dianliang.domain.venues.models import Bookable, Booking, Site
from dianliang.flows.activities import planning, repeating
from dianliang.flows.bases import closing
from dianliang.flows.bases.closing import UnableToCloseBaseError
from dianliang.flows.booking import desk, keeping
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests import rooms
from tests.sessions import lecture_of, session_of, somebody, weekly
from tests.town import NOON

pytestmark = pytest.mark.django_db
CODE = "FW-001"


def close(by, ahead, **changes):
    asked = {"calls_off": True, "seen": ahead.seen, "seen_site": ahead.seen_site, **changes}
    return closing.close(code=CODE, reason="搬迁", by=by, at=NOON, **asked)


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.ADMINISTRATOR])
def test_a_base_closes_with_all_that_is_ahead_by_who_has_seen_it(town, role):
    hall = rooms.room(town)
    by = town.actor("S1", role)
    booking = rooms.book(town, hall)
    person, session = somebody(town), session_of(town)
    signing.sign_up(session=session, person=person, channel="console", by=SYSTEM, at=NOON)
    session_of(town, title="草稿", draft=True)
    repeating.open_series(repeated=weekly(town), by=town.actor("S1", Role.PARTY_AFFAIRS), at=NOON)
    request = lecture_of(town, site_code=CODE)

    with pytest.raises(NotVisibleError):
        closing.ahead(CODE, by=town.actor("S2"), at=NOON)
    ahead = closing.ahead(CODE, by=by, at=NOON)
    assert [row.number for row in ahead.bookings] == [booking.number]
    assert {row.number for row in ahead.sessions} == set(
        Session.objects.values_list("number", flat=True)
    )
    assert (len(ahead.series), ahead.lectures[0][0], ahead.rooms) == (1, request.number, 1)

    with pytest.raises(UnableToCloseBaseError):
        close(by, ahead, calls_off=False)
    late = session_of(town, title="刚加的", starts_at=NOON + timedelta(days=9))
    with pytest.raises(StaleStateError):
        close(by, ahead)
    assert Site.objects.get(code=CODE).closed_on is None
    assert Session.objects.get(pk=late.pk).status == "ANNOUNCED"

    seen = closing.ahead(CODE, by=by, at=NOON)
    assert close(by, seen) == seen.count

    assert not closing.ahead(CODE, by=by, at=NOON).count
    assert set(Session.objects.values_list("status", flat=True)) == {"CANCELLED", "DISCARDED"}
    told = SessionNotice.objects.filter(signup__person=person, kind="cancelled").get()
    assert "搬迁" in told.words
    request.refresh_from_db()
    booking.refresh_from_db()
    assert (request.status, booking.status) == ("DECLINED", "CANCELLED")
    assert all("搬迁" in reason for reason in (request.reason, booking.reason))
    assert not Bookable.objects.filter(site__code=CODE, is_active=True).exists()
    assert repeating.make_all_due(at=NOON + timedelta(days=20)) == 0
    assert Series.objects.get().ends_on is not None
    (off,) = desk.queue(view="off", by=town.actor("S2"), at=NOON).rows
    assert off.number == booking.number
    with pytest.raises(UnableToChangeError):
        keeping.resume(code=hall.code, by=by, at=NOON)
    with pytest.raises(InvalidInputError, match="停用"):
        lecture_of(town, site_code=CODE)
    assert LectureRequest.objects.count() == 1
    assert Booking.objects.filter(status__in=["ASKED", "APPROVED"]).count() == 0


def test_a_session_that_gave_its_room_back_goes_on_elsewhere(town):
    hall = rooms.room(town, spans=[(day, 8 * 60, 18 * 60) for day in range(1, 8)])
    by, session = town.actor("S1", Role.PARTY_AFFAIRS), session_of(town, site=None)
    for code in (hall.code, ""):
        planning.choose_room(number=session.number, code=code, by=by, at=NOON)

    assert closing.ahead(CODE, by=by, at=NOON).sessions == ()
