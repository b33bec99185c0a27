"""Tables of roads from a server of the operator: whole, in small pieces, or an honest refusal."""

import numpy as np
import pytest

from dianliang.engines.routing import IMPASSABLE_S
from dianliang.integrations.roads import RoadServer, RoadServerError
from dianliang.kernel.geo import GeoPoint
from tests.roadserver import SPEED_M_S, Country, served

KINDS = ("osrm", "valhalla")


def villages(count: int) -> tuple[GeoPoint, ...]:
    rng = np.random.default_rng(count)
    rows = rng.uniform((30.4, 119.3), (30.8, 119.8), (count, 2)).round(6)
    return tuple(GeoPoint(float(lat), float(lon)) for lat, lon in rows)


def ask(country, points, kind="osrm", **how):
    with served(country) as place:
        server = RoadServer(url=f"{kind}+http://{place}", timeout_s=2, wait=lambda _: None, **how)
        return server.table(points)


def expected(country, points):
    return np.array([[country.way(a, b)[0] for b in points] for a in points])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_compact", [False, True])
def test_a_large_table_is_put_together_from_blocks(kind, is_compact):
    country, points = Country(is_compact=is_compact), villages(120)

    whole = ask(country, points, kind)

    assert whole.table.seconds == pytest.approx(expected(country, points))
    assert whole.table.metres == pytest.approx(whole.table.seconds * SPEED_M_S, rel=0.02, abs=2)
    assert (whole.estimated, whole.bridged, whole.shut) == ((), 0, 0)
    assert len(country.asked) == 9


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_allows_less_is_asked_for_less(kind):
    country, points = Country(most_points=24, most_pairs=150), villages(60)

    whole = ask(country, points, kind)

    assert whole.table.seconds == pytest.approx(expected(country, points))


@pytest.mark.parametrize("kind", KINDS)
def test_a_village_without_a_road_nearby_is_estimated_and_named(kind):
    points = villages(20)
    country = Country(off_road=frozenset({points[3]}))

    whole = ask(country, points, kind)

    assert whole.estimated == (points[3],)
    others = np.delete(np.arange(20), 3)
    known = whole.table.seconds[np.ix_(others, others)]
    assert known == pytest.approx(expected(country, [points[i] for i in others]))
    assert (whole.table.seconds[3, others] > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_an_island_is_out_of_reach(kind):
    points = villages(12)
    country = Country(island=frozenset(points[:3]))

    whole = ask(country, points, kind)

    assert (whole.table.seconds[:3, 3:] == IMPASSABLE_S).all()
    assert (whole.shut, whole.estimated) == (2 * 3 * 9, ())


@pytest.mark.parametrize("failures", [[503], [502, 429]])
def test_a_server_that_stumbles_is_asked_again(failures):
    country, points = Country(failures=list(failures)), villages(4)

    whole = ask(country, points)

    assert whole.table.seconds == pytest.approx(expected(country, points))
    assert len(country.asked) == 1 + len(failures)


def test_a_server_that_stays_down_is_said_to_be_down():
    with pytest.raises(RoadServerError, match="HTTP 503"):
        ask(Country(failures=[503] * 9), villages(3))


def test_nobody_there_is_said_after_few_attempts():
    with served(Country()) as place:
        pass
    server = RoadServer(url=f"osrm+http://{place}", timeout_s=0.5, wait=lambda _: None)

    with pytest.raises(RoadServerError, match="ConnectionRefused"):
        server.table(villages(3))


def test_a_table_that_takes_too_long_is_given_up():
    seconds = iter(range(0, 1000, 30))

    with pytest.raises(RoadServerError, match="总时限"):
        ask(Country(), villages(160), limit_s=100, clock=lambda: next(seconds))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "says", [b"<html>login</html>", b"[]", b'{"code": "Ok"}', b'{"sources_to_targets": [[]]}']
)
def test_an_answer_in_another_format_is_refused(kind, says):
    with pytest.raises(RoadServerError, match=r"没有给出路程|不合格式"):
        ask(Country(says=says), villages(3), kind)


@pytest.mark.parametrize("cell", ["-5", "1e999", '"far"'])
def test_a_cell_that_is_no_length_is_refused(cell):
    rows = f"[[0, {cell}], [60, 0]]".encode()

    with pytest.raises(RoadServerError, match="不合格式"):
        ask(
            Country(says=b'{"code": "Ok", "durations": %b, "distances": %b}' % (rows, rows)),
            villages(2),
        )


def test_a_map_of_another_province_is_noticed():
    """Both servers move a point to the nearest road they have, however far that is."""
    with pytest.raises(RoadServerError, match="不含本县"):
        ask(Country(shift=0.01), villages(10))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://10.0.0.5:5000",
        "osrm://10.0.0.5",
        "osrm+http://",
        "osrm+ftp://a",
        "osrm+http://u:p@a",
    ],
)
def test_an_address_that_says_no_kind_or_holds_a_password_is_refused(url):
    with pytest.raises(RoadServerError, match="应形如"):
        RoadServer(url=url)
