"""A month of presence, spread evenly, around absences."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.programs.presence_plan import Duty, propose

FIRST = date(2026, 12, 1)
DAYS = [d for n in range(31) if (d := FIRST + timedelta(days=n)).weekday() < 5]

duties = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(2, 5)), min_size=1, max_size=12
).map(
    lambda rows: [
        Duty(id=n, person_id=person, site_id=site, days=days)
        for n, (person, site, days) in enumerate(dict.fromkeys(rows))
    ]
)
absences = st.dictionaries(st.integers(0, 9), st.sets(st.sampled_from(DAYS), max_size=20))


@given(duties, absences)
def test_nobody_is_sent_on_a_day_off_or_away_or_to_two_places(rows, away):
    proposals = {p.duty_id: p for p in propose(rows, working_days=DAYS, away=away, first=FIRST)}

    days_of = {}
    for duty in rows:
        found = proposals[duty.id]
        assert len(found.days) + found.short == duty.days
        for day in found.days:
            assert day in DAYS
            assert day not in away.get(duty.person_id, ())
            assert day not in days_of.setdefault(duty.person_id, set())
            days_of[duty.person_id].add(day)


@given(duties, absences)
def test_days_are_short_only_where_a_person_has_none_left(rows, away):
    proposals = {p.duty_id: p for p in propose(rows, working_days=DAYS, away=away, first=FIRST)}

    for duty in rows:
        if proposals[duty.id].short:
            own = [d for d in rows if d.person_id == duty.person_id]
            used = sum(len(proposals[d.id].days) for d in own)
            assert used == len(set(DAYS) - set(away.get(duty.person_id, ())))


@given(st.integers(1, 30), st.integers(2, 4))
def test_without_absences_a_site_is_never_crowded_while_another_day_is_emptier(people, days):
    rows = [Duty(id=n, person_id=n, site_id=1, days=days) for n in range(people)]

    proposals = propose(rows, working_days=DAYS, away={}, first=FIRST)

    load = Counter(day for p in proposals for day in p.days)
    counts = [load[day] for day in DAYS]
    assert max(counts) - min(counts) <= 1


def test_a_person_alone_comes_in_different_weeks():
    (found,) = propose(
        [Duty(id=1, person_id=1, site_id=1, days=2)], working_days=DAYS, away={}, first=FIRST
    )

    assert (found.days[1] - found.days[0]).days >= 7


def test_what_is_fixed_stays_and_counts():
    fixed = (date(2026, 12, 2),)
    rows = [Duty(id=1, person_id=1, site_id=1, days=2, fixed=fixed)]

    (found,) = propose(rows, working_days=DAYS, away={}, first=date(2026, 12, 10))

    assert len(found.days) == 1
    assert found.days[0] >= date(2026, 12, 10)


def test_a_person_on_leave_all_month_is_short_of_all_his_days():
    (found,) = propose(
        [Duty(id=1, person_id=1, site_id=1, days=2)], working_days=DAYS, away={1: DAYS}, first=FIRST
    )

    assert (found.days, found.short) == ((), 2)
