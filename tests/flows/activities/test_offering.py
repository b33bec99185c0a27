"""Four ways to a team: assigned, grabbed, bid for, booked by the resident himself."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dianliang.core.models import AuditEvent
from dianliang.domain.catalog.models import Service
from dianliang.domain.programs.models import Bid, Offer, ServiceWay
from dianliang.domain.programs.operations.offers import UnableToTakeError
from dianliang.domain.workforce.models import Certificate
from dianliang.flows.activities import offer_pages, offering, self_booking
from dianliang.flows.activities.joining import Joining
from dianliang.flows.activities.self_booking import Wished
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import (
    DomainError,
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
    StaleStateError,
)
from tests.sessions import session_of
from tests.town import NOON, Town

SERVICE = "PWR-SAFETY"
LATER = NOON + timedelta(days=3)


@pytest.fixture
def desk(town):
    return town.actor("S1", Role.PARTY_AFFAIRS)


@pytest.fixture
def service(town):
    found = Service.objects.filter(is_active=True, skill__isnull=False).first()
    for way in ("grab", "bid", "self_book"):
        ServiceWay.objects.create(service=found, way=way)
    return found


def crew(town: Town, code: str, service) -> Actor:
    team = town.team(code, "S1", service.skill.code)
    team.areas.set([town.areas["T1"]])
    return Actor(
        id=f"user:{code}",
        name=f"{code}队长",
        role=Role.CAPTAIN,
        unit_path=town.units["S1"].path,
        person_number=f"{code}-0",
        team_codes=frozenset({code}),
    )


def offer(desk, service, *, way="grab", at=NOON, starts_at=LATER, **changes):
    known = {
        "service_code": service.code,
        "way": way,
        "title": "余村用电安检",
        "unit_code": "S1",
        "area_code": "V1",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
    }
    return offering.open_offer(asked=offering.Asked(**{**known, **changes}), by=desk, at=at)


def grab(found, by, *, at=NOON):
    (code,) = by.team_codes
    return offering.grab(number=found.number, team_code=code, by=by, at=at)


def bid(found, by, *, people=3, at=NOON):
    (code,) = by.team_codes
    return offering.bid(
        number=found.number, team_code=code, people=people, words="带梯子", by=by, at=at
    )


def test_the_first_to_grab_has_it_and_the_second_is_told_who(town, desk, service):
    first, second = crew(town, "A", service), crew(town, "B", service)
    found = offer(desk, service)

    grab(found, first)

    with pytest.raises(StaleStateError, match="已由A队承接"):
        grab(found, second)
    found.refresh_from_db()
    assert (found.status, found.team.code) == ("TAKEN", "A")
    assert "属最少" in found.reason


@pytest.mark.django_db(transaction=True)
def test_of_ten_teams_that_grab_at_once_one_wins(town, desk, service):
    crews = [crew(town, f"G{n}", service) for n in range(10)]
    found = offer(desk, service)
    start, refusals = threading.Barrier(len(crews)), []

    def press(by):
        try:
            start.wait(20)
            grab(found, by)
        except DomainError as refusal:
            refusals.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(by,)) for by in crews]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert refusals == [StaleStateError] * 9
    assert Offer.objects.get().status == "TAKEN"


def test_whoever_has_taken_one_lately_waits_while_the_offer_is_young(town, desk, service):
    eager, patient = crew(town, "A", service), crew(town, "B", service)
    grab(offer(desk, service), eager)
    two_hours_on = NOON + timedelta(hours=2)
    found = offer(desk, service, at=two_hours_on, starts_at=LATER + timedelta(hours=5))

    with pytest.raises(UnableToTakeError, match="最少的 0 单"):
        grab(found, eager, at=two_hours_on)
    with pytest.raises(UnableToTakeError, match="冷却"):
        grab(found, eager, at=NOON + timedelta(minutes=30))
    assert grab(found, patient, at=two_hours_on)


def test_a_team_that_did_not_come_is_kept_from_grabbing(town, desk, service):
    by = crew(town, "A", service)
    found = offer(desk, service)
    grab(found, by)
    ended = found.ends_at + timedelta(minutes=1)
    with pytest.raises(InvalidInputError, match="还没有开始"):
        offering.move(number=found.number, verb="miss", reason="没来", by=desk, at=NOON)
    offering.move(number=found.number, verb="miss", reason="没来", by=desk, at=ended)

    again = offer(desk, service, at=ended, starts_at=ended + timedelta(days=2))
    with pytest.raises(UnableToTakeError, match="爽约"):
        grab(again, by, at=ended + timedelta(hours=5))


def test_a_team_that_is_busy_or_lacks_the_certificate_cannot_take_it(town, desk, service):
    able = crew(town, "A", service)
    town.team("B", "S1")
    found = offer(desk, service)
    session_of(town, team=town.teams["A"], starts_at=LATER)

    with pytest.raises(UnableToTakeError, match="已有“独居老人用电检查”"):
        grab(found, able)
    with pytest.raises(UnableToTakeError, match="证书"):
        offering.decide(
            number=found.number, verb="assign", team_code="B", reason="离得近", by=desk, at=NOON
        )


def test_bids_stay_sealed_until_their_time_and_the_choice_is_explained(town, desk, service):
    few, many = crew(town, "A", service), crew(town, "B", service)
    found = offer(desk, service, way="bid")
    bid(found, few, people=2)
    bid(found, many, people=2)
    bid(found, many, people=5)
    opens = found.bids_until

    page = offer_pages.offer_page(number=found.number, by=desk, at=NOON)
    assert (page.is_sealed, page.ranking, page.bid_words, page.row.bids) == (True, (), (), 2)
    with pytest.raises(UnableToTakeError, match="才打开"):
        choose(found, "B", desk, at=NOON)

    page = offer_pages.offer_page(number=found.number, by=desk, at=opens)
    assert [one.code for one in page.ranking] == ["B", "A"]
    with pytest.raises(UnableToTakeError, match="截止"):
        bid(found, few, at=opens)
    with pytest.raises(UnableToTakeError, match="理由"):
        choose(found, "A", desk, at=opens)
    choose(found, "A", desk, at=opens, reason="离得近")

    found.refresh_from_db()
    assert (found.team.code, found.reason) == ("A", "离得近")
    assert Bid.objects.get(team__code="B").people == 5


def choose(found, code, desk, *, at, reason=""):
    return offering.decide(
        number=found.number, verb="choose", team_code=code, reason=reason, by=desk, at=at
    )


def test_an_offer_that_is_given_back_is_open_again_and_one_that_is_done_stays(town, desk, service):
    by = crew(town, "A", service)
    found = offer(desk, service)
    grab(found, by)
    offering.move(number=found.number, verb="give_back", reason="车坏了", by=desk, at=NOON)
    found.refresh_from_db()
    assert (found.status, found.team) == ("OPEN", None)

    again = {"number": found.number, "verb": "assign", "team_code": "A", "by": desk, "at": NOON}
    with pytest.raises(InvalidInputError, match="理由"):
        offering.decide(**again, reason="")
    offering.decide(**again, reason="离得近")
    offering.move(number=found.number, verb="finish", reason="", by=desk, at=found.ends_at)
    with pytest.raises(IllegalTransitionError):
        offering.move(
            number=found.number, verb="cancel", reason="不要了", by=desk, at=found.ends_at
        )


def test_a_crew_sees_what_its_own_teams_may_take_and_nothing_else(town, desk, service):
    by = crew(town, "A", service)
    stranger = Actor(id="x", name="x", role=Role.CAPTAIN, team_codes=frozenset({"Z"}))
    found = offer(desk, service)

    (one,), more = offer_pages.open_for_crew(by=by, at=NOON)
    assert (one.row.number, more) == (found.number, 0)
    assert offer_pages.open_for_crew(by=stranger, at=NOON) == ((), 0)
    with pytest.raises(NotVisibleError):
        offering.offer_for(found.number, by=stranger)


def test_a_way_that_is_not_open_for_a_service_is_refused(town, desk, service):
    ServiceWay.objects.filter(way="bid").update(is_active=False)

    with pytest.raises(InvalidInputError, match="没有开通"):
        offer(desk, service, way="bid")
    assert offer(desk, service, way="assign").status == "OPEN"


def test_rules_are_data_with_bounds_and_on_record(town, desk, service):
    values = {name: least for name, (least, _) in offer_pages.BOUNDS.items()}
    new = {"service_code": service.code, "way": "grab", "values": values, "is_active": True}
    with pytest.raises(NotYourTurnError):
        offer_pages.set_way(**new, by=desk, at=NOON)
    desk = town.actor("LM", Role.PARTY_AFFAIRS)
    offer_pages.set_way(**new, by=desk, at=NOON)
    assert ServiceWay.objects.get(way="grab").grace_min == 0
    with pytest.raises(InvalidInputError) as refusal:
        offer_pages.set_way(
            service_code=service.code,
            way="grab",
            values={**values, "bid_hours": 0},
            is_active=True,
            by=desk,
            at=NOON,
        )
    assert refusal.value.field == "bid_hours"


def slots(service, *, at=NOON):
    return self_booking.booking_page(service_code=service.code, area_code="V1", at=at).slots


def book(service, slot, *, n=1, at=NOON):
    wished = Wished(
        slot=slot.code,
        area_code="V1",
        address="三组 8 号",
        words="",
        who=Joining(name="王阿姨", phone=f"1390572{n:04d}", has_agreed=True),
    )
    return self_booking.book(
        service_code=service.code,
        wished=wished,
        key=f"book-key-{n:012d}",
        token=f"book-token-{n:08d}",
        at=at,
    )


def test_a_resident_picks_a_free_time_and_nobody_gets_it_again(town, desk, service):
    crew(town, "A", service)
    free = slots(service)

    book(service, free[0])

    left = slots(service)
    assert free[0].code not in {slot.code for slot in left}
    assert not any(
        slot.starts_at < free[0].ends_at and slot.ends_at > free[0].starts_at for slot in left
    )
    with pytest.raises(InvalidInputError, match="换一个时间"):
        book(service, free[0], n=2)
    assert book(service, free[0]) == Offer.objects.get().number
    page = self_booking.followed(token="book-token-00000001", at=NOON)
    assert (page.status, page.team_name, page.may_cancel) == ("TAKEN", "A队", True)


def test_a_booking_that_is_given_up_is_free_again(town, desk, service):
    crew(town, "A", service)
    first = slots(service)[0]
    book(service, first)

    self_booking.cancel(token="book-token-00000001", reason="", at=NOON)

    assert first.code in {slot.code for slot in slots(service)}


def test_free_times_lie_in_working_hours_of_working_days_and_leave_time_to_set_out(town, service):
    crew(town, "A", service)

    found = slots(service)

    assert min(slot.starts_at for slot in found) >= NOON + self_booking.NOTICE
    assert {slot.starts_at.weekday() for slot in found} <= {0, 1, 2, 3, 4}
    assert all(slot.starts_at.hour != 12 for slot in found)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_book_the_same_time_at_once_one_gets_it(town, service):
    crew(town, "A", service)
    slot = slots(service)[0]
    start, refusals = threading.Barrier(2), []

    def press(n):
        try:
            start.wait(20)
            book(service, slot, n=n)
        except DomainError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(n,)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (Offer.objects.count(), len(refusals)) == (1, 1)


def test_whoever_lacks_the_certificate_holds_nobody_up(town, desk, service):
    eager, idle = crew(town, "A", service), crew(town, "B", service)
    grab(offer(desk, service), eager)
    at = NOON + timedelta(hours=2)
    found = offer(desk, service, at=at, starts_at=LATER + timedelta(hours=5))
    Certificate.objects.filter(person__memberships__team__code="B").delete()
    assert idle

    (open_one,), _ = offer_pages.open_for_crew(by=eager, at=at)
    assert [line.may for line in open_one.teams] == [True]
    assert grab(found, eager, at=at).team.code == "A"


def test_nothing_is_taken_once_its_time_is_over(town, desk, service):
    by = crew(town, "A", service)
    found = offer(desk, service)

    with pytest.raises(UnableToTakeError, match="时间已过"):
        grab(found, by, at=found.ends_at)


def test_what_a_resident_booked_is_seen_by_the_team_that_serves_him_and_by_no_other(
    town, desk, service
):
    own, other = crew(town, "A", service), crew(town, "B", service)
    slot = slots(service)[0]
    number = book(service, slot)
    taker, neighbour = (own, other) if slot.code.startswith("A@") else (other, own)

    (shown,) = offer_pages.taken_by_crew(by=taker)
    assert (shown.row.number, shown.phone) == (number, "139****0001")
    assert offering.contact(number=number, by=taker, at=NOON)[1] == "13905720001"
    assert AuditEvent.objects.filter(verb="programs.offer.reveal_phone").count() == 1
    assert offer_pages.taken_by_crew(by=neighbour) == ()
    for read in (offering.contact, offer_pages.offer_page):
        with pytest.raises(NotVisibleError):
            read(number=number, by=neighbour, at=NOON)


def test_an_open_offer_stays_on_the_list_however_many_come_after_it(
    town, desk, service, monkeypatch
):
    monkeypatch.setattr(offer_pages, "MOST_ROWS", 2)
    waiting = offer(desk, service)
    for n in range(3):
        done = offer(desk, service, at=NOON + timedelta(minutes=n + 1))
        offering.move(number=done.number, verb="cancel", reason="不要了", by=desk, at=NOON)

    assert waiting.number in [row.number for row in offer_pages.offer_list(by=desk)]


def test_a_crews_list_costs_the_same_for_ten_offers_as_for_two_and_says_what_it_leaves_out(
    town, desk, service, django_assert_num_queries, monkeypatch
):
    by = crew(town, "A", service)
    ServiceWay.objects.filter(way="grab").update(grace_min=0)
    for _ in range(2):
        offer(desk, service)
    with CaptureQueriesContext(connection) as few:
        offer_pages.open_for_crew(by=by, at=NOON)
    for _ in range(8):
        offer(desk, service)

    with django_assert_num_queries(len(few)):
        assert len(offer_pages.open_for_crew(by=by, at=NOON)[0]) == 10
    monkeypatch.setattr(offer_pages, "MOST_ROWS", 3)
    shown, more = offer_pages.open_for_crew(by=by, at=NOON)
    assert (len(shown), more) == (3, 7)
    shown, more = offer_pages.open_for_crew(by=by, at=NOON, is_whole=True)
    assert (len(shown), more) == (10, 0)
