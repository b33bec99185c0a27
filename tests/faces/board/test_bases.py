"""The figures of bases: trees of any shape, rolled up at every level, each figure opens records."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dianliang.domain.hours.models import HourRecord
from dianliang.domain.insight.base_figures import FIGURES
from dianliang.domain.insight.base_shapes import Span
from dianliang.domain.programs.models import Activity, Participation, PresenceDay, PresenceDuty
from dianliang.domain.venues.booking import keeping
from dianliang.domain.venues.models import Booking, Matrix, Node, Site
from dianliang.domain.venues.trees import DEEPEST
from dianliang.domain.workforce.models import Person, Team
from dianliang.flows.bases import figures
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests import hours
from tests.flows.bases.things import hang, matrix, site
from tests.town import NOON, PASSWORD

SPAN = Span(
    start=datetime(2026, 1, 1, tzinfo=UTC),
    end=datetime(2027, 1, 1, tzinfo=UTC),
    on=date(2026, 11, 24),
)


def level(town, code="", *, grown="M", unit="AJ"):
    return figures.page(matrix=grown, code=code, span=SPAN, by=town.actor(unit)).found


def one_four_four(town):
    """One main base, four branches, four points below them."""
    grown = matrix(town, unit="AJ")
    main = hang(grown, town, site(town, "M1", kind="main_base", unit="AJ"))
    for number in range(4):
        branch = hang(grown, town, site(town, f"B{number}", kind="branch_base"), main)
        hang(grown, town, site(town, f"P{number}"), branch, label="领事馆")
    return grown


@pytest.mark.row("000-01")
def test_each_level_sums_up_what_hangs_below_it(town, client):
    one_four_four(town)
    town.post("路灯坏了", site_code="P0", at=NOON)
    town.post("想装充电桩", site_code="B0", at=NOON)

    found = level(town)

    assert found.here.name == "M1点"  # the only root is where one begins
    assert (found.here.bases, found.here.value("needs").of) == (9, 2)
    assert found.here.kinds == (("综合基地", 1), ("分基地", 4), ("领事馆", 4))
    below = [(row.name, row.bases, row.value("needs").of) for row in found.rows]
    assert below[:2] == [("B0点", 2, 2), ("B1点", 2, 0)]
    assert [n.code for n in level(town, "P0").way_up] == ["M1", "B0"]
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    client.login(username="party", password=PASSWORD)
    assert "B0点" in client.get("/board/bases/M1/?in=M").content.decode()
    assert client.get("/board/bases/none/").status_code == 404
    assert client.get("/board/bases/M1/?in=nope").status_code == 404


@pytest.mark.row("002-16")
def test_the_same_base_counts_once_in_each_of_two_matrices(town):
    one_four_four(town)
    other = matrix(town, "DSG", unit="AJ")
    east = hang(other, town, "EAST", label="大使馆")
    for code in ("P0", "P1"):
        hang(other, town, Site.objects.get(code=code), east, label="领事馆")
    town.post("路灯坏了", site_code="P0", at=NOON)

    assert level(town).here.value("needs").of == 1
    found = level(town, grown="DSG")
    assert (found.here.name, found.here.bases, found.here.value("needs").of) == ("EAST组", 2, 1)
    assert found.here.kinds == (("领事馆", 2),)  # a heading is no base


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(0, 10**6), max_size=20))
def test_any_tree_adds_up_to_all_of_its_bases(town, parents):
    run = Matrix.objects.count()
    grown, made = matrix(town, f"M{run}", unit="AJ"), []
    team = Team.objects.filter(code="XH").first() or town.team("XH", "S1")
    for number, pick in enumerate(parents):
        parent = made[pick % len(made)] if made and pick % 5 else None
        if parent is not None and parent.path.count("/") > DEEPEST:
            parent = None
        made.append(hang(grown, town, site(town, f"S{run}-{number}"), parent))
    Activity.objects.bulk_create(
        Activity(
            number=f"XD-{node.code}",
            title="用电检查",
            team=team,
            area=town.areas["V1"],
            site=node.site,
            started_at=NOON,
            ended_at=NOON + timedelta(hours=1),
            recorded_by="x",
        )
        for node in made
    )

    found = level(town, grown=f"M{run}")

    only_root = 1 if found.here.node else 0
    for count in (lambda row: row.bases, lambda row: row.value("actions").of):
        assert count(found.here) == len(parents) == sum(map(count, found.rows)) + only_root
    assert {node.code for node in found.tree.nodes} == {node.code for node in made}
    starts = [node.path for node in found.tree.nodes]
    for node in found.tree.nodes:
        below = [path for path in starts if path.startswith(node.path)]
        assert [n.path for n in found.tree.under(node)] == below


def test_every_figure_opens_as_many_records_as_it_says(town):
    one_four_four(town)
    place = Site.objects.get(code="P0")
    team = town.team("XH", "S1")
    people = list(Person.objects.filter(number__startswith="XH"))
    held = Activity.objects.create(
        number="XD-1",
        title="用电检查",
        team=team,
        area=place.area,
        site=place,
        started_at=NOON,
        ended_at=NOON + timedelta(minutes=90),
        recorded_by="x",
    )
    Participation.objects.bulk_create(Participation(activity=held, person=p) for p in people)
    for person in people:
        source = ("participation", "XD-1")
        hours.taken(town, person.number, start=NOON, minutes=90, source=source)
    HourRecord.objects.update(status="PUBLISHED", published_at=NOON)
    desk = town.actor("S1", Role.PARTY_AFFAIRS)
    room = keeping.register(
        offer=keeping.Offer(name="会议室", kind="room", type="meeting", places=20),
        site=place,
        unit=town.units["S1"],
        spans=[(day, 480, 1080) for day in range(1, 8)],
        on=date(2026, 1, 1),
        by=desk,
        at=NOON,
    )
    for starts, status, ended in ((1, "ENDED", 3), (4, "NO_SHOW", 0)):
        Booking.objects.create(
            number=f"YY-{starts}",
            bookable=room,
            starts_at=NOON + timedelta(hours=starts),
            ends_at=NOON + timedelta(hours=starts + 2),
            status=status,
            unit=town.units["S1"],
            asked_at=NOON,
            checked_in_at=NOON + timedelta(hours=starts) if ended else None,
            ended_at=NOON + timedelta(hours=ended) if ended else None,
        )
    duty = PresenceDuty.objects.create(
        person=people[0], site=place, kind="grid", valid_from=date(2026, 1, 1)
    )
    PresenceDay.objects.create(
        duty=duty,
        on=date(2026, 11, 3),
        is_planned=True,
        checked_in_at=NOON,
        lat=30.5,
        lon=119.6,
        accuracy_m=9,
        away_m=3,
    )
    PresenceDay.objects.create(duty=duty, on=date(2026, 11, 4), is_planned=True)
    PresenceDay.objects.create(duty=duty, on=date(2026, 12, 30), is_planned=True)  # to come
    town.post("路灯坏了", site_code="P0", at=NOON)

    here, by = level(town).here, town.actor("AJ")

    shown = {value.name: (value.shown, value.good) for value in here.values}
    assert shown["actions"][0] == "1"
    assert shown["person_times"][0] == "2"
    assert shown["hours"][0] == "3.0"
    assert shown["bookings"] == ("2", 1)
    assert shown["booked_hours"][0] == "2.0"
    assert shown["presence"] == ("2", 1)
    for name in FIGURES:
        found = figures.behind(matrix="M", code="M1", name=name, span=SPAN, by=by)
        value = here.value(name)
        counted = round((found.hours or 0) * 60) if value.is_minutes else found.total
        assert counted == value.of, name
        assert value.is_minutes or not value.good_label or found.good == value.good, name
    scores = figures.behind(matrix="M", code="M1", name="score", span=SPAN, by=by)
    assert scores.total == 9
    with pytest.raises(NotVisibleError):
        figures.behind(matrix="M", code="M1", name="nope", span=SPAN, by=by)


@pytest.mark.row("004-21")
def test_a_whole_city_of_3572_bases_takes_as_many_queries_as_one(
    town, django_assert_max_num_queries
):
    grown = matrix(town, unit="AJ")
    sites = Site.objects.bulk_create(
        Site(
            code=f"S{n:04d}",
            name=f"{n}点",
            kind="spot",
            area=town.areas["V1"],
            unit=town.units["S1"],
            lat=30.5,
            lon=119.6,
        )
        for n in range(3572)
    )

    def node(site, parent):
        path = f"{parent.path if parent else '/'}{site.code}/"
        return Node(
            matrix=grown, code=site.code, name=site.name, site=site, parent=parent, path=path
        )

    roots = Node.objects.bulk_create(node(s, None) for s in sites[:12])
    middle = Node.objects.bulk_create(node(s, roots[n % 12]) for n, s in enumerate(sites[12:272]))
    Node.objects.bulk_create(node(s, middle[n % 260]) for n, s in enumerate(sites[272:]))

    with django_assert_max_num_queries(26):
        found = level(town)

    assert (found.here.bases, len(found.rows), found.rows[0].bases) == (3572, 12, 302)
    assert sum(row.bases for row in found.rows) == 3572
    assert found.here.gaps == 3572 * 7  # five items, the accountable person, the hours


def test_another_stations_bases_are_absent(town):
    one_four_four(town)
    grown = Matrix.objects.get(code="M")
    hang(grown, town, site(town, "X", unit="S2"), Node.objects.get(code="B0"))

    assert level(town, unit="S1").here.bases == 8  # without the company's and the neighbour's
    assert level(town, unit="S2").here.bases == 1
    with pytest.raises(NotVisibleError):
        level(town, "P0", unit="S2")
    with pytest.raises(NotVisibleError):
        figures.behind(matrix="M", code="P0", name="needs", span=SPAN, by=town.actor("S2"))
    with pytest.raises(NotVisibleError):
        level(town, unit="WTR")


def test_a_base_that_stands_in_no_matrix_is_not_forgotten(town):
    found = figures.page(matrix="", code="FW-001", span=SPAN, by=town.actor("S1"))

    assert (found.matrix.name, found.found.here.bases) == ("未列入体系的阵地", 1)


def test_a_sheet_of_codes_leads_to_the_form_of_each_place(town, client):
    town.user("party", Role.PARTY_AFFAIRS, "LM")
    client.login(username="party", password=PASSWORD)

    page = client.get("/board/bases/FW-001/codes/").content.decode()

    assert page.count("<svg") >= 2
    assert "余村电力服务站" in page
    assert client.get("/q/FW-001/").status_code == 200


def test_a_level_goes_out_as_excel_and_the_export_is_on_record(town, client):
    one_four_four(town)
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    client.login(username="party", password=PASSWORD)

    answer = client.get("/board/bases/export.xlsx?in=M&at=B0")

    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    rows = book.get_sheet_by_name("阵地").to_python()
    assert [row[0] for row in rows] == ["编码", "B0", "P0"]
    assert rows[1][3] == 2
