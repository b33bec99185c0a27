"""会客日: opened once, announced by itself, with exceptions that tell who signed up (003-07)."""

from datetime import date, datetime, time, timedelta

import pytest

from dianliang.domain.programs import session_queries
from dianliang.domain.programs.models import Series, Session, SessionNotice
from dianliang.domain.programs.operations import signing
from dianliang.domain.programs.operations.series import UnableToRepeatError
from dianliang.domain.venues.booking import taking
from dianliang.domain.venues.models import Booking
from dianliang.flows.activities import repeating, series_rooms
from dianliang.kernel.actor import SYSTEM, Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from tests import rooms
from tests.rooms import window
from tests.sessions import somebody, weekly
from tests.town import NOON, TODAY


@pytest.fixture
def desk(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


def dates():
    found = Session.objects.order_by("starts_at").values_list("starts_at", flat=True)
    return [moment.astimezone(SHANGHAI).date() for moment in found]


def except_day(number, desk, *, on, moved_to=None, at=NOON):
    repeating.make_exception(
        number=number, on=on, moved_to=moved_to, reason="场地检修", by=desk, at=at
    )


def test_a_series_announces_a_month_ahead_and_goes_on_by_itself(town, desk):
    opened = repeating.open_series(repeated=weekly(town), by=desk, at=NOON)

    assert opened.made == 5
    assert dates()[0] == date(2026, 11, 25)
    assert set(Session.objects.values_list("status", "is_public")) == {("ANNOUNCED", True)}
    assert repeating.make_all_due(at=NOON) == 0
    assert repeating.make_all_due(at=NOON + timedelta(days=7)) == 1
    assert dates()[-1] - dates()[0] == timedelta(days=35)


def test_a_day_that_is_left_out_before_it_was_made_is_never_made(town, desk):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number
    except_day(series, desk, on=date(2026, 12, 30))

    repeating.make_all_due(at=NOON + timedelta(days=14))

    assert date(2026, 12, 30) not in dates()


def test_a_day_that_is_left_out_is_called_off_and_whoever_signed_up_is_told(town, desk):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number
    session = Session.objects.get(series_on=date(2026, 12, 2))
    signing.sign_up(session=session, person=somebody(town), channel="console", by=SYSTEM, at=NOON)

    except_day(series, desk, on=date(2026, 12, 2))

    session.refresh_from_db()
    assert (session.status, session.cancelled_because) == ("CANCELLED", "场地检修")
    assert SessionNotice.objects.filter(kind="cancelled").count() == 1
    with pytest.raises(UnableToRepeatError, match="已登记过"):
        except_day(series, desk, on=date(2026, 12, 2))


def test_a_day_that_is_moved_keeps_who_signed_up_and_its_place_in_the_series(town, desk):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number
    session = Session.objects.get(series_on=date(2026, 12, 2))
    signing.sign_up(session=session, person=somebody(town), channel="console", by=SYSTEM, at=NOON)
    moved_to = datetime(2026, 12, 3, 14, tzinfo=SHANGHAI)

    except_day(series, desk, on=date(2026, 12, 2), moved_to=moved_to)

    session.refresh_from_db()
    assert (session.starts_at, session.status) == (moved_to, "ANNOUNCED")
    assert SessionNotice.objects.filter(kind="changed").count() == 1
    assert repeating.make_all_due(at=NOON) == 0


@pytest.mark.parametrize("on", [date(2026, 12, 1), date(2026, 11, 18)])
def test_an_exception_is_about_a_day_of_the_series_that_is_still_ahead(town, desk, on):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number

    with pytest.raises(UnableToRepeatError):
        except_day(series, desk, on=on)


def test_a_series_that_ends_calls_off_what_lies_behind_its_last_day(town, desk):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number

    called_off = repeating.end_series(
        number=series, on=date(2026, 12, 9), reason="改在新址", by=desk, at=NOON
    )

    assert called_off == 2
    assert repeating.make_all_due(at=NOON + timedelta(days=40)) == 0
    assert not repeating.series_page(
        number=series, by=desk, at=NOON + timedelta(days=16)
    ).row.is_running


def test_the_days_are_shown_before_anything_is_kept(town, desk):
    monthly = weekly(
        town,
        frequency="month_day",
        weekdays=(),
        month_day=1,
        on_holiday="next",
        starts_on=date(2026, 9, 1),
    )

    days = repeating.preview(repeated=monthly, by=desk, at=NOON)

    assert [day.on for day in days[:2]] == [date(2026, 9, 1), date(2026, 10, 8)]
    assert [day.is_put_off for day in days[:2]] == [False, True]
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"weekdays": ()}, "weekdays"),
        ({"frequency": "month_day", "month_day": 32}, "month_day"),
        ({"frequency": "month_nth"}, "nth"),
        ({"frequency": "daily"}, "frequency"),
        ({"minutes": 5}, "minutes"),
        ({"ahead_days": 0}, "ahead_days"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"every": 13}, "every"),
    ],
)
def test_a_rule_without_days_is_refused_by_its_field(town, desk, changes, field):
    with pytest.raises(UnableToRepeatError) as refusal:
        repeating.open_series(repeated=weekly(town, **changes), by=desk, at=NOON)

    assert refusal.value.field == field
    assert not Series.objects.exists()


