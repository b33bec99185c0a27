"""What people saw and the guard did not: recall beside precision, looser rules, signs as a need."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from dianliang.core import files
from dianliang.domain.intake.models import Need
from dianliang.domain.linewatch.models import Camera, Deletion, RuleProposal, RuleVersion
from dianliang.domain.linewatch.operations.spot import UnableToReportMissError
from dianliang.domain.linewatch.spot_models import Miss
from dianliang.flows.linewatch import (
    answering,
    missing,
    posting_signs,
    recording,
    retaining,
    weekly,
)
from dianliang.flows.linewatch.posting_signs import UnableToAskForSignsError
from dianliang.kernel.actor import Role
from dianliang.kernel.calendar import SHANGHAI
from dianliang.kernel.errors import NotVisibleError
from tests.core.test_files import photo
from tests.town import NOON
from tests.watchworld import happened, registered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
LATER = NOON + timedelta(hours=1)
DAYS = timedelta(days=30)


def missed(camera, by, **changed):
    known = {"kind": "fishing", "people": 1, "happened_at": NOON, "words": "在东岸", "at": LATER}
    return missing.report(number=camera.number, by=by, **(known | changed))


def answered(event, by, verdict="TRUE"):
    answering.answer(number=event.number, verdict=verdict, note="", by=by, at=LATER)


def test_a_miss_stands_beside_what_was_right_in_the_week(town):
    camera, desk = registered(town), town.actor("S1")
    answered(happened(camera), desk)
    missed(camera, desk)
    missed(camera, town.actor("S1", Role.STEWARD))
    missed(camera, desk, happened_at=NOON - timedelta(days=14))

    day = NOON.astimezone(SHANGHAI).date()
    (row,) = weekly.week(day=day, by=desk).rows

    assert (row.figures.miss_count, row.figures.precision) == (2, 1.0)
    assert row.figures.recall == pytest.approx(1 / 3)
    assert row.figures.recall_low < 1 / 3 < row.figures.recall_high
    assert weekly.week(day=day - timedelta(days=7), by=desk).total.recall is None


@pytest.mark.parametrize(
    ("unit", "role"), [("S2", Role.DISPATCHER), ("S1", Role.AUDITOR), ("S1", Role.RESIDENT)]
)
def test_nobody_else_reports_a_miss(town, unit, role):
    camera = registered(town)

    with pytest.raises(NotVisibleError):
        missed(camera, town.actor(unit, role))
    assert not Miss.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "swim"},
        {"people": 0},
        {"happened_at": LATER + timedelta(minutes=1)},
        {"happened_at": NOON - timedelta(days=120)},
    ],
)
def test_a_miss_that_cannot_be_is_refused(town, changed):
    camera = registered(town)

    with pytest.raises(UnableToReportMissError):
        missed(camera, town.actor("S1"), **changed)


def test_misses_speak_for_a_shorter_stay_that_a_person_decides_on(town):
    camera, desk = registered(town), town.actor("S1")
    missed(camera, desk)
    assert not RuleProposal.objects.exists(), "one miss proves nothing"
    missed(camera, desk)

    made = RuleProposal.objects.get()
    assert made.changes == {"dwell_s": [8.0, 5.3]}
    assert "漏报 2 条" in made.reason
    assert RuleVersion.objects.count() == 1


def test_true_ones_that_were_only_shown_speak_for_a_lower_threshold():
    rules = Mock(spec=RuleVersion, least_confidence=0.5, dwell_s=8.0)
    shown = {"TRUE": [0.42, 0.45], "FALSE": [0.31]}

    changes, reason = answering.loosened(rules, warned=1, shown=shown, misses=0)

    assert changes == {"least_confidence": (0.5, 0.42)}
    assert "属实 2 条、误报 0 条" in reason


@pytest.mark.parametrize(
    ("warned", "true", "false", "misses", "dwell_s"),
    [
        (9, [], [], 2, 8.0),  # most was warned of
        (0, [], [], 1, 8.0),  # too little is known
        (0, [], [], 5, 3.0),  # no shorter stay is left
        (0, [0.4, 0.4], [0.4, 0.4, 0.45], 0, 8.0),  # more false ones would come with it
    ],
)
def test_where_little_was_missed_or_nothing_helps_nothing_is_proposed(
    warned, true, false, misses, dwell_s
):
    rules = Mock(spec=RuleVersion, least_confidence=0.5, dwell_s=dwell_s)
    shown = {"TRUE": true, "FALSE": false}

    assert answering.loosened(rules, warned=warned, shown=shown, misses=misses) is None


def test_a_true_event_becomes_one_need_for_signs(town):
    camera, desk = registered(town), town.actor("S1")
    event = happened(camera)
    asked = {"number": event.number, "words": "缺口在东岸", "by": desk, "at": LATER}
    with pytest.raises(UnableToAskForSignsError):
        posting_signs.ask_for_signs(**asked)
    answered(event, desk)

    event = posting_signs.ask_for_signs(**asked)
    with pytest.raises(UnableToAskForSignsError):
        posting_signs.ask_for_signs(**asked)
    with pytest.raises(NotVisibleError):
        posting_signs.ask_for_signs(**(asked | {"by": town.actor("S2")}))

    need = Need.objects.get()
    assert (need.number, need.area.code, need.unit.code) == (event.need, "V1", "S1")
    assert not need.is_danger
    for part in (event.number, "110kV 安余线", "缺口在东岸", "每个路口立警示牌"):
        assert part in need.text


def view(camera, *, at, size=(64, 48)):
    """Let the camera send its latest view."""
    kept = files.keep_image(photo(size=size), at=at)
    recording.take_beat(number=camera.number, pictures=1, watched_s=1.0, at=at, picture=kept)
    return files.path_of(kept.sha256)


def test_a_view_that_is_replaced_is_deleted(town, django_capture_on_commit_callbacks):
    camera = registered(town)
    first = view(camera, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        second = view(camera, at=LATER, size=(80, 60))

    assert (first.exists(), second.exists()) == (False, True)


def test_a_view_that_nothing_renews_goes_after_its_days_and_is_on_the_register(
    town, django_capture_on_commit_callbacks
):
    camera = registered(town)
    path = view(camera, at=NOON)
    assert retaining.delete_due(at=NOON + DAYS - timedelta(seconds=1)) == 0

    with django_capture_on_commit_callbacks(execute=True):
        assert retaining.delete_due(at=NOON + DAYS) == 1

    row = Deletion.objects.get()
    assert (row.event, row.files, row.camera) == ("", 1, camera)
    assert (Camera.objects.get().picture, path.exists()) == (None, False)
    assert retaining.delete_due(at=NOON + DAYS) == 0


def test_pictures_of_what_does_not_become_an_event_are_not_kept(
    town, django_capture_on_commit_callbacks
):
    camera = registered(town)
    trouble = {"number": camera.number, "trouble": "moved", "words": "镜头被移动", "at": NOON}
    recording.take_trouble(**trouble, is_over=False)

    with django_capture_on_commit_callbacks(execute=True):
        assert happened(camera, pictured=True) is None

    assert not files.StoredFile.objects.exists()
