"""Public alerts: taken in once, replaced and cancelled by their sender, called about by list."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.care.models import Contact
from dianliang.domain.incidents.models import PublicAlert
from dianliang.domain.incidents.operations.alerts import UnableToListError, UnableToReceiveError
from dianliang.flows.alerts import reading as flow
from dianliang.flows.alerts import taking
from dianliang.flows.care_contacts import alert_page
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotVisibleError,
    NotYourTurnError,
)
from tests.flows.test_care import customer

GOOD = Path(__file__).parents[2] / "cases" / "cap" / "good"
RAIN = GOOD / "rainstorm.xml"
AT = datetime(2020, 7, 19, 1, 0, tzinfo=UTC)
"""Half an hour after the alert was sent."""


def take_in(town, *files, by=None, at=AT):
    named = [(name, content) for name, content in files]
    return taking.take_in(files=named, by=by or town.actor("S1"), at=at)


def rain(**changes):
    text = RAIN.read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return ("rain.xml", text.encode())


def standing(town, number, at=AT):
    return flow.page(number=number, by=town.actor("S1"), at=at).row.standing


def good(name):
    return (name, (GOOD / name).read_bytes())


def test_the_same_file_twice_is_one_alert(town):
    first = take_in(town, rain())
    again = take_in(town, rain(), at=AT + timedelta(minutes=5))

    assert (first[0].is_new, again[0].is_new) == (True, False)
    assert PublicAlert.objects.count() == 1
    assert AuditEvent.objects.filter(verb="incidents.publicalert.receive").count() == 1


def test_the_same_name_for_another_text_is_refused(town):
    take_in(town, rain())

    with pytest.raises(UnableToReceiveError, match="内容不同"):
        take_in(town, rain(headline=("暴雨红色预警", "暴雨蓝色预警")))


def test_one_bad_file_keeps_all_out_and_is_named(town):
    bad = (GOOD.parent / "bad" / "swapped.xml").read_bytes()

    with pytest.raises(InvalidInputError, match=r"second\.xml alert/info\[1\]/area\[1\]/polygon"):
        take_in(town, rain(), ("second.xml", bad))

    assert not PublicAlert.objects.exists()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_updates_and_cancellations_find_what_they_answer_in_any_order(town, order):
    files = [good(name) for name in ("rainstorm.xml", "update.xml", "cancel.xml")]
    numbers = {}
    for place in order:
        numbers[place] = take_in(town, files[place])[0].number

    assert standing(town, numbers[0]) == "replaced"
    assert standing(town, numbers[1]) == "cancelled"
    assert standing(town, numbers[2]) == "notice"


def test_another_sender_cannot_cancel_an_alert(town):
    (first,) = take_in(town, rain())
    name, content = good("cancel.xml")
    forged = content.replace(b"<sender>warning@", b"<sender>joker@").replace(
        b"RAIN-20200719-02,2020-07-19T12:00:00",
        b"RAIN-20200719-01,2020-07-19T08:30:00",
    )
    take_in(town, (name, forged))

    assert standing(town, first.number) == "in_force"


def test_an_exercise_ends_no_real_alert(town):
    (first,) = take_in(town, rain())
    name, content = good("update.xml")
    take_in(town, (name, content.replace(b">Actual<", b">Exercise<")))

    assert standing(town, first.number) == "in_force"


def test_an_alert_holds_until_it_expires(town):
    (made,) = take_in(town, rain())

    assert standing(town, made.number) == "in_force"
    assert standing(town, made.number, at=datetime(2020, 7, 19, 12, 30, tzinfo=UTC)) == "expired"


def test_real_alerts_come_first(town):
    take_in(town, good("exercise_utc.xml"), rain())

    rows = flow.register(view="now", by=town.actor("S1"), at=AT)

    assert [row.is_real for row in rows] == [True, False]


def test_an_alert_is_acknowledged_once(town):
    (made,) = take_in(town, rain())
    commander = town.actor("S1", Role.COMMANDER)
    flow.acknowledge(number=made.number, by=commander, at=AT)

    with pytest.raises(IllegalTransitionError):
        flow.acknowledge(number=made.number, by=town.actor("S1"), at=AT)
    assert flow.register(view="waiting", by=commander, at=AT) == ()


def test_customers_in_the_zone_are_called_life_support_first(town):
    customer(town, "KH1", lat=30.60, lon=119.60)
    customer(town, "KH2", special_kind="life_support", lat=30.65, lon=119.70)
    customer(town, "KH3", lat=31.50, lon=119.60)
    (made,) = take_in(town, rain())

    page = flow.page(number=made.number, by=town.actor("S1"), at=AT)
    flow.call_customers(number=made.number, by=town.actor("S1"), at=AT)

    assert page.affected_count == 2
    called = Contact.objects.order_by("pk").values_list("customer__number", flat=True)
    assert [*called] == ["KH2", "KH1"]


def test_each_unit_calls_its_own_customers_from_one_list_and_nobody_is_called_twice(town):
    for number, unit in (("KH1", "S1"), ("KH2", "S2"), ("KH3", "AJ")):
        customer(town, number, unit=town.units[unit], lat=30.60, lon=119.60)
    (made,) = take_in(town, rain())
    desks = [town.actor(unit) for unit in ("S1", "S2", "AJ")]

    def listed(by):
        page = alert_page(number=call(by), view="all", after=None, by=by)
        return [row.number for row in page.rows]

    def call(by):
        return flow.call_customers(number=made.number, by=by, at=AT)

    assert [listed(by) for by in desks] == [["KH1"], ["KH2"], ["KH3"]]
    assert Contact.objects.count() == 3
    assert call(desks[0]) == call(desks[0])
    with pytest.raises(NotVisibleError):
        alert_page(number=call(desks[1]), view="all", after=None, by=desks[0])
    seen = [flow.page(number=made.number, by=by, at=AT) for by in desks]
    assert [len(page.lists) for page in seen] == [1, 1, 3]
    assert not any(page.may_call for page in seen)


@pytest.mark.parametrize(
    ("at", "words"), [(AT + timedelta(days=1), "不在生效期"), (AT, "没有您负责的特殊客户")]
)
def test_nobody_is_called_without_need(town, at, words):
    (made,) = take_in(town, rain())

    with pytest.raises(UnableToListError, match=words):
        flow.call_customers(number=made.number, by=town.actor("S1"), at=at)


def test_a_commander_reads_counts_and_calls_nobody(town):
    customer(town, "KH1", lat=30.60, lon=119.60)
    (made,) = take_in(town, rain())
    commander = town.actor("S1", Role.COMMANDER)

    page = flow.page(number=made.number, by=commander, at=AT)

    assert (page.affected_count, page.may_call) == (1, False)
    with pytest.raises(NotVisibleError):
        flow.call_customers(number=made.number, by=commander, at=AT)


@pytest.mark.parametrize("role", [Role.ALLIANCE_UNIT, Role.ADMINISTRATOR, Role.STEWARD])
def test_others_have_no_business_with_alerts(town, role):
    (made,) = take_in(town, rain())
    by = town.actor("S1", role)

    assert flow.register(view="all", by=by, at=AT) == ()
    for ask in (flow.original, flow.page):
        with pytest.raises(NotVisibleError):
            ask(number=made.number, by=by, **({"at": AT} if ask is flow.page else {}))
    with pytest.raises(NotVisibleError):
        take_in(town, rain(), by=by)


def test_the_original_is_kept_to_the_byte(town):
    (made,) = take_in(town, rain())

    assert flow.original(number=made.number, by=town.actor("S1")) == RAIN.read_bytes()


def test_codes_of_places_that_are_not_ours_are_named(town):
    (made,) = take_in(town, rain())

    assert flow.page(number=made.number, by=town.actor("S1"), at=AT).strangers == ("330523",)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PARTY_AFFAIRS])
def test_who_only_reads_takes_nothing_in_and_acknowledges_nothing(town, role):
    (made,) = take_in(town, rain())
    by = town.actor("S1", role)

    page = flow.page(number=made.number, by=by, at=AT)

    assert (page.may_acknowledge, page.may_call, page.may_open) == (False, False, False)
    with pytest.raises(NotVisibleError):
        take_in(town, rain(), by=by)
    with pytest.raises(NotYourTurnError):
        flow.acknowledge(number=made.number, by=by, at=AT)
