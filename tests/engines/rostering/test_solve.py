"""A roster is lawful, lacks as few people as can be, and says why the others cannot come."""

from dataclasses import replace
from datetime import time, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings

from dianliang.engines.rostering import (
    ErrorCode,
    FixKind,
    InvalidProblemError,
    Params,
    Person,
    Problem,
    Rule,
    Rules,
    apply_fix,
    check,
    gaps,
    overlaps,
    solve,
    validate,
)
from dianliang.engines.rostering._missing import missing_in
from tests.engines.rostering.worlds import at, problems, span, turn, watch

SHORT = Params(effort=1.0)


def missing(problem, turns):
    return sum(lack for _, _, lack in missing_in(problem, turns))


def least_missing(problem):
    """Try every roster of a tiny problem and return the fewest people that are lacking."""
    chosen = []
    for duty in problem.duties:
        if duty.id in problem.frozen_duties:
            crews = [frozenset(t for t in problem.previous if t.duty_id == duty.id)]
        else:
            able = [turn(duty.id, person.id) for person in problem.people]
            crews = [
                frozenset(crew)
                for size in range(duty.size + 1)
                for crew in combinations(able, size)
            ]
        chosen.append(crews)
    whole = (frozenset().union(*crews) for crews in product(*chosen))
    return min(missing(problem, turns) for turns in whole if not check(problem, turns))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_roster_breaks_no_rule_and_counts_what_it_says(problem):
    roster = solve(problem, SHORT)

    assert check(problem, roster.turns) == ()
    assert roster.missing == missing(problem, roster.turns) == roster.stages[0].value
    assert {load.person_id for load in roster.loads} == {person.id for person in problem.people}
    assert sum(load.turns for load in roster.loads) == len(roster.turns)


@settings(max_examples=40, deadline=None)
@given(problems(most_duties=4, most_people=3))
def test_no_other_roster_lacks_fewer_people(problem):
    roster = solve(problem, SHORT)

    assert roster.stages[0].is_proven
    assert roster.missing == least_missing(problem)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_fix_that_is_offered_mans_one_more_place(problem):
    roster = solve(problem, SHORT)

    for short in roster.short:
        for fix in short.fixes:
            helped = solve(apply_fix(problem, fix), SHORT)
            assert helped.missing < roster.missing, fix


@settings(max_examples=25, deadline=None)
@given(problems())
def test_the_same_seed_gives_the_same_roster(problem):
    assert solve(problem, SHORT) == solve(problem, SHORT)


def test_a_week_round_the_clock_has_no_gap_and_no_one_is_worn_out():
    duties = watch(7)
    people = tuple(Person(id=f"P{n}") for n in range(5))
    problem = Problem(duties=duties, people=people)

    roster = solve(problem)

    windows = [duty.window for duty in duties]
    assert gaps(span(0, 168), windows) == overlaps(windows) == ()
    assert roster.short == ()
    assert check(problem, roster.turns) == ()
    hours = [load.duty_s / 3600 for load in roster.loads]
    assert max(hours) <= 40
    assert max(hours) - min(hours) <= 8


def test_duty_is_shared_out_by_what_it_weighs():
    duties = tuple(
        replace(duty, weight=200 if n % 3 == 0 else 100) for n, duty in enumerate(watch(6))
    )
    roster = solve(Problem(duties=duties, people=tuple(Person(id=f"P{n}") for n in range(6))))

    assert {load.weighted_s for load in roster.loads} == {32 * 3600}
    assert sum(load.nights for load in roster.loads) == 6


def test_who_had_more_before_gets_less_now():
    people = (Person(id="A", credit_s=16 * 3600), *(Person(id=name) for name in "BCDEF"))
    roster = solve(Problem(duties=watch(2), people=people))

    assert [load.turns for load in roster.loads if load.person_id == "A"] == [0]
    assert roster.missing == 0


def test_a_wish_never_costs_a_place_but_decides_between_equals():
    first, second = watch(1, starts=(time(0), time(12)))
    likes = Person(id="A", wishes={first.id: -5, second.id: 3})
    problem = Problem(duties=(first, second), people=(likes, Person(id="B")))

    assert turn(second.id, "A") in solve(problem).turns
    alone = solve(replace(problem, people=(likes,), rules=Rules(rest=timedelta(0))))
    assert alone.missing == 0


