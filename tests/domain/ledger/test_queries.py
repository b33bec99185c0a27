"""Balances by person, team, unit and period agree with the lines, at whatever days one cuts."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.ledger import queries
from dianliang.domain.ledger.models import Line
from tests.ledgers import build, give

pytestmark = pytest.mark.django_db
FIRST = date(2026, 8, 25)


def rows(by, since, until):
    found = queries.balances("volunteer_points", by=by, since=since, until=until)
    return {row.code: (row.opening, row.added, row.taken, row.closing) for row in found}


def test_a_period_that_begins_and_ends_within_months_is_told_by_day():
    (person, other, _) = build().people
    give(person, 5, on=date(2026, 9, 3), team="T1")
    give(person, 7, on=date(2026, 9, 20), team="T1")
    give(person, 11, on=date(2026, 10, 8), team="T2")
    give(other, 2, on=date(2026, 11, 2), team="T2")
    give(person, 100, on=date(2026, 9, 3), book="member_points")

    assert rows("person", date(2026, 9, 10), date(2026, 11, 3)) == {
        "P0": (5, 18, 0, 23),
        "P1": (0, 2, 0, 2),
    }
    assert rows("team", date(2026, 9, 10), date(2026, 11, 3)) == {
        "T1": (5, 7, 0, 12),
        "T2": (0, 13, 0, 13),
    }
    assert rows("unit", date(2026, 10, 1), date(2026, 10, 31)) == {"AJ01": (12, 11, 0, 23)}


def test_what_somebody_had_on_a_day():
    (person, *_) = build().people
    give(person, 5, on=date(2026, 9, 3))
    give(person, 7, on=date(2026, 9, 20))

    def had(on=None):
        return queries.balance(
            book="volunteer_points", holder_kind="person", holder_code="P0", on=on
        )

    assert [had(date(2026, 9, 2)), had(date(2026, 9, 3)), had(date(2026, 9, 20)), had()] == [
        0,
        5,
        12,
        12,
    ]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.integers(1, 9),
            st.integers(0, 90),
            st.sampled_from(["", "T1", "T2"]),
        ),
        max_size=8,
    ),
    st.integers(-40, 95),
    st.integers(1, 130),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_wherever_a_period_is_cut_it_is_the_sum_of_its_lines(gifts, start, length):
    people = build_once()
    for who, amount, day, team in gifts:
        give(people[who], amount, on=FIRST + timedelta(days=day), team=team)
    since, until = FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)
    lines = Line.objects.exclude(team_code="", unit_code="").select_related("account")
    for by, whose in (
        ("person", lambda line: line.account.holder_code),
        ("team", lambda line: line.team_code),
        ("unit", lambda line: line.unit_code),
    ):
        plain = {}
        for line in lines:
            sums = plain.setdefault(whose(line), [0, 0])
            sums[0] += line.amount if line.on < since else 0
            sums[1] += line.amount if since <= line.on < until else 0
        plain.pop("", None)

        assert rows(by, since, until) == {
            code: (before, within, 0, before + within)
            for code, (before, within) in plain.items()
            if before or within
        }


def build_once():
    from dianliang.domain.workforce.models import Person

    return tuple(Person.objects.order_by("number")) or build().people
