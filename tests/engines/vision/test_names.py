"""Who is who after people stood in each other's way, and where somebody stands who is cut off."""

import numpy as np
import pytest

from dianliang.engines.vision import (
    Detections,
    DwellRules,
    Stays,
    Tracker,
    TrackingRules,
    Zone,
    ZoneKind,
)
from tests.engines.vision.scenes import LINE, SIZE, Person, drawn, place

RED, BLUE = (30, 30, 210), (210, 60, 30)
WHOLE = Zone(id="w", kind=ZoneKind.DANGER, corners=((0, 0), (1, 0), (1, 1), (0, 1)), dwell_s=5)


def followed(people, times):
    """Return for each time which name each person has."""
    tracker, empty, names = Tracker(TrackingRules()), place(), []
    for t in times:
        boxes = {n: one.at(t) for n, one in enumerate(people) if one.at(t) is not None}
        rows = np.array(list(boxes.values()), np.float32).reshape(-1, 4)
        seen = Detections(boxes=rows, scores=np.full(len(rows), 0.8, np.float32))
        tracks = tracker.step(seen, at_s=t, picture=drawn(empty, people, t))
        at = {one.box: one for one in tracks}
        names.append({n: at.get(tuple(map(float, np.float32(box)))) for n, box in boxes.items()})
    return names


def crossing(gap):
    """Two who walk towards each other, are one for a moment, and turn back as they came."""
    one = Person([(0.0, 60, 200), (4.0, 150, 200), (8.0, 60, 200)], colour=RED)
    other = Person(
        [(0.0, 260, 200), (4.0, 162, 200), (8.0, 260, 200)], colour=BLUE, hidden=((3.4, 4.6),)
    )
    return [one, other], np.arange(0, 8, gap).round(3)


@pytest.mark.parametrize("gap", [0.2, 0.4])
def test_two_who_meet_and_turn_back_are_not_taken_for_each_other(gap):
    people, times = crossing(gap)
    names = followed(people, times)
    before, after = names[int(2.4 / gap)], names[-1]

    assert {n: one.id for n, one in before.items()} == {n: one.id for n, one in after.items()}
    assert all(one.is_settled for one in after.values())


def test_nobody_is_believed_while_in_somebody_s_way():
    people, times = crossing(0.2)
    doubtful = {
        t
        for t, now in zip(times, followed(people, times), strict=True)
        if any(one is not None and not one.is_settled for one in now.values())
    }

    assert any(3.0 <= t <= 5.0 for t in doubtful)
    assert not any(t < 2.5 or t > 6.8 for t in doubtful)


def test_an_event_waits_for_a_moment_where_it_is_in_doubt_who_stayed():
    stays, tracker, empty = (
        Stays((WHOLE,), DwellRules(doubt_s=0.8)),
        Tracker(TrackingRules()),
        place(),
    )
    sits = Person([(0.0, 150, 200), (20.0, 150, 200)], colour=RED)
    comes = Person([(3.9, 300, 200), (4.6, 158, 200), (20.0, 158, 200)], colour=BLUE)
    due = []
    for t in np.arange(0, 9, 0.2).round(3):
        boxes = [box for one in (sits, comes) if (box := one.at(t)) is not None]
        rows = np.array(boxes, np.float32)
        seen = Detections(boxes=rows, scores=np.full(len(rows), 0.8, np.float32))
        tracks = tracker.step(seen, at_s=t, picture=drawn(empty, [sits, comes], t))
        due += [t for _ in stays.step(tracks, at_s=t, size=SIZE).due]

    assert due[0] == pytest.approx(5.8, abs=0.21)


def test_who_vanishes_inside_is_still_there_and_who_walks_out_is_not():
    """Behind a pillar for a moment the stay goes on; outside for as long it does not."""
    hidden = Person([(0.0, 160, 200), (12.0, 160, 200)], hidden=((3.0, 4.7),))
    away = [(0.0, 160, 200), (3.0, 160, 200), (3.4, 40, 200), (5.0, 40, 200), (5.4, 160, 200)]
    found = []
    for person in (hidden, Person([*away, (12.0, 160, 200)])):
        tracker, stays, due = Tracker(TrackingRules()), Stays((LINE,), DwellRules()), []
        for t in np.arange(0, 12, 0.2).round(3):
            box = person.at(t)
            rows = np.array([] if box is None else [box], np.float32).reshape(-1, 4)
            seen = Detections(boxes=rows, scores=np.full(len(rows), 0.8, np.float32))
            due += [t for _ in stays.step(tracker.step(seen, at_s=t), at_s=t, size=SIZE).due]
        found.append(due)

    assert found[0] == [pytest.approx(5.2, abs=0.41)]
    assert [t > 9.5 for t in found[1]] == [True]


def test_who_is_cut_off_by_the_edge_of_the_picture_stands_in_a_zone_drawn_up_to_it():
    tracker, stays, due = Tracker(TrackingRules()), Stays((LINE,), DwellRules()), []
    box = np.array([[150, 190, 170, 240]], np.float32)  # the feet are below the picture
    for t in np.arange(0, 7, 0.2).round(3):
        tracks = tracker.step(Detections(boxes=box, scores=np.array([0.8], np.float32)), at_s=t)
        due += stays.step(tracks, at_s=t, size=SIZE).due

    assert len(due) == 1
