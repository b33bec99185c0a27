"""A grid is drawn so that one sees what hangs on what, with or without places."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dianliang.flows.studies.grid_picture import MOST_DRAWN, picture
from dianliang.flows.studies.grid_rows import BranchRow, NodeRow

LIMITS = {True: (0.857, 1.019), False: (0.93, 1.07)}


def node(id_, away=0.0, **told):
    shown = {"least_pu": 0.98, "most_pu": 0.99, "worst_pu": 0.98, "lat": None, "lon": None}
    return NodeRow(id=id_, area="", rated_v=400.0, away_m=away, **{**shown, **told})


def branch(first, other, loading=0.2, kind="line"):
    ends = {"from_node": first, "to_node": other}
    return BranchRow(kind=kind, id=f"{first}-{other}", loading=loading, at="", loss_kwh=0.0, **ends)


def drawn(nodes, branches):
    return picture(nodes, branches, limits=LIMITS)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60))
def test_a_tree_of_any_shape_is_drawn_whole_and_no_two_nodes_lie_upon_each_other(parents):
    links = [(str(parent % (n + 1)), str(n + 1)) for n, parent in enumerate(parents)]
    nodes = [node(str(n), away=float(n)) for n in range(len(parents) + 1)]

    found = drawn(nodes, [branch(*ends) for ends in links])

    assert {dot.row.id for dot in found.dots} == {one.id for one in nodes}
    assert len({(dot.x, dot.y) for dot in found.dots}) == len(nodes)
    assert len(found.strokes) == len(links)
    x = {dot.row.id: dot.x for dot in found.dots}
    assert all(x[parent] < x[child] for parent, child in links)
    assert all(0 <= dot.x <= found.width and 0 <= dot.y <= found.height for dot in found.dots)


def test_places_are_drawn_to_scale_with_north_above():
    nodes = [
        node("south", lat=30.0, lon=119.0),
        node("north", lat=30.01, lon=119.0),
        node("east", lat=30.0, lon=119.01),
    ]
    found = drawn(nodes, [branch("south", "north"), branch("south", "east")])
    south, north, east = found.dots

    assert found.is_to_scale
    assert north.y < south.y
    assert north.x == south.x
    assert abs((east.x - south.x) / (south.y - north.y) - 0.866) < 0.01


def test_one_missing_place_and_the_whole_is_a_tree():
    nodes = [node("a", lat=30.0, lon=119.0), node("b", away=5.0)]
    assert not drawn(nodes, [branch("a", "b")]).is_to_scale


def test_colours_tell_what_is_full_and_what_is_outside_its_limits():
    nodes = [node("a"), node("b", 1.0, least_pu=0.86), node("c", 2.0, least_pu=0.80)]
    loads = [branch("a", "b", 1.2, "transformer"), branch("b", "c", 0.81), branch("a", "c", 0.6)]

    found = drawn(nodes, loads)

    assert [dot.tone for dot in found.dots] == ["in", "near", "far"]
    assert [stroke.tone for stroke in found.strokes] == ["over", "heavy", "busy"]


def test_a_ring_and_what_nobody_feeds_are_drawn_once():
    nodes = [node("a"), node("b", 1.0), node("c", 2.0), node("dark", None)]
    ring = [branch("a", "b"), branch("b", "c"), branch("c", "a")]

    found = drawn(nodes, ring)

    assert len(found.dots) == 4
    assert len(found.strokes) == 3


def test_of_a_grid_that_is_too_large_the_nodes_next_to_the_source_are_drawn_and_it_is_said():
    nodes = [node(str(n), float(n)) for n in range(MOST_DRAWN + 7)]
    found = drawn(nodes, [branch(str(n), str(n + 1)) for n in range(MOST_DRAWN + 6)])

    assert (len(found.dots), found.left_out) == (MOST_DRAWN, 7)
    assert found.dots[-1].row.id == str(MOST_DRAWN - 1)


def test_an_older_study_that_kept_no_ends_is_not_drawn():
    loose = replace(branch("a", "b"), from_node="", to_node="")
    assert drawn([node("a"), node("b")], [loose]) is None
