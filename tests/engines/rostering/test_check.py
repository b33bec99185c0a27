"""The checker finds every broken rule in a roster that somebody wrote by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dianliang.engines.rostering import Person, Problem, Rule, Rules, check
from tests.engines.rostering.worlds import at, span, turn, watch

ANN = Person(id="A")
WEEK = watch(8)
LOOSE = Rules(rest=timedelta(0), week_s=None, days=None, nights=None)


def broken(problem, *turns):
    return [breach.rule for breach in check(problem, turns)]


@pytest.mark.parametrize(
    ("rules", "person", "duties", "rule"),
    [
        (replace(LOOSE, rest=timedelta(hours=11)), ANN, ("D0", "D1"), Rule.REST),
        (replace(LOOSE, week_s=23 * 3600), ANN, ("D0", "D2", "D4"), Rule.WEEK),
        (replace(LOOSE, days=2), ANN, ("D1", "D4", "D7"), Rule.DAYS),
        (replace(LOOSE, nights=1), ANN, ("D0", "D3"), Rule.NIGHTS),
        (LOOSE, replace(ANN, away=(span(7, 9),)), ("D1",), Rule.AWAY),
        (LOOSE, replace(ANN, held=(span(15, 17),)), ("D1",), Rule.OVERLAP),
        (replace(LOOSE, week_s=80 * 3600), replace(ANN, week_s=8 * 3600), ("D0", "D6"), Rule.WEEK),
    ],
)
def test_each_rule_alone(rules, person, duties, rule):
    problem = Problem(duties=WEEK, people=(person,), rules=rules)
    turns = [turn(duty, "A") for duty in duties]

    assert set(broken(problem, *turns)) == {rule}
    assert broken(replace(problem, rules=LOOSE, people=(ANN,)), *turns) == []


def test_hours_are_counted_by_the_week_in_which_a_duty_begins():
    rules = replace(LOOSE, week_s=8 * 3600)
    sunday, monday = "D20", "D21"

    assert (
        broken(
            Problem(duties=WEEK, people=(ANN,), rules=rules), turn(sunday, "A"), turn(monday, "A")
        )
        == []
    )


def test_what_begins_as_the_rest_ends_is_lawful_and_a_moment_earlier_is_not():
    first, second = WEEK[0], replace(WEEK[2], window=span(19, 23))
    early = replace(second, window=span(19 - 1 / 60, 23))
    both = (turn(first.id, "A"), turn(second.id, "A"))

    assert broken(Problem(duties=(first, second), people=(ANN,)), *both) == []
    assert set(broken(Problem(duties=(first, early), people=(ANN,)), *both)) == {Rule.REST}


def test_an_exempt_turn_may_break_what_tires_but_nobody_is_in_two_places():
    rules = Rules()
    both = (turn("D0", "A"), turn("D1", "A"))
    problem = Problem(duties=WEEK, people=(ANN,), rules=rules, exempt=frozenset(both[1:]))
    twin = replace(WEEK[1], id="T")

    assert broken(problem, *both) == []
    doubled = replace(problem, duties=(*WEEK, twin), exempt=frozenset({both[1], turn("T", "A")}))
    assert set(broken(doubled, both[1], turn("T", "A"))) == {Rule.OVERLAP}


def test_too_many_strangers_and_what_was_settled():
    problem = Problem(
        duties=WEEK,
        people=(ANN, Person(id="B")),
        fixed=frozenset({turn("D3", "B")}),
        previous=frozenset({turn("D0", "B")}),
        frozen_until=at(8),
    )

    assert set(broken(problem, turn("D0", "B"), turn("D3", "B"), turn("D3", "A"))) == {Rule.SIZE}
    assert set(broken(problem, turn("D0", "B"))) == {Rule.PINNED}
    assert broken(problem, turn("D0", "B"), turn("D3", "B"), turn("D0", "A")) == [Rule.PINNED]
    assert broken(problem, turn("D0", "B"), turn("D3", "B"), turn("X", "A")) == [Rule.UNKNOWN]
