"""The register of key customers: grades, stale forms, whose it is, whom a zone holds."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.key_customers import access, queries
from dianliang.domain.key_customers.models import KeyCustomer
from dianliang.domain.key_customers.operations import register
from dianliang.domain.key_customers.operations.register import UnableToKeepCustomerError
from dianliang.domain.key_customers.queries import Filters
from dianliang.domain.key_customers.told import Graded, Source
from dianliang.domain.network.models import Outage
from dianliang.flows.key_customers import affected, keeping
from dianliang.flows.key_customers.keeping import Asked
from dianliang.kernel.coordinates import to_gcj02
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from dianliang.kernel.geo import GeoPoint
from tests.keyworld import customer, network
from tests.town import NOON, TODAY

ASKED = Asked(
    name="县人民医院",
    kind="hospital",
    unit_code="S1",
    area_code="V1",
    checklist="",
    address="人民路 1 号",
    lat=30.51,
    lon=119.61,
    is_gcj=False,
    tie_in="ready",
    cable_m=60,
    plug="五芯快插",
    contact="",
    phone="",
    note="",
    sources=(),
    supplies=(),
)
TEMPORARY = Graded(
    grade="temporary",
    begins_on=TODAY,
    ends_on=TODAY + timedelta(days=3),
    document="县教育局函",
)


def test_a_grade_changes_by_a_decision_and_the_earlier_ones_stay(town):
    one = customer(town, "ZY1")
    keeping.decide_grade(number="ZY1", graded=TEMPORARY, by=town.actor("S1"), at=NOON)
    one.refresh_from_db()

    assert one.grade == "temporary"
    grades = [row.grade_label for row in queries.card(one, on=TODAY).decisions]
    assert grades == ["临时", "一级"]
    last = TEMPORARY.ends_on
    in_time = [day for day in (TODAY, last - timedelta(days=1), last) if _in_force(day)]
    assert in_time == [TODAY, last - timedelta(days=1)]


def _in_force(on):
    return KeyCustomer.objects.filter(access.in_force(on)).exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": TODAY}, "ends_on"),
        ({"grade": "second"}, "begins_on"),
        ({"grade": "golden"}, "grade"),
        ({"document": ""}, "document"),
    ],
)
def test_a_decision_that_contradicts_itself_is_refused(town, changed, field):
    customer(town, "ZY1")
    graded = replace(TEMPORARY, **changed)
    with pytest.raises(InvalidInputError) as refused:
        keeping.decide_grade(number="ZY1", graded=graded, by=town.actor("S1"), at=NOON)

    assert refused.value.field == field
    assert KeyCustomer.objects.get().grade == "first"


def test_a_stale_form_is_refused_and_a_blank_contact_stays(town):
    one = customer(town, "ZY1", contact="王五", phone="19987650011")
    seen = register.version(one)
    by = town.actor("S1")
    keeping.change(number="ZY1", asked=ASKED, seen=seen, by=by, at=NOON)
    with pytest.raises(UnableToKeepCustomerError, match="刚被他人修改"):
        keeping.change(number="ZY1", asked=replace(ASKED, name="别的"), seen=seen, by=by, at=NOON)

    one.refresh_from_db()
    assert (one.name, one.contact, one.phone) == ("县人民医院", "王五", "19987650011")


def test_a_position_from_a_chinese_map_is_kept_in_wgs84(town):
    shown = to_gcj02(GeoPoint(30.51, 119.61))
    asked = replace(ASKED, lat=shown.lat, lon=shown.lon, is_gcj=True)
    made = keeping.take_in(number="", asked=asked, graded=TEMPORARY, by=town.actor("S1"), at=NOON)

    assert (made.lat, made.lon) == pytest.approx((30.51, 119.61), abs=2e-7)
    assert made.number.startswith("ZK261124")


def test_a_contact_is_masked_until_somebody_says_why_and_that_is_kept(town):
    customer(town, "ZY1", contact="王五", phone="19987650011")
    by = town.actor("S1")
    masked = keeping.card_page(number="ZY1", by=by, on=TODAY).card
    with pytest.raises(InvalidInputError):
        keeping.reveal(number="ZY1", reason="", by=by, at=NOON)
    shown = keeping.reveal(number="ZY1", reason="停电通知", by=by, at=NOON).card

    assert (masked.contact, masked.phone) == ("王*", "199****0011")
    assert (shown.contact, shown.phone) == ("王五", "19987650011")
    assert AuditEvent.objects.get(verb="key_customers.keycustomer.reveal").reason == "停电通知"


def test_the_neighbour_finds_nothing(town):
    customer(town, "ZY1")
    other = town.actor("S2")
    with pytest.raises(NotVisibleError):
        keeping.card_page(number="ZY1", by=other, on=TODAY)
    with pytest.raises(InvalidInputError, match="本单位范围"):
        keeping.take_in(number="", asked=ASKED, graded=TEMPORARY, by=other, at=NOON)

    assert queries.register(filters=Filters(), by=other, on=TODAY).total == 0


def test_a_page_counts_every_view_within_the_other_filters(town, django_assert_max_num_queries):
    line, _transformer = network(town)
    two = [Source(feeder_id=line.pk, is_main=True), Source(transformer_id=_transformer.pk)]
    customer(town, "ZY1", supplies=(), sources=two, tie_in="ready")
    customer(town, "ZY2", area="V3", kind="pump_station")
    register.remove(
        customer=customer(town, "ZY3"), on=TODAY, reason="关停", by=town.actor("S1"), at=NOON
    )
    by = town.actor("AJ")
    with django_assert_max_num_queries(14):
        page = keeping.page(filters=Filters(), by=by, on=TODAY)

    wanted = {"all": 2, "bare": 1, "untested": 1, "untied": 1, "single": 1, "later": 1}
    assert page.found.counts == wanted
    for view, count in wanted.items():
        listed = queries.register(filters=Filters(view=view), by=by, on=TODAY)
        assert len(listed.rows) == listed.total == count
    pumps = queries.register(filters=Filters(kind="pump_station", area="T2"), by=by, on=TODAY)
    assert [row.number for row in pumps.rows] == ["ZY2"]


def test_those_are_affected_who_lie_in_a_zone_in_an_area_or_on_a_line(town):
    line, transformer = network(town)
    near = customer(town, "ZY1", point=GeoPoint(30.9, 119.9))
    by_area = customer(town, "ZY2", area="V2")
    fed = customer(town, "ZY3", sources=[Source(transformer_id=transformer.pk, is_main=True)])
    customer(town, "ZY4", graded=replace(TEMPORARY, ends_on=TODAY + timedelta(days=1)))
    later = TODAY + timedelta(days=1)
    by = town.actor("S1")

    def numbers(found):
        return {row.number for row in found.rows}

    circle = [{"circles": [[30.9, 119.9, 1.0]]}]
    assert numbers(affected.in_zones(circle, by=by, on=later)) == {near.number}
    assert numbers(affected.in_areas(["V2"], by=by, on=later)) == {by_area.number}
    assert numbers(affected.in_areas(["T1"], by=by, on=TODAY)) == {"ZY1", "ZY2", "ZY3", "ZY4"}
    assert affected.in_zones([], by=by, on=later).rows == ()
    outage = Outage.objects.create(
        number="TD1",
        kind="fault",
        feeder=transformer.feeder,
        started_at=NOON,
        reason="雷击",
        recorded_by="x",
    )
    found = affected.of_outage(outage, by=by, on=later)
    assert (numbers(found), dict(found.by_grade)) == ({fed.number}, {"一级": 1})
    assert affected.of_outage(outage, by=town.actor("S2"), on=later).rows == ()
    del line
