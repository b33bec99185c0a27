"""Stars follow from figures by rules that are data."""

from dataclasses import replace

import pytest
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.venues import rating
from dianliang.domain.venues.models import RatingRules
from dianliang.domain.venues.rating import SHIPPED, Criterion, Measured, Rules, rate
from dianliang.kernel.errors import InvalidInputError
from tests.town import NOON

RULES = Rules(
    number=1,
    criteria=(
        Criterion(measure="share", weight=60, floor=0.5, full=1.0, least=4),
        Criterion(measure="count", weight=40, floor=0, full=10, least=0),
    ),
    steps=((5, 90.0), (4, 80.0), (3, 65.0), (2, 50.0), (1, 0.0)),
)


def rated(good=4, of=4, count=10):
    measured = {"share": Measured(good=good, of=of), "count": Measured(good=count)}
    return rate(RULES, subject="site", measured=measured)


@pytest.mark.parametrize(
    ("good", "of", "count", "score", "stars"),
    [
        (4, 4, 10, 100.0, 5),
        (4, 4, 0, 60.0, 2),
        (3, 4, 10, 70.0, 3),
        (2, 4, 10, 40.0, 1),
        (0, 4, 0, 0.0, 1),
        (10, 10, 99, 100.0, 5),
    ],
)
def test_points_are_in_proportion_between_floor_and_full(good, of, count, score, stars):
    found = rated(good, of, count)

    assert (found.score, found.stars) == (score, stars)


def test_too_few_records_are_left_out_with_their_weight():
    some = replace(RULES, criteria=(RULES.criteria[0], replace(RULES.criteria[1], weight=60)))

    found = rate(
        some,
        subject="site",
        measured={"share": Measured(good=3, of=3), "count": Measured(good=5)},
    )

    assert found.parts[0].points is None
    assert (found.score, found.measured_share) == (50.0, 0.5)


def test_less_than_half_of_the_weight_gives_no_stars():
    found = rate(RULES, subject="site", measured={"count": Measured(good=10)})

    assert (found.score, found.stars, found.measured_share) == (None, None, 0.4)


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_a_better_record_never_costs_a_star(good, more, count):
    of = 20
    worse = rated(min(good, of), of, count)
    better = rated(min(good + more, of), of, count + more)

    assert better.score >= worse.score
    assert better.stars >= worse.stars


def test_the_shipped_rules_weigh_a_hundred_for_a_site():
    assert sum(c.weight for c in SHIPPED.of("site")) == 100
    assert "presence" not in {c.measure for c in SHIPPED.of("cell")}


def publish(town, *, criteria=SHIPPED.criteria, steps=SHIPPED.steps, seen=0, reason="年度调整"):
    return rating.publish(
        criteria=criteria, steps=steps, seen=seen, reason=reason, by=town.actor(), at=NOON
    )


def test_each_version_stays_readable_and_the_last_counts(town):
    assert rating.in_force().number == 0
    shares = zip(SHIPPED.criteria, (20, 25, 10, 10, 20, 10, 5), strict=True)
    weights = [replace(c, weight=w) for c, w in shares]
    publish(town, criteria=weights)

    assert rating.in_force().criteria == tuple(weights)
    assert [rules.number for rules in rating.versions()] == [1, 0]
    assert rating.version(0) == SHIPPED
    with pytest.raises(InvalidInputError, match="刚被他人发布"):
        publish(town)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"criteria": SHIPPED.criteria[1:]}, "应为 100，现为 75"),
        (
            {"criteria": [replace(SHIPPED.criteria[0], floor=0.99), *SHIPPED.criteria[1:]]},
            "满分线必须高于起分线",
        ),
        ({"steps": ((5, 80.0), (4, 90.0), (1, 0.0))}, "从高到低"),
        ({"steps": ((5, 80.0), (1, 10.0))}, "从高到低"),
        ({"reason": " "}, "请填写原因"),
    ],
)
def test_rules_that_make_no_sense_are_not_published(town, changes, words):
    with pytest.raises(InvalidInputError, match=words):
        publish(town, **changes)

    assert not RatingRules.objects.exists()


def test_of_two_first_versions_at_once_the_later_is_told_so(town, monkeypatch):
    real = QuerySet.get

    def beaten(self, *args, **conditions):
        """Look, see nothing, and be overtaken by the other before writing."""
        try:
            return real(self, *args, **conditions)
        except self.model.DoesNotExist:
            monkeypatch.setattr(QuerySet, "get", real)
            publish(town, reason="先到的")
            raise

    monkeypatch.setattr(QuerySet, "get", beaten)
    with pytest.raises(InvalidInputError, match="刚被他人发布"):
        publish(town)
