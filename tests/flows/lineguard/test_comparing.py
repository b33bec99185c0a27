"""What two models told of one film falls into occasions, and nothing of it is lost."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.fitting import Parts
from dianliang.flows.lineguard.comparing import (
    APART_S,
    films_of,
    merged,
    occasions,
    refuse_learnt,
    refuse_unreadable,
)
from dianliang.flows.lineguard.configuration import EXAMPLE
from dianliang.flows.lineguard.evaluating import Score, Visit
from dianliang.kernel.errors import InvalidInputError

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


LABELS = json.dumps({"cameras": {"C001": []}})


def films(folder, source):
    (camera,) = EXAMPLE["cameras"]
    return films_of(
        json.dumps({"cameras": [{**camera, "source": source}]}), LABELS, folder=Path(folder)
    )


@pytest.mark.parametrize("source", ["../a.mp4", "/etc/passwd", "out/passwd", "round", "round/a"])
def test_a_film_that_lies_elsewhere_or_nowhere_is_refused(tmp_path, source):
    (tmp_path / "out").symlink_to("/etc")
    (tmp_path / "round").symlink_to("round")

    with pytest.raises(InvalidInputError, match="要放在"):
        films(tmp_path, source)


@pytest.mark.parametrize("source", ["webcam:0", "rtsp://192.0.2.1/a", "nothing.mp4", "a" * 3000])
def test_a_film_that_is_a_camera_or_missing_is_refused_before_anything_is_learnt(
    tmp_path, monkeypatch, source
):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(InvalidInputError, match=r"C001：画面来源 .* 不是文件"):
        refuse_unreadable(films(".", source))


def test_a_film_without_a_picture_is_refused_before_anything_is_learnt(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"this is no film")

    with pytest.raises(InvalidInputError, match=r"C001：.*一幅画面也没有"):
        refuse_unreadable(films(tmp_path, "a.mp4"))


@pytest.mark.parametrize("source", ["site/day1", "site", "site/day1/000.png", "again"])
def test_a_film_under_another_name_is_still_what_was_learnt_from(tmp_path, source):
    (tmp_path / "site" / "day1").mkdir(parents=True)
    (tmp_path / "again").symlink_to("site/day1")
    parts = Parts(learn=("site/day1",), stop=("site/day2",), judge=("site/day3",))

    with pytest.raises(InvalidInputError, match="同一处"):
        refuse_learnt(films(tmp_path, source), parts, pictures=tmp_path)
    refuse_learnt(films(tmp_path, "site/day3"), parts, pictures=tmp_path)
