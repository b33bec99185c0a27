"""Where people do not agree: measured, shown, settled with a reason."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Decision, Need
from dianliang.flows import deciding, handling
from dianliang.flows.reviewing import choosing, doubts
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db
LONG = "桥头路灯从上周三晚上开始就一直不亮，晚上走路很危险，请尽快派人来修理一下，我叫王建国"


def decide(town, need, service, unit="AJ", view=View.FIRST):
    choosing.choose(number=need.number, service=service, view=view, by=town.actor(unit), at=NOON)


@pytest.fixture
def told_twice(town):
    """The same thing said twice, decided differently, and one that contradicts nothing."""
    made = [town.post(text, area_code="V1") for text in (LONG, f"{LONG}！", "余村村停电了")]
    Need.objects.update(status="CLOSED")
    for need, service in zip(made, ("PWR-HAZARD", "PWR-OUTAGE", "PWR-OUTAGE"), strict=True):
        decide(town, need, service, unit="LM")
    return made


def admin(town, unit="LM"):
    return town.actor(unit, Role.ADMINISTRATOR)


def test_near_duplicates_decided_differently_are_listed_without_names(town, told_twice):
    (group,) = doubts.doubts(by=admin(town)).contradictions

    assert set(group.numbers) == {need.number for need in told_twice[:2]}
    assert {(code, n) for code, _, n in group.choices} == {("PWR-HAZARD", 1), ("PWR-OUTAGE", 1)}
    assert not any("王建国" in one.text for one in group.told)


def test_settling_corrects_what_is_learnt_and_moves_no_need(town, told_twice):
    (group,) = doubts.doubts(by=admin(town)).contradictions
    before = list(Need.objects.order_by("pk").values_list("service", "unit", "due_at"))

    changed = doubts.settle(
        numbers=group.numbers,
        service_code="PWR-HAZARD",
        reason="路灯归隐患",
        by=admin(town),
        at=NOON,
    )

    assert changed == 1
    assert doubts.doubts(by=admin(town)).contradictions == ()
    assert list(Need.objects.order_by("pk").values_list("service", "unit", "due_at")) == before
    newest = Decision.objects.latest("pk")
    assert (newest.suggestion.need, newest.chosen) == (told_twice[1], "PWR-HAZARD")
    event = AuditEvent.objects.get(verb="intake.need.settle")
    assert (event.target_id, event.before, event.after, event.reason) == (
        told_twice[1].number,
        "PWR-OUTAGE",
        "PWR-HAZARD",
        "路灯归隐患",
    )


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reason": " "}, "理由"),
        ({"service_code": "NOPE"}, "没有这个服务事项"),
        ({"numbers": ()}, "没有选中"),
    ],
)
def test_settling_needs_a_reason_a_service_and_needs(town, told_twice, changed, refusal):
    asked = {"numbers": (told_twice[0].number,), "service_code": "PWR-OUTAGE", "reason": "对"}

    with pytest.raises(InvalidInputError, match=refusal):
        doubts.settle(**{**asked, **changed}, by=admin(town), at=NOON)


def test_an_administrator_settles_what_is_of_his_units_only(town, told_twice):
    assert doubts.doubts(by=admin(town, "S2")).contradictions == ()

    with pytest.raises(NotVisibleError):
        doubts.settle(
            numbers=(told_twice[1].number,),
            service_code="PWR-HAZARD",
            reason="对",
            by=admin(town, "S2"),
            at=NOON,
        )


def test_how_far_two_people_agree_is_counted_from_their_choices(town):
    for first, second in (("PWR-OUTAGE", "PWR-OUTAGE"),) * 2 + (("PWR-OUTAGE", "WTR-OUTAGE"),):
        need = town.post("余村村停电了", area_code="V1")
        decide(town, need, first)
        decide(town, need, second, unit="LM", view=View.SECOND)

    found = doubts.doubts(by=admin(town))

    assert (found.agreement.n, found.agreement.observed) == (3, pytest.approx(2 / 3))
    assert found.agreement.kappa == pytest.approx(0)
    assert [(d.first, d.second, d.n) for d in found.differing] == [("停电报修", "停水与水压", 1)]
    assert doubts.doubts(by=admin(town, "S2")).agreement.n == 0


def test_the_page_asks_little_of_the_database(town, told_twice, django_assert_max_num_queries):
    doubts.doubts(by=admin(town))

    with django_assert_max_num_queries(8):
        doubts.doubts(by=admin(town))


def test_what_nobody_has_decided_is_not_settled(town):
    need = town.post("想给车位装充电桩", area_code="V1")

    with pytest.raises(InvalidInputError, match="还没有人定过类别"):
        doubts.settle(
            numbers=(need.number,),
            service_code="PWR-EV",
            reason="试试",
            by=admin(town),
            at=NOON,
        )
    assert not Decision.objects.exists()


def test_who_only_accepted_chose_nothing_whatever_is_said_after_the_second_opinion(town):
    need = town.post("余村村停电了", area_code="V1")
    handling.accept(number=need.number, by=town.actor(), at=NOON)
    decide(town, need, "WTR-OUTAGE", view=View.SECOND)
    deciding.agree(number=need.number, aspect="service", by=town.actor(), at=NOON)

    assert doubts.doubts(by=admin(town)).agreement.n == 0
