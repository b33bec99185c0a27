"""The base matrix: a tree of any shape, rolled up at every level, quick at 3572 bases."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dianliang.domain.insight.bases import matrix, sites_under
from dianliang.domain.venues.models import Site
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import NOON, PASSWORD

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def site(town, code, parent=None, *, kind="practice_point", unit="S1"):
    return Site(
        code=code,
        name=f"{code}点",
        kind=kind,
        parent=parent,
        area=town.areas["V1"],
        unit=town.units[unit],
        lat=30.5,
        lon=119.6,
    )


@pytest.mark.row("000-01")
def test_each_level_sums_up_what_hangs_below_it(town, client):
    Site.objects.all().delete()
    main = site(town, "M", kind="main_base", unit="AJ")
    main.save()
    for number in range(4):
        branch = site(town, f"B{number}", main, kind="branch_base")
        branch.save()
        site(town, f"P{number}", branch).save()
    town.post("路灯坏了", site_code="P0", at=NOON)
    town.post("想装充电桩", site_code="B0", at=NOON)

    found = matrix(code="M", by=town.actor("AJ"), start=START, end=END)

    assert (found.here.bases, found.here.needs) == (9, 2)
    assert found.here.kinds == (("综合基地", 1), ("分基地", 4), ("文明实践点", 4))
    assert [(row.code, row.bases, row.needs) for row in found.rows][:2] == [
        ("B0", 2, 2),
        ("B1", 2, 0),
    ]
    assert len(found.points) == 9
    below = matrix(code="P0", by=town.actor("AJ"), start=START, end=END)
    assert below.way_up == (("M", "M点"), ("B0", "B0点"))
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    client.login(username="party", password=PASSWORD)
    assert "B0点" in client.get("/board/bases/M/").content.decode()
    assert client.get("/board/bases/none/").status_code == 404


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 10**6), max_size=25))
def test_any_tree_adds_up_to_all_of_its_bases(town, parents):
    Site.objects.update(parent=None)
    Site.objects.all().delete()
    made: list[Site] = []
    for number, pick in enumerate(parents):
        parent = made[pick % len(made)] if made and pick % 5 else None
        row = site(town, f"S{number}", parent)
        row.save()
        made.append(row)

    found = matrix(code="", by=town.actor("AJ"), start=START, end=END)

    only_root = 1 if found.here else 0
    assert found.whole.bases == len(parents) == sum(row.bases for row in found.rows) + only_root
    assert {point[0] for point in found.points} == {row.code for row in made}


def test_a_whole_city_of_3572_bases_takes_five_queries(town, django_assert_max_num_queries):
    Site.objects.all().delete()
    roots = Site.objects.bulk_create(site(town, f"R{n}") for n in range(12))
    middle = Site.objects.bulk_create(site(town, f"M{n}", roots[n % 12]) for n in range(260))
    Site.objects.bulk_create(site(town, f"L{n}", middle[n % 260]) for n in range(3300))

    with django_assert_max_num_queries(5):
        found = matrix(code="", by=town.actor("AJ"), start=START, end=END)

    assert (found.whole.bases, len(found.rows), found.rows[0].has_children) == (3572, 12, True)


def test_another_stations_bases_are_absent(town):
    site(town, "S2", unit="S2").save()

    with pytest.raises(NotVisibleError):
        matrix(code="S2", by=town.actor("S1"), start=START, end=END)
    with pytest.raises(NotVisibleError):
        sites_under(code="S2", by=town.actor("S1"))


def test_a_sheet_of_codes_leads_to_the_form_of_each_place(town, client):
    town.user("party", Role.PARTY_AFFAIRS, "LM")
    client.login(username="party", password=PASSWORD)

    page = client.get("/board/bases/FW-001/codes/").content.decode()

    assert page.count("<svg") >= 2
    assert "余村电力服务站" in page
    assert client.get("/q/FW-001/").status_code == 200
