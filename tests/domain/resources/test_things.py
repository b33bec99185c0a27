"""Gear: told by its kind, sent only when free and tested, lent to one at a time."""

import json
from datetime import timedelta

import pytest
from django.forms import model_to_dict, modelform_factory
from hypothesis import event, given
from hypothesis import strategies as st

from dianliang.domain.resources.admin import ResourceKindForm
from dianliang.domain.resources.attributes import Attribute, checked, told, validated
from dianliang.domain.resources.models import Loan, ResourceKind
from dianliang.domain.resources.operations import lending, things, upkeeping
from dianliang.domain.resources.operations.lending import Condition, UnableToLendError
from dianliang.domain.resources.operations.things import UnableToAssignError, UnableToKeepError
from dianliang.domain.resources.queries import things as book
from dianliang.domain.resources.queries.things import VIEWS, Filters
from dianliang.kernel.errors import InvalidInputError, StaleStateError
from tests.gear import BRIDGE, GENERATOR, desk, loan, piece
from tests.town import NOON, TODAY

SOUND = Condition(words="外观完好")
NUMBER = Attribute(
    code="kva", label="容量", unit="kVA", form="number", least=10, most=2500, is_required=True
)
CHOICE = Attribute(code="fuel", label="燃料", form="choice", choices=("柴油", "汽油"))


@given(
    st.text(max_size=8) | st.floats().map(str), st.text(max_size=4) | st.sampled_from(["", "柴油"])
)
def test_what_is_kept_of_a_piece_fits_its_kind_whatever_is_typed(number, fuel):
    try:
        found = checked([NUMBER, CHOICE], {"kva": number, "fuel": fuel})
    except InvalidInputError as refusal:
        event(f"refused {refusal.field}")
        found = None
    if found is None:
        return
    assert 10 <= found["kva"] <= 2500
    assert found.get("fuel", "柴油") in CHOICE.choices
    assert told([NUMBER, CHOICE], found)[0] == ("容量", f"{found['kva']:g} kVA")


@pytest.mark.parametrize(
    "rows",
    [
        {},
        [{"code": "a"}],
        [{"code": "A b", "label": "甲"}],
        [{"code": "a", "label": "甲", "form": "choice"}],
        [{"code": "a", "label": "甲", "form": "number"}],
        [{"code": "a", "label": "甲", "form": "number", "least": "1", "most": "9"}],
        [{"code": "a", "label": "甲", "size": 1}],
        [{"code": 1, "label": "甲"}],
        [{"code": "a", "label": "甲"}] * 2,
    ],
)
def test_a_kind_that_no_page_could_ask_for_is_refused(rows):
    with pytest.raises(InvalidInputError):
        validated(rows)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "words"),
    [({"power_kw": "很大"}, "应填数字"), ({"power_kw": ""}, "请填写"), ({"fuel": "水"}, "请选择")],
)
def test_a_piece_that_does_not_fit_its_kind_is_refused_by_field(town, change, words):
    with pytest.raises(InvalidInputError, match=words) as refused:
        piece(town, **change)
    assert refused.value.field == f"attribute_{next(iter(change))}"


@pytest.mark.django_db
def test_shipped_kinds_measure_what_they_are_told_by(town):
    form_of = modelform_factory(ResourceKind, form=ResourceKindForm, fields="__all__")
    for kind in ResourceKind.objects.all():
        sent = {**model_to_dict(kind), "attributes": json.dumps(kind.attributes)}
        form = form_of(instance=kind, data=sent)
        assert form.is_valid(), (kind, form.errors)
    made = piece(town)
    assert (made.capacity, made.attributes["fuel"]) == (float(GENERATOR["power_kw"]), "柴油")
    assert made.upkeeps.get().due_on == TODAY + timedelta(days=180)


