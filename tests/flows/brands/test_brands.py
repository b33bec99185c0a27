"""A brand: one of each branch, figures from the records that carry it, shown once approved."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from dianliang.domain.brands import queries
from dianliang.domain.brands.operations import UnableToBrandError
from dianliang.flows.brands import keeping as flow
from dianliang.kernel.actor import Actor, Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.honourworld import Honoured
from tests.town import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(town):
    return Honoured(town, NOON)


def create(world, *, branch="", kind="product", name="电亮夕阳"):
    asked = flow.Asked(
        name=name,
        slogan="",
        kind=kind,
        branch=branch,
        unit="S1",
        intro="为独居老人检查用电",
        since=world.on - timedelta(days=30),
        photo=None,
    )
    return flow.create(asked=asked, by=world.clerk("S1"), at=NOON).number


def other(world):
    clerk = world.clerk("AJ")
    return Actor(
        id="user:second",
        name="主任",
        role=Role.PARTY_AFFAIRS,
        unit_path=clerk.unit_path,
        unit_code="AJ",
        area_path="/",
    )


def approved(world, **more):
    number = create(world, **more)
    flow.submit(number=number, by=world.clerk("S1"), at=NOON)
    flow.decide(number=number, verb="approve", reason="同意", by=other(world), at=NOON)
    return number


def test_a_branch_has_one_brand_and_gaps_are_listed(world):
    world.party.branch("B1", "S1")
    world.party.branch("B2", "S1")
    create(world, branch="B1", kind="branch")

    with pytest.raises(UnableToBrandError, match="一支部一品牌"):
        create(world, branch="B1", kind="branch", name="另一个")
    with pytest.raises(UnableToBrandError, match="请选择支部"):
        create(world, kind="branch")
    assert [code for code, _ in queries.without(by=world.clerk("S1"))] == ["B2"]


def test_figures_are_counted_from_what_is_attached_and_follow_it(world):
    number = approved(world)
    held = world.party.meeting()
    clerk, span = world.clerk("S1"), {"since": world.on - timedelta(days=30), "until": world.on}

    flow.attach(number=number, record=held.number, by=clerk, at=NOON)
    page = flow.page(number=number, by=clerk, **span)
    assert [(r.kind, r.number) for r, _ in page.report.records] == [("meeting", held.number)]
    assert [cell.value for cell in page.report.whole.cells] == [1]

    made = flow.review(number=number, grade="good", reason="扎实", by=clerk, at=NOON, **span)
    assert made.figures == {"联席会议": 1}
    flow.detach(number=number, record=held.number, by=clerk, at=NOON)
    assert flow.page(number=number, by=clerk, **span).report.records == ()
    assert queries.brand(number, by=clerk).reviews[0].figures == {"联席会议": 1}
    with pytest.raises(InvalidInputError, match="没有找到编号"):
        flow.attach(number=number, record="XX-1", by=clerk, at=NOON)


def test_nobody_approves_what_he_submitted(world):
    number = create(world)
    flow.submit(number=number, by=world.clerk("S1"), at=NOON)

    with pytest.raises(UnableToBrandError, match="另一人"):
        flow.decide(number=number, verb="approve", reason="同意", by=world.clerk("S1"), at=NOON)


def test_a_visitor_sees_what_was_approved_and_shown_only_with_figures_without_records(world):
    number = create(world)
    with pytest.raises(UnableToBrandError, match="评审通过"):
        flow.show(number=number, is_public=True, by=world.clerk("S1"), at=NOON)
    flow.submit(number=number, by=world.clerk("S1"), at=NOON)
    flow.decide(number=number, verb="approve", reason="同意", by=other(world), at=NOON)
    with pytest.raises(NotVisibleError):
        queries.public_one(number)
    flow.attach(number=number, record=world.party.meeting().number, by=world.clerk("S1"), at=NOON)

    flow.show(number=number, is_public=True, by=world.clerk("S1"), at=NOON)

    figures = flow.public_figures(
        number=number, since=world.on - timedelta(days=365), until=world.on
    )
    assert figures == (("联席会议", "次", 1),)
    assert queries.public_one(number).name == "电亮夕阳"


def test_a_brand_that_ended_takes_no_more_records_and_makes_room(world):
    world.party.branch("B1", "S1")
    number = approved(world, branch="B1", kind="branch")
    flow.end(number=number, verb="retire", reason="更名", by=world.clerk("S1"), at=NOON)

    assert create(world, branch="B1", kind="branch", name="新品牌") != number
    with pytest.raises(NotVisibleError):
        flow.page(number=number, since=world.on, until=world.on, by=world.clerk("S2"))


def test_a_brand_is_printed_with_its_records(world):
    number = approved(world)
    held = world.party.meeting()
    clerk = world.clerk("S1")
    flow.attach(number=number, record=held.number, by=clerk, at=NOON)

    content = flow.printed(
        number=number, since=world.on - timedelta(days=30), until=world.on, by=clerk, at=NOON
    )

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "电亮夕阳" in text
    assert held.number in text
