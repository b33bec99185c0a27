"""Every list pages alike and is taken out as its filter shows, in cells that compute nothing."""

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
from dianliang.domain.workforce.models import Person
from dianliang.faces.console import list_tables
from dianliang.faces.console.dispatch import tables as dispatch_tables
from dianliang.faces.console.paging import paged
from dianliang.faces.ui.requests import now
from dianliang.flows.activities import repeating
from dianliang.flows.list_sheets import Table
from dianliang.kernel.actor import Role
from tests import rooms
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


def test_every_table_is_of_records_whose_export_has_a_word():
    modules = (list_tables, dispatch_tables)
    found = [value for module in modules for value in vars(module).values()]
    tables = [value for value in found if isinstance(value, Table)]

    assert {table.kind for table in tables} == set(LISTED)