@pytest.mark.django_db
def test_an_overdue_piece_goes_nowhere_until_it_has_passed_and_a_failed_one_is_repaired(town):
    thing, by = piece(town, at=NOON - timedelta(days=200)), desk(town)
    with pytest.raises(UnableToAssignError, match="定期检验已于"):
        things.promise(resource=thing, words="x", by=by, at=NOON)
    with pytest.raises(UnableToLendError, match="定期检验已于"):
        loan(town, thing)
    done = {"upkeep": thing.upkeeps.get(), "done_on": TODAY, "paper": None, "by": by, "at": NOON}

    with pytest.raises(UnableToKeepError, match="写明问题"):
        upkeeping.record(is_passed=False, words="", **done)
    upkeeping.record(is_passed=False, words="漏油", **done)
    thing.refresh_from_db()
    assert thing.status == "REPAIR"
    things.lead(resource=thing, verb="repaired", words="换垫片", by=by, at=NOON)
    with pytest.raises(UnableToAssignError):
        things.promise(resource=thing, words="x", by=by, at=NOON)
    upkeeping.record(is_passed=True, words="", **done)

    assert things.promise(resource=thing, words="x", by=by, at=NOON).status == "PROMISED"
    assert thing.upkeeps.get().due_on == TODAY + timedelta(days=180)
    with pytest.raises(UnableToKeepError, match="正被指派"):
        things.lead(resource=thing, verb="repair", words="想修", by=by, at=NOON)


@pytest.mark.django_db
def test_a_piece_is_lent_to_one_taken_back_with_its_condition_and_repaired_if_damaged(town):
    thing, lender, water = piece(town), desk(town), desk(town, "WTR")
    first, second = loan(town, thing), loan(town, thing, "S2")
    with pytest.raises(UnableToLendError, match="由天荒坪供电所办理"):
        lending.answer(loan=first, verb="grant", words="", by=water, at=NOON)
    lending.answer(loan=first, verb="grant", words="", by=lender, at=NOON)
    with pytest.raises(UnableToLendError, match="已同意借给别的单位"):
        lending.answer(loan=second, verb="grant", words="", by=lender, at=NOON)
    lending.hand_over(loan=first, condition=SOUND, by=lender, at=NOON)

    thing.refresh_from_db()
    assert (thing.status, thing.holder.code, thing.place) == ("LENT", "WTR", BRIDGE.place)
    with pytest.raises(UnableToAssignError, match="当前借出"):
        things.promise(resource=thing, words="x", by=lender, at=NOON)
    broken = Condition(words="机油泵漏", is_damaged=True)
    lending.take_back(loan=first, condition=broken, by=lender, at=NOON)
    thing.refresh_from_db()
    assert (thing.status, thing.holder.code, thing.place) == ("REPAIR", "S1", "S1物资库")
    assert Loan.objects.get(pk=first.pk).is_damaged


@pytest.mark.django_db
def test_a_granted_piece_that_was_sent_out_meanwhile_is_not_handed_over(town):
    thing, lender = piece(town), desk(town)
    wanted = lending.answer(loan=loan(town, thing), verb="grant", words="", by=lender, at=NOON)
    on_another_screen = type(thing).objects.select_related("unit").get(pk=thing.pk)
    things.promise(resource=thing, words="DP", by=lender, at=NOON)

    with pytest.raises(UnableToLendError, match="当前已指派"):
        lending.hand_over(loan=wanted, condition=SOUND, by=lender, at=NOON)
    with pytest.raises(StaleStateError):
        things.promise(resource=on_another_screen, words="DP2", by=lender, at=NOON)


@pytest.mark.django_db
def test_a_piece_that_should_be_back_by_now_is_not_handed_over(town):
    lender = desk(town)
    wanted = lending.answer(
        loan=loan(town, piece(town)), verb="grant", words="", by=lender, at=NOON
    )

    with pytest.raises(UnableToLendError, match="重新申请"):
        lending.hand_over(loan=wanted, condition=SOUND, by=lender, at=NOON + timedelta(days=4))
    lending.hand_over(loan=wanted, condition=SOUND, by=lender, at=NOON + timedelta(days=3))


@pytest.mark.django_db
def test_every_view_counts_what_it_lists(town):
    by = desk(town)
    piece(town, at=NOON - timedelta(days=200))
    things.promise(resource=piece(town), words="x", by=by, at=NOON)
    things.lead(resource=piece(town), verb="repair", words="坏", by=by, at=NOON)
    gone = piece(town)
    things.lead(resource=gone, verb="scrap", words="老旧", by=by, at=NOON)

    told = book.counts(filters=Filters(), by=by, on=TODAY)

    listed = {v: book.chosen(filters=Filters(view=v), by=by, on=TODAY).count() for v in VIEWS}
    assert told == listed
    assert told == {"live": 3, "free": 1, "out": 1, "repair": 1, "due": 1, "scrapped": 1}
