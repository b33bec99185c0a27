"""The desk for grid projects, from the list to the report, and the phone of a member."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dianliang.core.models import User
from dianliang.domain.grid_projects.models import Issue, Project
from dianliang.domain.workforce.models import Person
from dianliang.faces.ui.requests import today
from dianliang.kernel.actor import Role
from tests.core.test_files import photo
from tests.projectworld import Works, project_of
from tests.town import PASSWORD

pytestmark = pytest.mark.django_db


def entered(town, username, role, unit="S1"):
    town.user(username, role, unit)
    client = Client()
    client.login(username=username, password=PASSWORD)
    return client


@pytest.fixture
def desk(town):
    return entered(town, "desk", Role.DISPATCHER)


def test_a_project_goes_from_the_form_over_two_people_to_a_reached_milestone(town, desk):
    asked = {"name": "余村线改造", "kind": "renewal", "voltage": "10kV", "areas": ["V1", "V2"]}
    desk.post(reverse("console:project_new"), asked)
    number = Project.objects.get().number
    form = desk.get(reverse("console:project_plan", args=[number]))
    days = {f"day-{step.code}": f"{on}" for step, on in form.context["steps"]}
    plan = {"starts_on": f"{today()}", "reason": "第一版", **days}
    desk.post(reverse("console:project_plan", args=[number]), plan)
    alone = desk.post(reverse("console:project_decide", args=[number, "confirm"]))
    second = entered(town, "second", Role.COMMANDER)
    second.post(reverse("console:project_decide", args=[number, "confirm"]))
    desk.post(reverse("console:project_move", args=[number, "approve"]))
    desk.post(
        reverse("console:project_step", args=[number, "survey", "reach"]), {"on": f"{today()}"}
    )

    page = desk.get(reverse("console:project", args=[number]))
    assert alone.status_code == 422
    assert project_of(number).status == "APPROVED"
    assert page.context["row"].variance_days == -15
    assert "不能说是专班的作用" in page.content.decode()


def test_only_where_files_are_in_chinese_an_english_page_says_so(town, desk):
    works = Works(town)
    number = works.running()
    note = "they are the official text"

    books = reverse("console:projects")
    page = reverse("console:project", args=[number])
    assert note in desk.get(books, headers={"accept-language": "en"}).content.decode()
    assert note not in desk.get(page, headers={"accept-language": "en"}).content.decode()


def test_twenty_projects_cost_as_many_questions_as_ten(town, desk):
    works = Works(town)
    address = reverse("console:projects")

    def asked(count):
        for place in range(count):
            works.running(works.opened(name=f"线路{place}"))
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert desk.get(address).status_code == 200
        return len(found)

    desk.get(address)
    assert asked(2) == asked(2)


def test_a_member_reports_with_a_photo_on_his_phone_and_answers(town, desk):
    works = Works(town)
    number = works.running()
    phone = entered(town, "walker", Role.STEWARD)
    walker = Person.objects.create(
        number="RY-9",
        name="专班成员",
        unit=town.units["S1"],
        user=User.objects.get(username="walker"),
    )
    report = reverse("field:project_report", args=[number])
    assert phone.get(report).status_code == 404
    works.seat(number, walker, post="local")

    told = {
        "kind": "trees",
        "area": "V1",
        "words": "毛竹补偿没有谈妥",
        "milestone": "land",
        "blocks_from_on": f"{today() - timedelta(days=3)}",
        "photo": SimpleUploadedFile("a.jpg", photo(), content_type="image/jpeg"),
    }
    assert number in phone.get(reverse("field:projects")).content.decode()
    phone.post(report, told)
    issue = Issue.objects.get()
    address = reverse("field:local_issue", args=[issue.number])
    for verb, words in (("accept", ""), ("handle", ""), ("solve", "已签协议")):
        phone.post(address, {"verb": verb, "words": words})

    issue.refresh_from_db()
    assert issue.status == "SOLVED"
    assert issue.reporter == walker
    token = issue.notes.get(file__isnull=False).file.token
    shown = desk.get(reverse("console:local_issue_file", args=[issue.number, token]))
    assert shown["Content-Type"] == "image/jpeg"


def test_the_desk_amends_a_project_hands_an_issue_on_and_makes_one_of_a_need(town, desk):
    works = Works(town)
    number = works.running()
    issue = works.report(number)
    need = town.post("施工把田埂压坏了", area_code="V1")
    edit = reverse("console:project_edit", args=[number])
    form = desk.get(edit).context["form"]
    asked = {"name": "余村线升级", "kind": "renewal", "voltage": "10kV", "areas": ["V1"]}

    assert desk.post(edit, {**asked, "unit": "S1", "seen": form.seen}).status_code == 302
    stale = desk.post(edit, {**asked, "unit": "S1", "name": "别的", "seen": form.seen})
    desk.post(
        reverse("console:local_issue_hand_to", args=[issue.number]),
        {"unit": "WTR", "words": "水管迁改"},
    )

    assert stale.status_code == 409
    assert project_of(number).name == "余村线升级"
    issue.refresh_from_db()
    assert issue.unit.code == "WTR"
    offered = desk.get(reverse("console:need", args=[need.number])).content.decode()
    assert "转为属地问题" in offered
    link = f"{reverse('console:local_issue_new', args=[number])}?need={need.number}&amp;area=V1"
    assert link in offered
    assert 'value="V1" selected' in desk.get(link.replace("&amp;", "&")).content.decode()
