"""From pictures to warnings: what a camera's watch says, and when it keeps silent."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dianliang.engines.vision import (
    BLIND,
    DetectionRules,
    Event,
    EventKind,
    InvalidCameraError,
    Level,
    Trouble,
    Warner,
    WarningRules,
    Watch,
    Zone,
    ZoneKind,
    small,
    validate,
    window,
)
from dianliang.engines.vision._health import outlines, shift
from tests.engines.vision.scenes import (
    LINE,
    SIZE,
    START_S,
    Person,
    Seeing,
    camera,
    drawn,
    noisy,
    place,
)

ANGLER = Person([(2.0, 160, 200), (200.0, 160, 200)])


def told(
    people, until_s, *, step_s=0.2, change=lambda picture, t: picture, clock=lambda t: t, **more
):
    """Return the steps of a watch over a scene, and how often the detector was asked."""
    cam, rng, empty = camera(**more), np.random.default_rng(1), place()
    seeing = Seeing(people)
    seeing.offset = window(cam.zones, size=SIZE, person_share=cam.detection.person_share)[:2]
    watch, steps = Watch(camera=cam, detector=seeing), []
    for t in np.arange(0, until_s, step_s).round(3):
        seeing.t = t
        picture = change(noisy(drawn(empty, people, t), rng), t)
        steps.append(watch.step(picture, at_s=START_S + clock(t)))
    return steps, seeing.asked


@pytest.fixture(scope="module")
def seated():
    return told([ANGLER], 70)


def test_an_angler_who_sits_still_is_told_once_with_reasons_and_a_voice(seated):
    steps, _ = seated
    events = [event for step in steps for event in step.events]

    assert [event.zone_id for event in events] == [LINE.id]
    assert events[0].at_s - START_S == pytest.approx(7.0, abs=0.25)
    assert "停留 5 秒" in events[0].reasons[0].words
    assert [warned.level for step in steps for warned in step.warned] == [
        Level.VOICE,
        Level.STEWARD,
    ]


def test_who_is_still_there_a_minute_after_the_voice_is_a_job(seated):
    steps, _ = seated
    voice, job = [warned for step in steps for warned in step.warned]

    assert job.at_s - voice.at_s == pytest.approx(60, abs=0.25)
    assert "仍有人" in job.reasons[0].words


def test_the_same_pictures_give_the_same_answers(seated):
    again, _ = told([ANGLER], 10)

    assert [step.events for step in again] == [step.events for step in seated[0][: len(again)]]


def test_nobody_there_costs_a_look_every_two_seconds():
    _, asked = told([], 40)

    assert 15 <= asked <= 5 * 6 + 20


def test_a_camera_that_was_turned_says_that_its_zones_no_longer_hold():
    def turned(picture, t):
        return np.roll(picture, 60, axis=1) if t >= 8 else picture

    steps, _ = told([Person([(9.0, 160, 200), (60.0, 160, 200)])], 40, change=turned)
    moved = [one for step in steps for one in step.findings if one.trouble is Trouble.MOVED]

    assert [one.at_s - START_S for one in moved] == [pytest.approx(18, abs=2.1)]
    assert "请重新划定" in moved[0].words
    assert all(not step.events for step in steps if step.at_s - START_S > 20)


def test_a_lens_that_is_covered_says_that_nothing_can_be_seen():
    def covered(picture, t):
        dim = cv2.resize(picture, (8, 6), interpolation=cv2.INTER_AREA) // 3 + 60
        return cv2.resize(dim, SIZE[::-1], interpolation=cv2.INTER_CUBIC) if t >= 8 else picture

    steps, _ = told([], 22, step_s=0.5, change=covered)
    blind = [one for step in steps for one in step.findings if one.trouble in BLIND]

    assert [one.is_over for one in blind] == [False]
    assert 8 <= blind[0].at_s - START_S <= 20


def test_comparing_views_leaves_them_as_they_are():
    """For this size OpenCV would write into what it compares, and the view to keep would fade."""
    view = outlines(small(cv2.cvtColor(place(), cv2.COLOR_BGR2GRAY)))
    other = np.roll(view, 6, axis=1)
    kept = view.copy(), other.copy()

    assert shift(view, other)[0] == pytest.approx(6, abs=0.5)
    assert (view == kept[0]).all()
    assert (other == kept[1]).all()


class Swift(Seeing):
    """A detector that offers swift looks, and counts them."""

    swift_looks = 0

    def swift(self, picture):
        self.swift_looks += 1
        return self(picture)


def looks(person, until_s):
    """Return how many looks a watch over somebody took, and how many were swift."""
    cam, rng, seeing = camera(), np.random.default_rng(1), Swift([person])
    seeing.offset = window(cam.zones, size=SIZE, person_share=cam.detection.person_share)[:2]
    watch, empty = Watch(camera=cam, detector=seeing), place()
    for t in np.arange(0, until_s, 0.2).round(3):
        seeing.t = t
        watch.step(noisy(drawn(empty, [person], t), rng), at_s=START_S + t)
    return seeing.asked, seeing.swift_looks


def test_swift_looks_do_while_who_is_there_is_tall_and_a_close_one_comes_each_second():
    asked, swift = looks(ANGLER, 12)

    assert asked - swift >= 10
    assert swift > asked / 3


def test_nobody_small_is_looked_at_swiftly():
    asked, swift = looks(replace(ANGLER, height=10), 8)

    assert (asked > 10, swift) == (True, 0)


def test_a_black_or_frozen_picture_makes_no_event_and_is_told():
    still = noisy(drawn(place(), [ANGLER], 3.0), np.random.default_rng(2))
    for change, trouble in (
        (lambda picture, t: np.zeros_like(picture) if t > 3 else picture, Trouble.BLACK),
        (lambda picture, t: still if t > 3 else picture, Trouble.FROZEN),
    ):
        patient = (replace(LINE, dwell_s=45),)
        steps, _ = told([ANGLER], 50, step_s=1.0, change=change, zones=patient)
        assert trouble in {one.trouble for step in steps for one in step.findings}
        assert [event for step in steps for event in step.events] == []


def test_a_jump_of_the_clock_begins_the_stay_anew():
    steps, _ = told([ANGLER], 14, clock=lambda t: t + 3600 * (t >= 5))
    clock = [one for step in steps for one in step.findings if one.trouble is Trouble.CLOCK]
    events = [event for step in steps for event in step.events]

    assert len(clock) == 1
    assert events[0].at_s - events[0].since_s < 6
    assert events[0].since_s - START_S > 3600


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda picture, t: (picture * 0.35).astype(np.uint8), Trouble.NIGHT),
        (
            lambda picture, t: np.roll(picture, int(4 * np.sign(np.sin(t * 3.14))), axis=1),
            Trouble.SHAKING,
        ),
    ],
    ids=["night", "shaking"],
)
def test_a_camera_that_sees_badly_says_so_and_goes_on(change, trouble):
    steps, _ = told([], 20, step_s=0.5, change=change)

    assert trouble in {one.trouble for step in steps for one in step.findings if not one.is_over}
    assert steps[-1].looked or steps[-2].looked or steps[-3].looked or steps[-4].looked


def test_rain_all_over_the_picture_is_told_and_one_passer_by_is_none():
    rng = np.random.default_rng(5)

    def rain(picture, t):
        wet = picture.copy()
        for x, y in rng.integers(0, [SIZE[1] - 2, SIZE[0] - 14], (260, 2)):
            wet[y : y + 12, x : x + 2] = 235
        return wet

    wet, _ = told([], 15, step_s=0.5, change=rain)
    dry, _ = told([Person([(0.0, 10, 200), (15.0, 300, 200)])], 15, step_s=0.5)

    assert Trouble.RAIN in {one.trouble for step in wet for one in step.findings}
    assert {one.trouble for step in dry for one in step.findings} == set()


def event(at_s, *, zone="导线下", kind=EventKind.STAY, confidence=0.7):
    return Event(
        camera_id="C1",
        zone_id=zone,
        track_id=1,
        kind=kind,
        at_s=at_s,
        since_s=at_s - 5,
        people=1,
        confidence=confidence,
        box=(0, 0, 1, 1),
        reasons=(),
    )


BANK = Zone(id="水边", kind=ZoneKind.WATER_EDGE, corners=((0, 0), (1, 0), (1, 1)))


def test_a_zone_is_not_warned_again_within_two_minutes():
    warner = Warner((LINE,), WarningRules())
    decided = [warner.decide(event(START_S + after)) for after in (0, 30, 119, 121)]

    assert [one is not None for one in decided] == [True, False, False, True]


def test_at_night_a_job_instead_of_a_voice():
    quiet = WarningRules(quiet_from_min=22 * 60, quiet_until_min=6 * 60)
    night = Warner((LINE,), quiet).decide(event(START_S))
    noon = Warner((LINE,), quiet).decide(event(START_S + 11 * 3600))

    assert (night.level, noon.level) == (Level.STEWARD, Level.VOICE)


def test_at_the_water_only_a_rod_is_warned_of_and_at_once():
    warner = Warner((BANK,), WarningRules())
    shown = warner.decide(event(START_S, zone="水边"))
    rod = warner.decide(event(START_S + 10, zone="水边", kind=EventKind.FISHING))

    assert (shown.level, rod.level) == (Level.CONSOLE, Level.VOICE)


def test_fewer_people_than_asked_for_are_only_shown_until_there_are_enough():
    warner = Warner((LINE,), WarningRules(least_people=2))
    one = warner.decide(event(START_S))
    two = warner.decide(replace(event(START_S + 10), people=2))

    assert (one.level, one.reasons[0].code) == (Level.CONSOLE, "few")
    assert "不到 2 人" in one.reasons[0].words
    assert two.level is Level.VOICE


def test_everything_that_is_wrong_with_a_camera_is_told_at_once():
    wrong = camera(
        zones=(
            LINE,
            LINE,
            Zone(id="线", kind=ZoneKind.DANGER, corners=((0, 0), (1, 1)), dwell_s=-1),
        ),
        detection=DetectionRules(rate_hz=0, person_share=float("nan")),
        warning=WarningRules(least_confidence=2),
    )
    errors = validate(wrong)

    assert len(errors) == 5
    with pytest.raises(InvalidCameraError):
        Watch(camera=wrong, detector=Seeing([]))
    assert validate(camera()) == ()
