"""Volunteer teams: the four numbers come from records, and each leads to them."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from dianliang.core.models import AuditEvent
from dianliang.domain.insight.volunteering import activities, volunteering
from dianliang.domain.programs.models import Activity
from dianliang.domain.workforce.models import Membership, Person, Team
from dianliang.faces.ui.requests import now
from dianliang.kernel.actor import Role
from dianliang.kernel.errors import NotVisibleError
from tests.town import PASSWORD, TODAY

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def party(client, town):
    town.user("party", Role.PARTY_AFFAIRS, "AJ")
    client.login(username="party", password=PASSWORD)
    for code, unit in (("ZD", "S1"), ("FD", "S2"), ("OTHER", "WTR")):
        town.team(code, unit, "volunteer")
    Team.objects.filter(code__in=["ZD", "FD", "OTHER"]).update(is_volunteer=True)
    Team.objects.filter(code="FD").update(parent=Team.objects.get(code="ZD"))
    return client


def form(team="ZD", people=("ZD-0", "ZD-1"), hours_ago=5, lasted=2, **changes):
    began = now() - timedelta(hours=hours_ago)
    return {
        "team": team,
        "title": "安全用电进课堂",
        "site": "FW-001",
        "started_at": began.isoformat(),
        "ended_at": (began + timedelta(hours=lasted)).isoformat(),
        "people": list(people),
        "served_people": "30",
        **changes,
    }


def register(client, **changes):
    return client.post("/board/volunteers/register/", form(**changes))


@pytest.mark.row("000-07")
def test_the_four_numbers_are_counted_from_records_and_lead_to_them(party, town):
    both = Person.objects.get(number="ZD-0")
    Membership.objects.create(
        team=Team.objects.get(code="FD"), person=both, valid_from=TODAY - timedelta(days=60)
    )
    assert register(party).status_code == 302
    assert (
        register(party, team="FD", people=["FD-0", "FD-1", "ZD-0"], hours_ago=30).status_code == 302
    )

    page = party.get("/board/volunteers/").content.decode()
    at = now() + timedelta(minutes=1)
    found = volunteering(by=town.actor("AJ", Role.PARTY_AFFAIRS), start=START, end=at)

    whole = found.whole
    assert (whole.teams, whole.members, whole.actions, whole.person_times) == (2, 4, 2, 5)
    lead, below = found.teams
    assert (lead.code, lead.actions, lead.person_times, lead.members) == ("ZD", 2, 5, 4)
    assert (below.depth, below.actions, below.person_times, below.members) == (1, 1, 3, 3)
    assert "<strong>5</strong>" in page
    records = party.get("/board/volunteers/actions/?team=FD").content.decode()
    assert "ZD员0" in records
    assert len(activities(by=town.actor("AJ"), team_code="ZD", start=START, end=at)) == 2


def test_teams_of_other_units_are_neither_counted_nor_shown(party, town):
    station = town.actor("S2", Role.DISPATCHER)

    assert [t.code for t in volunteering(by=station, start=START, end=END).teams] == ["FD"]
    with pytest.raises(NotVisibleError):
        activities(by=station, team_code="ZD", start=START, end=END)
    assert party.get("/board/volunteers/actions/?team=OTHER").status_code == 404
    assert register(party, team="OTHER", people=["OTHER-0"]).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"people": []}, "请勾选参加的人"),
        ({"people": ["FD-0"]}, "FD-0 当日不是本队队员"),
        ({"lasted": 0}, "结束时间应晚于开始时间"),
        ({"lasted": 30, "hours_ago": 40}, "不超过 24 小时"),
        ({"hours_ago": 1}, "还没有结束"),
        ({"title": "x"}, "名称"),
        ({"site": "无"}, "没有这个阵地"),
        ({"site": "", "area": ""}, "请选择阵地"),
        ({"service": "无"}, "没有这个服务事项"),
        ({"served_people": "-1"}, "服务人数应填整数"),
        ({"started_at": "昨天"}, "请填写开始时间"),
        ({"started_at": "0001-01-01T00:00"}, "年份"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_kept(party, changes, words):
    answer = register(party, **changes)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Activity.objects.exists()


def test_nobody_is_at_two_places_at_once(party):
    register(party)

    answer = register(party, people=["ZD-1"], title="护线爱鸟", hours_ago=4)

    assert "ZD员1同一时间已登记在安全用电进课堂" in answer.content.decode()
    assert Activity.objects.count() == 1


def test_the_workbook_holds_figures_method_and_actions_and_is_on_record(party):
    register(party)

    content = party.get("/board/volunteers/export.xlsx").content
    book = CalamineWorkbook.from_filelike(BytesIO(content))

    assert book.sheet_names == ["四个数", "口径", "行动"]
    assert book.get_sheet_by_name("四个数").to_python()[1][2:6] == [2, 4, 1, 2]
    assert book.get_sheet_by_name("行动").to_python()[1][8] == "ZD员0、ZD员1"
    assert AuditEvent.objects.filter(verb="insight.volunteering.export").exists()


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.AUDITOR])
def test_who_only_reads_cannot_register(client, town, role):
    town.user("reader", role, "LM")
    client.login(username="reader", password=PASSWORD)

    assert client.get("/board/volunteers/").status_code == 200
    assert client.get("/board/volunteers/register/").status_code == 404
