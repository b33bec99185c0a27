"""Points follow from records and rules alone."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.ledger.scoring import Deed, Given, Terms, score, totals

DAY = date(2026, 9, 1)


def deed(basis="visit", person="P0", on=DAY, quantity=1, number="V1", is_member=True):
    return Deed(
        basis=basis,
        person=person,
        is_member=is_member,
        team="T1",
        unit="AJ01",
        on=on,
        quantity=quantity,
        source_kind=basis,
        source_number=number,
    )


def rule(code="R1", basis="visit", points=5, per=1, from_on=DAY, **more):
    told = {"most_a_day": None, "most_a_month": None, "until_on": None, "members_only": False}
    return Terms(
        rule=code,
        version=more.pop("version", 1),
        basis=basis,
        points=points,
        per=per,
        from_on=from_on,
        **{**told, **more},
    )


def test_every_full_hour_earns_and_a_part_of_one_does_not():
    hours = rule(basis="hours", points=2, per=60)

    (one,) = score([deed("hours", quantity=150)], [hours])
    assert one.points == 4
    assert score([deed("hours", quantity=59)], [hours]) == ()


def test_the_version_of_the_day_counts_and_none_before_the_first():
    versions = [
        rule(points=5, from_on=DAY, version=1),
        rule(points=8, from_on=DAY + timedelta(days=5), version=2),
    ]
    deeds = [
        deed(on=DAY - timedelta(days=1), number="V0"),
        deed(on=DAY + timedelta(days=4), number="V1"),
        deed(on=DAY + timedelta(days=5), number="V2"),
    ]

    found = [(one.deed.source_number, one.points) for one in score(deeds, versions)]
    assert found == [("V1", 5), ("V2", 8)]


def test_a_rule_that_has_ended_gives_nothing_more():
    ended = rule(until_on=DAY + timedelta(days=1))

    assert score([deed(on=DAY + timedelta(days=1))], [ended]) == ()


def test_a_rule_for_members_gives_nothing_to_others():
    assert score([deed(is_member=False)], [rule(members_only=True)]) == ()


def test_what_the_caps_take_is_said():
    capped = rule(points=5, most_a_day=8, most_a_month=12)
    deeds = [deed(number=f"V{n}") for n in range(3)]
    later = deed(on=DAY + timedelta(days=1), number="W")

    found = [(one.points, one.capped) for one in score([*deeds, later], [capped])]
    assert found == [(5, 0), (3, 2), (0, 5), (4, 1)]


def test_caps_count_what_was_given_before():
    capped = rule(points=5, most_a_month=12)
    before = Given(rule="R1", person="P0", on=DAY, points=10)

    (one,) = score([deed()], [capped], given=[before])
    assert (one.points, one.capped) == (2, 3)


deeds = st.lists(
    st.builds(
        deed,
        st.sampled_from(["visit", "hours", "activity"]),
        st.sampled_from(["P0", "P1"]),
        st.dates(DAY, DAY + timedelta(days=70)),
        st.integers(1, 300),
        st.integers(0, 10**6).map(str),
    ),
    max_size=30,
)
caps = st.none() | st.integers(1, 20)


@given(deeds, caps, caps, st.randoms())
def test_no_cap_is_ever_passed_and_the_order_of_records_does_not_matter(done, day, month, random):
    rules = [
        rule("R1", "visit", 5, most_a_day=day, most_a_month=month),
        rule("R2", "hours", 1, 60, most_a_day=day, most_a_month=month),
    ]
    found = score(done, rules)
    shuffled = list(done)
    random.shuffle(shuffled)

    assert totals(score(shuffled, rules)) == totals(found)
    days, months = {}, {}
    for one in found:
        key = (one.terms.rule, one.deed.person)
        days[(*key, one.deed.on)] = days.get((*key, one.deed.on), 0) + one.points
        first = one.deed.on.replace(day=1)
        months[(*key, first)] = months.get((*key, first), 0) + one.points
        assert one.points + one.capped == one.deed.quantity // one.terms.per * one.terms.points
    assert day is None or all(points <= day for points in days.values())
    assert month is None or all(points <= month for points in months.values())
