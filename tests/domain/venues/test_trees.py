"""Trees of bases: any shape, no circle, nothing counted twice, nobody's change lost."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.core.models import AuditEvent
from dianliang.domain.venues import trees
from dianliang.domain.venues.models import BaseNotice, Matrix, Node, Site
from dianliang.domain.venues.queries import UNPLACED, home_of, matrices, places_of, tree
from dianliang.domain.venues.trees import UnableToHangError
from dianliang.kernel.errors import InvalidInputError, NotVisibleError, StaleStateError
from tests.flows.bases.things import hang, matrix, nodes, site
from tests.town import NOON


def change(act, grown, town, **more):
    seen = Matrix.objects.get(pk=grown.pk).revision
    return act(seen=seen, by=town.actor("AJ"), at=NOON, **more)


@pytest.fixture
def grown(town):
    """A with B and C below it, D below C, as headings; E a root of its own."""
    made = matrix(town, unit="AJ")
    a = hang(made, town, "A")
    hang(made, town, "B", a)
    hang(made, town, "D", hang(made, town, "C", a))
    hang(made, town, "E")
    return made


def node(code):
    return Node.objects.get(code=code)


@pytest.mark.row("000-01")
def test_a_branch_moves_with_all_that_hangs_below_it(grown, town):
    change(trees.move, grown, town, node=node("C"), parent=node("E"))

    assert nodes(grown) == {"A": "/A/", "B": "/A/B/", "C": "/E/C/", "D": "/E/C/D/", "E": "/E/"}
    assert node("D").parent == node("C")
    change(trees.move, grown, town, node=node("C"), parent=None)
    assert nodes(grown)["D"] == "/C/D/"
    assert AuditEvent.objects.filter(verb="venues.matrix.move").count() == 2


def test_codes_that_differ_by_case_only_are_two_branches(grown, town):
    hang(grown, town, "x1", hang(grown, town, "a"))

    change(trees.move, grown, town, node=node("A"), parent=node("E"))
    assert (nodes(grown)["D"], nodes(grown)["x1"]) == ("/E/A/C/D/", "/a/x1/")
    assert change(trees.take_down, grown, town, node=node("a"), with_below=True) == 2
    assert set(nodes(grown)) == {"A", "B", "C", "D", "E"}


@pytest.mark.parametrize(("code", "parent"), [("A", "A"), ("A", "C"), ("A", "D"), ("C", "D")])
def test_nothing_hangs_below_itself(grown, town, code, parent):
    before = nodes(grown)
    with pytest.raises(UnableToHangError, match="不能把上级移到自己的下级里"):
        change(trees.move, grown, town, node=node(code), parent=node(parent))
    assert nodes(grown) == before


def test_the_database_itself_refuses_a_node_as_its_own_parent(grown):
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.filter(code="A").update(parent=F("id"))


def test_of_two_editors_the_second_is_told(grown, town):
    seen = grown.revision = Matrix.objects.get(pk=grown.pk).revision
    by = town.actor("AJ")
    trees.move(node=node("B"), parent=None, seen=seen, by=by, at=NOON)

    with pytest.raises(StaleStateError, match="刚被他人修改"):
        trees.move(node=node("C"), parent=node("B"), seen=seen, by=by, at=NOON)
    with pytest.raises(StaleStateError):
        trees.take_down(node=node("B"), with_below=False, seen=seen, by=by, at=NOON)
    assert nodes(grown)["C"] == "/A/C/"


def test_a_base_stands_once_in_a_matrix_and_in_as_many_matrices_as_one_likes(grown, town):
    base = site(town, "P1")
    hang(grown, town, base, node("B"))
    with pytest.raises(UnableToHangError, match="在本体系中已是"):
        hang(grown, town, base, node("E"))
    other = matrix(town, "X", unit="AJ")
    hang(other, town, base)

    assert [row.code for row, _ in places_of(base, by=town.actor("AJ"))] == ["M", "X"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Node.objects.create(matrix=grown, code="P2", name="x", site=base, path="/P2/")


def test_a_level_too_deep_is_refused_also_by_a_move(town):
    grown = matrix(town, unit="AJ")
    above = None
    for n in range(trees.DEEPEST):
        above = hang(grown, town, f"L{n}", above)
    with pytest.raises(UnableToHangError, match="最多 12 级，这里会成为第 13 级"):
        hang(grown, town, "TOO", above)
    hang(grown, town, "DEEP", hang(grown, town, "TOP"))
    with pytest.raises(UnableToHangError, match="第 13 级"):
        change(trees.move, grown, town, node=node("TOP"), parent=node("L10"))


@pytest.mark.parametrize(
    "code", ["", "a/b", "a b", "-x", "\0", "中 文", "a" * 25, "x?y", "x&y", "<b>"]
)
def test_a_code_that_no_address_could_carry_is_refused(grown, town, code):
    with pytest.raises(InvalidInputError, match="编码应为"):
        hang(grown, town, code)


def test_what_has_something_below_it_goes_only_with_it(grown, town):
    with pytest.raises(UnableToHangError, match="下面还有 3 个节点"):
        change(trees.take_down, grown, town, node=node("A"), with_below=False)
    base = site(town, "P1")
    hang(grown, town, base, node("D"))

    assert change(trees.take_down, grown, town, node=node("A"), with_below=True) == 5
    assert nodes(grown) == {"E": "/E/"}
    assert Site.objects.filter(pk=base.pk).exists()


def test_a_place_that_a_notice_is_addressed_to_stays(grown, town):
    BaseNotice.objects.create(number="GS-1", kind="notice", unit=town.units["AJ"], node=node("D"))

    with pytest.raises(UnableToHangError, match="GS-1"):
        change(trees.take_down, grown, town, node=node("A"), with_below=True)
    assert len(nodes(grown)) == 5


def test_a_node_that_went_meanwhile_takes_nothing_up(grown, town):
    gone = node("B")
    change(trees.take_down, grown, town, node=node("B"), with_below=False)

    with pytest.raises(UnableToHangError, match="已不在本体系中"):
        hang(grown, town, "Z", gone)


def test_a_station_sees_its_bases_under_their_headings_and_nothing_else(grown, town):
    hang(grown, town, site(town, "P1"), node("D"))
    hang(grown, town, site(town, "P2", unit="S2"), node("B"))

    own = tree("M", by=town.actor("S1"))

    assert [(n.code, n.depth, n.children) for n in own.nodes] == [
        ("A", 0, 1),
        ("C", 1, 1),
        ("D", 2, 1),
        ("P1", 3, 0),
    ]
    assert [row.code for row in matrices(by=town.actor("S1"))] == ["M"]
    assert matrices(by=town.actor("WTR")) == ()
    for stranger in (town.actor("WTR"),):
        with pytest.raises(NotVisibleError):
            tree("M", by=stranger)
    with pytest.raises(NotVisibleError):
        home_of("P2", by=town.actor("S1"))


def test_bases_of_no_matrix_are_found_together(town):
    assert [n.code for n in tree(UNPLACED, by=town.actor("AJ")).nodes] == ["FW-001"]
    assert home_of("FW-001", by=town.actor("AJ")) == UNPLACED


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moves=st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=12))
def test_whatever_is_moved_every_path_leads_through_the_parents(town, moves):
    grown = matrix(town, f"M{Matrix.objects.count()}", unit="AJ")
    made = [hang(grown, town, f"N{n}") for n in range(8)]
    for which, to in moves:
        target = Node.objects.get(pk=made[to].pk) if to >= 0 else None
        try:
            change(trees.move, grown, town, node=Node.objects.get(pk=made[which].pk), parent=target)
        except UnableToHangError:
            continue

    stored = {n.pk: n for n in Node.objects.filter(matrix=grown)}
    for one in stored.values():
        above = stored[one.parent_id].path if one.parent_id else "/"
        assert one.path == f"{above}{one.code}/"
    shown = tree(grown.code, by=town.actor("AJ")).nodes
    assert len(shown) == 8
    assert all(n.path.startswith(shown[n.start].path) for n in shown)
