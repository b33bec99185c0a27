"""Who is told of which warning, and that a device that is deaf changes nothing for the others."""

import json

import pytest

from dianliang.engines.vision import Event, EventKind, Level, Reason, Warned
from dianliang.flows.lineguard import warning
from dianliang.flows.lineguard.configuration import EXAMPLE, cameras_of
from dianliang.flows.lineguard.outputs import outputs_of
from dianliang.flows.lineguard.warning import Outlets
from dianliang.integrations.loudspeakers import NotHeardError, Pace
from dianliang.kernel.errors import InvalidInputError

HORN = {"id": "喇叭", "kind": "http", "url": "http://192.0.2.20/say", "secret_file": "k"}
RELAY = {"id": "继电器", "kind": "mqtt", "host": "192.0.2.30", "topic": "line/{camera}"}


def read(*rows):
    text = json.dumps({**EXAMPLE, "outputs": list(rows)})
    return outputs_of(text, cameras_of(text))


def warned(level=Level.VOICE, camera_id="C001", at_s=1_767_200_400.0):
    event = Event(
        camera_id=camera_id,
        zone_id="导线下方",
        track_id=1,
        kind=EventKind.STAY,
        at_s=at_s,
        since_s=at_s - 8,
        people=2,
        confidence=0.7,
        box=(0, 0, 1, 1),
        reasons=(),
    )
    why = (Reason(code="warn", words="现场喊话"),)
    return Warned(zone_id="导线下方", level=level, at_s=at_s, event=event, reasons=why)


def test_devices_get_the_levels_and_cameras_that_were_asked_for():
    horn, relay = read(HORN, {**RELAY, "levels": ["voice", "steward"], "cameras": ["C001"]})

    assert (horn.takes("C001", "voice"), horn.takes("C001", "steward")) == (True, False)
    assert (relay.takes("C001", "steward"), relay.takes("C002", "voice")) == (True, False)
    assert read() == ()


def test_everything_that_is_wrong_with_the_devices_is_told_at_once():
    with pytest.raises(InvalidInputError) as refused:
        read(
            {"kind": "smoke"},
            {"kind": "http", "id": " ", "url": "ftp://x", "colour": 1, "levels": ["loud"]},
            {**RELAY, "topic": "line/#", "port": 0, "timeout_s": 900, "cameras": ["C9"]},
        )
    words = refused.value.message
    for part in (
        "kind",
        "id",
        "url",
        "colour",
        "levels",
        "secret_file",
        "topic",
        "port",
        "timeout_s",
        "C9",
    ):
        assert part in words


@pytest.mark.parametrize(
    "url", ["http://192.0.2.20:99999/", "http://192.0.2.20:x/", "http://[x/", "http://a:0/", 7]
)
def test_an_address_that_nothing_can_be_sent_to_is_refused(url):
    with pytest.raises(InvalidInputError, match="url"):
        read({**HORN, "url": url})


def test_a_secret_that_cannot_be_read_is_refused_before_anything_begins(tmp_path):
    (tmp_path / "k").write_text("\n", "utf-8")
    for row in (HORN, {**HORN, "secret_file": "none"}):
        with pytest.raises(InvalidInputError, match="喇叭"):
            Outlets(read(row), folder=tmp_path, now=lambda: 0.0, say=lambda _: None)


class Ear:
    """A device in memory that hears, or is deaf."""

    def __init__(self, name, *, deaf=False):
        self.name, self.deaf, self.heard = name, deaf, []

    def send(self, body, *, camera_id, key):
        if self.deaf:
            raise NotHeardError("没有应答")
        self.heard.append(json.loads(body))

    def close(self):
        pass


def test_a_deaf_device_is_told_of_and_the_other_one_speaks(tmp_path, monkeypatch):
    (tmp_path / "k").write_text("geheim", "utf-8")
    ears = {"喇叭": Ear("喇叭", deaf=True), "继电器": Ear("继电器")}
    monkeypatch.setattr(warning, "speaker_of", lambda output, secret, *, now: ears[output.id])
    said = []
    quick = Pace(stale_s=0.2, first_pause_s=0.05, longest_pause_s=0.05)
    outlets = Outlets(
        read(HORN, RELAY), folder=tmp_path, now=lambda: 0.0, say=said.append, pace=quick
    )
    outlets.warn(warned())
    outlets.warn(warned(Level.CONSOLE))
    outlets.close(timeout_s=5.0)

    (heard,) = ears["继电器"].heard
    assert (heard["camera"], heard["level"], heard["people"]) == ("C001", "voice", 2)
    assert heard["at"].startswith("2025-12-31T17:00:00")
    assert [(one["type"], one["camera"]) for one in said] == [("output", "C001")]
    assert "喇叭" in said[0]["words"]
