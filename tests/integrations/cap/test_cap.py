"""Alerts: what is written is read back, what cannot be acted on is refused with its place."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.integrations.cap import BadAlertError, read, write
from dianliang.integrations.cap.model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MessageType,
    Named,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from dianliang.integrations.cap.reading import ANSWERS, MOST_BYTES
from dianliang.kernel.geo import GeoPoint
from tests.english import left_in_chinese

CASES = Path(__file__).parents[2] / "cases" / "cap"
EXPECTED = json.loads((CASES / "bad" / "expected.json").read_text(encoding="utf-8"))
SHANGHAI = timezone(timedelta(hours=8))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_cannot_be_acted_on_is_refused_with_its_place(name):
    with pytest.raises(BadAlertError) as refusal:
        read((CASES / "bad" / name).read_bytes())

    assert [words for words in EXPECTED[name] if words not in refusal.value.message] == []
    assert left_in_chinese([refusal.value.message]) == []


def test_every_case_has_an_expectation():
    assert {path.name for path in (CASES / "bad").glob("*.xml")} == {*EXPECTED}


def test_an_alert_is_read():
    alert = read((CASES / "good" / "rainstorm.xml").read_bytes())

    (info,) = alert.infos
    (area,) = info.areas
    assert alert.sent_at == datetime(2020, 7, 19, 0, 30, tzinfo=UTC)
    assert (info.event, info.severity, info.urgency) == (
        "暴雨",
        Severity.EXTREME,
        Urgency.IMMEDIATE,
    )
    assert area.polygons[0][0] == GeoPoint(30.5, 119.5)
    assert area.circles == (Circle(centre=GeoPoint(30.63, 119.68), radius_km=12.5),)
    assert area.geocodes == (Named(name="行政区划代码", value="330523"),)


def test_a_chain_of_messages_names_each_other():
    first, second, last = (
        read((CASES / "good" / name).read_bytes())
        for name in ("rainstorm.xml", "update.xml", "cancel.xml")
    )

    assert second.references == (first.reference,)
    assert last.references == (second.reference,)
    assert last.message_type == MessageType.CANCEL


def test_a_name_with_a_space_stays_one_address():
    alert = read((CASES / "good" / "private.xml").read_bytes())

    assert alert.addresses == ("duty@example.cn", "调度 值班")


def test_universal_time_is_written_the_protocols_way():
    content = write(read((CASES / "good" / "exercise_utc.xml").read_bytes()))

    assert b"<sent>2020-07-19T00:30:00-00:00</sent>" in content


def test_a_huge_file_is_refused_before_it_is_parsed():
    with pytest.raises(BadAlertError, match="最大 4 MB"):
        read(b"<" * (MOST_BYTES + 1))


RAIN = (CASES / "good" / "rainstorm.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2020-07-19T08:30:00+08:00", "0001-01-01T00:00:00+14:00", "年份"),
        ("2020-07-19T08:30:00+08:00", "9999-12-31T23:59:59-12:00", "年份"),
        ("30.50,119.50", "3_0.50,119.50", "不是数字"),
        ("30.50,119.50", "３０.50,119.50", "不是数字"),
        ("<identifier>", f"<identifier>{'A' * 200}", "最多 200 个"),
        (
            "</scope>",
            f"</scope><references>s,{'A' * 201},2020-07-19T08:30:00+08:00</references>",
            "太长",
        ),
    ],
)
def test_what_no_database_keeps_and_no_neighbour_reads_is_refused_with_its_place(old, new, words):
    assert old in RAIN
    with pytest.raises(BadAlertError, match=words):
        read(RAIN.replace(old, new, 1).encode())


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_noise_is_refused_in_words(content):
    with pytest.raises(BadAlertError):
        read(content)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_alert_is_read_or_refused_in_words(data):
    content = bytearray((CASES / "good" / "rainstorm.xml").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    faults = None
    try:
        read(bytes(content))
    except BadAlertError as error:
        faults = error.faults

    assert faults != ()


text = (
    st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)
name = st.text(st.sampled_from("AZaz09-_.@:安吉"), min_size=1, max_size=12)
moments = st.builds(
    lambda at, hours: at.replace(microsecond=0, tzinfo=timezone(timedelta(hours=hours))),
    st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)),
    st.integers(-11, 12),
)
points = st.builds(GeoPoint, lat=st.floats(-70, 70), lon=st.floats(-170, 170))
named = st.builds(Named, name=text, value=text)


@st.composite
def rings(draw):
    """A box somewhere: what crosses itself is refused elsewhere."""
    south, west = draw(st.floats(-60, 60)), draw(st.floats(-170, 160))
    north, east = south + draw(st.floats(0.01, 5)), west + draw(st.floats(0.01, 5))
    corners = ((south, west), (south, east), (north, east), (north, west), (south, west))
    return tuple(GeoPoint(lat, lon) for lat, lon in corners)


areas = st.builds(
    Area,
    description=text,
    polygons=st.lists(rings(), max_size=2).map(tuple),
    circles=st.lists(st.builds(Circle, centre=points, radius_km=st.floats(0, 500)), max_size=2).map(
        tuple
    ),
    geocodes=st.lists(named, max_size=2).map(tuple),
)
resources = st.builds(
    Resource,
    description=text,
    mime_type=text,
    size_bytes=st.none() | st.integers(0, 10**9),
    uri=st.just("") | text,
)


def some(words):
    return st.lists(st.sampled_from(words), max_size=3, unique=True).map(tuple)


infos = st.builds(
    Info,
    categories=st.lists(st.sampled_from(Category), min_size=1, max_size=3).map(tuple),
    event=text,
    urgency=st.sampled_from(Urgency),
    severity=st.sampled_from(Severity),
    certainty=st.sampled_from(Certainty),
    language=st.just("zh-CN"),
    response_types=some(ResponseType),
    event_codes=st.lists(named, max_size=2).map(tuple),
    onset_at=st.none() | moments,
    headline=st.just("") | text,
    instruction=st.just("") | text,
    parameters=st.lists(named, max_size=2).map(tuple),
    resources=st.lists(resources, max_size=1).map(tuple),
    areas=st.lists(areas, max_size=2).map(tuple),
)
references = st.builds(Reference, sender=name, identifier=name, sent_at=moments)


@st.composite
def alerts(draw):
    """Any alert that the protocol allows."""
    kind = draw(st.sampled_from(MessageType))
    scope = draw(st.sampled_from(Scope))
    return Alert(
        identifier=draw(name),
        sender=draw(name),
        sent_at=draw(moments),
        status=draw(st.sampled_from(Status)),
        message_type=kind,
        scope=scope,
        restriction=draw(text) if scope == Scope.RESTRICTED else "",
        addresses=draw(st.lists(name, min_size=scope == Scope.PRIVATE, max_size=2).map(tuple)),
        codes=draw(st.lists(text, max_size=2).map(tuple)),
        note=draw(st.just("") | text),
        references=draw(st.lists(references, min_size=kind in ANSWERS, max_size=2).map(tuple)),
        incidents=draw(st.lists(name, max_size=2).map(tuple)),
        infos=draw(st.lists(infos, min_size=1, max_size=2).map(tuple)),
    )


@given(alerts())
@settings(max_examples=120, deadline=None)
def test_what_is_written_is_read_back(alert):
    assert read(write(alert)) == alert
