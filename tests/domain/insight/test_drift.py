"""Weeks are counted from Monday in Shanghai, by the database, in the reader's scope."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from dianliang.domain.insight import drift
from dianliang.domain.insight.drift import Part
from dianliang.domain.intake.models import Decision, Need, Suggestion
from dianliang.kernel.actor import Role
from tests.town import NOON

pytestmark = pytest.mark.django_db
WEEKS = drift.weeks_until(NOON)


def admin(town, unit="LM"):
    return town.actor(unit, Role.ADMINISTRATOR)


def at(need, when):
    Need.objects.filter(pk=need.pk).update(received_at=when)
    Suggestion.objects.filter(need=need).update(at=when)
    return need


def decide(need, chosen, *, when=NOON, confidence=None, aspect="service", is_tacit=False):
    stored = need.suggestions.get()
    if confidence is not None:
        first = {**stored.body["categories"][0], "confidence": confidence}
        stored.body["categories"][0] = first
        Suggestion.objects.filter(pk=stored.pk).update(body=stored.body)
    Decision.objects.create(
        suggestion=stored,
        at=when,
        by_id="x",
        by_name="x",
        aspect=aspect,
        proposed="PWR-OUTAGE",
        chosen=chosen,
        is_tacit=is_tacit,
    )


def test_the_last_week_is_this_one_and_begins_on_monday_in_shanghai():
    assert len(WEEKS) == drift.WEEKS
    assert WEEKS[-1].starts_at == datetime(2026, 11, 22, 16, tzinfo=UTC)
    assert [week.is_over for week in WEEKS] == [True] * 11 + [False]
    assert all(one.ends_at == other.starts_at for one, other in pairwise(WEEKS))


def test_the_first_second_of_monday_belongs_to_the_new_week(town):
    monday = WEEKS[-1].starts_at
    at(town.post(area_code="V1"), monday)
    at(town.post(area_code="V1"), monday - timedelta(seconds=1))
    at(town.post(area_code="V1"), WEEKS[0].starts_at - timedelta(seconds=1))

    found = drift.received(WEEKS, by=admin(town))

    assert [sum(week.values()) for week in found] == [0] * 10 + [1, 1]
    assert found[-1] == {"PWR-OUTAGE": 1}


def test_what_people_change_is_counted_in_the_week_in_which_they_did(town):
    for chosen in ("PWR-OUTAGE", "PWR-OUTAGE", "WTR-OUTAGE", ""):
        decide(town.post(area_code="V1"), chosen)
    decide(town.post(area_code="V1"), "WTR-OUTAGE", when=NOON - timedelta(days=7))

    found = drift.overridden(WEEKS, by=admin(town))

    assert found[-1] == Part(n=2, of=4)
    assert found[-2].share == 1.0
    assert found[0].share is None


def test_only_suggestions_of_texts_are_counted_as_doubted(town):
    town.post("余村村停电了", area_code="V1")
    odd = town.post("呃那个事情上回讲过的", area_code="V1")
    Suggestion.objects.create(need=odd, at=NOON, version="duplicates-1", body={"duplicate": {}})

    assert drift.doubted(WEEKS, by=admin(town))[-1] == Part(n=1, of=2)


def test_confidences_fall_into_ten_bins_with_what_was_right(town):
    for confidence, chosen in ((1.0, "PWR-OUTAGE"), (0.92, "WTR-OUTAGE"), (0.5, "PWR-OUTAGE")):
        decide(town.post(area_code="V1"), chosen, confidence=confidence)

    found = {one.number: one for one in drift.confidences(WEEKS, by=admin(town))}

    assert set(found) == {5, 9}
    assert (found[9].n, found[9].right) == (2, 1)
    assert found[9].mean_confidence == pytest.approx(0.96)


def test_the_sample_is_spread_and_bounded(town):
    for number in range(24):
        at(town.post(f"余村村{number}组停电了", area_code="V1"), NOON - timedelta(days=number))

    every = drift.sampled_texts(WEEKS, each=100, received=24, by=admin(town))
    some = drift.sampled_texts(WEEKS, each=1, received=24, by=admin(town))

    assert sum(map(len, every)) == 24
    assert 10 <= sum(map(len, some)) <= 14
    assert {text for week in some for text in week} <= {text for week in every for text in week}


def test_the_neighbour_counts_nothing_of_ours(town):
    decide(town.post(area_code="V1"), "PWR-OUTAGE", confidence=0.5)

    by = admin(town, "S2")
    assert sum(sum(week.values()) for week in drift.received(WEEKS, by=by)) == 0
    assert sum(part.of for part in drift.overridden(WEEKS, by=by)) == 0
    assert sum(part.of for part in drift.doubted(WEEKS, by=by)) == 0
    assert drift.confidences(WEEKS, by=by) == ()


def test_to_accept_a_need_is_not_to_agree_with_its_service(town):
    decide(town.post("余村村停电了", area_code="V1"), "PWR-OUTAGE", is_tacit=True, confidence=0.9)
    decide(town.post("余村村停电了", area_code="V1"), "WTR-OUTAGE", confidence=0.9)

    by = admin(town)
    assert drift.overridden(WEEKS, by=by)[-1] == Part(n=1, of=1)
    assert drift.unlooked(WEEKS, by=by)[-1] == 1
    assert [(one.n, one.right) for one in drift.confidences(WEEKS, by=by)] == [(1, 0)]


def test_who_looks_after_accepting_has_looked(town):
    need = town.post("余村村停电了", area_code="V1")
    decide(need, "PWR-OUTAGE", is_tacit=True)
    decide(need, "PWR-OUTAGE")

    assert drift.overridden(WEEKS, by=admin(town))[-1] == Part(n=0, of=1)
    assert sum(drift.unlooked(WEEKS, by=admin(town))) == 0


def test_the_blind_sample_tells_how_often_the_program_was_right(town):
    for chosen in ("PWR-OUTAGE", "PWR-OUTAGE", "WTR-OUTAGE", ""):
        need = town.post("余村村停电了", area_code="V1")
        decide(need, "PWR-OUTAGE", is_tacit=True)
        decide(need, chosen, aspect="second")

    assert drift.sampled(WEEKS, by=admin(town)) == Part(n=2, of=4)
    assert drift.sampled(WEEKS, by=admin(town, "S2")) == Part()
