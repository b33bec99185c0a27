"""A swap is lawful or says what forbids it; those who could take a turn are named."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.rostering import (
    Params,
    Person,
    Problem,
    Rule,
    candidates,
    check,
    objections,
    solve,
)
from tests.engines.rostering.worlds import at, problems, turn, watch

TWO = (Person(id="A", skills=frozenset({"line"})), Person(id="B"))
DUTIES = tuple(
    replace(duty, skills={"line": 1} if n == 0 else {}) for n, duty in enumerate(watch(3))
)


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_who_may_take_a_turn_leaves_the_roster_lawful(problem, data):
    roster = solve(problem, Params(effort=0.5))
    if not roster.turns:
        return
    given_up = data.draw(st.sampled_from(sorted(roster.turns)))

    for found in candidates(problem, roster.turns, given_up):
        joins = turn(given_up.duty_id, found.person_id)
        after = (roster.turns - {given_up}) | {joins}
        broken = {b for b in check(replace(problem, fixed=frozenset()), after) if b.turn == joins}
        assert {b for b in broken if b.rule is not Rule.PINNED} <= set(found.breaches)
        assert (
            found.is_lawful
            or broken
            or given_up.duty_id in problem.frozen_duties
            or any(breach.rule is Rule.SKILL for breach in found.breaches)
        )


def test_two_exchange_their_turns_if_rest_and_skill_allow():
    problem = Problem(duties=DUTIES, people=TWO)
    turns = {turn("D0", "A"), turn("D3", "B"), turn("D7", "A")}

    swap = objections(
        problem,
        turns,
        leaves={turn("D3", "B"), turn("D7", "A")},
        joins={turn("D3", "A"), turn("D7", "B")},
    )
    unskilled = objections(
        problem,
        turns,
        leaves={turn("D0", "A"), turn("D3", "B")},
        joins={turn("D0", "B"), turn("D3", "A")},
    )

    assert swap == ()
    assert [(breach.rule, breach.words) for breach in unskilled] == [
        (Rule.SKILL, "换班后缺 1 名会“line”的人")
    ]


def test_a_turn_that_has_begun_or_moved_meanwhile_is_not_swapped():
    known = frozenset({turn("D0", "A")})
    problem = Problem(duties=DUTIES, people=TWO, previous=known, frozen_until=at(4))

    begun = objections(problem, known, leaves=known, joins={turn("D0", "B")})

    assert Rule.PINNED in {breach.rule for breach in begun}
    with pytest.raises(ValueError, match="请刷新"):
        objections(problem, known, leaves={turn("D1", "A")})


def test_the_least_loaded_who_may_comes_first():
    people = (*TWO, Person(id="C", credit_s=3600), Person(id="D", held=(DUTIES[3].window,)))
    problem = Problem(duties=DUTIES, people=people)

    found = candidates(problem, {turn("D3", "A")}, turn("D3", "A"))

    assert [each.person_id for each in found] == ["B", "C", "D"]
    assert [each.is_lawful for each in found] == [True, True, False]
