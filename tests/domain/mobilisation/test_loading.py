"""Which crew takes which piece of gear along."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dianliang.domain.mobilisation.loading import MOST_CARRIED, Crew, Demand, Piece, load
from dianliang.kernel.geo import GeoPoint

spots = st.builds(GeoPoint, st.floats(30.0, 31.0), st.floats(119.0, 120.0))


def demand(at: GeoPoint, **said: Any) -> Demand:
    """Return a demand for one transformer."""
    plain = Demand(sort="临时变压器", kind="TRF", least=None, quantity=1, at=at, worth=1.0)
    return replace(plain, **said)


def piece(number: str, at: GeoPoint, capacity: float = 400.0) -> Piece:
    """Return a transformer."""
    return Piece(number=number, kind="TRF", capacity=capacity, at=at)


def crew(code: str, at: GeoPoint, *skills: str) -> Crew:
    """Return a crew."""
    return Crew(code=code, at=at, skills=frozenset(skills))


def test_the_crew_beside_the_gear_takes_it_though_another_is_nearer_to_the_need() -> None:
    here, there = GeoPoint(30.0, 119.0), GeoPoint(31.0, 119.0)
    need = GeoPoint(30.6, 119.0)

    loads = load([demand(need)], [piece("P1", here)], [crew("A", here), crew("B", there)]).pieces

    assert loads == {"A": {"临时变压器": ("P1",)}}


def test_of_two_pieces_that_do_the_smaller_goes_and_the_larger_stays() -> None:
    here = GeoPoint(30.0, 119.0)
    pieces = [piece("大", here, 630.0), piece("小", GeoPoint(30.2, 119.0), 400.0)]

    loads = load([demand(here, least=400.0)], pieces, [crew("A", here)]).pieces

    assert loads == {"A": {"临时变压器": ("小",)}}


@given(
    st.lists(spots, max_size=6),
    st.lists(st.tuples(spots, st.sampled_from([200.0, 400.0])), max_size=6),
    st.lists(st.tuples(spots, st.booleans()), min_size=1, max_size=4),
    st.integers(1, 3),
)
def test_no_piece_goes_twice_nobody_carries_too_much_and_nothing_is_left_that_would_do(
    needs: list[GeoPoint],
    things: list[tuple[GeoPoint, float]],
    people: list[tuple[GeoPoint, bool]],
    quantity: int,
) -> None:
    demands = [
        demand(at, quantity=quantity, least=400.0, skills=frozenset({"line"})) for at in needs
    ]
    pieces = [piece(f"P{n}", at, capacity) for n, (at, capacity) in enumerate(things)]
    crews = [crew(f"T{n}", at, *(["line"] if can else [])) for n, (at, can) in enumerate(people)]

    loads = load(demands, pieces, crews).pieces

    taken = [number for sorts in loads.values() for own in sorts.values() for number in own]
    able = [one for one in crews if "line" in one.skills]
    fit = sum(one.capacity == 400.0 for one in pieces)
    room = len(able) * (MOST_CARRIED // quantity)
    assert len(set(taken)) == len(taken)
    assert loads.keys() <= {one.code for one in able}
    assert all(len(own) <= MOST_CARRIED for sorts in loads.values() for own in sorts.values())
    assert len(taken) == quantity * min(len(demands), fit // quantity, room)


@given(
    st.lists(st.tuples(spots, st.integers(0, 9 * 3600)), max_size=8),
    st.lists(spots, max_size=12),
    st.lists(st.lists(st.integers(1, 12), max_size=3), min_size=1, max_size=3),
)
def test_each_piece_is_in_one_shift_that_has_the_time_and_the_room(
    needs: list[tuple[GeoPoint, int]], things: list[GeoPoint], hours: list[list[int]]
) -> None:
    demands = [demand(at, duration_s=seconds) for at, seconds in needs]
    pieces = [piece(f"P{n}", at) for n, at in enumerate(things)]
    days = [date(2026, 7, 7), date(2026, 7, 8), date(2026, 7, 9)]
    shifts = [tuple(zip(days, (3600.0 * h for h in own), strict=False)) for own in hours]
    crews = [
        replace(crew(f"T{n}", GeoPoint(30.5, 119.5)), shifts=own) for n, own in enumerate(shifts)
    ]

    loaded = load(demands, pieces, crews)

    for one in crews:
        numbers = loaded.pieces.get(one.code, {}).get("临时变压器", ())
        if one.shifts:
            assert {loaded.shares[n] for n in numbers} <= {on for on, _ in one.shifts}
            aboard = Counter(loaded.shares[n] for n in numbers)
            assert all(count <= MOST_CARRIED for count in aboard.values())
    kept = load(demands, [], crews, carried=loaded.pieces, shares=loaded.shares)
    assert kept == loaded
