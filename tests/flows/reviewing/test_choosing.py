"""People decide a category: open needs move with it, ended ones do not, slips are taken back."""

import pytest

from dianliang.core.models import AuditEvent
from dianliang.domain.intake.models import Decision, Need
from dianliang.flows import handling
from dianliang.flows.reviewing import choosing
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests.town import NOON

pytestmark = pytest.mark.django_db


def choose(town, need, service="", *, unit="S1", role=Role.DISPATCHER, **told):
    by = told.pop("by", None) or town.actor(unit, role)
    return choosing.choose(
        number=need.number,
        service=service,
        view=told.pop("view", View.FIRST),
        by=by,
        at=NOON,
        **told,
    )


def decided(need):
    rows = Decision.objects.filter(suggestion__need=need).order_by("pk")
    return [(row.aspect, row.proposed, row.chosen) for row in rows]


def verbs(need):
    events = AuditEvent.objects.filter(target_id=need.number).order_by("id")
    return [event.verb.removeprefix("intake.need.") for event in events]


@pytest.fixture
def outage(town):
    return town.post("余村村停电了", area_code="V1")


def ended(need):
    Need.objects.filter(pk=need.pk).update(status="CLOSED", closed_at=NOON, resolved_at=NOON)
    return need


def test_agreeing_is_recorded_and_moves_nothing(town, outage):
    choose(town, outage, "PWR-OUTAGE")

    after = Need.objects.get(pk=outage.pk)
    assert decided(outage) == [("service", "PWR-OUTAGE", "PWR-OUTAGE")]
    assert (after.due_at, after.unit) == (outage.due_at, outage.unit)
    assert verbs(outage)[-1] == "agree"


def test_another_service_moves_an_open_need_as_its_own_page_would(town, outage):
    twin = town.post("余村村停电了", area_code="V1")

    choose(town, outage, "WTR-OUTAGE")
    handling.classify(number=twin.number, service_code="WTR-OUTAGE", by=town.actor("S1"), at=NOON)

    moved, other = Need.objects.get(pk=outage.pk), Need.objects.get(pk=twin.pk)
    assert moved.unit.code == "WTR"
    for name in ("service", "unit", "urgency", "response_due_at", "on_site_due_at", "due_at"):
        assert getattr(moved, name) == getattr(other, name), name
    assert decided(outage) == [("service", "PWR-OUTAGE", "WTR-OUTAGE")]


@pytest.mark.parametrize("status", ["CLOSED", "RESOLVED", "CANCELLED"])
def test_a_need_that_has_ended_is_labelled_and_not_moved(town, outage, status):
    ended(outage)
    Need.objects.filter(pk=outage.pk).update(status=status)

    choose(town, outage, "WTR-OUTAGE")

    after = Need.objects.get(pk=outage.pk)
    assert (after.status, after.service, after.unit) == (status, outage.service, outage.unit)
    assert after.due_at == outage.due_at
    assert decided(outage) == [("service", "PWR-OUTAGE", "WTR-OUTAGE")]
    assert verbs(outage)[-1] == "label"


def test_none_of_these_is_a_decision_that_teaches_nothing(town, outage):
    choose(town, outage, "PWR-OUTAGE", is_none=True)

    assert decided(outage) == [("service", "PWR-OUTAGE", "")]
    assert Need.objects.get(pk=outage.pk).service == outage.service


def test_a_second_service_is_kept_beside_the_first(town, outage):
    made = choose(town, outage, "PWR-OUTAGE", also=["WTR-OUTAGE", "WTR-OUTAGE"])

    assert [row[0] for row in decided(outage)] == ["service", "also"]
    assert decided(outage)[1][2] == "WTR-OUTAGE"
    assert made.words == "停电报修、停水与水压"
    assert Need.objects.get(pk=outage.pk).unit == outage.unit


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("", "请填写"),
        ("电", "有几个事项"),
        ("飞船", "没有叫"),
        ("x" * 61, "最多 60"),
        ("\0", "无法保存"),
    ],
)
def test_words_that_mean_no_one_service_are_refused_in_plain_words(town, outage, words, refusal):
    with pytest.raises(InvalidInputError, match=refusal):
        choose(town, outage, words)

    assert decided(outage) == []


