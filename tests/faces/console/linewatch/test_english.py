"""Why something was told, proposed or refused is said in the reader's language."""

import re

import pytest

from dianliang.engines.vision import RodEvidence, Stay, Track, Zone, ZoneKind, event
from dianliang.kernel.actor import Role
from tests.town import PASSWORD
from tests.watchworld import ZONE, happened, registered, steward

pytestmark = pytest.mark.django_db
LIST = re.compile(r"<ul>(.*?)</ul>", re.DOTALL)
CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def reasons():
    """Return why the engine told of somebody, as the guard hands it on."""
    corners = ((0.1, 0.5), (0.9, 0.5), (0.9, 0.9))
    told = event(
        camera_id="C1",
        zone=Zone(id=ZONE, kind=ZoneKind.DANGER, corners=corners),
        stay=Stay(zone_id=ZONE, track_id=1, since_s=0.0, until_s=9.0, seen=8, looks=9),
        track=Track(id=1, box=(0, 0, 10, 30), score=0.8, first_at_s=0, seen_at_s=9),
        people=[],
        rod=RodEvidence(strength=8.0, pictures=6, is_rod=True),
        at_s=9.0,
    )
    return [{"code": one.code, "words": one.words} for one in told.reasons]


@pytest.fixture
def english(client, town):
    town.user("desk", Role.DISPATCHER, "S1")
    client.login(username="desk", password=PASSWORD)
    client.cookies["django_language"] = "en"
    return client


def test_the_reasons_of_an_event_are_told_in_english_at_the_desk_and_on_the_phone(english, town):
    camera, person = registered(town), steward(town)
    person.user = town.user("walker", Role.STEWARD, "S1")
    person.save()
    told = happened(camera, warning="console", reasons=reasons())
    old = happened(camera, warning="console", reasons=[{"code": "stay", "words": "停留 9 秒"}])

    page = english.get(f"/console/watch/events/{told.number}/").content.decode()
    at_the_desk = LIST.findall(page)
    english.login(username="walker", password=PASSWORD)
    english.cookies["django_language"] = "en"
    page = english.get("/field/guarded/").content.decode()
    on_the_phone = [one for one in LIST.findall(page) if "<li>" in one]

    for shown in (at_the_desk[-1], on_the_phone[-1]):
        assert "Stayed 9 seconds" in shown
        assert "Seen on 8 of 9 looks" in shown
        assert "Something long and thin" in shown
        assert CHINESE.findall(shown) == [ZONE]
    assert "停留 9 秒" in page, f"words of before stay as they are: {old.number}"


def test_a_proposal_is_told_in_english_and_kept_in_chinese(english, town):
    camera = registered(town)
    for _ in range(5):
        told = happened(camera, confidence=0.6)
        english.post(f"/console/watch/events/{told.number}/answer/", {"verdict": "FALSE"})

    page = english.get(f"/console/watch/{camera.number}/").content.decode()
    assert "5 answers under these thresholds: 0 true, 5 false alarms. Confidence does not" in page
    assert camera.proposals.get().reason.startswith("本版阈值下已反馈 5 条")
    english.cookies["django_language"] = "zh-hans"
    page = english.get(f"/console/watch/{camera.number}/").content.decode()
    assert camera.proposals.get().reason in page


@pytest.mark.parametrize(
    ("path", "sent", "words"),
    [
        (
            "zones",
            {"zones": '[{"id": "A", "kind": "danger", "corners": [[0, 0], [2, 0]]}]'},
            "The corners of zone “A” must lie on the picture (from 0 to 1).",
        ),
        (
            "zones",
            {"typed": "1", "id": "A", "kind": "danger", "corners": "0,5 x", "dwell_s": ""},
            "Corner “x” of zone “A” must be written x,y.",
        ),
        ("rules", {"dwell_s": "0"}, "Stay must be between 1 and 3600."),
        ("source", {"source": " "}, "Please fill in"),
        ("speakers", {"name": "a", "address": "ftp://x"}, "begins with http://"),
    ],
)
def test_what_is_refused_is_told_in_english(english, town, path, sent, words):
    camera = registered(town)
    answer = english.post(f"/console/watch/{camera.number}/{path}/", sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
