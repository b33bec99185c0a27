"""Zones from a page: refused with all that is wrong, by the same rules as the engine's."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.engines.vision import Camera, Zone, ZoneKind, validate
from dianliang.flows.linewatch import zoning
from dianliang.kernel.errors import InvalidInputError

SQUARE = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]]
shares = st.floats(-0.2, 1.2) | st.sampled_from([0.0, 0.5, 1.0])
zones = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["a", "b", "c"]),
            "kind": st.sampled_from([kind.value for kind in ZoneKind]),
            "corners": st.lists(st.tuples(shares, shares), min_size=1, max_size=5),
            "dwell_s": st.floats(-1, 3600),
        }
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(zones)
def test_what_a_page_may_keep_the_engine_can_watch_and_nothing_else(given_zones):
    camera = Camera(
        id="SX",
        zones=tuple(
            Zone(
                id=zone["id"],
                kind=ZoneKind(zone["kind"]),
                corners=tuple(zone["corners"]),
                dwell_s=zone["dwell_s"],
            )
            for zone in given_zones
        ),
    )
    try:
        zoning.zones_of(json.dumps(given_zones))
        is_kept = True
    except InvalidInputError:
        is_kept = False

    assert is_kept == (validate(camera) == ())


def test_all_that_is_wrong_is_told_at_once():
    given_zones = [
        {"id": "a", "kind": "sky", "corners": SQUARE[:2]},
        {"id": "a", "kind": "exclusion", "corners": [*SQUARE, [2, 0]]},
        {"id": "", "kind": "danger", "corners": SQUARE},
        {"id": "b", "kind": "exclusion", "corners": SQUARE, "dwell_s": -1},
    ]

    with pytest.raises(InvalidInputError) as refused:
        zoning.zones_of(json.dumps(given_zones))

    for words in ("类别", "3 到 40 个角", "2 次", "画面内", "第 3 个", "停留时间"):
        assert words in refused.value.message


@pytest.mark.parametrize("text", ["{", "{}", "[1]", "[" * 9000, "x" * 30_000, "[]"])
def test_what_is_no_list_of_zones_is_refused(text):
    with pytest.raises(InvalidInputError):
        zoning.zones_of(text)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": ["danger"]},
        {"kind": {}},
        {"corners": [[0, 0], [0, 1], [1, 10**400]]},
        {"dwell_s": 10**400},
        {"id": "\ud800"},
        {"id": "水\0边"},
        {"id": "水\x1b边"},
    ],
)
def test_what_no_database_and_no_engine_could_keep_is_refused_in_words(change):
    zone = {"id": "水边", "kind": "danger", "corners": SQUARE}

    for text in (json.dumps([zone | change]), json.dumps([zone, zone | change])):
        with pytest.raises(InvalidInputError) as refused:
            zoning.zones_of(text)
        refused.value.message.encode()


def test_zones_that_somebody_typed_are_those_that_somebody_drew():
    typed = [
        {
            "id": "水边",
            "kind": "water_edge",
            "corners": "0.1,0.1 0.5，0.1 0.5,0.5",
            "dwell_s": "20",
        },
        {"id": "", "kind": "danger", "corners": "", "dwell_s": ""},
    ]

    assert zoning.zones_of(zoning.zones_in_words(typed)) == [
        {"id": "水边", "kind": "water_edge", "corners": SQUARE, "dwell_s": 20.0}
    ]


@pytest.mark.parametrize("corners", ["0.1", "0.1,0.2,0.3", "a,b", "nan,0"])
def test_corners_that_are_no_pairs_of_numbers_are_named(corners):
    with pytest.raises(InvalidInputError, match="水边"):
        zoning.zones_in_words([{"id": "水边", "kind": "danger", "corners": corners}])
