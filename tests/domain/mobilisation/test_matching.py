"""Proposals: the nearest that can go, with reasons; what cannot is told why, and never chosen."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.mobilisation.matching import Offer, Wanted, propose
from dianliang.kernel.geo import GeoPoint

HERE = GeoPoint(30.63, 119.68)
places = st.builds(GeoPoint, st.floats(30, 31), st.floats(119, 120))
offers = st.lists(
    st.tuples(places, st.none() | st.floats(1, 500), st.sampled_from(["", "", "当前出动"])),
    max_size=8,
).map(
    lambda rows: [
        Offer(id=f"WZ-{n}", at=at, capacity=capacity, blocked=why)
        for n, (at, capacity, why) in enumerate(rows)
    ]
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(offers, st.integers(1, 6), st.none() | st.floats(1, 500))
def test_as_many_as_can_go_are_chosen_and_no_nearer_one_is_passed_over(offered, quantity, least):
    wanted = Wanted(quantity=quantity, at=HERE, least=least, measure_unit="kVA")
    by_id = {offer.id: offer for offer in offered}

    found = propose(wanted, offered)

    assert sorted(one.id for one in found) == sorted(by_id)
    able = [one for one in found if not one.why_not]
    chosen = [one for one in found if one.is_chosen]
    assert chosen == able[:quantity]
    assert [one.distance_km for one in able] == sorted(one.distance_km for one in able)
    for one in found:
        capacity = by_id[one.id].capacity
        suffices = least is None or (capacity is not None and capacity >= least)
        assert bool(one.why_not) == (bool(by_id[one.id].blocked) or not suffices)
        assert "km" in one.reasons[0]


def test_of_equally_near_ones_the_smallest_that_suffices_goes_first():
    offered = [Offer(id=f"{kva}", at=HERE, capacity=kva) for kva in (630, 200, 400, 100)]

    found = propose(Wanted(quantity=1, at=HERE, least=150, measure_unit="kVA"), offered)

    assert [one.id for one in found if one.is_chosen] == ["200"]
    assert found[-1].why_not == "能力 100 kVA，不足 150 kVA"