@pytest.mark.row("003-07")
def test_how_often_a_base_was_open_and_who_came_is_counted_from_its_sessions(town, desk):
    """Twenty open days and more a year (003-07): each figure is a number of sessions."""
    asked = weekly(town, starts_on=TODAY - timedelta(days=7), begins_at=time(18))
    series = repeating.open_series(repeated=asked, by=desk, at=NOON).number
    first = Session.objects.earliest("starts_at")
    guests = [somebody(town) for _ in range(3)]
    for guest in guests:
        signing.sign_up(session=first, person=guest, channel="console", by=SYSTEM, at=NOON)
    first.signups.filter(person__in=guests[:2]).update(status="ATTENDED")
    Session.objects.filter(pk=first.pk).update(status="ENDED")
    except_day(series, desk, on=date(2026, 12, 2))

    row = repeating.series_list(by=desk, on=TODAY)[0]

    assert (row.held, row.cancelled, row.visitors) == (1, 1, 2)
    assert row.rule.startswith("每周周三 18:00，120 分钟")
    found = session_queries.open_days(since=TODAY, until=TODAY + timedelta(9), numbers=[series])
    assert [(one.held, one.visitors) for one in found] == [(1, 2)]


def test_a_series_is_its_own_units(town, desk):
    series = repeating.open_series(repeated=weekly(town), by=desk, at=NOON).number

    with pytest.raises(NotVisibleError):
        repeating.series_page(number=series, by=town.actor("S2", Role.PARTY_AFFAIRS), at=NOON)
    assert repeating.series_list(by=town.actor("S2", Role.PARTY_AFFAIRS), on=TODAY) == ()


@pytest.mark.parametrize("places", [0, 5001])
def test_a_series_with_impossible_places_is_refused_and_nothing_is_kept(town, desk, places):
    with pytest.raises(UnableToRepeatError) as refusal:
        repeating.open_series(repeated=weekly(town, places=places), by=desk, at=NOON)

    assert refusal.value.field == "places"
    assert not Series.objects.exists()


def test_a_day_cannot_be_moved_into_another_decade(town, desk):
    """It would be refused when it is due, and with it every other series."""
    opened = repeating.open_series(repeated=weekly(town, ahead_days=7), by=desk, at=NOON)

    with pytest.raises(UnableToRepeatError, match="太远"):
        except_day(
            opened.number,
            desk,
            on=TODAY + timedelta(days=29),
            moved_to=NOON + timedelta(days=4000),
        )


def test_a_day_whose_session_has_begun_or_was_called_off_is_no_exception_any_more(town, desk):
    opened = repeating.open_series(repeated=weekly(town), by=desk, at=NOON)
    first = Session.objects.order_by("starts_at").first()
    Session.objects.filter(pk=first.pk).update(status="UNDER_WAY")

    with pytest.raises(UnableToRepeatError, match="进行中"):
        except_day(opened.number, desk, on=first.series_on)


def test_ending_a_series_never_makes_it_longer(town, desk):
    last = TODAY + timedelta(days=20)
    opened = repeating.open_series(repeated=weekly(town, ends_on=last), by=desk, at=NOON)

    with pytest.raises(UnableToRepeatError, match="不能更晚"):
        repeating.end_series(
            number=opened.number, on=last + timedelta(days=1), reason="收尾", by=desk, at=NOON
        )


def test_running_series_come_before_ended_ones(town, desk):
    ended = repeating.open_series(repeated=weekly(town, ends_on=TODAY), by=desk, at=NOON)
    running = repeating.open_series(
        repeated=weekly(town, ends_on=TODAY + timedelta(days=90)), by=desk, at=NOON
    )

    rows = repeating.series_list(by=desk, on=TODAY + timedelta(days=1))
    assert [row.number for row in rows] == [running.number, ended.number]


def test_a_series_books_its_room_for_each_date_and_tells_which_were_taken(town, desk):
    hall = rooms.room(town, spans=[(day, 8 * 60, 18 * 60) for day in range(1, 8)])
    taken = date(2026, 12, 2)
    foreign = rooms.book(town, hall, window(day=taken))
    asked = weekly(town, room_code=hall.code)

    days = repeating.preview(repeated=asked, by=desk, at=NOON)
    assert [day.on for day in days if day.problem] == [taken]

    opened = repeating.open_series(repeated=asked, by=desk, at=NOON)

    assert [on for on, _ in opened.missed] == [taken]
    sessions = Session.objects.order_by("starts_at").select_related("booking")
    assert [bool(session.booking) for session in sessions] == [True, False, True, True, True]
    assert {session.status for session in sessions} == {"ANNOUNCED"}
    page = repeating.series_page(number=opened.number, by=desk, at=NOON)
    assert [(one.on, bool(one.words)) for one in page.lacking] == [(taken, True)]

    repeating.make_all_due(at=NOON + timedelta(days=7))
    assert Session.objects.latest("starts_at").booking is not None
    taking.cancel(booking=foreign, reason="改期", is_keeper=True, by=desk, at=NOON)
    assert not series_rooms.choose_room(number=opened.number, code=hall.code, by=desk, at=NOON)
    assert repeating.series_page(number=opened.number, by=desk, at=NOON).lacking == ()
    except_day(opened.number, desk, on=taken)
    session = Session.objects.get(series_on=taken)
    assert (session.status, session.booking.status) == ("CANCELLED", "CANCELLED")
    series_rooms.choose_room(number=opened.number, code="", by=desk, at=NOON)
    assert not Booking.objects.filter(status="APPROVED").exists()
