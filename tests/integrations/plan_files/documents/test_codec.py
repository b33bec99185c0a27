"""JSON holds whatever the engine's model can say, and tells a new field from a forgotten one."""

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings

from dianliang.engines import routing
from dianliang.engines.routing import travel
from dianliang.integrations.plan_files.documents.codec import (
    KINDS_OF_TRAVEL,
    Decoder,
    encoded,
    parsed,
)
from dianliang.integrations.plan_files.documents.document import (
    plan_document,
    problem_document,
    read_plan,
    read_problem,
)
from dianliang.integrations.plan_files.documents.hints import present, written_fields
from dianliang.integrations.plan_files.documents.words import FIELDS, RANGES
from dianliang.integrations.plan_files.loaded import PlanFile, ProblemFile
from tests.engines.routing.worlds import problems
from tests.integrations.plan_files.models import any_of

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def through_json(owner: type, value: Any) -> Any:
    """Return what comes back of a value that went through the text of a file."""
    decoder = Decoder(moved=lambda point: point)
    made = decoder.object(owner, parsed(json.dumps(encoded(value), allow_nan=False)), "")
    assert decoder.faults == []
    return made


@QUICK
@given(any_of(routing.Problem))
def test_every_problem_comes_back_as_it_was(problem):
    again = through_json(routing.Problem, problem)

    assert encoded(again) == encoded(problem)
    if isinstance(problem.travel, routing.GreatCircle):
        assert again == problem


@QUICK
@given(any_of(routing.Plan))
def test_every_plan_comes_back_as_it_was(plan):
    assert through_json(routing.Plan, plan) == plan


@QUICK
@given(problems())
def test_a_problem_that_the_engine_takes_is_read_back_from_its_file(problem):
    assert read_problem(problem_document(problem), name="x.json").problem == problem


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_of(routing.Plan))
def test_the_same_plan_is_always_the_same_file(plan):
    document = plan_document(plan)

    assert plan_document(read_plan(document, name="x.json")) == document


def parts_of(hint: Any) -> Iterator[type]:
    """Yield every dataclass that an annotation leads to."""
    if present(hint) is not hint:
        yield from parts_of(present(hint))
    for inner in get_args(hint):
        yield from parts_of(inner)
    if hint is routing.Travel:
        for kind in KINDS_OF_TRAVEL.values():
            yield from parts_of(kind)
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
        for _, inner in written_fields(hint):
            yield from parts_of(inner)


EVERYTHING = {*parts_of(ProblemFile), *parts_of(PlanFile)}


@pytest.mark.parametrize("owner", sorted(EVERYTHING, key=lambda owner: owner.__name__))
def test_every_field_of_the_model_is_explained(owner):
    """A field that is added to the engine needs its words here before files can hold it."""
    assert list(FIELDS[owner]) == [each.name for each, _ in written_fields(owner)]


def test_nothing_is_explained_or_bounded_that_the_model_does_not_have():
    assert FIELDS.keys() == EVERYTHING
    for owner, name in RANGES:
        assert name in {each.name for each in fields(owner)}


def test_every_way_to_travel_can_be_written():
    ways = {
        kind
        for module in (routing, travel)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if hasattr(kind, "between") and kind is not routing.Travel
    }

    assert ways == {*KINDS_OF_TRAVEL.values()}


@dataclass(frozen=True, kw_only=True)
class OfTomorrow:
    """A part of the model with a type that files do not know."""

    price: Decimal


class Teleport:
    def between(self, a: object, b: object) -> tuple[float, float]:
        return 0.0, 0.0


def test_a_type_that_files_do_not_know_is_never_dropped_in_silence():
    with pytest.raises(TypeError, match="Decimal"):
        encoded(OfTomorrow(price=Decimal(1)))
    with pytest.raises(TypeError, match="Teleport"):
        encoded(routing.Problem(jobs=(), teams=(), travel=Teleport()))
