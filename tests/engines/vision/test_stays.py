"""Somebody who stays is told once and in time, whatever the camera drops or hides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.vision import (
    NOBODY,
    Detections,
    DwellRules,
    Stays,
    Tracker,
    TrackingRules,
    Zone,
    ZoneKind,
    holds,
    window,
)
from tests.engines.vision.scenes import LINE, SIZE, START_S, Person, Seeing

UNDER = (160, 200)
"""Under the line."""


def watched(people, times, zones=(LINE,), rules=None):
    """Return when which stay became due, in seconds since the start."""
    tracker, stays = Tracker(TrackingRules()), Stays(zones, rules or DwellRules())
    seeing, due = Seeing(people), []
    for t in times:
        seeing.t = t
        tracks = tracker.step(seeing(None), at_s=START_S + t)
        due += [(one, t) for one in stays.step(tracks, at_s=START_S + t, size=SIZE).due]
    return due


def sitting(until=20.0, **more):
    return Person([(0.0, *UNDER), (until, *UNDER)], **more)


@settings(deadline=None, max_examples=40)
@given(gaps=st.lists(st.floats(0.05, 0.9), min_size=40, max_size=60))
def test_the_clock_counts_and_not_the_pictures(gaps):
    times = np.cumsum(gaps)
    due = watched([sitting(until=1e3)], times)

    ends = [t for t in times if t - times[0] >= LINE.dwell_s]
    assert [t for _, t in due] == ends[:1]


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [((), 5.0), (((2.0, 2.8),), 5.0), (((4.6, 5.4),), 5.4), (((2.0, 4.0),), 9.0)],
    ids=["always seen", "hidden for a moment", "hidden when due", "gone for longer than grace"],
)
def test_a_moment_behind_a_tree_does_not_begin_the_stay_anew(hidden, expected):
    due = watched([sitting(hidden=hidden)], np.arange(0, 20, 0.2).round(3))

    assert [t for _, t in due] == [pytest.approx(expected, abs=0.21)]


def test_a_new_number_for_the_same_person_takes_the_stay_over():
    """The tracker loses somebody (it forgets at once); the stay goes on under the new number."""
    tracker, stays = Tracker(TrackingRules(keep_s=0.3)), Stays((LINE,), DwellRules())
    seeing, due, ids = Seeing([sitting(hidden=((2.0, 2.7),))]), [], set()
    for t in np.arange(0, 8, 0.2).round(3):
        seeing.t = t
        tracks = tracker.step(seeing(None), at_s=t)
        ids |= {one.id for one in tracks}
        due += [t for _ in stays.step(tracks, at_s=t, size=SIZE).due]

    assert (len(ids), due) == (2, [5.0])


def test_two_who_pass_each_other_keep_their_numbers_and_nobody_who_walks_through_is_told():
    walker = Person([(0.0, 10, 150), (8.0, 310, 150)], colour=(200, 40, 40))
    due = watched([sitting(), walker], np.arange(0, 12, 0.2).round(3))

    assert [(one.zone_id, t) for one, t in due] == [(LINE.id, 5.0)]


def test_what_happens_in_an_excluded_part_never_counts():
    yard = Zone(
        id="院子", kind=ZoneKind.EXCLUSION, corners=((0.4, 0.7), (0.6, 0.7), (0.6, 1), (0.4, 1))
    )

    assert watched([sitting()], np.arange(0, 10, 0.2), zones=(LINE, yard)) == []


def test_a_phantom_seen_now_and_then_is_nobody():
    """A bush that is taken for a person on every third look does not stay."""
    tracker, stays = Tracker(TrackingRules()), Stays((LINE,), DwellRules())
    box = np.array([[150, 140, 170, 200]], np.float32)
    due = []
    for n, t in enumerate(np.arange(0, 20, 0.2)):
        seen = Detections(boxes=box, scores=np.array([0.7], np.float32)) if n % 3 == 0 else NOBODY
        due += stays.step(tracker.step(seen, at_s=t), at_s=t, size=SIZE).due

    assert due == []


def test_who_walks_towards_the_line_comes_near_before_being_there():
    tracker, stays = Tracker(TrackingRules()), Stays((LINE,), DwellRules())
    seeing, near, inside = Seeing([Person([(0.0, 5, 200), (10.0, 160, 200)])]), None, None
    for t in np.arange(0, 10, 0.2):
        seeing.t = t
        told = stays.step(tracker.step(seeing(None), at_s=t), at_s=t, size=SIZE)
        near = t if near is None and told.near else near
        inside = t if inside is None and told.stays else inside

    assert 0 < inside - near <= 3.2


@settings(deadline=None, max_examples=60)
@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_a_place_is_in_a_rectangle_exactly_where_it_is(x, y):
    zone = Zone(
        id="r", kind=ZoneKind.DANGER, corners=((0.25, 0.25), (0.75, 0.25), (0.75, 0.5), (0.25, 0.5))
    )
    expected = 0.25 < x < 0.75 and 0.25 < y < 0.5

    assert holds(zone, (x * 320, y * 240), size=SIZE) == expected


def test_the_detector_is_shown_the_zone_and_the_heads_above_it():
    left, top, right, bottom = window((LINE,), size=(1080, 1920), person_share=0.2)

    assert top == pytest.approx((0.4 - 0.2) * 1080, abs=1)
    assert (left, right) == (pytest.approx(468, abs=1), pytest.approx(1452, abs=1))
    assert bottom == 1080
