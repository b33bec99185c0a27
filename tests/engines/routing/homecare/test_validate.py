"""What no plan can do is said before the search, all of it, in words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from dianliang.engines.routing import MaxIterations
from dianliang.engines.routing.homecare import (
    Care,
    Carer,
    HomeCareErrorCode,
    HomeCareProblem,
    HomeCareWeights,
    InvalidHomeCareError,
    solve_home_care,
    validate,
)
from tests.engines.routing.homecare.worlds import crew, line, pair, problems, single

FINE = HomeCareProblem(customers=(single(), pair()), carers=crew(), travel=line(0, 9))
NAN = float("nan")


def with_customer(**changes) -> HomeCareProblem:
    return replace(FINE, customers=(replace(single(), **changes),))


def with_pair(**changes) -> HomeCareProblem:
    return replace(FINE, customers=(replace(pair(), **changes),))


def with_carer(**changes) -> HomeCareProblem:
    one, two = crew()
    return replace(FINE, carers=(one, replace(two, **changes)))


@settings(max_examples=30, deadline=None)
@given(problems())
def test_what_can_be_solved_has_no_errors(problem):
    assert validate(problem) == ()


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (replace(FINE, customers=(single(), single())), HomeCareErrorCode.DUPLICATE_ID),
        (with_carer(id="C0"), HomeCareErrorCode.DUPLICATE_ID),
        (with_customer(cares=()), HomeCareErrorCode.BAD_CARES),
        (with_customer(cares=pair().cares + single().cares), HomeCareErrorCode.BAD_CARES),
        (with_customer(cares=(Care(skill="care", duration=-1),)), HomeCareErrorCode.BAD_DURATION),
        (with_customer(cares=(Care(skill="care", duration=NAN),)), HomeCareErrorCode.BAD_DURATION),
        (with_customer(opens_at=101.0), HomeCareErrorCode.BAD_WINDOW),
        (with_customer(due_at=NAN), HomeCareErrorCode.BAD_WINDOW),
        (with_customer(lag_to=5.0), HomeCareErrorCode.BAD_LAG),
        (with_pair(lag_from=5.0), HomeCareErrorCode.BAD_LAG),
        (with_pair(lag_from=-5.0), HomeCareErrorCode.BAD_LAG),
        (with_pair(lag_to=float("inf")), HomeCareErrorCode.BAD_LAG),
        (with_carer(starts_at=NAN), HomeCareErrorCode.BAD_START),
        (with_carer(place=2), HomeCareErrorCode.UNKNOWN_PLACE),
        (with_customer(place=-1), HomeCareErrorCode.UNKNOWN_PLACE),
        (replace(FINE, travel=np.zeros((2, 3))), HomeCareErrorCode.BAD_TRAVEL),
        (replace(FINE, travel=np.zeros(4)), HomeCareErrorCode.BAD_TRAVEL),
        (replace(FINE, travel=-line(0, 9)), HomeCareErrorCode.BAD_TRAVEL),
        (replace(FINE, travel=line(0, NAN)), HomeCareErrorCode.BAD_TRAVEL),
        (replace(FINE, travel=np.ones((2, 2))), HomeCareErrorCode.BAD_TRAVEL),
        (replace(FINE, weights=HomeCareWeights(travel=-1)), HomeCareErrorCode.BAD_WEIGHT),
        (replace(FINE, weights=HomeCareWeights(travel=NAN)), HomeCareErrorCode.BAD_WEIGHT),
        (with_customer(cares=(Care(skill="fly", duration=1),)), HomeCareErrorCode.NO_CARER),
        (replace(FINE, carers=crew(1)), HomeCareErrorCode.NO_PAIR),
        (replace(FINE, carers=()), HomeCareErrorCode.NO_CARER),
    ],
)
def test_what_is_wrong_is_named(problem, code):
    errors = validate(problem)

    assert code in {error.code for error in errors}
    assert all(error.words for error in errors)


def test_everything_wrong_is_told_at_once():
    problem = HomeCareProblem(
        customers=(single("A", opens=9, due=5), replace(single("B"), place=7), pair("P")),
        carers=(Carer(id="C", skills=frozenset({"repair", "care"}), place=4),),
        travel=line(0, 9),
    )

    with pytest.raises(InvalidHomeCareError) as refused:
        solve_home_care(problem, stop=MaxIterations(limit=1))

    found = {(error.code, error.id) for error in refused.value.errors}
    assert found == {
        (HomeCareErrorCode.BAD_WINDOW, "A"),
        (HomeCareErrorCode.UNKNOWN_PLACE, "B"),
        (HomeCareErrorCode.UNKNOWN_PLACE, "C"),
        (HomeCareErrorCode.NO_PAIR, "P"),
    }
    assert "客户 P 需要两位电管家" in str(refused.value)
