"""What is asked next: what triage left to a person first, varied, never what is decided."""

import pytest

from dianliang.domain.intake.models import Decision, Suggestion
from dianliang.domain.intake.queries import reviewing
from dianliang.domain.intake.suggesting import JUDGED_DUPLICATES
from dianliang.flows import handling, triage
from dianliang.flows.reviewing import choosing, queue, reading
from dianliang.flows.reviewing.queue import View
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON

pytestmark = pytest.mark.django_db
ODD = "呃那个事情上回讲过的"


def batch(town, unit="S1", role=Role.DISPATCHER, **told):
    told = {"view": View.FIRST, "skipped": (), **told}
    return queue.batch(by=town.actor(unit, role), **told)


def test_what_triage_left_to_a_person_comes_first(town):
    plain = [town.post(f"余村村{i}组停电了", area_code="V1") for i in range(3)]
    odd = town.post(ODD, area_code="V1")
    assert Suggestion.objects.get(need=odd).body["none_of_these"]

    found = batch(town)

    assert found[0] == odd.number
    assert set(found[1:]) == {need.number for need in plain}


def test_different_ones_are_asked_before_the_same_again(town, monkeypatch):
    for _ in range(6):
        town.post("余村村停电了", area_code="V1")
    other = town.post("自来水管爆了一直在流", area_code="V1")
    monkeypatch.setattr(queue, "BATCH", 2)

    found = batch(town, "LM")

    assert len(found) == 2
    assert other.number in found


def test_doubt_sets_the_order_once_enough_is_decided_by_anybody(town):
    needs = [town.post(f"余村村{i}组停电了", area_code="V1") for i in range(2)]
    handling.accept(number=needs[0].number, by=town.actor("S1"), at=NOON)
    assert not reviewing.are_decided(2)

    handling.accept(number=needs[1].number, by=town.actor("S1"), at=NOON)

    assert reviewing.are_decided(2)


def test_decided_and_put_aside_needs_are_not_asked(town):
    needs = [town.post(f"余村村{i}组停电了", area_code="V1") for i in range(4)]
    handling.accept(number=needs[0].number, by=town.actor("S1"), at=NOON)
    choosing.choose(
        number=needs[1].number,
        service="",
        is_none=True,
        view=View.FIRST,
        by=town.actor("S1"),
        at=NOON,
    )

    found = batch(town, skipped=(needs[2].number,))

    assert found == (needs[3].number,)
    kept = [need.number for need in needs]
    still = queue.still_open(kept, view=View.FIRST, by=town.actor("S1"))
    assert still == tuple(kept[2:])


def test_a_dispatcher_is_asked_about_his_own_units_only(town):
    own = town.post("余村村停电了", area_code="V1")
    beside = town.post("石龙村停电了", area_code="V3")

    assert batch(town) == (own.number,)
    assert batch(town, "S2") == (beside.number,)
    assert set(batch(town, "LM", Role.ADMINISTRATOR)) == {own.number, beside.number}
    assert batch(town, "S1", Role.ALLIANCE_UNIT) == ()


def sampled(town, want=True):
    """Post needs until one is (not) in the sample of those that two people decide."""
    while True:
        need = town.post("余村村停电了", area_code="V1")
        if reviewing.in_sample(need.number) is want:
            return need
        need.suggestions.all().delete()


def test_about_one_in_twenty_is_decided_twice_and_always_the_same_ones():
    numbers = [f"XQ261124-{i:04d}" for i in range(10_000)]
    chosen = [number for number in numbers if reviewing.in_sample(number)]

    assert 0.045 < len(chosen) / len(numbers) < 0.055
    assert chosen == [number for number in numbers if reviewing.in_sample(number)]


