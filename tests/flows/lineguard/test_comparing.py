"""What two models told of one film falls into occasions, and nothing of it is lost."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.flows.lineguard.comparing import APART_S, merged, occasions
from dianliang.flows.lineguard.evaluating import Score, Visit

times = st.integers(0, 120).map(float)
spans = st.tuples(times, st.integers(1, 20)).map(lambda one: (one[0], one[0] + one[1]))


def score(visits, told, false):
    given = [Visit(zone_id="z", from_s=a, until_s=b) for a, b in visits]
    return Score(
        camera_id="C1",
        hits=sum(told),
        false=len(false),
        missed=len(given) - sum(told),
        watched_s=200.0,
        latencies_s=(),
        told_visits=tuple(v for v, is_told in zip(given, told, strict=True) if is_told),
        missed_visits=tuple(v for v, is_told in zip(given, told, strict=True) if not is_told),
        false_alarms=tuple(("z", at_s) for at_s in false),
    )


@given(st.data(), st.lists(spans, max_size=6), st.lists(times, max_size=4), st.lists(times))
@settings(deadline=None, max_examples=80)
def test_occasions_hold_every_visit_and_every_alarm_once(data, visits, false, other):
    told = [data.draw(st.lists(st.booleans(), min_size=len(visits), max_size=len(visits)))
            for _ in range(2)]  # fmt: skip
    before, after = score(visits, told[0], false), score(visits, told[1], other)
    found = occasions((before, after))

    assert sum(one.due for one in found) == len(visits)
    assert sum(one.hits[0] for one in found) == before.hits
    assert sum(one.hits[1] for one in found) == after.hits
    assert sum(one.false[0] for one in found) == before.false
    assert sum(one.false[1] for one in found) == after.false


@given(st.lists(spans, max_size=12))
def test_what_is_hardly_apart_is_one(some):
    found = merged(some)
    assert all(b[0] - a[1] >= APART_S for a, b in pairwise(found))
    assert all(any(a <= x and y <= b for a, b in found) for x, y in some)