def test_an_emergency_lifts_the_hours_but_people_still_sleep():
    duties = watch(4)
    two = (Person(id="A"), Person(id="B"))
    usual = solve(Problem(duties=duties, people=two))
    storm = solve(Problem(duties=duties, people=two, rules=Rules.emergency()))

    assert storm.missing < usual.missing
    assert check(Problem(duties=duties, people=two, rules=Rules.emergency()), storm.turns) == ()


def test_a_known_roster_changes_as_little_as_it_can():
    problem = Problem(duties=watch(7), people=tuple(Person(id=f"P{n}") for n in range(6)))
    known = solve(problem).turns
    gone = "P2"
    ill = tuple(
        replace(person, away=(span(72, 168),)) if person.id == gone else person
        for person in problem.people
    )

    after = solve(replace(problem, people=ill, previous=known, frozen_until=at(72)))

    lost = {t for t in known if t.person_id == gone and int(t.duty_id[1:]) >= 9}
    assert after.missing == 0
    assert {t for t in after.turns if int(t.duty_id[1:]) < 9} == {
        t for t in known if int(t.duty_id[1:]) < 9
    }
    assert len(known - after.turns) == len(lost)


@pytest.mark.parametrize(
    ("person", "rule", "kind"),
    [
        (Person(id="A", held=(span(-9, -3),)), Rule.REST, FixKind.LESS_REST),
        (Person(id="A", week_s=4 * 3600), Rule.WEEK, FixKind.MORE_HOURS),
        (Person(id="A", away=(span(2, 3),)), Rule.AWAY, FixKind.ONE_MORE),
        (Person(id="A", held=(span(7, 9),)), Rule.OVERLAP, FixKind.ONE_MORE),
    ],
)
def test_an_empty_place_says_why_and_what_would_man_it(person, rule, kind):
    problem = Problem(duties=watch(1)[:1], people=(person,))

    (short,) = solve(problem).short

    assert short.reasons == {rule: 1}
    assert short.fixes[0].kind is kind
    assert short.words.startswith("缺 1 名人：1 人")


def test_seven_days_in_a_row_and_a_fourth_night_are_not_lawful():
    days = watch(7)
    alone = (Person(id="A"),)
    mornings = Problem(duties=days[1::3], people=alone, rules=Rules(week_s=None))
    nights = Problem(duties=days[0::3], people=alone, rules=Rules(week_s=None, days=None))

    assert solve(mornings).missing == 1
    assert solve(nights).missing == 1
    assert {f.kind for s in solve(mornings).short for f in s.fixes} >= {FixKind.ANOTHER_DAY}
    assert {f.kind for s in solve(nights).short for f in s.fixes} >= {FixKind.ANOTHER_NIGHT}


def test_all_that_is_wrong_is_told_at_once():
    (duty,) = watch(1)[:1]
    broken = Problem(
        duties=(
            duty,
            duty,
            replace(duty, id="X", size=0),
            replace(duty, id="Y", skills={"line": 2}),
        ),
        people=(Person(id="A", credit_s=-1),),
        rules=Rules(days=-1),
        fixed=frozenset({turn("Z", "B")}),
    )

    with pytest.raises(InvalidProblemError) as refusal:
        solve(broken)

    assert [error.code for error in refusal.value.errors] == [
        ErrorCode.DUPLICATE_ID,
        ErrorCode.BAD_SIZE,
        ErrorCode.BAD_SIZE,
        ErrorCode.BAD_LIMIT,
        ErrorCode.BAD_LIMIT,
        ErrorCode.UNKNOWN_DUTY,
        ErrorCode.UNKNOWN_PERSON,
    ]


def test_a_fixed_turn_that_is_unlawful_or_too_much_is_told():
    first, second = watch(1)[:2]
    people = (Person(id="A"), Person(id="B"))
    both = frozenset({turn(first.id, "A"), turn(second.id, "A")})
    crowd = frozenset({turn(first.id, "A"), turn(first.id, "B")})

    unlawful = validate(Problem(duties=(first, second), people=people, fixed=both))
    crowded = validate(Problem(duties=(first,), people=people, fixed=crowd))

    assert {error.code for error in unlawful} == {ErrorCode.UNLAWFUL_FIXED}
    assert "少于 11 小时" in unlawful[0].words
    assert [error.code for error in crowded] == [ErrorCode.TOO_MANY_FIXED]
    assert validate(Problem(duties=(first, second), people=people, fixed=both, exempt=both)) == ()


def test_nobody_there_leaves_every_place_empty_and_asks_for_people():
    roster = solve(Problem(duties=watch(1), people=()))

    assert roster.missing == 3
    assert {fix.kind for short in roster.short for fix in short.fixes} == {FixKind.ONE_MORE}