def test_the_second_person_is_another_one_and_is_asked_once(town):
    need, beside = sampled(town), sampled(town, want=False)
    assert batch(town, "AJ", view=View.SECOND) == ()
    for one in (need, beside):
        handling.accept(number=one.number, by=town.actor("S1"), at=NOON)

    assert batch(town, "S1", view=View.SECOND) == ()
    assert batch(town, "S2", view=View.SECOND) == ()
    assert batch(town, "AJ", view=View.SECOND) == (need.number,)
    assert batch(town, "AJ", view=View.SECOND, skipped=(need.number,)) == ()
    numbers = (need.number, beside.number)
    still = queue.still_open(numbers, view=View.SECOND, by=town.actor("AJ"))
    assert still == (need.number,)

    choosing.choose(
        number=need.number, service="PWR-OUTAGE", view=View.SECOND, by=town.actor("AJ"), at=NOON
    )
    assert batch(town, "AJ", view=View.SECOND) == batch(town, "LM", view=View.SECOND) == ()


def test_what_matters_is_marked_and_persons_are_starred(town):
    text = "余村村变压器在冒烟，我叫王建国，电话19912345678"
    need = town.post(text, area_code="V1")

    item = reading.item(need.number, view=View.FIRST, by=town.actor("S1"))

    marked = {piece.mark: piece.text for piece in item.pieces if piece.mark}
    shown = "".join(piece.text for piece in item.pieces)
    assert "冒烟" in marked["danger"]
    assert "余村" in marked["place"]
    assert len(shown) == len(text)
    assert "王建国" not in shown
    assert "19912345678" not in shown
    assert item.moves
    assert [c.key for c in item.candidates] == ["1", "2", "3"][: len(item.candidates)]


def test_the_evidence_of_the_first_service_is_marked(town):
    need = town.post("我想装一个充电桩", area_code="V1")

    item = reading.item(need.number, view=View.FIRST, by=town.actor("AJ"))

    assert ("充电桩", "evidence") in [(piece.text, piece.mark) for piece in item.pieces]


def test_a_blind_reader_sees_neither_choice_nor_confidence_nor_order(town):
    need = town.post("停水了，水泵没电，是不是停电引起的", area_code="V1")
    handling.accept(number=need.number, by=town.actor("S1"), at=NOON)

    item = reading.item(need.number, view=View.SECOND, by=town.actor("AJ"))

    assert item.service_name == ""
    assert not item.moves
    assert [c.code for c in item.candidates] == sorted(c.code for c in item.candidates)
    assert {(c.confidence, c.reason, c.band_label) for c in item.candidates} == {(None, "", "")}
    assert all(piece.mark != "evidence" for piece in item.pieces)


def test_a_service_that_is_likely_besides_is_shown_as_such(town):
    need = town.post("余村村停电了", area_code="V1")
    stored = need.suggestions.get()
    first = {**stored.body["categories"][0], "own": 0.9}
    also = {**first, "service_code": "WTR-OUTAGE", "own": 0.5}
    hardly = {**first, "service_code": "PWR-METER", "own": 0.49}
    Suggestion.objects.filter(pk=stored.pk).update(
        body={**stored.body, "categories": [first, also, hardly]}
    )

    item = reading.item(need.number, view=View.FIRST, by=town.actor("S1"))
    choosing.choose(
        number=need.number,
        service="PWR-OUTAGE",
        also=["WTR-OUTAGE"],
        view=View.FIRST,
        by=town.actor("S1"),
        at=NOON,
    )

    assert [c.is_also for c in item.candidates] == [False, True, False]
    assert Decision.objects.get(aspect="also").proposed == "WTR-OUTAGE"


def test_a_need_of_the_neighbour_is_not_shown(town):
    need = town.post("余村村停电了", area_code="V1")

    with pytest.raises(NotVisibleError):
        reading.item(need.number, view=View.FIRST, by=town.actor("S2"))


def test_twice_as_many_needs_cost_no_more_queries(town, django_assert_max_num_queries):
    for i in range(12):
        town.post(f"余村村{i}组停电了", area_code="V1")
    batch(town)

    with django_assert_max_num_queries(4):
        found = batch(town)
    with django_assert_max_num_queries(1):
        queue.still_open(found, view=View.FIRST, by=town.actor("S1"))
    with django_assert_max_num_queries(3):
        batch(town, "AJ", view=View.SECOND)


def test_what_is_stored_of_a_judged_duplicate_is_known_as_such():
    assert triage.DUPLICATES_VERSION.startswith(JUDGED_DUPLICATES)
