"""What a phone is given: the own team's day, masked, and no more than it needs."""

from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.work.models import Visit
from dianliang.flows import calling, day_route
from dianliang.kernel.errors import NotVisibleError


def day(world, who="P2"):
    return day_route.day(by=world.actor(who), at=world.at)


def call(world, number, slot="asker-1", who="P2"):
    return calling.reveal_phone(number=number, slot=slot, by=world.actor(who), at=world.at)


def test_own_team_sees_its_route_neighbours_and_strangers_do_not(world):
    world.visit()

    assert [len(day(world, who).sheets) for who in ("P1", "P2", "P3", "P4")] == [1, 1, 0, 0]


def test_phones_and_names_are_masked_on_the_phone(world):
    world.visit(need=world.need())

    (contact,) = day(world).sheets[0].contacts
    assert (contact.name, contact.phone) == ("王**", "138****8000")


def test_a_call_reveals_the_number_and_is_logged(world):
    visit = world.visit(need=world.need())

    assert call(world, visit.number) == "13800138000"
    event = AuditEvent.objects.get(verb="work.visit.reveal_phone")
    assert (event.actor_name, event.target_id, event.outcome) == ("周电工", visit.number, "ok")


def test_a_visit_that_is_over_gives_no_number(world):
    visit = world.visit(need=world.need(), status="DONE")

    assert day(world).sheets[0].contacts == ()
    with pytest.raises(calling.UnableToCallError):
        call(world, visit.number)


@pytest.mark.parametrize("who", ["P3", "P4"])
def test_neighbours_and_strangers_get_no_number_and_leave_a_trace(world, who):
    visit = world.visit(need=world.need())
    with pytest.raises(NotVisibleError):
        call(world, visit.number, who=who)

    assert AuditEvent.objects.get().outcome == AuditEvent.Outcome.DENIED


def test_the_word_for_the_door_is_given_only_for_an_open_visit_of_today(world):
    customer = world.special_customer()
    today = world.visit(customer=customer)
    world.visit(customer=customer, on=world.today + timedelta(days=1))

    cares = [sheet.care for sheet in day(world).sheets]
    assert cares[0].password == "春暖花开"
    assert "工作证" in cares[0].advice[0]
    assert cares[1] is None

    Visit.objects.filter(pk=today.pk).update(status="DONE")
    assert day(world).sheets[0].care is None


def test_a_visit_left_over_from_yesterday_shows_no_word_for_the_door(world):
    customer = world.special_customer()
    customer.key_holder, customer.outage_note = "钥匙在村委", "电池两小时"
    customer.formats = ["large_print"]
    customer.save()
    world.visit(customer=customer, on=world.today - timedelta(days=1))
    world.visit(customer=customer)

    left_over, todays = (sheet.care for sheet in day(world).sheets)

    assert (left_over.password, left_over.key_holder) == ("", "")
    assert (todays.password, todays.key_holder) == ("春暖花开", "钥匙在村委")
    assert (todays.formats, todays.outage_note) == (("大字",), "电池两小时")


def test_of_a_child_only_the_nominee_can_be_called(world):
    customer = world.special_customer()
    customer.special_kind, customer.nominee = "left_behind_child", "奶奶 13700137000"
    customer.save()
    visit = world.visit(customer=customer)

    assert [who.slot for who in day(world).sheets[0].contacts] == ["nominee"]
    with pytest.raises(NotVisibleError):
        calling.reveal_phone(
            number=visit.number, slot="customer", by=world.actor("P2"), at=world.at
        )


def test_a_unit_of_the_alliance_learns_what_the_customer_lets_us_tell(world):
    customer = world.special_customer()
    visit = world.visit(customer=customer)
    world.unit.__class__.objects.filter(pk=world.unit.pk).update(kind="alliance")
    sheet = day(world).sheets[0]
    assert (sheet.care, sheet.contacts) == (None, ())
    call = {"number": visit.number, "slot": "customer", "by": world.actor("P2"), "at": world.at}
    with pytest.raises(NotVisibleError):
        calling.reveal_phone(**call)

    customer.consents.create(
        purpose="share", unit=world.unit, given_on=world.today, given_how="signed"
    )

    assert day(world).sheets[0].care.password == "春暖花开"
    assert calling.reveal_phone(**call) == "13900139000"


def test_lunch_lies_in_the_longest_gap(world):
    first, second, third = world.visit(), world.visit(), world.visit()
    Visit.objects.filter(pk=third.pk).update(
        arrive_at=third.arrive_at + timedelta(hours=1),
        depart_at=third.depart_at + timedelta(hours=1),
    )

    lunches = {sheet.stop.number for sheet in day(world).sheets if sheet.has_lunch_before}
    assert lunches == {third.number}
    assert first.number != second.number


def test_navigation_is_shifted_for_a_chinese_map_and_not_for_a_standard_one(world):
    visit = world.visit()

    links = day(world).sheets[0].navigation
    assert f"{visit.job.lat:.6f},{visit.job.lon:.6f}" in links.geo
    assert f"{visit.job.lon:.6f}" not in links.amap
    assert "coordinate=gaode" in links.amap


def test_the_map_has_names_around_the_route(world):
    for _ in range(4):
        world.visit()

    assert {place.name for place in day(world).places} == {"孝源街道", "皈山场村", "尚书圩村"}


def test_only_the_captain_is_shown_who_could_stand_in(world):
    assert {p.number for p in day(world, "P1").teams[0].stand_ins} == {"P3", "P4", "P9"}
    assert day(world, "P2").teams[0].stand_ins == ()


def test_a_longer_route_costs_no_more_queries(world, django_assert_max_num_queries):
    for _ in range(12):
        world.visit(need=world.need())
    by = world.actor("P1")

    with django_assert_max_num_queries(43):
        day_route.day(by=by, at=world.at)