def test_a_service_is_found_by_its_name_too(town, outage):
    choose(town, outage, "停水与水压")

    assert Need.objects.get(pk=outage.pk).service.code == "WTR-OUTAGE"


def test_the_same_service_cannot_be_first_and_second(town, outage):
    with pytest.raises(InvalidInputError, match="同时涉及"):
        choose(town, outage, "PWR-OUTAGE", also=["PWR-OUTAGE"])


def test_whoever_comes_second_is_told_it_is_decided(town, outage):
    choose(town, outage, "PWR-OUTAGE")

    with pytest.raises(StaleStateError, match="刚有人定过"):
        choose(town, outage, "WTR-OUTAGE", unit="AJ")


def test_another_units_need_is_not_found(town, outage):
    for unit, role in (("S2", Role.DISPATCHER), ("S1", Role.STEWARD), ("S1", Role.COMMANDER)):
        with pytest.raises(NotVisibleError):
            choose(town, outage, "PWR-OUTAGE", unit=unit, role=role)


def test_an_administrator_decides_like_a_dispatcher(town, outage):
    choose(town, outage, "WTR-OUTAGE", unit="LM", role=Role.ADMINISTRATOR)

    assert Need.objects.get(pk=outage.pk).unit.code == "WTR"


def take_back(town, choice, unit="S1"):
    kept = choosing.choice_of(choice.kept())
    choosing.take_back(choice=kept, by=town.actor(unit), at=NOON)


def test_a_slip_is_taken_back_even_after_it_gave_the_need_away(town, outage):
    made = choose(town, outage, "WTR-OUTAGE", also=["PWR-OUTAGE"])

    take_back(town, made)

    after = Need.objects.select_related("service", "unit").get(pk=outage.pk)
    for name in ("service", "unit", "urgency", "is_public", "response_due_at", "due_at"):
        assert getattr(after, name) == getattr(outage, name), name
    assert decided(outage) == []
    assert verbs(outage)[-1] == "take_back"
    assert choose(town, outage, "PWR-OUTAGE").number == outage.number


def test_what_somebody_has_built_upon_is_not_taken_back(town, outage):
    made = choose(town, outage, "PWR-OUTAGE")
    handling.accept(number=outage.number, by=town.actor("S1"), at=NOON)

    with pytest.raises(StaleStateError, match="不能撤销"):
        take_back(town, made)

    assert decided(outage)[0] == ("service", "PWR-OUTAGE", "PWR-OUTAGE")


def test_nobody_takes_back_what_another_chose(town, outage):
    made = choose(town, outage, "PWR-OUTAGE")

    with pytest.raises(NotVisibleError):
        take_back(town, made, unit="AJ")


def test_the_second_person_is_stored_beside_the_first_and_moves_nothing(town, outage):
    choose(town, outage, "PWR-OUTAGE")

    choose(town, outage, "WTR-OUTAGE", unit="AJ", view=View.SECOND)

    assert decided(outage)[-1] == ("second", "PWR-OUTAGE", "WTR-OUTAGE")
    assert Need.objects.get(pk=outage.pk).service == outage.service
    with pytest.raises(StaleStateError, match="盲评过"):
        choose(town, outage, "PWR-OUTAGE", unit="LM", view=View.SECOND)


def test_nobody_is_his_own_second_person(town, outage):
    with pytest.raises(handling.UnableToHandleError, match="还没有人定过"):
        choose(town, outage, "PWR-OUTAGE", view=View.SECOND)
    choose(town, outage, "PWR-OUTAGE")

    with pytest.raises(handling.UnableToHandleError, match="另一个人"):
        choose(town, outage, "PWR-OUTAGE", view=View.SECOND)
