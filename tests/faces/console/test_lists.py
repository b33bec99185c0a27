"""Every list pages alike and is taken out as its filter shows, in cells that compute nothing."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.deed_words import LISTED
from dianliang.domain.key_customers.models import BroughtTable
from dianliang.domain.programs.models import Activity, Participation
from dianliang.domain.venues.models import Booking, Node
from dianliang.domain.workforce import person_file
from dianliang.domain.workforce.models import Absence, Person
from dianliang.faces.console import list_tables
from dianliang.faces.console.claims import tables as claim_tables
from dianliang.faces.console.dispatch import tables as dispatch_tables
from dianliang.faces.console.key_customers import tables
from dianliang.faces.console.loading import views as loading
from dianliang.faces.console.paging import paged
from dianliang.faces.console.reach import charging
from dianliang.faces.console.relief import prices
from dianliang.faces.console.studies import grids, seasons, zones
from dianliang.faces.ui.requests import now, today
from dianliang.flows.activities import repeating
from dianliang.flows.booking import keeping
from dianliang.flows.list_sheets import Table
from dianliang.flows.relief import page as relief_page
from dianliang.flows.staffing import doings
from dianliang.kernel.actor import Role
from tests import rooms
from tests.flows.bases.things import matrix
from tests.flows.rosters.watch import made
from tests.sessions import course_of, lecture_of, offer_of, session_of, weekly
from tests.town import PASSWORD

LISTS = {
    "staff": "人员",
    "staff_expiring": "到期证书",
    "staff_teams": "队伍",
    "staff_merges": "合并记录",
    "meetings": "联席会议",
    "meeting_tasks": "会议任务",
    "pairings": "支部结对",
    "branch_alliances": "党建联盟",
    "branch_secondments": "挂职与上挂下派",
    "topics": "课题",
    "activities": "活动场次",
    "activity_series": "周期活动",
    "courses": "课程",
    "lectures": "点讲单",
    "lecturers": "讲师库",
    "activity_offers": "供单",
    "course_lacking": "缺证人员",
    "base_notices": "公示",
    "booking_queue": "预约",
    "booking_rooms": "场室器材",
    "booking_records": "预约",
    "rosters": "值班表",
}


@given(total=st.integers(0, 40), each=st.integers(1, 9))
def test_the_pages_of_a_list_hold_every_row_once_and_lead_to_each_other(total, each):
    rows, found, query = list(range(total)), [], "q=a%26b"
    while True:
        shown, at = paged(RequestFactory().get(f"/?{query}"), rows, each=each)
        found += shown
        assert (at.total, len(shown) <= each) == (total, True)
        if not at.after:
            break
        query = at.after
        assert QueryDict(query)["q"] == "a&b"
    assert found == rows
    assert at.here == at.count


@pytest.mark.django_db
def test_each_list_is_taken_out_with_its_columns_and_that_is_on_record(client, town):
    at = now()
    town.team("D1", "S1")
    hall = rooms.room(town)
    rooms.book(town, hall)
    session_of(town, at=at)
    repeating.open_series(repeated=weekly(town), by=town.actor("S1", Role.PARTY_AFFAIRS), at=at)
    for made_of in (course_of, lecture_of, offer_of):
        made_of(town, at=at)
    made(town)
    Person.objects.filter(number="D1-0").update(name="=1+1")
    town.user("party", Role.PARTY_AFFAIRS, "S1")
    client.login(username="party", password=PASSWORD)

    for name, title in LISTS.items():
        path = reverse(f"console:{name}")
        assert client.get(path).status_code == 200
        answer = client.get(f"{path}?as=xlsx")
        assert answer["Content-Type"].endswith("sheet"), path
        book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
        assert book.sheet_names == [title]
        written = AuditEvent.objects.filter(verb__endswith=".export_list").latest("pk")
        assert written.verb.removesuffix(".export_list") in LISTED
        lines = book.get_sheet_by_index(0).to_python()
        assert written.after == f"{title} {len(lines) - 1} 行"
    book = CalamineWorkbook.from_filelike(BytesIO(client.get("/console/staff/?as=xlsx").content))
    assert "=1+1" in [line[1] for line in book.get_sheet_by_index(0).to_python()]
    client.get("/console/staff/?view=here&as=xlsx&q=13812345678")
    written = AuditEvent.objects.filter(verb="workforce.person.export_list").latest("pk")
    assert ("view=here" in written.reason, "138" in written.reason) == (True, False)
    client.login(username=town.user("steward", Role.STEWARD, "S1").username, password=PASSWORD)
    assert client.get("/console/staff/?as=xlsx").status_code != 200


def whole_list(client, address, page):
    """Return what a page and those that it leads to show of a list."""
    found = re.search(r'href="([^"]*all=1[^"]*)"|rel="next" href="([^"]*)"', page)
    if found is None:
        return page
    further = address.partition("?")[0] + unescape(found[1] or found[2])
    return page + whole_list(client, further, client.get(further).content.decode())


@pytest.mark.django_db
def test_what_a_page_does_not_show_at_first_it_leads_to(client, town, monkeypatch):
    for module, name in (
        (keeping, "MOST_AHEAD"),
        (doings, "MOST_ROWS"),
        (person_file, "MOST_DAYS"),
        (tables, "ROWS_A_PAGE"),
    ):
        monkeypatch.setattr(module, name, 1)
    at, unit = now(), town.units["S1"]
    hall, held = rooms.room(town), matrix(town)
    team = town.team("D1", "S1")
    person = Person.objects.get(number="D1-0")
    Person.objects.bulk_create(
        Person(number=f"Z{n:03}", name=f"志愿者{n:03}", unit=unit) for n in range(61)
    )
    Node.objects.bulk_create(
        Node(matrix=held, code=f"P{n:03}", name=f"P{n:03}点", path=f"/P{n:03}/") for n in range(61)
    )
    for n in (1, 2):
        Booking.objects.create(
            number=f"YY-{n}",
            bookable=hall,
            unit=unit,
            purpose=f"例会{n}",
            status="APPROVED",
            starts_at=at + timedelta(days=n),
            ends_at=at + timedelta(days=n, hours=1),
            asked_at=at,
        )
        activity = Activity.objects.create(
            number=f"XD-{n}",
            title=f"义诊{n}",
            team=team,
            area=town.areas["V1"],
            started_at=at - timedelta(days=n, hours=1),
            ended_at=at - timedelta(days=n),
            recorded_by="x",
        )
        Participation.objects.create(activity=activity, person=person)
        away = today() + timedelta(days=n)
        Absence.objects.create(person=person, first_on=away, last_on=away, reason=f"请假{n}")
        known = {"number": f"ZD-{n}", "name": f"表{n}", "status": "DONE", "account": "x"}
        BroughtTable.objects.create(**known, unit=unit, brought_at=at, brought_by="x", ended_at=at)

    for role, address, shown in (
        (Role.DISPATCHER, reverse("console:booking_room", args=[hall.code]), "例会"),
        (Role.DISPATCHER, reverse("console:key_customer_import"), "ZD-"),
        (Role.PARTY_AFFAIRS, "/console/staff/people/D1-0/", "义诊"),
        (Role.PARTY_AFFAIRS, "/console/staff/people/D1-0/", "请假"),
        (Role.PARTY_AFFAIRS, "/console/bases/tree/M/?q=P", "P0"),
        (Role.PARTY_AFFAIRS, "/console/hours/certificates/new/?q=志愿者", "Z0"),
    ):
        client.force_login(town.user(f"{role}-{shown}", role, "AJ"))
        first = client.get(address).content.decode()
        whole = whole_list(client, address, first)
        last = (f"{shown}60",) if shown.endswith("0") else (f"{shown}1", f"{shown}2")
        assert not all(one in first for one in last), address
        assert all(one in whole for one in last), address


def test_every_table_is_of_records_whose_export_has_a_word():
    studied = (grids, seasons, zones)
    priced = (relief_page, prices)
    modules = (list_tables, dispatch_tables, claim_tables, loading, charging, *studied, *priced)
    found = [value for module in modules for value in vars(module).values()]
    tables = [value for value in found if isinstance(value, Table)]

    assert {table.kind for table in tables} == set(LISTED)
